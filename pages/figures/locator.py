"""Where in Henan a case lies: a small outline map, without geography's machinery or any request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from pages.figures.memoize import Unchanged, memoize
from pages.figures.style import IMPROVED, NEUTRAL, base_figure, escape

HEIGHT = 170
_INK, _PAPER = "#1b2026", "#ffffff"
_KEEP = 5
"""Every fifth point of an outline is drawn: at this size the rest cannot be seen."""
_ASPECT = 1.2
"""A degree of latitude is about 1.2 times as long as one of longitude at 34° north."""


def locator(
    boundaries: Mapping[str, Any], chosen: Iterable[str], points: Sequence[tuple[float, float, str, bool]]
) -> go.Figure:
    """The 18 outlines with the `chosen` units (six-digit codes) filled and `points` marked: longitude, latitude, name, and whether the case only names it (hollow)."""
    return _drawn(Unchanged(boundaries), frozenset(chosen), points)


@memoize
def _drawn(
    boundaries: Unchanged, wanted: frozenset[str], points: Sequence[tuple[float, float, str, bool]]
) -> go.Figure:
    outlines = [(feature["id"], ring) for feature in boundaries["features"] for ring in _rings(feature["geometry"])]
    traces = [
        _outline([ring for _, ring in outlines], filled=False),
        _outline([ring for code, ring in outlines if code in wanted], filled=True),
    ]
    traces.append(
        {
            "type": "scatter",
            "x": [point[0] for point in points],
            "y": [point[1] for point in points],
            "mode": "markers",
            "marker": {
                "size": 8,
                "color": [_PAPER if point[3] else _INK for point in points],
                "line": {"width": 1.5, "color": [_INK if point[3] else _PAPER for point in points]},
            },
            "hovertext": [escape(point[2]) for point in points],
            "hoverinfo": "text",
        }
    )
    return base_figure(
        HEIGHT,
        traces,
        xaxis={"range": [110.2, 116.8], "visible": False},
        yaxis={"range": [31.3, 36.5], "visible": False, "scaleanchor": "x", "scaleratio": _ASPECT},
    )


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[*ring[::_KEEP], ring[0]] for polygon in polygons for ring in polygon]


def _outline(rings: Sequence[Sequence[Sequence[float]]], filled: bool) -> dict[str, Any]:
    lon: list[float | None] = []
    lat: list[float | None] = []
    for ring in rings:
        lon += [*(point[0] for point in ring), None]
        lat += [*(point[1] for point in ring), None]
    shape = {"fill": "toself", "fillcolor": IMPROVED} if filled else {}
    return {
        "type": "scatter",
        "x": lon,
        "y": lat,
        "mode": "lines",
        "line": {"color": NEUTRAL, "width": 0.7},
        "hoverinfo": "skip",
        **shape,
    }
