"""Where cases and figures are: by unit of the map, and by county, town or zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.evidence import Grade
from data.filters import PROVINCE
from data.load import Dataset
from data.schema import Case, Metric, Place, Text


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


def points(dataset: Dataset, cases: Iterable[Case]) -> tuple[tuple[Place, tuple[Case, ...]], ...]:
    """Counties, towns and zones with a known point, each with the cases that name it; those none names are left out."""
    cases = tuple(cases)
    inner = [place for place in dataset.places.values() if place.kind not in ("province", "prefecture", "outside") and place.lon is not None]
    found = ((place, tuple(case for case in cases if place.id in named(case))) for place in inner)
    return tuple((place, there) for place, there in found if there)
