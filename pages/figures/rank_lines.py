"""Places of several rankings, each on a line of its own, with the first place at the left."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import NEUTRAL, direction_color
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import circle_symbol, lines, marker, points, segment
from pages.figures.row_layout import RowLayout, name_row
from pages.figures.style import FONT_SIZE, base_figure
from pages.figures.text import escape
from pages.markup.palette import GUIDE

_LINE_HEIGHT = 26
_BOTTOM = 8
"""Bottom margin in px."""
_TEXT = {"mode": "text", "textposition": "middle right", "textfont": {"size": FONT_SIZE}, "cliponaxis": False}


def rank_lines(rows: Sequence[MetricRow], lang: Lang) -> go.Figure:
    """A line for each row between its places before, hollow if derived, and after, with its name above.

    Raises ValueError if a row has no place after.
    """
    layout, traces, last = RowLayout(), [], 2.0
    for row in rows:
        if row.after_value is None:
            raise ValueError(f"{row.metric_id} has no place in a ranking")
        layout.write(name_row(row))
        depth, color = layout.skip(_LINE_HEIGHT), direction_color(row.direction)
        start = row.after_value if row.before_value is None else row.before_value
        last = max(last, start, row.after_value)
        traces.append(lines([start, row.after_value], [depth, depth], color, 3))
        if row.before_value is not None:
            traces.append(points([start], [depth], marker(9, NEUTRAL, circle_symbol(row.before_origin))))
        traces.append(points([row.after_value], [depth], marker(11, color, "circle"), [hover_text(row, lang)]))
        ends = " → ".join(label for label in (row.before_label, row.after_label) if label)
        written = f"   <b>{escape(ends)}</b>  {escape(row.change_label)}"
        place = {"x": [max(start, row.after_value)], "y": [depth]}
        traces.append({"type": "scatter", **place, "text": [written], "hoverinfo": "skip", **_TEXT})
    return base_figure(
        int(layout.depth) + _BOTTOM,
        traces,
        annotations=layout.annotations,
        margin={"l": 8, "r": 0, "t": 0, "b": _BOTTOM},
        xaxis={"range": [0.8, last * 1.6], "visible": False},
        yaxis={"range": [layout.depth, 0], "visible": False},
        shapes=[segment([1, 1], [0, layout.depth], GUIDE)],
    )
