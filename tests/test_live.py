"""The data of a running server: an edit is loaded once it is stable, a broken one is not, and a repair ends the notice.
No state of the folder stops the server.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import data.reading.folder
import data.reading.live
from data import DatasetError
from data.reading.folder import SIZE_LIMIT
from data.reading.live import Live
from data.reading.load import load_dataset
from pages.markup.screens import SCREENS
from pages.serving import following
from tests.app import new_app, open_page, showing
from tests.folders import copy_data

HEALTH, RETURNS = "2020-09-dancheng-health", "2020-03-returns-warehouse"


class Curator:
    """Edits the files of a copied data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, case: str) -> Path:
        return self.folder / "cases" / f"{case}.yaml"

    def text(self, case: str) -> str:
        return self.path(case).read_text(encoding="utf-8")

    def replace(self, case: str, old: str, new: str) -> None:
        text = self.text(case)
        assert old in text
        self.path(case).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def curator(tmp_path) -> Curator:
    return Curator(copy_data(tmp_path / "served", (HEALTH, RETURNS)))


@pytest.fixture
def live(curator) -> Live:
    found = Live(curator.folder)
    found.current()
    return found


def rested(live: Live) -> data.reading.live.State:
    """The state after nothing has changed for one interval."""
    live.refresh()
    live.refresh()
    return live.current()


def referral(state: data.reading.live.State) -> float:
    return next(
        metric.change.value
        for metric in state.dataset.by_id[HEALTH].metrics
        if metric.id == "out-of-county-referral-rate"
    )


def told(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == level]


# --- edits


def test_the_same_state_while_nothing_changes(live, curator):
    state = live.current()
    assert [case.id for case in state.dataset.cases] == [RETURNS, HEALTH]
    assert state.problems == ()
    assert rested(live) is state
    curator.path(HEALTH).touch()
    assert rested(live) is state


def test_an_edit_is_taken_over_once_it_rests(live, curator, caplog):
    caplog.set_level(logging.INFO)
    before = live.current()
    curator.replace(HEALTH, "15.79", "15.78")
    assert live.current() is before
    assert (live.refresh(), live.refresh()) == (1, 2)
    after = live.current()
    assert (referral(before), referral(after)) == (-15.79, -15.78)
    assert after.loaded_at >= before.loaded_at
    assert before.dataset.table.loc[
        before.dataset.table["metric_id"] == "out-of-county-referral-rate", "change_value"
    ].tolist() == [-15.79]
    assert [(record.getMessage(), record.fields["version"]) for record in caplog.records] == [
        ("data loaded", after.dataset.version)
    ]


@pytest.mark.parametrize("moment", [0, 1_700_000_000, 4_000_000_000], ids=["of 1970", "of the past", "of the future"])
def test_an_edit_is_seen_whatever_its_time(live, curator, moment):
    os.utime(curator.path(HEALTH), (1_700_000_000, 1_700_000_000))
    rested(live)
    size = curator.path(HEALTH).stat().st_size
    curator.replace(HEALTH, "15.79", "15.77")
    os.utime(curator.path(HEALTH), (moment, moment))
    assert curator.path(HEALTH).stat().st_size == size
    assert referral(rested(live)) == -15.77


Steps = Iterator[object]


def in_place(path: Path, text: str) -> Steps:
    yield path.write_text(text, encoding="utf-8")


def in_two_steps(path: Path, text: str) -> Steps:
    with path.open("w", encoding="utf-8") as file:
        yield file.flush()
        yield file.write(text[: len(text) // 2]), file.flush()
        yield file.write(text[len(text) // 2 :])


def by_another_file(path: Path, text: str) -> Steps:
    yield path.with_name(f"{path.name}___jb_tmp___").write_text(text, encoding="utf-8")
    yield path.with_name(f"{path.name}___jb_tmp___").replace(path)


def beside_a_backup(path: Path, text: str) -> Steps:
    yield path.with_name("4913").touch(), path.with_name(f".{path.name}.swp").write_bytes(b"\0")
    yield path.rename(path.with_name(f"{path.name}~"))
    yield path.write_text(text, encoding="utf-8"), path.with_name("4913").unlink()


def with_a_lock(path: Path, text: str) -> Steps:
    yield (
        path.with_name(f".#{path.name}").symlink_to("curator@host.1:1"),
        path.with_name(f"#{path.name}#").write_text(text, encoding="utf-8"),
    )
    yield path.write_text(text, encoding="utf-8")
    yield path.with_name(f".#{path.name}").unlink()


def through_a_link(path: Path, text: str) -> Steps:
    """A folder behind a symbolic link, as container platforms replace a volume."""
    newer = path.parent.with_name("newer")
    shutil.copytree(path.parent, newer)
    (newer / path.name).write_text(text, encoding="utf-8")
    yield path.parent.rename(path.parent.with_name("older"))
    yield newer.with_name("cases").symlink_to(newer)


SAVES = [in_place, in_two_steps, by_another_file, beside_a_backup, with_a_lock, through_a_link]


@pytest.mark.parametrize("save", SAVES, ids=[save.__name__ for save in SAVES])
def test_however_a_file_is_saved_readers_see_the_old_or_the_new(save, live, curator):
    text = curator.text(HEALTH).replace("15.79", "15.78")
    for _ in save(curator.path(HEALTH), text):
        live.refresh()
        assert referral(live.current()) in (-15.79, -15.78)
        assert live.current().problems == ()
    assert (referral(rested(live)), live.current().problems) == (-15.78, ())


def test_files_saved_one_after_the_other_are_taken_over_together(live, curator):
    before = live.current()
    curator.replace(HEALTH, "15.79", "15.78")
    live.refresh()
    curator.replace(RETURNS, "en: In-zone", "en: A")
    live.refresh()
    assert live.current() is before
    live.refresh()
    assert (referral(live.current()), live.current().dataset.by_id[RETURNS].title.en[:2]) == (-15.78, "A ")


def test_a_renamed_file_must_carry_its_id(live, curator):
    good = live.current()
    moved = curator.path("2020-09-dancheng-clinics")
    curator.path(HEALTH).rename(moved)
    assert rested(live).dataset is good.dataset
    assert "id" in {problem.field for problem in live.current().problems}
    moved.write_text(moved.read_text(encoding="utf-8").replace(HEALTH, "2020-09-dancheng-clinics"), encoding="utf-8")
    assert [case.id for case in rested(live).dataset.cases] == [RETURNS, "2020-09-dancheng-clinics"]
    assert live.current().problems == ()


def test_a_deleted_and_an_added_case(live, curator):
    text = curator.text(HEALTH)
    curator.path(HEALTH).unlink()
    assert [case.id for case in rested(live).dataset.cases] == [RETURNS]
    curator.path(HEALTH).write_text(text, encoding="utf-8")
    assert [case.id for case in rested(live).dataset.cases] == [RETURNS, HEALTH]


def test_an_edit_of_a_reference_table_is_taken_over(live, curator):
    places = curator.folder / "reference" / "places.yaml"
    places.write_text(places.read_text(encoding="utf-8").replace("Dancheng County", "Dancheng"), encoding="utf-8")
    assert rested(live).dataset.places["dancheng"].name.en == "Dancheng"


def test_the_version_is_that_of_the_content(curator, tmp_path):
    version = load_dataset(curator.folder).version
    shutil.copytree(curator.folder, tmp_path / "moved")
    assert len(version) == 12
    assert load_dataset(tmp_path / "moved").version == version
    curator.replace(HEALTH, "15.79", "15.78")
    assert load_dataset(curator.folder).version != version


# --- broken edits

BREAKS = {
    "not-yaml": ("headlines: [", "headlines: [["),
    "unknown-key": ("number: 9", "number: 9\nnumbr: 9"),
    "wrong-type": ("value: -15.79", 'value: "-15.79"'),
    "unknown-place": ("places: [dancheng]", "places: [danchen]"),
    "wrong-id": (f"id: {HEALTH}", "id: 2020-09-health"),
}


@pytest.mark.parametrize(("old", "new"), BREAKS.values(), ids=BREAKS)
def test_a_broken_edit_keeps_the_last_good_data_and_says_what_is_wrong(old, new, live, curator, caplog):
    good = live.current()
    curator.replace(HEALTH, old, new)
    broken = rested(live)
    assert (broken.dataset, broken.loaded_at, broken.edition) == (good.dataset, good.loaded_at, 2)
    assert {problem.file.split("/")[-1] for problem in broken.problems} == {f"{HEALTH}.yaml"}
    assert all(problem.line > 1 and problem.severity == "error" for problem in broken.problems)
    assert told(caplog, logging.ERROR) == [*map(str, broken.problems), "update refused"]
    assert rested(live) is broken
    curator.replace(HEALTH, new, old)
    repaired = rested(live)
    assert (repaired.dataset, repaired.loaded_at, repaired.problems, repaired.edition) == (
        good.dataset,
        good.loaded_at,
        (),
        3,
    )


def test_a_good_edit_beside_a_broken_one_waits_for_the_repair(live, curator):
    curator.replace(RETURNS, "number: 3", "number: three")
    curator.replace(HEALTH, "15.79", "15.78")
    assert referral(rested(live)) == -15.79
    curator.replace(RETURNS, "number: three", "number: 3")
    assert referral(rested(live)) == -15.78


def cut(path: Path) -> None:
    """A truncated file, as on a full disk."""
    path.write_bytes(path.read_bytes()[:4096])


def instead(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.unlink()
        make(path)

    return put


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)


def clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


FAULTS = {
    "cut": (cut, ""),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "not UTF-8": (lambda path: path.write_text(path.read_text(encoding="utf-8"), encoding="gb18030"), "is not UTF-8"),
    "a folder": (instead(Path.mkdir), "is a folder"),
    "a pipe": (instead(os.mkfifo), "is a folder or a device"),
    "a device without end": (instead(lambda path: path.symlink_to("/dev/zero")), "is a folder or a device"),
    "a link to nowhere": (instead(lambda path: path.symlink_to("nowhere")), "cannot be read (No such file"),
    "a link to itself": (instead(lambda path: path.symlink_to(path.name)), "cannot be read (Too many levels"),
    "a terabyte": (instead(large), f"at most {SIZE_LIMIT} are read"),
}


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS)
def test_whatever_stands_in_place_of_a_file_the_last_good_data_stays(fault, message, live, curator):
    good, text = live.current(), curator.text(HEALTH)
    fault(curator.path(HEALTH))
    broken = rested(live)
    assert broken.dataset is good.dataset
    assert any(problem.file.endswith(f"{HEALTH}.yaml") and message in problem.message for problem in broken.problems)
    clear(curator.path(HEALTH))
    curator.path(HEALTH).write_text(text, encoding="utf-8")
    assert rested(live).problems == ()


FOLDERS = {
    "removed": lambda folder: shutil.rmtree(folder),
    "emptied": lambda folder: (shutil.rmtree(folder), folder.mkdir()),
    "a file": lambda folder: (shutil.rmtree(folder), folder.touch()),
    "a link to itself": lambda folder: (shutil.rmtree(folder), folder.symlink_to(folder.name)),
}


@pytest.mark.parametrize("part", [".", "cases", "reference"])
@pytest.mark.parametrize("lose", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_is_gone_keeps_the_last_good_data(lose, part, live, curator, tmp_path):
    good = live.current()
    shutil.copytree(curator.folder, tmp_path / "kept")
    lose(curator.folder / part)
    lost = rested(live)
    assert (lost.dataset, bool(lost.problems)) == (good.dataset, True)
    clear(curator.folder / part)
    shutil.copytree(tmp_path / "kept" / part, curator.folder / part)
    assert (rested(live).dataset, live.current().problems) == (good.dataset, ())


OUTLINES = {
    "not JSON": (lambda text: text[:-9], "is not GeoJSON"),
    "not GeoJSON": (lambda text: "[1]", "is not GeoJSON"),
    "without ids": (lambda text: text.replace('"id"', '"no"'), "is not GeoJSON"),
    "a unit is missing": (lambda text: text.replace('"id":"410300"', '"id":"999999"'), "has no outline of 410300"),
}


@pytest.mark.parametrize(("edit", "message"), OUTLINES.values(), ids=OUTLINES)
def test_broken_boundaries_keep_the_last_good_ones(edit, message, live, curator):
    good, path = live.current(), curator.folder / "reference" / "henan.geojson"
    text = path.read_text(encoding="utf-8").replace('"id": "', '"id":"')
    path.write_text(edit(text), encoding="utf-8")
    (problem,) = rested(live).problems
    assert str(problem).startswith(f"served/reference/henan.geojson:1:1 {message}")
    assert live.current().dataset.boundaries is good.dataset.boundaries
    path.write_text(text, encoding="utf-8")
    assert rested(live).problems == ()


def test_a_fault_of_the_program_keeps_the_last_good_data(live, curator, monkeypatch, caplog):
    good = live.current()
    monkeypatch.setattr(live, "prepare", lambda dataset: 1 / 0)
    curator.replace(HEALTH, "15.79", "15.78")
    (problem,) = rested(live).problems
    assert "fault in the program" in problem.message
    assert live.current().dataset is good.dataset
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


# --- edits in the wrong moment


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: object, name: str, act: Callable[[], object]) -> None:
    """Call another function right after the first call of this one."""
    function = getattr(module, name)

    def watched(*arguments: object) -> object:
        found = function(*arguments)
        monkeypatch.setattr(module, name, function)
        act()
        return found

    monkeypatch.setattr(module, name, watched)


def test_what_was_edited_while_it_was_read_is_not_taken_over(live, curator, monkeypatch):
    good = live.current()
    curator.replace(HEALTH, "15.79", "15.78")
    meanwhile(monkeypatch, data.reading.live, "read_files", lambda: curator.replace(RETURNS, "en: In-zone", "en: A"))
    assert rested(live) is good
    assert (referral(rested(live)), live.current().dataset.by_id[RETURNS].title.en[:2]) == (-15.78, "A ")


def test_a_file_that_goes_between_listing_and_reading_is_simply_gone(live, curator, monkeypatch, caplog):
    good = live.current()
    curator.replace(RETURNS, "en: In-zone", "en: A")
    meanwhile(monkeypatch, data.reading.folder, "read_content", curator.path(HEALTH).unlink)
    assert rested(live) is good
    assert [case.id for case in rested(live).dataset.cases] == [RETURNS]
    assert told(caplog, logging.ERROR) == []


def test_a_file_that_goes_while_it_is_checked_is_told_in_one_sentence(curator, monkeypatch):
    meanwhile(monkeypatch, data.reading.folder, "read_content", curator.path(HEALTH).unlink)
    with pytest.raises(DatasetError) as error:
        load_dataset(curator.folder)
    assert (
        str(error.value)
        == f"served/cases/{HEALTH}.yaml:1:1 cannot be read (No such file or directory). Restore the file or its permissions"
    )


def test_many_readers_at_once_read_the_files_once(curator, monkeypatch):
    read, calls, readers, live = data.reading.live.read_files, [], 8, Live(curator.folder)
    together = Barrier(readers)

    def counted(folder):
        calls.append(folder)
        return read(folder)

    def current(_):
        together.wait(timeout=30)
        return live.current()

    monkeypatch.setattr(data.reading.live, "read_files", counted)
    with ThreadPoolExecutor(readers) as pool:
        states = set(pool.map(current, range(readers)))
    assert (len(calls), len(states)) == (1, 1)


# --- no data from the beginning


def test_no_good_data_from_the_beginning_is_an_error_until_the_repair(curator, monkeypatch, caplog):
    curator.replace(HEALTH, "number: 9", "number: nine")
    live, read, calls = Live(curator.folder), data.reading.live.read_files, []
    monkeypatch.setattr(data.reading.live, "read_files", lambda folder: calls.append(folder) or read(folder))
    for _ in range(3):
        with pytest.raises(DatasetError) as error:
            live.current()
        assert [problem.field for problem in error.value.problems] == ["number"]
    assert (len(calls), live.refresh()) == (1, 0)
    assert told(caplog, logging.ERROR) == [*map(str, error.value.problems), "no data"]
    curator.replace(HEALTH, "number: nine", "number: 9")
    assert len(rested(live).dataset.cases) == 2


def test_a_beginning_in_the_middle_of_an_edit_is_no_good_data_yet(curator, monkeypatch):
    live = Live(curator.folder)
    meanwhile(
        monkeypatch,
        data.reading.live,
        "read_files",
        lambda: curator.replace(HEALTH, "15.79", "15.78"),
    )
    with pytest.raises(DatasetError, match="is being changed"):
        live.current()
    assert referral(rested(live)) == -15.78


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh", "数据未能载入；修复后本页会自动显示。"),
        ("en", "No data could be loaded; this page shows it as soon as that is mended."),
    ],
)
@pytest.mark.parametrize(
    "query",
    [{}, {"view": "print"}, {"view": "embed", "chart": "overview"}, {"city": "410300", "case": HEALTH}],
    ids=str,
)
def test_every_page_says_that_there_is_no_data(query, lang, sentence, tmp_path):
    with showing(Live(tmp_path)):
        at = new_app(lang=lang, **query).run()
    assert ([error.value for error in at.error], len(at.exception), len(at.title)) == ([sentence], 0, 0)


# --- pages that are open while the data changes

GONE = re.compile("zhoukou|public-services|411600")
CHOSEN = {
    "city": "411600,410700",
    "domain": "public-services",
    "grade": "C",
    "role": "outcome",
    "case": HEALTH,
    "cases": f"{HEALTH},2020-01-water-pricing",
    "lang": "en",
}


@pytest.mark.parametrize("page", SCREENS)
def test_an_open_page_bears_that_what_it_showed_is_gone(page, curator):
    at = open_page(page, **CHOSEN)
    curator.path(HEALTH).unlink()
    for table in ("places", "domains", "population"):
        path = curator.folder / "reference" / f"{table}.yaml"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not GONE.search(line)), encoding="utf-8")
    with showing(Live(curator.folder)):
        at.run()
    assert not at.exception, at.exception
    assert len(at.title) == 1


def test_a_page_runs_again_once_it_shows_old_data(live, curator, monkeypatch):
    runs: list[bool] = []
    monkeypatch.setattr(following.st, "rerun", lambda: runs.append(True))
    with showing(live):
        shown = following.edition()
        following._run_outdated(shown)
        assert (shown, runs) == (1, [])
        curator.replace(HEALTH, "15.79", "15.78")
        rested(live)
        following._run_outdated(shown)
    assert runs == [True]


def test_a_page_without_data_runs_again_once_there_is_some(live, tmp_path, monkeypatch):
    runs: list[bool] = []
    monkeypatch.setattr(following.st, "rerun", lambda: runs.append(True))
    with showing(Live(tmp_path)):
        shown = following.edition()
        following._run_outdated(shown)
    with showing(live):
        following._run_outdated(shown)
    assert (shown, runs) == (0, [True])


def test_looking_for_edits_goes_on_after_a_fault(monkeypatch, caplog):
    scans = iter([RuntimeError("gone"), RuntimeError("gone"), asyncio.CancelledError()])

    def refresh() -> int:
        raise next(scans)

    monkeypatch.setattr(following, "refresh", refresh)
    monkeypatch.setattr(following, "PAUSE", 0)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(following.follow())
    assert told(caplog, logging.ERROR) == 2 * ["The files were not scanned for edits"]


def test_an_edit_is_on_open_pages_within_15_seconds():
    """It is loaded at the second scan after it; the rest is for reading files and running pages."""
    assert following.INTERVAL + 2 * following.PAUSE < 15
