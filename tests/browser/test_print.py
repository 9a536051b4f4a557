"""Paper: the edition of a case for it, and what every page prints, whatever the window and the color scheme."""

from __future__ import annotations

import re
from typing import get_args
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import Scheme, drawn, resize, show_in, turn, visit

CASE = "2020-06-anyang-permits"
SHEET_WIDTH, SHEET_HEIGHT = 703, 1005
"""The room for a page on A4 between the margins of paper.css, in px."""
CUT = """() => [...document.querySelectorAll(".stMain :is(h1, h2, p, li, td, th, blockquote, .js-plotly-plot)")]
    .filter(part => part.checkVisibility() && !part.closest('.spoken, [aria-hidden=true]'))
    .filter(part => {
        const box = part.getBoundingClientRect();
        return box.width > 1 && (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
    }).map(part => part.textContent.slice(0, 40))"""
SHEETS = re.compile(rb"/Type\s*/Page\b(?!s)")
MARGINS = "name => getComputedStyle(document.documentElement).getPropertyValue(`--paper-${name}`)"
COUNT_DIALOGS = "() => { window.dialogs = 0; window.print = () => { window.dialogs += 1; }; }"
PAGES = ("/", "/map", "/compare", "/data", "/method", f"/case?case={CASE}")


def count_sheets(page: Page) -> int:
    return len(SHEETS.findall(page.pdf(prefer_css_page_size=True)))


def lay_out(page: Page) -> None:
    """Show the page as it is on paper."""
    page.emulate_media(media="print")
    resize(page, SHEET_WIDTH, SHEET_HEIGHT)


def unroll(page: Page) -> None:
    """Show the page in a wide window again, from which it prints as on paper."""
    page.emulate_media(media="null")
    resize(page, 1440)


UNBROKEN = (
    "() => [...document.querySelectorAll('.brief tr')].every(row => getComputedStyle(row).breakInside === 'avoid')"
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_brief_of_every_case_and_city_prints_on_two_sheets_with_no_figure_cut(opened, dataset, lang):
    cities = {code for place in dataset.places if (code := dataset.prefecture_code(place))}
    briefs = [f"/case?case={case.id}&lang={lang}&view=print" for case in dataset.cases]
    briefs += [f"/?lang={lang}&view=print", *(f"/?city={code}&lang={lang}&view=print" for code in sorted(cities))]
    page = opened(briefs[0], scheme="dark", width=1440)
    for address in briefs:
        unroll(page)
        turn(page, address)
        drawn(page)
        assert page.locator(".stApp").evaluate("part => getComputedStyle(part).backgroundColor") == "rgb(255, 255, 255)"
        sheets = count_sheets(page)
        assert 1 <= sheets <= 2, f"{address} takes {sheets} sheets"
        lay_out(page)
        assert page.evaluate(CUT) == [] and page.evaluate(UNBROKEN), address
        shown = page.locator(".brief a").all_inner_texts()
        assert shown == [page.url.split("://")[1].replace("&view=print", "")], "one link, as a short address"


def test_all_figures_of_a_case_print_from_a_sheet_of_their_own_on_request(opened, dataset):
    page = opened(f"/case?case={CASE}&lang=en&view=print", width=1440)
    unroll(page)
    brief = count_sheets(page)
    page.get_by_role("link", name="With all figures").click()
    expect(page.locator("[id^=figure-]")).to_have_count(len(dataset.by_id[CASE].metrics))
    assert count_sheets(page) > brief
    lay_out(page)
    assert page.locator(".annex").evaluate("part => getComputedStyle(part).breakBefore") == "page"
    assert page.evaluate(CUT) == []
    page.go_back()
    expect(page.locator(".annex")).to_have_count(0)


@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_cut_on_paper_when_printed_from_a_wide_window(opened, address):
    page = opened(f"{address}{'&' if '?' in address else '?'}lang=en", width=1440)
    for scheme in get_args(Scheme):
        unroll(page)
        show_in(page, scheme)
        drawn(page)
        assert count_sheets(page) <= 4, scheme
        lay_out(page)
        assert page.evaluate(CUT) == [], scheme
        assert page.locator("body").evaluate("part => getComputedStyle(part).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("h1").evaluate("part => getComputedStyle(part).color") == "rgb(23, 23, 23)", scheme
        expect(page.locator(".st-key-masthead")).to_be_hidden()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_of_data_prints_whole_under_its_headings_and_not_cut(opened, dataset, lang):
    page = opened(f"/data?lang={lang}&kinds=all", width=1280)
    page.get_by_role("link", name={"zh": "打印全部", "en": "Print all"}[lang]).click()
    expect(page.locator("button[data-print]")).to_be_focused()
    expect(page.get_by_role("rowheader")).to_have_count(len(dataset.metrics))
    lay_out(page)
    assert page.evaluate(CUT) == []
    paper = page.pdf(prefer_css_page_size=True)
    targets = re.findall(rb"/URI \(([^)]*)\)", paper)
    printed = {found[1].decode() for target in targets if (found := re.search(rb"figure=([\w-]+)", target))}
    assert printed == {metric.id for case in dataset.cases for metric in case.metrics}
    headings = sum(b"sort=metric" in target for target in targets)
    assert headings in (sheets := len(SHEETS.findall(paper)), sheets - 1) and headings > 5, (
        "on every sheet that has rows"
    )


@pytest.mark.parametrize(
    ("lang", "month"), [("zh", re.compile(r'"\d{4}年\d+月\d+日"')), ("en", re.compile(r'"\d+ [A-Z]\w+ \d{4}"'))]
)
def test_every_sheet_has_title_date_and_address(opened, lang, month):
    page = opened(f"/case?case={CASE}&lang={lang}&view=print&search={quote('许可')}", width=1280)
    drawn(page)
    page.pdf(prefer_css_page_size=True)
    title, date, address = (page.evaluate(MARGINS, name) for name in ("title", "date", "address"))
    assert title.strip('"') == page.title()
    assert month.fullmatch(date)
    assert address.startswith('"localhost:') and f"/case?case={CASE}" in address
    assert "view=print" not in address, "the address is that of the page that it was printed from"
    assert "search=许可" in address, "readable, not encoded"


def test_the_print_view_has_a_button_that_prints_and_a_way_back_and_neither_is_printed(arrive):
    page = arrive(width=1280)
    visit(page, f"/case?case={CASE}&lang=en&city=410500")
    page.evaluate(COUNT_DIALOGS)
    drawn(page)
    page.get_by_role("link", name="Print", exact=True).click()
    button = page.get_by_role("button", name="Print", exact=True)
    expect(button).to_be_focused()
    assert page.evaluate("dialogs") == 0, "no dialog opens by itself"
    page.keyboard.press("Enter")
    assert page.evaluate("dialogs") == 1
    page.emulate_media(media="print")
    back = page.get_by_role("link", name="Back to the case")
    expect(button).to_be_hidden()
    expect(back).to_be_hidden()
    page.emulate_media(media="screen")
    back.click()
    expect(page.get_by_role("link", name="Print", exact=True)).to_be_visible()
    assert "view=print" not in page.url
    assert "city=410500" in page.url
