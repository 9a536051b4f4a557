"""Accessibility of a page, as axe judges it."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from data.model.schema import Lang
from tests.browser.reader import Scheme

JUDGE = "options => axe.run(options).then(({ violations }) => violations)"
JUDGED: list[tuple[Lang, Scheme]] = [("zh", "light"), ("en", "dark")]
"""Each language in one color scheme: a scheme changes only the contrast, which is the same in every language."""


def violations(page: Page) -> list[str]:
    """What axe has against the page."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(JUDGE, {"resultTypes": ["violations"]})
    return [f"{wrong['id']}: {[node['html'][:200] for node in wrong['nodes']]}" for wrong in found]
