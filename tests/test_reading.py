"""Reading case files: the packed, the cached and the cases read by other processes equal the files, and only changed
files are read.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pandas as pd
import pytest

import data.reading.cache
import data.reading.load
from data.query.dataset import Dataset
from data.reading.cache import Cache
from data.reading.live import Live
from data.reading.load import DatasetError, read_dataset
from tests.folders import move_case
from tests.many import write

SOME = 5
SCATTERED = [0, 2, SOME - 1]


@pytest.fixture
def folder(tmp_path) -> Path:
    write(tmp_path / "data", SOME)
    return tmp_path / "data"


@pytest.fixture
def cache(tmp_path, folder) -> Cache:
    return Cache(tmp_path / "cache", folder)


@pytest.fixture
def read(folder, cache, monkeypatch):
    """A function that reads the folder and returns the dataset, its problems as text, and the names of the files read."""

    def reading(before: Dataset | None = None, cache: Cache | None = cache):
        files: list[str] = []
        batch = data.reading.load.read_batch
        with monkeypatch.context() as watched:
            watched.setattr(
                data.reading.load,
                "read_batch",
                lambda job, paths: files.extend(path.name for path in paths) or batch(job, paths),
            )
            dataset, problems = read_dataset(folder, cache, before)
        return dataset, [str(problem) for problem in problems], files

    return reading


@pytest.fixture
def anew(folder):
    """A function that reads the folder without a cache."""

    def reading():
        dataset, problems = read_dataset(folder)
        return dataset, [str(problem) for problem in problems]

    return reading


def files(folder: Path) -> list[Path]:
    return sorted((folder / "cases").iterdir())


def edit(path: Path, old: str = "submitted_by:", new: str = "# edited\nsubmitted_by:") -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def same(one: Dataset, other: Dataset) -> bool:
    pd.testing.assert_frame_equal(one.table, other.table)
    return one.version == other.version and one.cases == other.cases


@pytest.fixture
def by_others(monkeypatch):
    """Even a few files are read by other processes."""
    monkeypatch.setattr(data.reading.load, "SERIAL_MAX", 1)
    monkeypatch.setattr(data.reading.load, "BATCH_SIZE", 3)


def test_other_processes_read_the_same_and_tell_how_far_they_are(by_others, read, folder, cache, anew, caplog):
    told: list[tuple[int, int]] = []
    dataset, problems = read_dataset(folder, cache, None, lambda *far: told.append(far))
    assert (problems, told[0], told[-1], len(told)) == ([], (0, SOME), (SOME, SOME), 3)
    assert caplog.records == []
    assert read()[2] == []
    assert same(dataset, anew()[0])


def test_where_no_other_process_can_be_started_this_one_reads(by_others, read, monkeypatch, caplog):
    monkeypatch.setattr(data.reading.load, "ProcessPoolExecutor", lambda *given, **options: 1 / 0)
    dataset, _, names = read()
    assert (len(dataset.cases), len(names)) == (SOME, SOME)
    assert [record.getMessage() for record in caplog.records] == ["Other processes do not read: division by zero"]


def test_mistakes_are_told_the_same_by_other_processes(by_others, folder, anew, monkeypatch):
    edit(files(folder)[1], "\nnumber: 2\n", "\nnumber: 3\n")
    edit(files(folder)[4], "\nnumber: 5\n", "\nnumber: five\n")
    found = anew()
    monkeypatch.setattr(data.reading.load, "SERIAL_MAX", SOME)
    assert found == anew()
    assert found[0] is None


# --- only what has changed


def test_what_is_kept_is_not_read_again(read):
    first = read()[0]
    again, problems, names = read()
    assert (problems, names) == ([], [])
    assert same(again, first)


def test_a_copied_or_touched_file_is_not_read_again(read, folder, monkeypatch):
    read()
    for path in files(folder):
        os.utime(path, ns=(1, 1))
    assert read()[2] == []
    monkeypatch.setattr(data.reading.load, "content", lambda path: pytest.fail("its state is not kept"))
    assert read()[2] == []


@pytest.mark.parametrize("from_disk", [True, False], ids=["at the start", "while it runs"])
def test_only_changed_files_are_read(from_disk, read, folder, anew):
    first = read()[0]
    changed = [files(folder)[at] for at in SCATTERED]
    for path in changed:
        edit(path)
    dataset, _, names = read(None if from_disk else first)
    assert names == [path.name for path in changed]
    assert same(dataset, anew()[0])
    assert dataset.version != first.version
    assert read()[2] == []


def test_a_change_that_keeps_size_and_time_is_noticed(read, folder):
    first = read()[0]
    path = files(folder)[3]
    status, text = path.stat(), path.read_text(encoding="utf-8")
    path.write_text(text.replace("number: 4\n", "number: 5\n"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    dataset, problems, names = read(first)
    assert (dataset, names, len(problems)) == (None, [path.name], 2)


def test_files_that_come_and_go_are_followed(read, folder, anew, cache):
    first = read()[0]
    gone, moved = files(folder)[0], files(folder)[4]
    gone.unlink()
    text = moved.read_text(encoding="utf-8")
    moved.unlink()
    name = moved.stem.replace("2020-", "2019-")
    (folder / "cases" / f"{name}.yaml").write_text(move_case(text, 2019), encoding="utf-8")
    dataset, problems, names = read(first)
    assert (problems, names) == ([], [f"{name}.yaml"])
    assert dataset.cases[0].id == name
    assert same(dataset, anew()[0])
    assert {row.name for row in cache.rows("cases")} == {path.name for path in files(folder)}


def test_what_another_version_kept_is_not_taken(read, monkeypatch):
    read()
    monkeypatch.setattr(data.reading.load, "CODE", "another version")
    assert len(read()[2]) == SOME
    assert read()[2] == []


def test_another_reference_table_is_another_version(read, folder):
    first = read()[0]
    path = folder / "reference" / "places.yaml"
    edit(path, "zh: 洛阳市", "zh: 洛阳")
    dataset, _, names = read(first)
    assert len(names) == SOME
    assert "洛阳" in set(dataset.table["prefecture_zh"])


def test_where_nothing_can_be_kept_the_data_is_read_all_the_same(read, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    dataset = read()[0]
    assert (len(dataset.cases), len(dataset.table)) == (SOME, SOME * 27)
    (said,) = {record.getMessage() for record in caplog.records}
    assert said.startswith("What was read is not kept: ")


def test_without_a_place_to_keep_it_every_start_reads_everything(read):
    assert len(read(cache=None)[0].table) == SOME * 27
    assert len(read(cache=None)[2]) == SOME


MISTAKES = {
    "a wrong value": ("\nnumber: 2\n", "\nnumber: two\n"),
    "a number that another has": ("\nnumber: 2\n", "\nnumber: 3\n"),
    "an unknown place": ("\nplaces:", "\nmentions: [nowhere]\nplaces:"),
    "a tab": ("\nnumber: 2\n", "\nnumber:\t2\n\t\n"),
}


@pytest.mark.parametrize(("old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_told_whatever_is_known(old, new, read, anew, folder):
    first = read()[0]
    path = files(folder)[1]
    text = path.read_text(encoding="utf-8")
    if new.startswith("\nmentions"):
        text = "\n".join(line for line in text.split("\n") if not line.startswith("mentions:"))
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    expected = anew()
    assert expected[0] is None
    assert expected[1]
    for before in (None, first):
        assert read(before)[:2] == expected


def test_a_mistake_in_a_reference_table_is_told_with_those_of_the_cases(read, anew, folder):
    edit(folder / "reference" / "units.yaml", "factor: 1", "factor: one")
    edit(files(folder)[1], "\nnumber: 2\n", "\nnumber: two\n")
    dataset, problems, _ = read()
    assert (dataset, problems) == anew()
    assert {problem.split(":")[0] for problem in problems} >= {
        "data/reference/units.yaml",
        f"data/cases/{files(folder)[1].name}",
    }


def test_warnings_are_kept_as_well(read, anew, folder):
    path = files(folder)[2]
    path.write_text(path.read_text(encoding="utf-8").replace("kind: undated", "kind: other"), encoding="utf-8")
    few, problems = anew()
    assert problems
    assert all("warning: " in problem for problem in problems)
    first = read()[0]
    again, told, names = read()
    assert (told, names) == (problems, [])
    assert first.warnings == again.warnings == few.warnings


# --- a server with many cases


def rested(live: Live):
    live.refresh()
    live.refresh()
    return live.current()


def test_an_edit_of_one_of_many_is_taken_over_and_then_kept(folder, tmp_path, read):
    live = Live(folder, tmp_path / "cache")
    first = rested(live).dataset
    live.refresh()
    assert read()[2] == []
    edit(files(folder)[4])
    second = rested(live).dataset
    assert second.version != first.version
    live.refresh()
    assert read()[2] == []


def test_how_far_reading_is_stands_in_the_log(by_others, folder, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(data.reading.load, "BATCH_SIZE", 1)
    monkeypatch.setattr(data.reading.load, "_read_by_workers", lambda job, batches: iter(()))
    rested(Live(folder))
    told = [record for record in caplog.records if record.getMessage() == "reading"]
    assert [record.fields for record in told] == [{"read": done + 1, "of": SOME} for done in range(SOME)]


def test_nobody_waits_for_many(folder, monkeypatch):
    live = Live(folder)
    live.progress = (3, SOME)
    monkeypatch.setattr(live, "refresh", lambda: pytest.fail("a reader read the files"))
    with pytest.raises(DatasetError):
        live.current()


def test_a_server_that_stops_does_not_read_on(folder, caplog):
    live = Live(folder)
    live.cancel()
    assert live.refresh() == 0
    assert not [record for record in caplog.records if record.exc_info]
