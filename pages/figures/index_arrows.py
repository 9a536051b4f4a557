"""Every comparable figure as an arrow from its baseline (100) on a logarithmic index axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.labels import say
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.memoize import memoize
from pages.figures.style import FAINT, FONT_SIZE, NEUTRAL, base_figure, direction_color, escape, keep_together, wrap

_LINE = 18
_MARK = 26
_HEAD = 30
_LABEL_EMS = 25.0  # 13 px each, so that a line fits a 390 px screen
_TICKS = {
    12.5: ("1/8", "⅛"),
    25: ("1/4", "¼"),
    50: ("减半", "halved"),
    100: ("持平", "same"),
    200: ("翻番", "doubled"),
    400: ("4倍", "×4"),
    800: ("8倍", "×8"),
}
OPEN_BOUNDS = ("over", "at_least", "under", "at_most")
APPROXIMATE_BOUNDS = ("nearly", "about")


@dataclass
class RowLayout:
    """A column of rows measured in px from the top."""

    depth: float = 0
    annotations: list[dict[str, Any]] = field(default_factory=list)

    def write(self, text: str, bold: bool = False) -> None:
        for line in wrap(text, _LABEL_EMS):
            shown = f"<b>{escape(line)}</b>" if bold else escape(line)
            self.annotations.append(
                {
                    "x": 0,
                    "xref": "paper",
                    "xanchor": "left",
                    "y": self.depth + _LINE / 2,
                    "yanchor": "middle",
                    "text": shown,
                    "showarrow": False,
                    "align": "left",
                }
            )
            self.depth += _LINE

    def skip(self, px: float) -> float:
        """Moves down and returns the middle of what was skipped."""
        self.depth += px
        return self.depth - px / 2


def index_range(indices: Sequence[float]) -> tuple[float, float]:
    """The axis range as log10 of the index: always from below halved to above doubled, with room for the labels at the ends."""
    ends = [_end(index) for index in (50.0, 200.0, *indices)]
    return min(ends) - 0.3, max(ends) + 0.33


def _end(index: float) -> float:
    """Where an index stands on the axis; a fall to nothing, which has no logarithm, at 1."""
    return math.log10(max(index, 1.0))


@memoize
def index_arrows(
    rows: Iterable[MetricRow],
    lang: Lang,
    headings: Mapping[str, str],
    words: Mapping[str, str],
    beside: Sequence[float] = (),
) -> go.Figure:
    """Arrows for the rows with an index, under a heading a case. Within a case the order is that of `rows`: by grade, never by size.

    `rows` are worded rows; those without an index are passed over. `headings` is {case_id: heading} in the order drawn; an empty heading is left out.
    `words` is {case_id: sentence} for cases that have nothing to compare. `beside` holds indices drawn in other charts that share this axis.
    """
    comparable = [row for row in rows if row.index is not None]
    axis = index_range([*(row.index for row in comparable), *beside])
    layout, drawn, depths = RowLayout(), [], []
    for case_id, heading in headings.items():
        if heading:
            layout.skip(10)
            layout.write(heading, bold=True)
        if case_id in words:
            layout.write(words[case_id])
        for row in (row for row in comparable if row.case_id == case_id):
            if heading:
                layout.write(
                    f"{row.name}  {keep_together(row.before_label)} → {keep_together(row.after_label)}"
                    if row.before_label and row.after_label
                    else row.name
                )
            depths.append(layout.skip(_MARK))
            drawn.append(row)
    ticks = _ticks(axis, lang)
    return base_figure(
        int(layout.depth) + _HEAD + 8,
        _arrows(drawn, depths, lang),
        annotations=layout.annotations,
        shapes=[_rules(ticks["tickvals"], depths, FAINT), _rules([2], depths, NEUTRAL)],
        margin={"l": 0, "r": 0, "t": _HEAD, "b": 8},
        xaxis={"range": list(axis), "side": "top", **ticks},
        yaxis={"range": [layout.depth, 0], "visible": False},
    )


def _ticks(axis: tuple[float, float], lang: Lang) -> dict[str, Any]:
    shown = [value for value in _TICKS if axis[0] + 0.05 <= math.log10(value) <= axis[1] - 0.05]
    return {
        "tickmode": "array",
        "tickvals": [math.log10(value) for value in shown],
        "ticktext": [say(lang, *_TICKS[value]) for value in shown],
    }


def _rules(at: Iterable[float], depths: Iterable[float], paint: str) -> dict[str, Any]:
    """Upright lines at these axis values beside every mark, and only there: they never run through the words between."""
    path = " ".join(
        f"M {x:.6g},{depth - _MARK / 2:.6g} L {x:.6g},{depth + _MARK / 2:.6g}" for depth in depths for x in at
    )
    return {
        "type": "path",
        "path": path,
        "layer": "below",
        "line": {"color": paint, "width": 1.5 if paint == NEUTRAL else 1},
    }


def _arrows(rows: Sequence[MetricRow], depths: Sequence[float], lang: Lang) -> list[dict[str, Any]]:
    """The arrows as few traces, because each costs the browser a millisecond: the shafts and stripes by their look, all baseline marks, all heads."""
    if not rows:
        return []
    lines: dict[tuple[str, int, str], list[tuple[float, float, float]]] = {}
    for row, depth in zip(rows, depths, strict=True):
        end, paint = _end(row.index), direction_color(row.direction)
        lines.setdefault((paint, 3, "dot" if row.index_bound in APPROXIMATE_BOUNDS else "solid"), []).append(
            (2, end, depth)
        )
        if row.doubtful:
            lines.setdefault((paint, 11, "2px,2px"), []).append((end + (0.045 if end < 2 else -0.045), end, depth))
    return [*(_lines(look, found) for look, found in lines.items()), _starts(rows, depths), _heads(rows, depths, lang)]


def _lines(look: tuple[str, int, str], found: Iterable[tuple[float, float, float]]) -> dict[str, Any]:
    """Lines of one colour, width and dash, each from a place to a place at a depth."""
    paint, width, dash = look
    x, y = zip(
        *(point for start, end, depth in found for point in ((start, depth), (end, depth), (None, None))), strict=True
    )
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": paint, "width": width, "dash": dash},
        "hoverinfo": "skip",
    }


def _starts(rows: Sequence[MetricRow], depths: Sequence[float]) -> dict[str, Any]:
    symbols = ["circle-open" if row.before_origin == "derived" else "circle" for row in rows]
    marker = {"size": 9, "color": NEUTRAL, "symbol": symbols, "line": {"width": 2, "color": NEUTRAL}}
    return {
        "type": "scatter",
        "x": [2] * len(rows),
        "y": depths,
        "mode": "markers",
        "marker": marker,
        "hoverinfo": "skip",
    }


def _heads(rows: Sequence[MetricRow], depths: Sequence[float], lang: Lang) -> dict[str, Any]:
    ends, paints = [_end(row.index) for row in rows], [direction_color(row.direction) for row in rows]
    return {
        "type": "scatter",
        "x": ends,
        "y": depths,
        "mode": "markers+text",
        "marker": {
            "size": 13,
            "color": paints,
            "symbol": list(map(_symbol, rows)),
            "line": {"width": 2, "color": paints},
        },
        "text": [f"<b>{escape(row.change_label)}</b>" for row in rows],
        "textposition": ["middle right" if end >= 2 else "middle left" for end in ends],
        "textfont": {"size": FONT_SIZE},
        "cliponaxis": False,
        "hovertext": [hover_text(row, lang) for row in rows],
        "hoverinfo": "text",
        "customdata": [[row.case_id, row.metric_id] for row in rows],
    }


def _symbol(row: MetricRow) -> str:
    end = _end(row.index)
    shape = "diamond" if end == 2 else "triangle-right" if end > 2 else "triangle-left"
    return f"{shape}-open" if row.index_bound in OPEN_BOUNDS or row.after_origin == "derived" else shape
