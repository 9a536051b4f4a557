"""A difference without its ends: a signed length from zero in its own unit. Never an index."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.schema import Lang
from pages.figures.hover import hover_text
from pages.figures.index_arrows import LOOSE_BOUNDS, OPEN_BOUNDS
from pages.figures.style import NEUTRAL, SIZE, blank, colour, safe


def difference_length(row: Any, lang: Lang) -> go.Figure:
    """A bar from zero to the change; for a range the bar reaches its nearer end and a dotted line goes on to the farther one. The value stands on the free side of zero."""
    near, far = _span(row)
    reach = max(abs(near), abs(far))
    paint = colour(row.direction)
    figure = blank(74, margin={"l": 4, "r": 4, "t": 8, "b": 20})
    figure.update_xaxes(range=[-1.1 * reach, 1.1 * reach], showticklabels=True, tickvals=[0], ticktext=["0"])
    figure.update_yaxes(range=[-1, 1], visible=False)
    figure.add_shape(type="line", x0=0, x1=0, y0=-1, y1=1, line={"color": NEUTRAL, "width": 1.5})
    loose = row.change_bound in (*OPEN_BOUNDS, *LOOSE_BOUNDS)
    figure.add_trace(
        go.Bar(
            x=[near],
            y=[0],
            orientation="h",
            width=0.7,
            marker={"color": paint, "opacity": 0.55 if loose else 1.0, "line": {"color": paint, "width": 2}},
            hovertext=[hover_text(row, lang)],
            hoverinfo="text",
        )
    )
    if near != far:
        figure.add_trace(go.Scatter(x=[near, far], y=[0, 0], mode="lines", line={"color": paint, "width": 6, "dash": "dot"}, hoverinfo="skip"))
    side, shift = ("right", -10) if far > 0 else ("left", 10)
    figure.add_annotation(x=0, y=0, text=f"<b>{safe(row.change_label)}</b>", xanchor=side, xshift=shift, font={"size": SIZE}, showarrow=False)
    return figure


def _span(row: Any) -> tuple[float, float]:
    """The end of the change nearer to zero and the farther one; `places` count upwards as printed."""
    ends = (row.change_value, row.change_value) if row.change_value == row.change_value else (row.change_low, row.change_high)
    near, far = sorted((float(ends[0]), float(ends[1])), key=abs)
    return near, far
