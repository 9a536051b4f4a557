"""One server, one browser and one tab for all browser tests; the tab notes errors and foreign requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.browser.reader import Scheme, chromium, forget, reading
from tests.server import running

LOG = pytest.StashKey[Path]()


@pytest.fixture(scope="package")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = request.config.stash[LOG] = tmp_path_factory.mktemp("server") / "log"
    with running(log) as address:
        yield address
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    log = item.config.stash.get(LOG, None)
    if report.failed and log is not None:
        report.sections.append(("server log", log.read_text()[-4000:]))
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after the last browser test: while it is open its event loop runs, in which no other test could start one."""
    with sync_playwright() as playwright, chromium(playwright) as opened:
        yield opened


@pytest.fixture(scope="package")
def tab(browser: Browser, server: str) -> Iterator[tuple[Page, CDPSession, list[str]]]:
    """One tab for all tests, and its errors: the first visit in a new tab costs as much as four others."""
    with reading(browser, server, lang=None) as (context, wrong):
        page = context.new_page()
        yield page, context.new_cdp_session(page), wrong


@pytest.fixture
def arrive(tab: tuple[Page, CDPSession, list[str]]) -> Iterator[Callable[..., Page]]:
    """The tab for a reader: `arrive(lang="en-US", scheme="light", width=1280)`. The test fails if an error in it was not
    expected; the tab is empty for the next test.
    """
    page, session, wrong = tab

    def come(lang: str = "en-US", scheme: Scheme = "light", width: int = 1280) -> Page:
        agent = page.evaluate("() => navigator.userAgent")
        session.send("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": lang})
        session.send("Emulation.setLocaleOverride", {"locale": lang})
        page.emulate_media(media="null", color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        return page

    yield come
    forget(page)
    session.send("Page.resetNavigationHistory")
    noted = wrong.copy()
    wrong.clear()
    assert not noted, noted
