"""The copy of the last good files (HENAN_CACHE): in a folder of its own, whole or none, and enough for a start with a
broken case file. What a server does after a fault of the program, and with a file that never rests.
"""

from __future__ import annotations

import logging
import shutil
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
import yaml

import data.reading.last_good
import data.reading.live
from data.downloads.csv_json import write_csv
from data.reading.folder import FOLDER, SIZE_LIMIT
from data.reading.live import RETRY, Live, State
from data.reading.load import DatasetError, load_dataset
from tests.answers import fetch
from tests.app import open_page, showing
from tests.folders import copy_data
from tests.server import PROJECT, health, logged, started, until

HEALTH = "2020-09-dancheng-health"
FLIPS = 60
"""Number of positions in a file at which one bit is changed."""


@pytest.fixture
def folder(tmp_path) -> Path:
    """The data of one real case."""
    return copy_data(tmp_path / "served", (HEALTH,))


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache"


def rested(live: Live) -> State:
    """The state after nothing has changed for one interval and the files are copied."""
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


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


# --- a folder of its own


def test_nothing_else_in_the_folder_is_touched(folder, cache):
    own = cache / "henan-reform-outcomes"
    for name in ("photos", "thesis", own.name):
        (cache / name).mkdir(parents=True)
    (own / "CACHEDIR.TAG").write_bytes(data.reading.last_good.TAG)
    (own / "0123456789abcdef.sqlite").write_bytes(b"SQLite format 3\0")
    (cache / "photos" / "2020.parquet").write_bytes(b"mine")
    before = contents(cache)
    for turn in range(3):
        path = folder / "reference" / "places.yaml"
        path.write_text(f"{path.read_text(encoding='utf-8')}# {turn}\n", encoding="utf-8")
        rested(Live(folder, cache))
    after = contents(cache)
    (copy,) = after.keys() - before.keys()
    assert {name: after[name] for name in before} == before
    with ZipFile(cache / copy) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "origin"}
    read = {name: raw for name, raw in contents(folder).items() if raw is not None and name != "reference/README.md"}
    assert files == read


def test_the_folder_is_made_for_its_user_alone(folder, cache):
    rested(Live(folder, cache))
    (own,) = cache.iterdir()
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert {path.suffix for path in own.iterdir()} == {".TAG", ".zip"}


SOMEBODY_ELSES: dict[str, Callable[[Path], object]] = {
    "a folder": lambda own: ((own / "2020").mkdir(parents=True), (own / "thesis.txt").write_text("mine")),
    "a folder with another mark": lambda own: (own.mkdir(), (own / "CACHEDIR.TAG").write_text("mine")),
    "a file": lambda own: own.write_text("mine"),
    "a link": lambda own: (own.with_name("there").mkdir(), own.symlink_to(own.with_name("there"))),
}


@pytest.mark.parametrize("make", SOMEBODY_ELSES.values(), ids=SOMEBODY_ELSES)
def test_what_is_somebody_elses_is_left_alone(make, folder, cache, caplog):
    cache.mkdir()
    make(cache / "henan-reform-outcomes")
    before = contents(cache)
    assert len(rested(Live(folder, cache)).dataset.cases) == 1
    assert contents(cache) == before
    (said,) = warnings(caplog)
    assert said.startswith("The last good files are not kept: ")


# --- a copy that is no copy


def copy_of(cache: Path) -> Path:
    (path,) = cache.rglob("*.zip")
    return path


def flips(raw: bytes) -> list[bytes]:
    """The content with one bit changed, at positions spread over the file, most of them in its last kilobyte."""
    places = [*range(0, len(raw), len(raw) // FLIPS), *range(len(raw) - 1000, len(raw), 1000 // FLIPS)]
    return [raw[:at] + bytes([raw[at] ^ (1 << (at % 8))]) + raw[at + 1 :] for at in places]


def test_a_copy_with_a_changed_bit_is_the_same_or_none(folder, cache):
    first = rested(Live(folder, cache))
    csv, path = write_csv(first.dataset.table), copy_of(cache)
    break_case(folder)
    raw, refused = path.read_bytes(), 0
    for spoilt in flips(raw):
        path.write_bytes(spoilt)
        try:
            state = Live(folder, cache).current()
        except DatasetError:
            refused += 1
        else:
            assert (state.dataset.version, state.loaded_at) == (first.dataset.version, first.loaded_at)
            assert write_csv(state.dataset.table) == csv
    assert refused > FLIPS


def foreign(raw: bytes, path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("cases/2020-09-dancheng-health.yaml", "mine")


def changed(change: Callable[[dict[str, bytes]], object]) -> Callable[[bytes, Path], None]:
    """A function that changes the entries of a copy."""

    def spoil(raw: bytes, path: Path) -> None:
        with ZipFile(path) as archive:
            kept = {name: archive.read(name) for name in archive.namelist()}
        change(kept)
        with ZipFile(path, "w") as archive:
            for name, content in kept.items():
                archive.writestr(name, content)

    return spoil


def origin(at: int, text: str) -> Callable[[bytes, Path], None]:
    """A function that writes another release, version or time."""

    def change(kept: dict[str, bytes]) -> None:
        words = kept["origin"].decode().split()
        kept["origin"] = " ".join([*words[:at], text, *words[at + 1 :]]).encode()

    return changed(change)


SPOILT: dict[str, Callable[[bytes, Path], object]] = {
    "empty": lambda raw, path: path.write_bytes(b""),
    "cut off in the first file": lambda raw, path: path.write_bytes(raw[:100]),
    "cut off in the middle": lambda raw, path: path.write_bytes(raw[: len(raw) // 2]),
    "cut off at the end": lambda raw, path: path.write_bytes(raw[:-1]),
    "without its beginning": lambda raw, path: path.write_bytes(raw[100:]),
    "something else": lambda raw, path: path.write_bytes(b"x" * 5000),
    "a foreign archive": foreign,
    "of another release": origin(0, "0.0.0"),
    "of another version of the data": origin(1, "0123456789ab"),
    "of no time": origin(2, "nan"),
    "without a case": changed(lambda kept: kept.pop(f"cases/{HEALTH}.yaml")),
    "without a table": changed(lambda kept: kept.pop("reference/units.yaml")),
    "with a file that is too large": changed(lambda kept: kept.update({"cases/a.yaml": bytes(SIZE_LIMIT + 1)})),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_copy_is_none_until_the_next_good_data(spoil, folder, cache, caplog):
    good = rested(Live(folder, cache)).dataset.version
    path, text = copy_of(cache), (folder / "cases" / f"{HEALTH}.yaml").read_text(encoding="utf-8")
    spoil(path.read_bytes(), path)
    break_case(folder)
    live = Live(folder, cache)
    with pytest.raises(DatasetError):
        live.current()
    (said,) = warnings(caplog)
    assert said.startswith(f"The last good files cannot be used: {path}: ")
    (folder / "cases" / f"{HEALTH}.yaml").write_text(text, encoding="utf-8")
    rested(live)
    break_case(folder)
    assert Live(folder, cache).current().dataset.version == good


def refuse_entry(path: Path) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("obstacle", ["no mark", "no permission"])
def test_a_copy_in_a_folder_that_is_not_ours_is_none(obstacle, folder, cache, monkeypatch, caplog):
    rested(Live(folder, cache))
    break_case(folder)
    if obstacle == "no mark":
        copy_of(cache).with_name("CACHEDIR.TAG").unlink()
    else:
        monkeypatch.setattr(data.reading.last_good.LastGood, "_check_folder", refuse_entry)
    with pytest.raises(DatasetError):
        Live(folder, cache).current()
    assert warnings(caplog)[0].startswith("The last good files cannot be used: ")


# --- a start with a bad file


def copied_project(target: Path) -> Path:
    """Another state of the program, of the same release."""
    for name in ("data", "pages", ".streamlit"):
        shutil.copytree(PROJECT / name, target / name)
    for name in ("dashboard.py", "requirements.txt"):
        shutil.copy(PROJECT / name, target)
    with next((target / "data").rglob("schema.py")).open("a", encoding="utf-8") as file:
        file.write("\n# another version\n")
    return target


def test_a_start_with_a_bad_file_shows_the_last_good_ones(tmp_path, cache, dataset):
    """In another process, of another state of the program."""
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
    assert Live(folder, cache).current().dataset.version == good
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


@pytest.fixture
def now(monkeypatch) -> list[float]:
    """The monotonic count of the module, which a test moves."""
    count = [1000.0]
    monkeypatch.setattr(data.reading.live, "time", SimpleNamespace(**{**vars(time), "monotonic": lambda: count[0]}))
    return count


def test_a_fault_of_the_program_is_tried_again_after_a_pause(folder, monkeypatch, now):
    compose, faults = yaml.compose, []

    def fail(text: str, loader: type) -> yaml.Node:
        if len(faults) < 3:
            faults.append(now[0])
            raise MemoryError
        return compose(text, loader)

    monkeypatch.setattr(yaml, "compose", fail)
    live = Live(folder)
    while live.refresh() == 0 and now[0] < 5000:
        now[0] += 1
    assert live.current().problems == ()
    assert [time - 1000 for time in (*faults, now[0])] == [turn * RETRY for turn in range(4)]


def test_a_server_gets_over_a_fault_by_itself_and_keeps_nothing_with_none(folder, tmp_path):
    before = contents(tmp_path)
    first = "import yaml, data.reading.live; data.reading.live.RETRY = 0.1; real = yaml.compose; left = [1]; yaml.compose = lambda *given: real(*given) if not left else 1 / left.pop() / 0"
    with started(tmp_path / "log", first=first, HENAN_DATA=str(folder), HENAN_CACHE="none") as (address, process):
        assert until(process, lambda: health(address)["status"] == "ok")
    assert contents(tmp_path).keys() - before.keys() == {"log"}
    assert any("ZeroDivisionError" in line.get("traceback", "") for line in logged(tmp_path / "log"))


def test_a_file_that_never_rests_is_named_in_the_log(folder, now, caplog):
    live = Live(folder)
    before = live.current()
    path = folder / "cases" / f"{HEALTH}.yaml"

    def change(times: int) -> list[str]:
        caplog.clear()
        for turn in range(times):
            path.write_text(f"{path.read_text(encoding='utf-8')}# {turn}\n", encoding="utf-8")
            live.refresh()
            now[0] += 1
        return warnings(caplog)

    assert change(5) == []
    (told,) = change(60)
    assert f"cases/{HEALTH}.yaml" in told
    assert live.current() is before
    assert rested(live).dataset.version != before.dataset.version
    assert len(change(60)) == 1
