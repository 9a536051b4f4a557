"""A browser context of one language, scheme and width that reaches this machine only, and common actions on a page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    ViewportSize,
    WebError,
    WebSocket,
    expect,
)

from data.model.schema import Lang

Scheme = Literal["light", "dark"]
Tab = tuple[Page, CDPSession, list[str]]
"""A tab, what controls it, and its errors."""
OUTSIDE = re.compile(r"^(https?|wss?)://(?!(localhost|127\.0\.0\.1)[:/])")
PLOTLY_REMOVED = "Cannot read properties of undefined (reading 'typesetMath')"
"""Plotly's error if a chart is removed while its text is drawn, as when a page is left early. It is not visible."""
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--process-per-site",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
"""Options of Chromium. With one process a site, a new tab has the app compiled if another is open. The last one blocks
every other host, sockets and workers included, and unlike an intercepted route keeps the cache.
"""
QUICK = "--js-flags=--no-maglev --no-opt"
"""Leaves out the compilers that make often used functions faster. In tests, whose pages live for seconds, they take more
time than they give back: an eighth of the browser's. Not for measuring.
"""
PAGES = {
    "/": {"zh": "概览", "en": "Overview"},
    "/case": {"zh": "案例", "en": "Cases"},
    "/map": {"zh": "地图", "en": "Map"},
    "/compare": {"zh": "比较", "en": "Compare"},
    "/data": {"zh": "数据", "en": "Data"},
    "/method": {"zh": "方法", "en": "Method"},
}
"""Path of each page, and the text of its link."""
LAST = [*PAGES][-1]
HEADINGS = {
    "/": {
        "zh": "十项改革报告了什么变化，材料没写明什么",
        "en": "What ten reforms in Henan report, and what the source leaves out",
    },
    "/case": {"zh": "农业水价综合改革", "en": "Comprehensive agricultural water-pricing reform"},
    "/map": {"zh": "河南2020年十大改革典型案例在哪里", "en": "Where Henan's ten model reforms of 2020 happened"},
    "/compare": {"zh": "比较", "en": "Compare"},
    "/data": {"zh": "数据", "en": "The data"},
    "/method": {"zh": "方法", "en": "Method"},
}
"""The heading of each page."""
GROUNDS: dict[Scheme, str] = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 20, 24)"}
FOLLOW = """path => {
    history.pushState({}, '', path);
    dispatchEvent(new PopStateEvent('popstate', { state: {} }));
}"""
ARRIVED = """() => {
    const parameters = search => [...new URLSearchParams(search)].sort().join('&');
    const drawn = [...document.querySelectorAll('footer[data-address]')].map(footer => new URL(footer.dataset.address, location));
    return drawn.length === 1 && drawn[0].pathname === location.pathname
        && parameters(drawn[0].search) === parameters(location.search);
}"""
"""Whether the page's end is that of the page at the address."""
expect.set_options(timeout=15_000)


def chromium(playwright: Playwright, *arguments: str) -> Browser:
    return playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=(*ARGUMENTS, *arguments))


@contextmanager
def reading(
    browser: Browser,
    address: str,
    lang: str | None = "en-US",
    scheme: Scheme = "light",
    width: int = 1280,
    touch: bool = False,
) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A context whose pages start at `address`, and the list of its errors: requests to other hosts (all blocked),
    errors of the page and of its console.
    """
    noted: list[str] = []

    def asked(request: Request | WebSocket) -> None:
        if OUTSIDE.match(request.url):
            noted.append(f"request to another host: {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            noted.append(f"console error: {message.text} ({message.location['url']})")

    def raised(thrown: WebError) -> None:
        if PLOTLY_REMOVED not in str(thrown.error):
            noted.append(f"uncaught error: {thrown.error}")

    screen = ViewportSize(width=width, height=900)
    with browser.new_context(
        base_url=address,
        locale=lang,
        color_scheme=scheme,
        viewport=screen,
        reduced_motion="reduce",
        service_workers="block",
        has_touch=touch,
    ) as context:
        context.on("requestfailed", asked)  # as each to another host does: to be told of every request takes long
        context.on("console", said)
        context.on("weberror", raised)
        context.on("page", lambda page: page.on("websocket", asked))
        context.set_default_timeout(15_000)
        yield context, noted


@contextmanager
def beside(tab: Tab, lang: str = "en-US") -> Iterator[Page]:
    """Another tab beside the one of all tests, for a reader with this language and any address: its process has the app
    compiled, which one of another context would do again. Fails if an error in it was not expected.
    """
    context, wrong = tab[0].context, tab[2]
    with context.new_page() as page:
        yield welcome(page, context.new_cdp_session(page), lang)
    expect_no_error(wrong)


def expect_no_error(wrong: list[str]) -> None:
    """Fail if there are errors. They are removed, for the next test is not to fail too."""
    noted = wrong.copy()
    wrong.clear()
    assert not noted, noted


def welcome(page: Page, session: CDPSession, lang: str = "en-US", scheme: Scheme = "light", width: int = 1280) -> Page:
    """Make the tab that of a reader with this language, color scheme and width."""
    agent = page.evaluate("() => navigator.userAgent")
    session.send("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": lang})
    session.send("Emulation.setLocaleOverride", {"locale": lang})
    page.emulate_media(media="null", color_scheme=scheme)
    resize(page, width)
    return page


def forget(page: Page) -> None:
    """Leave the pages and clear all state here and on the server, but not the browser's cache: without it every test
    would take twice as long.
    """
    page.goto("/healthz")
    clear_state(page)


def clear_state(page: Page) -> None:
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.context.clear_cookies()
    page.context.clear_permissions()


def has_app(page: Page) -> bool:
    """Whether the app is loaded in the tab."""
    return page.locator("[data-testid=stApp]").count() > 0


def visit(page: Page, path: str) -> None:
    """Open a link and wait until the page is complete."""
    page.goto(path)
    page.locator("footer").wait_for()
    settled(page)


def wait_until_gone(page: Page) -> None:
    """Wait until the app has taken the place of the first view."""
    page.locator("#first").wait_for(state="detached")


def turn(page: Page, path: str) -> None:
    """Change to another page as a link within the app does, and wait until it is complete: a quarter of a load's cost."""
    page.evaluate(FOLLOW, path)
    page.wait_for_function(ARRIVED)
    settled(page)


def resize(page: Page, width: int, height: int = 900) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("([width, height]) => innerWidth === width && innerHeight === height", arg=[width, height])


def show_in(page: Page, scheme: Scheme) -> None:
    """Show the app in a color scheme."""
    page.emulate_media(media="screen", color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", GROUNDS[scheme])


def settled(page: Page) -> None:
    """Wait until the run has ended and no element of the page before is left."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.locator("h1, footer")).to_have_count(2)


def leaf_through(page: Page, lang: Lang) -> Iterator[str]:
    """Yield the path of every page in turn, opened by its link and drawn. It begins on the last one."""
    for path, names in PAGES.items():
        page.get_by_role("link", name=names[lang], exact=True).click()
        page.wait_for_function("name => document.title.startsWith(name)", arg=names[lang])
        drawn(page)
        yield path


def drawn(page: Page) -> None:
    """Wait until the page is settled, its requests have ended, and every chart is drawn."""
    settled(page)
    page.get_by_test_id("stSkeleton").first.wait_for(state="detached")
    for chart in page.get_by_test_id("stPlotlyChart").all():
        chart.locator(".main-svg").first.wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.geolayer > .geo')].every(map => map.querySelector('.choroplethlayer path'))"
    )


def heading(page: Page) -> Locator:
    """The heading of the page; the first, because during a page change the earlier page's may still exist."""
    return page.get_by_role("heading", level=1).first


def status(page: Page) -> Locator:
    """The line in the filter bar that says how much is shown."""
    return page.get_by_role("status").first


def opener(page: Page, name: str) -> Locator:
    """The button of the filter bar that opens the values of a filter."""
    return page.get_by_test_id("stPopover").get_by_role("button", name=re.compile(rf"^{name}(（| \(|$)"))


def control(page: Page, name: str) -> Locator:
    """The values of a filter in the bar, opened."""
    if opener(page, name).get_attribute("aria-expanded") != "true":
        opener(page, name).click()
    return page.get_by_test_id("stPopoverBody")


def value(page: Page, name: str, words: str) -> Locator:
    """A value of a filter in the bar, opened; its button says its count too."""
    return control(page, name).get_by_role("button", name=re.compile(rf"^\u2060?{words} [\d,]+$"))


def close(page: Page) -> None:
    """Close what is open in the filter bar."""
    page.get_by_test_id("stPopoverBody").get_by_role("button", name=re.compile("^(Show |显示)")).click()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def choose_city(page: Page, label: str, city: str) -> None:
    """Choose a city in the filter bar and close the list."""
    value(page, label, city).click()
    expect(value(page, label, city)).to_have_attribute("aria-pressed", "true")
    close(page)


def clear(page: Page, label: str = "Clear all filters") -> Locator:
    """The button that clears the filters, beside the status line."""
    return page.get_by_role("main").get_by_role("button", name=label).first
