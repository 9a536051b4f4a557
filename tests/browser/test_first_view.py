"""The first view in a browser: readable without JavaScript, replaced in place, and an empty console on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.markup.screens import SITE_NAME
from tests.browser.reader import (
    HEADINGS,
    LAST,
    PAGES,
    Tab,
    beside,
    expect_no_error,
    forget,
    heading,
    leaf_through,
    opener,
    reading,
    resize,
    settled,
    visit,
    wait_until_gone,
)

CITY = {"zh": "地市", "en": "City"}
MAX_SHIFT = 0.05
"""Maximum layout shift of a page, as Lighthouse judges it."""
WATCH = """() => {
    window.shift = 0;
    new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (!entry.hadRecentInput) window.shift += entry.value;
    })).observe({ type: 'layout-shift', buffered: true });
    window.measure = view => ['.st-key-masthead', '.st-key-filters', 'h1', '.lede', '.key-figures'].flatMap(selector => {
        const box = document.querySelector(`${view} ${selector}`)?.getBoundingClientRect();
        return box ? [[selector, Math.round(box.top), Math.round(box.height)]] : [];
    });
    addEventListener('DOMContentLoaded', () => { window.first = measure('#first'); });
}"""
"""Adds up the layout shift, and measures where parts of a view stand: of the first one as soon as it is there."""
Boxes = dict[str, tuple[int, int]]
"""Top and height of parts of a view, in px."""
WIDTHS = (1280, 820, 390)


@pytest.fixture(scope="module")
def without_script(browser: Browser, server: str) -> Iterator[Page]:
    with browser.new_context(base_url=server, java_script_enabled=False, locale="en-US") as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def watching(tab: Tab) -> Iterator[tuple[Page, list[str]]]:
    """A tab that measures, and everything that is in its console or is not there when it is asked for."""
    noted: list[str] = []
    with beside(tab) as page:
        page.on("console", lambda message: noted.append(message.text))
        page.on("response", lambda answer: answer.ok or answer.status == 304 or noted.append(answer.url))
        page.add_init_script(f"({WATCH})()")
        yield page, noted


@pytest.fixture
def page(watching: tuple[Page, list[str]], tab: Tab) -> Iterator[Page]:
    """The tab that measures, 1280 px wide. The test fails if anything at all is in its console, or not there."""
    page, noted = watching
    resize(page, 1280)
    yield page
    forget(page)
    blocked = "Service Worker registration blocked by Playwright"
    said = [line for line in noted if blocked not in line]
    noted.clear()
    assert said == []
    expect_no_error(tab[2])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_readable_without_javascript(without_script, path):
    page = without_script
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=PAGES[path]["en"], exact=True)).to_be_visible()
    expect(page.get_by_text("Source: ")).to_be_visible()
    english = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="中文").click()
    expect(page).to_have_url(re.compile(rf"{path}\?(case=[\w-]+&)?lang=zh$"))
    assert page.get_by_role("heading", level=1).inner_text() != english
    address = page.get_by_role("link", name="CSV", exact=True).get_attribute("href") or ""
    assert page.request.get(address).text().startswith("\ufeffcase_id,")


def test_without_javascript_a_finding_leads_to_its_case(without_script, dataset):
    page, case = without_script, dataset.cases[5]
    page.goto("/?lang=en")
    expect(page.get_by_role("table", name="What each case reports")).to_be_visible()
    page.get_by_role("link", name=case.short.en, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(case.title.en)
    expect(page.get_by_role("list", name="Key figures")).to_be_visible()


@pytest.fixture(scope="module")
def with_fonts(watching: tuple[Page, list[str]]) -> None:
    """Every page has been visited, so that its fonts are in the browser's cache."""
    page, _ = watching
    visit(page, f"{LAST}?lang=en")
    for _ in leaf_through(page, "en"):
        page.evaluate("() => document.fonts.ready.then(() => true)")


@pytest.fixture
def connecting(page: Page) -> Iterator[Page]:
    """The tab that measures, where the requests that ask before the app connects are held. A route would do it too, but
    without the browser's cache.
    """
    session = page.context.new_cdp_session(page)
    asking = [{"urlPattern": f"*/_stcore/{name}"} for name in ("health", "host-config")]
    session.send("Fetch.enable", {"patterns": asking})
    yield page
    session.detach()


@pytest.fixture(scope="module")
def standing(browser: Browser, server: str) -> Iterator[Page]:
    """A tab in which the app cannot start: the first view stays."""
    with reading(browser, server) as (context, _):
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setBlockedURLs", {"urls": ["*/static/js/*"]})
        page.add_init_script(f"({WATCH})()")
        yield page


def measure(page: Page, view: str, width: int) -> Boxes:
    resize(page, width)
    return {name: (top, height) for name, top, height in page.evaluate("view => window.measure(view)", view)}


def expect_same_place(first: Boxes, app: Boxes, where: object) -> None:
    for name, (top, height) in first.items():
        assert abs(app[name][0] - top) <= 2 and abs(app[name][1] - height) <= 2, (where, name, first[name], app[name])


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 1280)])
def test_the_app_takes_its_place_without_a_jump_and_connects_without_asking_first(
    connecting, standing, with_fonts, lang, width
):
    """At one width while it is seen, and at the others by comparing both views."""
    page = connecting
    for path, headings in HEADINGS.items():
        resize(page, width)
        page.goto(f"{path}?lang={lang}")
        wait_until_gone(page)
        settled(page)
        expect(heading(page)).to_have_text(headings[lang])
        expect(page).to_have_title(f"{PAGES[path][lang]} · {SITE_NAME[lang]}")
        expect(opener(page, CITY[lang])).to_have_count(0 if path == "/method" else 1)
        expect(page.locator("#first")).to_have_count(0)
        assert page.evaluate("() => window.shift") <= MAX_SHIFT, path
        seen = {name: (top, height) for name, top, height in page.evaluate("() => window.first")}
        expect_same_place(seen, measure(page, "#root", width), path)
        standing.goto(f"{path}?lang={lang}")
        standing.evaluate("() => document.fonts.ready.then(() => true)")
        for other in WIDTHS:
            first = measure(standing, "#first", other)
            assert {"h1", ".st-key-masthead"} <= first.keys()
            expect_same_place(first, measure(page, "#root", other), (path, other))


def test_what_was_unfolded_and_focused_stays(page):

    held: list[Any] = []
    page.route("**/static/js/Html.*.js", lambda route: held.append(route))
    page.goto("/?lang=en")
    more = page.locator("details.others").first
    more.locator("summary").click()
    page.get_by_role("link", name="Jiyuan: water use per mu").focus()
    for route in held:
        route.continue_()
    page.unroute("**/static/js/Html.*.js")
    wait_until_gone(page)
    expect(page.locator("details.others").first).to_have_attribute("open", "")
    expect(page.get_by_role("link", name="Jiyuan: water use per mu")).to_be_focused()


def test_the_words_stay_if_the_app_does_not_start(browser, server):
    with reading(browser, server) as (context, _):
        page = context.new_page()
        page.route("**/static/js/*", lambda route: route.abort())
        page.goto("/?lang=en")
        expect(page.get_by_role("table", name="What each case reports")).to_be_visible()
        expect(page.locator("#first h1")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "table"),
    [("view=print", "Key figures"), ("view=embed&chart=findings", "What each case reports")],
)
def test_print_and_frames_have_no_first_view(page, query, table):

    page.goto(f"/?{query}&lang=en")
    expect(page.locator("#first")).to_have_count(0)
    expect(page.get_by_role("table", name=table).first).to_be_visible()
