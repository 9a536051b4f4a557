"""Where cases and figures are: by unit of the map, and by county, town or zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.evidence import GRADES, Grade
from data.filters import PROVINCE
from data.load import Dataset
from data.schema import Case, Metric, Place, Text
from data.table import LIST_SEPARATOR

WHOLE_PROVINCE = Text(zh="全省", en="Province-wide")


@dataclass(frozen=True)
class Holding:
    """What one unit has: the cases whose place or any figure is there, the number of figures that are its own, and how many of each grade."""

    cases: tuple[Case, ...]
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
    return tuple(sorted((place for place in dataset.places.values() if place.kind == "prefecture"), key=lambda place: place.code or ""))


def holdings(dataset: Dataset, cases: Iterable[Case]) -> dict[str, Holding]:
    """What each unit has of these cases, by six-digit code; province-wide first."""
    cases = tuple(cases)
    codes = {case.id: [dataset.prefecture_code(metric.place) for metric in case.metrics] for case in cases}
    homes = {case.id: {dataset.prefecture_code(place) for place in case.places} for case in cases}
    found = {}
    for code in (PROVINCE, *(place.code or "" for place in units(dataset))):
        there = tuple(case for case in cases if code in homes[case.id] or code in codes[case.id])
        grades = Counter(dataset.evidence[case.id, metric.id].grade for case in cases for metric, own in zip(case.metrics, codes[case.id], strict=True) if own == code)
        found[code] = Holding(there, grades.total(), grades)
    return found


def measures(dataset: Dataset, cases: Iterable[Case]) -> tuple[Measure, ...]:
    """The measures that two or more units have a number for, within one case."""
    grouped: dict[tuple[str, str, str], dict[str, Metric]] = {}
    for case in cases:
        for metric in case.metrics:
            code = dataset.prefecture_code(metric.place)
            if code not in (None, PROVINCE) and metric.after and metric.after.value is not None:
                grouped.setdefault((case.id, metric.name.zh, metric.unit), {}).setdefault(code, metric)
    return tuple(
        Measure(f"{case_id}.{next(iter(values.values())).id}", next(iter(values.values())).name, unit_id, values)
        for (case_id, _, unit_id), values in grouped.items()
        if len(values) > 1
    )


def homes(case: Case) -> set[str]:
    """Ids of the places of a case and of its figures."""
    return {*case.places, *(metric.place for metric in case.metrics)}


def named(case: Case) -> set[str]:
    """Ids of all places a case names, its own included."""
    return {*homes(case), *case.mentions, *(place for metric in case.metrics for place in metric.mentions)}


def named_only(place: Place, cases: Iterable[Case]) -> bool:
    """Whether these cases only mention a place, with no figure of their own there."""
    return not any(place.id in homes(case) for case in cases)


def inner(dataset: Dataset, cases: Iterable[Case]) -> tuple[tuple[Place, tuple[Case, ...]], ...]:
    """Counties, towns and zones, each with the cases that name it; those none names are left out."""
    naming = [(case, named(case)) for case in cases]
    places = (place for place in dataset.places.values() if place.kind not in ("province", "prefecture", "outside"))
    found = ((place, tuple(case for case, names in naming if place.id in names)) for place in places)
    return tuple((place, there) for place, there in found if there)


def points(dataset: Dataset, cases: Iterable[Case]) -> tuple[tuple[Place, tuple[Case, ...]], ...]:
    """Those with a known point."""
    return tuple((place, there) for place, there in inner(dataset, cases) if place.lon is not None)


def area_table(dataset: Dataset, found: Mapping[str, Holding], measure: Measure | None = None) -> pd.DataFrame:
    """What the map says, one row an area after one for what is province-wide.

    Columns: the code, the name, how many cases and figures, how many figures of each grade, which cases; with a measure also its value in the printed unit (`scale` is the
    printed multiplier, which English names leave out) and its bound, both missing where the source says nothing.
    """
    names = {PROVINCE: WHOLE_PROVINCE, **{place.code: place.name for place in units(dataset)}}
    rows = [
        {
            "code": code,
            **_both("city", names[code]),
            "cases": len(held.cases),
            "figures": held.figures,
            **{f"grade_{grade}": held.grades[grade] for grade in GRADES},
            **_which(held.cases),
            **(_measured(dataset, measure, code) if measure else {}),
        }
        for code, held in found.items()
    ]
    return pd.DataFrame(rows)


def inner_table(dataset: Dataset, cases: Iterable[Case]) -> pd.DataFrame:
    """The counties, towns and zones, one a row: where it lies, whether cases are there or only name it, its own figures, which cases, its point and what is to be noted."""
    cases = tuple(cases)
    own = Counter(metric.place for case in cases for metric in case.metrics)
    names = {place.code: place.name for place in units(dataset)}
    rows = [
        {
            "place_id": place.id,
            **_both("name", place.name),
            "kind": place.kind,
            "prefecture_code": dataset.prefecture_code(place.id),
            **_both("prefecture", names[dataset.prefecture_code(place.id)]),
            "mark": "named" if named_only(place, there) else "own",
            "figures": own[place.id],
            **_which(there),
            "lon": place.lon,
            "lat": place.lat,
            **_both("note", place.note),
        }
        for place, there in inner(dataset, cases)
    ]
    return pd.DataFrame(rows)


def _both(name: str, text: Text | None) -> dict[str, str | None]:
    return {f"{name}_zh": text and text.zh, f"{name}_en": text and text.en}


def _which(cases: Iterable[Case]) -> dict[str, str]:
    titles = {f"case_titles_{lang}": LIST_SEPARATOR.join(case.title[lang] for case in cases) for lang in ("zh", "en")}
    return {"case_ids": LIST_SEPARATOR.join(case.id for case in cases), **titles}


def _measured(dataset: Dataset, measure: Measure, code: str) -> dict[str, Any]:
    end = measure.values[code].after if code in measure.values else None
    unit = dataset.units[measure.unit_id]
    return {**_both("measure", measure.name), "value": end and end.value, "bound": end and end.bound, "unit_id": unit.id, **_both("unit", unit.name), "scale": unit.scale}
