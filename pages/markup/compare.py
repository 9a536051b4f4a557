"""Metrics that share a scale in HTML: a table with a row a metric, its mark drawn with CSS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.schema import Bound, Lang, Unit
from data.wording.compare import Group, measure, measure_before, name_group
from data.wording.findings import describe_finding
from data.wording.formatting import format_value
from data.wording.index_axis import name_tick, span_axis
from data.wording.labels import COLUMN_WORDS, t
from data.wording.rows import MetricRow
from pages.markup.environment import tone
from pages.markup.links import Links
from pages.markup.marks import anchor, format_arrow, format_badge, format_flag_words, spoken

_REACH = 58.0
"""Where the longest bar ends, in per cent of the axis; its label stands behind it."""
_ZERO = 50.0
"""Where zero lies on an axis of differences, in per cent."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """The ticks of an axis, as (place in per cent, words), and what draws the mark of a metric on it."""

    ticks: Sequence[tuple[float, str]]
    draw: Callable[[MetricRow, float], Markup]


def format_group(group: Group, units: Mapping[str, Unit], lang: Lang, links: Links) -> Markup:
    """Return the metrics of one scale as a table, a table body a case; each row links to its figure."""
    sizes = measure(group, units)
    scale = _SCALES[group.kind](group, sizes, units, lang)
    drawn = sorted(zip(group.rows, sizes, strict=True), key=lambda pair: (pair[0].case_id, pair[0].grade))
    bodies = Markup("").join(
        _format_case([*pairs], scale, lang, links) for _, pairs in groupby(drawn, key=lambda pair: pair[0].case_id)
    )
    return Markup(
        '<div class="findings compared"><table role="table"><caption class="spoken">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead>{}</table></div>'
    ).format(name_group(group, lang), _format_head(scale, lang), bodies)


def _format_head(scale: _Scale, lang: Lang) -> Markup:
    cell = Markup('<th scope="col" role="columnheader" class="{}">{}</th>')
    tick = Markup('<span style="left:{:.2f}%">{}</span>')
    ticks = Markup("").join(tick.format(place, words) for place, words in scale.ticks)
    mark = spoken(t(lang, "图", "Drawn")) + Markup('<span class="ticks" aria-hidden="true">{}</span>').format(ticks)
    names = [COLUMN_WORDS[name][lang] for name in ("case", "figure", "values")]
    state = COLUMN_WORDS["state"][lang]
    columns = (*zip(("reform", "what", "ends"), names, strict=True), ("change", mark), ("state", state))
    return Markup("").join(cell.format(*column) for column in columns)


def _format_case(drawn: Sequence[tuple[MetricRow, float]], scale: _Scale, lang: Lang, links: Links) -> Markup:
    first = drawn[0][0]
    title = Markup('<th scope="rowgroup" role="rowheader" rowspan="{}" class="reform">{} {}</th>').format(
        len(drawn),
        Markup('<span class="nr">{}</span>').format(first.case_number),
        anchor(links, links.screen("case", case=first.case_id), first.case_title),
    )
    rows = Markup("").join(
        Markup('<tr role="row">{}{}</tr>').format(
            Markup("") if number else title, _format_row(row, scale.draw(row, size), lang, links)
        )
        for number, (row, size) in enumerate(drawn)
    )
    return Markup('<tbody role="rowgroup">{}</tbody>').format(rows)


def _format_row(row: MetricRow, mark: Markup, lang: Lang, links: Links) -> Markup:
    finding = describe_finding(row, lang)
    stated = finding.ends if len(finding.ends) > 1 or not finding.remark else ()  # the mark has the only one
    ends = Markup(' <span class="to">→</span> ').join(
        Markup('<span class="nw">{}</span>').format(end) for end in stated
    )
    remark = Markup(' <span class="remark">{}</span>').format(finding.remark) if finding.remark else Markup("")
    return Markup(
        '<td role="cell" class="what">{}</td><td role="cell" class="ends">{}</td>'
        '<td role="cell" class="change {}">{}</td><td role="cell" class="state">{} {}</td>'
    ).format(
        anchor(links, links.figure(row.case_id, row.metric_id), row.name),
        ends + remark,
        tone(row),
        mark,
        format_badge(row.grade, lang),
        format_flag_words(row),
    )


def _scale_index(group: Group, sizes: Sequence[float], units: Mapping[str, Unit], lang: Lang) -> _Scale:
    axis = span_axis(sizes)

    def draw(row: MetricRow, size: float) -> Markup:
        return format_arrow(row, axis, row.change_label + _format_direction(row))

    return _Scale([(100 * axis.share(index), name_tick(index, lang)) for index in axis.ticks], draw)


def _scale_levels(group: Group, sizes: Sequence[float], units: Mapping[str, Unit], lang: Lang) -> _Scale:
    """Return an axis from zero to the largest value; that of shares ends at the whole."""
    share = group.rows[0].dimension == "share"
    before = [measure_before(row, units) for row in group.rows]
    whole = 100.0 * units[group.key].factor if share else 0.0
    top = whole or max([*sizes, *(value for value in before if value is not None)], default=0) or 1.0

    def draw(row: MetricRow, size: float) -> Markup:
        earlier = measure_before(row, units)
        start = None if earlier is None else _REACH * earlier / top
        return _format_bar(0, _REACH * size / top, row.after_bound, row.after_label + _format_direction(row), start)

    ticks = [(0.0, "0"), (_REACH / 2, "50%"), (_REACH, "100%")] if share else [(0.0, "0")]
    return _Scale(ticks, draw)


def _scale_differences(group: Group, sizes: Sequence[float], units: Mapping[str, Unit], lang: Lang) -> _Scale:
    reach = max(map(abs, sizes)) or 1.0

    def draw(row: MetricRow, size: float) -> Markup:
        end = _ZERO + (_REACH - _ZERO) * size / reach
        return _format_bar(_ZERO, end, row.change_bound, row.change_label + _format_direction(row))

    return _Scale([(_ZERO, "0")], draw)


def _scale_ranks(group: Group, sizes: Sequence[float], units: Mapping[str, Unit], lang: Lang) -> _Scale:
    """Return an axis from the first place to the last that occurs."""
    places = [*sizes, *(row.before_value for row in group.rows if row.before_value is not None)]
    last = max([*places, 2.0])

    def place(rank: float) -> float:
        return 4 + (_REACH - 4) * (rank - 1) / (last - 1)

    def draw(row: MetricRow, size: float) -> Markup:
        end, start = place(size), place(size if row.before_value is None else row.before_value)
        moved = f" {row.change_label}" if row.change_label else ""
        was = Markup("")
        if row.before_value is not None:
            hollow = " hollow" if row.before_origin == "derived" else ""
            was = Markup('<i class="rank was{}" style="left:{:.2f}%"></i>').format(hollow, start)
        label = Markup('<b class="size" style="left:{:.2f}%">{}{}</b>').format(
            max(start, end) + 2, f"{row.after_label}{moved}", _format_direction(row)
        )
        return Markup(
            '<span class="arrow ranks"><i class="track"></i><i class="shaft" style="left:{:.2f}%;width:{:.2f}%"></i>{}'
            '<i class="rank" style="left:{:.2f}%"></i>{}</span>'
        ).format(min(start, end), abs(end - start), was, end, label)

    unit = units[group.rows[0].unit_id]
    return _Scale([(place(rank), format_value(rank, unit, lang)) for rank in (1, last)], draw)


_SCALES: Mapping[str, Callable[[Group, Sequence[float], Mapping[str, Unit], Lang], _Scale]] = {
    "index": _scale_index,
    "level": _scale_levels,
    "difference": _scale_differences,
    "rank": _scale_ranks,
}


def _format_bar(start: float, end: float, bound: Bound | None, label: Markup, earlier: float | None = None) -> Markup:
    """Return a bar between two places of an axis, with its label behind it; an open bound has an open end.

    `earlier` is the place of the earlier value, an upright line.
    """
    bounds = "open" if bound in OPEN_BOUNDS else "", "dotted" if bound in APPROXIMATE_BOUNDS else ""
    style = ["arrow", "bar", *bounds, "left" if end < start else ""]
    left, right = sorted((start, end))
    place = f"right:{100 - left:.2f}%" if end < start else f"left:{max(right, earlier or 0):.2f}%"
    was = Markup("") if earlier is None else Markup('<i class="was" style="left:{:.2f}%"></i>').format(earlier)
    return Markup(
        '<span class="{}"><i class="zero" style="left:{:.2f}%"></i>'
        '<i class="fill" style="left:{:.2f}%;width:{:.2f}%"></i>{}<b class="size" style="{}">{}</b></span>'
    ).format(" ".join(filter(None, style)), start, left, right - left, was, place, label)


def _format_direction(row: MetricRow) -> Markup:
    """Return the direction of a change in words, which are seen where it is no improvement and heard where it is."""
    if row.direction in (None, "improved"):
        return spoken(f" {row.direction_word}") if row.direction else Markup("")
    return Markup(" <small>{}</small>").format(row.direction_word)
