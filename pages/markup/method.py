"""The parts of the method page in HTML: limits, the table of grades, the calculations, and the conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby

from markupsafe import Markup

from data.model.grades import GRADE_RULES
from data.model.schema import Case, Conflict, Lang
from data.wording.labels import say
from data.wording.method import DERIVATIONS, LIMITS
from data.wording.rows import MetricRow
from pages.markup.environment import render
from pages.markup.links import Links
from pages.markup.marks import anchor


@cache
def format_limits(lang: Lang) -> Markup:
    """Return the list of what the data cannot show."""
    items = Markup("").join(Markup("<li>{}</li>").format(limit[lang]) for limit in LIMITS)
    return Markup('<ul class="lede">{}</ul>').format(items)


def format_grades(examples: Mapping[str, MetricRow | None], lang: Lang, links: Links) -> Markup:
    """Return the table of the grades: letter and word, what is stated, how it is shown, and an example as a link."""
    headings = (
        say(lang, "完整度", "Completeness"),
        say(lang, "材料写明什么", "What is stated"),
        say(lang, "怎样显示", "How it is shown"),
        say(lang, "例", "Example"),
    )
    head = Markup("").join(Markup('<th scope="col" role="columnheader">{}</th>').format(text) for text in headings)
    body = Markup("").join(_format_grade(grade, row, lang, links) for grade, row in examples.items())
    return Markup(
        '<table class="grades" role="table"><caption class="spoken">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>'
    ).format(say(lang, "完整度的等级", "The grades of completeness"), head, body)


def _format_grade(grade: str, row: MetricRow | None, lang: Lang, links: Links) -> Markup:
    rule = GRADE_RULES[grade]
    cell = Markup('<td role="cell" class="{}">{}</td>')
    meaning = rule.meaning[lang]
    return Markup('<tr role="row"><th scope="row" role="rowheader">{}</th>{}{}{}</tr>').format(
        render("marks", "badge", lang, grade, worded=True),
        cell.format("stated", f"{meaning[:1].upper()}{meaning[1:]}{say(lang, '。', '.')}"),
        cell.format("shown", rule.drawing_text[lang]),
        cell.format("example", _format_example(row, lang, links) if row else "–"),
    )


def _format_example(row: MetricRow, lang: Lang, links: Links) -> Markup:
    link = anchor(links, links.figure(row.case_id, row.metric_id), row.finding)
    return Markup("<p>{}</p>{}").format(link, render("chart", "chart", lang, row))


@cache
def format_derivations(lang: Lang) -> Markup:
    """Return what is calculated and how, folded."""
    entries = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(what[lang], how[lang]) for what, how in DERIVATIONS
    )
    rules = say(lang, f"{len(DERIVATIONS)}条规则", f"{len(DERIVATIONS)} rules")
    return Markup('<details class="rules"><summary>{}</summary><dl>{}</dl></details>').format(rules, entries)


def format_conflicts(conflicts: Iterable[tuple[Case, Conflict]], lang: Lang, links: Links) -> Markup:
    """Return the conflicts under their cases, each folded: the readings, what to make of them, and the figures
    concerned.
    """
    parts = []
    for case, own in groupby(conflicts, lambda pair: pair[0]):
        title = anchor(links, links.screen("case", case=case.id), f"{case.number} {case.title[lang]}")
        parts.append(Markup("<h3>{}</h3>").format(title))
        parts += [_format_conflict(case, conflict, lang, links) for _, conflict in own]
    return Markup('<div class="contradictions">{}</div>').format(Markup("").join(parts))


def _format_conflict(case: Case, conflict: Conflict, lang: Lang, links: Links) -> Markup:
    readings = (phrase.text if lang == "zh" else phrase.en for phrase in conflict.phrases[:2])
    phrases = Markup("").join(render("card", "phrase", lang, phrase.text, phrase.en) for phrase in conflict.phrases)
    return Markup("<details><summary>{}</summary>{}<p>{}</p>{}</details>").format(
        (" ≠ " if conflict.kind == "contradiction" else " · ").join(f"“{reading}”" for reading in readings),
        phrases,
        conflict.note[lang],
        _link_concerned(case, conflict, lang, links),
    )


def _link_concerned(case: Case, conflict: Conflict, lang: Lang, links: Links) -> Markup:
    """Return links to the figures that a conflict concerns; empty where it concerns none."""
    names = {metric.id: metric.name[lang] for metric in case.metrics if metric.id in conflict.metrics}
    if not names:
        return Markup("")
    linked = [anchor(links, links.figure(case.id, metric_id), name) for metric_id, name in names.items()]
    return Markup("<p>{}{}</p>").format(
        say(lang, "涉及的指标：", "Figures concerned: "), Markup(say(lang, "、", ", ")).join(linked)
    )
