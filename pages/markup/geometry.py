"""Where the marks of metrics lie, in per cent of their axis, for the page and for pictures alike, and which kind of
chart a metric may have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count, pairwise
from math import ceil, floor, log10, sqrt
from typing import Literal, NamedTuple, get_args

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.schema import Bound, Lang, Unit
from data.wording.compare import Group, measure, measure_before
from data.wording.findings import CaseFindings, Finding, GapRow
from data.wording.formatting import format_number, format_value
from data.wording.index_axis import BASELINE, IndexAxis, name_tick, span_axis
from data.wording.labels import t
from data.wording.marks import find_marks
from data.wording.rows import MetricRow
from data.wording.words import Mark as MarkName
from pages.markup.text_width import text_width

Span = tuple[float, float]
Ticks = Sequence[tuple[float, str]]
"""Places on an axis in per cent, with their words."""
Kind = Literal["line", "index", "steps", "words", "number"]
WHOLE = 100.0
"""The end of the axis of a share, in per cent."""
ROOM = 22.0
"""What of an axis of values lies beyond its numbers at either end, for labels, in per cent."""
REACH, RANKS = 50.0, (30.0, 75.0)
"""Where an axis of values ends, which leaves room for labels, and the ends of one of ranks, in per cent."""
MAX_TICKS, NARROWEST = 5, 29.5
"""How many ticks an axis of values may have, and its width on a phone, in letters of their words."""
DOT_LARGEST, DOT_SMALLEST = 30, 7
"""Diameter in px of the dot of the largest count of a matrix, and of one."""
_IN_LEGEND = {
    "arrow": {"hollow_head": "hollow"},
    "bar": {"open_head": "open_end", "hollow": "", "hollow_head": ""},
}
"""What legends call what is seen of a mark, where that is not its name; a bar is never hollow."""


class Mark(NamedTuple):
    """An arrow from its earlier place to its later one, or a bar from the first to the second; either end may be a
    range. `bounds` are those of its numbers, the last one that of its end; all its words stand at its right if they
    are `behind` it, as on an axis from zero, where a head may be so near that nothing fits left of it.
    """

    kind: Literal["arrow", "bar"]
    before: Span
    after: Span
    bounds: tuple[Bound | None, ...] = ()
    behind: bool = False

    @property
    def start(self) -> float:
        """Where the shaft starts: the edge of the earlier range that faces the later one."""
        return _facing(self.before, self.after)[0]

    @property
    def end(self) -> float:
        """Where the shaft ends."""
        return _facing(self.before, self.after)[1]

    @property
    def way(self) -> str:
        """Where it points: left, right, or nowhere ("level")."""
        return "level" if self.start == self.end else "right" if self.end > self.start else "left"


class Scale(NamedTuple):
    """The ticks of an axis and the marks of metrics on it, in their order; None has no mark, and its words begin at the
    `origin`.
    """

    ticks: Ticks
    marks: Sequence[Mark | None]
    origin: float = 0.0


class Findings(NamedTuple):
    """The axis of what cases report: its ticks, where the earlier level lies, and the axis, which is None without any
    arrow.
    """

    ticks: Ticks
    origin: float
    axis: IndexAxis | None

    def mark(self, finding: Finding) -> Mark | None:
        """Return the arrow of a finding; None if it is told in words."""
        return mark_index(finding.row, self.axis) if self.axis and finding.arrow else None


def _facing(before: Span, after: Span) -> Span:
    """Return the edges of two ranges that face each other; the middle of both where they overlap."""
    if before[1] <= after[0]:
        return before[1], after[0]
    if after[1] <= before[0]:
        return before[0], after[1]
    return sum(before) / 2, sum(after) / 2


def chart_kind(row: MetricRow) -> Kind:
    """Return the chart that a metric may have: its grade and what is stated decide."""
    if row.before_span and row.after_span and row.before_unit_id == row.after_unit_id:
        return "line"
    if row.index is not None and row.rule.drawing in ("index", "plan"):
        return "index"
    if row.before_label and row.after_label:
        return "steps"
    return "words" if row.rule.drawing == "words" else "number"


def mark_index(row: MetricRow, axis: IndexAxis) -> Mark | None:
    """Return the arrow of an index from the earlier level; None without an index."""
    if row.index is None:
        return None
    start, end = axis.place(BASELINE), axis.place(row.index)
    return Mark("arrow", (start, start), (end, end), (row.index_bound,))


def scale_ends(row: MetricRow, lang: Lang) -> Scale:
    """Return the scale of a metric that has a number, or a range, at both ends: from zero, for a rank from the first
    place, for a share to the whole.
    """
    assert row.before_span and row.after_span
    origin = 1.0 if row.dimension == "rank" else 0.0
    values = (*row.before_span, *row.after_span, origin, *((WHOLE,) if row.dimension == "share" else ()))
    low, high = min(values), max(values) if max(values) > min(values) else min(values) + 1

    def place(value: float) -> float:
        return ROOM + (100 - 2 * ROOM) * (value - low) / (high - low)

    before, after = ((place(span[0]), place(span[1])) for span in (row.before_span, row.after_span))
    word = t(lang, "第1位", "1st") if row.dimension == "rank" else "0"
    return Scale([(place(origin), word)], [Mark("arrow", before, after, (row.before_bound, row.after_bound))])


def scale_group(group: Group, units: Mapping[str, Unit], lang: Lang) -> Scale:
    """Return the scale that metrics share, with their marks in the order of the group."""
    sizes = measure(group, units)
    if group.kind == "index":
        axis = span_axis(sizes)
        return Scale(name_ticks(axis, lang), [mark_index(row, axis) for row in group.rows])
    if group.kind == "rank":
        return _scale_ranks(group, sizes, units, lang)
    return _scale_values(group, sizes, units, lang)


def _scale_values(group: Group, sizes: Sequence[float], units: Mapping[str, Unit], lang: Lang) -> Scale:
    """Return an axis from zero, or from the largest fall, to the largest value; that of shares ends at the whole."""
    levels = group.kind == "level"
    share = levels and group.rows[0].dimension == "share"
    earlier = [measure_before(row, units) if levels else None for row in group.rows]
    numbers = [0.0, *sizes, *(value for value in earlier if value is not None)]
    low, high = min(numbers), max([*numbers, *([WHOLE * units[group.key].factor] if share else [])])
    reach = (high - low) or 1.0

    def place(value: float) -> Span:
        return (REACH * (value - low) / reach,) * 2

    zero = place(0.0)
    marks = [
        Mark("bar", zero, place(size), (row.after_bound if levels else row.change_bound,), behind=True)
        if was is None
        else Mark("arrow", place(was), place(size), (row.before_bound, row.after_bound), behind=True)
        for row, size, was in zip(group.rows, sizes, earlier, strict=True)
    ]
    unit, factor = None if group.key == "points" else units[group.rows[0].unit_id], 1.0
    if levels:
        _, at = max((abs(size), at) for at, size in enumerate(sizes))
        unit = units[group.rows[at].after_unit_id or group.key]
        factor = unit.factor
    ticks = _name_round(low / factor, high / factor, unit, lang)
    return Scale([(place(number * factor)[0], words) for number, words in ticks], marks, zero[0])


def _name_round(low: float, high: float, unit: Unit | None, lang: Lang) -> Ticks:
    """Return zero and the round numbers between two, as many as have room; nothing that is counted is broken.

    If there is no room for the unit at each, the last one alone has it. Points have no unit.
    """
    span = (high - low) or 1.0
    finest = floor(log10(span)) - 1
    powers = count(max(finest, 0) if unit and unit.dimension == "count" else finest)
    steps = (digit * 10.0**power for power in powers for digit in (1, 2, 5))
    tried = (
        [
            (at * step, _name_number(at * step, unit, lang, bare and at != (last or first)))
            for at in range(first, last + 1)
        ]
        for step in steps
        for first, last in [(ceil(low / step - 1e-9), floor(high / step + 1e-9))]
        for bare in (False, True)
    )
    return next(ticks for ticks in tried if len(ticks) <= MAX_TICKS and _has_room(ticks, span))


def _has_room(ticks: Ticks, span: float) -> bool:
    """Whether the words of ticks do not meet where the axis is narrowest."""
    return all(
        text_width(words + other) / 2 + 0.7 <= NARROWEST * REACH / 100 * (number - start) / span
        for (start, words), (number, other) in pairwise(ticks)
    )


def _name_number(number: float, unit: Unit | None, lang: Lang, bare: bool) -> str:
    if not number:
        return "0"
    if unit is None:
        return format_number(number) + ("" if bare else t(lang, "个百分点", " pp"))
    words = format_value(number, unit, lang)
    return words.removesuffix(unit.name[lang]).rstrip() if bare else words


def _scale_ranks(group: Group, sizes: Sequence[float], units: Mapping[str, Unit], lang: Lang) -> Scale:
    """Return an axis from the first place to the last that occurs."""
    starts = [
        size if row.before_value is None else row.before_value for row, size in zip(group.rows, sizes, strict=True)
    ]
    last, unit = max([*sizes, *starts, 2.0]), units[group.rows[0].unit_id]

    def place(rank: float) -> float:
        return RANKS[0] + (RANKS[1] - RANKS[0]) * (rank - 1) / (last - 1)

    ends = [(place(start), place(size)) for start, size in zip(starts, sizes, strict=True)]
    ticks = [(place(rank), format_value(rank, unit, lang)) for rank in (1, last)]
    pairs = zip(group.rows, ends, strict=True)
    return Scale(ticks, [Mark("arrow", (at, at), (end, end), (row.after_bound,)) for row, (at, end) in pairs])


def scale_metric(row: MetricRow, axis: IndexAxis, lang: Lang) -> Scale:
    """Return the scale of one metric as its grade allows, of an index on this axis; no ticks where there is none."""
    kind = chart_kind(row)
    if kind == "line":
        return scale_ends(row, lang)
    return Scale(name_ticks(axis, lang), [mark_index(row, axis)]) if kind == "index" else Scale([], [None])


def name_marks(row: MetricRow, mark: Mark | None) -> list[str]:
    """Return how a metric is drawn, in the names of kinds of marks, and of the classes of the page."""
    bounds = mark.bounds if mark else ()
    looks = {
        "improved": row.direction == "improved",
        "worsened": row.direction == "worsened",
        "hollow": row.before_origin == "derived",
        "hollow_head": row.after_origin == "derived",
        "open_head": bool(bounds) and bounds[-1] in OPEN_BOUNDS,
        "dotted": any(bound in APPROXIMATE_BOUNDS for bound in bounds),
        "dashed": row.doubtful and mark is not None and mark.kind == "arrow",
        "planned": not row.rule.is_evidence,
    }
    return [name for name, has in looks.items() if has]


def list_marks(group: Group, scale: Scale) -> list[MarkName]:
    """Return the kinds of marks that a group has on its scale, in the order of legends."""
    if group.kind == "index":
        return find_marks(group.rows)
    seen: set[str] = set()
    for row, mark in zip(group.rows, scale.marks, strict=True):
        assert mark
        single = group.kind == "rank" and row.before_value is None
        seen.add("bar" if mark.kind == "bar" else "place" if single else "pair")
        seen |= {_IN_LEGEND[mark.kind].get(name, name) for name in name_marks(row, mark)}
        seen |= {"unjudged"} if row.rule.has_change and row.direction is None else set()
    return [name for name in get_args(MarkName) if name in seen]


def scale_findings(cases: Iterable[CaseFindings], lang: Lang) -> Findings:
    """Return the axis of all arrows of these cases, also of those that a reader opens."""
    findings = [finding for case in cases for finding in (*case.first, *case.more) if finding.arrow]
    if not findings:
        return Findings([], 0.0, None)
    axis = span_axis(finding.row.index for finding in findings if finding.row.index is not None)
    return Findings(name_ticks(axis, lang), axis.place(BASELINE), axis)


def name_ticks(axis: IndexAxis, lang: Lang) -> Ticks:
    """Return the ticks of an axis of indices with their words."""
    return [(axis.place(index), name_tick(index, lang)) for index in axis.ticks]


def share_axis(rows: Iterable[MetricRow]) -> IndexAxis:
    """Return the axis that the metrics drawn as an index share."""
    return span_axis(row.index for row in rows if row.rule.drawing == "index" and row.index is not None)


def write_grid(scale: Scale | Findings) -> str:
    """Return upright lines at the ticks of an axis, as a background in CSS."""
    lines = (f"linear-gradient(var(--rule) 0 0) {place:.2f}% 0/1px 100% no-repeat" for place, _ in scale.ticks)
    return ",".join(lines) or "none"


def largest_gap(rows: Sequence[GapRow]) -> int:
    """Return the largest count of a domain and state."""
    return max([1, *(cell.count for row in rows if row.domain for cell in row.cells)])


def scale_dot(count: int, largest: int) -> int:
    """Return the diameter of a dot in px: its area grows with the count."""
    return max(DOT_SMALLEST, round(DOT_LARGEST * sqrt(count / largest)))
