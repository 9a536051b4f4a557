"""The report in one file: opened from a disk, without a server and without a network."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from data.downloads.extract import Extract
from data.downloads.report import write_report
from data.model.schema import Lang
from data.query.dataset import Dataset
from tests.browser.reader import Scheme

SHEET_WIDTH, SHEET_HEIGHT = 703, 1005
"""The room for a page on A4 between the margins of paper.css, in px."""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
BOTTOM = "part => part.getBoundingClientRect().bottom"


@pytest.fixture(params=[(lang, scheme) for lang in get_args(Lang) for scheme in get_args(Scheme)], ids="-".join)
def opened(request: pytest.FixtureRequest, browser: Browser, dataset: Dataset, tmp_path: Path):
    """A report opened from its file, in a browser that reaches no server; what it asks for or says fails the test."""
    lang, scheme = request.param
    file = tmp_path / f"report_{lang}.html"
    file.write_bytes(write_report(Extract(dataset, lang=lang)))
    context = browser.new_context(color_scheme=scheme, offline=True, java_script_enabled=True)
    page, noted = context.new_page(), []
    page.on("console", lambda message: noted.append(message.text))
    page.on("request", lambda asked: noted.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None)
    page.goto(file.as_uri())
    yield page
    assert noted == []
    context.close()


def ground(page: Page) -> str:
    return page.locator("body").evaluate("part => getComputedStyle(part).backgroundColor")


def test_it_is_read_without_a_server(opened):
    for width in (1280, 390):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate(WIDE) == 0
    assert [wrong["id"] for wrong in Axe().run(opened).response["violations"]] == []
    opened.locator(".contents a").nth(1).click()
    expect(opened.locator("section.case").nth(1)).to_be_in_viewport()
    opened.locator(".findings .what a").first.click()
    expect(opened.locator(":target")).to_be_in_viewport()


def test_it_is_light_on_paper_and_its_table_of_findings_is_on_the_first_sheet(opened):
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": SHEET_WIDTH, "height": SHEET_HEIGHT})
    assert ground(opened) == "rgb(255, 255, 255)"
    assert opened.evaluate(WIDE) == 0
    assert opened.locator(".cover").evaluate(BOTTOM) < SHEET_HEIGHT
    assert opened.locator(".findings tr").first.evaluate("part => getComputedStyle(part).display") == "table-row"
