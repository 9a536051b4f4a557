"""Where in Henan a case is: a small outline map drawn from plain lines, which needs no geographic part of Plotly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from pages.figures.marks import Part, lines, point_marker, points
from pages.figures.memoize import ByIdentity, memoize
from pages.figures.style import base_figure
from pages.figures.text import escape
from pages.site.palette import AREA_BORDER, SELECTED_AREA

Place = tuple[float, float, str, bool]
"""Longitude, latitude, name, and whether the case only names the place."""
Ring = Sequence[Sequence[float]]

HEIGHT = 170
_STEP = 5
"""Only every fifth point of an outline is drawn: the others are invisible at this size."""
_ASPECT = 1.2
"""Length of a degree of latitude in degrees of longitude at 34° north."""


def locator(boundaries: Mapping[str, Any], selected: Iterable[str], places: Sequence[Place]) -> go.Figure:
    """The outlines of the 18 units with the `selected` ones filled, and points at `places`.

    `boundaries` is a GeoJSON feature collection whose ids are the six-digit codes of the units.
    """
    return _draw(ByIdentity(boundaries), frozenset(selected), places)


@memoize
def _draw(boundaries: ByIdentity, selected: frozenset[str], places: Sequence[Place]) -> go.Figure:
    features = boundaries.value["features"]
    filled = _outlines([feature["geometry"] for feature in features if feature["id"] in selected])
    names = [escape(name) for *_, name, _ in places]
    marker = point_marker(8, [named_only for *_, named_only in places])
    return base_figure(
        HEIGHT,
        [
            _outlines([feature["geometry"] for feature in features]),
            {**filled, "fill": "toself", "fillcolor": SELECTED_AREA},
            points([lon for lon, *_ in places], [lat for _, lat, *_ in places], marker, names),
        ],
        xaxis={"range": [110.2, 116.8], "visible": False},
        yaxis={"range": [31.3, 36.5], "visible": False, "scaleanchor": "x", "scaleratio": _ASPECT},
    )


def _outlines(geometries: Iterable[Mapping[str, Any]]) -> Part:
    lon: list[float | None] = []
    lat: list[float | None] = []
    for ring in (ring for geometry in geometries for ring in _rings(geometry)):
        lon += [*(point[0] for point in ring), None]
        lat += [*(point[1] for point in ring), None]
    return lines(lon, lat, AREA_BORDER, 0.7)


def _rings(geometry: Mapping[str, Any]) -> list[Ring]:
    """The rings of a polygon or multipolygon, thinned out and closed."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[*ring[::_STEP], ring[0]] for polygon in polygons for ring in polygon]
