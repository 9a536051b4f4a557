"""What the template of a case is given: for its page, for paper, for its first view and for a chapter of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from markupsafe import Markup

from data.model.schema import Case, Conflict, Lang
from data.query.dataset import Dataset
from data.query.filters import PROVINCE, own_places
from data.query.geography import all_places, list_map_units
from data.wording.conflicts import find_conflicts, group_conflicts
from data.wording.key_figures import KeyFigure, choose_key_figures, describe_doubts
from data.wording.kinds import Kinds, group_kinds
from data.wording.labels import t
from data.wording.openings import describe_case, number_title
from data.wording.rows import MetricRow
from pages.markup.links import Links
from pages.markup.outline import format_locator

MAX_LISTED = 12
"""Maximum number of cases before and after this one in the list; a filter or a search finds the others."""


class PlaceMap(NamedTuple):
    """A small map of the places that a case names, with its legend as (sign, names)."""

    image: Markup
    legend: Sequence[tuple[str, str]]


class NamedConflict(NamedTuple):
    """A conflict with the metrics shown that it concerns."""

    conflict: Conflict
    rows: Sequence[MetricRow]


@dataclass(frozen=True)
class CasePage:
    """A case with the metrics that are shown of it, `siblings` the cases that one goes on to from it.

    On paper and in a frame there are no `links`.
    """

    dataset: Dataset
    case: Case
    rows: Sequence[MetricRow]
    lang: Lang
    links: Links | None
    siblings: Sequence[Case]

    image: ClassVar[str] = "findings"
    """The id of the image of what a case reports."""

    @property
    def about(self) -> list[str]:
        """Where the case happened, its domains and who submitted it."""
        return describe_case(self.dataset, self.case, self.lang)

    @property
    def at(self) -> int:
        """The place of the case among its siblings, from 0."""
        return self.siblings.index(self.case)

    @property
    def before(self) -> Case | None:
        """The sibling before it."""
        return self.siblings[self.at - 1] if self.at else None

    @property
    def after(self) -> Case | None:
        """The sibling after it."""
        return self.siblings[self.at + 1] if self.at + 1 < len(self.siblings) else None

    def nearby(self, reach: int = MAX_LISTED) -> list[tuple[str, str]]:
        """Return ids and numbered titles of the siblings around it and its own."""
        around = self.siblings[max(0, self.at - reach) : self.at + reach + 1]
        return [(case.id, number_title(case, self.lang)) for case in around]

    @cached_property
    def figures(self) -> list[KeyFigure]:
        """Its key figures."""
        return choose_key_figures(self.rows, self.lang)

    @property
    def doubts(self) -> list[str]:
        """What holds for all of its key figures, a sentence each."""
        return describe_doubts(self.figures, self.lang)

    @property
    def kinds(self) -> Kinds:
        """Its metrics by what their grade allows."""
        return group_kinds(self.rows)

    @property
    def conflicts(self) -> Iterable[tuple[str, list[NamedConflict]]]:
        """The conflicts that concern its metrics, or none in particular, under their headings."""
        by_id = {row.metric_id: row for row in self.rows}
        for heading, conflicts in group_conflicts(find_conflicts(self.case, by_id.keys())):
            concerned = [[by_id[name] for name in conflict.metrics if name in by_id] for conflict in conflicts]
            yield heading[self.lang], list(map(NamedConflict, conflicts, concerned))

    @property
    def place(self) -> PlaceMap | None:
        """Where it happened; nothing for a case of the whole province alone."""
        return map_place(self.dataset, self.case, self.lang)


def map_place(dataset: Dataset, case: Case, lang: Lang) -> PlaceMap | None:
    """Return a small map of the places that the case names: areas, points, and points that it only names."""
    own, comma = own_places(case), t(lang, "、", ", ")
    codes = {code for name in own if (code := dataset.prefecture_code(name)) and code != PROVINCE}
    places = [dataset.places[name] for name in sorted(all_places(case))]
    points = [place for place in places if place.lon is not None and place.code not in codes]
    groups = {
        "■": [place.name[lang] for place in list_map_units(dataset) if place.code in codes],
        "●": [place.name[lang] for place in points if place.id in own],
        "○": [place.name[lang] for place in points if place.id not in own],
    }
    if not any(groups.values()):
        return None
    names = comma.join(name for group in groups.values() for name in group)
    alt = t(lang, f"河南示意图，标出{names}", f"Outline of Henan with {names} marked")
    marks = [(*place.point, place.id not in own) for place in points]
    image = format_locator(dataset.boundaries, codes, marks, alt, lang)
    only = {"○": t(lang, "只提到：", "only named: ")}
    return PlaceMap(image, [(sign, only.get(sign, "") + comma.join(group)) for sign, group in groups.items() if group])
