"""Cases and metrics by place: the 18 units of the map, and the counties, towns and zones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from data.model.grades import Grade
from data.model.schema import Case, Metric, Place, Text
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import PROVINCE, Selection, list_options, own_places, tabulate_values

MIN_AREAS = 8
"""Minimum number of units of the map that a measure is stated for which may color them."""
MAX_MEASURES = 12
"""Maximum number of measures that are offered."""


@dataclass(frozen=True)
class AreaSummary:
    """The cases in one unit of the map, and the number of its own metrics with each grade."""

    cases: tuple[Case, ...]
    grades: Mapping[Grade, int]

    @property
    def metric_count(self) -> int:
        return sum(self.grades.values())


@dataclass(frozen=True)
class Measure:
    """The metrics of one case with the same name and unit in several units of the map, by six-digit code.

    `key` is the case id and the id of the first metric, joined by a point.
    """

    key: str
    name: Text
    unit_id: str
    values: Mapping[str, Metric]


class PlaceCases(NamedTuple):
    """A county, town or zone with the cases that name it. `named_only`: no case and no metric is located there."""

    place: Place
    cases: tuple[Case, ...]
    named_only: bool


def list_map_units(dataset: Dataset) -> tuple[Place, ...]:
    """Return the 18 units of the map, sorted by code."""
    return tuple(dataset.map_units[code] for code in list_options(dataset)["city"] if code != PROVINCE)


def name_area(dataset: Dataset, code: str | None) -> Text:
    """Return the name of a unit of the map, or of what is province-wide for the code of the province."""
    return Text(zh="全省", en="Province-wide") if code == PROVINCE else dataset.map_units[code or ""].name


def all_places(case: Case) -> set[str]:
    """Return the ids of all places a case names, its own included."""
    return {*own_places(case), *case.mentions, *(place for metric in case.metrics for place in metric.mentions)}


def locate_cases(selection: Selection) -> Mapping[str | None, tuple[Case, ...]]:
    """Return the selected cases at each place, by its id, and in each unit of the map, by its six-digit code.

    The whole cases are located at their own places and those of all their metrics, other cases at the places of their
    selected metrics.
    """
    dataset, places = selection.dataset, {case.id: own_places(case) for case in selection.whole_cases}
    rows = dataset.table[["case_id", "place_id"]].iloc[selection.positions]
    for case_id, place in rows.drop_duplicates().to_numpy():
        places.setdefault(case_id, set()).add(place)
    found = defaultdict[str | None, tuple[Case, ...]](tuple)
    for case in selection.cases:
        for key in {*places[case.id], *map(dataset.prefecture_code, places[case.id])}:
            found[key] += (case,)
    return found


def count_metrics(selection: Selection) -> Counter[str]:
    """Count the selected metrics of each place, by its id, and of each unit of the map, by its six-digit code."""
    rows = selection.dataset.table[["place_id", "prefecture_code"]].iloc[selection.positions]
    return Counter(rows["place_id"].to_list()) + Counter(rows["prefecture_code"].to_list())


def summarize_areas(selection: Selection) -> dict[str, AreaSummary]:
    """Summarize what is selected in each unit of the map, by six-digit code, after a summary of what is province-wide.

    Each summary has what the same filters and the unit would select.
    """
    dataset, located = selection.dataset, locate_cases(selection)
    areas, grades = (tabulate_values(dataset, name).iloc[selection.positions].astype(int) for name in ("city", "grade"))
    found = (areas.T @ grades).to_dict("index")
    return {code: AreaSummary(located.get(code, ()), counts) for code, counts in found.items()}


@cache_by_dataset(1)
def _find_measures(dataset: Dataset) -> Mapping[str, tuple[Measure, ...]]:
    """Return the measures of each case that has any, by its id."""
    groups = defaultdict[tuple[str, str, str], dict[str, Metric]](dict)
    for case, metric, _ in dataset.metrics:
        place, unit = dataset.places[metric.place], dataset.units[metric.unit]
        single = metric.after is not None and metric.after.value is not None
        is_own = place.kind == "prefecture" and metric.status == "observed"
        if is_own and single and not unit.per_resident:
            groups[case.id, metric.name.zh, metric.unit].setdefault(place.code or "", metric)
    found = defaultdict[str, tuple[Measure, ...]](tuple)
    for (case_id, _, unit_id), values in groups.items():
        if len(values) >= MIN_AREAS:
            first = next(iter(values.values()))
            found[case_id] += (Measure(f"{case_id}.{first.id}", first.name, unit_id, values),)
    return found


def find_measures(dataset: Dataset, cases: Iterable[Case]) -> dict[str, Measure]:
    """Return the first MAX_MEASURES measures of these cases that may color the map, by key.

    Each is an observed number that MIN_AREAS units of the map have of their own, a county not being the unit it lies
    in. What grows with the population is none: it would show where people live.
    """
    measures = _find_measures(dataset)
    offered = chain.from_iterable(measures[case.id] for case in cases if case.id in measures)
    return {measure.key: measure for measure in islice(offered, MAX_MEASURES)}


def find_local_places(dataset: Dataset, cases: Sequence[Case]) -> tuple[PlaceCases, ...]:
    """Return the counties, towns and zones that these cases name."""
    own, naming = set(chain.from_iterable(map(own_places, cases))), defaultdict[str, tuple[Case, ...]](tuple)
    for case in cases:
        for place in all_places(case):
            naming[place] += (case,)
    return tuple(
        PlaceCases(place, naming[name], name not in own)
        for name, place in dataset.places.items()
        if place.kind not in ("province", "prefecture", "outside") and name in naming
    )
