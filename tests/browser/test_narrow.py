"""On a screen 390 px wide nothing scrolls sideways, and the filters are one tap away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import choose_city, leaf_through, resize, status, visit

TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("[data-testid=stMain], [data-testid=stMainBlockContainer]")]
    .filter(part => part.scrollWidth > part.clientWidth).map(part => `${part.dataset.testid ?? "page"} ${part.scrollWidth} > ${part.clientWidth}`)"""


@pytest.fixture
def telephone(arrive) -> Page:
    return arrive(width=390)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_scrolls_sideways(arrive, lang):
    """Nor, in the language of longer words, at 200 % zoom."""
    page = arrive(width=390)
    for path in leaf_through(page, lang):
        assert page.evaluate(TOO_WIDE) == [], path
        if lang == "en":
            resize(page, 640)
            assert page.evaluate(TOO_WIDE) == [], (path, "at 200 % zoom")
            resize(page, 390)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_filter_bar_takes_two_rows_and_one_for_what_is_chosen(telephone, lang):
    visit(telephone, f"/data?lang={lang}&city=410300&grade=E")
    heights = [telephone.locator(f".st-key-{key}").bounding_box()["height"] for key in ("filters", "status")]
    assert heights[0] < 110, heights
    expect(telephone.get_by_role("textbox")).to_be_in_viewport()
    tops = {part.bounding_box()["y"] for part in telephone.locator(".st-key-filters").get_by_test_id("stPopover").all()}
    assert len(tops) == 1, tops


def test_the_filters_open_and_filter(telephone):
    visit(telephone, "/")
    choose_city(telephone, "City", "Jiyuan")
    expect(telephone).to_have_url("/?city=419001")
    expect(status(telephone)).to_contain_text("1 case · 1 figure")
