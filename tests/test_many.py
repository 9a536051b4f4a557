"""The made-up cases of the benchmarks: reproducible, valid, and of every kind that the real ones are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from data.model.grades import GRADES
from data.model.schema import Role
from data.query.search import search_texts
from data.reading.folder import FOLDER
from data.reading.load import Dataset, read_dataset
from tests import many
from tests.many import MAX_CASES, METRICS_PER_CASE, Made, write

CASES = 60


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    write(folder, CASES)
    return folder


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    dataset, problems = read_dataset(folder)
    assert [str(problem) for problem in problems] == []
    assert dataset is not None
    return dataset


def test_they_are_the_same_whatever_was_written_before(folder, tmp_path):
    write(tmp_path, CASES + 5, seed=1)
    assert contents(tmp_path) != contents(folder)
    write(tmp_path, CASES)
    assert contents(tmp_path) == contents(folder)


def test_more_cases_only_add_files(folder, tmp_path):
    write(tmp_path, CASES // 2)
    assert len(contents(folder)) - len(contents(tmp_path)) == CASES // 2
    assert contents(tmp_path).items() < contents(folder).items()


def test_a_case_that_repeats_a_part_of_another_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(many, "_case", lambda index, seed, attempt: Made(f"2020-{index}", f"{attempt}", {attempt}))
    write(tmp_path, 3)
    assert [(tmp_path / "cases" / f"2020-{index}.yaml").read_text() for index in range(3)] == ["0", "1", "2"]


def test_every_case_has_as_many_figures(dataset):
    assert [len(case.metrics) for case in dataset.cases] == [METRICS_PER_CASE] * CASES


def test_every_grade_and_role_occurs(dataset):
    assert set(dataset.table["grade"]) == set(GRADES)
    assert {metric.role for case in dataset.cases for metric in case.metrics} == set(get_args(Role))


def test_they_lie_in_places_of_every_kind_on_the_map(dataset):
    kinds = {dataset.places[metric.place].kind for case in dataset.cases for metric in case.metrics}
    assert kinds >= {place.kind for place in dataset.places.values()} - {"outside"}
    assert dataset.table["prefecture_code"].nunique() > 15


@pytest.mark.parametrize(("word", "share"), [("reform", 0.961), ("改革", 0.961), ("pilot reform", 0.1), ("试点", 0.1)])
def test_a_word_is_found_about_as_often_as_its_weight_says(dataset, word, share):
    _, found = search_texts(dataset, word)
    assert found.mean() == pytest.approx(share, abs=0.03)


def test_the_real_cases_are_never_replaced():
    before = contents(FOLDER / "cases")
    with pytest.raises(ValueError, match="Choose another folder"):
        write(FOLDER, 1)
    assert contents(FOLDER / "cases") == before


def test_more_cases_than_can_be_told_apart_are_refused(tmp_path):
    with pytest.raises(ValueError, match=str(MAX_CASES)):
        write(tmp_path, MAX_CASES + 1)
    assert contents(tmp_path) == {}
