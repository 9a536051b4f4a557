"""What the map says of each case: where it is, and its headline there. Cases of the whole province stand above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from data.model.schema import Case, Lang, Place
from data.query.filters import Selection
from data.query.findings import find_findings
from data.wording.findings import describe_finding, explain_absence
from data.wording.labels import t
from data.wording.rows import MetricRow, Rows

MAX_CASES = 12
"""Maximum number of cases with a disc each; with more, the map shows how many there are in each area."""
MAX_LABELS = 14
"""Maximum number of headlines beside the map."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A metric as a label: its value or change in a few words, and what it measures; without a metric a sentence."""

    value: str
    what: str
    row: MetricRow | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A case at a place. `headline` is None where another spot of the case has it."""

    case_id: str
    number: int
    title: str
    place: Place
    headline: Headline | None


@dataclass(frozen=True, slots=True)
class ProvinceCase:
    """A case of the whole province, with its headline for it."""

    case_id: str
    number: int
    title: str
    headline: Headline


@dataclass(frozen=True, slots=True)
class MapCases:
    """The cases on the map and above it; neither if they are too many (`crowded`)."""

    spots: tuple[Spot, ...] = ()
    province: tuple[ProvinceCase, ...] = ()
    crowded: bool = False


def locate_headlines(selection: Selection, lang: Lang) -> MapCases:
    """Return where the selected cases are, and their headlines there."""
    if len(selection.cases) > MAX_CASES:
        return MapCases(crowded=True)
    spots: list[Spot] = []
    province: list[ProvinceCase] = []
    for case in selection.cases:
        rows = _list_headlines(selection, case, lang)
        spots += _locate(selection, case, rows, lang)
        if _is_wide(selection, case):
            wide = [row for row in rows if selection.dataset.places[row.place_id].kind == "province"]
            headline = _head(wide or rows, case, lang)
            province.append(ProvinceCase(case.id, case.number, case.title[lang], headline))
    return MapCases(_limit(spots), tuple(province))


def _is_wide(selection: Selection, case: Case) -> bool:
    return any(selection.dataset.places[place].kind == "province" for place in case.places)


def _list_headlines(selection: Selection, case: Case, lang: Lang) -> list[MetricRow]:
    """Return the case's selected headlines, or what tells most without one."""
    first, more = find_findings(selection, case)
    rows = list(Rows(selection.dataset, lang, np.concatenate([first, more])))
    return [row for row in rows if row.headline] or rows[: len(first)]


def _locate(selection: Selection, case: Case, rows: Sequence[MetricRow], lang: Lang) -> list[Spot]:
    """Return the spots of a case: where its headlines are measured, and its own places."""
    places = selection.dataset.places
    own = [place for name in case.places if _has_point(place := places[name])]
    measured = [place for name in dict.fromkeys(row.place_id for row in rows) if _has_point(place := places[name])]
    if not measured and own:
        measured, rows_at = own[:1], {own[0].id: rows}
    else:
        rows_at = {place.id: [row for row in rows if row.place_id == place.id] for place in measured}
    return [
        Spot(
            case.id,
            case.number,
            case.title[lang],
            place,
            _head(rows_at[place.id], case, lang) if place.id in rows_at else None,
        )
        for place in _drop_inner(selection, [*measured, *(place for place in own if place not in measured)])
    ]


def _has_point(place: Place) -> bool:
    return place.kind not in ("province", "outside") and place.lon is not None


def _drop_inner(selection: Selection, places: Sequence[Place]) -> Iterable[Place]:
    """Leave out a place that stands for another one of the same case less than 15 km away, as a town and its county."""
    kept: list[Place] = []
    for place in places:
        near = ((place.point[0] - x) ** 2 + (place.point[1] - y) ** 2 < 0.15**2 for x, y in (at.point for at in kept))
        if not any(near):
            kept.append(place)
    return kept


def _head(rows: Sequence[MetricRow], case: Case, lang: Lang) -> Headline:
    """Return the headline of the first of these metrics; without any, the case's title and why there is none."""
    if not rows:
        return Headline("", f"{case.title[lang]}{t(lang, '：', ': ')}{explain_absence(case, lang)}")
    finding = describe_finding(rows[0], lang)
    value = " → ".join(finding.ends) if len(finding.ends) == 2 or not finding.change else finding.change
    return Headline(value, rows[0].short or rows[0].name, rows[0])


def _limit(spots: Sequence[Spot]) -> tuple[Spot, ...]:
    """Return the spots, the last ones of them without a headline if there are too many."""
    firsts = {spot.case_id: at for at, spot in reversed(list(enumerate(spots))) if spot.headline}
    others = [at for at, spot in enumerate(spots) if spot.headline and firsts[spot.case_id] != at]
    kept = {*firsts.values(), *others[: max(0, MAX_LABELS - len(firsts))]}
    return tuple(
        spot if at in kept or not spot.headline else Spot(spot.case_id, spot.number, spot.title, spot.place, None)
        for at, spot in enumerate(spots)
    )
