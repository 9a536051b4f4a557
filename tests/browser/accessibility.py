"""Accessibility of a page, as axe judges it."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.reader import Scheme

JUDGE = "options => axe.run(options).then(({ violations }) => violations)"


def violations(page: Page, scheme: Scheme) -> list[str]:
    """What axe has against the page. In the dark scheme it judges the contrast, which is all that a scheme changes."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], **({"runOnly": ["color-contrast"]} if scheme == "dark" else {})}
    return [
        f"{wrong['id']}: {[node['html'][:200] for node in wrong['nodes']]}" for wrong in page.evaluate(JUDGE, options)
    ]
