"""Henan's 18 units coloured by class, with labels and county points. Drawn without any request to the net.

Two things keep Plotly from fetching a world map: the first geographic trace is the labels', and `config` points at our own empty topology.
The boundaries are a schematic, not a reviewed official map; their rings run clockwise, as d3 needs. The figure holds their address: a browser fetches them once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from pages.figures.memoize import memoize
from pages.figures.style import NEUTRAL, WORSENED, base_figure, escape, text_width

CLASSES: tuple[str, ...] = (
    "rgba(128,136,146,0.10)",
    "rgba(47,127,209,0.30)",
    "rgba(47,127,209,0.52)",
    "rgba(47,127,209,0.76)",
    "rgba(47,127,209,1)",
)
"""Nothing, then four classes: ever more of one blue, which reads on a light and on a dark ground. The table says the same in numbers."""
NO_DATA = "rgba(0,0,0,0)"
"""An area the source says nothing about: unfilled, unlike the grey of a known zero."""
_LABEL = 11
_DEGREES = 6.6 / 358
"""Degrees of longitude a px at the narrowest width the map is drawn in."""
_CLEAR = 0.08
_OUTLINE = 3
"""px of a chosen area's outline."""
_HELD = "orbit"
"""What dragging does: nothing, since only other charts know this mode. Streamlit takes `False` for unset and has readers drag the map out of sight."""
_UNDIMMED = {"marker": {"opacity": 1}}
INK = "#1b2026"
HEIGHT = 470


@dataclass(frozen=True)
class Area:
    """One unit: its code, the name on the map, where the name stands, its class (0 is nothing, None is no data), and what it says when pointed at."""

    code: str
    label: str
    lon: float
    lat: float
    level: int | None
    hover: Sequence[str]
    chosen: bool = False


@dataclass(frozen=True)
class Point:
    """A county, town or zone inside a unit; a click on it opens its case, `code` is the unit's."""

    place_id: str
    code: str
    lon: float
    lat: float
    hover: Sequence[str]
    named_only: bool


def url_prefix(base_path: str) -> str:
    """What every address of a server under `base_path` begins with; nothing where it serves at the top."""
    base = base_path.strip("/")
    return f"/{base}" if base else ""


def map_config(base_path: str) -> dict[str, Any]:
    """The chart's settings on a server under `base_path`: Plotly looks for its world map there, and finds an empty one."""
    return {"topojsonURL": f"{url_prefix(base_path)}/topojson/", "displayModeBar": False, "scrollZoom": False}


def _said(lines: Sequence[str]) -> str:
    first, *rest = (escape(line) for line in lines)
    return "<br>".join([f"<b>{first}</b>", *rest])


def compute_breaks(values: Iterable[float]) -> tuple[float, ...]:
    """The lower ends of at most four classes of about equally many different values; the first is the least of them."""
    known = sorted(set(values))
    count = min(len(known), len(CLASSES) - 1)
    return tuple(known[part * len(known) // count] for part in range(count))


def classify(value: float, breaks: Sequence[float]) -> int:
    """The class of a value: how many of the ascending `breaks` (at most four) it reaches."""
    return sum(value >= edge for edge in breaks)


def selection_css(chart: str, codes: Sequence[str], chosen: Collection[str]) -> str:
    """A style sheet that outlines the `chosen` among the `codes` of the map's areas and prints their names bold, where the map inside the class `chart` has none chosen.

    The figure then stays as it is with every click; one that changes is sent and drawn from nothing.
    """
    places = [at for at, code in enumerate(codes, start=1) if code in chosen]
    outlines = (
        f".{chart} .choroplethlayer > :last-child > :nth-child({at}) {{ stroke-width: {_OUTLINE}px !important; }}"
        for at in places
    )
    names = (
        f".{chart} .scatterlayer > :first-child > :nth-child({at}) text {{ font-weight: 700 !important; }}"
        for at in places
    )
    return f"<style>{' '.join((*outlines, *names))}</style>"


@memoize
def henan_map(boundaries: str, areas: Sequence[Area], points: Sequence[Point]) -> go.Figure:
    """The map as a figure; `boundaries` is the address of their GeoJSON. Clicks carry customdata [code] on areas and [code, place id] on points."""
    figure = base_figure(HEIGHT, dragmode=_HELD, margin=dict.fromkeys("lrtb", 0))
    figure.add_trace(
        go.Scattergeo(
            lon=[area.lon for area in areas],
            lat=[area.lat for area in areas],
            text=[f"<b>{escape(area.label)}</b>" if area.chosen else escape(area.label) for area in areas],
            mode="text",
            textposition=[_position(area, points) for area in areas],
            textfont={"size": _LABEL},
            hoverinfo="skip",
        )
    )
    figure.add_trace(_areas(boundaries, areas))
    figure.add_trace(_outlines(boundaries, areas))
    figure.add_trace(
        go.Scattergeo(
            lon=[point.lon for point in points],
            lat=[point.lat for point in points],
            mode="markers",
            marker={
                "size": 9,
                "color": ["#ffffff" if point.named_only else INK for point in points],
                "line": {"color": [INK if point.named_only else "#ffffff" for point in points], "width": 1.5},
            },
            customdata=[[point.code, point.place_id] for point in points],
            hovertext=[_said(point.hover) for point in points],
            hoverinfo="text",
        )
    )
    figure.update_geos(
        visible=False,
        bgcolor="rgba(0,0,0,0)",
        projection_type="mercator",
        lonaxis_range=[110.2, 116.8],
        lataxis_range=[31.3, 36.45],
    )
    return figure


def _position(area: Area, points: Sequence[Point]) -> str:
    """Where the label of an area stands so that no county point hides it, judged at the width of a small screen."""
    half, line = text_width(area.label) * _LABEL / 2 * _DEGREES, _LABEL * _DEGREES
    for position, right, up in (
        ("middle center", 0, 0),
        ("top center", 0, line),
        ("bottom center", 0, -line),
        ("middle left", -half, 0),
        ("middle right", half, 0),
    ):
        lon, lat = area.lon + right, area.lat + up * 0.8
        if all(abs(point.lon - lon) > half + _CLEAR or abs(point.lat - lat) > line / 2 + _CLEAR for point in points):
            return position
    return "top center"


def _areas(boundaries: str, areas: Sequence[Area]) -> go.Choropleth:
    paints = (NO_DATA, *CLASSES)
    steps = len(paints)
    return go.Choropleth(
        geojson=boundaries,
        locations=[area.code for area in areas],
        z=[0.5 if area.level is None else area.level + 1.5 for area in areas],
        zmin=0,
        zmax=steps,
        colorscale=[(edge / steps, paint) for index, paint in enumerate(paints) for edge in (index, index + 1)],
        showscale=False,
        marker={"line": {"color": NEUTRAL, "width": 1}},
        customdata=[[area.code] for area in areas],
        hovertext=[_said(area.hover) for area in areas],
        hoverinfo="text",
        selected=_UNDIMMED,
        unselected=_UNDIMMED,
    )


def _outlines(boundaries: str, areas: Sequence[Area]) -> go.Choropleth:
    """The outlines of the chosen areas, above all fills so that no neighbour covers them; those of the others without width."""
    return go.Choropleth(
        geojson=boundaries,
        locations=[area.code for area in areas],
        z=[0 for _ in areas],
        colorscale=[(0, NO_DATA), (1, NO_DATA)],
        showscale=False,
        marker={"line": {"color": WORSENED, "width": [_OUTLINE if area.chosen else 0 for area in areas]}},
        hoverinfo="skip",
        selected=_UNDIMMED,
        unselected=_UNDIMMED,
    )
