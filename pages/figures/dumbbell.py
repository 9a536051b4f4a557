"""A metric with both ends: before → after in its own unit."""

from __future__ import annotations

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import (
    OPEN_BOUNDS,
    Part,
    arrow_symbol,
    dash,
    label,
    lines,
    marker,
    points,
    require_paired_values,
    segment,
)
from pages.figures.memoize import memoize
from pages.figures.style import base_figure
from pages.figures.text import escape
from pages.site.palette import GUIDE, NEUTRAL, direction_color

_HEIGHT = 84
_LABEL_SHIFT = 21
"""Distance of a label from its mark in px."""


@memoize
def dumbbell(row: MetricRow, lang: Lang) -> go.Figure:
    """A line from before (grey) to after (in the color of the direction) on an axis from zero; derived ends are hollow.

    Raises ValueError if the row has no two ends in one unit.
    """
    before, after = require_paired_values(row)
    top = max(before, after)
    color, hover = direction_color(row.direction), hover_text(row, lang)
    start = marker(12, NEUTRAL, "circle-open" if row.before_origin == "derived" else "circle")
    hollow = row.after_origin == "derived" or row.after_bound in OPEN_BOUNDS
    end = marker(15, color, arrow_symbol(before, after, hollow))
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
            _value_label(before, escape(row.before_label), -_LABEL_SHIFT, top),
            _value_label(after, f"<b>{escape(row.after_label)}</b>", _LABEL_SHIFT, top),
        ],
    )


def _value_label(value: float, text: str, shift: int, top: float) -> Part:
    """A label `shift` px above its mark; those of the two ends are on two sides, so that close ones do not collide."""
    anchor = "right" if value > 0.8 * top else "left" if value < 0.2 * top else "center"
    return label(value, 0, text, yshift=shift, xanchor=anchor)
