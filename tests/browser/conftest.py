"""One server, one browser and one tab for all browser tests; the tab notes errors and foreign requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.reader import (
    QUICK,
    Scheme,
    Tab,
    chromium,
    clear_state,
    expect_no_error,
    forget,
    has_app,
    reading,
    settled,
    show_in,
    turn,
    visit,
    welcome,
)
from tests.server import running

LOG = pytest.StashKey[Path]()
BETWEEN = "/method?lang=en"
"""A screen without controls, for the time between tests: it takes away what was open or chosen on another."""


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
    with sync_playwright() as playwright, chromium(playwright, QUICK) as opened:
        yield opened


@pytest.fixture(scope="package")
def tab(browser: Browser, server: str) -> Iterator[Tab]:
    """One tab for all tests, and its errors: the first visit in a new tab costs as much as four others."""
    with reading(browser, server, lang=None) as (context, wrong):
        page = context.new_page()
        yield page, context.new_cdp_session(page), wrong


@pytest.fixture
def arrive(tab: Tab) -> Iterator[Callable[..., Page]]:
    """The tab, empty, for a reader who opens the app: `arrive(lang="en-US", scheme="light", width=1280)`. The test fails
    if an error in it was not expected.
    """
    page, session, wrong = tab
    if has_app(page):
        forget(page)
    yield partial(welcome, page, session)
    forget(page)
    session.send("Page.resetNavigationHistory")
    expect_no_error(wrong)


@pytest.fixture
def opened(tab: Tab, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """The tab with the app at an address that a link in the app led to: `opened("/map", lang="en-US", scheme="light",
    width=1280)`. As `arrive`, but the app stays loaded from test to test: a quarter of the cost.

    After a test that failed it is loaded again. A test that changes the window's own objects or leaves the app needs
    `arrive`.
    """
    page, session, wrong = tab
    failed = request.session.testsfailed

    def follow(path: str, lang: str = "en-US", scheme: Scheme = "light", width: int = 1280) -> Page:
        welcome(page, session, lang, scheme, width)
        show_in(page, scheme)
        turn(page, path)
        return page

    if not has_app(page):
        visit(page, BETWEEN)
    yield follow
    if request.session.testsfailed > failed:
        forget(page)
    else:
        settled(page)
        turn(page, BETWEEN)
        clear_state(page)
    session.send("Page.resetNavigationHistory")
    expect_no_error(wrong)
