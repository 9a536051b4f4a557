"""`python -m tests.browser.shots [WORD]`: full-height images of every page, with all ten cases, in both languages, both
color schemes and two widths, in .shots/.

With a word only the images whose name contains it: `map`, `zh-dark`, `390`.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, ViewportSize, sync_playwright

from data import load_dataset
from tests.browser.reader import PAGES, chromium, drawn, reading, visit
from tests.server import PROJECT, running

FOLDER = PROJECT / ".shots"
MAX_HEIGHT = 16_000
"""Maximum height in px of an image in Chromium."""
HIDDEN = "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollHeight - main.clientHeight; }"


def addresses() -> dict[str, str]:
    """Where each image is taken: {name: path with a query}."""
    named = {path.strip("/") or "overview": f"{path}?" for path in PAGES if path != "/case"}
    cases = {case.id: f"/case?case={case.id}&" for case in load_dataset().cases}
    paired = "2020-02-government-debt,2020-06-anyang-permits"
    return {
        **named,
        **cases,
        "compare-cases": f"/compare?cases={paired}&",
        "map-chosen": "/map?city=411200&",
        "overview-empty": "/?city=410600&",
    }


def shoot(page: Page, width: int, target: Path) -> None:
    """Write an image as high as the page, which scrolls inside its window and so is enlarged first."""
    drawn(page)
    while (hidden := page.evaluate(HIDDEN)) > 0 and (height := page.viewport_size["height"]) < MAX_HEIGHT:
        page.set_viewport_size(ViewportSize(width=width, height=min(height + hidden, MAX_HEIGHT)))
    page.screenshot(path=target)


def main(word: str = "") -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as scratch,
        running(Path(scratch) / "log") as address,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for lang, scheme, width in product(("zh", "en"), ("light", "dark"), (1280, 390)):
            names = {f"{name}-{lang}-{scheme}-{width}": path for name, path in addresses().items()}
            with reading(browser, address, lang, scheme, width) as (context, noted):
                page = context.new_page()
                for name, path in names.items():
                    if word in name:
                        page.set_viewport_size(ViewportSize(width=width, height=900))
                        visit(page, f"{path}lang={lang}")
                        shoot(page, width, FOLDER / f"{name}.png")
                        print(name, *noted, flush=True)
                        noted.clear()


if __name__ == "__main__":
    main(*sys.argv[1:2])
