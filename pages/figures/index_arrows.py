"""Every comparable metric as an arrow from its baseline (100) on a logarithmic index axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import NEUTRAL, direction_color
from data.wording.index_axis import TICKS, log_index, name_tick
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import Part, arrow_symbol, circle_symbol, dash, lines, marker, points
from pages.figures.row_layout import RowLayout
from pages.figures.style import FONT_SIZE, base_figure
from pages.figures.text import escape
from pages.markup.palette import GUIDE

_MARK_HEIGHT = 26
_TOP, _BOTTOM = 30, 8
"""Margins in px; the ticks are in the upper one."""
_BASELINE = 2
"""log10 of the index 100."""
_NO_BREAK_SPACE = "\u00a0"
"""Keeps a number on the line of its unit when a label is wrapped."""


class _Arrow(NamedTuple):
    """A metric with the place of its arrow head: log10 of its index, and px from the top."""

    row: MetricRow
    x: float
    y: float


def index_arrows(
    rows: Iterable[MetricRow], lang: Lang, headings: Mapping[str, str], beside: Sequence[float] = ()
) -> go.Figure:
    """An arrow for each row with an index, below the heading of its case; within a case in the order of `rows`.

    `headings` is {case_id: heading} in the order drawn; below an empty heading the arrows have no labels.
    `beside` are the indices of charts that share the axis.
    """
    comparable = [(row, log_index(row.index)) for row in rows if row.index is not None]
    layout, arrows = RowLayout(), []
    for case_id, heading in headings.items():
        if heading:
            layout.skip(10)
            layout.write(heading, bold=True)
        for row, x in comparable:
            if row.case_id == case_id:
                if heading:
                    layout.write(_label(row))
                arrows.append(_Arrow(row, x, layout.skip(_MARK_HEIGHT)))
    axis = _axis([*(x for _, x in comparable), *map(log_index, beside)], lang)
    return base_figure(
        int(layout.depth) + _TOP + _BOTTOM,
        [*_shafts(arrows), _starts(arrows), _heads(arrows, lang)] if arrows else [],
        annotations=layout.annotations,
        shapes=[_rules(axis["tickvals"], arrows, GUIDE, 1), _rules([_BASELINE], arrows, NEUTRAL, 1.5)],
        margin={"l": 0, "r": 0, "t": _TOP, "b": _BOTTOM},
        xaxis=axis,
        yaxis={"range": [layout.depth, 0], "visible": False},
    )


def _label(row: MetricRow) -> str:
    ends = [label.replace(" ", _NO_BREAK_SPACE) for label in (row.before_label, row.after_label) if label]
    return f"{row.name}  {' → '.join(ends)}" if len(ends) == 2 else row.name


def _axis(ends: Sequence[float], lang: Lang) -> Part:
    """The axis, at least from below halved to above doubled, with room for the labels at the arrow heads."""
    low, high = min([*ends, log_index(50)]) - 0.3, max([*ends, log_index(200)]) + 0.33
    ticks = [index for index in TICKS if low + 0.05 <= math.log10(index) <= high - 0.05]
    return {
        "range": [low, high],
        "side": "top",
        "tickmode": "array",
        "tickvals": [math.log10(index) for index in ticks],
        "ticktext": [name_tick(index, lang) for index in ticks],
    }


def _rules(ticks: Iterable[float], arrows: Iterable[_Arrow], color: str, width: float) -> Part:
    """Vertical lines at `ticks`, only as high as the arrows, so that none runs through the text between them."""
    half = _MARK_HEIGHT / 2
    path = " ".join(f"M {x:.6g},{y - half:.6g} L {x:.6g},{y + half:.6g}" for _, _, y in arrows for x in ticks)
    return {"type": "path", "path": path, "layer": "below", "line": {"color": color, "width": width}}


def _shafts(arrows: Iterable[_Arrow]) -> list[Part]:
    """Shafts, and stripes at the heads of doubtful metrics: one trace a style, because a browser needs 1 ms a trace."""
    traces: dict[tuple[str, int, str], Part] = {}
    for row, x, y in arrows:
        color = direction_color(row.direction)
        shafts: list[tuple[str, int, str, float]] = [(color, 3, dash(row.index_bound), _BASELINE)]
        if row.doubtful:
            shafts.append((color, 11, "2px,2px", x + (0.045 if x < _BASELINE else -0.045)))
        for color, width, pattern, start in shafts:
            trace = traces.setdefault((color, width, pattern), lines([], [], color, width, dash=pattern))
            trace["x"] += [start, x, None]
            trace["y"] += [y, y, None]
    return list(traces.values())


def _starts(arrows: Sequence[_Arrow]) -> Part:
    symbols = [circle_symbol(row.before_origin) for row, _, _ in arrows]
    return points([_BASELINE] * len(arrows), [y for _, _, y in arrows], marker(9, NEUTRAL, symbols))


def _heads(arrows: Sequence[_Arrow], lang: Lang) -> Part:
    rows, x, y = (list(values) for values in zip(*arrows, strict=True))
    colors = [direction_color(row.direction) for row in rows]
    symbols = [arrow_symbol(_BASELINE, end, row.after_origin, row.index_bound) for row, end, _ in arrows]
    return points(
        x,
        y,
        marker(13, colors, symbols),
        [hover_text(row, lang) for row in rows],
        mode="markers+text",
        text=[f"<b>{escape(row.change_label)}</b>" for row in rows],
        textposition=["middle right" if end >= _BASELINE else "middle left" for end in x],
        textfont={"size": FONT_SIZE},
        cliponaxis=False,
        customdata=[[row.case_id, row.metric_id] for row in rows],
    )
