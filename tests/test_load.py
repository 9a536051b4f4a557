"""The loaded dataset: every case file is in it, it is immutable, and YAML's implicit types cause no surprise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pydantic import BaseModel, ValidationError

from data import Dataset, DatasetError, load_dataset
from data.reading.folder import FOLDER
from data.reading.load import read_dataset
from data.reading.yaml_file import File
from tests.folders import copy_data, move_case

CASE_FILES = sorted((FOLDER / "cases").glob("*.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data folder, to be changed."""
    return copy_data(tmp_path / "data")


def test_there_are_case_files() -> None:
    assert len(CASE_FILES) >= 10


@pytest.mark.parametrize("path", CASE_FILES, ids=[path.stem for path in CASE_FILES])
def test_a_case_file_loads(path: Path, dataset: Dataset) -> None:
    case = dataset.by_id[path.stem]
    file = File(path.name, path.read_bytes())
    assert file.problems == []
    assert (case.year, case.number) == (file.value["year"], file.value["number"])
    assert [metric.id for metric in case.metrics] == [raw["id"] for raw in file.value["metrics"]]
    assert case.metrics


def test_nothing_but_the_case_files_is_loaded(dataset: Dataset) -> None:
    assert sorted(dataset.by_id) == [path.stem for path in CASE_FILES]
    assert len(dataset.table) == len(dataset.metrics) == sum(len(case.metrics) for case in dataset.cases)


def test_the_real_dataset_has_no_warnings() -> None:
    assert [str(problem) for problem in read_dataset()[1]] == []


def test_cases_come_in_the_order_of_the_document(folder: Path) -> None:
    last = folder / "cases" / "2020-10-ruzhou-returnees.yaml"
    last.rename(folder / "cases" / "2019-10-ruzhou-returnees.yaml")
    text = (folder / "cases" / "2019-10-ruzhou-returnees.yaml").read_text(encoding="utf-8")
    (folder / "cases" / "2019-10-ruzhou-returnees.yaml").write_text(move_case(text, 2019), encoding="utf-8")
    assert [(case.year, case.number) for case in load_dataset(folder).cases] == [
        (2019, 10),
        *((2020, number) for number in range(1, 10)),
    ]


def test_loading_is_repeatable(dataset: Dataset) -> None:
    again = load_dataset()
    assert again is not dataset
    assert list(again.cases) == list(dataset.cases)
    for name in ("places", "domains", "units", "source"):
        assert getattr(again, name) == getattr(dataset, name)
    pd.testing.assert_frame_equal(again.table, dataset.table)


def test_the_dataset_takes_no_assignment(dataset: Dataset) -> None:
    with pytest.raises(FrozenInstanceError):
        dataset.cases = ()  # type: ignore[misc]
    for name in ("places", "domains", "units", "by_id"):
        with pytest.raises(TypeError):
            getattr(dataset, name)["new"] = None


def test_everything_in_the_dataset_is_immutable(dataset: Dataset) -> None:
    models = 0
    for value in parts(
        (
            tuple(dataset.cases),
            dataset.source,
            *(tuple(table.values()) for table in (dataset.places, dataset.domains, dataset.units)),
        )
    ):
        if isinstance(value, BaseModel):
            models += 1
            with pytest.raises(ValidationError, match="frozen"):
                setattr(value, next(iter(type(value).model_fields)), None)
        else:
            assert value is None or type(value) in (str, int, float, bool, tuple), repr(value)
    assert models > len(dataset.table)


def parts(value: Any) -> Iterator[Any]:
    """A value and all its parts, at any depth."""
    yield value
    for inner in value if isinstance(value, tuple) else dict(value).values() if isinstance(value, BaseModel) else ():
        yield from parts(inner)


def test_yaml_is_read_by_the_c_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the pure Python parser was used")

    for kind in (yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer):
        monkeypatch.setattr(kind, "__init__", refuse)
    assert len(load_dataset().cases) == len(CASE_FILES)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("2020", 2020, id="whole"),
        pytest.param("-15.79", -15.79, id="negative"),
        pytest.param("+7.5", 7.5, id="plus"),
        pytest.param("0.60", 0.6, id="decimal"),
        pytest.param("0", 0, id="zero"),
        pytest.param("true", True, id="true"),
        pytest.param("01", "01", id="leading-zero"),
        pytest.param("0o17", "0o17", id="octal"),
        pytest.param("0x1f", "0x1f", id="hexadecimal"),
        pytest.param("1_000", "1_000", id="underscore"),
        pytest.param("1:30", "1:30", id="sexagesimal"),
        pytest.param("1e5", "1e5", id="exponent"),
        pytest.param(".5", ".5", id="no-digit-before-the-point"),
        pytest.param(".inf", ".inf", id="infinity"),
        pytest.param("no", "no", id="no"),
        pytest.param("on", "on", id="on"),
        pytest.param("2020-12-31", "2020-12-31", id="date"),
        pytest.param("2020-12", "2020-12", id="month"),
        pytest.param("'2020'", "2020", id="quoted-number"),
        pytest.param("''", "", id="quoted-nothing"),
        pytest.param("'null'", "null", id="quoted-null"),
        pytest.param("[1, 一]", (1, "一"), id="list"),
        pytest.param("{zh: 一, en: one}", {"zh": "一", "en": "one"}, id="group"),
        pytest.param(">-\n  one\n  line", "one line", id="folded"),
    ],
)
def test_a_scalar_is_read_plainly(written: str, value: object) -> None:
    file = File("data/cases/x.yaml", f"key: {written}\n".encode())
    assert file.problems == []
    assert file.value == {"key": value}
    assert type(file.value["key"]) is type(value)


def test_each_value_knows_its_place() -> None:
    file = File("data/cases/x.yaml", "\ufeff名称: 一\nlist:\n  - a: 1\n    乙: [x, 河南]\n".encode())
    assert file.places == {
        (): (1, 1),
        ("名称",): (1, 5),
        ("list",): (3, 3),
        ("list", 0): (3, 5),
        ("list", 0, "a"): (3, 8),
        ("list", 0, "乙"): (4, 8),
        ("list", 0, "乙", 0): (4, 9),
        ("list", 0, "乙", 1): (4, 12),
    }


def test_a_broken_dataset_is_none(folder: Path) -> None:
    first, second = (folder / "cases" / name for name in ("2020-01-water-pricing.yaml", "2020-02-government-debt.yaml"))
    for path in (first, second):
        path.write_text(
            path.read_text(encoding="utf-8").replace("year: 2020\n", "year: 二零二零\n", 1), encoding="utf-8"
        )
    dataset, problems = read_dataset(folder)
    assert dataset is None
    with pytest.raises(DatasetError) as raised:
        load_dataset(folder)
    assert list(raised.value.problems) == problems
    assert str(raised.value).splitlines() == [str(problem) for problem in problems]
    assert [Path(problem.file).stem for problem in problems] == [first.stem, second.stem]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        pytest.param("henan", "410000", id="province"),
        pytest.param("zhoukou", "411600", id="city"),
        pytest.param("dancheng", "411600", id="county"),
        pytest.param("ruzhou", "410400", id="county-run-by-the-province"),
        pytest.param("jiyuan", "419001", id="jiyuan"),
        pytest.param("keqiao", None, id="outside"),
    ],
)
def test_the_unit_of_the_map_a_place_lies_in(place: str, code: str | None, dataset: Dataset) -> None:
    assert dataset.prefecture_code(place) == code
