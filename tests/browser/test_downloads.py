"""What the buttons of the data page hand out is the table, whole or as filtered."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page

from data.filters import Filters, select
from data.table import COLUMNS
from tests.browser.reader import visit

FILTERS = Filters(city=("411200",), domain=("finance",))


@pytest.mark.parametrize(
    ("label", "filters", "file_name"),
    [(r"CSV · (\d+) rows as filtered", FILTERS, "henan-reforms_2020_411200_finance.csv"), (r"CSV · all (\d+) rows", Filters(), "henan-reforms_2020.csv")],
    ids=["as filtered", "all"],
)
def test_a_download_is_the_table(arrive, dataset, tmp_path, label, filters, file_name):
    page = arrive()
    visit(page, "/data?city=411200&domain=finance")
    button = page.get_by_role("button", name=re.compile(label))
    announced = re.search(label, button.inner_text())
    name, content = saved(page, button, tmp_path)
    table = pd.read_csv(BytesIO(content), encoding="utf-8-sig")
    assert name == file_name
    rows = select(dataset, filters).rows
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == int(announced[1]) == len(rows)
    assert list(zip(table["case_id"], table["metric_id"], strict=True)) == list(zip(rows["case_id"], rows["metric_id"], strict=True))
    assert table["phrases"].tolist() == rows["phrases"].tolist()


def saved(page: Page, button: Locator, folder: Path) -> tuple[str, bytes]:
    """The name and the bytes of the file that a button hands out."""
    with page.expect_download() as download:
        button.click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target.name, target.read_bytes()


def test_a_chart_is_taken_as_an_image(arrive, tmp_path):
    page = arrive()
    visit(page, "/case?case=2020-09-dancheng-health")
    page.get_by_text("Take this chart").first.click()
    name, picture = saved(page, page.get_by_role("button", name="Download PNG"), tmp_path)
    assert name.startswith("henan-reforms_2020_case-9_") and name.endswith("_en.png")
    assert int.from_bytes(picture[16:20]) == 2 * 1200
    page.get_by_text("SVG", exact=True).click()
    name, drawing = saved(page, page.get_by_role("button", name="Download image"), tmp_path)
    assert name.endswith("_en.svg")
    assert b"Henan Provincial Task Force" in drawing
