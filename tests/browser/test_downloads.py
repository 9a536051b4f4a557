"""What the buttons of the data page hand out is the table, whole or as filtered."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from playwright.sync_api import Page

from data.filters import Filters, select
from data.table import COLUMNS
from tests.browser.reader import visit

FILTERS = Filters(city=("411200",), domain=("finance",))


@pytest.mark.parametrize(
    ("label", "filters", "file_name"),
    [("Download as filtered", FILTERS, "henan-reforms_2020_411200_finance.csv"), ("Download all", Filters(), "henan-reforms_2020.csv")],
    ids=["as filtered", "all"],
)
def test_a_download_is_the_table(arrive, dataset, tmp_path, label, filters, file_name):
    page = arrive()
    visit(page, "/data?city=411200&domain=finance")
    announced, table = take(page, label, tmp_path / file_name, file_name)
    rows = select(dataset, filters).rows
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == announced == len(rows)
    assert list(zip(table["case_id"], table["metric_id"], strict=True)) == list(zip(rows["case_id"], rows["metric_id"], strict=True))
    assert table["phrases"].tolist() == rows["phrases"].tolist()


def take(page: Page, label: str, target, file_name: str) -> tuple[int, pd.DataFrame]:
    """The number of rows that the button announces, and the table that it hands out."""
    button = page.get_by_role("button", name=label)
    announced = re.search(r"(\d+) rows", button.inner_text())
    assert announced is not None
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == file_name
    download.value.save_as(target)
    return int(announced[1]), pd.read_csv(target, encoding="utf-8-sig")
