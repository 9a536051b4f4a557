"""A place in a ranking, before and after, with 1 on top."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.memoize import memoize
from pages.figures.style import FAINT, FONT_SIZE, NEUTRAL, base_figure, direction_color, escape

_HEIGHT = 150


@memoize
def rank_slope(row: MetricRow, lang: Lang) -> go.Figure:
    """A slope from the earlier place to the later one. The first place is the upper edge; a derived place is hollow."""
    before, after = row.before_value, row.after_value
    lowest = max(before, after)
    paint = direction_color(row.direction)
    slope = {
        "type": "scatter",
        "x": [0, 1],
        "y": [before, after],
        "mode": "lines",
        "line": {"color": paint, "width": 3},
        "hoverinfo": "skip",
    }
    hover = hover_text(row, lang)
    start = _mark(
        0, before, f"{escape(row.before_label)}  ", "middle left", NEUTRAL, row.before_origin == "derived", hover
    )
    end = _mark(
        1, after, f"  <b>{escape(row.after_label)}</b>", "middle right", paint, row.after_origin == "derived", hover
    )
    guides = [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "y0": 1,
            "y1": lowest,
            "layer": "below",
            "line": {"color": FAINT, "width": 1},
        }
        for x in (0, 1)
    ]
    first = {
        "type": "line",
        "x0": -0.8,
        "x1": 1.9,
        "y0": 1,
        "y1": 1,
        "layer": "below",
        "line": {"color": FAINT, "width": 1, "dash": "dot"},
    }
    return base_figure(
        _HEIGHT,
        [slope, start, end],
        margin={"l": 4, "r": 4, "t": 10, "b": 10},
        xaxis={"range": [-0.9, 1.9], "visible": False},
        yaxis={"range": [lowest * 1.12 + 0.5, 0.4], "visible": False},
        shapes=[*guides, first],
        annotations=[{"x": -0.9, "xanchor": "left", "y": 1, "text": "1", "font": {"size": 11}, "showarrow": False}],
    )


def _mark(x: float, value: float, text: str, position: str, paint: str, hollow: bool, hover: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [x],
        "y": [value],
        "mode": "markers+text",
        "marker": {
            "size": 13,
            "color": paint,
            "symbol": "circle-open" if hollow else "circle",
            "line": {"width": 2, "color": paint},
        },
        "text": [text],
        "textposition": position,
        "textfont": {"size": FONT_SIZE},
        "hovertext": [hover],
        "hoverinfo": "text",
        "cliponaxis": False,
    }
