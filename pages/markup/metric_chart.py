"""One metric as a chart in HTML, drawn only as its grade allows, with marks in CSS.

Here are classes, words and positions in per cent of the axis; the drawing is in `templates/charts.css`. All words
are text, so that a screen reader gets what the marks show.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.schema import Lang
from data.wording.index_axis import IndexAxis, name_tick, span_axis
from data.wording.labels import DERIVED_WORDS, say
from data.wording.marks import explain_index
from data.wording.missing import has_derived_end, say_missing
from data.wording.rows import MetricRow
from pages.markup.marks import format_arrow, spoken, tone

_WHOLE = 100.0
"""The end of the axis of a share, in per cent."""
_NEAR_START, _NEAR_END = 20.0, 80.0
"""Positions in per cent up to which, and from which on, a label is aligned with its mark instead of centered on it."""

FORMULA_SEPARATOR = {"zh": "；", "en": "; "}
"""What stands between the formulas of a metric."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis that holds zero, from `low` to `high`, in the unit of its metric."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Where a value lies, in per cent from the start of the axis."""
        return 100 * (value - self.low) / (self.high - self.low)


def format_chart(row: MetricRow, lang: Lang, axis: IndexAxis | None = None) -> Markup:
    """Return the chart of a metric, without its finding, which stands above it.

    `axis` is the index axis that it shares with those beside it.
    """
    if row.before_span and row.after_span and row.before_unit_id == row.after_unit_id:
        if row.dimension == "rank" and row.before_value and row.after_value:
            return _frame(row, "slope", _draw_slope(row, row.before_value, row.after_value, lang), lang)
        return _frame(row, "line", _draw_line(row, row.before_span, row.after_span, lang), lang)
    if row.index is not None and row.rule.drawing in ("index", "plan"):
        return _frame(row, "index", _draw_index(row, axis or span_axis([row.index]), lang), lang)
    if row.before_label and row.after_label:
        return _frame(row, "steps", _write_steps(row, lang), lang)
    if row.rule.drawing == "words":
        return _frame(row, "words", _write_remark(say_missing(row, lang)), lang)
    return _frame(row, "number", _write_value(row, lang), lang)


def _frame(row: MetricRow, kind: str, marks: Markup, lang: Lang) -> Markup:
    """Return the marks in an element that has the color of their direction, with the formula of a derived end below."""
    style = " ".join(filter(None, (kind, tone(row), "" if row.rule.is_evidence else "planned")))
    chart = Markup('<div class="metric-chart {}">{}</div>').format(style, marks)
    return chart + _write_formula(row, lang)


def _write_formula(row: MetricRow, lang: Lang) -> Markup:
    """Return the formula of a derived end, which is the first of its formulas."""
    if not has_derived_end(row):
        return Markup("")
    end = row.formula_label.split(FORMULA_SEPARATOR[lang])[0]
    return Markup('<p class="derivation"><span aria-hidden="true">○</span> {}{}{}</p>').format(
        DERIVED_WORDS["title"][lang] + say(lang, "：", ": "),
        end,
        "" if row.dimension == "rank" else say(lang, f"（单位：{row.counted_in}）", f" (unit: {row.counted_in})"),
    )


def _draw_line(row: MetricRow, before: Span, after: Span, lang: Lang) -> Markup:
    """Return a line from the earlier end to the later one on an axis from zero; that of a share ends at the whole."""
    values = (*before, *after, 0.0, *((_WHOLE,) if row.dimension == "share" else ()))
    axis = _Axis(min(values), max(values) if max(values) > min(values) else min(values) + 1)
    start, end = _facing(before, after)
    left, right = sorted((axis.place(start), axis.place(end)))
    rough = any(bound in APPROXIMATE_BOUNDS for bound in (row.before_bound, row.after_bound))
    label_places = axis.place(sum(before) / 2), axis.place(sum(after) / 2)
    return Markup("").join(
        (
            Markup('<i class="track"></i><i class="zero" style="left:{:.2f}%"></i>').format(axis.place(0)),
            _draw_shaft(left, right, rough),
            _draw_span("before", before, axis, row.before_origin == "derived"),
            _draw_span("after", after, axis, row.after_origin == "derived", _head(row, start, end)),
            _label_zero(axis.place(0), *label_places),
            _label_end("before", row.before_label, label_places[0], lang),
            _label_end("after", row.after_label, label_places[1], lang),
            _write_change(row),
        )
    )


def _facing(before: Span, after: Span) -> Span:
    """Return the edges of two ranges that face each other; the middle of both where they overlap."""
    if before[1] <= after[0]:
        return before[1], after[0]
    if after[1] <= before[0]:
        return before[0], after[1]
    return sum(before) / 2, sum(after) / 2


def _head(row: MetricRow, start: float, end: float) -> str:
    """Return the classes of the mark at the later end: which way it points, and whether its bound is open."""
    way = "level" if start == end else "right" if end > start else "left"
    return f"{way} open" if row.after_bound in OPEN_BOUNDS else way


def _draw_shaft(left: float, right: float, rough: bool) -> Markup:
    return Markup('<i class="shaft{}" style="left:{:.2f}%;width:{:.2f}%"></i>').format(
        " dotted" if rough else "", left, right - left
    )


def _draw_span(side: str, span: Span, axis: _Axis, derived: bool, head: str = "") -> Markup:
    """Return the mark of an end: a point, or a band where it is a range."""
    style = " ".join(filter(None, (side, "hollow" if derived else "", head)))
    left, right = axis.place(span[0]), axis.place(span[1])
    if left != right:
        return Markup('<i class="band {}" style="left:{:.2f}%;width:{:.2f}%"></i>').format(style, left, right - left)
    return Markup('<i class="point {}" style="left:{:.2f}%"></i>').format(style, left)


def _label_end(side: str, label: str, place: float, lang: Lang) -> Markup:
    """Return the value of an end with its unit, inside the axis."""
    align = "start" if place < _NEAR_START else "stop" if place > _NEAR_END else "middle"
    return Markup('<span class="value {} {}" style="left:{:.2f}%">{}{}</span>').format(
        side, align, place, _name_side(side, lang), label
    )


def _name_side(side: str, lang: Lang) -> Markup:
    return spoken(say(lang, "前：", "before: ") if side == "before" else say(lang, "后：", "after: "))


def _label_zero(zero: float, before: float, after: float) -> Markup:
    """Return the label of zero, on the side of the line where the value does not need its place."""
    side = "before" if abs(before - zero) > 30 else "after" if abs(after - zero) > 30 else ""
    align = "start" if zero < _NEAR_START else "stop" if zero > _NEAR_END else "middle"
    label = Markup('<span class="origin {} {}" style="left:{:.2f}%" aria-hidden="true">0</span>')
    return label.format(side, align, zero) if side else Markup("")


def _write_change(row: MetricRow) -> Markup:
    return spoken(f" {row.change_label} {row.direction_word}".rstrip())


def _draw_slope(row: MetricRow, before: float, after: float, lang: Lang) -> Markup:
    """Return a slope between two places of a ranking, with the first place on top."""
    lowest = max(before, after, 2.0)
    top, bottom = (100 * (place - 1) / (lowest - 1) for place in (before, after))
    marks = (
        ("before", top, row.before_label, row.before_origin),
        ("after", bottom, row.after_label, row.after_origin),
    )
    mark = Markup('<i class="point {}" style="top:{:.2f}%"></i>')
    value = Markup('<span class="value {}" style="top:{:.2f}%">{}{}</span>')
    points = Markup("").join(
        mark.format(f"{side} hollow" if origin == "derived" else side, place)
        + value.format(side, place, _name_side(side, lang), label)
        for side, place, label, origin in marks
    )
    line = Markup(
        '<i class="first"></i><i class="shaft" style="clip-path:polygon(0 {0}, 100% {1}, 100% {3}, 0 {2})"></i>'
    ).format(*(f"calc({place:.2f}% {shift} 1.5px)" for shift in "-+" for place in (top, bottom)))
    first = Markup('<span class="origin" aria-hidden="true">{}</span>').format(say(lang, "第1位", "1st"))
    change = Markup(' <b class="size">{}</b>{}').format(row.change_label, spoken(f" {row.direction_word}"))
    return Markup('<span class="ladder">{}{}{}</span>{}').format(line, first, points, change)


def _draw_index(row: MetricRow, axis: IndexAxis, lang: Lang) -> Markup:
    """Return an arrow from 100, the earlier level, with the words of the ticks below."""
    label = Markup.escape(row.change_label) + spoken(f" {row.direction_word}" if row.direction_word else "")
    tick = Markup('<span style="left:{:.2f}%">{}</span>')
    ticks = Markup("").join(tick.format(100 * axis.share(index), name_tick(index, lang)) for index in axis.ticks)
    return Markup('{}<span class="ticks" aria-hidden="true">{}</span><p class="remark">{}</p>').format(
        format_arrow(row, axis, label),
        ticks,
        explain_index(row, lang),
    )


def _write_steps(row: MetricRow, lang: Lang) -> Markup:
    """Return two ends that have no common axis, in two units or in words, as before → after."""
    steps = Markup('<span class="nw">{}{}</span> <span class="to">→</span> <b class="nw {}">{}{}</b>').format(
        _name_side("before", lang), row.before_label, tone(row), _name_side("after", lang), row.after_label
    )
    return Markup('<p class="large">{}</p>{}').format(
        steps + _write_direction(row), _write_remark(say_missing(row, lang))
    )


def _write_value(row: MetricRow, lang: Lang) -> Markup:
    """Return the one value that a metric has, large, and which of its values is not stated."""
    value = row.change_label or row.after_label or row.before_label
    large = Markup('<p class="large"><b class="{}">{}</b>{}</p>').format(tone(row), value, _write_direction(row))
    return large + _write_remark(say_missing(row, lang))


def _write_remark(remark: str) -> Markup:
    return Markup('<p class="remark">{}</p>').format(remark) if remark else Markup("")


def _write_direction(row: MetricRow) -> Markup:
    """Return the direction of a change in words, which are seen where it is no improvement."""
    if not row.direction_word or row.direction == "improved":
        return spoken(f" {row.direction_word}" if row.direction_word else "")
    return Markup(" <small>{}</small>").format(row.direction_word)
