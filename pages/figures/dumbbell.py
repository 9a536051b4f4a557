"""One figure with both ends: before → after in its own unit."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.index_arrows import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from pages.figures.memoize import memoize
from pages.figures.style import FAINT, NEUTRAL, base_figure, direction_color, escape

_HEIGHT = 84
_LABEL_SHIFT = 21


def drawable(row: MetricRow) -> bool:
    """Whether both ends are single numbers in one unit."""
    return row.before_value is not None and row.after_value is not None and row.before_unit_id == row.after_unit_id


@memoize
def dumbbell(row: MetricRow, lang: Lang) -> go.Figure:
    """Before (light) → after (solid) on an axis that starts at zero; a derived end is hollow, both values stand at their marks."""
    before, after = row.before_value, row.after_value
    top = max(before, after)
    paint = direction_color(row.direction)
    loose = row.before_bound in APPROXIMATE_BOUNDS or row.after_bound in APPROXIMATE_BOUNDS
    shaft = {
        "type": "scatter",
        "x": [before, after],
        "y": [0, 0],
        "mode": "lines",
        "line": {"color": paint, "width": 3, "dash": "dot" if loose else "solid"},
        "hoverinfo": "skip",
    }
    hover = hover_text(row, lang)
    start = _mark(before, 12, NEUTRAL, "circle", row.before_origin == "derived", hover)
    end = _mark(
        after, 15, paint, _head(before, after), row.after_origin == "derived" or row.after_bound in OPEN_BOUNDS, hover
    )
    return base_figure(
        _HEIGHT,
        [shaft, start, end],
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        xaxis={"range": [-0.02 * top, 1.04 * top], "showticklabels": False},
        yaxis={"range": [-1, 1], "visible": False},
        shapes=[
            {
                "type": "line",
                "x0": 0,
                "x1": 1.04 * top,
                "y0": 0,
                "y1": 0,
                "layer": "below",
                "line": {"color": FAINT, "width": 1},
            },
            {"type": "line", "x0": 0, "x1": 0, "y0": -0.7, "y1": 0.7, "line": {"color": NEUTRAL, "width": 1}},
        ],
        annotations=[
            _label(before, escape(row.before_label), -_LABEL_SHIFT, top),
            _label(after, f"<b>{escape(row.after_label)}</b>", _LABEL_SHIFT, top),
        ],
    )


def _mark(value: float, size: int, paint: str, symbol: str, hollow: bool, hover: str) -> dict[str, Any]:
    marker = {
        "size": size,
        "color": paint,
        "symbol": f"{symbol}-open" if hollow else symbol,
        "line": {"width": 2, "color": paint},
    }
    return {
        "type": "scatter",
        "x": [value],
        "y": [0],
        "mode": "markers",
        "marker": marker,
        "hovertext": [hover],
        "hoverinfo": "text",
    }


def _head(before: float, after: float) -> str:
    if before == after:
        return "diamond"
    return "triangle-right" if after > before else "triangle-left"


def _label(value: float, text: str, shift: int, top: float) -> dict[str, Any]:
    """The later value stands above its mark, the earlier one below, so that they never meet however close the marks are."""
    anchor = "right" if value > 0.8 * top else "left" if value < 0.2 * top else "center"
    return {"x": value, "y": 0, "yshift": shift, "xanchor": anchor, "text": text, "showarrow": False}
