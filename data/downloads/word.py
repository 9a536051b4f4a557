"""One case as a Word document that an office can edit: its story, its figures as native tables, their provenance, contradictions and a citation."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from data.downloads.archive import sealed
from data.downloads.extract import conflicts_of
from data.model.grades import GRADES
from data.model.schema import Case, Conflict, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, figures_of
from data.query.table import LIST_SEPARATOR
from data.wording.citation import cite_document, list_caveats
from data.wording.formatting import format_date
from data.wording.labels import GRADE_MEANINGS, GRADE_WORDS, say
from data.wording.rows import MetricRow, left_out, worded_rows

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LATIN, _CHINESE = "Calibri", "Microsoft YaHei"
_INK, _GREY = RGBColor(0x17, 0x17, 0x17), RGBColor(0x59, 0x59, 0x59)
_PROPERTY = 255
"""So many characters Word keeps of a property of a file; the text itself is whole."""


@lru_cache(maxsize=8)
def brief(dataset: Dataset, case: Case, lang: Lang, city: tuple[str, ...] = ()) -> bytes:
    """The .docx file of a case in one language, with the figures that a filter by `city` leaves of it. Always the same
    bytes for the same data.
    """
    filters = Filters(city=city)
    left = worded_rows(dataset, lang, figures_of(dataset, filters, case))
    rows = sorted(left, key=lambda row: row.headline or 99)
    document = _Writer(dataset, case, lang)
    document.head(left_out(dataset, filters, case, lang))
    document.story()
    document.figures(rows)
    document.contradictions(conflicts_of(case, {row.metric_id for row in rows}))
    document.provenance(rows)
    document.citation()
    return document.saved()


class _Writer:
    """Writes a document from its head to its citation."""

    def __init__(self, dataset: Dataset, case: Case, lang: Lang) -> None:
        self.dataset, self.case, self.lang = dataset, case, lang
        self.document = Document()
        self.cell, self.note = (
            self.document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in ("Table text", "Note")
        )
        _letters(self.document)
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin = section.bottom_margin = Mm(18)
        written = datetime.fromisoformat(f"{dataset.source.date}-01-01"[:10])
        about = self.document.core_properties
        about.title, about.author = case.title[lang][:_PROPERTY], dataset.source.issuer[lang][:_PROPERTY]
        about.subject, about.language = case.id, say(lang, "zh-CN", "en-GB")
        about.created = about.modified = written
        about.comments, about.last_modified_by = "", ""

    def say(self, zh: str, en: str) -> str:
        return say(self.lang, zh, en)

    def head(self, left_out: str) -> None:
        case, lang, dataset = self.case, self.lang, self.dataset
        places = self.say("、", ", ").join(dataset.places[place].name[lang] for place in case.places)
        domains = self.say("、", ", ").join(dataset.domains[domain].name[lang] for domain in case.domains)
        submitted = self.say(f"{case.submitted_by.zh}报送", f"submitted by {case.submitted_by.en}")
        self.document.add_heading(case.title[lang], 0)
        self._note(f"{self.say(f'案例 {case.number}', f'Case {case.number}')} · {places} · {domains} · {submitted}")
        self.document.add_paragraph(case.summary[lang])
        if left_out:
            self._note(left_out)

    def story(self) -> None:
        case, lang = self.case, self.lang
        self._heading("问题", "The problem")
        self.document.add_paragraph(case.problem[lang])
        self._heading("做法", "What was done")
        for action in case.actions:
            self.document.add_paragraph(action[lang], "List Number")
        self._heading("变化", "What changed")
        self.document.add_paragraph(case.result[lang])

    def figures(self, rows: Sequence[MetricRow]) -> None:
        """A table for each kind of evidence, so that nobody reads a level as a change or a plan as a result."""
        shown = [row for row in rows if row.role in ("outcome", "output")]
        self._heading("指标", "Figures")
        grades = [grade for grade in GRADES if any(row.grade == grade for row in rows)]
        meanings = (
            self.say("{}：{}", "{}: {}").format(
                f"{grade} {GRADE_WORDS[grade][self.lang]}", GRADE_MEANINGS[grade][self.lang]
            )
            for grade in grades
        )
        if grades:
            self._note(self.say("；", "; ").join(meanings) + self.say("。", "."))
        self._compared([row for row in shown if row.rule.has_change])
        self._stated(
            [row for row in shown if row.rule.drawing == "level"],
            "只有水平值或完成量",
            "Levels and amounts delivered, with no earlier value",
        )
        self._stated([row for row in shown if row.rule.drawing == "words"], "以文字表述的结果", "Results in words")
        self._stated(
            [row for row in shown if row.rule.drawing == "plan"],
            "目标与规划，不作为成效",
            "Targets and plans, not counted as results",
        )
        self._stated(
            [row for row in rows if row.role not in ("outcome", "output")],
            "投入、背景与制度参数",
            "Inputs, background and rules",
        )

    def _compared(self, rows: Sequence[MetricRow]) -> None:
        if not rows:
            self.document.add_paragraph(
                self.say("材料没有给出这些指标的前后变化。", "The source states no change of these figures.")
            )
            return
        headings = (
            ("指标", "Figure"),
            ("地点", "Place"),
            ("前", "Before"),
            ("后", "After"),
            ("变化", "Change"),
            ("时间", "Periods"),
            ("等级", "Grade"),
        )
        cells = (
            (
                row.name,
                row.place,
                _end(row, "before"),
                _end(row, "after"),
                _calculated(row.change_label, row.change_origin),
                row.periods,
                f"{row.grade} {row.grade_word}",
            )
            for row in rows
        )
        self._table(self.say("变化", "Changes"), headings, cells, (38, 20, 20, 20, 22, 28, 22))
        if any("derived" in (row.before_origin, row.after_origin, row.change_origin) for row in rows):
            self._note(
                self.say(
                    "* 材料未写明，由同一行写明的数推算。", "* Not stated; derived from what is stated in the same row."
                )
            )

    def _stated(self, rows: Sequence[MetricRow], zh: str, en: str) -> None:
        if rows:
            headings = (
                ("指标", "Figure"),
                ("地点", "Place"),
                ("数值", "Value"),
                ("时间", "Periods"),
                ("等级", "Grade"),
            )
            cells = (
                (
                    row.name,
                    row.place,
                    row.after_label or row.before_label or row.change_label,
                    row.periods,
                    f"{row.grade} {row.grade_word}",
                )
                for row in rows
            )
            self._table(self.say(zh, en), headings, cells, (54, 30, 32, 32, 22))

    def contradictions(self, conflicts: Sequence[Conflict]) -> None:
        if not conflicts:
            return
        self._heading("材料自身的矛盾", "Where the source contradicts itself")
        cells = (
            ("\n".join(f"“{phrase.text}”" for phrase in conflict.phrases), conflict.note[self.lang])
            for conflict in conflicts
        )
        self._table("", (("原文", "Source words"), ("说明", "What to make of it")), cells, (75, 95))

    def provenance(self, rows: Sequence[MetricRow]) -> None:
        self._heading("逐项出处", "Every figure and its words")
        headings = (
            ("指标", "Figure"),
            ("原文（所在部分）", "Source words (section)"),
            ("推算与注意事项", "Derivation and caveats"),
        )
        cells = (
            (
                row.name,
                f"{row.phrases.replace(LIST_SEPARATOR, chr(10))}\n（{row.section}）",
                "\n".join(
                    [
                        *([row.formula_label] if row.formula_label else []),
                        *([self.say("参照 ", "For comparison: ") + row.yardstick] if row.yardstick else []),
                        *list_caveats(row, self.lang),
                    ]
                ),
            )
            for row in rows
        )
        self._table("", headings, cells, (42, 52, 76))

    def citation(self) -> None:
        source, case = self.dataset.source, self.case
        self._heading("引用", "Citation")
        self.document.add_paragraph(f"{cite_document(source)} 案例{case.number}：{case.title.zh}.")
        if self.lang == "en":
            self.document.add_paragraph(
                f"{source.issuer.en}. {source.title.en}. {format_date(source.date, 'en')}. Case {case.number}: {case.title.en}."
            )
        self._note(
            self.say(
                "指标为来源所述事实，摘要与说明为编者所写；材料没有写明的不补。",
                "The figures are what the source states; summaries and notes are the curators'. What it does not say is left out.",
            )
        )

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.document.save(out)
        return sealed(out.getvalue())

    def _heading(self, zh: str, en: str) -> None:
        self.document.add_heading(self.say(zh, en), 1)

    def _note(self, text: str) -> None:
        self.document.add_paragraph(text, self.note)

    def _table(
        self, title: str, headings: Iterable[tuple[str, str]], rows: Iterable[Sequence[str]], widths: Sequence[int]
    ) -> None:
        """A table of `widths` in mm; its heading row comes again on every page, and no row is torn."""
        if title:
            self.document.add_heading(title, 2)
        table = self.document.add_table(1, len(widths), "Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        self._fill(table.rows[0], [self.say(*pair) for pair in headings], widths, bold=True)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in rows:
            self._fill(table.add_row(), row, widths)
        self.document.add_paragraph()

    def _fill(self, row: MetricRow, texts: Sequence[str], widths: Sequence[int], bold: bool = False) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = self.cell
            paragraph.add_run(text).bold = bold or None


def _end(row: MetricRow, side: str) -> str:
    return _calculated(getattr(row, f"{side}_label") or "—", getattr(row, f"{side}_origin"))


def _calculated(label: str, origin: str) -> str:
    return f"{label} *" if origin == "derived" else label


def _letters(document: Any) -> None:
    """The styles: sizes, one Latin and one Chinese font in all of them. Without the second, Word may take a Japanese one for Chinese."""
    sizes = {"Normal": 10.5, "Title": 20, "Heading 1": 13, "Heading 2": 10.5, "Table text": 8.5, "Note": 9}
    for name, size in sizes.items():
        font = document.styles[name].font
        font.size, font.color.rgb = Pt(size), _GREY if name == "Note" else _INK
    document.styles["Table text"].paragraph_format.space_after = Pt(0)
    for letters in document.styles.element.iter(qn("w:rPr")):
        fonts = letters.find(qn("w:rFonts"))
        if fonts is None:
            fonts = OxmlElement("w:rFonts")
            letters.insert(0, fonts)
        fonts.attrib.clear()
        for script, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", _CHINESE)):
            fonts.set(qn(f"w:{script}"), font)
        language = letters.find(qn("w:lang"))
        if language is not None:
            language.set(qn("w:val"), "en-GB")
            language.set(qn("w:eastAsia"), "zh-CN")
