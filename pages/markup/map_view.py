"""What the map shows of a selection: the cases in each area, what colors the areas, and where everything stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from data.model.schema import Lang
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import Filters, Selection, select
from data.query.geography import AreaSummary, Measure, find_measures, summarize_areas
from data.wording.labels import t
from data.wording.openings import title_map
from data.wording.shading import OUTCOME, SHADINGS, Shading, shade_by_count, shade_by_measure, shade_by_outcome
from pages.markup.map_head import COLOUR
from pages.markup.map_scene import Scene, build_scene

CACHE_SIZE = 64
"""Maximum number of maps kept in memory."""
MAX_COLOUR = 500
"""Maximum number of characters of what an address asks for; with more it does not exist."""


@dataclass(frozen=True, slots=True)
class MapView:
    """What all filters but the one by city keep, and what colors the areas.

    `colour` is outcome where the address asks for something that does not exist.
    """

    dataset: Dataset
    lang: Lang
    filters: Filters
    areas: Mapping[str, AreaSummary]
    measures: Mapping[str, Measure]
    colour: str
    shading: Shading
    scene: Scene

    @property
    def selection(self) -> Selection:
        """What the filters keep."""
        return select(self.dataset, self.filters)

    @property
    def measure(self) -> Measure | None:
        """The measure that colors the areas, if one does."""
        return self.measures.get(self.colour)

    @property
    def title(self) -> str:
        """The title of the map where it stands alone."""
        title = title_map(self.dataset, self.lang, len(self.selection.cases))
        return title if self.colour == OUTCOME else f"{title}{t(self.lang, '：', ': ')}{self.shading.title}"

    @property
    def query(self) -> dict[str, str]:
        """The part of the address that keeps the color."""
        return {COLOUR: self.colour} if self.colour != OUTCOME else {}


def view_map(dataset: Dataset, filters: Filters, lang: Lang, requested: str = OUTCOME) -> MapView:
    """Return the map under these filters but that by city, in the color that the address asks for."""
    return _view_map(dataset, replace(filters, city=()), lang, requested if len(requested) <= MAX_COLOUR else "")


@cache_by_dataset(CACHE_SIZE)
def _view_map(dataset: Dataset, filters: Filters, lang: Lang, requested: str) -> MapView:
    selection = select(dataset, filters)
    areas = summarize_areas(selection)
    measures = find_measures(dataset, selection.cases, requested)
    colour = requested if requested in {**SHADINGS, **measures} else OUTCOME
    if measure := measures.get(colour):
        shading = shade_by_measure(dataset, measure, areas, lang)
    elif colour == OUTCOME:
        shading = shade_by_outcome(areas, lang)
    else:
        shading = shade_by_count(colour, areas, lang)
    scene = build_scene(dataset, filters, lang, None if colour == OUTCOME else shading.texts)
    return MapView(dataset, lang, filters, areas, measures, colour, shading, scene)
