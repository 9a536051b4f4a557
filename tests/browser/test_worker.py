"""The service worker in a browser: what it keeps, how a new one takes its place, and how it is switched off."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Response

from tests.browser.reader import settled, wait_until_gone
from tests.server import free_port, started

KEPT = """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async name =>
    [name, (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname)])))"""
UPDATED = "import pages.serving.service_worker as worker; worker.list_files = lambda: ['files of an updated server']"


NO_STORAGE = "caches.open = caches.match = caches.has = () => Promise.reject(new Error('no storage'));"
BROKEN = (
    "import pages.serving.service_worker as worker; "
    f"worker._SCRIPTS = {{kept: {NO_STORAGE!r} + text for kept, text in worker._SCRIPTS.items()}}"
)
"""Cache Storage that answers with errors, as when the disk is full or a browser forbids it."""


class Host:
    """One address whose server can be exchanged for another, as by a restart: what is connected breaks."""

    def __init__(self, ports: Mapping[str, Future[int]]) -> None:
        self.port, self._ports = free_port(), ports
        self.address = f"http://localhost:{self.port}"
        self._behind = 0
        self._connections: dict[asyncio.Task[None], StreamWriter] = {}
        self._ended = asyncio.Event()
        self._ready = Event()

    def serve(self, name: str) -> None:
        """Exchange the server for the one of this name."""
        asyncio.run_coroutine_threadsafe(self._exchange(self._ports[name].result()), self._loop).result()

    @contextmanager
    def running(self) -> Iterator[Host]:
        thread = Thread(target=asyncio.run, args=[self._run()])
        thread.start()
        self._ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._ended.set)
            thread.join()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with await asyncio.start_server(self._connect, "localhost", self.port):
            self._ready.set()
            await self._ended.wait()
            await self._exchange(0)

    async def _exchange(self, port: int) -> None:
        self._behind = port
        for reader in self._connections.values():
            reader.close()
        await asyncio.gather(*self._connections)

    async def _connect(self, asked: StreamReader, reader: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections[task] = reader
        answered, server = await asyncio.open_connection("localhost", self._behind)
        await asyncio.gather(pass_on(asked, server), pass_on(answered, reader))
        del self._connections[task]


async def pass_on(source: StreamReader, target: StreamWriter) -> None:
    """Write to `target` what is read from `source`, until either is closed."""
    with suppress(ConnectionError):
        while part := await source.read(1 << 16):
            target.write(part)
            await target.drain()
    target.close()


@pytest.fixture(scope="module")
def host(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """An address with four servers: today's, one of another version, one without the worker, one whose worker fails. They
    start one after the other while today's is used.
    """
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as servers, ThreadPoolExecutor(1) as starting:

        def start(name: str, first: str = "", **environment: str) -> int:
            address, _ = servers.enter_context(started(folder / name, first=first, **environment))
            return urlsplit(address).port or 0

        ports = {
            "today's": starting.submit(lambda: urlsplit(server).port or 0),
            "updated": starting.submit(start, "updated", UPDATED),
            "off": starting.submit(start, "off", HENAN_BROWSER_CACHE="off"),
            "broken": starting.submit(start, "broken", BROKEN),
        }
        with Host(ports).running() as host:
            yield host


@pytest.fixture(scope="module")
def opened(browser: Browser, server: str) -> Iterator[tuple[BrowserContext, CDPSession]]:
    """A browser's windows for all tests. One with another address of the site stays open, and with it the process that has
    the app compiled.
    """
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{server}/healthz")
        yield context, context.new_cdp_session(page)


@pytest.fixture
def context(opened: tuple[BrowserContext, CDPSession], host: Host) -> Iterator[BrowserContext]:
    """The windows of a browser that knows nothing of the host."""
    context, session = opened
    yield context
    for page in context.pages[1:]:
        page.close()
    session.send("Storage.clearDataForOrigin", {"origin": host.address, "storageTypes": "all"})


def visit(context: BrowserContext, address: str) -> tuple[Page, list[Response]]:
    """A new tab with the page, and its responses; the console must stay empty."""
    page, answers, said = context.new_page(), [], []
    page.on("response", lambda answer: answers.append(answer))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    wait_until_gone(page)
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


def test_it_serves_the_second_visit_until_a_new_version_or_none_takes_its_place(context, host):
    host.serve("today's")
    page, answers = visit(context, host.address)
    assert not any(answer.from_service_worker for answer in answers)
    old = expect_kept(page)
    page.close()
    page, answers = visit(context, f"{host.address}/case")
    expect_served(page, answers, host)
    page.evaluate(KEEP_OLD, old)
    page.close()

    host.serve("updated")
    page, answers = visit(context, host.address)
    expect_nothing_old(page, answers, old)
    page.close()
    page, answers = visit(context, host.address)
    assert any(answer.from_service_worker for answer in answers)
    expect_none_kept_that_is_missing(page)
    page.evaluate("async () => { await caches.open('of another site on this host'); }")
    page.close()

    host.serve("off")
    page, _ = visit(context, host.address)
    wait_until(page, "!(await navigator.serviceWorker.getRegistration())")
    wait_until(page, "(await caches.keys()).join() === 'of another site on this host'")
    page.close()
    page, answers = visit(context, host.address)
    assert not any(answer.from_service_worker for answer in answers)
    assert page.evaluate("() => navigator.serviceWorker.controller") is None


KEEP_OLD = """async name => {
    const cache = await caches.open(name);
    await cache.put('/', new Response('an old page'));
    await cache.put('/api/cases.json', new Response('old data'));
}"""


def expect_kept(page: Page) -> str:
    """Check what the worker keeps, once it is there, and return the name of its cache."""
    wait_for_worker(page)
    ((name, kept),) = page.evaluate(KEPT).items()
    assert name.startswith("app files / ")
    assert len(kept) > 60
    assert all(path.startswith("/static/") for path in kept)
    return str(name)


def expect_served(page: Page, answers: list[Response], host: Host) -> None:
    """Check that the worker served the files of a page, and nothing else."""
    served = [answer for answer in answers if answer.from_service_worker]
    assert {answer.url for answer in answers if is_file(answer)} == {answer.url for answer in served}
    assert len(served) > 60
    page.evaluate("() => fetch('/api/cases.json').then(answer => answer.text())")
    others = {answer.url for answer in answers if not is_file(answer)}
    assert {f"{host.address}/case", f"{host.address}/api/cases.json"} <= others
    assert len(page.evaluate(KEPT)) == 1


def expect_nothing_old(page: Page, answers: list[Response], old: str) -> None:
    """Check that the page is of the new version, and that its worker replaces the cache of this name."""
    assert not answers[0].from_service_worker
    assert "an old page" not in page.content()
    assert page.evaluate("() => fetch('/api/cases.json').then(answer => answer.text())").startswith("{")
    wait_until(page, f"!(await caches.has('{old}'))")
    (new,) = page.evaluate(KEPT)
    assert new != old


def expect_none_kept_that_is_missing(page: Page) -> None:
    assert page.evaluate("() => fetch('/static/js/gone.AAAAAAAA.js').then(answer => answer.status)") == 404
    assert not any("gone" in path for kept in page.evaluate(KEPT).values() for path in kept)


def test_an_open_worker_removes_itself_where_it_is_switched_off(context, host):
    """As a browser does by itself: it looks for a new worker at each visit, whatever page it was."""
    host.serve("today's")
    page, _ = visit(context, host.address)
    wait_for_worker(page)
    page.goto(f"{host.address}/healthz")
    host.serve("off")
    page.goto(f"{host.address}/healthz")
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration())?.update(); }")
    wait_until(page, "!(await navigator.serviceWorker.getRegistration())")
    wait_until(page, "!(await caches.keys()).length")


def test_a_page_works_where_it_fails(context, host):
    host.serve("broken")
    page, _ = visit(context, host.address)
    wait_for_worker(page)
    page.close()
    page, answers = visit(context, f"{host.address}/map")
    assert all(answer.ok for answer in answers)
    assert page.evaluate(KEPT) == {}
