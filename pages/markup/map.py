"""What templates/map.html shows of a selection: headlines, numbers and names at their places, the cases of each area,
and the same as tables.

Places are shares of the map's width, so that one page serves every size. The image of the areas and the shapes of their
links depend on no choice of a city, so that a click sends neither again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import hypot
from typing import NamedTuple

from data.model.grades import STATES
from data.model.schema import Lang
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import PROVINCE, Filters, Selection, select
from data.query.geography import (
    AreaSummary,
    Measure,
    PlaceCases,
    count_metrics,
    find_local_places,
    find_measures,
    name_area,
    summarize_areas,
)
from data.wording.colours import SELECTED_OUTLINE
from data.wording.labels import MAP_CREDIT, STATE_WORDS, t
from data.wording.map_cases import Area, Headline, list_areas, list_headlines
from data.wording.openings import title_map
from data.wording.shading import (
    CASES,
    SHADINGS,
    Shading,
    describe_shading,
    name_shadings,
    shade_by_cases,
    shade_by_figures,
    shade_by_measure,
)
from pages.markup.environment import render
from pages.markup.links import Links, NamedLink
from pages.markup.outline import ByIdentity, data_url, trace_outlines
from pages.markup.palette import AREA_BORDER, MAP_PAINTS
from pages.markup.projection import XY, map_height, project

COLOUR = "colour"
"""Query parameter with what colors the map."""
MAX_COLOUR = 500
"""Maximum number of characters of what an address asks for; with more it does not exist."""
CACHE_SIZE = 64
"""Maximum number of maps, and of images of about 20 kB, kept in memory."""
DISC = 0.052
"""Distance that the middles of two numbers keep at least, by the width of the map."""
_NAMES: Mapping[str, tuple[float, float]] = {
    "410100": (0.432, 0.304),
    "410300": (0.296, 0.395),
    "410400": (0.396, 0.518),
    "410500": (0.636, 0.089),
    "410700": (0.579, 0.218),
    "411000": (0.557, 0.468),
    "411200": (0.082, 0.436),
    "411600": (0.693, 0.521),
    "419001": (0.329, 0.216),
}
"""Where the names of these areas stand, by the width of the map; those of the others stand at their points."""


class Precision(NamedTuple):
    """How exactly outlines are drawn: for a map of this width, with this detail and grid, all in px."""

    width: int
    detail: float
    grid: float


FINE, ROUGH = Precision(560, 1, 0.5), Precision(360, 5, 1)
"""As exact as the boundaries are, and with a third of the bytes, for a page that has to be small. templates/map.css
scales the shapes of the links from the size of FINE."""


@dataclass(frozen=True)
class MapPage:
    """The map under all filters but that by city. `colour` is that of cases where the address asks for what is none."""

    dataset: Dataset
    lang: Lang
    filters: Filters
    colour: str
    measures: Mapping[str, Measure]
    summaries: Mapping[str, AreaSummary]
    shading: Shading
    headlines: tuple[Headline, ...]
    areas: tuple[Area, ...]

    @property
    def selection(self) -> Selection:
        """What the filters keep."""
        return select(self.dataset, self.filters)

    @property
    def title(self) -> str:
        """The title of the map where it stands alone."""
        title = title_map(self.dataset, self.lang, len(self.selection.cases))
        return title if self.colour == CASES else f"{title}{t(self.lang, '：', ': ')}{self.shading.title}"

    @property
    def query(self) -> dict[str, str]:
        """The part of the address that keeps the color."""
        return {COLOUR: self.colour} if self.colour != CASES else {}

    @property
    def credit(self) -> str:
        """What the colors are, and whose the outlines."""
        return f"{self.shading.note}{t(self.lang, '', ' ')}{MAP_CREDIT[self.lang]}".strip()

    @property
    def key(self) -> list[tuple[str, str]]:
        """What its colors and numbers mean: the fill of each class that occurs with its label; numbers have no fill."""
        lang, entries = self.lang, [(paint(number), label) for number, label in self.shading.classes]
        if self.has_numbers:
            entries.append(("", t(lang, "案例序号，位于案例所在地", "number of a case, where it happened")))
        elif self.colour == CASES and self.shading.texts:
            entries.append(("", t(lang, "数字：案例数", "numbers: cases")))
        return entries

    @property
    def has_numbers(self) -> bool:
        """Whether the numbers of cases stand on it: not where values do."""
        return not self.shading.texts and any(headline.points for headline in self.headlines)

    @property
    def description(self) -> str:
        """The alternative text of the image."""
        return describe_shading(self.dataset, self.shading, self.lang)

    @cached_property
    def numbers(self) -> Sequence[Sequence[XY]]:
        """Where the numbers of each headline stand, none upon another."""
        flat = iter(spread(point for headline in self.headlines for point in headline.points))
        return [[next(flat) for _ in headline.points] for headline in self.headlines]

    @property
    def units(self) -> list[Area]:
        """The units of the map."""
        return [area for area in self.areas if area.code != PROVINCE]

    @property
    def listed(self) -> list[Area]:
        """The areas that have something, those with the highest value first, and at last what is province-wide."""
        values = self.shading.values
        there = [area for area in self.areas if area.case_count or area.code in self.shading.texts]
        return sorted(there, key=lambda area: (area.code == PROVINCE, -(values.get(area.code) or 0), -area.figures))

    def place_name(self, code: str) -> XY:
        """Return where the name of an area stands."""
        return XY(*_NAMES[code]) if code in _NAMES else project(*self.dataset.map_units[code].point, 1)

    def shorten_name(self, area: Area) -> str:
        """Return the name of an area as it stands on the map."""
        return area.name.removesuffix("市") if self.lang == "zh" else area.name

    @cached_property
    def places(self) -> tuple[PlaceCases, ...]:
        """The counties, towns and zones that the selected cases name, also those without a point on the map."""
        return find_local_places(self.dataset, self.selection.cases)

    @cached_property
    def states(self) -> list[str]:
        """How completely metrics are stated, in words."""
        return [STATE_WORDS[grades[0]][self.lang] for grades in STATES]

    def count_states(self, area: Area) -> list[int]:
        """Return the number of an area's metrics that are stated so completely."""
        return [sum(self.summaries[area.code].grades[grade] for grade in grades) for grades in STATES]

    def name_city(self, place_id: str) -> str:
        """Return the name of the unit of the map that a place lies in."""
        return name_area(self.dataset, self.dataset.prefecture_code(place_id))[self.lang]

    def count_figures(self) -> Mapping[str, int]:
        """Return the number of selected metrics of each place."""
        return count_metrics(self.selection)

    def list_colours(self, links: Links) -> list[NamedLink]:
        """Return what can color the map as links."""
        return [
            NamedLink(links.screen("map", **({} if key == CASES else {COLOUR: key})), name, key == self.colour)
            for key, name in name_shadings(self.measures, self.lang).items()
        ]

    def draw(self, precision: Precision = FINE) -> str:
        """Return the address of the image of the areas in the colors of their classes."""
        fills = tuple((code, paint(self.shading.class_of(code))) for code in self.shading.values)
        return _draw_areas(ByIdentity(self.dataset.boundaries), fills, precision)

    def outline(self, codes: Iterable[str]) -> str:
        """Return the address of the image of the outlines of these areas."""
        chosen = tuple((code, "none") for code in self.shading.values if code in codes)
        return _draw_areas(ByIdentity(self.dataset.boundaries), chosen, FINE, SELECTED_OUTLINE, 3)

    def shapes(self) -> Mapping[str, str]:
        """Return the outline of each area by code, as a path on the grid of FINE."""
        return trace_outlines(self.dataset.boundaries, *FINE)


def view_map(dataset: Dataset, filters: Filters, lang: Lang, requested: str = CASES) -> MapPage:
    """Return the map under these filters but that by city, in the color that the address asks for."""
    return _view_map(dataset, replace(filters, city=()), lang, requested if len(requested) <= MAX_COLOUR else "")


@cache_by_dataset(CACHE_SIZE)
def _view_map(dataset: Dataset, filters: Filters, lang: Lang, requested: str) -> MapPage:
    selection = select(dataset, filters)
    summaries, headlines = summarize_areas(selection), list_headlines(selection, lang)
    measures = find_measures(dataset, selection.cases)
    colour = requested if requested in {**SHADINGS, **measures} else CASES
    if measure := measures.get(colour):
        shading = shade_by_measure(dataset, measure, summaries, lang)
    elif colour == CASES:
        shading = shade_by_cases(summaries, lang, counted=bool(selection.cases) and not headlines)
    else:
        shading = shade_by_figures(summaries, lang)
    areas = list_areas(selection, summaries, lang)
    return MapPage(dataset, lang, filters, colour, measures, summaries, shading, headlines, areas)


def spread(points: Iterable[tuple[float, float]]) -> list[XY]:
    """Return where the numbers at these points stand: one that would cover another is moved beside it."""
    found: list[XY] = []
    for point in points:
        at = project(*point, 1)
        for other in found:
            gap = hypot(at.x - other.x, at.y - other.y)
            if gap < DISC:
                way = ((at.x - other.x) / gap, (at.y - other.y) / gap) if gap else (1.0, 0.0)
                at = XY(other.x + DISC * way[0], other.y + DISC * way[1])
        found.append(at)
    return found


def paint(number: int | None) -> str:
    """Return the fill of a class; None is no data."""
    return MAP_PAINTS[0 if number is None else number + 1]


@lru_cache(maxsize=CACHE_SIZE)
def _draw_areas(
    boundaries: ByIdentity,
    fills: tuple[tuple[str, str], ...],
    precision: Precision,
    border: str = AREA_BORDER,
    width: int = 1,
) -> str:
    """Return the address of the image of these areas, filled by code."""
    size = [round(side / precision.grid) for side in (precision.width, map_height(precision.width))]
    outlines = trace_outlines(boundaries.value, *precision)
    areas = [(fill, outlines[code]) for code, fill in fills]
    return data_url(str(render("map", "image", "en", size, areas, border, width)))
