"""Briefs: what stands on their two pages, and the Word document that is a template filled with it."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.table import Table

from data.downloads import word
from data.downloads.word import TEMPLATE, write_case, write_selection
from data.model.schema import Case, Lang
from data.query.filters import Filters, select
from data.reading.live import current
from data.wording.brief import MAX_CASES, MAX_FIGURES, MAX_SUMMARIES, Brief, brief_case, brief_selection
from data.wording.labels import COLUMN_WORDS, GRADES_NOTE, HEADINGS, SITE_NAME
from data.wording.rows import MetricRow, Rows

DATASET = current().dataset
LANGS: tuple[Lang, ...] = ("zh", "en")
WATER, DEBT, RETURNS, PERMITS, HEALTH = (
    DATASET.by_id[name]
    for name in (
        "2020-01-water-pricing",
        "2020-02-government-debt",
        "2020-03-returns-warehouse",
        "2020-06-anyang-permits",
        "2020-09-dancheng-health",
    )
)
EVERY = pytest.mark.parametrize(
    ("case", "lang"),
    [(case, lang) for case in DATASET.cases for lang in LANGS],
    ids=lambda part: getattr(part, "id", part),
)


@cache
def file_of(case: Case, lang: Lang, **options: Any) -> bytes:
    return write_case(DATASET, case, lang, **options)


@cache
def document_of(case: Case, lang: Lang, **options: Any) -> Document:
    """A document that is only read."""
    return docx.Document(io.BytesIO(file_of(case, lang, **options)))


@cache
def rows_of(case: Case, lang: Lang) -> dict[str, MetricRow]:
    return {row.name: row for row in Rows(DATASET, lang) if row.case_id == case.id}


def brief_of(case: Case, lang: Lang) -> Brief:
    return brief_case(DATASET, Filters(), case, lang)


def select_city(*codes: str) -> tuple[Any, Filters]:
    filters = Filters(city=codes)
    return select(DATASET, filters), filters


def cells_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in list(table.rows)[1:]]


def text_of(document: Document) -> str:
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(part.text for part in (*document.paragraphs, *cells))


# --- what a brief says


@EVERY
def test_a_brief_has_the_headlines_and_at_most_six_figures(case, lang):
    (part,) = brief_of(case, lang).cases
    ids = [finding.row.metric_id for finding in part.findings]
    assert set(ids) >= set(case.headlines) and len(ids) == len(set(ids)) <= MAX_FIGURES
    assert all(finding.row.headline or finding.row.rule.has_change for finding in part.findings)
    assert part.findings or (case.no_headline and part.note.startswith(case.no_headline[lang]))
    left = len(case.metrics) - len(ids)
    assert (str(left) in part.note) == (left > 0), "how many figures are not here"


@EVERY
def test_a_brief_tells_every_contradiction_of_its_case(case, lang):
    (part,) = brief_of(case, lang).cases
    notes = [conflict.note[lang] for conflict in case.conflicts if conflict.kind == "contradiction"]
    assert len(notes) == len(part.contradictions)
    assert all(told.startswith(note) for note, told in zip(notes, part.contradictions, strict=True))


@EVERY
def test_a_brief_explains_the_grades_and_flags_of_its_figures_and_no_others(case, lang):
    brief = brief_of(case, lang)
    rows = [finding.row for finding in brief.cases[0].findings]
    explained = "\n".join(brief.key)
    assert {line[0] for line in brief.key if re.match("[A-FP] ", line)} == {row.grade for row in rows}
    assert all(meaning in explained for row in rows for meaning in row.flag_meanings)


def test_doubts_name_the_figures_they_are_about():
    first, *_ = brief_of(HEALTH, "en").cases[0].doubts
    assert first.startswith("Unclear: The rate is itself") and first.endswith("(Out-of-county referral rate)")
    (days,) = (told for told in brief_of(PERMITS, "en").cases[0].contradictions if "50 working days" in told)
    assert days.endswith("(Approval time limit for construction projects)")
    growth = brief_of(DATASET.by_id["2020-08-sanmenxia-finance"], "en").cases[0].doubts
    assert growth[0].startswith("Citywide total"), "a total of a whole city is no quiet success"


def test_the_brief_of_a_city_has_what_other_cases_say_of_it(lang):
    brief = brief_selection(*select_city("410300"), lang)
    assert [part.case.id for part in brief.cases] == [DEBT.id, "2020-05-luoyang-valleys"]
    (bonds,) = brief.cases[0].findings
    assert (bonds.value, bonds.row.role) == ({"zh": "83.13亿元", "en": "CNY 8.313 bn"}[lang], "input")
    assert brief.title.startswith({"zh": "洛阳市：2个案例", "en": "Luoyang: 2 cases"}[lang])
    assert [finding.row.prefecture_code for part in brief.cases for finding in part.findings] == ["410300"] * 5


@pytest.mark.parametrize("count", range(1, len(DATASET.cases) + 1))
def test_the_more_cases_a_brief_has_the_less_it_tells_of_each(count):
    chosen = select(DATASET, Filters(), tuple(case.id for case in DATASET.cases[:count]))
    brief = brief_selection(chosen, Filters(), "en")
    assert len(brief.cases) == count <= MAX_CASES
    assert brief.depth == ("summary" if count <= MAX_SUMMARIES else "figures")
    assert all(part.findings or part.note for part in brief.cases)
    assert sum(len(part.findings) for part in brief.cases) <= 18
    told = any(part.contradictions or part.doubts for part in brief.cases)
    assert told == (brief.depth == "summary") != bool(brief.scope), "what is left out is said"


def test_cases_beyond_ten_are_counted(monkeypatch):
    monkeypatch.setattr("data.wording.brief.MAX_CASES", 4)
    brief = brief_selection(select(DATASET, Filters()), Filters(), "en")
    assert len(brief.cases) == 4 and brief.scope.endswith("6 more cases are left out.")


# --- the document


@EVERY
def test_the_document_says_what_the_brief_says(case, lang):
    document, brief = document_of(case, lang), brief_of(case, lang)
    (part,) = brief.cases
    read = text_of(document)
    story = [case.summary, case.problem, *case.actions, case.result]
    said = [brief.title, brief.kicker, brief.caution, brief.cited, part.note, *part.doubts, *part.contradictions]
    assert [text for text in (*(text[lang] for text in story), *said, *brief.key) if text not in read] == []
    assert HEADINGS["annex"][lang] not in read
    figures = [cells for table in document.tables for cells in cells_of(table)]
    for finding, (name, ends, change, periods, state) in zip(part.findings, figures, strict=True):
        row = finding.row
        assert (name, periods) == (row.name, row.periods)
        assert ends.split("\n") == [" → ".join(finding.ends) or "—", *filter(None, [finding.remark])]
        assert change.split("\n") == [row.change_label or "—", *filter(None, [row.direction_word])]
        doubts = " · ".join(word for word, _ in row.word_doubts(dated=True))
        assert state.endswith("\n".join(filter(None, [f"{row.grade} {row.grade_word}", doubts])))


@EVERY
def test_the_annex_holds_every_figure_with_its_words(case, lang):
    document = document_of(case, lang, annex=True)
    read, rows = text_of(document), rows_of(case, lang)
    tables = [table for table in document.tables if table.rows[0].cells[-1].text == COLUMN_WORDS["evidence"][lang]]
    assert sorted(cells[0] for table in tables for cells in cells_of(table)) == sorted(rows)
    phrases = [part for row in rows.values() for part in row.phrases.split(" | ")]
    words = [part for row in rows.values() for part in row.phrases_en.split(" | ")] if lang == "en" else []
    notes = [note for row in rows.values() for note in row.caveat_notes]
    conflicts = [conflict.note[lang] for conflict in case.conflicts]
    for text in (*phrases, *words, *notes, *conflicts, GRADES_NOTE[lang], "creativecommons.org/licenses/by/4.0"):
        assert text in read
    for name, row in rows.items():
        assert not row.needed or any(cells[0] == row.needed and name in cells[1] for cells in pairs(document))


def pairs(document: Document) -> list[list[str]]:
    return [cells for table in document.tables if len(table.columns) == 2 for cells in cells_of(table)]


def test_the_annex_marks_what_is_calculated(lang):
    mark = {"zh": "(推算)", "en": "(calculated)"}[lang]
    rows = [row for row in Rows(DATASET, lang) if row.rule.has_change]
    found = {
        (case.id, cells[0]): cells[1]
        for case in DATASET.cases
        for table in document_of(case, lang, annex=True).tables
        for cells in cells_of(table)
        if len(cells) == 3
    }
    for row in rows:
        shown = (
            (row.before_label, row.before_origin),
            (row.after_label, row.after_origin),
            (row.change_label, row.change_origin),
        )
        marked = sum(origin == "derived" and bool(label) for label, origin in shown)
        assert found[row.case_id, row.name].count(mark) == marked
    assert any(row.change_origin == "derived" for row in rows)


ELSEWHERE = len(WATER.metrics) - 1
LEFT_OUT = {
    "zh": f"济源市：1项指标；同案例的其他{ELSEWHERE}项未列出。",
    "en": f"Jiyuan: 1 figure; the {ELSEWHERE} figures of the same case elsewhere are left out.",
}


def test_a_brief_for_a_city_holds_its_own_figures_and_says_so(lang):
    document = document_of(WATER, lang, city=("419001",), annex=True)
    (own,) = (row for row in Rows(DATASET, lang) if row.prefecture_code == "419001")
    assert {cells[0] for table in document.tables if len(table.columns) > 2 for cells in cells_of(table)} == {own.name}
    assert LEFT_OUT[lang] in [paragraph.text for paragraph in document.paragraphs]
    assert not any(conflict.note[lang] in text_of(document) for conflict in WATER.conflicts)
    whole = write_case(DATASET, HEALTH, lang, ("419001",))
    assert whole == write_case(DATASET, HEALTH, lang), "a case that is not there is whole"


def test_the_document_of_a_city_names_its_cases_and_their_figures(lang):
    document = docx.Document(
        io.BytesIO(write_selection(*select_city("410300"), lang, address="https://example.org/?city=1"))
    )
    brief, read = brief_selection(*select_city("410300"), lang), text_of(document)
    assert [cells[0] for table in document.tables for cells in cells_of(table)] == [
        finding.row.name for part in brief.cases for finding in part.findings
    ]
    assert all(part.title in read and part.case.summary[lang] in read for part in brief.cases)
    assert brief.cited in read and "example.org/?city=1" in read


@pytest.mark.parametrize(("lang", "date"), [("zh", "2026年5月1日"), ("en", "1 May 2026")])
def test_every_sheet_has_the_site_the_date_and_its_number_and_the_page_is_a_link(lang, date):
    address = "https://example.org/case?case=x&lang=en"
    document = document_of(HEALTH, lang, date="2026-05-01", address=address)
    (section,) = document.sections
    assert section.header.paragraphs[0].text == f"{SITE_NAME[lang]}\t{date}"
    fields = [found.text.strip() for found in section.footer.paragraphs[0]._p.iter(qn("w:instrText"))]
    assert fields == ["PAGE"], "the number is kept by the program that opens it"
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    (link,) = (link for paragraph in document.paragraphs for link in paragraph.hyperlinks)
    assert (link.text, link.address) == ("example.org/case?case=x&lang=en", address)
    assert "example.org" not in text_of(document_of(HEALTH, lang))


def test_the_same_brief_is_the_same_file():
    one = write_case(DATASET, HEALTH, "zh", annex=True)
    assert write_case(DATASET, HEALTH, "zh", annex=True) == one


# --- the template


def test_the_template_has_no_words_of_its_own():
    template = docx.Document(str(TEMPLATE))
    (section,) = template.sections
    margins = section.header.paragraphs[0].text + section.footer.paragraphs[0].text
    left = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text_of(template) + margins)
    assert re.findall(r"[^\W\d_]+", left) == [], "words in one language alone"


@pytest.mark.parametrize("program", ["Word", "LibreOffice"])
def test_who_restyles_the_template_restyles_every_brief(program, tmp_path, monkeypatch):
    template = docx.Document(str(TEMPLATE))
    template.styles["Title"].font.color.rgb = RGBColor(0xC0, 0, 0)
    template.sections[0].left_margin = 1_000_000
    template.save(str(tmp_path / "Word.docx"))
    with (
        zipfile.ZipFile(tmp_path / "Word.docx") as saved,
        zipfile.ZipFile(tmp_path / "LibreOffice.docx", "w") as renamed,
    ):
        for name in saved.namelist():  # LibreOffice calls the properties otherwise than the standard
            own = b"officedocument/2006/relationships/metadata/core"
            renamed.writestr(name, saved.read(name).replace(b"package/2006/relationships/metadata/core", own))
    monkeypatch.setattr(word, "TEMPLATE", tmp_path / f"{program}.docx")
    content = write_case(DATASET, HEALTH, "zh")
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) == len(set(names))
    document = docx.Document(io.BytesIO(content))
    assert str(document.styles["Title"].font.color.rgb) == "C00000"
    assert abs(document.sections[0].left_margin - 1_000_000) < 1000
    assert HEALTH.title.zh in text_of(document)


def test_a_name_that_the_template_does_not_get_is_an_error(tmp_path, monkeypatch):
    template = docx.Document(str(TEMPLATE))
    template.add_paragraph("{{ nobody }}")
    template.save(str(tmp_path / "brief.docx"))
    monkeypatch.setattr(word, "TEMPLATE", tmp_path / "brief.docx")
    with pytest.raises(Exception, match="nobody"):
        write_case(DATASET, HEALTH, "zh")


FONTS = {"仿宋": "FangSong", "黑体": "SimHei", "楷体": "KaiTi", "方正小标宋简体": "SimSun"}
"""The fonts of official documents in China, each with one that stands in for it on a computer without."""


def test_official_fonts_have_others_that_stand_in_for_them():
    with zipfile.ZipFile(TEMPLATE) as packed:
        table, styles = (packed.read(f"word/{name}.xml").decode() for name in ("fontTable", "styles"))
    found = dict(re.findall(r'<w:font w:name="([^"]+)"><w:altName w:val="([^"]+)"', table))
    assert {font: FONTS[font] in found[font].split(",") for font in FONTS} == dict.fromkeys(FONTS, True)
    assert set(re.findall(r'w:eastAsia="([^"]+)"', styles)) - {"zh-CN"} == set(FONTS)
    assert set(re.findall(r'w:(?:ascii|hAnsi)="([^"]+)"', styles)) <= found.keys()
    assert "Theme" not in "".join(re.findall(r"<w:rFonts [^>]*>", styles))


def test_quotation_marks_are_chinese_in_chinese_text_alone(lang):
    content = xml_of(HEALTH, lang)["word/document.xml"]
    hints = re.findall(r'<w:rFonts [^>]*w:hint="eastAsia"', content)
    assert len(hints) == (len(re.findall(r"<w:r>|<w:r ", content)) if lang == "zh" else 0)


def xml_of(case: Case, lang: Lang) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(file_of(case, lang, annex=True))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}


@EVERY
def test_every_table_repeats_its_heading_keeps_its_rows_whole_and_is_described(case, lang):
    body = ElementTree.fromstring(xml_of(case, lang)["word/document.xml"])
    for table in body.iter(qn("w:tbl")):
        rows = table.findall(qn("w:tr"))
        assert [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [
            True,
            *[False] * (len(rows) - 1),
        ]
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        description = table.find(f"{qn('w:tblPr')}/{qn('w:tblDescription')}")
        assert description is not None
        assert description.get(qn("w:val"))


ORDER = {
    "tblPr": ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook", "tblDescription"],
    "pPr": ["pStyle", "keepNext", "pageBreakBefore", "numPr", "pBdr", "shd", "tabs", "spacing", "ind", "rPr"],
    "trPr": ["cantSplit", "tblHeader"],
    "tcPr": ["tcW", "gridSpan", "vMerge", "vAlign"],
}
"""The order of the parts of some elements, which Word insists on (ECMA-376, part 1, annex A)."""


@EVERY
def test_properties_stand_in_the_order_of_the_format(case, lang):
    body = ElementTree.fromstring(xml_of(case, lang)["word/document.xml"])
    for name, order in ORDER.items():
        for element in body.iter(qn(f"w:{name}")):
            places = [order.index(part.tag.rpartition("}")[2]) for part in element]
            assert places == sorted(set(places)), ElementTree.tostring(element)
