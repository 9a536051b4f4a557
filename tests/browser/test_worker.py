"""The service worker in a browser: what it keeps, how a new one takes its place, and how it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.reader import settled
from tests.server import free_port, started

KEPT = """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async name =>
    [name, (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname)])))"""
UPDATED = "import pages.serving.service_worker as worker; worker.list_files = lambda: ['files of an updated server']"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-US") as context:
        yield context


class Server:
    """Servers at one address, one after another."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder, self.count = free_port(), folder, 0
        self.address = f"http://localhost:{self.port}"

    def start(self, first: str = "", **environment: str) -> AbstractContextManager[Any]:
        self.count += 1
        return started(self.folder / f"log{self.count}", first=first, port=self.port, **environment)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def visit(context: BrowserContext, address: str) -> tuple[Page, list[Response]]:
    """A new tab with the page, and its responses; the console must stay empty."""
    page, answers, said = context.new_page(), [], []
    page.on("response", lambda answer: answers.append(answer))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.wait_for_function("() => performance.getEntriesByName('first-view-gone').length")
    settled(page)
    assert said == []
    return page, answers


def wait_for_worker(page: Page) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")


def wait_until(page: Page, condition: str) -> None:
    """Wait until a condition that has to be awaited holds; `wait_for_function` takes a promise for true."""
    page.evaluate(f"async () => {{ while (!({condition})) await new Promise(requestAnimationFrame); }}")


def is_file(answer: Response) -> bool:
    return "/static/" in answer.url


def test_the_second_visit_is_served_by_it(context, server):
    with server.start():
        page, answers = visit(context, server.address)
        assert not any(answer.from_service_worker for answer in answers)
        wait_for_worker(page)
        ((name, kept),) = page.evaluate(KEPT).items()
        assert name.startswith("app files / ")
        assert len(kept) > 60
        assert all(path.startswith("/static/") for path in kept)
        page.close()
        page, answers = visit(context, f"{server.address}/case")
        served = [answer for answer in answers if answer.from_service_worker]
        assert {answer.url for answer in answers if is_file(answer)} == {answer.url for answer in served}
        assert len(served) > 60
        page.evaluate("() => fetch('/api/cases.json').then(answer => answer.text())")
        others = {answer.url for answer in answers if not is_file(answer)}
        assert {f"{server.address}/case", f"{server.address}/api/cases.json"} <= others
        assert len(page.evaluate(KEPT)) == 1


def test_a_new_version_takes_its_place_and_nothing_old_is_served(context, server):
    with server.start():
        page, _ = visit(context, server.address)
        wait_for_worker(page)
        (old,) = page.evaluate(KEPT)
        page.evaluate(
            """async name => {
                const cache = await caches.open(name);
                await cache.put('/', new Response('an old page'));
                await cache.put('/api/cases.json', new Response('old data'));
            }""",
            old,
        )
        page.close()
    with server.start(UPDATED):
        page, answers = visit(context, server.address)
        assert not answers[0].from_service_worker
        assert "an old page" not in page.content()
        assert page.evaluate("() => fetch('/api/cases.json').then(answer => answer.text())").startswith("{")
        wait_until(page, f"!(await caches.has('{old}'))")
        (new,) = page.evaluate(KEPT)
        assert new != old
        page.close()
        page, answers = visit(context, server.address)
        assert any(answer.from_service_worker for answer in answers)
        missing = page.evaluate("() => fetch('/static/js/gone.AAAAAAAA.js').then(answer => answer.text())")
        assert "<!DOCTYPE html>" in missing  # Streamlit's answer to what it does not have
        assert not any("gone" in path for path in page.evaluate(KEPT)[new])


def test_switched_off_it_is_gone(context, server):
    with server.start():
        page, _ = visit(context, server.address)
        wait_for_worker(page)
        page.evaluate("async () => { await caches.open('of another site on this host'); }")
        page.close()
    with server.start(HENAN_BROWSER_CACHE="off"):
        page, _ = visit(context, server.address)
        wait_until(page, "!(await navigator.serviceWorker.getRegistration())")
        wait_until(page, "(await caches.keys()).length === 1")
        page.close()
        page, answers = visit(context, server.address)
        assert not any(answer.from_service_worker for answer in answers)
        assert page.evaluate("() => navigator.serviceWorker.controller") is None


def test_an_open_worker_removes_itself_where_it_is_switched_off(context, server):
    """As a browser does by itself: it looks for a new worker at each visit, whatever page it was."""
    with server.start():
        page, _ = visit(context, server.address)
        wait_for_worker(page)
        page.goto(f"{server.address}/healthz")
    with server.start(HENAN_BROWSER_CACHE="off"):
        page.goto(f"{server.address}/healthz")
        page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration())?.update(); }")
        wait_until(page, "!(await navigator.serviceWorker.getRegistration())")
        wait_until(page, "!(await caches.keys()).length")


def test_a_page_works_where_it_fails(context, server):
    """Cache Storage that answers with errors, as when the disk is full or a browser forbids it."""
    broken = "caches.open = caches.match = caches.has = () => Promise.reject(new Error('no storage'));"
    patch = (
        "import pages.serving.service_worker as worker; "
        f"worker._SCRIPTS = {{kept: {broken!r} + text for kept, text in worker._SCRIPTS.items()}}"
    )
    with server.start(patch):
        page, _ = visit(context, server.address)
        wait_for_worker(page)
        page.close()
        page, answers = visit(context, f"{server.address}/map")
        assert all(answer.ok for answer in answers)
        assert page.evaluate(KEPT) == {}
