"""One of two servers behind nginx is killed under its readers, then both, and they come back."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect, sync_playwright

from tests.bench.tab import Tab
from tests.browser.reader import QUICK, choose_city, chromium, clear, reading, settled, status, visit
from tests.deploy.pair import UNAVAILABLE, get, pair
from tests.server import logged, started

PLACE = "document.querySelector('[data-testid=stMain]').scrollTop"
NOTE_RUN = "addEventListener('popstate', event => { window.ran ||= event.state?.reconnected; });"
BASE = "reforms"
"""Base path, which the nginx example serves unchanged."""
READERS = 20


def pages_sent(log: Path) -> int:
    """Number of Data pages that the server of this log has sent."""
    return sum(line.get("path") == f"/{BASE}/data" for line in logged(log))


def test_a_reader_keeps_the_view_when_the_server_dies(tmp_path):
    with (
        pair(tmp_path, STREAMLIT_SERVER_BASE_URL_PATH=BASE) as served,
        sync_playwright() as playwright,
        chromium(playwright, QUICK) as browser,
        reading(browser, served.address) as (context, noted),
    ):
        page = context.new_page()
        visit(page, f"/{BASE}/data?city=410300&lang=en")
        shown, address = status(page).inner_text(), page.url

        with page.expect_download() as loading:
            page.get_by_role("link", name=re.compile("CSV: The .* chosen")).click()
        path = loading.value.url.removeprefix(served.address)
        statuses = {get(served.address, path, f"127.0.7.{number}").status for number in range(1, 9)}
        assert statuses == {200}, "a download is found by whichever server is asked for it"

        page.evaluate(f"() => {{ {PLACE} = 300; {NOTE_RUN} }}")
        # A reader's socket is with the server that sent the page: both follow the reader's address.
        (mine,) = [
            server
            for name, server in zip("ab", served.servers, strict=True)
            if pages_sent(tmp_path / f"server-{name}.log")
        ]
        with page.expect_websocket():
            mine.process.kill()
        clear(page).wait_for()
        page.wait_for_function("() => window.ran")  # or the first click would be lost in a session without state
        settled(page)
        assert (status(page).inner_text(), page.url, page.evaluate(PLACE)) == (shown, address, 300)
        choose_city(page, "City", "Zhengzhou")
        expect(status(page)).to_contain_text("Zhengzhou, Luoyang: ")
        page.wait_for_url(re.compile("city=410100(,|%2C)410300"))
        page.go_back()
        expect(page).to_have_url(address)
        assert not noted, noted


def test_many_readers_keep_the_view_when_one_server_dies_and_when_both_do(tmp_path):
    with pair(tmp_path) as served:
        tabs = [Tab(served.address, source=f"127.0.6.{number}") for number in range(1, READERS + 1)]

        async def readers(*acts: str) -> set[frozenset[str]]:
            """What each sees after these acts, one after another: the links."""
            for act in acts:
                await asyncio.gather(*(getattr(tab, act)() for tab in tabs))
            return {frozenset(link.href for link in tab.links()) for tab in tabs}

        async def read() -> None:
            await asyncio.gather(*(tab.open("/", {"lang": "en", "city": "410300"}) for tab in tabs))
            before = await readers()
            assert len(before) == 1
            first, second = served.servers
            first.process.kill()
            first.process.wait()
            assert await readers("reconnect", "rerun") == before
            second.process.kill()
            second.process.wait()
            assert get(served.address, "/?lang=en&city=410300").body != UNAVAILABLE, "nginx has kept it"
            with started(tmp_path / "server-again.log", port=urlsplit(second.address).port):
                assert await readers("reconnect", "rerun") == before
                await readers("close")

        asyncio.run(read())
