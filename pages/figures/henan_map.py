"""Henan's 18 units colored by class, with labels and county points, drawn without a request to another host.

Plotly would fetch a world map. Two things prevent it: the labels are the first geographic trace, and `map_config`
points to an empty topology on this server. The boundaries are a schematic, not a reviewed official map; their rings
run clockwise, as d3 needs. The figure holds only their address, so that a browser fetches them once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.figures.marks import Part, point_marker
from pages.figures.memoize import memoize
from pages.figures.style import base_figure
from pages.figures.text import escape, text_width
from pages.site.palette import AREA_BORDER, MAP_CLASSES, NO_DATA, SELECTED_OUTLINE, TRANSPARENT

HEIGHT = 470
_FONT_SIZE = 11
_DEGREES_PER_PX = 6.6 / 358
"""Degrees of longitude in a px at the smallest width of the map."""
_CLEARANCE = 0.08
"""Minimum distance of a label from a point, in degrees."""
_OUTLINE_WIDTH = 3
"""Width of a selected area's outline in px."""
_NO_DRAG = "orbit"
"""A drag mode that only 3D charts know, so that dragging does nothing. Streamlit takes False for unset and lets readers
drag the map out of sight."""
_UNDIMMED = {"marker": {"opacity": 1}}


@dataclass(frozen=True)
class Area:
    """One unit: its six-digit code, its label and where that is, its class, and the lines of its hover text.

    `class_index` is an index into `MAP_CLASSES` (0 is a known zero), or None without data.
    """

    code: str
    label: str
    lon: float
    lat: float
    class_index: int | None
    hover: Sequence[str]
    selected: bool = False


@dataclass(frozen=True)
class Point:
    """A county, town or zone inside a unit; `code` is the unit's. `named_only` is drawn hollow."""

    place_id: str
    code: str
    lon: float
    lat: float
    hover: Sequence[str]
    named_only: bool


def map_config(base_path: str) -> dict[str, str | bool]:
    """Plotly's configuration for the map, with the address of the empty topology; `base_path` is "/base" or ""."""
    return {"topojsonURL": f"{base_path}/topojson/", "displayModeBar": False, "scrollZoom": False}


def compute_breaks(values: Iterable[float]) -> tuple[float, ...]:
    """The lower limits of at most four classes with about equally many distinct values; the first is the minimum."""
    known = sorted(set(values))
    count = min(len(known), len(MAP_CLASSES) - 1)
    return tuple(known[part * len(known) // count] for part in range(count))


def classify(value: float, breaks: Sequence[float]) -> int:
    """The class of a value: the number of ascending `breaks` (at most four) that it reaches."""
    return sum(value >= edge for edge in breaks)


def selection_css(chart: str, codes: Sequence[str], selected: Collection[str]) -> str:
    """A style sheet that outlines the `selected` areas and sets their labels in bold.

    `codes` are the areas of the map in order, `chart` is a CSS class around it. The figure itself has no selected area,
    so it stays the same with every click; a figure that changes is sent and drawn anew.
    """
    rules = (
        ("choroplethlayer > :last-child", "", f"stroke-width: {_OUTLINE_WIDTH}px"),
        ("scatterlayer > :first-child", " text", "font-weight: 700"),
    )
    places = [at for at, code in enumerate(codes, start=1) if code in selected]
    css = " ".join(
        f".{chart} .{layer} > :nth-child({at}){inner} {{ {declaration} !important; }}"
        for layer, inner, declaration in rules
        for at in places
    )
    return f"<style>{css}</style>"


@memoize
def henan_map(boundaries: str, areas: Sequence[Area], points: Sequence[Point]) -> go.Figure:
    """The map; `boundaries` is the address of their GeoJSON.

    Clicks carry customdata: [code] on an area, [code, place id] on a point.
    """
    labels = _scatter(
        areas,
        "text",
        text=[f"<b>{escape(area.label)}</b>" if area.selected else escape(area.label) for area in areas],
        textposition=[_text_position(area, points) for area in areas],
        textfont={"size": _FONT_SIZE},
        hoverinfo="skip",
    )
    counties = _scatter(
        points,
        "markers",
        marker=point_marker(9, [point.named_only for point in points]),
        customdata=[[point.code, point.place_id] for point in points],
        hovertext=[_hover_text(point.hover) for point in points],
        hoverinfo="text",
    )
    traces = [labels, _fills(boundaries, areas), _outlines(boundaries, areas), counties]
    return base_figure(HEIGHT, traces, dragmode=_NO_DRAG, margin=dict.fromkeys("lrtb", 0)).update_geos(
        visible=False,
        bgcolor=TRANSPARENT,
        projection_type="mercator",
        lonaxis_range=[110.2, 116.8],
        lataxis_range=[31.3, 36.45],
    )


def _scatter(places: Sequence[Area] | Sequence[Point], mode: str, **trace: object) -> Part:
    lon, lat = [place.lon for place in places], [place.lat for place in places]
    return {"type": "scattergeo", "lon": lon, "lat": lat, "mode": mode, **trace}


def _hover_text(lines: Sequence[str]) -> str:
    first, *rest = map(escape, lines)
    return "<br>".join([f"<b>{first}</b>", *rest])


def _text_position(area: Area, points: Sequence[Point]) -> str:
    """The position of an area's label that no county point covers on the smallest map, or the upper one if all are."""
    half, line = text_width(area.label) * _FONT_SIZE / 2 * _DEGREES_PER_PX, _FONT_SIZE * _DEGREES_PER_PX
    for position, right, up in (
        ("middle center", 0, 0),
        ("top center", 0, line),
        ("bottom center", 0, -line),
        ("middle left", -half, 0),
        ("middle right", half, 0),
    ):
        lon, lat = area.lon + right, area.lat + up * 0.8
        if all(
            abs(point.lon - lon) > half + _CLEARANCE or abs(point.lat - lat) > line / 2 + _CLEARANCE for point in points
        ):
            return position
    return "top center"


def _choropleth(boundaries: str, areas: Sequence[Area], **trace: object) -> Part:
    place = {"geojson": boundaries, "locations": [area.code for area in areas], "showscale": False}
    return {"type": "choropleth", **place, "selected": _UNDIMMED, "unselected": _UNDIMMED, **trace}


def _fills(boundaries: str, areas: Sequence[Area]) -> Part:
    """The areas; their z is the middle of their class in a stepped color scale, whose first step is no data."""
    colors = (NO_DATA, *MAP_CLASSES)
    steps = len(colors)
    return _choropleth(
        boundaries,
        areas,
        z=[0.5 if area.class_index is None else area.class_index + 1.5 for area in areas],
        zmin=0,
        zmax=steps,
        colorscale=[(edge / steps, color) for step, color in enumerate(colors) for edge in (step, step + 1)],
        marker={"line": {"color": AREA_BORDER, "width": 1}},
        customdata=[[area.code] for area in areas],
        hovertext=[_hover_text(area.hover) for area in areas],
        hoverinfo="text",
    )


def _outlines(boundaries: str, areas: Sequence[Area]) -> Part:
    """Outlines of the selected areas, above all fills so that no neighbour covers them; the others have no width."""
    border = {"color": SELECTED_OUTLINE, "width": [_OUTLINE_WIDTH if area.selected else 0 for area in areas]}
    scale = [(0, TRANSPARENT), (1, TRANSPARENT)]
    z = [0] * len(areas)
    return _choropleth(boundaries, areas, z=z, colorscale=scale, marker={"line": border}, hoverinfo="skip")
