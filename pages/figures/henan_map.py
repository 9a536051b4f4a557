"""Henan's 18 units colored by class, drawn without a request to another host, and the exported map with its labels.

Plotly would fetch a world map. Two things prevent it: the first geographic trace has no areas, and the configuration of
a chart names an empty topology on this server (pages/serving/workarounds/world_map.py). The boundaries are a schematic,
not a reviewed official map; their rings run clockwise, as d3 needs. The figure holds only their address, so that a
browser fetches them once.

On the screen the map is HTML (pages/markup/map_areas.py, pages/markup/map_scene.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from data.wording.colours import LIGHT, SELECTED_OUTLINE
from pages.figures.style import Part, base_figure, label, plain
from pages.markup.map_layout import TEXT_GAP
from pages.markup.map_scene import DISC_RADIUS, NAME_SIZE, WIDE, Scene, wrap_label
from pages.markup.palette import AREA_BORDER, MAP_PAINTS, TRANSPARENT
from pages.markup.projection import EAST, NORTH, SOUTH, WEST, XY

_OUTLINE_WIDTH = 3
"""Width of a selected area's outline in px."""
_NO_DRAG = "orbit"
"""A drag mode that only 3D charts know, so that dragging does nothing. Streamlit takes False for unset and lets readers
drag the map out of sight."""
_UNDIMMED = {"marker": {"opacity": 1}}
_WIDTH = WIDE.width + 2 * WIDE.column
"""Width of the exported map with its labels in px."""


@dataclass(frozen=True)
class Area:
    """One unit: its six-digit code and its class, an index into the palette's `MAP_CLASSES`.

    0 is a known zero, None is no data.
    """

    code: str
    class_index: int | None
    selected: bool = False


def export_map(boundaries: str, areas: Sequence[Area], scene: Scene) -> go.Figure:
    """The map for an exported image: areas, names, discs, and beside them labels with leader lines."""
    placed = scene.placed[0]
    height = round(placed.height)
    aside, above = WIDE.column / _WIDTH, placed.drop / placed.height
    lines = [line for leader in placed.labels.leaders for line in zip(leader.line, leader.line[1:], strict=False)]
    shapes = [
        *(_shape("line", start, end, height, line={"color": LIGHT["quiet"], "width": 1}) for start, end in lines),
        *(_disc(disc, height) for disc in placed.discs),
    ]
    numbers = zip(placed.discs, scene.cases.spots, strict=True)
    number_font = {"size": 11, "color": LIGHT["ground"]}
    annotations = [
        *_names(scene, height),
        *(_words(disc, f"<b>{spot.number}</b>", height, "center", font=number_font) for disc, spot in numbers),
        *_labels(scene, height),
    ]
    domain = {"x": [aside, 1 - aside], "y": [above, 1 - above]}
    return draw_areas(boundaries, areas, height, domain, width=_WIDTH, shapes=shapes, annotations=annotations)


def draw_areas(
    boundaries: str, areas: Sequence[Area], height: int, domain: Mapping[str, Sequence[float]], **layout: object
) -> go.Figure:
    """The areas in a part of the figure; `boundaries` is the address of their GeoJSON."""
    geo = {
        "visible": False,
        "bgcolor": TRANSPARENT,
        "projection": {"type": "mercator"},
        "lonaxis": {"range": [WEST, EAST]},
        "lataxis": {"range": [SOUTH, NORTH]},
        "domain": domain,
    }
    traces = [_no_world(), _fills(boundaries, areas), _outlines(boundaries, areas)]
    return base_figure(height, traces, dragmode=_NO_DRAG, margin=dict.fromkeys("lrtb", 0), geo=geo, **layout)


def _names(scene: Scene, height: float) -> Iterable[Part]:
    font = {"size": NAME_SIZE, "color": LIGHT["ink"]}
    for name, middle in zip(scene.names, scene.placed[0].names, strict=True):
        if middle:
            text = "<br>".join([plain(name.text), *([f"<b>{plain(name.value)}</b>"] if name.value else [])])
            yield _words(middle, text, height, "center", font=font)


def _labels(scene: Scene, height: float) -> Iterable[Part]:
    """The lines of the labels, one annotation each."""
    fonts = {"value": LIGHT["ink"], "what": LIGHT["ink"], "place": LIGHT["quiet"]}
    spots = [spot for spot in scene.cases.spots if spot.headline]
    for spot, leader in zip(spots, scene.placed[0].labels.leaders, strict=True):
        end, sign = leader.line[-1], -1 if leader.side == "left" else 1
        for number, (style, text) in enumerate(wrap_label(spot, scene.lang, WIDE)):
            at = XY(end.x + sign * TEXT_GAP, end.y + number * WIDE.line_height)
            font = {"size": WIDE.label_size, "color": fonts[style]}
            words = f"<b>{plain(text)}</b>" if style == "value" else plain(text)
            yield _words(at, words, height, "right" if sign < 0 else "left", font=font)


def _words(at: XY, text: str, height: float, xanchor: str, **annotation: object) -> Part:
    return label(
        at.x / _WIDTH,
        1 - at.y / height,
        text,
        xref="paper",
        yref="paper",
        xanchor=xanchor,
        yanchor="middle",
        borderpad=0,
        **annotation,
    )


def _shape(kind: str, start: XY, end: XY, height: float, **shape: object) -> Part:
    """A line, or a circle in the box between two corners."""
    x, y = (start.x / _WIDTH, end.x / _WIDTH), (1 - start.y / height, 1 - end.y / height)
    return {"type": kind, "xref": "paper", "yref": "paper", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], **shape}


def _disc(middle: XY, height: float) -> Part:
    start, end = (XY(middle.x + shift, middle.y + shift) for shift in (-DISC_RADIUS, DISC_RADIUS))
    border = {"color": LIGHT["ground"], "width": 1}
    return _shape("circle", start, end, height, fillcolor=LIGHT["ink"], line=border)


def _no_world() -> Part:
    """A trace before the areas: where a choropleth comes first, Plotly draws nothing without its world map."""
    return {"type": "scattergeo", "lon": [], "lat": [], "mode": "text", "hoverinfo": "skip"}


def _choropleth(boundaries: str, areas: Sequence[Area], **trace: object) -> Part:
    place = {"geojson": boundaries, "locations": [area.code for area in areas], "showscale": False}
    return {"type": "choropleth", **place, "selected": _UNDIMMED, "unselected": _UNDIMMED, **trace}


def _fills(boundaries: str, areas: Sequence[Area]) -> Part:
    """The areas; their z is the middle of their class in a stepped color scale, whose first step is no data."""
    colors = MAP_PAINTS
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
        hoverinfo="none",
    )


def _outlines(boundaries: str, areas: Sequence[Area]) -> Part:
    """Outlines of the selected areas, above all fills so that no neighbour covers them; the others have no width."""
    border = {"color": SELECTED_OUTLINE, "width": [_OUTLINE_WIDTH if area.selected else 0 for area in areas]}
    scale = [(0, TRANSPARENT), (1, TRANSPARENT)]
    z = [0] * len(areas)
    return _choropleth(boundaries, areas, z=z, colorscale=scale, marker={"line": border}, hoverinfo="skip")
