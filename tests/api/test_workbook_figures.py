"""The workbook's first sheet as openpyxl reads it: the words of the screens, numbers that show them, ready for paper."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import cache

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from data.downloads import excel_figures
from data.downloads.excel import SHEETS, write_workbook
from data.downloads.excel_figures import parse_label
from data.downloads.extract import EMPTY_NOTE, Extract
from data.query.filters import Filters
from data.reading.live import current
from data.wording.citation import cite_cases
from data.wording.filters import describe_filters
from data.wording.labels import COLUMN_WORDS, FLAG_WORDS, GRADE_WORDS, MISSING_WORDS, SITE_NAME
from data.wording.openings import title_cities
from data.wording.remarks import say_remark
from data.wording.rows import MetricRow, Rows
from tests.test_links import ask

DATASET = current().dataset
ADDRESS = "http://localhost:8501"
NAMES = ("case", "figure", "before", "after", "change", "periods", "place", "state", "words")
QUANTITIES = {"before": NAMES.index("before"), "after": NAMES.index("after"), "change": NAMES.index("change")}
LUOYANG = Filters(city=("410300",))
EXTRACTS = {
    "all": Extract(DATASET, address=ADDRESS),
    "Luoyang": Extract(DATASET, LUOYANG, ADDRESS),
    "searched": Extract(DATASET, Filters(search="=1+1")),
    "some of some": Extract(DATASET, Filters(grade=("A",)), columns=("grade",), sort=("-index",), offset=2, limit=5),
    "chosen": Extract(DATASET, only=("2020-01-water-pricing",)),
}
both = pytest.mark.parametrize("lang", ["zh", "en"])
each = pytest.mark.parametrize("name", EXTRACTS)


@cache
def opened(name: str, lang: str) -> Worksheet:
    """The first sheet of an extract, only to be read."""
    written = write_workbook(replace(EXTRACTS[name], lang=lang))
    return openpyxl.load_workbook(io.BytesIO(written)).worksheets[0]


def head(sheet: Worksheet) -> list[str]:
    """The lines above the headings."""
    lines = [str(cell.value) for (cell,) in sheet.iter_rows(max_col=1)]
    return lines[: next(at for at, line in enumerate(lines) if line in vars(COLUMN_WORDS["case"]).values())]


def lines(sheet: Worksheet) -> list[tuple]:
    return [*sheet.iter_rows(min_row=len(head(sheet)) + 2)]


def expected_rows(name: str, lang: str) -> list[MetricRow]:
    """The rows of the metrics sheet, in its order."""
    extract = EXTRACTS[name]
    whole = replace(extract, columns=("case_id", "metric_id"))
    named = {(row.case_id, row.metric_id): row for row in Rows(DATASET, lang)}
    return [named[key] for key in whole.table("metrics").itertuples(index=False, name=None)]


def shown(number: float, code: str) -> str:
    """What Excel shows of a number with a format of quoted words around digits; the second part is for negative ones."""
    parts = re.findall(r'"([^"]*)"|\\(.)|(#,##0(?:\.(0+))?)|(;)', code)
    assert "".join(re.findall(r'"[^"]*"|\\.|#,##0(?:\.0+)?|;', code)) == code
    sections: list[str] = [""]
    for quoted, escaped, digits, decimals, end in parts:
        if end:
            sections.append("")
        else:
            sections[-1] += f"{abs(number):,.{len(decimals)}f}" if digits else quoted + escaped
    assert len(sections) == (2 if number < 0 else 1)
    return sections[-1]


@both
@each
def test_nine_columns_in_the_language_of_the_reader(name, lang):
    sheet = opened(name, lang)
    row = len(head(sheet)) + 1
    assert [cell.value for cell in sheet[row]] == [COLUMN_WORDS[column][lang] for column in NAMES]
    assert len(lines(sheet)) == len(EXTRACTS[name].table("metrics"))
    assert all(cell.value for line in lines(sheet) for cell in line)


@both
@each
def test_the_figures_are_those_of_the_metrics_sheet_in_its_order(name, lang):
    rows = expected_rows(name, lang)
    found = [(line[0].value, line[1].value, line[5].value, line[6].value) for line in lines(opened(name, lang))]
    assert found == [(f"{row.case_number} · {row.case_title}", row.name, row.periods, row.place) for row in rows]


@both
def test_a_cell_shows_the_label_of_the_screens(lang):
    for row, line in zip(Rows(DATASET, lang), lines(opened("all", lang)), strict=True):
        for name, at in QUANTITIES.items():
            label, cell = getattr(row, f"{name}_label"), line[at]
            text = shown(cell.value, cell.number_format) if cell.data_type == "n" else cell.value
            assert text == (label or text)
            assert label or text in {"—", *(words[lang] for words in MISSING_WORDS.values())}


@both
def test_a_cell_is_a_number_where_its_label_has_just_one(lang):
    numbers = 0
    for (_, metric, evidence), row, line in zip(
        DATASET.metrics, Rows(DATASET, lang), lines(opened("all", lang)), strict=True
    ):
        change = metric.change or evidence.derived_change
        in_words = change is not None and change.span is None and evidence.index is None
        told = (
            (row.before_label, evidence.before.span is not None),
            (row.after_label, evidence.after.span is not None),
            (row.change_label, not in_words),
        )
        for (label, has_number), at in zip(told, QUANTITIES.values(), strict=True):
            alone = has_number and len(re.findall(r"\d[\d,.]*", label)) == 1
            assert (line[at].data_type == "n") == alone, label
            numbers += alone
    assert numbers > 250


@both
def test_a_number_is_that_of_its_label(lang):
    found = {}
    for row, line in zip(Rows(DATASET, lang), lines(opened("all", lang)), strict=True):
        for name, at in QUANTITIES.items():
            if line[at].data_type == "n":
                found[getattr(row, f"{name}_label")] = line[at].value
    expected = {
        "zh": {"−15.79%": -15.79, "398亿元": 398, "第16位": 16, "上升6位": 6, "50%以上": 50, "1,860处": 1860},
        "en": {"−15.79%": -15.79, "CNY 39.8 bn": 39.8, "16th": 16, "up 6 places": 6, "at least 50%": 50, "0.6": 0.6},
    }[lang]
    assert {label: found.get(label) for label in expected} == expected


LABELS = {
    "−15.79%": (-15.79, '#,##0.00"%";"−"#,##0.00"%"'),
    "<−15%": (-15, '"<"#,##0"%";"<−"#,##0"%"'),
    "+0.10": (0.1, '"+"#,##0.00'),
    'say "5" \\ each': (5, '"say "\\"""#,##0""\\"" "\\\\" each"'),
    "=5;0": (None, ""),
    "2–3 months": (None, ""),
    "1000th": (None, ""),
    "1234567.123456789": (None, ""),
    "several": (None, ""),
    "5\nitems": (None, ""),
    f"5 {'x' * 300}": (None, ""),
}


@pytest.mark.parametrize(("label", "expected"), LABELS.items(), ids=ascii)
def test_a_number_format_says_a_label_or_the_label_stays_text(label, expected):
    number, code = parse_label(label, 1)
    assert (number, code) == expected
    if number is not None:
        assert shown(number, code) == label


def test_words_that_say_a_fall_have_the_number_of_the_table():
    number, code = parse_label("down 5 places", -5)
    assert number == -5
    assert shown(number, code) == "down 5 places"


def test_units_beyond_those_that_excel_opens_are_text(monkeypatch):
    monkeypatch.setattr(excel_figures, "MAX_NUMBER_FORMATS", 2)
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(Extract(DATASET, Filters(grade=("A",)), lang="en"))))
    (codes,) = [{cell.number_format for row in sheet.worksheets[0] for cell in row if cell.data_type == "n"}]
    assert len(codes - {"General"}) == 2


@both
def test_the_workbook_has_no_more_number_formats_than_excel_opens(lang):
    codes = {cell.number_format for line in lines(opened("all", lang)) for cell in line}
    assert 50 < len(codes) <= excel_figures.MAX_NUMBER_FORMATS


@both
def test_doubts_stand_in_words(lang):
    for row, line in zip(Rows(DATASET, lang), lines(opened("all", lang)), strict=True):
        state = line[NAMES.index("state")].value.split("\n")
        assert state[0] == f"{row.grade} {GRADE_WORDS[row.grade][lang]}"
        assert all(word in state[1] for word, _ in row.word_doubts(dated=True))
        assert not (remark := say_remark(row, lang)) or state[-1] == remark
    found = "\n".join(line[NAMES.index("state")].value for line in lines(opened("all", lang)))
    assert all(FLAG_WORDS[flag][lang] in found for flag in ("contradicted", "prescribed", "partial"))


@both
def test_the_source_s_words_have_in_english_our_translation(lang):
    for row, line in zip(Rows(DATASET, lang), lines(opened("all", lang)), strict=True):
        found = line[NAMES.index("words")].value.split("\n")
        pairs = zip(row.phrases.split(" | "), row.phrases_en.split(" | "), strict=True)
        assert found == [f"“{own}” ({ours}, our translation)" if lang == "en" else f"“{own}”" for own, ours in pairs]


@both
def test_what_was_selected_stands_above(lang):
    told = {name: head(opened(name, lang)) for name in EXTRACTS}
    assert all(title.startswith(f"{SITE_NAME[lang]} · ") for title, *_ in told.values())
    assert told["all"][0].endswith({"zh": "全部338项指标", "en": "All 338 figures"}[lang])
    assert told["Luoyang"][0].endswith(title_cities(EXTRACTS["Luoyang"].selection, LUOYANG, lang))
    assert told["some of some"][0].endswith({"zh": "，这里列出其中5项", "en": ", 5 of them here"}[lang])
    source = cite_cases(dict.fromkeys(EXTRACTS["all"].documents, ()), lang)
    assert told["all"][2:] == [source, {"zh": f"来自：{ADDRESS}", "en": f"From: {ADDRESS}"}[lang]]
    assert told["chosen"][-1] == source
    nothing = {"zh": "筛选：无", "en": "Filter: none"}[lang]
    assert [name for name, (_, chosen, *_) in told.items() if chosen == nothing] == ["all"]
    for name, extract in EXTRACTS.items():
        assert told[name][1].endswith(describe_filters(DATASET, extract.filters, lang) or told[name][1])
    assert {"zh": "选定的1个案例或指标", "en": "1 chosen case or figures"}[lang] in told["chosen"][1]
    assert (EMPTY_NOTE[lang] in told["searched"]) == (not len(EXTRACTS["searched"].selection.positions))


@both
@each
def test_the_sheet_is_ready_for_screen_and_paper(name, lang):
    sheet = opened(name, lang)
    heading = len(head(sheet)) + 1
    assert sheet.parent.active is sheet
    assert (sheet.freeze_panes, sheet.print_title_rows) == (f"A{heading + 1}", f"${heading}:${heading}")
    assert sheet.auto_filter.ref == f"A{heading}:I{heading + len(lines(sheet))}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)  # one sheet wide, which is usual
    assert sheet.oddFooter.left.text == SITE_NAME[lang]
    assert "&P" in sheet.oddFooter.right.text.replace("&[Page]", "&P")
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[heading]]
    assert sum(widths) < 210 and min(widths) > 12
    for line in lines(sheet):
        assert all(cell.alignment.wrap_text for cell in line if cell.data_type == "s")
        assert all(cell.alignment.shrink_to_fit for cell in line if cell.data_type == "n")
        assert sheet.row_dimensions[line[0].row].height is None  # fitted by Excel


@both
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", '=HYPERLINK("http://x.y")', "http://x.y"])
def test_no_text_is_run(text, lang):
    case, *others = DATASET.cases
    metric, *rest = case.metrics
    words = metric.name.model_copy(update={"zh": text, "en": text})
    place = DATASET.places[metric.place].model_copy(update={"name": words})
    changed = metric.model_copy(update={"name": words, "subject": None})
    case = case.model_copy(update={"metrics": (changed, *rest), "title": words})
    hostile = replace(DATASET, cases=(case, *others), places={**DATASET.places, metric.place: place})
    written = write_workbook(Extract(hostile, Filters(search=text), lang=lang))
    sheet = openpyxl.load_workbook(io.BytesIO(written)).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in lines(sheet)[0]][1] == (text, "s")
    assert not any(cell.data_type == "f" or cell.hyperlink for line in sheet for cell in line)
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_other_sheets_are_the_same_in_both_languages():
    chinese, english = (opened("all", lang).parent.worksheets for lang in ("zh", "en"))
    assert [sheet.title for sheet in chinese[1:]] == [*SHEETS, "dictionary", "provenance"]
    for one, other in zip(chinese[1:], english[1:], strict=True):
        assert [*one.values] == [*other.values] != []
    assert chinese[0].title != english[0].title


@both
def test_the_data_link_writes_the_language_and_names_it(lang):
    query = {"city": "410300", "lang": lang, "fields": "metric_id", "sort": "-index", "limit": "3"}
    found = ask("/api/metrics.xlsx", query)
    assert f'filename="henan-reforms_2020_luoyang_{lang}.xlsx"' in found.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(found.body))
    title, *_ = head(book.worksheets[0])
    assert title.startswith(SITE_NAME[lang])
    assert len(lines(book.worksheets[0])) == 3
    assert [cell.value for cell in book["metrics"][1]] == ["metric_id"]


def test_a_data_link_without_a_language_is_chinese():
    assert ask("/api/metrics.xlsx").body == ask("/api/metrics.xlsx", {"lang": "zh"}).body
