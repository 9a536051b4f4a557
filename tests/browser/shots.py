"""`python -m tests.browser.shots [WORD]`: full-height images of every page, with all ten cases, in both languages, both
color schemes and two widths, in .shots/.

With a word only the images whose name contains it: `map`, `zh-dark`, `390`. With `--readme` instead the pictures of both
READMEs in .docs/: what a reader sees first of three screens, in each language; and the images in previews of links,
which are the findings alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image  # comes with streamlit
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from data import load_dataset
from pages.serving.page_request import LANGUAGES
from pages.serving.scripts import FOLDER as PREVIEW_FOLDER
from tests.browser.reader import PAGES, chromium, drawn, reading, visit
from tests.server import PROJECT, running

FOLDER = PROJECT / ".shots"
README_FOLDER = PROJECT / ".docs"
README_PICTURES = {
    "overview": ("/?", 1280, 900),
    "case": ("/case?case=2020-06-anyang-permits&", 1280, 900),
    "map": ("/map?", 1280, 900),
}
"""Name, address, width and height in px of each picture of the READMEs."""
WIDTH, HEIGHT = 1200, 630
"""Size of the images in previews in px, which the head of a page says too."""
PREVIEW_SIZE = ViewportSize(width=WIDTH * 6 // 5, height=HEIGHT * 6 // 5)
"""The window from which the images in previews are scaled down: all cases find room in it."""
PREVIEW_STYLE = """
    .imprint, .findings .others { display: none; }
    .stApp h2 { font-size: 2.5rem !important; padding: 0 0 .25rem; }
    .stMainBlockContainer { padding: 1.5rem 2.5rem !important; }
"""
"""What previews have besides the style of the page: a large title, and nothing to press."""
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


@contextmanager
def serving() -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a server with the project's data."""
    with (
        TemporaryDirectory() as scratch,
        running(Path(scratch) / "log") as address,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        yield browser, address


def shoot_all(word: str = "") -> None:
    FOLDER.mkdir(exist_ok=True)
    with serving() as (browser, address):
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


def shoot_readme() -> None:
    """Write the pictures of the READMEs, with as few colors as a screen has, which makes them small."""
    with serving() as (browser, address):
        for lang, (name, (path, width, height)) in product(("zh", "en"), README_PICTURES.items()):
            with reading(browser, address, lang, "light", width) as (context, noted):
                page = context.new_page()
                page.set_viewport_size(ViewportSize(width=width, height=height))
                visit(page, f"{path}lang={lang}")
                drawn(page)
                save(page, README_FOLDER / f"{name}-{lang}.png")
                print(name, lang, *noted, flush=True)


def shoot_previews() -> None:
    """Write the images in previews of links: the table of findings with its title, all cases, as one chart in a frame."""
    with serving() as (browser, address):
        for lang in LANGUAGES:
            with reading(browser, address, lang, "light", PREVIEW_SIZE["width"]) as (context, noted):
                page = context.new_page()
                page.set_viewport_size(PREVIEW_SIZE)
                page.goto(f"/?view=embed&chart=findings&lang={lang}")
                page.locator("footer").wait_for()
                drawn_alone(page)
                page.add_style_tag(content=PREVIEW_STYLE)
                save(page, PREVIEW_FOLDER / f"preview_{lang}.png", (WIDTH, HEIGHT))
                print("preview", lang, *noted, flush=True)


def drawn_alone(page: Page) -> None:
    """Wait until a chart in a frame is complete with its font."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.get_by_test_id("stSkeleton").first.wait_for(state="detached")
    page.evaluate("() => document.fonts.ready.then(() => true)")


def save(page: Page, target: Path, size: tuple[int, int] | None = None) -> None:
    with Image.open(BytesIO(page.screenshot())) as picture:
        scaled = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS) if size else picture.convert("RGB")
        scaled.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--readme"]:
        shoot_readme()
        shoot_previews()
    else:
        shoot_all(*sys.argv[1:2])
