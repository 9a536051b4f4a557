"""The tables of the map page: its units, and the counties, towns and zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import pandas as pd

from data.model.grades import GRADES
from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Selection
from data.query.geography import (
    AreaSummary,
    Measure,
    count_metrics,
    find_local_places,
    name_area,
)
from data.query.table import LIST_SEPARATOR, Row, split_languages


def tabulate_areas(
    dataset: Dataset, summaries: Mapping[str, AreaSummary], measure: Measure | None = None
) -> pd.DataFrame:
    """Build the table of the map: a row for what is province-wide, then one a unit.

    Its columns are code, name, number of cases, of metrics and of metrics with each grade, and the cases. With a
    `measure` also its value in the printed unit, its bound, both missing if the source states none, and its unit;
    `scale` is the printed multiplier that the unit contains.
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
    dataset, counts = selection.dataset, count_metrics(selection)
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
        for place, found, named_only in find_local_places(dataset, selection.cases)
    ]
    return pd.DataFrame(rows)


def _list_cases(cases: Sequence[Case]) -> Row:
    titles = {f"case_titles_{lang}": LIST_SEPARATOR.join(case.title[lang] for case in cases) for lang in get_args(Lang)}
    return {"case_ids": LIST_SEPARATOR.join(case.id for case in cases), **titles}


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
    }
