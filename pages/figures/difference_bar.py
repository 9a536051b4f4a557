"""A difference without its ends: a signed length from zero in its own unit. Never an index."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.index_arrows import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from pages.figures.memoize import memoize
from pages.figures.style import NEUTRAL, base_figure, direction_color, escape

_HEIGHT = 74


@memoize
def difference_bar(row: MetricRow, lang: Lang, reach: float = 0.0) -> go.Figure:
    """A bar from zero to the change; for a range the bar reaches its nearer end and a dotted line goes on to the farther one.

    The value stands on the free side of zero. `places` count as printed: upwards is to the right. `reach` widens the axis to one shared with others.
    """
    near, far = _span(row)
    paint, reach = direction_color(row.direction), max(abs(far), reach)
    loose = row.change_bound in (*OPEN_BOUNDS, *APPROXIMATE_BOUNDS)
    fill = {"color": paint, "opacity": 0.55 if loose else 1.0, "line": {"color": paint, "width": 2}}
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": [near],
            "y": [0],
            "orientation": "h",
            "width": 0.7,
            "marker": fill,
            "hovertext": [hover_text(row, lang)],
            "hoverinfo": "text",
        }
    ]
    if near != far:
        traces.append(
            {
                "type": "scatter",
                "x": [near, far],
                "y": [0, 0],
                "mode": "lines",
                "line": {"color": paint, "width": 6, "dash": "dot"},
                "hoverinfo": "skip",
            }
        )
    side, shift = ("right", -10) if far > 0 else ("left", 10)
    return base_figure(
        _HEIGHT,
        traces,
        margin={"l": 4, "r": 4, "t": 8, "b": 20},
        xaxis={"range": [-1.1 * reach, 1.1 * reach], "tickvals": [0], "ticktext": ["0"]},
        yaxis={"range": [-1, 1], "visible": False},
        shapes=[{"type": "line", "x0": 0, "x1": 0, "y0": -1, "y1": 1, "line": {"color": NEUTRAL, "width": 1.5}}],
        annotations=[
            {
                "x": 0,
                "y": 0,
                "text": f"<b>{escape(row.change_label)}</b>",
                "xanchor": side,
                "xshift": shift,
                "showarrow": False,
            }
        ],
    )


def _span(row: MetricRow) -> tuple[float, float]:
    """The end of the change nearer to zero, and the farther one."""
    ends = (row.change_value, row.change_value) if row.change_value is not None else (row.change_low, row.change_high)
    near, far = sorted(ends, key=abs)
    return near, far
