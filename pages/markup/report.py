"""A report on reforms as one HTML document that needs no server: to hand over, to read without a network, to print.

Its cover has the finding and the table of findings; a chapter for each case follows, then what it is made from. Its
parts are those of the pages, from the same templates, with links inside the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup

from data.downloads import formats
from data.downloads.extract import EMPTY_NOTE, LICENCE, Extract
from data.downloads.formats import Format
from data.downloads.snippets import build_link
from data.model.schema import Document, Text
from data.query.findings import GapCounts, count_gaps
from data.wording.citation import cite_cases
from data.wording.counts import count_selection
from data.wording.findings import CaseFindings, GapRow, list_findings, list_gaps
from data.wording.labels import AUTHORS, MAP_CREDIT, NO_GUESSES, RIGHTS, SITE_NAME, t
from data.wording.method import LIMITS
from data.wording.openings import Opening, open_overview, title_gaps
from data.wording.rows import ReadingElsewhere, Rows, describe_omitted
from pages.markup.case import CasePage
from pages.markup.environment import render
from pages.markup.links import DocumentLinks
from pages.markup.style_sheet import MARKUP, PAPER, define_properties, keep_used_rules, read_sheets

MAX_CASES = 50
"""Maximum number of cases in a report, of about 66 kB and six sheets each; filters choose others."""
STYLE = MARKUP + PAPER + read_sheets("report")
"""The style sheet, of which a report has the rules that it needs."""


@dataclass(frozen=True)
class Chapter:
    """A case with its metrics in the report, and what filters leave out of it.

    `note` stands in place of its metrics; `cited` names its document, `address` is that of its page, empty where it is
    not known.
    """

    page: CasePage
    omitted: str
    note: str
    cited: str
    address: str


@dataclass(frozen=True)
class Report:
    """What a report says.

    `scope` tells what was selected, and what of it is left out; it is empty for everything. `closing` are the lines on
    rights and origin at the end. `counts` are those of the matrix, None where its rows would go beyond the selection.
    """

    extract: Extract
    opening: Opening
    scope: Sequence[str]
    findings: Sequence[CaseFindings]
    chapters: Sequence[Chapter]
    documents: Sequence[Document]
    closing: Sequence[str]
    counts: GapCounts | None

    links = DocumentLinks()
    limits = LIMITS

    @property
    def site(self) -> str:
        """What stands above the title and on every sheet."""
        return t(self.extract.lang, f"{SITE_NAME.zh}报告", f"{SITE_NAME.en}: report")

    @property
    def cited(self) -> str:
        """The documents that its figures are from."""
        return cite_cases({document: [] for document in self.documents}, self.extract.lang)

    @property
    def matrix_title(self) -> str:
        """The title of the matrix."""
        return title_gaps(self.counts, self.extract.lang) if self.counts else ""

    @property
    def gaps(self) -> Sequence[GapRow]:
        """The rows of the matrix."""
        return list_gaps(self.counts, self.extract.dataset.domains, self.extract.lang) if self.counts else ()

    @property
    def readings(self) -> Iterable[ReadingElsewhere]:
        """What other documents say, one of each document."""
        found = (reading for chapter in self.chapters for row in chapter.page.rows for reading in row.elsewhere)
        return {(each.publisher, each.date, each.address): each for each in found}.values()


@lru_cache(maxsize=4)
def write_report(extract: Extract) -> bytes:
    """Return the report of an extract in its language as UTF-8; the same extract gives the same bytes."""
    selection, lang = extract.selection, extract.lang
    found = list_findings(selection, range(min(MAX_CASES, len(selection.cases))), lang)
    narrowed = bool(extract.only or extract.filters.domain or extract.filters.grade)
    report = Report(
        extract=extract,
        opening=open_overview(selection, lang, extract.filters),
        scope=list(_write_scope(extract)),
        findings=[replace(each, more=()) for each in found],
        chapters=[_select_chapter(extract, each) for each in found],
        documents=tuple(extract.dataset.documents_of(selection.cases[:MAX_CASES])),
        closing=list(_write_closing(extract)),
        counts=None if narrowed else count_gaps(extract.dataset, extract.filters),
    )
    body = render("report", "body", lang, report)
    style = define_properties(":root", {"paper-title": f'"{report.site}"'}) + keep_used_rules(STYLE, body)
    return render("report", "document", lang, report, Markup(style), body).encode()


def _write_scope(extract: Extract) -> Iterator[str]:
    """Yield what is selected, what of it is left out, and that nothing is, a sentence each."""
    selection, lang = extract.selection, extract.lang
    if extract.query:
        chosen = extract.describe_query()
        kept = count_selection(selection, (), "", lang)
        whole = f"{len(extract.dataset.metrics):,}"
        yield t(
            lang,
            f"本报告只含所选部分（{'；'.join(chosen)}）：{kept}；全部共{whole}项指标。",
            f"This report holds only what was selected ({'; '.join(chosen)}): {kept} of {whole}.",
        )
    if extract.note:
        yield EMPTY_NOTE[lang]
    if (total := len(selection.cases)) > MAX_CASES:
        yield t(
            lang,
            f"所选{total:,}个案例中，这里列出前{MAX_CASES}个；按地市或领域筛选，可得其他案例的报告。",
            f"These are the first {MAX_CASES} of {total:,} cases; a filter by city or domain makes a report of others.",
        )


def _select_chapter(extract: Extract, found: CaseFindings) -> Chapter:
    """Return a case with the metrics that are selected: the cities' own first, headlines before others."""
    dataset, lang = extract.dataset, extract.lang
    case = dataset.by_id[found.case_id]
    own, others = extract.selection.split_case(case.id)
    rows = [
        row for positions in (own, others) for row in sorted(Rows(dataset, lang, positions), key=lambda row: row.rank)
    ]
    return Chapter(
        page=CasePage(dataset, case, rows, lang, DocumentLinks(case_id=case.id), dataset.cases),
        omitted=describe_omitted(dataset, extract.filters, case, lang) if extract.filters.city else "",
        note="" if rows else found.note,
        cited=cite_cases(dataset.documents_of([case]), lang),
        address=f"{extract.link_case(case.id)}&lang={lang}" if extract.address else "",
    )


def _write_closing(extract: Extract) -> Iterator[str]:
    """Yield whose the parts are, which data they are from, and where the report is made anew."""
    lang, version = extract.lang, extract.dataset.version
    for texts in ((AUTHORS, NO_GUESSES), (RIGHTS, MAP_CREDIT)):
        yield t(lang, "", " ").join(text[lang] for text in texts)
    yield LICENCE["path"]
    if version:
        yield t(lang, f"数据版本：{version}。", f"Version of the data: {version}.")
    if extract.address:
        yield t(
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
