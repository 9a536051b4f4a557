"""Where cases and figures are: by unit of the map, and by county, town or zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.filters import PROVINCE
from data.load import Dataset
from data.schema import Case, Place


@dataclass(frozen=True)
class Holding:
    """What one unit has: the cases whose place or any figure is there, and the number of figures that are its own."""

    cases: tuple[Case, ...]
    figures: int


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
        found[code] = Holding(there, sum(codes[case.id].count(code) for case in cases))
    return found


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
