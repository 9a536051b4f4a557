"""The brief of a case as a Word document: its answer on the first page, everything that stands behind it in the annex."""

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
from docx.table import Table
from docx.text.paragraph import Paragraph

from data.downloads.word import write_case
from data.downloads.word_parts import CHINESE_FONT, LATIN_FONT
from data.model.schema import Case, Lang
from data.reading.live import current
from data.wording.brief import MAX_DOUBTS, Brief, summarize
from data.wording.key_figures import MAX_KEY_FIGURES, choose_key_figures
from data.wording.labels import GRADES_NOTE, SITE_NAME
from data.wording.labels import HEADINGS as TITLES
from data.wording.openings import warn
from data.wording.rows import MetricRow, Rows

DATASET = current().dataset
LANGS: tuple[Lang, ...] = ("zh", "en")
WATER, PERMITS, HEALTH, DEBT, RETURNS = (
    DATASET.by_id[name]
    for name in (
        "2020-01-water-pricing",
        "2020-06-anyang-permits",
        "2020-09-dancheng-health",
        "2020-02-government-debt",
        "2020-03-returns-warehouse",
    )
)
EVERY = pytest.mark.parametrize(
    ("case", "lang"),
    [(case, lang) for case in DATASET.cases for lang in LANGS],
    ids=lambda part: getattr(part, "id", part),
)
HEADINGS = {
    "zh": ["问题", "做法", "小结", "全部指标", "全部指标与原文", "完整度与疑点说明", "引用与许可"],
    "en": [
        "The problem", "What was done", "In short", "All figures", "All figures with source text",
        "Key to completeness and doubts", "Citation and licence",
    ],
}  # fmt: skip


@cache
def file_of(case: Case, lang: Lang, **options: Any) -> bytes:
    return write_case(DATASET, case, lang, **options)


@cache
def brief_of(case: Case, lang: Lang, **options: Any) -> Document:
    """A document that is only read."""
    return docx.Document(io.BytesIO(file_of(case, lang, **options)))


@cache
def rows_of(case: Case, lang: Lang) -> dict[str, MetricRow]:
    return {row.name: row for row in Rows(DATASET, lang) if row.case_id == case.id}


def summary_of(case: Case, lang: Lang) -> Brief:
    return summarize(case, list(rows_of(case, lang).values()), lang)


def text_of(parts: list[Paragraph | Table]) -> str:
    lines = []
    for part in parts:
        rows = [[cell.text for cell in row.cells] for row in part.rows] if isinstance(part, Table) else [[part.text]]
        lines += [line for row in rows for line in row]
    return "\n".join(lines)


def split_pages(document: Document) -> tuple[list[Paragraph | Table], list[Paragraph | Table]]:
    """What stands on the first page, and what begins with the paragraph that asks for a new one."""
    parts = list(document.iter_inner_content())
    breaks = [
        at for at, part in enumerate(parts) if isinstance(part, Paragraph) and part.paragraph_format.page_break_before
    ]
    assert len(breaks) == 1
    return parts[: breaks[0]], parts[breaks[0] :]


def style_of(paragraph: Paragraph) -> str:
    assert paragraph.style is not None
    return str(paragraph.style.name)


def paragraphs(parts: list[Paragraph | Table], style: str) -> list[str]:
    return [part.text for part in parts if isinstance(part, Paragraph) and style_of(part) == style]


def tables(parts: list[Paragraph | Table]) -> list[Table]:
    return [part for part in parts if isinstance(part, Table)]


def cells_of(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in list(table.rows)[1:]]


def headed(parts: list[Paragraph | Table], heading: str) -> Table:
    """The first table after a heading."""
    at = next(at for at, part in enumerate(parts) if isinstance(part, Paragraph) and part.text == heading)
    return tables(parts[at:])[0]


# --- the first page


@EVERY
def test_the_first_page_is_the_answer(case, lang):
    first, annex = split_pages(brief_of(case, lang))
    brief = summary_of(case, lang)
    assert paragraphs(first, "Title") == [case.title[lang]]
    assert paragraphs(first, "Lead") == [case.summary[lang]]
    assert len(paragraphs(first, "Doubt")) == min(len(brief.doubts), MAX_DOUBTS)
    for doubt, text in zip(brief.doubts, paragraphs(first, "Doubt"), strict=False):
        assert text.startswith(doubt.text)
    assert DATASET.source_of(case).title[lang] in paragraphs(first, "Note")[-1]
    assert warn([DATASET.source_of(case)], lang) in paragraphs(first, "Note")[-2]
    if brief.findings:
        (table,) = tables(first)
        figures = cells_of(table)
        assert [row[0] for row in figures] == [finding.row.name for finding in brief.findings]
        assert [finding.row for finding in brief.findings] == [
            figure.row for figure in choose_key_figures(list(rows_of(case, lang).values()), lang)
        ], "the key figures are those of the page"
        assert 1 <= len(figures) <= MAX_KEY_FIGURES
    else:
        assert brief.note in paragraphs(first, "Normal")
        assert not tables(first)
    assert paragraphs(annex, "Heading 1") == [{"zh": "附件", "en": "Annex"}[lang]]


def test_a_key_figure_has_its_values_its_change_its_completeness_and_its_period(lang):
    rows = rows_of(HEALTH, lang) | rows_of(PERMITS, lang)
    found = [*cells_of(tables(split_pages(brief_of(HEALTH, lang))[0])[0])]
    found += cells_of(tables(split_pages(brief_of(PERMITS, lang))[0])[0])
    assert len(found) == len(summary_of(HEALTH, lang).findings) + len(summary_of(PERMITS, lang).findings) > 2
    for name, ends, change, state, period in found:
        row = rows[name]
        stated = [label for label in (row.before_label, row.after_label) if label]
        assert ends.split("\n")[0].split(" → ") == stated or not stated
        assert change.split("\n")[0] == (row.change_label or "—")
        assert row.direction_word in change, "color never speaks alone"
        doubts = " · ".join(word for word, _ in row.word_doubts(dated=True))
        assert state.split("\n") == [f"{row.grade} {row.grade_word}", *filter(None, [doubts])]
        assert period == row.periods


def test_the_table_of_key_figures_says_what_is_calculated_and_what_is_doubtful():
    (debt,) = tables(split_pages(brief_of(DEBT, "en"))[0])
    assert "CNY 145.2 bn * → " in text_of([debt]) and "\nearlier value calculated" in text_of([debt])
    first, _ = split_pages(brief_of(DEBT, "en"))
    assert any(text.startswith("* Not stated; calculated") for text in paragraphs(first, "Note"))
    (health,) = tables(split_pages(brief_of(HEALTH, "en"))[0])
    rows = rows_of(HEALTH, "en")
    doubtful = [cells[0] for cells in cells_of(health) if "% or points?" in cells[3]]
    assert doubtful == [cells[0] for cells in cells_of(health) if rows[cells[0]].doubtful] != []


def test_a_case_without_a_measured_outcome_says_so():
    first, _ = split_pages(brief_of(RETURNS, "en"))
    assert not RETURNS.headlines
    assert "The source states no measured outcome." in paragraphs(first, "Normal")
    contradictions = [conflict.note.en for conflict in RETURNS.conflicts if conflict.kind == "contradiction"]
    assert paragraphs(first, "Doubt") == contradictions and len(RETURNS.conflicts) == 2


def test_contradictions_come_first_among_the_doubts(lang):
    doubts = summary_of(PERMITS, lang).doubts
    (about,) = (conflict for conflict in PERMITS.conflicts if "approval-time" in conflict.metrics)
    assert doubts[0].text == about.note[lang]
    shared = [len(doubt.names) for doubt in doubts[1:]]
    assert shared == sorted(shared, reverse=True)
    health = summary_of(DATASET.by_id["2020-09-dancheng-health"], lang).doubts
    unclear = {"zh": "含义不明：转诊率", "en": "Unclear: The rate is itself"}[lang]
    assert health[0].text.startswith(unclear), "what is unclear is said in the curator's words"
    assert health[-1].text == {"zh": "前后数值均未写明", "en": "Neither value stated"}[lang]


def test_a_total_of_the_whole_city_is_no_quiet_success(lang):
    doubts = summary_of(DATASET.by_id["2020-08-sanmenxia-finance"], lang).doubts[:MAX_DOUBTS]
    word = {"zh": "全市总量", "en": "Citywide total"}[lang]
    assert any(doubt.text.startswith(word) for doubt in doubts)


# --- the annex


@EVERY
def test_the_annex_holds_the_whole_case(case, lang):
    _, annex = split_pages(brief_of(case, lang))
    read = text_of(annex)
    told = [case.problem, *case.actions, case.result, *(conflict.note for conflict in case.conflicts)]
    assert [text[lang] for text in told if text[lang] not in read] == []
    rows = rows_of(case, lang)
    evidence = headed(annex, HEADINGS[lang][4])
    assert sorted(row[0] for row in cells_of(evidence)) == sorted(rows)
    assert [phrase for row in rows.values() for phrase in row.phrases.split(" | ") if phrase not in read] == []
    if lang == "en":
        assert [words for row in rows.values() for words in row.phrases_en.split(" | ") if words not in read] == []
    assert DATASET.source.title.zh in read
    assert GRADES_NOTE[lang] in read
    assert "creativecommons.org/licenses/by/4.0" in read
    found = paragraphs(annex, "Heading 2")
    assert [heading for heading in found if heading in HEADINGS[lang]] == HEADINGS[lang]


def test_the_annex_says_what_is_not_stated(lang):
    _, annex = split_pages(brief_of(HEALTH, lang))
    missing = headed(annex, TITLES["unstated"][lang])
    rows = rows_of(HEALTH, lang)
    told = {needed: names.split({"zh": "；", "en": "; "}[lang]) for needed, names in cells_of(missing)}
    assert {name: needed for needed, names in told.items() for name in names} == {
        name: row.needed for name, row in rows.items() if row.needed
    }


def test_the_figures_of_a_brief_stand_in_tables_by_grade(lang):
    rows = rows_of(HEALTH, lang)
    _, annex = split_pages(brief_of(HEALTH, lang))
    changes = {
        name: cells
        for name, *cells in cells_of(headed(annex, {"zh": "以数字写明的变化", "en": "Changes in numbers"}[lang]))
    }
    assert {name: row.rule.has_change and row.role in ("outcome", "output") for name, row in rows.items()} == {
        name: name in changes for name in rows
    }
    for name, (place, before, after, change, periods, state) in changes.items():
        row = rows[name]
        assert (place, before.removesuffix(" *"), after.removesuffix(" *")) == (
            row.place,
            row.before_label or "—",
            row.after_label or "—",
        )
        assert (change, periods, state.split("\n")[0]) == (
            row.change_label,
            row.periods,
            f"{row.grade} {row.grade_word}",
        )


def test_a_brief_marks_what_is_derived():
    derived = [
        row
        for row in Rows(DATASET, "en")
        if "derived" in (row.before_origin, row.after_origin, row.change_origin) and row.role in ("outcome", "output")
    ]
    assert any(row.change_origin == "derived" for row in derived)
    for row in derived:
        _, annex = split_pages(brief_of(DATASET.by_id[row.case_id], "en"))
        (starred,) = (cells for cells in cells_of(headed(annex, "Changes in numbers")) if cells[0] == row.name)
        origins = (row.before_origin, row.after_origin, row.change_origin)
        assert [cell.endswith(" *") for cell in starred[2:5]] == [origin == "derived" for origin in origins]


# --- filters, head and foot


ELSEWHERE = len(WATER.metrics) - 1
LEFT_OUT = {
    "zh": f"济源市：1项指标；同案例的其他{ELSEWHERE}项未列出。",
    "en": f"Jiyuan: 1 figure; the {ELSEWHERE} figures of the same case elsewhere are left out.",
}


def test_a_brief_for_a_city_holds_its_own_figures_and_says_so(lang):
    first, annex = split_pages(brief_of(WATER, lang, city=("419001",)))
    (own,) = (row for row in Rows(DATASET, lang) if row.prefecture_code == "419001")
    assert [row[0] for row in cells_of(tables(first)[0])] == [own.name]
    assert [row[0] for row in cells_of(headed(annex, HEADINGS[lang][4]))] == [own.name]
    assert LEFT_OUT[lang] in paragraphs(first, "Note")
    assert [conflict.id for conflict in WATER.conflicts if conflict.note[lang] in text_of([*first, *annex])] == []
    assert write_case(DATASET, HEALTH, lang, ("419001",)) == write_case(DATASET, HEALTH, lang), (
        "a case that is not there is whole"
    )


@pytest.mark.parametrize(
    ("lang", "date", "page"), [("zh", "2026年5月1日", "第 1 页，共 1 页"), ("en", "1 May 2026", "Page 1 of 1")]
)
def test_every_sheet_has_the_site_the_date_the_address_and_its_number(lang, date, page):
    document = brief_of(HEALTH, lang, date="2026-05-01", address="https://example.org/case?case=x")
    (section,) = document.sections
    assert section.header.paragraphs[0].text == f"{SITE_NAME[lang]}\t{date}"
    assert section.footer.paragraphs[0].text == f"https://example.org/case?case=x\t{page}"
    fields = [found.text.strip() for found in section.footer.paragraphs[0]._p.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"], "the numbers are kept by the program that opens it"
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_a_brief_is_the_same_whenever_it_is_written():
    one = write_case(DATASET, HEALTH, "zh")
    write_case.cache_clear()
    assert write_case(DATASET, HEALTH, "zh") == one


# --- the format


def xml_of(case: Case, lang: Lang) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(file_of(case, lang))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml")}


def test_every_style_has_a_latin_and_a_chinese_font(lang):
    content = xml_of(HEALTH, lang)
    fonts = re.findall(r"<w:rFonts [^>]*>", content["word/styles.xml"])
    assert fonts
    assert all(f'w:eastAsia="{CHINESE_FONT}"' in font and f'w:ascii="{LATIN_FONT}"' in font for font in fonts)
    assert not any("Theme" in font for font in fonts)
    assert 'w:eastAsia="zh-CN"' in content["word/styles.xml"]
    hints = re.findall(r'<w:rFonts w:hint="eastAsia"/>', content["word/document.xml"])
    runs = re.findall(r"<w:r>", content["word/document.xml"])
    assert len(hints) == (len(runs) if lang == "zh" else 0), "quotation marks are Chinese in Chinese text alone"


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
