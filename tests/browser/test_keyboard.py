"""Filters, cases and downloads work with Tab and Enter alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import heading, opener, status, value, visit

MOST_STOPS = 60


def test_from_filter_to_case_to_download_by_keyboard(arrive, dataset):
    page = arrive()
    visit(page, "/")
    tab_to(page, opener(page, "City"))
    page.keyboard.press("Enter")
    expect(value(page, "City", "Province-wide")).to_be_focused()
    reach(page, value(page, "City", "Jiyuan"), "ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/?city=419001")
    tab_to(page, page.get_by_role("button", name="Show 1 figure"))
    page.keyboard.press("Enter")
    expect(opener(page, "City")).to_be_focused()
    expect(status(page)).to_contain_text("Jiyuan")
    case = dataset.cases[0]
    tab_to(page, page.get_by_role("link", name=(case.short or case.title).en, exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/case?city=419001&case={case.id}")
    expect(heading(page)).to_have_text(case.title.en)
    tab_to(page, page.get_by_role("link", name="Data", exact=True))
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("The data")
    tab_to(page, page.get_by_role("link", name="CSV").first)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "henan-reforms_2020_jiyuan.csv"


def test_the_focus_stays_with_a_reader_who_goes_on_before_a_choice_is_drawn(arrive):
    page = arrive()
    visit(page, "/")
    tab_to(page, opener(page, "City"))
    page.keyboard.press("Enter")
    reach(page, value(page, "City", "Jiyuan"), "ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show 1 figure")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(page.get_by_role("button", name="Province-wide")).to_be_visible()
    expect(opener(page, "City")).to_be_focused()


def test_a_row_of_compare_tells_its_doubts_while_its_link_has_the_focus(arrive):
    page = arrive()
    visit(page, "/compare?set=time")
    tab_to(page, page.get_by_role("link", name="Construction permit limit").first)
    mark = page.get_by_role("row", name="Construction permit limit").first.locator(".arrow")
    told = "element => getComputedStyle(element, '::after').content"
    assert "a limit that was set" in mark.evaluate(told)
    page.keyboard.press("Tab")
    assert mark.evaluate(told) == "none"


def tab_to(page: Page, target: Locator) -> None:
    reach(page, target, "Tab")


def reach(page: Page, target: Locator, key: str) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"not reached within {MOST_STOPS} stops: {target}")
