"""A change without its ends: a signed length from zero in its own unit, never an index."""

from __future__ import annotations

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import direction_color
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import bar, label, lines, segment
from pages.figures.memoize import memoize
from pages.figures.style import base_figure
from pages.figures.text import escape

_HEIGHT = 74


@memoize
def difference_bar(row: MetricRow, lang: Lang) -> go.Figure:
    """A bar from zero to the change; for a range, to the nearer limit, with a dotted line to the farther one.

    The label is on the other side of zero. Places of a rank count as printed: upwards is to the right.

    Raises ValueError if the row has no numeric change.
    """
    near, far = _limits(row)
    color, reach = direction_color(row.direction), abs(far)
    traces = [bar(near, 0, 0.7, color, 2, row.change_bound, hover_text(row, lang))]
    if near != far:
        traces.append(lines([near, far], [0, 0], color, 6, dash="dot"))
    side, shift = ("right", -10) if far > 0 else ("left", 10)
    return base_figure(
        _HEIGHT,
        traces,
        margin={"l": 4, "r": 4, "t": 8, "b": 20},
        xaxis={"range": [-1.1 * reach, 1.1 * reach], "tickvals": [0], "ticktext": ["0"]},
        yaxis={"range": [-1, 1], "visible": False},
        shapes=[segment([0, 0], [-1, 1], width=1.5)],
        annotations=[label(0, 0, f"<b>{escape(row.change_label)}</b>", xanchor=side, xshift=shift)],
    )


def _limits(row: MetricRow) -> tuple[float, float]:
    """The limit of the change nearer to zero, and the farther one; equal unless the change is a range."""
    low, high = (row.change_low, row.change_high) if row.change_value is None else (row.change_value, row.change_value)
    if low is None or high is None:
        raise ValueError(f"{row.metric_id} has no numeric change")
    near, far = sorted((low, high), key=abs)
    return near, far
