"""One of two servers behind nginx is killed while a browser has a page open."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.reader import QUICK, choose_city, chromium, clear, reading, settled, status, visit
from tests.deploy.pair import pair
from tests.deploy.test_nginx import get
from tests.server import logged

PLACE = "document.querySelector('[data-testid=stMain]').scrollTop"
NOTE_RUN = "addEventListener('popstate', event => { window.ran ||= event.state?.reconnected; });"
BASE = "reforms"
"""Base path, which the nginx example serves unchanged."""


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
        statuses = {
            get(served.address, loading.value.url.removeprefix(served.address), f"127.0.7.{number}").status
            for number in range(1, 9)
        }
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
        page.locator("label", has_text="The 22 figures of the same cases").click()
        expect(page).to_have_url(re.compile("scope=case"))
        page.go_back()
        expect(page).to_have_url(address)

        choose_city(page, "City", "Zhengzhou")
        expect(status(page)).to_contain_text("Zhengzhou, Luoyang: ")
        page.wait_for_url(re.compile("city=410100(,|%2C)410300"))
        with page.expect_download() as loading:
            page.get_by_role("link", name=re.compile("CSV: The .* chosen")).click()
        assert loading.value.failure() is None
        assert not noted, noted
