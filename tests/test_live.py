"""A running server: an edit is taken over, a broken one is not, and a repair ends the notice."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import data.live
from data import DatasetError
from data.live import Live
from data.load import FOLDER

HEALTH, RETURNS = "2020-09-dancheng-health", "2020-03-returns-warehouse"


class Curator:
    """Someone who edits the files of a copied data folder, each time at a later time of change."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, 1_700_000_000

    def path(self, case: str) -> Path:
        return self.folder / "cases" / f"{case}.yaml"

    def write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self.touch(path)

    def touch(self, path: Path) -> None:
        self.clock += 1
        os.utime(path, (self.clock, self.clock))

    def replace(self, case: str, old: str, new: str) -> None:
        text = self.path(case).read_text(encoding="utf-8")
        assert old in text
        self.write(self.path(case), text.replace(old, new, 1))


@pytest.fixture
def curator(tmp_path) -> Curator:
    shutil.copytree(FOLDER / "reference", tmp_path / "reference")
    (tmp_path / "cases").mkdir()
    for case in (HEALTH, RETURNS):
        shutil.copy(FOLDER / "cases" / f"{case}.yaml", tmp_path / "cases")
    return Curator(tmp_path)


@pytest.fixture
def live(curator) -> Live:
    return Live(curator.folder)


def referral(live: Live) -> float:
    metrics = {metric.id: metric for metric in live.current().dataset.by_id[HEALTH].metrics}
    return metrics["out-of-county-referral-rate"].change.value


def test_the_same_state_while_nothing_changes(live):
    state = live.current()
    assert [case.id for case in state.dataset.cases] == [RETURNS, HEALTH]
    assert state.problems == ()
    assert live.current() is state


def test_an_edit_is_taken_over(live, curator):
    before = live.current()
    curator.replace(HEALTH, "value: -15.79", "value: -15.78")
    assert referral(live) == -15.78
    assert live.current().dataset is not before.dataset
    assert live.current().loaded_at >= before.loaded_at
    assert before.dataset.table.loc[before.dataset.table["metric_id"] == "out-of-county-referral-rate", "change_value"].tolist() == [-15.79]


def test_an_edit_of_the_same_length_is_seen_by_its_time(live, curator):
    size = curator.path(HEALTH).stat().st_size
    live.current()
    curator.replace(HEALTH, "value: -15.79", "value: -15.77")
    assert curator.path(HEALTH).stat().st_size == size
    assert referral(live) == -15.77


BREAKS = {
    "not-yaml": ("headlines: [", "headlines: [["),
    "unknown-key": ("number: 9", "number: 9\nnumbr: 9"),
    "wrong-type": ("value: -15.79", 'value: "-15.79"'),
    "unknown-place": ("places: [dancheng]", "places: [danchen]"),
    "wrong-id": (f"id: {HEALTH}", "id: 2020-09-health"),
}


@pytest.mark.parametrize(("old", "new"), BREAKS.values(), ids=BREAKS)
def test_a_broken_edit_keeps_the_last_good_data_and_says_what_is_wrong(old, new, live, curator, capsys):
    good = live.current()
    curator.replace(HEALTH, old, new)
    broken = live.current()
    assert (broken.dataset, broken.loaded_at) == (good.dataset, good.loaded_at)
    assert {problem.file.split("/")[-1] for problem in broken.problems} == {f"{HEALTH}.yaml"}
    assert all(problem.line > 1 and problem.severity == "error" for problem in broken.problems)
    assert capsys.readouterr().out.splitlines() == [str(problem) for problem in broken.problems]
    assert live.current() is broken
    curator.replace(HEALTH, new, old)
    repaired = live.current()
    assert repaired.problems == ()
    assert repaired.dataset is not good.dataset
    assert repaired.dataset.table.equals(good.dataset.table)


def test_a_good_edit_beside_a_broken_one_waits_for_the_repair(live, curator):
    live.current()
    curator.replace(RETURNS, "number: 3", "number: three")
    curator.replace(HEALTH, "value: -15.79", "value: -15.78")
    assert referral(live) == -15.79
    curator.replace(RETURNS, "number: three", "number: 3")
    assert referral(live) == -15.78


def test_a_renamed_file_must_carry_its_id(live, curator):
    good = live.current()
    moved = curator.path("2020-09-dancheng-clinics")
    curator.path(HEALTH).rename(moved)
    assert live.current().dataset is good.dataset
    assert "id" in {problem.field for problem in live.current().problems}
    curator.write(moved, moved.read_text(encoding="utf-8").replace(HEALTH, "2020-09-dancheng-clinics"))
    assert [case.id for case in live.current().dataset.cases] == [RETURNS, "2020-09-dancheng-clinics"]
    assert live.current().problems == ()


def test_a_deleted_and_an_added_case(live, curator):
    live.current()
    text = curator.path(HEALTH).read_text(encoding="utf-8")
    curator.path(HEALTH).unlink()
    assert [case.id for case in live.current().dataset.cases] == [RETURNS]
    curator.write(curator.path(HEALTH), text)
    assert [case.id for case in live.current().dataset.cases] == [RETURNS, HEALTH]


def test_an_emptied_folder_keeps_the_last_good_data(live, curator):
    good = live.current()
    for case in (HEALTH, RETURNS):
        curator.path(case).unlink()
    assert live.current().dataset is good.dataset
    assert len(live.current().problems) == 1


def test_an_edit_of_a_reference_table_is_taken_over(live, curator):
    live.current()
    places = curator.folder / "reference" / "places.yaml"
    curator.write(places, places.read_text(encoding="utf-8").replace("Dancheng County", "Dancheng"))
    assert live.current().dataset.places["dancheng"].name.en == "Dancheng"


def test_no_good_data_from_the_beginning_is_an_error_until_the_repair(live, curator):
    curator.replace(HEALTH, "number: 9", "number: nine")
    with pytest.raises(DatasetError) as error:
        live.current()
    assert [problem.field for problem in error.value.problems] == ["number"]
    curator.replace(HEALTH, "number: nine", "number: 9")
    assert len(live.current().dataset.cases) == 2


def test_an_edit_while_the_files_are_read_is_seen_at_the_next_run(live, curator, monkeypatch):
    read = data.live.read_dataset

    def edited_meanwhile(folder):
        found = read(folder)
        monkeypatch.setattr(data.live, "read_dataset", read)
        curator.replace(HEALTH, "value: -15.79", "value: -15.78")
        return found

    monkeypatch.setattr(data.live, "read_dataset", edited_meanwhile)
    assert referral(live) == -15.79
    assert referral(live) == -15.78


def test_many_readers_at_once_read_the_files_once(live, monkeypatch):
    read, calls, readers = data.live.read_dataset, [], 8
    together = Barrier(readers)

    def counted(folder):
        calls.append(folder)
        return read(folder)

    def current(_):
        together.wait(timeout=30)
        return live.current()

    monkeypatch.setattr(data.live, "read_dataset", counted)
    with ThreadPoolExecutor(readers) as pool:
        states = set(pool.map(current, range(readers)))
    assert (len(calls), len(states)) == (1, 1)


def test_the_boundaries_are_read_once():
    assert data.live.boundaries() is data.live.boundaries()
    assert len(data.live.boundaries()["features"]) == 18
