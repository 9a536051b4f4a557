"""The findings of cases as one HTML table: what each reports, from what to what, as an arrow, how completely stated.

A row a metric, a table body a case. The marks are drawn with CSS on one logarithmic axis; each row links to its figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.query.memory import cache_by_dataset
from data.wording.findings import CaseFindings, Finding, list_findings
from data.wording.index_axis import IndexAxis, name_tick, span_axis
from data.wording.labels import say
from data.wording.rows import MetricRow
from pages.markup.links import Links
from pages.markup.marks import format_arrow, format_badge, format_flag_words, spoken, tone

CACHE_SIZE = 64
"""Maximum number of tables kept in memory, of about 30 kB each."""
_COLUMNS = (("改革", "Reform"), ("报告的内容", "What it reports"), ("前 → 后", "Before → after"))
_QUIET = Markup('<span class="remark">{}</span>')


@dataclass(frozen=True, slots=True)
class FindingsTable:
    """The findings of some cases, and the table of them."""

    cases: tuple[CaseFindings, ...]
    html: Markup


@cache_by_dataset(CACHE_SIZE)
def findings_table(dataset: Dataset, filters: Filters, shown: range, lang: Lang, links: Links) -> FindingsTable:
    """Return the table of the cases at these places of what the filters select; it is made once for all readers."""
    cases = list_findings(select(dataset, filters), shown, lang)
    return FindingsTable(cases, format_findings(cases, lang, links))


def list_arrows(cases: Iterable[CaseFindings]) -> list[float]:
    """Return the indices of all arrows of these cases, also of those that a reader opens."""
    findings = (finding for case in cases for finding in (*case.first, *case.more) if finding.arrow)
    return [finding.row.index for finding in findings if finding.row.index is not None]


def format_findings(cases: Sequence[CaseFindings], lang: Lang, links: Links) -> Markup:
    """Return the table of these cases. The links keep `filters`."""
    indices = list_arrows(cases)
    axis = span_axis(indices)
    bodies = Markup("").join(_format_case(case, axis, lang, links) for case in cases)
    caption = say(lang, "各案例的主要数据", "The main figures of each case")
    return Markup(
        '<div class="findings"><table role="table"><caption class="spoken">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead>{}</table></div>'
    ).format(caption, _format_head(axis if indices else None, lang), bodies)


def _format_head(axis: IndexAxis | None, lang: Lang) -> Markup:
    """Return the headings of the columns; the ticks of the axis stand for that of the change."""
    cell = Markup('<th scope="col" role="columnheader" class="{}">{}</th>')
    change: Markup | str = say(lang, "变化", "Change")
    if axis:
        tick = Markup('<span style="left:{:.2f}%">{}</span>')
        ticks = Markup("").join(tick.format(100 * axis.share(index), name_tick(index, lang)) for index in axis.ticks)
        change = spoken(change) + Markup('<span class="ticks" aria-hidden="true">{}</span>').format(ticks)
    names = [say(lang, *pair) for pair in _COLUMNS]
    columns = [
        *zip(("reform", "what", "ends"), names, strict=True),
        ("change", change),
        ("state", say(lang, "完整度与疑点", "Completeness, doubts")),
    ]
    return Markup("").join(cell.format(*column) for column in columns)


def _format_case(case: CaseFindings, axis: IndexAxis, lang: Lang, links: Links) -> Markup:
    title = _format_title(case, lang, links)
    if case.note:
        cells = [Markup('<td role="cell" colspan="4" class="note">{}</td>').format(case.note)]
    else:
        format_cells = partial(_format_finding, axis=axis, lang=lang, links=links)
        cells = [format_cells(finding) for finding in (*case.first, *case.more)]
    rows = Markup("").join(
        Markup('<tr role="row" class="{}">{}{}</tr>').format(
            "more" if number >= len(case.first) and not case.note else "",
            Markup("") if number else title,
            row,
        )
        for number, row in enumerate(cells)
    )
    return Markup('<tbody role="rowgroup">{}</tbody>').format(rows)


def _format_title(case: CaseFindings, lang: Lang, links: Links) -> Markup:
    """Return the heading of a case, which spans its rows: number, title, places, and what opens the other rows."""
    count = len(case.more)
    more = Markup("")
    if count:
        words = say(lang, f"另有{count}项", f"{count} more")
        more = Markup('<details class="others"><summary>+{}<span class="spoken">{}</span></summary></details>').format(
            count, say(lang, f"：{words}，列在下面", f": {words}, listed below")
        )
    return Markup(
        '<th scope="rowgroup" role="rowheader" rowspan="{}" class="reform"><span class="nr">{}</span> {} '
        '<span class="where">{} {}</span></th>'
    ).format(
        max(1, len(case.first) + count),
        case.number,
        links.anchor(links.screen("case", case=case.case_id), case.title),
        case.places,
        more,
    )


def _format_finding(finding: Finding, axis: IndexAxis, lang: Lang, links: Links) -> Markup:
    row = finding.row
    name = Markup('<td role="cell" class="what">{}</td>').format(
        links.anchor(links.figure(row.case_id, row.metric_id), row.short or row.name)
    )
    state = Markup('<td role="cell" class="state">{} {}</td>').format(
        format_badge(row.grade, lang), format_flag_words(row, decisive=True)
    )
    return name + _format_values(finding, axis, lang) + state


def _format_values(finding: Finding, axis: IndexAxis, lang: Lang) -> Markup:
    """Return the cells of a metric's ends and its change, or one for both where no change is stated."""
    row = finding.row
    ends = Markup(' <span class="to">→</span> ').join(
        Markup('<span class="nw">{}</span>').format(end) for end in finding.ends
    )
    remark = _QUIET.format(finding.remark) if finding.remark else Markup("")
    if not finding.change:
        return Markup('<td role="cell" colspan="2" class="ends alone"><b class="{}">{}</b>{} {}</td>').format(
            tone(row), ends, _format_direction(row), remark
        )
    label = finding.change + _format_direction(row)
    change = format_arrow(row, axis, label) if finding.arrow else Markup('<b class="size">{}</b>').format(label)
    return Markup('<td role="cell" class="ends">{} {}</td><td role="cell" class="change {}">{}</td>').format(
        ends, remark, tone(row), change
    )


def _format_direction(row: MetricRow) -> Markup:
    """Return the direction of a change in words, which are seen where it is no improvement and heard where it is."""
    if row.direction in (None, "improved"):
        return spoken(f" {row.direction_word}") if row.direction else Markup("")
    return Markup(" <small>{}</small>").format(row.direction_word)
