"""Levels or differences in one unit beside one another, as bars from zero."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import NEUTRAL, direction_color
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import bar, segment
from pages.figures.row_layout import RowLayout, name_row
from pages.figures.style import FONT_SIZE, base_figure
from pages.figures.text import escape

_BAR_HEIGHT = 26
_BOTTOM = 8
"""Bottom margin in px."""
_LABEL = {"textposition": "outside", "textfont": {"size": FONT_SIZE}, "constraintext": "none", "cliponaxis": False}


def level_bars(rows: Sequence[MetricRow], sizes: Sequence[float], lang: Lang, changes: bool = False) -> go.Figure:
    """A bar for each row from zero to its later value, with its name above and its value beside it.

    `sizes` are the values in one base unit, in the order of `rows`; with `changes` they are those of the changes.
    """
    layout, traces = RowLayout(), []
    for row, size in zip(rows, sizes, strict=True):
        layout.write(name_row(row))
        depth, hover = layout.skip(_BAR_HEIGHT), hover_text(row, lang)
        written, bound = (row.change_label, row.change_bound) if changes else (row.after_label, row.after_bound)
        value = {"text": [f"<b>{escape(written)}</b>"], "customdata": [[row.case_id, row.metric_id]]}
        color = direction_color(row.direction) if changes else NEUTRAL
        traces.append(bar(size, depth, 14, color, 1.5, bound, hover, **value, **_LABEL))
    return base_figure(
        int(layout.depth) + _BOTTOM,
        traces,
        annotations=layout.annotations,
        margin={"l": 0, "r": 0, "t": 0, "b": _BOTTOM},
        xaxis={"range": [min(0, *sizes) * 1.6, max(0, *sizes) * 1.6], "visible": False},
        yaxis={"range": [layout.depth, 0], "visible": False},
        shapes=[segment([0, 0], [0, layout.depth])],
    )
