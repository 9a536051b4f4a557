"""The report in one file: opened from a disk, without a server and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from playwright.sync_api import Browser, Page, expect

from data.downloads.extract import Extract
from data.model.schema import Lang
from data.query.dataset import Dataset
from pages.markup.report import write_report
from tests.browser.accessibility import JUDGED, violations
from tests.browser.reader import Scheme, resize

SHEET_WIDTH, SHEET_HEIGHT = 703, 1005
"""The room for a page on A4 between the margins of paper.css, in px."""
CASES = ("2020-01-water-pricing", "2020-03-returns-warehouse")
"""Cases with all that the others have, contradictions and readings elsewhere too, and one without a finding."""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
BOTTOM = "part => part.getBoundingClientRect().bottom"


@pytest.fixture(scope="module", params=get_args(Lang))
def lang(request: pytest.FixtureRequest) -> Lang:
    return request.param


@pytest.fixture(scope="module")
def report(
    lang: Lang, browser: Browser, dataset: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Page, list[str]]]:
    """A report opened from its file, in a browser that reaches no server, and what it asks for or says."""
    file = tmp_path_factory.mktemp("report") / f"report_{lang}.html"
    file.write_bytes(write_report(Extract(dataset, lang=lang)))
    with browser.new_context(offline=True) as context:
        page, noted = context.new_page(), []
        page.on("console", lambda message: noted.append(message.text))
        page.on(
            "request", lambda asked: noted.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
        )
        page.goto(file.as_uri())
        yield page, noted


@pytest.fixture(params=get_args(Scheme))
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return request.param


@pytest.fixture
def opened(scheme: Scheme, report: tuple[Page, list[str]]) -> Iterator[Page]:
    """The report in a color scheme."""
    page, noted = report
    page.emulate_media(media="null", color_scheme=scheme)
    yield page
    assert noted == []


def ground(page: Page) -> str:
    return page.locator("body").evaluate("part => getComputedStyle(part).backgroundColor")


def test_it_is_read_without_a_server(opened):
    for width in (1280, 390):
        resize(opened, width)
        assert opened.evaluate(WIDE) == 0
    opened.locator(".contents a").nth(1).click()
    expect(opened.locator("section.case").nth(1)).to_be_in_viewport()
    opened.locator(".findings .what a").first.click()
    expect(opened.locator(":target")).to_be_in_viewport()


def test_it_is_accessible(report, dataset, lang):
    page = report[0].context.new_page()
    page.emulate_media(color_scheme=dict(JUDGED)[lang])
    page.set_content(write_report(Extract(dataset, lang=lang, only=CASES)).decode())
    assert violations(page) == []
    page.close()


def test_it_is_light_on_paper_and_its_table_of_findings_is_on_the_first_sheet(opened):
    opened.emulate_media(media="print")
    resize(opened, SHEET_WIDTH, SHEET_HEIGHT)
    assert ground(opened) == "rgb(255, 255, 255)"
    assert opened.evaluate(WIDE) == 0
    assert opened.locator(".cover").evaluate(BOTTOM) < SHEET_HEIGHT
    assert opened.locator(".findings tr").first.evaluate("part => getComputedStyle(part).display") == "table-row"
