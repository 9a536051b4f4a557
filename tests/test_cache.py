"""What a server caches on disk (HENAN_CACHE): in a folder of its own, whole or not at all, and sufficient to start with
a broken case file.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import stat
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import data.reading.live
import data.reading.load
from data.downloads.csv_json import write_csv
from data.reading.folder import FOLDER
from data.reading.live import Live, State
from data.reading.load import DatasetError, load_dataset, read_dataset
from tests.answers import fetch
from tests.app import open_page, showing
from tests.folders import copy_data
from tests.many import write
from tests.server import PROJECT, health, logged, started, until

HEALTH = "2020-09-dancheng-health"
CASES = 70
"""Three batches: more than one for each of two worker processes."""
FLIPS = 24
"""Number of positions in a file at which one bit is changed."""


@pytest.fixture
def folder(tmp_path) -> Path:
    """The data of one real case."""
    return copy_data(tmp_path / "served", (HEALTH,))


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache"


def rested(live: Live) -> State:
    """The state after nothing has changed for one interval and the cache is written."""
    for _ in range(3):
        live.refresh()
    return live.current()


def break_case(folder: Path) -> None:
    path = folder / "cases" / f"{HEALTH}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("number: 9", "number: nine"), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def reading_processes() -> list[int]:
    """The child processes of joblib that read."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            program = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z" and b"LokyProcess" in program:
            found.append(int(path.parent.name))
    return found


# --- a folder of its own


def test_nothing_else_in_the_folder_is_touched(folder, cache, monkeypatch):
    for name in ("photos", "thesis", "0123456789abcdef", "fedcba9876543210", "taxes"):
        (cache / name / "2024").mkdir(parents=True)
        (cache / name / "2020.parquet").write_bytes(name.encode())
        os.utime(cache / name, (1, 1))
    (cache / "notes.txt").write_text("mine")
    before = contents(cache)
    for turn in range(5):
        path = folder / "reference" / "places.yaml"
        path.write_text(f"{path.read_text(encoding='utf-8')}# {turn}\n", encoding="utf-8")
        rested(Live(folder, cache))
    (own,) = {path.name for path in cache.iterdir()} - {name.split("/")[0] for name in before}
    after = contents(cache)
    assert {name: after[name] for name in before} == before
    assert stat.S_IMODE((cache / own).stat().st_mode) == 0o700
    assert len(list((cache / own).iterdir())) == 2


def test_a_folder_that_is_somebody_elses_is_left_alone(folder, cache, caplog):
    rested(Live(folder, cache))
    (own,) = cache.iterdir()
    shutil.rmtree(own)
    (own / "2020").mkdir(parents=True)
    (own / "thesis.txt").write_text("mine")
    before = contents(cache)
    assert len(rested(Live(folder, cache)).dataset.cases) == 1
    assert contents(cache) == before
    assert any("is not kept" in record.getMessage() for record in caplog.records)


# --- one changed bit


def flips(raw: bytes) -> list[bytes]:
    """The content with one bit changed, at positions spread over the file."""
    step = max(1, len(raw) // FLIPS)
    return [
        raw[:at] + bytes([raw[at] ^ (1 << (turn % 8))]) + raw[at + 1 :]
        for turn, at in enumerate([*range(0, len(raw), step), len(raw) - 1])
    ]


def database(cache: Path) -> Path:
    (path,) = cache.rglob("*.sqlite")
    return path


def test_one_changed_bit_changes_nothing(folder, cache):
    first = rested(Live(folder, cache)).dataset
    csv, path = write_csv(first.table), database(cache)
    raw = path.read_bytes()
    for spoilt in [*flips(raw), raw[: len(raw) // 2], b""]:
        path.write_bytes(spoilt)
        state = Live(folder, cache).current()
        assert (state.problems, state.dataset.version) == ((), first.version)
        assert (list(state.dataset.cases), write_csv(state.dataset.table)) == (list(first.cases), csv)


def test_one_changed_bit_of_the_source_files_is_never_shown(folder, cache):
    first = rested(Live(folder, cache)).dataset
    csv, path = write_csv(first.table), database(cache)
    break_case(folder)
    raw, refused = path.read_bytes(), 0
    for spoilt in [*flips(raw), raw[: len(raw) // 2], b""]:
        path.write_bytes(spoilt)
        try:
            state = Live(folder, cache).current()
        except DatasetError:
            refused += 1
        else:
            assert (state.dataset.version, write_csv(state.dataset.table)) == (first.version, csv)
    assert refused > FLIPS // 20


def test_spoilt_source_files_are_kept_anew(folder, cache):
    rested(Live(folder, cache))
    path = database(cache)
    for spoilt in (b"", b"SQLite format 3\0" + b"x" * 5000, path.read_bytes()[:-4096] + bytes(4096)):
        path.write_bytes(spoilt)
        version = rested(Live(folder, cache)).dataset.version
        text = (folder / "cases" / f"{HEALTH}.yaml").read_text(encoding="utf-8")
        break_case(folder)
        assert Live(folder, cache).current().dataset.version == version
        (folder / "cases" / f"{HEALTH}.yaml").write_text(text, encoding="utf-8")


# --- a start with a bad file


def copied_project(target: Path) -> Path:
    """Another version of the program."""
    for name in ("data", "pages", ".streamlit"):
        shutil.copytree(PROJECT / name, target / name)
    for name in ("dashboard.py", "requirements.txt"):
        shutil.copy(PROJECT / name, target)
    with next((target / "data").rglob("schema.py")).open("a", encoding="utf-8") as file:
        file.write("\n# another version\n")
    return target


def test_a_start_with_a_bad_file_shows_the_last_good_ones(tmp_path, cache, dataset):
    """In another process, of another version of the program."""
    folder = copy_data(tmp_path / "served")
    good = rested(Live(folder, cache))
    break_case(folder)
    given = {"HENAN_DATA": str(folder), "HENAN_CACHE": str(cache)}
    with started(tmp_path / "log", copied_project(tmp_path / "project"), **given) as (address, _):
        found = health(address)
        assert (found["version"], found["problems"]) == (good.dataset.version, 1)
        assert found["loaded"] == datetime.fromtimestamp(good.loaded_at, UTC).isoformat(timespec="seconds")
        assert fetch(f"{address}/api/metrics.csv").body == write_csv(dataset.table)
    told = [(line["level"], line["message"]) for line in logged(tmp_path / "log") if line["level"] != "info"]
    assert [level for level, _ in told] == ["error", "error"]
    assert f"served/cases/{HEALTH}.yaml" in told[0][1]


@pytest.mark.parametrize(
    ("lang", "notice"), [("zh", "较新的修改有误，尚未采用"), ("en", "an update has problems and is not used")]
)
def test_pages_say_so_as_for_an_edit(lang, notice, folder, cache):
    rested(Live(folder, cache))
    break_case(folder)
    with showing(Live(folder, cache)):
        at = open_page("overview", lang=lang)
    assert [notice in warning.value for warning in at.warning] == [True]
    assert len(at.error) == 0


def test_the_repair_ends_the_notice(folder, cache):
    first = rested(Live(folder, cache))
    text = (folder / "cases" / f"{HEALTH}.yaml").read_text(encoding="utf-8")
    break_case(folder)
    live = Live(folder, cache)
    assert (len(live.current().problems), live.current().loaded_at) == (1, first.loaded_at)
    (folder / "cases" / f"{HEALTH}.yaml").write_text(text.replace("15.79", "15.78"), encoding="utf-8")
    state = rested(live)
    assert state.problems == ()
    assert state.dataset.version == load_dataset(folder).version
    assert state.loaded_at > first.loaded_at


def test_only_good_files_are_kept(folder, cache):
    live = Live(folder, cache)
    good = live.current().dataset.version
    break_case(folder)
    rested(live)
    (folder / "reference" / "henan.geojson").write_text("{}")
    rested(live)
    with pytest.raises(DatasetError):
        Live(folder, cache).current()
    shutil.copy(FOLDER / "reference" / "henan.geojson", folder / "reference")
    shutil.copy(FOLDER / "cases" / f"{HEALTH}.yaml", folder / "cases")
    assert rested(live).dataset.version == good
    break_case(folder)
    assert Live(folder, cache).current().dataset.version == good


def test_another_folder_is_not_shown_in_its_place(folder, cache, tmp_path):
    rested(Live(folder, cache))
    other = shutil.copytree(folder, tmp_path / "other")
    break_case(other)
    with pytest.raises(DatasetError):
        Live(other, cache).current()


# --- faults


def test_a_fault_of_the_program_is_tried_again_after_a_growing_pause(folder, monkeypatch):
    now, compose, faults = [1000.0], yaml.compose, []

    def fail(text: str, loader: type) -> yaml.Node:
        if len(faults) < 12:
            faults.append(now[0])
            raise MemoryError
        return compose(text, loader)

    monkeypatch.setattr(yaml, "compose", fail)
    monkeypatch.setattr(
        data.reading.live, "time", SimpleNamespace(**{**vars(data.reading.live.time), "monotonic": lambda: now[0]})
    )
    live = Live(folder)
    while live.refresh() == 0 and now[0] < 5000:
        now[0] += 1
    assert live.current().problems == ()
    times = [*faults, now[0]]
    assert [later - earlier for earlier, later in pairwise(times)] == [*(2.0**power for power in range(10)), 600, 600]


def test_a_server_gets_over_a_fault_by_itself_and_keeps_nothing_with_none(folder, tmp_path):
    before = contents(tmp_path)
    first = "import yaml; real = yaml.compose; left = [1]; yaml.compose = lambda *given: real(*given) if not left else 1 / left.pop() / 0"
    with started(tmp_path / "log", first=first, HENAN_DATA=str(folder), HENAN_CACHE="none") as (address, process):
        assert until(process, lambda: health(address)["status"] == "ok")
    assert contents(tmp_path).keys() - before.keys() == {"log"}
    assert any("ZeroDivisionError" in line.get("traceback", "") for line in logged(tmp_path / "log"))


def test_what_a_killed_process_should_have_read_is_read(tmp_path):
    write(tmp_path / "data", CASES)

    killed = []

    def kill(done: int, total: int) -> None:
        for process in reading_processes():
            os.kill(process, signal.SIGKILL)
            killed.append(process)

    dataset, problems = read_dataset(tmp_path / "data", progress=kill)
    assert ([*map(str, problems)], len(dataset.cases)) == ([], CASES)
    assert killed


def test_a_file_that_never_rests_is_named_in_the_log(folder, monkeypatch, caplog):
    now = [1000.0]
    monkeypatch.setattr(
        data.reading.live, "time", SimpleNamespace(**{**vars(data.reading.live.time), "monotonic": lambda: now[0]})
    )
    live = Live(folder)
    before = live.current()
    path = folder / "cases" / f"{HEALTH}.yaml"

    def change(times: int) -> list[str]:
        caplog.clear()
        for turn in range(times):
            path.write_text(f"{path.read_text(encoding='utf-8')}# {turn}\n", encoding="utf-8")
            live.refresh()
            now[0] += 1
        return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]

    assert change(5) == []
    (told,) = change(60)
    assert f"cases/{HEALTH}.yaml" in told
    assert live.current() is before
    assert rested(live).dataset.version != before.dataset.version
    assert len(change(60)) == 1
