"""An extract as a report: what goes into it, and in which order. Its HTML is written in `pages.markup.report`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from data.downloads import formats
from data.downloads.extract import EMPTY_NOTE, LICENCE, Extract, find_conflicts
from data.downloads.formats import Format
from data.downloads.snippets import build_link
from data.model.schema import Text
from data.query.findings import count_gaps
from data.wording.counts import count_selection
from data.wording.filters import describe_filters
from data.wording.findings import CaseFindings, list_findings
from data.wording.labels import AUTHORS, MAP_CREDIT, NO_GUESSES, RIGHTS, say
from data.wording.openings import open_overview
from data.wording.rows import Rows, describe_omitted
from pages.markup.report_html import Chapter, Report, format_report

MAX_CASES = 50
"""Maximum number of cases in a report, of about 66 kB and six sheets each; filters choose others."""


@lru_cache(maxsize=4)
def write_report(extract: Extract) -> bytes:
    """Return the report of an extract in its language as UTF-8; the same extract gives the same bytes."""
    selection, lang = extract.selection, extract.lang
    found = list_findings(selection, range(min(MAX_CASES, len(selection.cases))), lang)
    narrowed = bool(extract.only or extract.filters.domain or extract.filters.grade)
    report = Report(
        dataset=extract.dataset,
        lang=lang,
        opening=open_overview(selection, lang, extract.filters),
        scope=list(_write_scope(extract)),
        findings=[replace(each, more=()) for each in found],
        chapters=[_select_chapter(extract, each) for each in found],
        documents=extract.dataset.documents_of(selection.cases.positions[:MAX_CASES]),
        closing=list(_write_closing(extract)),
        counts=None if narrowed else count_gaps(extract.dataset, extract.filters),
    )
    return format_report(report).encode()


def _write_scope(extract: Extract) -> Iterator[str]:
    """Yield what is selected, what of it is left out, and that nothing is, a sentence each."""
    selection, filters, lang = extract.selection, extract.filters, extract.lang
    if extract.query:
        chosen = [describe_filters(extract.dataset, filters, lang)] if filters else []
        if extract.only:
            count = len(extract.only)
            chosen.append(
                say(lang, f"选定的{count:,}个案例或指标", f"{count:,} chosen case{'s' * (count > 1)} or figures")
            )
        kept = count_selection(selection, (), "", lang)
        whole = f"{extract.dataset.metric_count:,}"
        yield say(
            lang,
            f"本报告只含所选部分（{'；'.join(chosen)}）：{kept}；全部共{whole}项指标。",
            f"This report holds only what was selected ({'; '.join(chosen)}): {kept} of {whole}.",
        )
    if extract.note:
        yield EMPTY_NOTE[lang]
    if (total := len(selection.cases)) > MAX_CASES:
        yield say(
            lang,
            f"所选{total:,}个案例中，这里列出前{MAX_CASES}个；按地市或领域筛选，可得其他案例的报告。",
            f"These are the first {MAX_CASES} of {total:,} cases; a filter by city or field makes a report of others.",
        )


def _select_chapter(extract: Extract, found: CaseFindings) -> Chapter:
    """Return a case with the metrics that are selected: the cities' own first, headlines before others."""
    dataset, lang = extract.dataset, extract.lang
    case = dataset.by_id[found.case_id]
    own, others = extract.selection.split_case(dataset.index.case_positions[case.id])
    rows = [
        row for positions in (own, others) for row in sorted(Rows(dataset, lang, positions), key=lambda row: row.rank)
    ]
    return Chapter(
        case=case,
        rows=rows,
        conflicts=find_conflicts(case, {row.metric_id for row in rows}),
        omitted=describe_omitted(dataset, extract.filters, case, lang) if extract.filters.city else "",
        note="" if rows else found.note,
        address=f"{extract.link_case(case.id)}&lang={lang}" if extract.address else "",
    )


def _write_closing(extract: Extract) -> Iterator[str]:
    """Yield whose the parts are, which data they are from, and where the report is made anew."""
    lang, version = extract.lang, extract.dataset.version
    for texts in ((AUTHORS, NO_GUESSES), (RIGHTS, MAP_CREDIT)):
        yield say(lang, "", " ").join(text[lang] for text in texts)
    yield LICENCE["path"]
    if version:
        yield say(lang, f"数据版本：{version}。", f"Version of the data: {version}.")
    if extract.address:
        yield say(
            lang,
            "这份报告的永久链接，打开时用最新数据：",
            "The permanent link of this report, made from the latest data:",
        )
        yield build_link(extract.address, "report.html", extract.filters, **_only(extract), lang=lang)


def _only(extract: Extract) -> dict[str, str]:
    return {"only": ",".join(extract.only)} if extract.only else {}


FORMATS: Mapping[str, Format] = {
    **formats.FORMATS,
    "html": Format(
        "html",
        "HTML",
        "text/html",
        write_report,
        "A report on the cases in one HTML file, to read without a network or to print",
        contents="report",
        link_label=Text(zh="整份报告", en="Whole report"),
        in_language=True,
    ),
}
"""All formats that are offered: those of the tables and the report, by the ending of their files."""
