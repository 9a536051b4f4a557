"""Cases and metrics by place: the 18 units of the map, and the counties, towns and zones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from data.model.grades import Grade
from data.model.schema import Case, Metric, Place, Text, Unit
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import PROVINCE, Selection, list_options, own_places, tabulate_values

MAX_MEASURED = 12
"""Maximum number of cases whose measures are offered for the map's color."""


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


def _measured_at(metric: Metric, places: Mapping[str, Place]) -> str | None:
    """Return the code of the unit of the map whose value a metric gives.

    None for a plan, for a metric of another place (a county is not the unit it lies in), or without a single value
    after.
    """
    place = places[metric.place]
    single = metric.after is not None and metric.after.value is not None
    return place.code if place.kind == "prefecture" and metric.status == "observed" and single else None


@cache_by_dataset(1)
def _find_measures(dataset: Dataset) -> Mapping[str, tuple[Measure, ...]]:
    """Return the measures of each case that has any, by its id."""
    groups = defaultdict[tuple[str, str, str], dict[str, Metric]](dict)
    for case, metric, _ in dataset.metrics:
        if code := _measured_at(metric, dataset.places):
            groups[case.id, metric.name.zh, metric.unit].setdefault(code, metric)
    found = defaultdict[str, tuple[Measure, ...]](tuple)
    for (case_id, _, unit_id), values in groups.items():
        if len(values) > 1:
            first = next(iter(values.values()))
            found[case_id] += (Measure(f"{case_id}.{first.id}", first.name, unit_id, values),)
    return found


def find_measures(dataset: Dataset, cases: Sequence[Case], key: str = "") -> dict[str, Measure]:
    """Return the measures that two or more units have an observed number for, within one of these cases, by key.

    They are those of the first MAX_MEASURED cases that have any, and of the case that `key` begins with.
    """
    measures = _find_measures(dataset)
    named = key.partition(".")[0]
    with_any = [case.id for case in cases if case.id in measures]
    chosen = dict.fromkeys([*with_any[:MAX_MEASURED], *(name for name in with_any if name == named)])
    return {measure.key: measure for measure in chain.from_iterable(measures[name] for name in chosen)}


def calculate_rate(dataset: Dataset, metric: Metric) -> float | None:
    """Return the number that a metric gives for a unit of the map per 10,000 of its residents; money per resident.

    None where population does not make it a rate: for background and rules, for a target or plan, for the count of a
    county or of one subject, without a single value, and in a unit that does not grow with the population. The bound
    of the value is also that of the rate; the residents are those of the census of 1 November 2020.
    """
    code, end = _measured_at(metric, dataset.places), metric.after
    unit = dataset.units[metric.unit_of(end)]
    residents = dataset.residents.get(code or "")
    whole = metric.role in ("outcome", "output", "input") and metric.subject is None and unit.per_resident
    if not (whole and residents and end and end.value is not None):
        return None
    return end.value * unit.factor / residents * find_rate_base(unit)


def find_rate_base(unit: Unit) -> int:
    """Return the number of residents that a rate in this unit refers to: one for money, otherwise 10,000."""
    return 1 if unit.dimension == "money" else 10_000


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
