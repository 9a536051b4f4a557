"""Cases and metrics by place: the 18 units of the map, and the counties, towns and zones.

A mask or an array of positions refers to the metrics of the dataset in its order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd

from data.model.grades import GRADES, Grade
from data.model.schema import Case, Lang, Metric, Place, Text
from data.query.columns import PROVINCE, measured_at
from data.query.dataset import CaseSubset, Dataset
from data.query.table import LIST_SEPARATOR

WHOLE_PROVINCE = Text(zh="全省", en="Province-wide")
Row = dict[str, object]


@dataclass(frozen=True)
class AreaSummary:
    """The cases in one unit of the map, the number of its own metrics, and how many of them have each grade."""

    cases: CaseSubset
    metric_count: int
    grades: Mapping[Grade, int]


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
    units = (place for place in dataset.places.values() if place.kind == "prefecture")
    return tuple(sorted(units, key=lambda place: place.code or ""))


def name_area(dataset: Dataset, code: str | None) -> Text:
    """Return the name of a unit of the map, or WHOLE_PROVINCE for the code of the province."""
    return WHOLE_PROVINCE if code == PROVINCE else dataset.tables.map_units[code or ""].name


def summarize_areas(
    dataset: Dataset, cases: Sequence[Case], positions: np.ndarray | None = None
) -> dict[str, AreaSummary]:
    """Summarize these cases in each unit of the map, by six-digit code, after a summary of what is province-wide.

    With `positions`, these metrics count instead of all metrics of the cases, and their cases are located where they
    are. The `whole_cases` and `positions` of a selection give what a filter by the unit would select.
    """
    index, mask = dataset.index, _mask_metrics(dataset, cases, positions)
    located = locate_cases(dataset, cases, mask)
    cells = index.column("place")[mask].astype(int) * len(GRADES) + index.column("grade")[mask]
    counts = np.bincount(cells, minlength=len(dataset.places) * len(GRADES)).reshape(-1, len(GRADES))
    summaries = {}
    for code in (PROVINCE, *(unit.code or "" for unit in list_map_units(dataset))):
        inside = index.places_in(code)
        by_grade = zip(GRADES, counts[inside].sum(axis=0).tolist(), strict=True)
        grades = Counter({grade: count for grade, count in by_grade if count})
        found = dataset.subset(np.flatnonzero(located[:, inside].any(axis=1)))
        summaries[code] = AreaSummary(found, grades.total(), grades)
    return summaries


def locate_cases(dataset: Dataset, cases: Sequence[Case], metrics: np.ndarray) -> np.ndarray:
    """Return a Boolean array with a row a case of the dataset and a column a place.

    These cases are located at their own places and those of all their metrics, other cases at the places of those of
    these `metrics` (a mask or positions) that belong to them.
    """
    index, rows = dataset.index, _find_rows(dataset, cases)
    located = np.zeros_like(index.membership("own_places"))
    located[rows] = index.membership("own_places")[rows]
    located[index.case[metrics], index.column("place")[metrics]] = True
    return located


def _find_rows(dataset: Dataset, cases: Sequence[Case]) -> np.ndarray:
    """Return the positions of these cases in the dataset."""
    if isinstance(cases, CaseSubset):
        return cases.positions
    return np.array([dataset.index.case_positions[case.id] for case in cases], int)


def _mask_metrics(dataset: Dataset, cases: Sequence[Case], positions: np.ndarray | None) -> np.ndarray:
    """Return a mask of the metrics at `positions`, or of all metrics of these cases."""
    if positions is None:
        selected = np.zeros(len(dataset.index.ids), bool)
        selected[_find_rows(dataset, cases)] = True
        positions = selected[dataset.index.case]
    mask = np.zeros(dataset.metric_count, bool)
    mask[positions] = True
    return mask


def find_measures(dataset: Dataset, cases: Sequence[Case], limit: int | None = None) -> tuple[Measure, ...]:
    """Return the measures that two or more units have an observed number for, within one of these cases.

    `limit` is the maximum number of cases with measures that are read.
    """
    rows = _find_rows(dataset, cases)
    measured = rows[dataset.index.measured[rows]][:limit]
    return tuple(measure for row in measured for measure in _find_measures(dataset, dataset.cases[row]))


def _find_measures(dataset: Dataset, case: Case) -> Iterator[Measure]:
    groups: dict[tuple[str, str], dict[str, Metric]] = {}
    for metric in case.metrics:
        if code := measured_at(metric, dataset.places):
            groups.setdefault((metric.name.zh, metric.unit), {}).setdefault(code, metric)
    for (_, unit_id), values in groups.items():
        if len(values) > 1:
            first = next(iter(values.values()))
            yield Measure(f"{case.id}.{first.id}", first.name, unit_id, values)


def find_local_places(dataset: Dataset, cases: Sequence[Case]) -> tuple[PlaceCases, ...]:
    """Return the counties, towns and zones that these cases name."""
    rows = _find_rows(dataset, cases)
    named, own = dataset.index.membership("all_places")[rows], dataset.index.membership("own_places")[rows]
    return tuple(
        PlaceCases(place, dataset.subset(rows[named[:, at]]), not own[:, at].any())
        for at, place in enumerate(dataset.places.values())
        if place.kind not in ("province", "prefecture", "outside") and named[:, at].any()
    )


def find_points(dataset: Dataset, cases: Sequence[Case]) -> tuple[PlaceCases, ...]:
    """Return the counties, towns and zones that these cases name and that have coordinates."""
    return tuple(found for found in find_local_places(dataset, cases) if found.place.lon is not None)


def count_own_metrics(dataset: Dataset, cases: Sequence[Case], positions: np.ndarray | None = None) -> dict[str, int]:
    """Count the metrics of each place, by its id: those at `positions`, or all of these cases."""
    places = dataset.index.column("place")[_mask_metrics(dataset, cases, positions)]
    return dict(zip(dataset.places, np.bincount(places, minlength=len(dataset.places)).tolist(), strict=True))


def tabulate_areas(
    dataset: Dataset, summaries: Mapping[str, AreaSummary], measure: Measure | None = None
) -> pd.DataFrame:
    """Build the table of the map: a row for what is province-wide, then one a unit.

    Its columns are code, name, number of cases, of metrics and of metrics with each grade, and the cases. With a
    `measure` also its value in the printed unit, its bound, both missing if the source states none, and its unit;
    `scale` is the printed multiplier, which English unit names leave out.
    """
    rows = [
        {
            "code": code,
            **_split("city", name_area(dataset, code)),
            "cases": len(area.cases),
            "figures": area.metric_count,
            **{f"grade_{grade}": area.grades[grade] for grade in GRADES},
            **_list_cases(area.cases),
            **(_measure_cells(dataset, measure, code) if measure else {}),
        }
        for code, area in summaries.items()
    ]
    return pd.DataFrame(rows)


def tabulate_local_places(dataset: Dataset, cases: Sequence[Case], positions: np.ndarray | None = None) -> pd.DataFrame:
    """Build a table of the counties, towns and zones that these cases name, one a row.

    Its columns are id, name, kind, unit of the map, `mark` (`own` if a case or metric is located there, otherwise
    `named`), number of metrics (those at `positions`, or all of the cases), the cases, coordinates and a note.
    """
    counts = count_own_metrics(dataset, cases, positions)
    rows = [
        {
            "place_id": place.id,
            **_split("name", place.name),
            "kind": place.kind,
            "prefecture_code": dataset.prefecture_code(place.id),
            **_split("prefecture", name_area(dataset, dataset.prefecture_code(place.id))),
            "mark": "named" if named_only else "own",
            "figures": counts[place.id],
            **_list_cases(found),
            "lon": place.lon,
            "lat": place.lat,
            **_split("note", place.note),
        }
        for place, found, named_only in find_local_places(dataset, cases)
    ]
    return pd.DataFrame(rows)


def _split(name: str, text: Text | None) -> Row:
    """Return a text as the cells of two columns, one a language."""
    return {f"{name}_{lang}": text[lang] if text else None for lang in get_args(Lang)}


def _list_cases(cases: CaseSubset) -> Row:
    titles = {f"case_titles_{lang}": LIST_SEPARATOR.join(cases.titles(lang)) for lang in get_args(Lang)}
    return {"case_ids": LIST_SEPARATOR.join(cases.ids), **titles}


def _measure_cells(dataset: Dataset, measure: Measure, code: str) -> Row:
    end = measure.values[code].after if code in measure.values else None
    unit = dataset.units[measure.unit_id]
    return {
        **_split("measure", measure.name),
        "value": end.value if end else None,
        "bound": end.bound if end else None,
        "unit_id": unit.id,
        **_split("unit", unit.name),
        "scale": unit.scale,
    }
