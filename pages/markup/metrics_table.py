"""Metrics as an HTML table with all that makes them checkable; on a phone each row is a card.

An empty cell says why it is empty. The words of the source and the notes are folded in the last cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from data.model.evidence import Origin
from data.model.schema import Lang
from data.wording.labels import DERIVED_WORDS, MISSING_WORDS, say
from data.wording.rows import MetricRow
from pages.markup.figure_card import figure_id, format_evidence
from pages.markup.links import Links
from pages.markup.marks import tone


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its name as (zh, en), what stands in it, and whether some of the rows need it."""

    name: tuple[str, str]
    write: Callable[[MetricRow, Lang], Markup | str]
    belongs: Callable[[Sequence[MetricRow]], bool]


def format_metrics_table(
    rows: Sequence[MetricRow],
    lang: Lang,
    caption: str,
    links: Links | None = None,
    *,
    unfolded: bool = False,
    anchored: bool = True,
) -> Markup:
    """Return the table, without the columns that none of the rows needs.

    `caption` names it for screen readers; `unfolded` and `anchored` are as in `format_card`.
    """
    columns = [column for column in _COLUMNS if column.belongs(rows)]
    body = Markup("").join(_format_row(row, columns, lang, links, unfolded, anchored) for row in rows)
    return Markup(
        '<table class="metrics" role="table"><caption class="spoken">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>'
    ).format(caption, _format_head(columns, lang), body)


def _format_head(columns: Sequence[_Column], lang: Lang) -> Markup:
    cell = Markup('<th scope="col" role="columnheader">{}</th>')
    names = [("指标", "Figure"), *(column.name for column in columns), _EVIDENCE]
    return Markup("").join(cell.format(say(lang, *name)) for name in names)


def _format_row(
    row: MetricRow, columns: Sequence[_Column], lang: Lang, links: Links | None, unfolded: bool, anchored: bool
) -> Markup:
    opening = Markup('<tr role="row" id="{}">' if anchored else '<tr role="row">').format(figure_id(row, links))
    first = Markup('<th scope="row" role="rowheader">{}</th>').format(row.name)
    cell = Markup('<td role="cell" data-label="{}">{}</td>')
    cells = Markup("").join(cell.format(say(lang, *column.name), column.write(row, lang)) for column in columns)
    evidence = format_evidence(row, lang, links, unfolded=unfolded, located=False)
    return opening + first + cells + cell.format(say(lang, *_EVIDENCE), evidence) + Markup("</tr>")


def _state(label: str, origin: Origin, lang: Lang) -> Markup:
    """Return a value, with a mark if it is derived; where there is none, that it is not stated."""
    if not label:
        return Markup('<span class="unstated">{}</span>').format(MISSING_WORDS["value"][lang])
    mark = Markup(" <small>{}</small>").format(DERIVED_WORDS["word"][lang]) if origin == "derived" else ""
    return Markup("<b>{}</b>{}").format(label, mark)


def _state_change(row: MetricRow, lang: Lang) -> Markup:
    """Return the change with its direction; a percentage says what it is compared with."""
    if not row.change_label:
        return _state("", "missing", lang)
    relative = row.change_label.endswith("%")
    since = row.since or say(lang, "此前", "before")
    of_what = Markup(" <small>{}</small>").format(say(lang, f"较{since}", f"from {since}")) if relative else ""
    direction = Markup(' <span class="{}">{}</span>').format(tone(row), row.direction_word) if row.direction else ""
    return Markup("<b>{}</b>{}{}").format(row.change_label, of_what, direction)


def _states_change(rows: Sequence[MetricRow]) -> bool:
    return any(row.before_label or row.change_label for row in rows)


_COLUMNS = (
    _Column(
        ("前", "Before"),
        lambda row, lang: _state(row.before_label, row.before_origin, lang),
        lambda rows: any(row.before_label for row in rows),
    ),
    _Column(
        ("后", "After"),
        lambda row, lang: _state(row.after_label, row.after_origin, lang),
        lambda rows: _states_change(rows) and any(row.after_label for row in rows),
    ),
    _Column(("变化", "Change"), _state_change, _states_change),
    _Column(
        ("数值", "Value"),
        lambda row, lang: _state(row.after_label, row.after_origin, lang),
        lambda rows: not _states_change(rows),
    ),
    _Column(("地点", "Place"), lambda row, _: row.place, lambda rows: len({row.place for row in rows}) > 1),
    _Column(("时间", "When"), lambda row, _: row.periods, lambda _: True),
)
_EVIDENCE = ("完整度、疑点与原文", "Completeness, doubts, words")
"""Name of the last column, in which words and notes are folded."""
