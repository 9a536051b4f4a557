"""One figure with both ends: before → after in its own unit."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.schema import Lang
from pages.figures.hover import hover_text
from pages.figures.index_arrows import LOOSE_BOUNDS, OPEN_BOUNDS
from pages.figures.style import FAINT, NEUTRAL, SIZE, blank, colour, safe

_HEIGHT = 84


def drawable(row: Any) -> bool:
    """Whether both ends are single numbers in one unit."""
    return row.before_value == row.before_value and row.after_value == row.after_value and row.before_unit_id == row.after_unit_id


def dumbbell(row: Any, lang: Lang) -> go.Figure:
    """Before (light) → after (solid) on an axis that starts at zero; a derived end is hollow, both values stand at their marks."""
    before, after = float(row.before_value), float(row.after_value)
    top = max(before, after)
    paint = colour(row.direction)
    figure = blank(_HEIGHT, margin={"l": 4, "r": 4, "t": 4, "b": 4})
    figure.update_xaxes(range=[-0.02 * top, 1.04 * top], showticklabels=False, showline=False)
    figure.update_yaxes(range=[-1, 1], visible=False)
    figure.add_shape(type="line", x0=0, x1=1.04 * top, y0=0, y1=0, line={"color": FAINT, "width": 1})
    figure.add_shape(type="line", x0=0, x1=0, y0=-0.7, y1=0.7, line={"color": NEUTRAL, "width": 1})
    dash = "dot" if {row.before_bound, row.after_bound} & set(LOOSE_BOUNDS) else "solid"
    figure.add_trace(go.Scatter(x=[before, after], y=[0, 0], mode="lines", line={"color": paint, "width": 3, "dash": dash}, hoverinfo="skip"))
    for end, value, symbol, size in (("before", before, "circle", 12), ("after", after, _head(before, after), 15)):
        hollow = getattr(row, f"{end}_origin") == "derived" or (end == "after" and row.after_bound in OPEN_BOUNDS)
        figure.add_trace(
            go.Scatter(
                x=[value],
                y=[0],
                mode="markers",
                marker={
                    "size": size,
                    "color": NEUTRAL if end == "before" else paint,
                    "symbol": f"{symbol}-open" if hollow else symbol,
                    "line": {"width": 2, "color": NEUTRAL if end == "before" else paint},
                },
                hovertext=[hover_text(row, lang)],
                hoverinfo="text",
            )
        )
    _labels(figure, row, before, after, top)
    return figure


def _head(before: float, after: float) -> str:
    if before == after:
        return "diamond"
    return "triangle-right" if after > before else "triangle-left"


def _labels(figure: go.Figure, row: Any, before: float, after: float, top: float) -> None:
    """The later value above its mark, the earlier one below, so that they never meet however close the marks stand."""
    for end, value, shift in (("before", before, -21), ("after", after, 21)):
        text = safe(getattr(row, f"{end}_label"))
        anchor = "right" if value > 0.8 * top else "left" if value < 0.2 * top else "center"
        figure.add_annotation(x=value, y=0, yshift=shift, xanchor=anchor, text=f"<b>{text}</b>" if end == "after" else text, font={"size": SIZE}, showarrow=False)
