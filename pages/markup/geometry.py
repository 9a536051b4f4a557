"""Where the marks of a metric lie, in per cent of its axis, and which kind of chart its grade allows."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Literal, NamedTuple

from data.wording.findings import CaseFindings
from data.wording.index_axis import IndexAxis, span_axis
from data.wording.rows import MetricRow

Span = tuple[float, float]
Kind = Literal["slope", "line", "index", "steps", "words", "number"]
WHOLE = 100.0
"""The end of the axis of a share, in per cent."""
NEAR_START, NEAR_END = 20.0, 80.0
"""Positions in per cent up to which, and from which on, a label is aligned with its mark instead of centered on it."""
DOT_LARGEST, DOT_SMALLEST = 30, 7
"""Diameter in px of the dot of the largest count of a matrix, and of one."""
DOT_HOLDS = 20
"""Diameter in px of a dot that holds a number of two digits."""


class EndsLine(NamedTuple):
    """Both ends of a metric in per cent of an axis that holds zero, the line between them, and where it points."""

    zero: float
    before: Span
    after: Span
    shaft: Span
    way: str


def chart_kind(row: MetricRow) -> Kind:
    """Return the chart that a metric may have: its grade and what is stated decide."""
    if row.before_span and row.after_span and row.before_unit_id == row.after_unit_id:
        return "slope" if row.dimension == "rank" and row.before_value and row.after_value else "line"
    if row.index is not None and row.rule.drawing in ("index", "plan"):
        return "index"
    if row.before_label and row.after_label:
        return "steps"
    return "words" if row.rule.drawing == "words" else "number"


def ends_line(row: MetricRow) -> EndsLine:
    """Return the ends of a metric that has a number, or a range, at both; the axis of a share ends at the whole."""
    assert row.before_span and row.after_span
    values = (*row.before_span, *row.after_span, 0.0, *((WHOLE,) if row.dimension == "share" else ()))
    low, high = min(values), max(values) if max(values) > min(values) else min(values) + 1

    def place(span: Span) -> Span:
        return 100 * (span[0] - low) / (high - low), 100 * (span[1] - low) / (high - low)

    start, end = _facing(row.before_span, row.after_span)
    left, right = place((min(start, end), max(start, end)))
    (zero, _), way = place((0, 0)), arrow_way(start, end)
    return EndsLine(zero, place(row.before_span), place(row.after_span), (left, right), way)


def _facing(before: Span, after: Span) -> Span:
    """Return the edges of two ranges that face each other; the middle of both where they overlap."""
    if before[1] <= after[0]:
        return before[1], after[0]
    if after[1] <= before[0]:
        return before[0], after[1]
    return sum(before) / 2, sum(after) / 2


def arrow_way(start: float, end: float) -> str:
    """Return where an arrow points: left, right, or nowhere ("level")."""
    return "level" if start == end else "right" if end > start else "left"


def align(place: float) -> str:
    """Return how a label keeps inside the axis: aligned with its mark near the ends, otherwise centered on it."""
    return "start" if place < NEAR_START else "stop" if place > NEAR_END else "middle"


def rank_places(row: MetricRow) -> Span:
    """Return both places of a ranking in per cent from the first, which is on top."""
    assert row.before_value and row.after_value
    lowest = max(row.before_value, row.after_value, 2.0)
    return 100 * (row.before_value - 1) / (lowest - 1), 100 * (row.after_value - 1) / (lowest - 1)


def share_axis(rows: Iterable[MetricRow]) -> IndexAxis:
    """Return the axis that the metrics drawn as an index share."""
    return span_axis(row.index for row in rows if row.rule.drawing == "index" and row.index is not None)


def list_arrows(cases: Iterable[CaseFindings]) -> list[float]:
    """Return the indices of all arrows of these cases, also of those that a reader opens."""
    findings = (finding for case in cases for finding in (*case.first, *case.more) if finding.arrow)
    return [finding.row.index for finding in findings if finding.row.index is not None]


def scale_dot(count: int, largest: int) -> int:
    """Return the diameter of a dot in px: its area grows with the count."""
    return max(DOT_SMALLEST, round(DOT_LARGEST * sqrt(count / largest)))
