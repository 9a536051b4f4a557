"""One case as a Word document: its story, its metrics in tables, their evidence, contradictions and a citation."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Row as TableRow

from data.downloads.archive import reset_times
from data.downloads.extract import find_conflicts, parse_date
from data.model.grades import GRADE_RULES
from data.model.schema import Case, Conflict, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, select_in_case
from data.query.table import LIST_SEPARATOR
from data.wording.citation import cite_document, list_caveats, write_reading
from data.wording.formatting import format_date
from data.wording.labels import say
from data.wording.rows import MetricRow, Rows, describe_omitted

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LATIN_FONT, _CHINESE_FONT = "Calibri", "Microsoft YaHei"
_INK, _GREY = RGBColor(0x17, 0x17, 0x17), RGBColor(0x59, 0x59, 0x59)
_FONT_SIZES = {"Normal": 10.5, "Title": 20, "Heading 1": 13, "Heading 2": 10.5, "Table text": 8.5, "Note": 9}
"""Font size of each style in points."""
_MAX_PROPERTY_LENGTH = 255
"""Maximum number of characters that Word keeps of a document property."""
_NO_HEADLINE = 99
"""Rank of the metrics that are no headline: after all that are."""

Column = tuple[str, str, Callable[[MetricRow], str]]
"""A column of a table of metrics: its heading in Chinese and English, and its text."""
_NAME: Column = ("指标", "Figure", lambda row: row.name)
_PLACE: Column = ("地点", "Place", lambda row: row.place)
_BEFORE: Column = ("前", "Before", lambda row: _mark_derived(row.before_label or "—", row.before_origin))
_AFTER: Column = ("后", "After", lambda row: _mark_derived(row.after_label or "—", row.after_origin))
_CHANGE: Column = ("变化", "Change", lambda row: _mark_derived(row.change_label, row.change_origin))
_VALUE: Column = ("数值", "Value", lambda row: row.after_label or row.before_label or row.change_label)
_PERIODS: Column = ("时间", "Periods", lambda row: row.periods)
_GRADE: Column = ("等级", "Grade", lambda row: f"{row.grade} {row.grade_word}")
_CHANGE_COLUMNS = {_NAME: 38, _PLACE: 20, _BEFORE: 20, _AFTER: 20, _CHANGE: 22, _PERIODS: 28, _GRADE: 22}
"""The columns of the table of changes with their widths in mm."""
_VALUE_COLUMNS = {_NAME: 54, _PLACE: 30, _VALUE: 32, _PERIODS: 32, _GRADE: 22}
"""The columns of the tables of single values with their widths in mm."""


@lru_cache(maxsize=8)
def write_case(dataset: Dataset, case: Case, lang: Lang, city: tuple[str, ...] = ()) -> bytes:
    """Return the .docx file of a case in one language, with the metrics that a filter by `city` leaves of it.

    The same data gives the same bytes.
    """
    filters = Filters(city=city)
    kept = Rows(dataset, lang, select_in_case(dataset, filters, case))
    rows = sorted(kept, key=lambda row: row.headline or _NO_HEADLINE)
    writer = _Writer(dataset, case, lang)
    writer.write_head(describe_omitted(dataset, filters, case, lang))
    writer.write_story()
    writer.write_metrics(rows)
    writer.write_conflicts(find_conflicts(case, {row.metric_id for row in rows}))
    writer.write_evidence(rows)
    writer.write_citation()
    return writer.save()


class _Writer:
    """Writes the sections of a document in the order in which its methods are called."""

    def __init__(self, dataset: Dataset, case: Case, lang: Lang) -> None:
        self.dataset, self.case, self.lang = dataset, case, lang
        self.source = dataset.source_of(case.id)
        self.document: DocumentType = Document()
        self.cell_style, self.note_style = (
            self.document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in ("Table text", "Note")
        )
        set_fonts(self.document)
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin = section.bottom_margin = Mm(18)
        properties, issuer = self.document.core_properties, self.source.issuer[lang]
        properties.title, properties.author = case.title[lang][:_MAX_PROPERTY_LENGTH], issuer[:_MAX_PROPERTY_LENGTH]
        properties.subject, properties.language = case.id, say(lang, "zh-CN", "en-GB")
        properties.created = properties.modified = parse_date(self.source)
        properties.comments, properties.last_modified_by = "", ""

    def say(self, zh: str, en: str) -> str:
        return say(self.lang, zh, en)

    def write_head(self, omitted: str) -> None:
        case, lang, dataset = self.case, self.lang, self.dataset
        comma = self.say("、", ", ")
        places = comma.join(dataset.places[place].name[lang] for place in case.places)
        domains = comma.join(dataset.domains[domain].name[lang] for domain in case.domains)
        submitted = self.say(f"{case.submitted_by.zh}报送", f"submitted by {case.submitted_by.en}")
        self.document.add_heading(case.title[lang], 0)
        self._add_note(f"{self.say(f'案例 {case.number}', f'Case {case.number}')} · {places} · {domains} · {submitted}")
        self.document.add_paragraph(case.summary[lang])
        if omitted:
            self._add_note(omitted)

    def write_story(self) -> None:
        case, lang = self.case, self.lang
        self._add_heading("问题", "The problem")
        self.document.add_paragraph(case.problem[lang])
        self._add_heading("做法", "What was done")
        for action in case.actions:
            self.document.add_paragraph(action[lang], "List Number")
        self._add_heading("变化", "What changed")
        self.document.add_paragraph(case.result[lang])

    def write_metrics(self, rows: Sequence[MetricRow]) -> None:
        """Add a table for each kind of evidence, so that no level is read as a change and no plan as a result."""
        self._add_heading("指标", "Figures")
        rules = {grade: rule for grade, rule in GRADE_RULES.items() if any(row.grade == grade for row in rows)}
        if rules:
            colon, semicolon, stop = self.say("：", ": "), self.say("；", "; "), self.say("。", ".")
            words = (f"{grade} {rule.word[self.lang]}{colon}{rule.meaning[self.lang]}" for grade, rule in rules.items())
            self._add_note(semicolon.join(words) + stop)
        results = [row for row in rows if row.role in ("outcome", "output")]
        self._add_changes([row for row in results if row.rule.has_change])
        for drawing, zh, en in (
            ("level", "只有水平值或完成量", "Levels and amounts delivered, with no earlier value"),
            ("words", "以文字表述的结果", "Results in words"),
            ("plan", "目标与规划，不作为成效", "Targets and plans, not counted as results"),
        ):
            self._add_metrics([row for row in results if row.rule.drawing == drawing], _VALUE_COLUMNS, zh, en)
        others = [row for row in rows if row.role not in ("outcome", "output")]
        self._add_metrics(others, _VALUE_COLUMNS, "投入、背景与制度参数", "Inputs, background and rules")

    def _add_changes(self, rows: Sequence[MetricRow]) -> None:
        if not rows:
            text = self.say("材料没有给出这些指标的前后变化。", "The source states no change of these figures.")
            self.document.add_paragraph(text)
            return
        self._add_metrics(rows, _CHANGE_COLUMNS, "变化", "Changes")
        if any("derived" in (row.before_origin, row.after_origin, row.change_origin) for row in rows):
            zh, en = "材料未写明，由同一行写明的数推算。", "Not stated; derived from what is stated in the same row."
            self._add_note(self.say(f"* {zh}", f"* {en}"))

    def _add_metrics(self, rows: Sequence[MetricRow], columns: Mapping[Column, int], zh: str, en: str) -> None:
        """Add a table of metrics with a heading, if there are any."""
        if rows:
            self.document.add_heading(self.say(zh, en), 2)
            cells = ([text(row) for _, _, text in columns] for row in rows)
            self._add_table([column[:2] for column in columns], cells, tuple(columns.values()))

    def write_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        if not conflicts:
            return
        self._add_heading("材料自身的矛盾", "Where the source contradicts itself")
        cells = (
            ("\n".join(self._quote(phrase.text, phrase.en) for phrase in conflict.phrases), conflict.note[self.lang])
            for conflict in conflicts
        )
        self._add_table((("原文", "Source words, our translation"), ("说明", "What to make of it")), cells, (75, 95))

    def write_evidence(self, rows: Sequence[MetricRow]) -> None:
        self._add_heading("全部指标与原文", "All figures with source text")
        headings = (
            _NAME[:2],
            ("原文（所在部分）", "Source words, our translation (section)"),
            ("推算与注意事项", "Derivation and caveats"),
        )
        compared = self.say("参照 ", "For comparison: ")
        cells = []
        for row in rows:
            phrases = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
            words = [*(self._quote(*pair) for pair in phrases), self._section(row)]
            yardstick = row.yardstick and compared + row.yardstick
            others = (write_reading(each, self.lang) for each in row.elsewhere if each not in row.differing)
            notes = filter(None, (row.formula_label, yardstick, *list_caveats(row, self.lang), *others))
            cells.append((row.name, "\n".join(words), "\n".join(notes)))
        self._add_table(headings, cells, (42, 52, 76))

    def _quote(self, original: str, translation: str) -> str:
        """Return words of the source; in English with the project's translation."""
        return self.say(f"“{original}”", f"“{original}” {translation}")

    def _section(self, row: MetricRow) -> str:
        return self.say(f"（{row.section}）", f"({row.section}: {row.section_en})")

    def write_citation(self) -> None:
        source, case = self.source, self.case
        self._add_heading("引用", "Citation")
        self.document.add_paragraph(f"{cite_document(source)} 案例{case.number}：{case.title.zh}.")
        if self.lang == "en":
            document = f"{source.issuer.en}. {source.title.en}. {format_date(source.date, 'en')}."
            self.document.add_paragraph(f"{document} Case {case.number}: {case.title.en}.")
        self._add_note(
            self.say(
                "指标为来源所述事实，摘要与说明为编者所写；材料没有写明的不补。",
                "The figures are what the source states; summaries and notes are the curators'. "
                "What it does not say is left out.",
            )
        )

    def save(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return reset_times(out.getvalue())

    def _add_heading(self, zh: str, en: str) -> None:
        self.document.add_heading(self.say(zh, en), 1)

    def _add_note(self, text: str) -> None:
        self.document.add_paragraph(text, self.note_style)

    def _add_table(
        self, headings: Iterable[tuple[str, str]], rows: Iterable[Sequence[str]], widths: Sequence[int]
    ) -> None:
        """Add a table of columns `widths` mm wide. Every page repeats its heading row, and no row is split."""
        table = self.document.add_table(1, len(widths), "Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        self._fill(table.rows[0], [self.say(*pair) for pair in headings], widths, bold=True)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in rows:
            self._fill(table.add_row(), row, widths)
        self.document.add_paragraph()

    def _fill(self, row: TableRow, texts: Sequence[str], widths: Sequence[int], bold: bool = False) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = self.cell_style
            paragraph.add_run(text).bold = bold or None


def _mark_derived(label: str, origin: str) -> str:
    return f"{label} *" if origin == "derived" else label


def set_fonts(document: DocumentType) -> None:
    """Set size and color of the styles, and in all of them one Latin and one Chinese font and the languages.

    Without a Chinese font of its own a style may be displayed in a Japanese one.
    """
    for name, size in _FONT_SIZES.items():
        font = document.styles[name].font
        font.size, font.color.rgb = Pt(size), _GREY if name == "Note" else _INK
    document.styles["Table text"].paragraph_format.space_after = Pt(0)
    for properties in document.styles.element.iter(qn("w:rPr")):
        fonts = properties.find(qn("w:rFonts"))
        if fonts is None:
            fonts = OxmlElement("w:rFonts")
            properties.insert(0, fonts)
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), _CHINESE_FONT if script == "eastAsia" else _LATIN_FONT)
        language = properties.find(qn("w:lang"))
        if language is not None:
            language.set(qn("w:val"), "en-GB")
            language.set(qn("w:eastAsia"), "zh-CN")
