"""Actions of a reader, measured in one Chromium: ours, the peer and the floor alternate at every step, so that the
machine's noise affects all alike.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, Playwright

from data.query.dataset import Dataset
from tests.bench.floor import CITIES, PAGES
from tests.bench.servers import Server
from tests.bench.stopwatch import EVERY_FIGURE, FINDINGS, FIRST_FIGURE, INSTALLED, OURS, THE_MAP, Lap, read, set_to
from tests.browser.reader import ARGUMENTS, chromium, value

NAMES = {"/": "Overview", "/case": "Cases", "/map": "Map", "/data": "Data"}
SHOWN = {"/map": THE_MAP, "/data": '`${!!document.querySelector("#table td.dash-cell")}`'}
"""What is looked at in the peer, by page, where it is not every figure: of its data the first row."""
INSIDE = """code => {
    const name = document.querySelector(`#area-${code} .area-name`);
    if (name) {
        name.scrollIntoView({block: "center"});
        const {x, y, width, height} = name.getBoundingClientRect();
        return [x + width / 2, y + height / 2];
    }
    const area = [...document.querySelectorAll(".choroplethlayer path")].find(path => path.__data__.loc === code);
    area.scrollIntoView({block: "center"});
    const {x, y, width, height} = area.getBoundingClientRect(), flat = area.getScreenCTM().inverse();
    const within = (left, top) => area.isPointInFill(new DOMPoint(left, top).matrixTransform(flat));
    const free = (left, top) => [[0, 0], [9, 0], [-9, 0], [0, 9], [0, -9]].every(([right, down]) => within(left + right, top + down));
    for (let left = x; left < x + width; left += 3) for (let top = y; top < y + height; top += 3) if (free(left, top)) return [left, top];
}"""
"""A point of an area with the area on all its sides; on our map the middle of its name, which passes clicks on."""
SCREEN = {"width": 1280, "height": 900}
SETTLING = 700
"""ms after which a page has drawn what was chosen, before anything is measured."""

SLOW_LINE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
"""A slow mobile line: ms, and bytes a second. 1.6 Mbit/s as Lighthouse emulates it."""

Laps = dict[tuple[str, str], list[Lap]]
"""Laps by action and server."""


@dataclass
class Visit:
    """One page in one Chromium until its charts are drawn: the lap, the ms to the first paint, and what was fetched."""

    lap: Lap
    paint: float
    requests: int
    bytes: int


@dataclass
class Wanted:
    """What is seen in each state, by page, domain and city. `findings` are those of the overview without its matrix."""

    pages: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    cities: dict[str, str] = field(default_factory=dict)
    findings: str = ""


Wants = Mapping[str, Wanted]
"""What is seen, by server: ours draws in HTML, the peer the same figures as the floor."""


def shown_on(path: str, name: str) -> str:
    return OURS if name == "ours" else SHOWN.get(path, EVERY_FIGURE)


def shown_first(path: str, name: str) -> str:
    """What a visit waits for: on the overview the findings, elsewhere all that the page shows."""
    return shown_on(path, name) if path != "/" else FINDINGS if name == "ours" else FIRST_FIGURE


# --- what a reader does, by whose page it is


def choose_domain(page: Page, name: str, label: str) -> Locator:
    """Return what a reader presses to choose a domain; in ours the list of them is opened first, unless it is open."""
    if name == "ours":
        return value(page, "Domain", label)
    if name == "peer":
        return page.locator("#domain").get_by_text(label, exact=True)
    return page.get_by_role("button", name=label, exact=True)


def turn_to(page: Page, name: str, path: str) -> None:
    page.get_by_role("button" if name == "floor" else "link", name=NAMES[path], exact=True).click()


def press_area(page: Page, code: str) -> None:
    page.mouse.click(*page.evaluate(INSIDE, code))


# --- once before all: what is to be seen


def look_at(browser: Browser, servers: Mapping[str, Server], dataset: Dataset) -> dict[str, Wanted]:
    """What ours and the floor show in each state; the peer must show the same as the floor."""
    with browser.new_context(locale="en-US", viewport=SCREEN, reduced_motion="reduce") as context:
        ours = look_at_states(context.new_page(), "ours", servers["ours"].address, dataset)
        floor = look_at_states(context.new_page(), "floor", servers["floor"].address, dataset)
    for found in (ours, floor):
        assert len({found.pages["/"], *found.domains.values()}) == len(dataset.domains) + 1, "two domains look the same"
        assert len({found.pages["/map"], *found.cities.values()}) == len(CITIES) + 1, "two cities look the same"
    floor.pages["/data"] = "true"
    return {"ours": ours, "floor": floor, "peer": floor}


def look_at_states(page: Page, name: str, address: str, dataset: Dataset) -> Wanted:
    found = Wanted()

    def settled(path: str) -> str:
        page.wait_for_timeout(SETTLING)
        return page.evaluate(f"() => {shown_on(path, name)}")

    for path in NAMES if name == "ours" else PAGES:
        page.goto(address + path)
        page.locator("footer" if name == "ours" else ".main-svg").first.wait_for()
        found.pages[path] = settled(path)
        if path == "/":
            found.findings = page.evaluate(f"() => {shown_first(path, name)}")
            for domain in dataset.domains.values():
                choose_domain(page, name, domain.name.en).click()
                found.domains[domain.name.en] = settled(path)
                choose_domain(page, name, domain.name.en).click()
                settled(path)
        if path == "/map":
            for code in CITIES:
                press_area(page, code)
                found.cities[code] = settled(path)
                press_area(page, code)
                settled(path)
    return found


# --- the first figures, in a Chromium that was never here and in one that was


@contextmanager
def profile(playwright: Playwright, folder: str) -> Iterator[BrowserContext]:
    """A Chromium with a profile of its own, which caches files and compiled scripts."""
    arguments = {
        "executable_path": os.environ["CHROMIUM"],
        "args": ARGUMENTS,
        "locale": "en-US",
        "viewport": SCREEN,
        "reduced_motion": "reduce",
    }
    with playwright.chromium.launch_persistent_context(folder, **arguments) as context:
        context.add_init_script(INSTALLED)
        yield context


def first_figures(
    playwright: Playwright, servers: Mapping[str, Server], want: Wants, times: int
) -> dict[tuple[str, str, str], list[Visit]]:
    """By page, server, and "cold" or "warm": the first visit of a new profile, and the third."""
    found: dict[tuple[str, str, str], list[Visit]] = defaultdict(list)
    for _ in range(times):
        for path in NAMES:
            for name in servers:
                if path == "/data" and name == "floor":
                    continue
                with TemporaryDirectory() as folder, profile(playwright, folder) as context:
                    visits = [visit(context, servers[name], path, want[name]) for _ in range(3)]
                found[path, name, "cold"].append(visits[0])
                found[path, name, "warm"].append(visits[2])
    return found


def visit(
    context: BrowserContext, server: Server, path: str, want: Wanted, line: Mapping[str, float] | None = None
) -> Visit:
    """Open a page in a new tab, over a line with these conditions if there are any."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    fetched = counted(session)
    if line:
        session.send("Network.emulateNetworkConditions", {"offline": False, **line})
    sought = shown_first(path, server.name), want.findings if path == "/" else want.pages[path]
    page.add_init_script(f"bench.watch({', '.join(map(json.dumps, sought))}, 0)")
    page.goto(server.address + path, wait_until="commit")
    lap = read(page)
    paint = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.close()
    return Visit(lap, paint, fetched["requests"], fetched["bytes"])


def slow_visits(
    playwright: Playwright, servers: Mapping[str, Server], want: Wants, times: int
) -> dict[str, list[Visit]]:
    """The first visits of new profiles to the overview over SLOW_LINE, by server."""
    found: dict[str, list[Visit]] = defaultdict(list)
    for _ in range(times):
        for name in ("ours", "peer"):
            with TemporaryDirectory() as folder, profile(playwright, folder) as context:
                found[name].append(visit(context, servers[name], "/", want[name], SLOW_LINE))
    return found


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
    playwright: Playwright, servers: Mapping[str, Server], path: str, want: Wants
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
            pages[name].bring_to_front()
            pages[name].wait_for_function(f"want => {shown_on(path, name)} === want", arg=want[name].pages[path])
            pages[name].wait_for_timeout(500)
        yield pages


def lap(page: Page, shown: str, want: str, act: Callable[[], Any]) -> Lap:
    page.bring_to_front()
    set_to(page, shown, want)
    act()
    return read(page)


def filter_changes(playwright: Playwright, servers: Mapping[str, Server], want: Wants, times: int) -> Laps:
    """On the overview a domain is chosen and cleared, then the next: from the click to the redrawn charts. Every server
    has shown each once before.
    """
    found: Laps = defaultdict(list)
    labels = list(want["ours"].domains)
    with open_pages(playwright, servers, "/", want) as pages:
        for turn in range(-2 * len(labels), times):
            label = labels[turn // 2 % len(labels)]
            for name, page in pages.items():
                content = want[name].domains[label] if turn % 2 == 0 else want[name].pages["/"]
                page.bring_to_front()
                choice = choose_domain(page, name, label)
                taken = lap(page, shown_on("/", name), content, choice.click)
                if turn >= 0:
                    found["filter", name].append(noted(servers[name], taken))
    return found


def page_changes(playwright: Playwright, servers: Mapping[str, Server], want: Wants, times: int) -> Laps:
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
                            want[name].pages[path],
                            lambda page=page, name=name: turn_to(page, name, path),  # noqa: B023
                        )
                        if turn >= 0 and not (path == "/" and "/data" in round_trip):
                            found[f"to {path}", name].append(noted(chosen[name], taken))
    return found


def map_clicks(playwright: Playwright, servers: Mapping[str, Server], want: Wants, times: int) -> Laps:
    """An area is clicked twice: from the click to the map with the area outlined, and without."""
    found: Laps = defaultdict(list)
    with open_pages(playwright, servers, "/map", want) as pages:
        for turn in range(-2, times):
            code = CITIES[turn // 2 % len(CITIES)]
            for name, page in pages.items():
                shown = want[name].cities[code] if turn % 2 == 0 else want[name].pages["/map"]
                taken = lap(page, shown_on("/map", name), shown, lambda page=page: press_area(page, code))  # noqa: B023
                if turn >= 0:
                    found["map click", name].append(noted(servers[name], taken))
    return found


def downloads(playwright: Playwright, servers: Mapping[str, Server], want: Wants, times: int) -> dict[str, list[float]]:
    """ms from the click on the CSV button to the file on disk."""
    found: dict[str, list[float]] = defaultdict(list)
    without = {name: server for name, server in servers.items() if name != "floor"}
    with (
        open_pages(playwright, without, "/data", want) as pages,
        open_pages(playwright, {"floor": servers["floor"]}, "/", want) as still,
    ):
        buttons = {
            "ours": pages["ours"].get_by_role("link", name="CSV").first,
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
        script = sum(map(float, notes.read_text().split()))
        notes.write_text("")
        return replace(taken, server={"script": script})
    return taken
