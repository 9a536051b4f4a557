"""Actions of a reader, measured in one Chromium: ours, the peer and the floor alternate at every step, so that the
machine's noise affects all alike.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from data.query.dataset import Dataset
from tests.bench.floor import CITIES, PAGES
from tests.bench.servers import Server
from tests.bench.stopwatch import EVERY_FIGURE, INSTALLED, THE_MAP, Lap, read, set_to
from tests.browser.reader import ARGUMENTS, chromium, value

NAMES = {"/": "Overview", "/case": "Cases", "/map": "Map", "/data": "Data"}
TABLE = {
    "ours": '`${!!document.querySelector(".datatable tbody td")}`',
    "peer": '`${!!document.querySelector("#table td.dash-cell")}`',
}
"""The data page has no chart; there the first row of the table counts."""
INSIDE = """code => {
    const area = [...document.querySelectorAll(".choroplethlayer path")].find(path => path.__data__.loc === code);
    area.scrollIntoView({block: "center"});
    const {x, y, width, height} = area.getBoundingClientRect(), flat = area.getScreenCTM().inverse();
    const within = (left, top) => area.isPointInFill(new DOMPoint(left, top).matrixTransform(flat));
    const free = (left, top) => [[0, 0], [9, 0], [-9, 0], [0, 9], [0, -9]].every(([right, down]) => within(left + right, top + down));
    for (let left = x; left < x + width; left += 3) for (let top = y; top < y + height; top += 3) if (free(left, top)) return [left, top];
}"""
"""A point of an area with the area on all its sides."""
SCREEN = {"width": 1280, "height": 900}

Laps = dict[tuple[str, str], list[Lap]]
"""Laps by action and server."""


@dataclass
class Visit:
    """The first charts of one page in one Chromium: the lap, and what was fetched for it."""

    lap: Lap
    requests: int
    bytes: int


@dataclass
class Wanted:
    """What the floor shows in each state, by page and filter; the others must show the same."""

    pages: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    cities: dict[str, str] = field(default_factory=dict)


def shown_on(path: str, name: str) -> str:
    return TABLE[name] if path == "/data" else THE_MAP if path == "/map" else EVERY_FIGURE


# --- what a reader does, by whose page it is


def choose_domain(page: Page, name: str, label: str) -> None:
    if name == "ours":
        value(page, "Domain", label).click()
    elif name == "peer":
        page.locator("#domain").get_by_text(label, exact=True).click()
    else:
        page.get_by_role("button", name=label, exact=True).click()


def turn_to(page: Page, name: str, path: str) -> None:
    page.get_by_role("button" if name == "floor" else "link", name=NAMES[path], exact=True).click()


def press_area(page: Page, code: str) -> None:
    page.mouse.click(*page.evaluate(INSIDE, code))


# --- the floor first: it says what is to be seen


def wanted(page: Page, address: str, dataset: Dataset) -> Wanted:
    found = Wanted()

    def settled(path: str) -> str:
        page.locator(".main-svg").first.wait_for()
        page.wait_for_timeout(300)
        return page.evaluate(f"() => {shown_on(path, 'floor')}")

    for path in PAGES:
        page.goto(address + path)
        found.pages[path] = settled(path)
        if path == "/":
            for domain in dataset.domains.values():
                choose_domain(page, "floor", domain.name.en)
                found.domains[domain.name.en] = settled(path)
                choose_domain(page, "floor", domain.name.en)
        if path == "/map":
            for code in CITIES:
                press_area(page, code)
                found.cities[code] = settled(path)
                press_area(page, code)
                settled(path)
    found.pages["/data"] = "true"
    return found


# --- the first figures, in a Chromium that was never here and in one that was


@contextmanager
def profile(playwright: Playwright, folder: str) -> Iterator[BrowserContext]:
    """A Chromium with a profile of its own, which caches files and compiled scripts."""
    arguments = {
        "executable_path": chromium_path(),
        "args": ARGUMENTS,
        "locale": "en-US",
        "viewport": SCREEN,
        "reduced_motion": "reduce",
    }
    with playwright.chromium.launch_persistent_context(folder, **arguments) as context:
        context.add_init_script(INSTALLED)
        yield context


def chromium_path() -> str:
    import os

    return os.environ["CHROMIUM"]


def first_figures(
    playwright: Playwright, servers: Mapping[str, Server], want: Wanted, times: int
) -> dict[tuple[str, str, str], list[Visit]]:
    """By page, server, and "cold" or "warm": the first visit of a new profile, and the third."""
    found: dict[tuple[str, str, str], list[Visit]] = defaultdict(list)
    for _ in range(times):
        for path in NAMES:
            for name in servers:
                if path == "/data" and name == "floor":
                    continue
                with TemporaryDirectory() as folder, profile(playwright, folder) as context:
                    visits = [
                        visit(context, servers[name].address + path, shown_on(path, name), want.pages[path])
                        for _ in range(3)
                    ]
                found[path, name, "cold"].append(visits[0])
                found[path, name, "warm"].append(visits[2])
    return found


def visit(context: BrowserContext, address: str, shown: str, want: str) -> Visit:
    page = context.new_page()
    fetched = counted(context.new_cdp_session(page))
    page.add_init_script(f"bench.watch({json.dumps(shown)}, {json.dumps(want)}, 0)")
    page.goto(address)
    lap = read(page)
    page.close()
    return Visit(lap, fetched["requests"], fetched["bytes"])


def counted(session: CDPSession) -> dict[str, int]:
    """Requests and bytes on the wire; a frame of a socket counts as long as its content."""
    found = {"requests": 0, "bytes": 0}

    def add(size: float, request: int = 0) -> None:
        found["requests"] += request
        found["bytes"] += int(size)

    session.on("Network.loadingFinished", lambda event: add(event["encodedDataLength"], event["encodedDataLength"] > 0))
    session.on("Network.webSocketFrameReceived", lambda event: add(len(event["response"]["payloadData"]) * 3 / 4))
    session.send("Network.enable")
    return found


# --- acts on a page that is open


@contextmanager
def open_pages(
    playwright: Playwright, servers: Mapping[str, Server], path: str, want: Wanted
) -> Iterator[dict[str, Page]]:
    """A tab for each server in one Chromium, open at `path` and drawn."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium(playwright))
        pages = {}
        for name, server in servers.items():
            context = stack.enter_context(browser.new_context(locale="en-US", viewport=SCREEN, reduced_motion="reduce"))
            context.add_init_script(INSTALLED)
            pages[name] = context.new_page()
            pages[name].goto(server.address + path)
            pages[name].wait_for_function(f"want => {shown_on(path, name)} === want", arg=want.pages[path])
            pages[name].wait_for_timeout(500)
        yield pages


def lap(page: Page, shown: str, want: str, act: Callable[[], Any]) -> Lap:
    page.bring_to_front()
    set_to(page, shown, want)
    act()
    return read(page)


def filter_changes(playwright: Playwright, servers: Mapping[str, Server], want: Wanted, times: int) -> Laps:
    """On the overview a domain is chosen and cleared, then the next: from the click to the redrawn charts."""
    found: Laps = defaultdict(list)
    labels = list(want.domains)
    with open_pages(playwright, servers, "/", want) as pages:
        for turn in range(-2, times):
            label = labels[turn // 2 % len(labels)]
            shown = want.domains[label] if turn % 2 == 0 else want.pages["/"]
            for name, page in pages.items():
                taken = lap(page, EVERY_FIGURE, shown, lambda page=page, name=name: choose_domain(page, name, label))  # noqa: B023
                if turn >= 0:
                    found["filter", name].append(noted(servers[name], taken))
    return found


def page_changes(playwright: Playwright, servers: Mapping[str, Server], want: Wanted, times: int) -> Laps:
    """From the click on a page's link to its drawn charts; the floor has no data page."""
    found: Laps = defaultdict(list)
    for chosen, round_trip in (
        (servers, ("/case", "/map", "/")),
        ({name: server for name, server in servers.items() if name != "floor"}, ("/data", "/")),
    ):
        with open_pages(playwright, chosen, "/", want) as pages:
            for turn in range(-1, times):
                for path in round_trip:
                    for name, page in pages.items():
                        taken = lap(
                            page,
                            shown_on(path, name),
                            want.pages[path],
                            lambda page=page, name=name: turn_to(page, name, path),  # noqa: B023
                        )
                        if turn >= 0 and not (path == "/" and "/data" in round_trip):
                            found[f"to {path}", name].append(noted(chosen[name], taken))
    return found


def map_clicks(playwright: Playwright, servers: Mapping[str, Server], want: Wanted, times: int) -> Laps:
    """An area is clicked twice: from the click to the map with the area outlined, and without."""
    found: Laps = defaultdict(list)
    with open_pages(playwright, servers, "/map", want) as pages:
        for turn in range(-2, times):
            code = CITIES[turn // 2 % len(CITIES)]
            shown = want.cities[code] if turn % 2 == 0 else want.pages["/map"]
            for name, page in pages.items():
                taken = lap(page, THE_MAP, shown, lambda page=page: press_area(page, code))  # noqa: B023
                if turn >= 0:
                    found["map click", name].append(noted(servers[name], taken))
    return found


def downloads(
    playwright: Playwright, servers: Mapping[str, Server], want: Wanted, times: int
) -> dict[str, list[float]]:
    """ms from the click on the CSV button to the file on disk."""
    found: dict[str, list[float]] = defaultdict(list)
    without = {name: server for name, server in servers.items() if name != "floor"}
    with (
        open_pages(playwright, without, "/data", want) as pages,
        open_pages(playwright, {"floor": servers["floor"]}, "/", want) as still,
    ):
        buttons = {
            "ours": pages["ours"].get_by_role("button", name="CSV · all").first,
            "peer": pages["peer"].get_by_role("button", name="CSV"),
            "floor": still["floor"].get_by_role("link", name="CSV"),
        }
        for turn in range(-1, times):
            for name, button in buttons.items():
                with button.page.expect_download() as download:
                    start = time.perf_counter()
                    button.click()
                Path(download.value.path()).stat()
                if turn >= 0:
                    found[name].append((time.perf_counter() - start) * 1000)
    return found


def noted(server: Server, taken: Lap) -> Lap:
    """The lap with the time of the script run that our own server recorded for it."""
    notes = server.log.parent / "runs"
    if server.name == "ours" and notes.exists():
        runs = [json.loads(line) for line in notes.read_text().splitlines()]
        notes.write_text("")
        return Lap(
            **{
                **vars(taken),
                "server": {key: sum(run[key] for run in runs) for key in ("script", "encoding", "processor")},
            }
        )
    return taken
