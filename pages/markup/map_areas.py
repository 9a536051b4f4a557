"""The areas of the map on the screen: an image in the colors of their classes, the outlines of the chosen ones, and a
link in the shape of each.

No chart library draws them. What is chosen changes neither the image nor the shapes, so a click sends neither again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from data.query.dataset import Dataset, GeoJson
from data.wording.colours import SELECTED_OUTLINE
from data.wording.shading import Shading, describe_shading
from pages.markup.links import Links
from pages.markup.map_scene import MEDIUM, WIDE, Scene, format_drops
from pages.markup.outline import ByIdentity, data_url, trace_outlines
from pages.markup.palette import AREA_BORDER
from pages.markup.projection import map_height


class Precision(NamedTuple):
    """How exactly outlines are drawn: for a map of this width, with this detail and grid, all in px."""

    width: int
    detail: float
    grid: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the map in units of the grid."""
        return round(self.width / self.grid), round(map_height(self.width) / self.grid)


FINE = Precision(WIDE.width, detail=1, grid=0.5)
"""As exact as the boundaries are. templates/map.css scales the shapes of the links from its size."""
ROUGH = Precision(MEDIUM.width, detail=5, grid=1)
"""A third of the bytes, for a page that has to be small."""
CACHE_SIZE = 32
"""Maximum number of images kept in memory, of about 20 kB each."""
_OUTLINE_WIDTH = 3
"""Width of a chosen area's outline in px."""


def format_areas(
    dataset: Dataset, scene: Scene, shading: Shading, paints: Sequence[str], precision: Precision = FINE
) -> Markup:
    """Return the image of the areas; `paints` are the fills of no data, of zero and of each class."""
    fills = tuple((code, _paint(shading.class_of(code), paints)) for code in shading.values)
    return Markup('<div class="map-areas" style="{}"><img src="{}" alt="{}"></div>').format(
        format_drops(scene),
        _draw_areas(ByIdentity(dataset.boundaries), fills, precision),
        describe_shading(dataset, shading, scene.lang),
    )


def format_shapes(dataset: Dataset) -> Markup:
    """Return the style sheets that give the links on the areas their shapes."""
    return _format_shapes(ByIdentity(dataset.boundaries))


def format_area_links(dataset: Dataset, scene: Scene, links: Links, **more: str) -> Markup:
    """Return the outlines of the chosen areas, and a link on each area that chooses it or lets it go.

    `more` are the other parts of the address. The links are for the pointer: keyboard and screen reader use those of
    the table of areas, which lead to the same. In a frame there are none.
    """
    chosen = [name.place.code for name in scene.names if name.place.code in links.filters.city]
    outlines = Markup("")
    if chosen:
        image = Markup('<div class="map-areas"><img src="{}" alt=""></div>')
        outlines = image.format(_draw_outlines(dataset.boundaries, chosen))
    if links.leave_frame:
        return outlines
    link = Markup('<a id="area-{}" data-stay tabindex="-1" href="{}" title="{}"></a>')
    shapes = Markup("").join(
        link.format(code, links.toggle_city(code, **more), name.place.name[scene.lang])
        for name in scene.names
        if (code := name.place.code)
    )
    return outlines + Markup('<div class="map-shapes" aria-hidden="true">{}</div>').format(shapes)


def _paint(number: int | None, paints: Sequence[str]) -> str:
    return paints[0 if number is None else number + 1]


@lru_cache(maxsize=CACHE_SIZE)
def _draw_areas(boundaries: ByIdentity, fills: tuple[tuple[str, str], ...], precision: Precision) -> str:
    """Return the address of the image of the areas, filled by code."""
    outlines = trace_outlines(boundaries.value, *precision)
    path = Markup('<path fill="{}" d="{}"/>')
    paths = Markup("").join(path.format(fill, outlines[code]) for code, fill in fills)
    return _draw(Markup('<g stroke="{}">{}</g>').format(AREA_BORDER, paths), precision)


def _draw_outlines(boundaries: GeoJson, codes: Sequence[str]) -> str:
    """Return the address of the image of these areas' outlines."""
    outlines = trace_outlines(boundaries, *FINE)
    line = Markup('<path fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round" d="{}"/>')
    return _draw(line.format(SELECTED_OUTLINE, _OUTLINE_WIDTH, "".join(outlines[code] for code in codes)), FINE)


def _draw(content: Markup, precision: Precision) -> str:
    """Return the address of an image whose strokes are as wide in px at every size."""
    style = "path{vector-effect:non-scaling-stroke}"
    svg = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}"><style>{2}</style>{3}</svg>')
    return data_url(str(svg.format(*precision.size, style, content)))


@lru_cache(maxsize=2)
def _format_shapes(boundaries: ByIdentity) -> Markup:
    outlines = trace_outlines(boundaries.value, *FINE)
    shape = Markup('<style>#area-{}{{clip-path:path("{}")}}</style>')
    return Markup("").join(shape.format(*pair) for pair in outlines.items())
