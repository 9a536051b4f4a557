"""One server and one browser for all browser tests, and tabs that note errors and foreign requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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
def readers(browser: Browser, server: str) -> Iterator[Callable[[str, Scheme, int], tuple[Page, list[str]]]]:
    """One tab for each language, scheme and width, with its errors. Reusing a tab takes a third of the time."""
    with ExitStack() as contexts:

        @cache
        def reader(lang: str, scheme: Scheme, width: int) -> tuple[Page, list[str]]:
            context, wrong = contexts.enter_context(reading(browser, server, lang, scheme, width))
            return context.new_page(), wrong

        yield reader


@pytest.fixture
def arrive(readers: Callable[[str, Scheme, int], tuple[Page, list[str]]]) -> Iterator[Callable[..., Page]]:
    """A tab: `arrive(lang="en-US", scheme="light", width=1280)`. The test fails if an error in it was not expected; the
    tab is empty for the next test.
    """
    arrived: list[tuple[Page, list[str]]] = []

    def come(lang: str = "en-US", scheme: Scheme = "light", width: int = 1280) -> Page:
        arrived.append(readers(lang, scheme, width))
        return arrived[-1][0]

    yield come
    for page, _ in arrived:
        forget(page)
    noted = [line for _, wrong in arrived for line in wrong]
    for _, wrong in arrived:
        wrong.clear()
    assert not noted, noted
