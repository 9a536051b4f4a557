"""`python tests/bench/click.py [TIMES]`: time from a click on the map until it is redrawn, beside the rerun of an empty
page in the same Chromium. Asserts nothing.

Measured inside the page, from the click to the frame that shows its effect: transport, script, encoding and drawing
together. CHROMIUM names the browser.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.reader import chromium, drawn, reading, settled, visit  # noqa: E402
from tests.browser.test_map import clear_of_counties, click  # noqa: E402
from tests.server import PROJECT, running  # noqa: E402

EMPTY = {
    "dashboard.py": """
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route
app = st.App("empty.py", routes=[Route("/healthz", lambda request: JSONResponse({"status": "ok"}))])
""",
    "empty.py": """
import streamlit as st
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.html("<h1>empty</h1>")
st.button("again")
st.html(f"<footer>{st.session_state.runs}</footer>")
""",
}
"""A server with a minimal page, configured like the dashboard."""
WARM = 4
"""Number of clicks before the first that is measured."""
RUNS = "document.querySelector('footer').textContent"
OUTLINED = "[...document.querySelectorAll('.choroplethlayer path')].filter(area => getComputedStyle(area).strokeWidth === '3px').length"
WATCH = """shown => {
    const now = new Function(`return ${shown}`), before = now();
    window.took = new Promise(resolve => {
        let start, first, last, quiet;
        addEventListener('mouseup', press => { start = press.timeStamp; }, { capture: true, once: true });
        const painted = () => {
            const frame = new MessageChannel();
            frame.port1.onmessage = () => { first = performance.now() - start; };
            requestAnimationFrame(() => frame.port2.postMessage(0));
        };
        const done = () => { observer.disconnect(); resolve([first, last]); };
        const observer = new MutationObserver(() => {
            last = performance.now() - start;
            if (first === undefined && now() !== before) { first = null; painted(); }
            if (first !== undefined) { clearTimeout(quiet); quiet = setTimeout(done, 400); }
        });
        observer.observe(document.documentElement, { attributes: true, childList: true, subtree: true, characterData: true });
    });
}"""
"""Measures from the next click, in ms, the time to the painted frame in which `shown` has another value, and to the
last change of the page.
"""


def spent(page: Page, shown: str, press: Callable[[], None]) -> tuple[float, float]:
    page.evaluate(WATCH, shown)
    press()
    first, last = page.evaluate("() => window.took")
    settled(page)
    return first, last


def measured(browser: Browser, ours: str, empty: str, times: int) -> dict[str, list[tuple[float, float]]]:
    """The ms of each click, on the two pages in turn: one area of the map after another, each selected and deselected."""
    with reading(browser, ours) as (context, _), reading(browser, empty) as (other, _):
        page, blank = context.new_page(), other.new_page()
        visit(page, "/map")
        drawn(page)
        visit(blank, "/")
        button = blank.get_by_role("button", name="again")
        inside = [place for place in clear_of_counties(page).values() for _ in range(2)]
        found: dict[str, list[tuple[float, float]]] = {"map": [], "empty page": []}
        for turn in range(-WARM, times):
            rerun = spent(blank, RUNS, button.click)
            redrawn = spent(page, OUTLINED, partial(click, page, inside[turn % len(inside)]))
            if turn >= 0:
                found["map"].append(redrawn)
                found["empty page"].append(rerun)
        return found


def main(times: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        (folder / "empty").mkdir()
        shutil.copytree(PROJECT / ".streamlit", folder / "empty" / ".streamlit")
        for name, script in EMPTY.items():
            (folder / "empty" / name).write_text(script)
        ours, empty = (
            stack.enter_context(running(folder / "ours.log")),
            stack.enter_context(running(folder / "empty.log", folder / "empty")),
        )
        browser = stack.enter_context(chromium(stack.enter_context(sync_playwright())))
        found = measured(browser, ours, empty, times)
    print(f"ms of {times} clicks {'map':>26}{'empty page':>12}{'ratio':>8}")
    for at, until in enumerate(("click to redrawn", "click to the last change")):
        for name, of in (("median", median), ("p95", lambda ms: quantiles(ms, n=20)[-1])):
            ours, empty = (of([pair[at] for pair in found[page]]) for page in ("map", "empty page"))
            print(f"{until:26}{name:10}{ours:>8.0f}{empty:>12.0f}{ours / empty:>8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
