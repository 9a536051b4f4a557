"""Filters, cases and downloads work with Tab and Enter alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import PAGES, heading, opener, status, value, visit, wait_until_gone
from tests.test_colours import contrast, styled

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


RING = """() => {
    const focused = document.activeElement;
    const ringed = [focused, focused.parentElement, focused.closest('label')].filter(Boolean).map(getComputedStyle);
    const { outlineWidth, outlineColor } = ringed.find(({ outlineStyle }) => outlineStyle === 'solid') ?? {};
    return [focused.matches('body, main'), focused.id, outlineWidth, outlineColor];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_stop_but_the_areas_of_the_map_has_a_strong_ring_and_the_page_itself_is_none(opened, path, scheme):
    """An area is filled."""
    page = opened(path, scheme=scheme)
    ground = styled("ground")[scheme]
    page.get_by_test_id("stSkipToContent").focus()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        is_page, name, width, color = page.evaluate(RING)
        if is_page:
            break
        if not name.startswith("area-"):
            assert width == "2px", page.evaluate("() => document.activeElement.outerHTML")
            shown = bytes(map(int, re.findall(r"\d+", color))).hex()
            assert contrast(f"#{shown}", ground) >= 3, color
    assert page.get_by_test_id("stMain").evaluate("main => main.tabIndex") == -1


@pytest.mark.parametrize("key", ["Space", "PageDown", "ArrowDown", "End"])
def test_the_page_scrolls_by_keyboard_as_soon_as_it_is_there(arrive, key):
    page = arrive()
    visit(page, "/method")
    wait_until_gone(page)
    page.keyboard.press(key)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")


@pytest.mark.parametrize(("path", "name", "following"), [
    ("/", "City", "Domain"),
    ("/data", "More", "Search"),
    ("/data", "Columns", "Outcomes and outputs"),
])  # fmt: skip
def test_tab_leaves_a_popover_to_what_follows_its_button_and_back_to_it(opened, path, name, following):
    page = opened(path)
    inside = page.get_by_test_id("stPopoverBody")
    opener(page, name).focus()
    page.keyboard.press("Enter")
    expect(inside.get_by_role("button").first).to_be_focused()
    tab_to(page, inside.locator("[data-close]"))
    page.keyboard.press("Tab")
    expect(inside).to_have_count(0)
    assert page.evaluate("() => document.activeElement.ariaLabel ?? document.activeElement.innerText").startswith(
        following
    )
    opener(page, name).focus()
    page.keyboard.press("Enter")
    expect(inside.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(inside).to_have_count(0)
    expect(opener(page, name)).to_be_focused()


def test_escape_closes_a_popover_and_gives_the_focus_back(opened):
    page = opened("/")
    opener(page, "City").focus()
    page.keyboard.press("Enter")
    expect(value(page, "City", "Province-wide")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(opener(page, "City")).to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    reach(page, target, "Tab")


def reach(page: Page, target: Locator, key: str) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"not reached within {MOST_STOPS} stops: {target}")
