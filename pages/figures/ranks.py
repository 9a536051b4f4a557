"""A place in a ranking, before and after, with 1 on top."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.schema import Lang
from pages.figures.hover import hover_text
from pages.figures.style import FAINT, NEUTRAL, SIZE, blank, colour, safe


def rank_slope(row: Any, lang: Lang) -> go.Figure:
    """A slope from the earlier place to the later one. The first place is the upper edge; a derived place is hollow."""
    before, after = float(row.before_value), float(row.after_value)
    figure = blank(150, margin={"l": 4, "r": 4, "t": 10, "b": 10})
    figure.update_yaxes(range=[max(before, after) * 1.12 + 0.5, 0.4], visible=False)
    figure.update_xaxes(range=[-0.9, 1.9], visible=False)
    for x in (0, 1):
        figure.add_shape(type="line", x0=x, x1=x, y0=1, y1=max(before, after), line={"color": FAINT, "width": 1})
    figure.add_trace(go.Scatter(x=[0, 1], y=[before, after], mode="lines", line={"color": colour(row.direction), "width": 3}, hoverinfo="skip"))
    for end, x, value in (("before", 0, before), ("after", 1, after)):
        hollow = getattr(row, f"{end}_origin") == "derived"
        label = safe(getattr(row, f"{end}_label"))
        figure.add_trace(
            go.Scatter(
                x=[x],
                y=[value],
                mode="markers+text",
                marker={
                    "size": 13,
                    "color": NEUTRAL if end == "before" else colour(row.direction),
                    "symbol": "circle-open" if hollow else "circle",
                    "line": {"width": 2, "color": NEUTRAL if end == "before" else colour(row.direction)},
                },
                text=[f"  <b>{label}</b>" if end == "after" else f"{label}  "],
                textposition="middle right" if end == "after" else "middle left",
                textfont={"size": SIZE},
                hovertext=[hover_text(row, lang)],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    figure.add_annotation(x=-0.9, xanchor="left", y=1, text="1", font={"size": 11}, showarrow=False)
    figure.add_shape(type="line", x0=-0.8, x1=1.9, y0=1, y1=1, line={"color": FAINT, "width": 1, "dash": "dot"})
    return figure
