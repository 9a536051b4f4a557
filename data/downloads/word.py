"""One case as a Word document: its answer on the first page, then an annex with everything that stands behind it.

The first page has the key figures, the weightiest doubts and the source; the annex the story, all metrics with their
evidence, contradictions, what is not stated, and a key to the grades.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from docx import Document
from docx.document import Document as DocumentType
from docx.table import Table

from data.downloads.archive import reset_times
from data.downloads.extract import LICENCE, find_conflicts, parse_date
from data.downloads.word_parts import (
    DOUBTS,
    LEAD,
    NOTE,
    add_page_number,
    add_table,
    emphasize,
    prefer_chinese,
    set_page,
    set_styles,
    write_margin,
)
from data.model.evidence import Origin
from data.model.grades import GRADES
from data.model.schema import Case, Conflict, Lang, Text
from data.query.dataset import Dataset
from data.query.filters import Filters, select_in_case
from data.query.findings import RESULTS
from data.query.table import LIST_SEPARATOR
from data.wording.brief import MAX_DOUBTS, Brief, Doubt, summarize
from data.wording.citation import cite_cases, cite_document, list_caveats, write_reading
from data.wording.conflicts import group_conflicts
from data.wording.findings import Finding
from data.wording.formatting import format_date
from data.wording.labels import (
    AUTHORS,
    COLUMN_WORDS,
    FLAG_MEANINGS,
    FLAG_WORDS,
    GRADE_MEANINGS,
    GRADE_WORDS,
    GRADES_NOTE,
    HEADINGS,
    NO_GUESSES,
    RIGHTS,
    SITE_NAME,
    t,
)
from data.wording.openings import describe_case, warn
from data.wording.remarks import group_needed, has_derived_end
from data.wording.rows import MetricRow, Rows, describe_omitted

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAX_PROPERTY_LENGTH = 255
"""Maximum number of characters that Word keeps of a document property."""

Column = tuple[Text, Callable[[MetricRow], str]]
"""A column of a table of metrics: its heading and its text."""
_NAME: Column = (COLUMN_WORDS["figure"], lambda row: row.name)
_PLACE: Column = (COLUMN_WORDS["place"], lambda row: row.place)
_BEFORE: Column = (COLUMN_WORDS["before"], lambda row: _mark_derived(row.before_label or "—", row.before_origin))
_AFTER: Column = (COLUMN_WORDS["after"], lambda row: _mark_derived(row.after_label or "—", row.after_origin))
_CHANGE: Column = (COLUMN_WORDS["change"], lambda row: _mark_derived(row.change_label, row.change_origin))
_VALUE: Column = (COLUMN_WORDS["value"], lambda row: row.after_label or row.before_label or row.change_label)
_PERIODS: Column = (COLUMN_WORDS["periods"], lambda row: row.periods)
_GRADE: Column = (
    COLUMN_WORDS["state"],
    lambda row: "\n".join(
        filter(None, (f"{row.grade} {row.grade_word}", " · ".join(word for word, _ in row.word_doubts(dated=True))))
    ),
)
_CHANGE_COLUMNS = {_NAME: 38, _PLACE: 20, _BEFORE: 20, _AFTER: 20, _CHANGE: 20, _PERIODS: 24, _GRADE: 28}
"""The columns of the table of changes with their widths in mm."""
_VALUE_COLUMNS = {_NAME: 54, _PLACE: 28, _VALUE: 30, _PERIODS: 28, _GRADE: 30}
"""The columns of the tables of single values with their widths in mm."""


@lru_cache(maxsize=8)
def write_case(
    dataset: Dataset, case: Case, lang: Lang, city: tuple[str, ...] = (), date: str = "", address: str = ""
) -> bytes:
    """Return the .docx file of a case in one language, with the metrics that a filter by `city` leaves of it.

    `date` (ISO) and `address` are those of the page it was taken from, printed at the head and the foot of every sheet.
    The same arguments give the same bytes.
    """
    filters = Filters(city=city)
    kept = Rows(dataset, lang, select_in_case(dataset, filters, case))
    rows = sorted(kept, key=lambda row: row.rank)
    writer = _Writer(dataset, case, lang)
    writer.write_margins(date, address)
    writer.write_answer(summarize(case, kept, lang), describe_omitted(dataset, filters, case, lang))
    writer.write_story()
    writer.write_metrics(rows)
    writer.write_evidence(rows)
    writer.write_conflicts(find_conflicts(case, {row.metric_id for row in rows}))
    writer.write_missing(rows)
    writer.write_key(rows)
    writer.write_citation()
    return writer.save()


class _Writer:
    """Writes the sections of a document in the order in which its methods are called."""

    def __init__(self, dataset: Dataset, case: Case, lang: Lang) -> None:
        self.dataset, self.case, self.lang = dataset, case, lang
        self.source = dataset.source_of(case)
        self.document: DocumentType = Document()
        set_styles(self.document)
        set_page(self.document.sections[0])
        properties, issuer = self.document.core_properties, self.source.issuer[lang]
        properties.title, properties.author = case.title[lang][:_MAX_PROPERTY_LENGTH], issuer[:_MAX_PROPERTY_LENGTH]
        properties.subject, properties.language = case.id, t(lang, "zh-CN", "en-GB")
        properties.created = properties.modified = parse_date(self.source)
        properties.comments, properties.last_modified_by = "", ""

    def t(self, zh: str, en: str) -> str:
        return t(self.lang, zh, en)

    def save(self) -> bytes:
        if self.lang == "zh":
            prefer_chinese(self.document)
        out = io.BytesIO()
        self.document.save(out)
        return reset_times(out.getvalue())

    def write_margins(self, date: str, address: str) -> None:
        """Write the head of every sheet, with the site's name and the date, and its foot, with address and number."""
        section = self.document.sections[0]
        head = write_margin(section.header.paragraphs[0], SITE_NAME[self.lang])
        head.add_run(date and format_date(date, self.lang))
        add_page_number(write_margin(section.footer.paragraphs[0], address), self.lang)

    # --- the first page

    def write_answer(self, brief: Brief, omitted: str) -> None:
        case, lang = self.case, self.lang
        number = self.t(f"案例 {case.number}", f"Case {case.number}")
        self._add_note(" · ".join([number, *describe_case(self.dataset, case, lang)]))
        self.document.add_heading(case.title[lang], 0)
        self.document.add_paragraph(case.summary[lang], LEAD)
        if omitted:
            self._add_note(omitted)
        self._add_titled(1, "key_figures")
        if brief.findings:
            self._add_key_figures(brief.findings)
        else:
            self.document.add_paragraph(brief.note)
        self._add_doubts(brief.doubts, len(brief.findings))
        self._add_note(warn([self.source], lang))
        self._add_note(cite_cases({self.source: [case.number]}, lang))

    def _add_key_figures(self, findings: Sequence[Finding]) -> None:
        headings = (
            _NAME[0], COLUMN_WORDS["values"], _CHANGE[0], _GRADE[0], _PERIODS[0],
        )  # fmt: skip
        rows = [finding.row for finding in findings]
        cells = [
            (row.name, _format_ends(finding), _format_change(row), _GRADE[1](row), row.periods)
            for row, finding in zip(rows, findings, strict=True)
        ]
        about = self.t("主要数字：前后数值、变化、完整度与疑点", "The key figures: both values, change, completeness")
        table = self._add_table(headings, cells, (44, 44, 21, 36, 25), about)
        for line, finding in zip(list(table.rows)[1:], findings, strict=True):
            for cell, stated in zip(line.cells[1:3], (finding.ends, finding.change), strict=True):
                if stated:
                    emphasize(cell)
        if any(map(_is_derived, rows)):
            self._explain_derived()

    def _add_doubts(self, doubts: Sequence[Doubt], whole: int) -> None:
        """Add the weightiest doubts; `whole` is the number of key figures."""
        if not doubts:
            return
        self._add_heading(1, "疑点", "Doubts")
        for doubt in doubts[:MAX_DOUBTS]:
            self.document.add_paragraph(self._name_doubt(doubt, whole), DOUBTS)
        if (more := len(doubts) - MAX_DOUBTS) > 0:
            self._add_note(self.t(f"另有{more}项疑点，见附件。", f"{more} more in the annex."))

    def _name_doubt(self, doubt: Doubt, whole: int) -> str:
        """Return a doubt with the names of the key figures it concerns, or that it concerns all of them."""
        names = self.t("；", "; ").join(doubt.names)
        if len(doubt.names) == whole > 1:
            names = self.t(f"以上{whole}项", f"all {whole} figures above")
        return doubt.text + (self.t(f"（{names}）", f" ({names})") if names else "")

    # --- the annex

    def write_story(self) -> None:
        """Begin the annex on a new page with problem, actions and result."""
        case, lang = self.case, self.lang
        heading = self.document.add_heading(self.t("附件", "Annex"), 1)
        heading.paragraph_format.page_break_before = True
        self._add_titled(2, "problem")
        self.document.add_paragraph(case.problem[lang])
        self._add_titled(2, "done")
        for action in case.actions:
            self.document.add_paragraph(action[lang], "List Number")
        self._add_titled(2, "short")
        self.document.add_paragraph(case.result[lang])

    def write_metrics(self, rows: Sequence[MetricRow]) -> None:
        """Add a table for each kind of evidence, so that no level is read as a change and no plan as a result."""
        self._add_heading(2, "全部指标", "All figures")
        results = [row for row in rows if row.role in RESULTS]
        self._add_changes([row for row in results if row.rule.has_change])
        told = [row for row in results if row.tells_change]
        self._add_metrics(told, _VALUE_COLUMNS, HEADINGS["told"])
        for drawing, title in (
            ("level", Text(zh="只有现值或完成量", en="Levels and amounts delivered, with no earlier value")),
            ("words", Text(zh="以文字表述的现状", en="Standings in words")),
            ("plan", HEADINGS["plans"]),
        ):
            rest = [row for row in results if row.rule.drawing == drawing and not row.tells_change]
            self._add_metrics(rest, _VALUE_COLUMNS, title)
        others = [row for row in rows if row.role not in RESULTS]
        self._add_metrics(others, _VALUE_COLUMNS, HEADINGS["others"])

    def _add_changes(self, rows: Sequence[MetricRow]) -> None:
        if not rows:
            self.document.add_paragraph(HEADINGS["no_change"][self.lang])
            return
        self._add_metrics(rows, _CHANGE_COLUMNS, HEADINGS["changes"])
        if any(_is_derived(row) for row in rows):
            self._explain_derived()

    def _add_metrics(self, rows: Sequence[MetricRow], columns: Mapping[Column, int], title: Text) -> None:
        """Add a table of metrics with a heading, if there are any."""
        if rows:
            self._add_heading(3, title.zh, title.en)
            cells = [[text(row) for _, text in columns] for row in rows]
            self._add_table([heading for heading, _ in columns], cells, tuple(columns.values()), title[self.lang])

    def _explain_derived(self) -> None:
        zh, en = "材料未写明，由同一行写明的数推算。", "Not stated; calculated from what is stated in the same row."
        self._add_note(self.t(f"* {zh}", f"* {en}"))

    def write_evidence(self, rows: Sequence[MetricRow]) -> None:
        self._add_heading(2, "全部指标与原文", "All figures with source text")
        headings = (
            _NAME[0],
            Text(zh="原文（所在部分）", en="Source words, our translation (section)"),
            Text(zh="推算与注意事项", en="Calculation and caveats"),
        )
        compared = self.t("参照 ", "For comparison: ")
        cells = []
        for row in rows:
            phrases = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
            words = [*(self._quote(*pair) for pair in phrases), self._section(row)]
            yardstick = row.yardstick and compared + row.yardstick
            others = (write_reading(each, self.lang) for each in row.elsewhere if each not in row.differing)
            notes = filter(None, (row.formula_label, yardstick, *list_caveats(row, self.lang), *others))
            cells.append((row.name, "\n".join(words), "\n".join(notes)))
        about = self.t("每项指标的原文、推算与注意事项", "The source's words, calculation and caveats of each figure")
        self._add_table(headings, cells, (40, 62, 68), about)

    def _quote(self, original: str, translation: str) -> str:
        """Return words of the source; in English with the project's translation."""
        return self.t(f"“{original}”", f"“{original}” {translation}")

    def _section(self, row: MetricRow) -> str:
        return self.t(f"（{row.section}）", f"({row.section}: {row.section_en})")

    def write_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        headings = Text(zh="原文", en="Source words, our translation"), Text(zh="说明", en="What to make of it")
        for title, own in group_conflicts(conflicts):
            self._add_heading(2, title.zh, title.en)
            cells = [
                ("\n".join(self._quote(phrase.text, phrase.en) for phrase in each.phrases), each.note[self.lang])
                for each in own
            ]
            self._add_table(headings, cells, (75, 95), title[self.lang])

    def write_missing(self, rows: Sequence[MetricRow]) -> None:
        """Add what the source does not state: the values that would complete its results, with their metrics."""
        needed = group_needed(rows)
        if not needed:
            return
        self._add_titled(2, "unstated")
        between = self.t("；", "; ")
        cells = [(text, between.join(names)) for text, names in needed.items()]
        about = self.t("缺少的数值与相应的指标", "The missing values and the figures that lack them")
        self._add_table((COLUMN_WORDS["needed"], _NAME[0]), cells, (55, 115), about)

    def write_key(self, rows: Sequence[MetricRow]) -> None:
        """Explain the grades and flags that occur."""
        self._add_titled(2, "key")
        self.document.add_paragraph(GRADES_NOTE[self.lang])
        grades, words = {row.grade for row in rows}, {word for row in rows for word in row.flag_words}
        lang, graded = self.lang, [grade for grade in GRADES if grade in grades]
        cells = [
            *((f"{grade} {GRADE_WORDS[grade][lang]}", GRADE_MEANINGS[grade][lang]) for grade in graded),
            *((word[lang], FLAG_MEANINGS[flag][lang]) for flag, word in FLAG_WORDS.items() if word[lang] in words),
        ]
        headings = Text(zh="等级或疑点", en="Grade or doubt"), Text(zh="含义", en="Meaning")
        self._add_table(headings, cells, (45, 125), self.t("等级与疑点的含义", "What the grades and doubts mean"))

    def write_citation(self) -> None:
        source, case = self.source, self.case
        self._add_heading(2, "引用与许可", "Citation and licence")
        self.document.add_paragraph(f"{cite_document(source)} 案例{case.number}：{case.title.zh}.")
        if self.lang == "en":
            self.document.add_paragraph(f"{cite_document(source, 'en')} Case {case.number}: {case.title.en}.")
        for texts in ((AUTHORS[self.lang], NO_GUESSES[self.lang]), (RIGHTS[self.lang], LICENCE["path"])):
            self._add_note(self.t("", " ").join(texts))

    # --- parts

    def _add_heading(self, level: int, zh: str, en: str) -> None:
        self.document.add_heading(self.t(zh, en), level)

    def _add_titled(self, level: int, heading: str) -> None:
        """Add one of HEADINGS."""
        self._add_heading(level, HEADINGS[heading].zh, HEADINGS[heading].en)

    def _add_note(self, text: str) -> None:
        self.document.add_paragraph(text, NOTE)

    def _add_table(
        self, headings: Sequence[Text], rows: Sequence[Sequence[str]], widths: Sequence[int], about: str
    ) -> Table:
        return add_table(self.document, [heading[self.lang] for heading in headings], rows, widths, about)


def _mark_derived(label: str, origin: Origin) -> str:
    return f"{label} *" if origin == "derived" else label


def _is_derived(row: MetricRow) -> bool:
    return has_derived_end(row) or row.change_origin == "derived"


def _format_ends(finding: Finding) -> str:
    """Return both ends of a key figure, or the one stated, and what is missing."""
    row = finding.row
    ends = (row.before_label, row.before_origin), (row.after_label, row.after_origin)
    stated = " → ".join(_mark_derived(label, origin) for label, origin in ends if label)
    return "\n".join(filter(None, (stated, finding.remark)))


def _format_change(row: MetricRow) -> str:
    change = _mark_derived(row.change_label, row.change_origin) if row.change_label else "—"
    return "\n".join(filter(None, (change, row.direction_word)))
