"""The downloads, opened by other programs: the table, whole or filtered, and the case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import docx
import frictionless
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from data.downloads.dictionary import PRESETS
from data.downloads.formats import SHORT_CSV
from data.query.filters import Filters, select
from data.query.table import NUMBERS
from data.wording.rows import Rows
from tests.browser.reader import resize

FILTERS = Filters(city=("411200",), domain=("finance",))
MIDDLES = "parts => parts.map(part => part.getBoundingClientRect()).map(box => (box.top + box.bottom) / 2)"


def packaged(file: Path) -> pd.DataFrame:
    with frictionless.system.use_context(trusted=True):
        report = frictionless.validate(str(file), type="package")
        assert report.valid, report.flatten(["name", "rowNumber", "note"])
        return pd.DataFrame(frictionless.Package(str(file)).get_resource("metrics").read_rows())


READERS: Mapping[str, Callable[[Path], pd.DataFrame]] = {
    "CSV": lambda file: pd.read_csv(file, encoding="utf-8-sig"),
    SHORT_CSV.en: lambda file: pd.read_csv(file, encoding="utf-8-sig"),
    "Excel": lambda file: pd.read_excel(file, sheet_name="metrics"),
    "JSON": lambda file: pd.DataFrame(json.loads(file.read_text(encoding="utf-8"))["metrics"]),
    "Data package": packaged,
}


@pytest.mark.parametrize(
    ("label", "filters", "file_name"),
    [
        (r"{}: The (\d+) figures chosen", FILTERS, "henan-reforms_2020_sanmenxia_finance"),
        (r"{}: All (\d+) figures", Filters(), "henan-reforms_2020"),
    ],
    ids=["chosen", "all"],
)
def test_every_download_is_the_table(opened, dataset, tmp_path, label, filters, file_name):
    page = opened("/data?city=411200&domain=finance")
    page.locator(".downloads summary").click()
    whole = select(dataset, filters).rows.reset_index(drop=True)
    for kind, read in READERS.items():
        rows = whole[[*PRESETS["short"]]] if kind == SHORT_CSV.en else whole
        link = page.get_by_role("link", name=re.compile(label.format(kind)))
        announced = re.search(label.format(kind), link.get_attribute("aria-label"))
        name, _ = saved(page, link, tmp_path)
        table = read(tmp_path / name)
        assert Path(name).stem == file_name + ("_en" if kind == "Excel" else "_short" * (rows is not whole))
        assert list(table.columns) == list(rows.columns)
        assert len(table) == int(announced[1]) == len(rows)
        numbers = [column for column in NUMBERS if column in rows]
        pd.testing.assert_frame_equal(table[numbers].astype("float64"), rows[numbers], check_exact=True)
        texts = [column for column in rows if rows[column].dtype == "string"]
        assert (
            table[texts].astype("string").fillna("").to_numpy().tolist() == rows[texts].fillna("").to_numpy().tolist()
        )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_files_of_what_is_chosen_stand_in_one_row_and_those_of_all_unfold_in_it(opened, lang):
    page = opened(f"/data?lang={lang}&city=411200&domain=finance")
    parts = page.locator(".downloads > *")
    for width in (1280, 1440):
        resize(page, width)
        middles = parts.evaluate_all(MIDDLES)
        assert len(middles) == 9 and max(middles) - min(middles) < 4, width
    fold = page.locator(".downloads details")
    expect(fold.get_by_role("link")).to_have_count(0)
    fold.locator("summary").press("Enter")
    expect(fold.get_by_role("link")).to_have_count(7)


@pytest.mark.parametrize(("browser_lang", "lang"), [("zh-CN", "zh"), ("en-US", "en")])
def test_a_case_is_taken_as_a_document_and_with_all_figures_where_it_is_asked_for(
    opened, dataset, tmp_path, browser_lang, lang
):
    case = dataset.by_id["2020-09-dancheng-health"]
    names = {row.name for row in Rows(dataset, lang, dataset.positions[case.id])}
    for query, whole in (("", False), ("&view=print", False), ("&view=print&annex=all", True)):
        page = opened(f"/case?case={case.id}{query}", browser_lang)
        name, content = saved(page, page.get_by_role("main").get_by_role("button", name="Word"), tmp_path)
        assert name == f"henan-reforms_2020-09-dancheng-health_{lang}.docx"
        document = docx.Document(BytesIO(content))
        assert case.summary[lang] in [paragraph.text for paragraph in document.paragraphs]
        cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
        assert (names <= cells) == whole and names & cells


def test_what_is_chosen_is_taken_as_a_document(opened, tmp_path):
    page = opened("/?city=410300&lang=en")
    page.get_by_role("link", name="Brief of two pages: print, Word").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Luoyang: 2 cases, 41 figures")
    name, content = saved(page, page.get_by_role("button", name="Word"), tmp_path)
    assert name == "henan-reforms_2020_luoyang_brief_en.docx"
    document = docx.Document(BytesIO(content))
    (link,) = (link for paragraph in document.paragraphs for link in paragraph.hyperlinks)
    assert link.address.endswith("/?city=410300&lang=en")
    assert "CNY 8.313 bn" in document.tables[0].rows[1].cells[1].text
    page.get_by_role("link", name="Back to the overview").click()
    expect(page.get_by_role("link", name="Brief of two pages: print, Word")).to_be_visible()


def saved(page: Page, button: Locator, folder: Path) -> tuple[str, bytes]:
    """Name and bytes of the file that a button or link downloads."""
    with page.expect_download() as download:
        button.click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target.name, target.read_bytes()
