"""Where cases and figures are: by unit of the map, and by county, town or zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

import numpy as np
import pandas as pd

from data.model.grades import GRADES, Grade
from data.model.schema import Case, Lang, Metric, Place, Text
from data.query.columns import PROVINCE, measured_at
from data.query.dataset import Chosen, Dataset
from data.query.table import LIST_SEPARATOR

WHOLE_PROVINCE = Text(zh="全省", en="Province-wide")


@dataclass(frozen=True)
class Holding:
    """What one unit has: its cases, the number of figures that are its own, and how many of each grade."""

    cases: Chosen
    figures: int
    grades: Mapping[Grade, int]


@dataclass(frozen=True)
class Measure:
    """One measure that several units have: the figures of one name and unit, by six-digit code. `key` is the id of the first of them."""

    key: str
    name: Text
    unit_id: str
    values: Mapping[str, Metric]


def units(dataset: Dataset) -> tuple[Place, ...]:
    """The 18 units of the map in the order of their codes."""
    return tuple(
        sorted(
            (place for place in dataset.places.values() if place.kind == "prefecture"),
            key=lambda place: place.code or "",
        )
    )


def holdings(dataset: Dataset, cases: Sequence[Case], kept: np.ndarray | None = None) -> dict[str, Holding]:
    """What each unit has of these cases, by six-digit code; province-wide first.

    With `kept`, the figures at these positions count instead of all, and their cases count where they are. Of a
    selection's `whole` cases and positions a unit has what a filter by it would leave.
    """
    index, ours = dataset.index, _figures(dataset, cases, kept)
    grade, there = index.figure("grade"), present(dataset, cases, ours)
    counts = np.bincount(
        index.figure("place")[ours].astype(int) * len(GRADES) + grade[ours], minlength=len(dataset.places) * len(GRADES)
    ).reshape(-1, len(GRADES))
    found = {}
    for code in (PROVINCE, *(place.code or "" for place in units(dataset))):
        inside = index.place_of(code)
        grades = Counter(
            {grade: int(count) for grade, count in zip(GRADES, counts[inside].sum(axis=0), strict=True) if count}
        )
        found[code] = Holding(dataset.chosen(there[:, inside].any(axis=1).nonzero()[0]), grades.total(), grades)
    return found


def present(dataset: Dataset, cases: Sequence[Case], figures: np.ndarray) -> np.ndarray:
    """Which case is at which place: a row a case of the dataset, a column a place.

    These cases are where they and all their figures are, others where those of these `figures` (a mask or positions)
    are that belong to them.
    """
    index, numbers = dataset.index, _numbers(dataset, cases)
    there = np.zeros_like(index.set("homes"))
    there[numbers] = index.set("homes")[numbers]
    there[index.case[figures], index.figure("place")[figures]] = True
    return there


def _numbers(dataset: Dataset, cases: Sequence[Case]) -> np.ndarray:
    """Which cases of the dataset these are."""
    return (
        cases.numbers
        if isinstance(cases, Chosen)
        else np.array([dataset.index.numbers[case.id] for case in cases], int)
    )


def _figures(dataset: Dataset, cases: Sequence[Case], kept: np.ndarray | None) -> np.ndarray:
    """A mask of the figures at the positions `kept`, or of all of these cases."""
    if kept is not None:
        chosen = np.zeros(dataset.figures, bool)
        chosen[kept] = True
        return chosen
    ours = np.zeros(len(dataset.index.ids), bool)
    ours[_numbers(dataset, cases)] = True
    return ours[dataset.index.case]


def measures(dataset: Dataset, cases: Sequence[Case], most: int | None = None) -> tuple[Measure, ...]:
    """The measures that two or more units have an observed number of their own for, within one case; of the first `most` cases that have any."""
    numbers = _numbers(dataset, cases)
    return tuple(
        measure
        for number in numbers[dataset.index.measured[numbers]][:most]
        for measure in _measures(dataset, dataset.cases[number])
    )


def _measures(dataset: Dataset, case: Case) -> Iterator[Measure]:
    grouped: dict[tuple[str, str], dict[str, Metric]] = {}
    for metric in case.metrics:
        if code := measured_at(metric, dataset.places):
            grouped.setdefault((metric.name.zh, metric.unit), {}).setdefault(code, metric)
    for (_, unit_id), values in grouped.items():
        if len(values) > 1:
            first = next(iter(values.values()))
            yield Measure(f"{case.id}.{first.id}", first.name, unit_id, values)


class There(NamedTuple):
    """A county, town or zone, the cases that name it, and whether they only do, with no figure of their own there."""

    place: Place
    cases: Chosen
    named_only: bool


def inner(dataset: Dataset, cases: Sequence[Case]) -> tuple[There, ...]:
    """Counties, towns and zones that these cases name."""
    index, numbers = dataset.index, _numbers(dataset, cases)
    named, homes = (index.set(name)[numbers] for name in ("named", "homes"))
    found = []
    for at, place in enumerate(dataset.places.values()):
        if place.kind not in ("province", "prefecture", "outside") and named[:, at].any():
            found.append(There(place, dataset.chosen(numbers[named[:, at]]), not homes[:, at].any()))
    return tuple(found)


def points(dataset: Dataset, cases: Sequence[Case]) -> tuple[There, ...]:
    """Those with a known point."""
    return tuple(there for there in inner(dataset, cases) if there.place.lon is not None)


def area_name(dataset: Dataset, code: str | None) -> Text:
    """What a unit of the map is called; the province stands for what is province-wide."""
    return WHOLE_PROVINCE if code == PROVINCE else dataset.units_of_map[code or ""].name


def area_table(dataset: Dataset, found: Mapping[str, Holding], measure: Measure | None = None) -> pd.DataFrame:
    """What the map says, one row an area after one for what is province-wide.

    Columns: the code, the name, how many cases and figures, how many figures of each grade, which cases; with a measure also its value in the printed unit (`scale` is the
    printed multiplier, which English names leave out) and its bound, both missing where the source says nothing.
    """
    rows = [
        {
            "code": code,
            **_both("city", area_name(dataset, code)),
            "cases": len(held.cases),
            "figures": held.figures,
            **{f"grade_{grade}": held.grades[grade] for grade in GRADES},
            **_which(held.cases),
            **(_measured(dataset, measure, code) if measure else {}),
        }
        for code, held in found.items()
    ]
    return pd.DataFrame(rows)


def own_figures(dataset: Dataset, cases: Sequence[Case], kept: np.ndarray | None = None) -> dict[str, int]:
    """How many figures each place has of its own, by its id."""
    own = np.bincount(dataset.index.figure("place")[_figures(dataset, cases, kept)], minlength=len(dataset.places))
    return dict(zip(dataset.places, own.tolist(), strict=True))


def inner_table(dataset: Dataset, cases: Sequence[Case], kept: np.ndarray | None = None) -> pd.DataFrame:
    """The counties, towns and zones, one a row: where it lies, whether cases are there or only name it, its own figures, which cases, its point and what is to be noted.

    Of the figures those at the positions `kept` count, or all of these cases.
    """
    figures = own_figures(dataset, cases, kept)
    rows = [
        {
            "place_id": place.id,
            **_both("name", place.name),
            "kind": place.kind,
            "prefecture_code": dataset.prefecture_code(place.id),
            **_both("prefecture", area_name(dataset, dataset.prefecture_code(place.id))),
            "mark": "named" if only else "own",
            "figures": figures[place.id],
            **_which(there),
            "lon": place.lon,
            "lat": place.lat,
            **_both("note", place.note),
        }
        for place, there, only in inner(dataset, cases)
    ]
    return pd.DataFrame(rows)


def _both(name: str, text: Text | None) -> dict[str, str | None]:
    return {f"{name}_zh": text and text.zh, f"{name}_en": text and text.en}


def _which(cases: Chosen) -> dict[str, str]:
    titles = {f"case_titles_{lang}": LIST_SEPARATOR.join(cases.titles(lang)) for lang in get_args(Lang)}
    return {"case_ids": LIST_SEPARATOR.join(cases.ids), **titles}


def _measured(dataset: Dataset, measure: Measure, code: str) -> dict[str, Any]:
    end = measure.values[code].after if code in measure.values else None
    unit = dataset.units[measure.unit_id]
    return {
        **_both("measure", measure.name),
        "value": end and end.value,
        "bound": end and end.bound,
        "unit_id": unit.id,
        **_both("unit", unit.name),
        "scale": unit.scale,
    }
