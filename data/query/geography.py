"""Cases and metrics by place: the 18 units of the map, and the counties, towns and zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd

from data.model.grades import GRADES, Grade
from data.model.schema import Case, Lang, Metric, Place, Text, Unit
from data.query.columns import PROVINCE, measured_at
from data.query.dataset import CaseSubset, Dataset
from data.query.filters import Selection, list_options
from data.query.table import LIST_SEPARATOR

WHOLE_PROVINCE = Text(zh="全省", en="Province-wide")
RATE_BASE = 10_000
"""Number of residents that a rate refers to."""
MAX_MEASURED = 12
"""Maximum number of cases whose measures are offered for the map's color."""
Row = dict[str, object]


@dataclass(frozen=True)
class AreaSummary:
    """The cases in one unit of the map, and the number of its own metrics with each grade."""

    cases: CaseSubset
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
    cases: CaseSubset
    named_only: bool


def list_map_units(dataset: Dataset) -> tuple[Place, ...]:
    """Return the 18 units of the map, sorted by code."""
    return tuple(dataset.tables.map_units[code] for code in list_options(dataset)["city"] if code != PROVINCE)


def name_area(dataset: Dataset, code: str | None) -> Text:
    """Return the name of a unit of the map, or WHOLE_PROVINCE for the code of the province."""
    return WHOLE_PROVINCE if code == PROVINCE else dataset.tables.map_units[code or ""].name


def summarize_areas(selection: Selection) -> dict[str, AreaSummary]:
    """Summarize what is selected in each unit of the map, by six-digit code, after a summary of what is province-wide.

    Each summary has what the same filters and the unit would select.
    """
    dataset, index, located = selection.dataset, selection.dataset.index, locate_cases(selection)
    places, grades = (index.column(name)[selection.positions] for name in ("place", "grade"))
    cells = places.astype(int) * len(GRADES) + grades
    counts = np.bincount(cells, minlength=len(dataset.places) * len(GRADES)).reshape(-1, len(GRADES))
    summaries = {}
    for code in list_options(dataset)["city"]:
        inside = index.places_in(code)
        cases = dataset.subset(np.flatnonzero(located[:, inside].any(axis=1)))
        summaries[code] = AreaSummary(cases, dict(zip(GRADES, counts[inside].sum(axis=0).tolist(), strict=True)))
    return summaries


def locate_cases(selection: Selection) -> np.ndarray:
    """Return a Boolean array with a row a case of the dataset and a column a place.

    The whole cases are located at their own places and those of all their metrics, other cases at the places of their
    selected metrics.
    """
    index, whole_cases = selection.dataset.index, selection.whole_cases.positions
    located = np.zeros_like(index.membership("own_places"))
    located[whole_cases] = index.membership("own_places")[whole_cases]
    located[index.case[selection.positions], index.column("place")[selection.positions]] = True
    return located


def find_measures(cases: CaseSubset, limit: int | None = None) -> tuple[Measure, ...]:
    """Return the measures that two or more units have an observed number for, within one of these cases.

    `limit` is the maximum number of cases with measures that are read.
    """
    dataset, positions = cases.dataset, cases.positions
    measured = positions[dataset.index.measured[positions]][:limit]
    return tuple(measure for position in measured for measure in _find_measures(dataset, dataset.cases[position]))


def list_measures(cases: CaseSubset, named: str = "") -> dict[str, Measure]:
    """Return the measures of the first cases that have any, and of the case with the id `named`, by key."""
    at = cases.find(named)
    found = (*find_measures(cases, MAX_MEASURED), *(find_measures(cases[at : at + 1]) if at is not None else ()))
    return {measure.key: measure for measure in found}


def _find_measures(dataset: Dataset, case: Case) -> Iterator[Measure]:
    groups: dict[tuple[str, str], dict[str, Metric]] = {}
    for metric in case.metrics:
        if code := measured_at(metric, dataset.places):
            groups.setdefault((metric.name.zh, metric.unit), {}).setdefault(code, metric)
    for (_, unit_id), values in groups.items():
        if len(values) > 1:
            first = next(iter(values.values()))
            yield Measure(f"{case.id}.{first.id}", first.name, unit_id, values)


def calculate_rate(dataset: Dataset, metric: Metric) -> float | None:
    """Return the number that a metric gives for a unit of the map per RATE_BASE of its residents; money per resident.

    None where population does not make it a rate: for background and rules, for a target or plan, for the count of a
    county or of one subject, without a single value, and in a unit that does not grow with the population. The bound
    of the value is also that of the rate; the residents are those of the census of 1 November 2020.
    """
    code, end = measured_at(metric, dataset.places), metric.after
    unit = dataset.units[metric.unit_of(end)]
    residents = dataset.tables.residents.get(code or "")
    whole = metric.role in ("outcome", "output", "input") and metric.subject is None and unit.per_resident
    if not (whole and residents and end and end.value is not None):
        return None
    return end.value * unit.factor / residents * find_rate_base(unit)


def find_rate_base(unit: Unit) -> int:
    """Return the number of residents that a rate in this unit refers to: one for money, otherwise RATE_BASE."""
    return 1 if unit.dimension == "money" else RATE_BASE


def find_local_places(cases: CaseSubset) -> tuple[PlaceCases, ...]:
    """Return the counties, towns and zones that these cases name."""
    dataset, positions = cases.dataset, cases.positions
    named, own = (dataset.index.membership(name)[positions] for name in ("all_places", "own_places"))
    return tuple(
        PlaceCases(place, dataset.subset(positions[named[:, at]]), not own[:, at].any())
        for at, place in enumerate(dataset.places.values())
        if place.kind not in ("province", "prefecture", "outside") and named[:, at].any()
    )


def count_own_metrics(selection: Selection) -> dict[str, int]:
    """Count the selected metrics of each place, by its id."""
    dataset = selection.dataset
    counts = np.bincount(dataset.index.column("place")[selection.positions], minlength=len(dataset.places))
    return dict(zip(dataset.places, counts.tolist(), strict=True))


def tabulate_areas(
    dataset: Dataset, summaries: Mapping[str, AreaSummary], measure: Measure | None = None
) -> pd.DataFrame:
    """Build the table of the map: a row for what is province-wide, then one a unit.

    Its columns are code, name, number of cases, of metrics and of metrics with each grade, and the cases. With a
    `measure` also its value in the printed unit, its bound, both missing if the source states none, and its unit;
    `scale` is the printed multiplier that the unit contains, `rate` what `calculate_rate` returns.
    """
    rows = [
        {
            "code": code,
            **split_languages("city", name_area(dataset, code)),
            "cases": len(area.cases),
            "figures": area.metric_count,
            **{f"grade_{grade}": area.grades[grade] for grade in GRADES},
            **_list_cases(area.cases),
            **(_measure_cells(dataset, measure, code) if measure else {}),
        }
        for code, area in summaries.items()
    ]
    return pd.DataFrame(rows)


def tabulate_local_places(selection: Selection) -> pd.DataFrame:
    """Build a table of the counties, towns and zones that the selected cases name, one a row.

    Its columns are id, name, kind, unit of the map, `mark` (`own` if a case or metric is located there, otherwise
    `named`), number of selected metrics, the cases, coordinates and a note.
    """
    dataset, counts = selection.dataset, count_own_metrics(selection)
    rows = [
        {
            "place_id": place.id,
            **split_languages("name", place.name),
            "kind": place.kind,
            "prefecture_code": dataset.prefecture_code(place.id),
            **split_languages("prefecture", name_area(dataset, dataset.prefecture_code(place.id))),
            "mark": "named" if named_only else "own",
            "figures": counts[place.id],
            **_list_cases(found),
            "lon": place.lon,
            "lat": place.lat,
            **split_languages("note", place.note),
        }
        for place, found, named_only in find_local_places(selection.cases)
    ]
    return pd.DataFrame(rows)


def split_languages(name: str, text: Text | None) -> Row:
    """Return a text as the cells of two columns, one a language."""
    return {f"{name}_{lang}": text[lang] if text else None for lang in get_args(Lang)}


def _list_cases(cases: CaseSubset) -> Row:
    titles = {f"case_titles_{lang}": LIST_SEPARATOR.join(cases.titles(lang)) for lang in get_args(Lang)}
    return {"case_ids": LIST_SEPARATOR.join(cases.ids), **titles}


def _measure_cells(dataset: Dataset, measure: Measure, code: str) -> Row:
    end = measure.values[code].after if code in measure.values else None
    unit = dataset.units[measure.unit_id]
    return {
        **split_languages("measure", measure.name),
        "value": end.value if end else None,
        "bound": end.bound if end else None,
        "unit_id": unit.id,
        **split_languages("unit", unit.printed_name),
        "scale": unit.scale,
        "rate": calculate_rate(dataset, measure.values[code]) if code in measure.values else None,
    }
