"""What a Word document is made of: fonts, pages, and tables that Word and LibreOffice show alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from data.model.schema import Lang
from data.wording.colours import LIGHT, PAPER_RULE

TEXT_WIDTH = 170
"""Width of the text on a page in mm."""
LATIN_FONT, CHINESE_FONT = "Calibri", "Microsoft YaHei"
TABLE_TEXT, NOTE, LEAD, DOUBTS = "Table text", "Note", "Lead", "Doubt"
"""Styles that the document has besides Word's own."""
_TABLE_TEXT_ID = TABLE_TEXT.replace(" ", "")
"""The id that python-docx gives that style. By its name it would be searched for among all styles, once a cell."""
_FONT_SIZES = {
    "Normal": 10.5, "Title": 20, "Heading 1": 13, "Heading 2": 11, "Heading 3": 10, "Header": 8.5, "Footer": 8.5,
    TABLE_TEXT: 9, NOTE: 8.5, LEAD: 11.5, DOUBTS: 10,
}  # fmt: skip
"""Font size of each style in points."""
_DISTANCES = (
    ("Normal", 15, 0, 5), ("Title", 27, 0, 4), ("Heading 1", 18, 11, 4), ("Heading 2", 16, 10, 3),
    ("Heading 3", 14, 7, 3), (TABLE_TEXT, 13, 0, 0), (NOTE, 12, 2, 4), (LEAD, 17, 4, 4), (DOUBTS, 14, 0, 2),
    ("List Number", 15, 0, 2),
)  # fmt: skip
"""Height of a line and distances before and after each style in points. Fixed lines keep the first page on one sheet
whatever fonts a computer has: Chinese ones differ by a quarter."""
_CELL_MARGIN = Mm(1.9)
"""Margin at the left and right of a cell's text."""


def _hex_color(color: str) -> str:
    """Return a color as Word writes it: 2F7FD1."""
    return color.removeprefix("#").upper()


INK, QUIET, RULE = map(_hex_color, (LIGHT["ink"], LIGHT["quiet"], PAPER_RULE))


def set_styles(document: Document) -> None:
    """Set size, color and distances of the styles, and in all of them one Latin and one Chinese font.

    Without a Chinese font of its own a style may be displayed in a Japanese one.
    """
    styles = document.styles
    for name in (TABLE_TEXT, NOTE, LEAD):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    styles.add_style(DOUBTS, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["List Bullet"]
    for name, size in _FONT_SIZES.items():
        font = styles[name].font
        font.size = Pt(size)
        font.color.rgb = RGBColor.from_string(QUIET if name in (NOTE, "Header", "Footer") else INK)
    for name, line, before, after in _DISTANCES:
        distances = styles[name].paragraph_format
        distances.line_spacing_rule, distances.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        distances.space_before, distances.space_after = Pt(before), Pt(after)
    for borders in list(styles["Title"].element.iter(qn("w:pBdr"))):
        borders.getparent().remove(borders)
    for properties in styles.element.iter(qn("w:rPr")):
        _set_fonts(properties)


def _set_fonts(properties: BaseOxmlElement) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), CHINESE_FONT if script == "eastAsia" else LATIN_FONT)
    language = properties.find(qn("w:lang"))
    if language is not None:
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "zh-CN")


def prefer_chinese(document: Document) -> None:
    """Have Word show the quotation marks and dashes of the document as wide as Chinese ones.

    Latin and Chinese text share these characters; without this hint Word takes them from the Latin font.
    """
    section = document.sections[0]
    for part in (document.element.body, section.header._element, section.footer._element):
        for run in part.iter(qn("w:r")):
            fonts = run.get_or_add_rPr().get_or_add_rFonts()
            fonts.set(qn("w:hint"), "eastAsia")


def set_page(section: Section) -> None:
    """Set A4 with margins that leave TEXT_WIDTH."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(22), Mm(18)
    section.header_distance = section.footer_distance = Mm(9)


def write_margin(paragraph: Paragraph, left: str) -> Paragraph:
    """Write text at the left of a header or footer; what is added to the paragraph stands at its right."""
    stops = paragraph.paragraph_format.tab_stops
    for stop in paragraph.style.paragraph_format.tab_stops if paragraph.style else ():
        stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{left}\t")
    return paragraph


def add_page_number(paragraph: Paragraph, lang: Lang) -> None:
    """Add "Page 1 of 3" in the fields that Word and LibreOffice keep up to date."""
    before, between, after = ("第 ", " 页，共 ", " 页") if lang == "zh" else ("Page ", " of ", "")
    paragraph.add_run(before)
    _add_field(paragraph, "PAGE")
    paragraph.add_run(between)
    _add_field(paragraph, "NUMPAGES")
    if after:
        paragraph.add_run(after)


def _add_field(paragraph: Paragraph, instruction: str) -> None:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(mark)
        if kind == "begin":
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {instruction} "
            paragraph.add_run()._r.append(text)
        elif kind == "separate":
            paragraph.add_run("1")


def add_table(
    document: Document, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], about: str
) -> Table:
    """Add a table of columns `widths` mm wide and return it; `about` is its text for screen readers.

    Every page repeats its heading row, and no row is split.
    """
    table = document.add_table(0, len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    _describe(table, about)
    heading = _add_row(table, headings, widths, bold=True)
    heading._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        _add_row(table, row, widths)
    return table


def _add_row(table: Table, texts: Sequence[str], widths: Sequence[int], bold: bool = False) -> _Row:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph._p.style = _TABLE_TEXT_ID
        if text:
            paragraph.add_run(text).bold = bold or None
    return row


def _describe(table: Table, about: str) -> None:
    """Give a table its alternative text and its rules: light ones between the rows, none between the columns."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_border(side))
    margins = OxmlElement("w:tblCellMar")
    for side, size in (("top", Mm(0.7)), ("left", _CELL_MARGIN), ("bottom", Mm(0.7)), ("right", _CELL_MARGIN)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_twips(size)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = properties.find(qn("w:tblLook"))
    for element in (borders, properties.find(qn("w:tblLayout")), margins, look):
        if element is not None:  # in the order of the format, which Word insists on
            properties.append(element)
    description = OxmlElement("w:tblDescription")
    description.set(qn("w:val"), about)
    properties.append(description)


def _border(side: str) -> BaseOxmlElement:
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", RULE)):
        border.set(qn(f"w:{name}"), value)
    return border


def emphasize(cell: _Cell) -> None:
    """Print the first line of a cell bold and larger, as the message of its row."""
    paragraph = cell.paragraphs[0]
    first, *others = paragraph.text.split("\n")
    paragraph.clear()
    run = paragraph.add_run(first)
    run.bold, run.font.size = True, Pt(11)
    if others:
        paragraph.add_run("\n" + "\n".join(others))


def _twips(length: int) -> int:
    return round(length / 635)
