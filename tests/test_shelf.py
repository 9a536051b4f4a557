"""Many cases: that what is read by all cores, packed, kept on the disk and read again is what a few files hold, and that nothing stale or spoilt is ever taken from the disk."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

import data.reading.load
import data.reading.shelf
import data.reading.store
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.reading.live import Live
from data.reading.load import DatasetError, read_dataset
from data.reading.shelf import ROW, Shelf
from data.wording.rows import worded_rows
from tests.many import write

SOME = 8
SCATTERED = [0, 5, SOME - 1]


@pytest.fixture(autouse=True)
def many(monkeypatch):
    """Eight cases are many, and are read in this process."""
    monkeypatch.setattr(data.reading.load, "MANY", SOME - 2)
    monkeypatch.setattr(data.reading.shelf, "ALONE", 10 * SOME)


@pytest.fixture
def folder(tmp_path) -> Path:
    write(tmp_path / "data", SOME)
    return tmp_path / "data"


@pytest.fixture
def read(folder, tmp_path, monkeypatch):
    """Reads the folder as one of many cases: the dataset, its problems as text, and the names of the case files that were read for it."""

    def reading(before: Dataset | None = None, cache: Path | None = tmp_path / "cache"):
        files: list[str] = []
        year = data.reading.shelf._read_year
        monkeypatch.setattr(
            data.reading.shelf,
            "_read_year",
            lambda work, paths, keep: files.extend(path.name for path in paths) or year(work, paths, keep),
        )
        dataset, problems = read_dataset(folder, cache, before)
        monkeypatch.setattr(data.reading.shelf, "_read_year", year)
        return dataset, [str(problem) for problem in problems], files

    return reading


@pytest.fixture
def plainly(folder, monkeypatch):
    """Reads the folder as one of a few cases."""

    def reading():
        with monkeypatch.context() as few:
            few.setattr(data.reading.load, "MANY", 10 * SOME)
            dataset, problems = read_dataset(folder)
        return dataset, [str(problem) for problem in problems]

    return reading


def files(folder: Path) -> list[Path]:
    return sorted((folder / "cases").iterdir())


def edit(path: Path, old: str = "submitted_by:", new: str = "# edited\nsubmitted_by:") -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def kept(dataset: Dataset) -> Dataset:
    dataset.cases.keep(dataset.tables, dataset.source)
    return dataset


def same(one: Dataset, other: Dataset) -> bool:
    pd.testing.assert_frame_equal(one.table, other.table, check_index_type=False)
    return (
        one.version == other.version
        and list(one.cases) == list(other.cases)
        and one.index.table.select(["id", "words", "grade", "homes"]).equals(
            other.index.table.select(["id", "words", "grade", "homes"])
        )
    )


def test_many_hold_what_a_few_hold(read, plainly):
    (few, _), (dataset, problems, _) = plainly(), read()
    assert isinstance(few.cases, tuple)
    assert isinstance(dataset.cases, Shelf)
    assert problems == []
    assert same(dataset, few)
    for asked in (
        {},
        {"city": ("410300", "410000")},
        {"grade": ("A", "C"), "role": ("outcome",)},
        {"search": "试点"},
        {"domain": ("public-services",), "search": "pilot"},
    ):
        one, other = (select(found, Filters(**asked)) for found in (dataset, few))
        assert one.cases.ids == other.cases.ids
        assert one.positions.tolist() == other.positions.tolist()
    assert list(worded_rows(dataset, "zh", [0, 100, dataset.figures - 1])) == list(
        worded_rows(few, "zh", [0, 100, few.figures - 1])
    )


def test_all_cores_read_them_and_tell_how_far_they_are(tmp_path, plainly, folder, monkeypatch):
    monkeypatch.setattr(data.reading.shelf, "ALONE", 1)
    told: list[tuple[int, int]] = []
    cache = tmp_path / "cache"
    dataset, problems = read_dataset(folder, cache, None, lambda *far: told.append(far))
    assert (problems, told) == ([], [(SOME, SOME)])
    assert same(dataset, plainly()[0])
    assert [path.name for path in cache.rglob("*.parquet")] == ["2020.parquet"]
    assert read_dataset(folder, cache)[0].version == dataset.version


def test_where_no_other_process_can_be_started_this_one_reads(read, monkeypatch):
    monkeypatch.setattr(data.reading.shelf, "ALONE", 1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    dataset, _, names = read()
    assert (len(dataset.cases), len(names)) == (SOME, SOME)


def test_what_a_process_leaves_that_ends_is_read_in_this_one(read, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(data.reading.shelf, "ALONE", 1)
    monkeypatch.setattr(data.reading.shelf, "ROOT", tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "data").mkdir(parents=True)
    (tmp_path / "elsewhere" / "data" / "__init__.py").touch()
    (tmp_path / "elsewhere" / "data" / "shelf.py").write_text("raise SystemExit('no room left')")
    dataset, problems, names = read()
    assert (len(dataset.cases), problems, len(names)) == (SOME, [], SOME)
    assert [record.getMessage() for record in caplog.records] == ["Other processes do not read: no room left"]


def test_what_is_kept_is_not_read_again(read):
    first = kept(read()[0])
    again, problems, names = read()
    assert (problems, names) == ([], [])
    assert same(again, first)


def test_a_copied_or_touched_file_is_not_read_again(read, folder):
    kept(read()[0])
    for path in files(folder):
        os.utime(path, ns=(1, 1))
    dataset, _, names = read()
    assert names == []
    kept(dataset)
    assert read()[2] == []


@pytest.mark.parametrize("from_disk", [True, False], ids=["at the start", "while it runs"])
def test_only_changed_files_are_read(from_disk, read, folder, plainly):
    first = kept(read()[0])
    changed = [files(folder)[at] for at in SCATTERED]
    for path in changed:
        edit(path)
    dataset, _, names = read(None if from_disk else first)
    assert names == [path.name for path in changed]
    assert same(dataset, plainly()[0])
    assert dataset.version != first.version
    assert kept(dataset) is dataset
    assert read()[2] == []


def test_a_change_that_keeps_size_and_time_is_noticed(read, folder):
    first = kept(read()[0])
    path = files(folder)[3]
    status, text = path.stat(), path.read_text(encoding="utf-8")
    path.write_text(text.replace("number: 4\n", "number: 7\n"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    dataset, problems, names = read(first)
    assert (dataset, names, len(problems)) == (None, [path.name], 2)


def test_files_that_come_and_go_are_followed(read, folder, plainly):
    first = kept(read()[0])
    gone, moved = files(folder)[0], files(folder)[5]
    gone.unlink()
    text = moved.read_text(encoding="utf-8")
    moved.unlink()
    name = moved.stem.replace("2020-", "2019-")
    (folder / "cases" / f"{name}.yaml").write_text(
        text.replace(f"id: {moved.stem}", f"id: {name}").replace("year: 2020\n", "year: 2019\n"), encoding="utf-8"
    )
    dataset, problems, names = read(first)
    assert (problems, names) == ([], [f"{name}.yaml"])
    assert dataset.cases[0].id == name
    assert same(dataset, plainly()[0])


SPOILT = {
    "torn": lambda raw: raw[: len(raw) // 2],
    "empty": lambda raw: b"",
    "another format": lambda raw: b"{}",
    "a changed byte": lambda raw: raw[: len(raw) // 3] + bytes([raw[len(raw) // 3] ^ 0xFF]) + raw[len(raw) // 3 + 1 :],
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_as_good_as_none(spoil, read, tmp_path):
    first = kept(read()[0])
    (path,) = tmp_path.rglob("*.parquet")
    path.write_bytes(spoil(path.read_bytes()))
    dataset, problems, names = read()
    assert (problems, len(names)) == ([], SOME)
    assert same(dataset, first)
    kept(dataset)
    assert read()[2] == []


def test_what_another_version_kept_is_not_taken(read, monkeypatch, tmp_path):
    kept(read()[0])
    for version in range(data.reading.store.VERSIONS + 1):
        monkeypatch.setattr(data.reading.store, "_CODE", f"version {version}")
        dataset, _, names = read()
        assert len(names) == SOME
        kept(dataset)
    assert len({path.parent for path in tmp_path.rglob("*.parquet")}) == data.reading.store.VERSIONS


def test_another_reference_table_is_another_version(read, folder):
    first = kept(read()[0])
    path = folder / "reference" / "places.yaml"
    edit(path, "zh: 洛阳市", "zh: 洛阳")
    dataset, _, names = read(first)
    assert len(names) == SOME
    assert "洛阳" in set(dataset.table["prefecture_zh"])


def test_where_nothing_can_be_kept_the_data_is_read_all_the_same(read, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    dataset = kept(read()[0])
    assert (len(dataset.cases), len(dataset.table)) == (SOME, SOME * 27)
    (said,) = {record.getMessage() for record in caplog.records}
    assert said.startswith("What was read is not kept: ")


def test_without_a_place_to_keep_it_every_start_reads_everything(read):
    assert len(kept(read(cache=None)[0]).table) == SOME * 27
    assert len(read(cache=None)[2]) == SOME


MISTAKES = {
    "a wrong value": ("\nnumber: 2\n", "\nnumber: two\n"),
    "a number that another has": ("\nnumber: 2\n", "\nnumber: 3\n"),
    "an unknown place": ("\nplaces:", "\nmentions: [nowhere]\nplaces:"),
    "a tab": ("\nnumber: 2\n", "\nnumber:\t2\n\t\n"),
}


@pytest.mark.parametrize(("old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_told_as_of_a_few_files(old, new, read, plainly, folder):
    first = kept(read()[0])
    path = files(folder)[1]
    text = path.read_text(encoding="utf-8")
    if new.startswith("\nmentions"):
        text = "\n".join(line for line in text.split("\n") if not line.startswith("mentions:"))
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    expected = plainly()
    assert expected[0] is None
    assert expected[1]
    for before in (None, first):
        assert read(before)[:2] == expected


def test_a_mistake_in_a_reference_table_is_told_with_those_of_the_cases(read, plainly, folder):
    edit(folder / "reference" / "units.yaml", "factor: 1", "factor: one")
    edit(files(folder)[1], "\nnumber: 2\n", "\nnumber: two\n")
    dataset, problems, _ = read()
    assert (dataset, problems) == plainly()
    assert {problem.split(":")[0] for problem in problems} >= {
        "data/reference/units.yaml",
        f"data/cases/{files(folder)[1].name}",
    }


def test_warnings_are_kept_as_well(read, plainly, folder):
    path = files(folder)[2]
    path.write_text(path.read_text(encoding="utf-8").replace("kind: undated", "kind: other"), encoding="utf-8")
    few, problems = plainly()
    assert problems
    assert all("warning: " in problem for problem in problems)
    first = kept(read()[0])
    again, told, names = read()
    assert (told, names) == (problems, [])
    assert first.warnings == again.warnings == few.warnings


# --- a server with many cases


def rested(live: Live):
    live.look()
    live.look()
    return live.current()


def test_an_edit_of_one_of_many_is_taken_over_and_then_kept(folder, tmp_path, read):
    live = Live(folder, tmp_path / "cache")
    first = rested(live).dataset
    live.look()
    assert read()[2] == []
    edit(files(folder)[4])
    second = rested(live).dataset
    assert second.version != first.version
    live.look()
    assert read()[2] == []


def test_how_far_reading_is_stands_in_the_log(folder, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    rested(Live(folder))
    told = [record for record in caplog.records if record.getMessage() == "reading"]
    assert [record.fields for record in told] == [{"read": SOME, "of": SOME}]


def test_nobody_waits_for_many(folder, monkeypatch):
    live = Live(folder)
    live.progress = (3, SOME)
    monkeypatch.setattr(live, "look", lambda: pytest.fail("a reader read the files"))
    with pytest.raises(DatasetError):
        live.current()


def test_a_server_that_stops_does_not_read_on(folder, caplog):
    live = Live(folder)
    live.leave()
    assert live.look() == 0
    assert not [record for record in caplog.records if record.exc_info]


def test_the_columns_of_a_row_are_the_index_and_the_state_of_the_file(read):
    assert read()[0].cases.table.schema.equals(ROW)
