"""Accessibility of a page, as axe judges it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.reader import Scheme


def violations(page: Page, scheme: Scheme) -> list[str]:
    """What axe has against the page. In the dark scheme it judges the contrast, which is all that a scheme changes."""
    options = {"resultTypes": ["violations"], **({"runOnly": ["color-contrast"]} if scheme == "dark" else {})}
    return [
        f"{wrong['id']}: {[node['html'][:200] for node in wrong['nodes']]}"
        for wrong in Axe().run(page, options=options).response["violations"]
    ]
