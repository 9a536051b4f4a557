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
GeoJson = Mapping[str, Any]

HEIGHT = 170
_STEP = 5
"""Only every fifth point of an outline is drawn: the others are invisible at this size."""
_ASPECT = 1.2
"""Length of a degree of latitude in degrees of longitude at 34° north."""


def locator(boundaries: GeoJson, selected: Iterable[str], places: Sequence[Place]) -> go.Figure:
    """The outlines of the 18 units with the `selected` ones filled, and points at `places`.

    `boundaries` is a feature collection whose ids are the six-digit codes of the units.
    """
    return _draw(ByIdentity(boundaries), frozenset(selected), places)


@memoize
def _draw(boundaries: ByIdentity[GeoJson], selected: frozenset[str], places: Sequence[Place]) -> go.Figure:
    features = boundaries.value["features"]
    filled = _outlines(feature for feature in features if feature["id"] in selected)
    lon, lat, names, named_only = zip(*places, strict=True) if places else ((),) * 4
    marks = points(lon, lat, point_marker(8, named_only), list(map(escape, names)))
    return base_figure(
        HEIGHT,
        [_outlines(features), {**filled, "fill": "toself", "fillcolor": SELECTED_AREA}, marks],
        xaxis={"range": [110.2, 116.8], "visible": False},
        yaxis={"range": [31.3, 36.5], "visible": False, "scaleanchor": "x", "scaleratio": _ASPECT},
    )


def _outlines(features: Iterable[GeoJson]) -> Part:
    """The rings of polygons and multipolygons, thinned out and closed, as one trace."""
    points: list[Sequence[float | None]] = []
    for geometry in (feature["geometry"] for feature in features):
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        for ring in (ring for polygon in polygons for ring in polygon):
            points += [*ring[::_STEP], ring[0], (None, None)]
    return lines([point[0] for point in points], [point[1] for point in points], AREA_BORDER, 0.7)
