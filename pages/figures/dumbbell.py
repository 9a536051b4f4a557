"""A metric with both ends: before → after in its own unit."""

from __future__ import annotations

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import NEUTRAL, direction_color
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import arrow_symbol, circle_symbol, dash, label, lines, marker, points, require_pair, segment
from pages.figures.style import base_figure
from pages.figures.text import escape
from pages.markup.palette import GUIDE

_HEIGHT = 84
_SHIFT = 21
"""Distance in px of a label from its mark: the earlier value below, the later one above, so that they never collide."""


def dumbbell(row: MetricRow, lang: Lang) -> go.Figure:
    """A line from before (grey) to after (in the color of the direction) on an axis from zero; derived ends are hollow.

    Raises ValueError if the row has no two ends in one unit.
    """
    before, after = require_pair(row)
    top = max(before, after)
    color, hover = direction_color(row.direction), hover_text(row, lang)
    start = marker(12, NEUTRAL, circle_symbol(row.before_origin))
    end = marker(15, color, arrow_symbol(before, after, row.after_origin, row.after_bound))
    return base_figure(
        _HEIGHT,
        [
            lines([before, after], [0, 0], color, 3, dash=dash(row.before_bound, row.after_bound)),
            points([before], [0], start, [hover]),
            points([after], [0], end, [hover]),
        ],
        margin=dict.fromkeys("lrtb", 4),
        xaxis={"range": [-0.02 * top, 1.04 * top], "showticklabels": False},
        yaxis={"range": [-1, 1], "visible": False},
        shapes=[segment([0, 1.04 * top], [0, 0], GUIDE, layer="below"), segment([0, 0], [-0.7, 0.7])],
        annotations=[
            label(before, 0, escape(row.before_label), yshift=-_SHIFT, xanchor=_anchor(before, top)),
            label(after, 0, f"<b>{escape(row.after_label)}</b>", yshift=_SHIFT, xanchor=_anchor(after, top)),
        ],
    )


def _anchor(value: float, top: float) -> str:
    """The anchor that keeps the label of a value inside an axis from 0 to `top`."""
    return "right" if value > 0.8 * top else "left" if value < 0.2 * top else "center"
