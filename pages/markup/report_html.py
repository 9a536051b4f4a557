"""A report on reforms as one HTML document that needs no server: to hand over, to read without a network, to print.

Its cover has the finding and the table of findings; a chapter for each case follows, then what it is made from. All
parts are those of the pages, by the same functions, with links inside the document. Style: `templates/report.css`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from data.model.grades import GRADE_RULES, GRADES, GRADES_NOTE
from data.model.schema import Case, Conflict, Document, Lang
from data.query.dataset import Dataset
from data.query.findings import GapCounts
from data.wording.citation import cite_cases, cite_document
from data.wording.findings import CaseFindings, describe_marks, name_counted
from data.wording.labels import FLAG_MEANINGS, FLAG_WORDS, SITE_NAME, say
from data.wording.method import LIMITS
from data.wording.openings import Opening
from data.wording.rows import MetricRow, ReadingElsewhere
from pages.markup.case_head import format_head
from pages.markup.case_page import format_case_line, format_conflicts, format_events, format_figures
from pages.markup.findings import format_findings
from pages.markup.gap_matrix import format_matrix
from pages.markup.links import DocumentLinks, name_case
from pages.markup.marks import format_badge
from pages.markup.style_sheet import MARKUP, PAPER, define_properties, read_sheets
from pages.markup.used_rules import keep_used_rules

LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
STYLE = MARKUP + PAPER + read_sheets("report")
"""The style sheet, of which a report has the rules that it needs."""
_CONTENTS, _KEY, _SOURCES = "contents", "key", "sources"
"""Ids of the parts that are no case; those of cases begin with `case-`."""
_HEADING = re.compile(r"<(/?)h([1-5])\b")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A case with its metrics in the report, the conflicts that concern them, and what filters leave out.

    `note` stands in place of its metrics; `address` is that of its page, empty where it is not known.
    """

    case: Case
    rows: Sequence[MetricRow]
    conflicts: Sequence[Conflict]
    omitted: str = ""
    note: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says.

    `scope` tells what was selected, and what of it is left out; it is empty for everything. `closing` are the lines on
    rights and origin at the end. `counts` are those of the matrix, None where its rows would go beyond the selection.
    """

    dataset: Dataset
    lang: Lang
    opening: Opening
    scope: Sequence[str]
    findings: Sequence[CaseFindings]
    chapters: Sequence[Chapter]
    documents: Sequence[Document]
    closing: Sequence[str]
    counts: GapCounts | None = None


def format_report(report: Report) -> str:
    """Return the document; the same report gives the same text."""
    lang = report.lang
    site = say(lang, f"{SITE_NAME.zh}报告", f"{SITE_NAME.en}: report")
    parts = Markup("").join(
        (
            _format_cover(report, site),
            _format_contents(report),
            _format_matrix(report),
            *(_format_chapter(report, chapter) for chapter in report.chapters),
            _format_key(lang),
            _format_sources(report),
        )
    )
    body = Markup('<body class="report">\n<main>\n{}\n</main>\n</body>').format(parts)
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<title>{}</title>\n<style>\n{}{}\n</style>\n</head>\n'
            "{}\n</html>\n"
        ).format(
            LANGUAGE_TAGS[lang],
            f"{report.opening.title} · {site}",
            Markup(define_properties(":root", {"paper-title": f'"{site}"'})),
            Markup(keep_used_rules(STYLE, body)),
            body,
        )
    )


def demote_headings(html: Markup) -> Markup:
    """Return HTML of these writers one level further down; in their texts no `<` stands, which would be escaped."""
    return Markup(_HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + 1}", html))


def _format_cover(report: Report, site: str) -> Markup:
    """Return the first page: title, finding, what was selected, and the table of findings with its marks."""
    lang = report.lang
    scope = Markup("").join(Markup('<p class="scope">{}</p>').format(line) for line in report.scope)
    table = format_findings(report.findings, lang, DocumentLinks()) if report.findings else Markup("")
    marks = describe_marks((finding for case in report.findings for finding in case.first), lang)
    legend = Markup("").join(Markup("<li>{}</li>").format(mark) for mark in marks)
    cited = cite_cases({document: [] for document in report.documents}, lang)
    return Markup(
        '<header class="cover"><p class="site">{}</p><h1>{}</h1><p class="lede wide">{}</p>{}{}'
        '<ul class="legend">{}</ul><p class="quiet">{}</p></header>\n'
    ).format(site, report.opening.title, report.opening.lede, scope, table, legend, cited)


def _format_contents(report: Report) -> Markup:
    """Return the list of the chapters, with links."""
    lang = report.lang
    entries = [
        *((name_case(each.case.id), f"{each.case.number} {each.case.title[lang]}") for each in report.chapters),
        (_KEY, _name_key(lang)),
        (_SOURCES, _name_sources(lang)),
    ]
    items = Markup("").join(Markup('<li><a href="#{}">{}</a></li>').format(*entry) for entry in entries)
    return Markup(
        '<nav class="contents" id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2><ol>{2}</ol></nav>\n'
    ).format(_CONTENTS, say(lang, "目录", "Contents"), items)


def _format_matrix(report: Report) -> Markup:
    """Return how completely the figures are stated, by domain."""
    if report.counts is None:
        return Markup("")
    counted = name_counted(report.counts, report.lang)
    title = say(
        report.lang,
        f"{counted}写得有多完整，缺口在哪里",
        f"How completely the {counted} are stated, and where the gaps are",
    )
    matrix = format_matrix(report.dataset, report.counts, report.lang, DocumentLinks())
    return Markup('<section class="matrix"><h2>{}</h2>{}</section>\n').format(title, matrix)


def _format_chapter(report: Report, chapter: Chapter) -> Markup:
    """Return a case: what its page shows, all evidence unfolded, then what is not stated, and the source."""
    case, lang, rows = chapter.case, report.lang, chapter.rows
    links = DocumentLinks(case_id=case.id)
    line = format_case_line(report.dataset, case, report.dataset.all_cases, lang, None)
    notes = Markup("").join(
        Markup('<p class="scope">{}</p>').format(text) for text in (chapter.omitted, chapter.note) if text
    )
    parts = (
        format_head(report.dataset, case, rows, lang, links, unfolded=True),
        format_figures(rows, lang, links, unfolded=True),
        format_events(case.events, lang),
        format_conflicts(chapter.conflicts, rows, lang, links),
    )
    return Markup(
        '<section class="case" id="{0}" aria-labelledby="{0}-title">{1}<h2 id="{0}-title">{2}</h2>'
        '<p class="lede">{3}</p>{4}{5}<div class="chapter-end">{6}{7}</div></section>\n'
    ).format(
        name_case(case.id),
        line,
        case.title[lang],
        case.summary[lang],
        notes,
        demote_headings(Markup("").join(parts)),
        _format_missing(rows, lang),
        _format_chapter_end(report, chapter),
    )


def _format_missing(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return what the source does not state: the values that would complete its results, with their metrics."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.needed:
            names.setdefault(row.needed, []).append(row.name)
    if not names:
        return Markup("")
    items = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(needed, say(lang, "；", "; ").join(those))
        for needed, those in names.items()
    )
    title = say(lang, "材料没有写明的", "What is not stated")
    note = say(lang, "要成为A级，材料还须写明：", "For an A the source would have to state:")
    return Markup('<h3>{}</h3><p class="note">{}</p><dl class="missing">{}</dl>').format(title, note, items)


def _format_chapter_end(report: Report, chapter: Chapter) -> Markup:
    """Return the source of a case, the address of its page where it is known, and the way back to the contents."""
    case, lang = chapter.case, report.lang
    cited = cite_cases({report.dataset.source_of(case.id): [case.number]}, lang)
    page = Markup("")
    if chapter.address:
        page = Markup(say(lang, "网页：", " Page: ")) + _link(chapter.address)
    back = Markup('<a class="back" href="#{}">{}</a>').format(_CONTENTS, say(lang, "回到目录", "Back to the contents"))
    return Markup('<p class="quiet origin">{}{} {}</p>').format(cited, page, back)


def _link(address: str) -> Markup:
    """Return an address as a link that shows it, so that it can be read on paper."""
    return Markup('<a class="address" href="{0}" rel="noopener">{0}</a>').format(address)


def _name_key(lang: Lang) -> str:
    return say(lang, "等级与疑点说明", "Key to grades and doubts")


def _format_key(lang: Lang) -> Markup:
    """Return what grades and flags mean, and what the figures cannot show."""
    entry = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
    grades = Markup("").join(
        entry.format(format_badge(grade, lang, worded=True), GRADE_RULES[grade].meaning[lang]) for grade in GRADES
    )
    flags = Markup("").join(
        entry.format(Markup('<span aria-hidden="true">⚠</span> {}').format(word[lang]), FLAG_MEANINGS[flag][lang])
        for flag, word in FLAG_WORDS.items()
    )
    limits = Markup("").join(Markup("<li>{}</li>").format(limit[lang]) for limit in LIMITS)
    return Markup(
        '<section class="key-part" id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2><p>{2}</p>'
        '<dl class="meanings">{3}{4}</dl><h3>{5}</h3><ul>{6}</ul></section>\n'
    ).format(
        _KEY,
        _name_key(lang),
        GRADES_NOTE[lang],
        grades,
        flags,
        say(lang, "这些数字不能说明什么", "What the figures cannot show"),
        limits,
    )


def _name_sources(lang: Lang) -> str:
    return say(lang, "来源、引用与许可", "Sources, citation and licence")


def _format_sources(report: Report) -> Markup:
    """Return all documents: those of the cases by GB/T 7714, other ones that speak of the figures, and the rights."""
    lang = report.lang
    own = Markup("").join(Markup("<li>{}</li>").format(_cite(document, lang)) for document in report.documents)
    title = _name_sources(lang)
    readings = _list_readings(report.chapters)
    others = Markup("")
    if readings:
        items = Markup("").join(Markup("<li>{}</li>").format(_name_reading(each, lang)) for each in readings)
        heading = say(lang, "文中引用的其他材料", "Other documents that are quoted")
        others = Markup('<h3>{}</h3><ul class="documents">{}</ul>').format(heading, items)
    lines = Markup("").join(Markup("<p>{}</p>").format(_link_address(line)) for line in report.closing)
    closing = Markup('<div class="closing">{}</div>').format(lines)
    return Markup(
        '<section class="sources" id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2>'
        '<ul class="documents">{2}</ul>{3}{4}</section>'
    ).format(_SOURCES, title, own, others, closing)


def _cite(document: Document, lang: Lang) -> Markup:
    """Return the citation of a document as printed; in English its translation follows."""
    printed = Markup('<span lang="zh">{}</span>').format(cite_document(document))
    if lang == "zh":
        return printed
    return printed + Markup(" {}").format(cite_document(document, lang))


def _list_readings(chapters: Iterable[Chapter]) -> list[ReadingElsewhere]:
    """Return what other documents say, one of each document."""
    readings = (reading for chapter in chapters for row in chapter.rows for reading in row.elsewhere)
    return list({(each.publisher, each.date, each.address): each for each in readings}.values())


def _name_reading(reading: ReadingElsewhere, lang: Lang) -> Markup:
    comma = Markup(say(lang, "，", ", "))
    address = _link_address(reading.address)
    return comma.join(part for part in (reading.publisher, reading.date, address) if part)


def _link_address(text: str) -> Markup:
    """Return a text that is a web address as a link, any other text as it is."""
    return _link(text) if text.startswith(("http://", "https://")) else Markup.escape(text)
