"""`python -m tests.bench.trace [TIMES]`: where the time of a page change and of a click on the map goes in the browser, in
ours and in Dash. Prints medians in ms: what the main thread does until the page is drawn, by a DevTools trace, and
which files its scripts are of, by a sampled profile. Both slow what they look at: trust the shares.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, sync_playwright

from data import load_dataset
from tests.bench.floor import CITIES
from tests.bench.journeys import Wanted, Wants, lap, look_at, open_pages, press_area, shown_on, turn_to
from tests.bench.results import middle
from tests.bench.servers import Server, running
from tests.browser.reader import chromium

KINDS = {
    "scripts": ("FunctionCall", "EvaluateScript", "RunMicrotasks", "EventDispatch", "TimerFire", "FireAnimationFrame"),
    "HTML parsed": ("ParseHTML",),
    "style": ("UpdateLayoutTree", "ScheduleStyleRecalculation"),
    "layout": ("Layout", "HitTest"),
    "paint": ("PrePaint", "Paint", "Layerize", "Commit"),
}
"""Events of a trace by what is shown; those of V8 count as scripts or as its collector, all others as the rest."""
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "disabled-by-default-v8.gc"]
FILES = 8
"""Number of files whose scripts are shown."""

Act = Callable[[Page, str, Wanted], float]
"""Does something on a page of a server and returns the ms until it is drawn."""


def changed_page(path: str) -> Act:
    def act(page: Page, name: str, want: Wanted) -> float:
        return lap(page, shown_on(path, name), want.pages[path], lambda: turn_to(page, name, path)).first

    return act


def clicked_area(page: Page, name: str, want: Wanted) -> float:
    code = CITIES[0]
    return lap(page, shown_on("/map", name), want.cities[code], lambda: press_area(page, code)).first


def cleared_area(page: Page, name: str, want: Wanted) -> float:
    return lap(page, shown_on("/map", name), want.pages["/map"], lambda: press_area(page, CITIES[0])).first


ACTS: Mapping[str, tuple[str, Act, Act]] = {
    "to Data": ("/", changed_page("/data"), changed_page("/")),
    "to Map": ("/", changed_page("/map"), changed_page("/")),
    "to Overview": ("/map", changed_page("/"), changed_page("/map")),
    "map click": ("/map", clicked_area, cleared_area),
}
"""Where each act begins, the act, and the way back."""


def kind_of(event: str) -> str:
    if "GC" in event:
        return "collector"
    return next(
        (kind for kind, names in KINDS.items() if event in names), "scripts" if event[:2].lower() == "v8" else "rest"
    )


def own_times(events: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The ms of each kind without what stands inside it; events of one thread, which nest."""
    found: dict[str, float] = defaultdict(float)
    around: list[tuple[float, str]] = []
    for event in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
        while around and around[-1][0] <= event["ts"]:
            around.pop()
        kind = kind_of(event["name"])
        found[kind] += event["dur"] / 1000
        if around:
            found[around[-1][1]] -= event["dur"] / 1000
        around.append((event["ts"] + event["dur"], kind))
    return found


def traced(page: Page, act: Callable[[], float]) -> dict[str, float]:
    """The ms of each kind from the release of the mouse until the page is drawn."""
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=CATEGORIES)
    took = act()
    events = [event for event in json.loads(browser.stop_tracing())["traceEvents"] if event["ph"] == "X"]
    (click,) = (event for event in events if event["args"].get("data", {}).get("type") == "mouseup")
    own = [event for event in events if (event["pid"], event["tid"]) == (click["pid"], click["tid"])]
    end = click["ts"] + took * 1000
    found = own_times(event for event in own if click["ts"] <= event["ts"] < end and "dur" in event)
    return {"until drawn": took, **found, "waiting": took - sum(found.values())}


def profiled(page: Page, act: Callable[[], float]) -> dict[str, float]:
    """The ms of the scripts of each file; what the browser does for a script counts for the file that calls it."""
    session = page.context.new_cdp_session(page)
    session.send("Profiler.enable")
    session.send("Profiler.setSamplingInterval", {"interval": 200})
    session.send("Profiler.start")
    act()
    profile = session.send("Profiler.stop")["profile"]
    session.detach()
    nodes = {node["id"]: node for node in profile["nodes"]}
    parents = {child: node["id"] for node in profile["nodes"] for child in node.get("children", ())}

    def file_of(node: int) -> str:
        while node in nodes and not nodes[node]["callFrame"]["url"].startswith("http"):
            node = parents.get(node, 0)
        return nodes[node]["callFrame"]["url"].rsplit("/", 1)[-1] if node in nodes else ""

    found: dict[str, float] = defaultdict(float)
    for node, spent in zip(profile["samples"], profile["timeDeltas"], strict=True):
        found[file_of(node)] += spent / 1000
    return {file: spent for file, spent in found.items() if file}


def look(pages: Mapping[str, Page], want: Wants, act: Act, back: Act, times: int) -> Iterator[tuple[str, str, float]]:
    """Yield each row with its server and median: kinds first, then files."""
    for look_into, shown in ((traced, None), (profiled, FILES)):
        found: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
        for turn in range(-2, times):
            for name, page in pages.items():
                seen = look_into(page, lambda page=page, name=name: act(page, name, want[name]))  # noqa: B023
                back(page, name, want[name])
                if turn >= 0:
                    found[name].append(seen)
        for name, laps in found.items():
            medians = {row: middle([seen.get(row, 0) for seen in laps]) for row in set().union(*laps)}
            for row, spent in sorted(medians.items(), key=lambda entry: -entry[1])[:shown]:
                yield row, name, spent


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.environ.setdefault("CHROMIUM", shutil.which("chromium") or "chromium")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        servers: dict[str, Server] = {
            kind: stack.enter_context(running(kind, scratch)) for kind in ("ours", "peer", "floor")
        }
        playwright = stack.enter_context(sync_playwright())
        with chromium(playwright) as browser:
            want = look_at(browser, servers, load_dataset())
        two = {name: servers[name] for name in ("ours", "peer")}
        for title, (start, act, back) in ACTS.items():
            print(f"\n{title}")
            with open_pages(playwright, two, start, want) as pages:
                for row, name, spent in look(pages, want, act, back, times):
                    print(f"{name:6}{row:52}{spent:8.1f}", flush=True)


if __name__ == "__main__":
    main()
