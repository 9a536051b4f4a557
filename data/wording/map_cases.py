"""What the map says: the headlines of the cases with the places of their numbers, and the cases of each area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from data.model.schema import Case, Lang, Place
from data.query.filters import PROVINCE, Selection
from data.query.findings import find_findings, sort_metrics
from data.query.geography import AreaSummary, name_area
from data.wording.counts import name_cases, name_metrics
from data.wording.findings import Finding, describe_finding, explain_absence
from data.wording.labels import t
from data.wording.rows import MetricRow, Rows

MAX_CASES = 12
"""Maximum number of cases with a number each on the map; with more it shows how many there are in each area."""
MAX_PLACES = 3
"""Maximum number of places of a case that have a headline of their own."""
MAX_NAMED = 3
"""Maximum number of cases that are named of an area."""
Point = tuple[float, float]
"""Longitude and latitude."""


class Headline(NamedTuple):
    """What tells most of a case at one place; without a metric `note` stands in its place.

    Its number stands at each of the `points`; what concerns the whole province has none.
    """

    case_id: str
    number: int
    title: str
    place: str
    finding: Finding | None
    note: str
    points: tuple[Point, ...]


class AreaCase(NamedTuple):
    """A case in an area, and what tells most of it there, if it has a metric there."""

    case_id: str
    number: int
    title: str
    finding: Finding | None


class Area(NamedTuple):
    """A unit of the map, or what is province-wide: the first of its cases, how many it has, and its own metrics;
    `counts` are both numbers in words, `more` how many cases are not named, which may be empty.
    """

    code: str
    name: str
    cases: tuple[AreaCase, ...]
    case_count: int
    figures: int
    counts: str
    more: str


def list_headlines(selection: Selection, lang: Lang) -> tuple[Headline, ...]:
    """Return the headlines of the selected cases by their places; none if the cases are more than MAX_CASES."""
    cases = selection.cases if len(selection.cases) <= MAX_CASES else ()
    return tuple(headline for case in cases for headline in _locate(selection, case, lang))


def _locate(selection: Selection, case: Case, lang: Lang) -> Iterator[Headline]:
    """Yield a headline for each place where one is measured; the first has the other places of the case too."""
    places = selection.dataset.places
    rows = _choose_rows(selection, case, lang)
    told: dict[str, MetricRow | None] = {}
    for row in rows:
        if places[row.place_id].lon is not None or places[row.place_id].kind == "province":
            told.setdefault(row.place_id, row)
    told = told or {case.places[0]: rows[0] if rows else None}
    marked = {name: [places[name]] if places[name].lon is not None else [] for name in told}
    first = next((name for name in told if marked[name]), next(iter(told)))
    marked[first] += [places[name] for name in case.places if name not in told and places[name].lon is not None]
    for name, found in list(told.items())[:MAX_PLACES]:
        is_wide = places[name].kind == "province"
        yield Headline(
            case.id,
            case.number,
            (case.short or case.title)[lang],
            (name_area(selection.dataset, PROVINCE) if is_wide else places[name].name)[lang],
            describe_finding(found, lang) if found else None,
            "" if found else explain_absence(case, lang),
            tuple(place.point for place in _drop_inner(marked[name])),
        )


def _choose_rows(selection: Selection, case: Case, lang: Lang) -> list[MetricRow]:
    """Return the case's selected headlines, or what tells most without one."""
    first, more = find_findings(selection, case)
    rows = list(Rows(selection.dataset, lang, np.concatenate([first, more])))
    return [row for row in rows if row.headline] or rows[: len(first)]


def _drop_inner(places: Iterable[Place]) -> list[Place]:
    """Leave out a place that stands for another one less than 15 km away, as a town and its county."""
    kept: list[Place] = []
    for place in places:
        near = ((place.point[0] - x) ** 2 + (place.point[1] - y) ** 2 < 0.15**2 for x, y in (at.point for at in kept))
        if not any(near):
            kept.append(place)
    return kept


def list_areas(selection: Selection, summaries: Mapping[str, AreaSummary], lang: Lang) -> tuple[Area, ...]:
    """Return the areas of these summaries, each with what tells most of its first cases there."""
    dataset = selection.dataset
    ordered = sort_metrics(dataset, selection.positions, "headline", "kind", "grade")
    cells = dataset.table[["prefecture_code", "case_id"]].iloc[ordered].itertuples(index=False, name=None)
    best: dict[tuple[str, str], int] = {}
    for key, position in zip(cells, ordered, strict=True):
        best.setdefault(key, position)

    def tell(code: str, case: Case) -> AreaCase:
        rows = Rows(dataset, lang, [best[code, case.id]] if (code, case.id) in best else [])
        finding = describe_finding(rows[0], lang) if len(rows) else None
        return AreaCase(case.id, case.number, (case.short or case.title)[lang], finding)

    def describe(code: str, area: AreaSummary) -> Area:
        named, more = area.cases[:MAX_NAMED], len(area.cases) - MAX_NAMED
        counts = name_cases(len(area.cases), lang), name_metrics(area.metric_count, lang)
        return Area(
            code,
            name_area(dataset, code)[lang],
            tuple(tell(code, case) for case in named),
            len(area.cases),
            area.metric_count,
            t(lang, "，", ", ").join(counts) if named else t(lang, "没有案例", "no case"),
            t(lang, f"另有{more:,}个案例", f"{more:,} more cases") if more > 0 else "",
        )

    return tuple(describe(code, area) for code, area in summaries.items())
