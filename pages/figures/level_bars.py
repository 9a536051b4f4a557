"""Levels of one unit beside one another: bars from zero, equals among equals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.index_arrows import APPROXIMATE_BOUNDS, OPEN_BOUNDS, RowLayout
from pages.figures.style import FONT_SIZE, NEUTRAL, base_figure, escape

_BAR = 26
_FOOT = 8


def level_bars(rows: Sequence[MetricRow], sizes: Sequence[float], lang: Lang) -> go.Figure:
    """A bar a row from zero to its later value, its label above and its value beside it.

    `sizes` are the values in one base unit, in the order of `rows`. A bound is drawn as a lighter bar; the value says which.
    """
    layout, traces = RowLayout(), []
    for row, size in zip(rows, sizes, strict=True):
        layout.write(f"{row.case_number}  {row.name}")
        traces.append(_bar(row, size, layout.skip(_BAR), lang))
    return base_figure(
        int(layout.depth) + _FOOT,
        traces,
        annotations=layout.annotations,
        margin={"l": 0, "r": 0, "t": 0, "b": _FOOT},
        xaxis={"range": [0, max(sizes) * 1.6], "visible": False},
        yaxis={"range": [layout.depth, 0], "visible": False},
        shapes=[
            {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": layout.depth, "line": {"color": NEUTRAL, "width": 1}}
        ],
    )


def _bar(row: MetricRow, size: float, depth: float, lang: Lang) -> dict[str, Any]:
    loose = row.after_bound in (*OPEN_BOUNDS, *APPROXIMATE_BOUNDS)
    return {
        "type": "bar",
        "orientation": "h",
        "x": [size],
        "y": [depth],
        "width": 14,
        "marker": {"color": NEUTRAL, "opacity": 0.55 if loose else 1.0, "line": {"color": NEUTRAL, "width": 1.5}},
        "text": [f"<b>{escape(row.after_label)}</b>"],
        "textposition": "outside",
        "textfont": {"size": FONT_SIZE},
        "constraintext": "none",
        "cliponaxis": False,
        "hovertext": [hover_text(row, lang)],
        "hoverinfo": "text",
        "customdata": [[row.case_id, row.metric_id]],
    }
