"""Without a mouse: a filter and a page link are reached by Tab and used by Enter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import control, heading, status, visit

MOST_STOPS = 60


def test_a_city_is_chosen_and_a_page_opened_by_keyboard(arrive):
    page = arrive()
    visit(page, "/")
    tab_to(page, control(page, "City"))
    page.keyboard.type("Jiyuan")
    expect(page.get_by_role("option")).to_have_text(["Jiyuan"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/?city=419001")
    page.keyboard.press("Escape")
    expect(status(page)).to_contain_text("Jiyuan")
    tab_to(page, page.get_by_role("link", name="Map", exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url("/map?city=419001")
    expect(heading(page)).to_have_text("Where the reforms happened")


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"not reached within {MOST_STOPS} stops: {target}")
