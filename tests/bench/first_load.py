"""`python -m tests.bench.first_load`: bytes and requests of a visit of each screen behind nginx, first and repeated.

A new Chromium profile a screen; the repeated visit is the third. It does not depend on the machine's speed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from pages.markup.screens import SCREENS, url_path
from tests.bench.journeys import counted
from tests.browser.reader import chromium
from tests.deploy.pair import pair

TIMEOUT = 120_000
"""Maximum number of ms until the app stands in place of the first view."""
VISITS = 3


def visits(browser: Browser, address: str) -> Iterator[dict[str, int]]:
    """Requests and bytes of visits in one profile until the app stands in place of the first view."""
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        session = context.new_cdp_session(page)
        found = counted(session)
        for _ in range(VISITS):
            before = dict(found)
            page.goto(address)
            page.locator("#first").wait_for(state="detached")
            page.wait_for_load_state("networkidle")
            yield {name: found[name] - before[name] for name in found}


def main() -> None:
    with TemporaryDirectory() as folder, pair(Path(folder)) as served, sync_playwright() as playwright:
        print(f"{'':12}{'first: kB':>12}{'requests':>10}{'repeated: kB':>14}{'requests':>10}")
        for name in SCREENS:
            with chromium(playwright) as browser:
                first, *_, last = visits(browser, f"{served.address}/{url_path(name)}?lang=en")
            print(
                f"{name:12}{first['bytes'] / 1000:>12.0f}{first['requests']:>10}"
                f"{last['bytes'] / 1000:>14.0f}{last['requests']:>10}",
                flush=True,
            )


if __name__ == "__main__":
    main()
