"""The parts of a case's page in HTML: the line above its title, its story, and its figures as their grades allow.

The server sends the first of them before the app runs; the page and a printed edition show them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from data.model.schema import Case, Conflict, Event, Lang, Text
from data.query.dataset import CaseSubset, Dataset
from data.query.findings import RESULTS
from data.wording.conflicts import group_conflicts
from data.wording.formatting import format_date
from data.wording.index_axis import IndexAxis, span_axis
from data.wording.labels import say
from data.wording.openings import join_domains, join_places
from data.wording.rows import MetricRow
from pages.markup.figure_card import format_card
from pages.markup.links import Links
from pages.markup.metrics_table import format_metrics_table
from pages.markup.source_words import format_phrase

KEY_FIGURES = "findings"
"""Id of the image of what a case reports."""
MAX_LISTED = 12
"""Maximum number of cases before and after this one in the list; a filter or a search finds the others."""
_TOLD = (
    Text(zh="以文字说到的变化", en="Changes described in words"),
    Text(
        zh="材料说到变化或没有变化，但没有可用的数字。",
        en="The source tells of a change, or that there was none, without a usable number.",
    ),
)
_VALUES = (
    Text(zh="只有现值的结果", en="Results without an earlier value"),
    Text(
        zh="材料只写明当前值、完成量或所处水平，没有此前的数值。",
        en="The source states a present value, an amount delivered or a standing, and no earlier value.",
    ),
)


def describe_case(dataset: Dataset, case: Case, lang: Lang) -> list[str]:
    """Return where a case happened, its domains and who submitted it."""
    return [
        join_places(dataset, case, lang),
        join_domains(dataset, case, lang),
        say(lang, f"{case.submitted_by.zh}报送", f"submitted by {case.submitted_by.en}"),
    ]


def format_case_line(dataset: Dataset, case: Case, siblings: CaseSubset, lang: Lang, links: Links | None) -> Markup:
    """Return the line above the title: which of `siblings` the case is, what it is about, and the ways from it.

    Without `links`, on paper, it has the number alone.
    """
    about = Markup(" · ").join(describe_case(dataset, case, lang))
    if links is None:
        number = say(lang, f"案例 {case.number}", f"Case {case.number}")
        return Markup('<p class="case-line">{} · {}</p>').format(number, about)
    return Markup('<div class="case-line"><div>{} · {}</div>{}</div>').format(
        _format_list(case, siblings, lang, links), about, _format_ways(case, siblings, lang, links)
    )


def _format_list(case: Case, siblings: CaseSubset, lang: Lang, links: Links) -> Markup:
    """Return the number of the case among its siblings, which opens the list of those around it."""
    at, total = siblings.find(case.id) or 0, len(siblings)
    nearby = siblings[max(0, at - MAX_LISTED) : at + MAX_LISTED + 1]
    items = Markup("").join(
        Markup("<li>{}</li>").format(
            links.anchor(links.screen("case", case=case_id), title, current=case_id == case.id)
        )
        for case_id, title in zip(nearby.ids, nearby.numbered_titles(lang, " · "), strict=True)
    )
    number = say(lang, f"案例 {case.number}", f"Case {case.number}")
    if total == len(siblings.dataset.cases):
        among = say(lang, f"（共{total:,}个）", f" of {total:,}")
    else:
        among = say(lang, f"（所选{total:,}个中的第{at + 1:,}个）", f" ({at + 1:,} of {total:,} selected)")
    return Markup('<details class="case-list"><summary>{}{}</summary><ol>{}</ol></details>').format(
        number, among, items
    )


def _format_ways(case: Case, siblings: CaseSubset, lang: Lang, links: Links) -> Markup:
    """Return the links to the cases before and after this one, to its printed edition, and to its image."""
    at = siblings.find(case.id) or 0
    before, after = (siblings[at - 1] if at else None), (siblings[at + 1] if at + 1 < len(siblings) else None)
    ways = []
    if before:
        label = say(lang, f"上一个案例：{before.title.zh}", f"Previous case: {before.title.en}")
        ways.append(links.anchor(links.screen("case", case=before.id), _point("‹ {}", before, lang), label))
    if after:
        label = say(lang, f"下一个案例：{after.title.zh}", f"Next case: {after.title.en}")
        ways.append(links.anchor(links.screen("case", case=after.id), _point("{} ›", after, lang), label))
    ways.append(links.anchor(links.screen("case", case=case.id, view="print"), say(lang, "打印版", "Print")))
    if case.headlines:
        label = say(lang, "下载与分享", "Download or share")
        ways.append(links.anchor(links.screen("case", case=case.id, share=KEY_FIGURES), label))
    label = say(lang, "其他案例、打印与分享", "Other cases, print and share")
    return Markup('<nav aria-label="{}">{}</nav>').format(label, Markup(" ").join(ways))


def _point(arrow: str, case: Case, lang: Lang) -> str:
    return arrow.format(say(lang, f"案例 {case.number}", f"Case {case.number}"))


def format_neighbors(case: Case, siblings: CaseSubset, lang: Lang, links: Links) -> Markup:
    """Return the links to the case before and the one after, by their titles, for the end of the page."""
    at = siblings.find(case.id) or 0
    nearby = siblings[max(0, at - 1) : at + 2]
    ways = [
        links.anchor(links.screen("case", case=case_id), Markup("<span>{}</span>").format(title))
        for case_id, title in zip(nearby.ids, nearby.numbered_titles(lang, " · "), strict=True)
        if case_id != case.id
    ]
    label = say(lang, "上一个与下一个案例", "Previous and next case")
    return Markup('<nav class="neighbours" aria-label="{}">{}</nav>').format(label, Markup("").join(ways))


def format_story(case: Case, lang: Lang, locator: Markup) -> Markup:
    """Return problem, actions and result side by side, with the place on a small map."""
    actions = Markup("").join(Markup("<li>{}</li>").format(action[lang]) for action in case.actions)
    columns = (
        (say(lang, "问题", "The problem"), Markup("<p>{}</p>").format(case.problem[lang])),
        (say(lang, "做法", "What was done"), Markup("<ol>{}</ol>").format(actions)),
        (say(lang, "小结", "In short"), Markup("<p>{}</p>").format(case.result[lang])),
    )
    sections = Markup("").join(Markup("<section><h2>{}</h2>{}</section>").format(*column) for column in columns)
    return Markup('<div class="story">{}{}</div>').format(sections, locator)


def format_figures(rows: Sequence[MetricRow], lang: Lang, links: Links | None, unfolded: bool = False) -> Markup:
    """Return the metrics by what their grade allows: changes as cards, plans apart, all others as tables."""
    results = [row for row in rows if row.role in RESULTS]
    if not results:
        return _format_others(rows, lang, links, unfolded)
    changes = [row for row in results if row.rule.has_change]
    told = [row for row in results if row.tells_change]
    plans = [row for row in results if not row.rule.is_evidence]
    values = [row for row in results if row.rule.is_evidence and not row.rule.has_change and not row.tells_change]
    others = [row for row in rows if row.role not in RESULTS]
    return (
        format_changes(changes, lang, links, unfolded)
        + _format_table(told, _TOLD, lang, links, unfolded)
        + _format_table(values, _VALUES, lang, links, unfolded)
        + _format_plans(plans, lang, links, unfolded)
        + _format_others(others, lang, links, unfolded)
    )


def format_changes(rows: Sequence[MetricRow], lang: Lang, links: Links | None, unfolded: bool) -> Markup:
    heading = Markup("<h2>{}</h2>").format(say(lang, "写明的变化", "Changes in numbers"))
    if not rows:
        text = say(lang, "材料没有以数字写明变化。", "The source states no change of these figures in numbers.")
        return heading + Markup("<p>{}</p>").format(text)
    return heading + _format_cards(rows, lang, links, unfolded)


def _format_cards(rows: Sequence[MetricRow], lang: Lang, links: Links | None, unfolded: bool) -> Markup:
    axis = share_axis(rows)
    cards = Markup("").join(format_card(row, lang, links, axis=axis, unfolded=unfolded) for row in rows)
    return Markup('<div class="changes">{}</div>').format(cards)


def share_axis(rows: Iterable[MetricRow]) -> IndexAxis:
    """Return the axis that the metrics drawn as an index share."""
    return span_axis(row.index for row in rows if row.rule.drawing == "index" and row.index is not None)


def _format_table(
    rows: Sequence[MetricRow], heading: tuple[Text, Text], lang: Lang, links: Links | None, unfolded: bool
) -> Markup:
    """Return a table of metrics below its title and a note; nothing without any."""
    if not rows:
        return Markup("")
    title, note = (text[lang] for text in heading)
    table = format_metrics_table(rows, lang, title, links, unfolded=unfolded)
    return Markup("<h2>{}</h2><p>{}</p>{}").format(title, note, table)


def _format_plans(rows: Sequence[MetricRow], lang: Lang, links: Links | None, unfolded: bool) -> Markup:
    if not rows:
        return Markup("")
    title = say(lang, "目标与规划，不作为成效", "Targets and plans, not counted as results")
    return Markup("<h2>{}</h2>{}").format(title, _format_cards(rows, lang, links, unfolded))


def _format_others(rows: Sequence[MetricRow], lang: Lang, links: Links | None, unfolded: bool) -> Markup:
    """Return inputs, background and rules, folded."""
    if not rows:
        return Markup("")
    title = say(lang, "投入、背景与制度参数", "Inputs, background and rules")
    count = say(lang, f"（{len(rows)}）", f" ({len(rows)})")
    opening = Markup('<details class="others-table" open>' if unfolded else '<details class="others-table">')
    table = format_metrics_table(rows, lang, title, links, unfolded=unfolded)
    return opening + Markup("<summary><h2>{}{}</h2></summary>{}</details>").format(title, count, table)


def format_events(events: Sequence[Event], lang: Lang) -> Markup:
    """Return the dated events as a list; empty without one."""
    if not events:
        return Markup("")
    item = Markup("<li><time>{}</time><span>{}</span></li>")
    items = Markup("").join(item.format(_format_span(event, lang), event.what[lang]) for event in events)
    return Markup('<h2>{}</h2><ol class="events">{}</ol>').format(say(lang, "大事", "Dated events"), items)


def _format_span(event: Event, lang: Lang) -> str:
    dash = say(lang, "至", "–")
    return format_date(event.date, lang) + (f"{dash}{format_date(event.end, lang)}" if event.end else "")


def format_conflicts(
    conflicts: Sequence[Conflict], rows: Iterable[MetricRow], lang: Lang, links: Links | None
) -> Markup:
    """Return the conflicts under their headings, each with its readings and the metrics of `rows` concerned."""
    by_id = {row.metric_id: row for row in rows}
    parts = (
        Markup("<h2>{}</h2>").format(heading[lang])
        + Markup("").join(_format_conflict(conflict, by_id, lang, links) for conflict in own)
        for heading, own in group_conflicts(conflicts)
    )
    return Markup("").join(parts)


def _format_conflict(conflict: Conflict, by_id: dict[str, MetricRow], lang: Lang, links: Links | None) -> Markup:
    quotes = Markup("").join(
        Markup("<blockquote>{}</blockquote>").format(format_phrase(phrase.text, phrase.en, lang))
        for phrase in conflict.phrases
    )
    named = Markup(say(lang, "、", ", ")).join(
        _name_metric(by_id[metric_id], links) for metric_id in conflict.metrics if metric_id in by_id
    )
    about = Markup('<p class="about">{}{}</p>').format(say(lang, "涉及：", "About: "), named) if named else Markup("")
    return Markup('<div class="conflict" id="{}">{}<p>{}</p>{}</div>').format(
        (links if links else Links()).conflict_id(conflict.id), quotes, conflict.note[lang], about
    )


def _name_metric(row: MetricRow, links: Links | None) -> Markup:
    if links is None:
        return Markup.escape(row.name)
    return links.anchor(links.figure(row.case_id, row.metric_id), row.name)
