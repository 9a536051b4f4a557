"""On a screen 390 px wide nothing scrolls sideways, and the filters are one tap away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import LAST, choose_city, leaf_through, resize, status

TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("[data-testid=stMain], [data-testid=stMainBlockContainer]")]
    .filter(part => part.scrollWidth > part.clientWidth).map(part => `${part.dataset.testid ?? "page"} ${part.scrollWidth} > ${part.clientWidth}`)"""


@pytest.fixture
def telephone(opened) -> Callable[[str], Page]:
    return partial(opened, width=390)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_scrolls_sideways(telephone, lang):
    """Nor, in the language of longer words, at 200 % zoom."""
    page = telephone(f"{LAST}?lang={lang}")
    for path in leaf_through(page, lang):
        assert page.evaluate(TOO_WIDE) == [], path
        if lang == "en":
            resize(page, 640)
            assert page.evaluate(TOO_WIDE) == [], (path, "at 200 % zoom")
            resize(page, 390)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_filter_bar_takes_two_rows_and_one_for_what_is_chosen(telephone, lang):
    page = telephone(f"/data?lang={lang}&city=410300&grade=E")
    heights = [page.locator(f".st-key-{key}").bounding_box()["height"] for key in ("filters", "status")]
    assert heights[0] < 110, heights
    expect(page.get_by_role("textbox")).to_be_in_viewport()
    tops = {part.bounding_box()["y"] for part in page.locator(".st-key-filters").get_by_test_id("stPopover").all()}
    assert len(tops) == 1, tops


HINT = """input => {
    const canvas = document.createElement('canvas').getContext('2d'), { font, paddingLeft, paddingRight } = getComputedStyle(input);
    canvas.font = font;
    return input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - canvas.measureText(input.placeholder).width;
}"""
"""How many px are left beside the hint of a field."""


@pytest.mark.parametrize("width", [320, 390, 640, 820])
@pytest.mark.parametrize("path", ["/?lang=zh", "/?lang=en", "/?lang=zh&city=410300,410100&grade=A,B"])
def test_the_filters_show_that_they_open_and_the_search_shows_its_whole_hint(opened, path, width):
    page = opened(path, width=width)
    filters = page.locator(".st-key-filters")
    expect(filters.get_by_test_id("stPopoverButton").get_by_text("expand_more").filter(visible=True)).to_have_count(4)
    assert filters.get_by_role("textbox").evaluate(HINT) >= 0


def test_the_citation_at_the_foot_of_a_page_opens_in_sight(telephone):
    page = telephone("/?lang=en")
    summary = page.get_by_text("Cite and link")
    summary.evaluate("summary => summary.scrollIntoView({ block: 'end' })")
    summary.click()
    expect(page.locator(".cite .code")).to_be_in_viewport(ratio=0.99)


def test_the_filters_open_and_filter(telephone):
    page = telephone("/")
    choose_city(page, "City", "Jiyuan")
    expect(page).to_have_url("/?city=419001")
    expect(status(page)).to_contain_text("1 case · 1 figure")
