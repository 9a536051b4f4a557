"""Reading case files: only changed files are read again, and what is known of the others changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

import data.reading.load
from data.query.dataset import Dataset
from data.reading.folder import read_files
from data.reading.load import Known, build_dataset, read_dataset
from tests.folders import move_case
from tests.many import write

SOME = 5
SCATTERED = [0, 2, SOME - 1]


@pytest.fixture
def folder(tmp_path) -> Path:
    write(tmp_path / "data", SOME)
    return tmp_path / "data"


@pytest.fixture
def read(folder, monkeypatch):
    """A function that reads the folder again and again; the dataset, its problems as text, the names of the files read."""
    known: Known = {}

    def reading():
        names: list[str] = []
        read_case = data.reading.load.read_case
        with monkeypatch.context() as watched:
            watched.setattr(
                data.reading.load,
                "read_case",
                lambda file, *more: names.append(Path(file.name).name) or read_case(file, *more),
            )
            dataset, problems = build_dataset(read_files(folder), folder.name, known)
        return dataset, [*map(str, problems)], names

    return reading


@pytest.fixture
def anew(folder):
    """A function that reads the folder while nothing is known."""

    def reading():
        dataset, problems = read_dataset(folder)
        return dataset, [*map(str, problems)]

    return reading


def files(folder: Path) -> list[Path]:
    return sorted((folder / "cases").iterdir())


def edit(path: Path, old: str = "submitted_by:", new: str = "# edited\nsubmitted_by:") -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def same(one: Dataset, other: Dataset) -> bool:
    pd.testing.assert_frame_equal(one.table, other.table)
    return one.version == other.version and list(one.cases) == list(other.cases)


def test_a_file_that_is_known_is_not_read_again(read, folder):
    first, problems, names = read()
    assert (problems, names) == ([], [path.name for path in files(folder)])
    again, problems, names = read()
    assert (problems, names) == ([], [])
    assert same(again, first)


def test_a_copied_or_touched_file_is_not_read_again(read, folder):
    read()
    for path in files(folder):
        os.utime(path, ns=(1, 1))
    assert read()[2] == []


def test_only_changed_files_are_read(read, folder, anew):
    first = read()[0]
    changed = [files(folder)[at] for at in SCATTERED]
    for path in changed:
        edit(path)
    dataset, _, names = read()
    assert names == [path.name for path in changed]
    assert same(dataset, anew()[0])
    assert dataset.version != first.version


def test_a_change_that_keeps_size_and_time_is_noticed(read, folder):
    read()
    path = files(folder)[3]
    status, text = path.stat(), path.read_text(encoding="utf-8")
    path.write_text(text.replace("number: 4\n", "number: 5\n"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    dataset, problems, names = read()
    assert (dataset, names, len(problems)) == (None, [path.name], 2)


def test_files_that_come_and_go_are_followed(read, folder, anew):
    read()
    gone, moved = files(folder)[0], files(folder)[4]
    gone.unlink()
    text = moved.read_text(encoding="utf-8")
    moved.unlink()
    name = moved.stem.replace("2020-", "2019-")
    (folder / "cases" / f"{name}.yaml").write_text(move_case(text, 2019), encoding="utf-8")
    dataset, problems, names = read()
    assert (problems, names) == ([], [f"{name}.yaml"])
    assert dataset.cases[0].id == name
    assert same(dataset, anew()[0])


def test_another_reference_table_has_every_file_read_and_its_repair_none(read, folder):
    read()
    path = folder / "reference" / "places.yaml"
    text = path.read_text(encoding="utf-8")
    edit(path, "zh: 洛阳市", "zh: 洛阳")
    dataset, _, names = read()
    assert len(names) == SOME
    assert "洛阳" in set(dataset.table["prefecture_zh"])
    path.write_text(text, encoding="utf-8")
    assert read()[2] == []


def test_no_more_is_known_than_is_of_use(folder):
    known: Known = {}
    for turn in range(20):
        edit(files(folder)[turn % SOME])
        build_dataset(read_files(folder), folder.name, known)
    assert len(known) == 2 * SOME


MISTAKES = {
    "a wrong value": ("\nnumber: 2\n", "\nnumber: two\n"),
    "a number that another has": ("\nnumber: 2\n", "\nnumber: 3\n"),
    "an unknown place": ("\nplaces:", "\nmentions: [nowhere]\nplaces:"),
    "a tab": ("\nnumber: 2\n", "\nnumber:\t2\n\t\n"),
}


@pytest.mark.parametrize(("old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_told_whatever_is_known(old, new, read, anew, folder):
    read()
    path = files(folder)[1]
    text = path.read_text(encoding="utf-8")
    if new.startswith("\nmentions"):
        text = "\n".join(line for line in text.split("\n") if not line.startswith("mentions:"))
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    expected = anew()
    assert expected[0] is None
    assert expected[1]
    for names in ([path.name], []):
        assert read() == (*expected, names)


def test_what_cannot_be_read_is_told_anew_each_time(read, anew, folder):
    path, told = files(folder)[1], set()
    changes = (
        lambda: path.write_bytes(b" " * 2_000_000),
        lambda: (path.unlink(), path.mkdir()),
        lambda: (path.rmdir(), path.symlink_to("nowhere")),
    )
    for change in changes:
        change()
        expected = anew()
        assert read()[:2] == expected
        told.add(*expected[1])
    assert len(told) == len(changes)


def test_a_mistake_in_a_reference_table_is_told_with_those_of_the_cases(read, anew, folder):
    edit(folder / "reference" / "units.yaml", "factor: 1", "factor: one")
    edit(files(folder)[1], "\nnumber: 2\n", "\nnumber: two\n")
    dataset, problems, _ = read()
    assert (dataset, problems) == anew()
    assert {problem.split(":")[0] for problem in problems} >= {
        "data/reference/units.yaml",
        f"data/cases/{files(folder)[1].name}",
    }


def test_warnings_are_known_as_well(read, anew, folder):
    path = files(folder)[2]
    path.write_text(path.read_text(encoding="utf-8").replace("kind: undated", "kind: other"), encoding="utf-8")
    few, problems = anew()
    assert problems
    assert all("warning: " in problem for problem in problems)
    first = read()[0]
    again, told, names = read()
    assert (told, names) == (problems, [])
    assert same(first, few) and same(again, few)
