"""`python -m tests.bench.edits [--readers 50] [--edits 5]`: what open pages cost a server while nothing happens, and the time
until an edit of a case file is on all of them. Exit code 1 if a page does not show an edit.

The pages ask for edits as browsers do. Measured from the save to the last message of the run that shows it, for each
page: a new title, a broken file, its repair. The browser's drawing is not included.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from data.reading.folder import FOLDER
from pages.markup.screens import SCREENS
from pages.serving.following import INTERVAL
from tests.bench.crowd import numeric, percentile
from tests.bench.servers import Server, running
from tests.bench.tab import Tab

CASE = "2020-09-dancheng-health"
TITLE = "Dancheng's close-knit county medical consortium"
PARALLEL_PAGES = 10
"""Number of pages opened at the same time."""
IDLE = 5 * INTERVAL
"""Seconds for which nothing happens."""
LIMIT = 15.0
"""Seconds within which a page shows an edit."""
SCREEN_PATHS = ["/" if name == "overview" else f"/{name}" for name in SCREENS]


async def opened(address: str, readers: int, paths: Sequence[str]) -> list[Tab]:
    """The pages at these paths in turn, in English; those of cases with the edited one."""
    tabs = [Tab(numeric(address), source=f"127.0.{1 + number // 250}.{1 + number % 250}") for number in range(readers)]
    for first in range(0, readers, PARALLEL_PAGES):
        coming = [(tabs[at], paths[at % len(paths)]) for at in range(first, min(first + PARALLEL_PAGES, readers))]
        await asyncio.gather(*(tab.open(path, {"case": CASE}) for tab, path in coming))
    return tabs


async def rest(tabs: Sequence[Tab], seconds: float) -> None:
    """Let nothing happen but that the pages ask and hear the answers."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(tab.updated() for tab in tabs))


async def seen(tabs: Sequence[Tab], save: Callable[[], object], shows: Callable[[Tab], bool]) -> list[float]:
    """The seconds after which each page showed the edit. TimeoutError if one does not."""
    await rest(tabs, random.uniform(0, INTERVAL))
    start = time.perf_counter()
    save()

    async def one(tab: Tab) -> float:
        await tab.updated()
        while not shows(tab):
            await tab.updated()
        return time.perf_counter() - start

    async with asyncio.timeout(2 * LIMIT):
        return list(await asyncio.gather(*map(one, tabs)))


def noticed(tab: Tab) -> bool:
    return any("an update has problems" in element.alert.body for element in tab.elements("alert"))


def titled(title: str) -> Callable[[Tab], bool]:
    """Whether a page shows the title, if it is one that does, and no notice."""

    def shows(tab: Tab) -> bool:
        return not noticed(tab) and (
            tab.path != "/case" or any(title in element.heading.body for element in tab.elements("heading"))
        )

    return shows


async def measured(folder: Path, server: Server, readers: int, edits: int) -> tuple[float, dict[str, list[float]]]:
    """The share of a core that the server takes while nothing happens, and the seconds of each edit on each page."""
    file = folder / "cases" / f"{CASE}.yaml"
    text = file.read_text(encoding="utf-8")
    tabs = await opened(server.address, readers, SCREEN_PATHS)
    asking = [asyncio.create_task(tab.keep_asking()) for tab in tabs]
    await rest(tabs, INTERVAL)
    before = server.processor()
    await rest(tabs, IDLE)
    idle, times = (server.processor() - before) / 1000 / IDLE, dict[str, list[float]](edit=[], broken=[], repair=[])
    for number in range(edits):
        word = "abcdefghij"[number % 10] * (1 + number // 10)  # a number would have to stand in the Chinese
        title = f"The edit {word}"
        edited = text.replace(TITLE, title)
        saves = {
            "edit": (edited, titled(title)),
            "broken": (edited[: len(edited) // 2], noticed),
            "repair": (edited, titled(title)),
        }
        for what, (content, shows) in saves.items():
            times[what] += await seen(tabs, partial(file.write_text, content, encoding="utf-8"), shows)
    for task in asking:
        task.cancel()
    await asyncio.gather(*(tab.close() for tab in tabs))
    return idle, times


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.edits", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--edits", type=int, default=5)
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "served"
        for part in ("cases", "reference"):
            shutil.copytree(FOLDER / part, folder / part)
        with running("ours", Path(scratch), HENAN_DATA=str(folder), HENAN_CACHE="none") as server:
            idle, times = asyncio.run(measured(folder, server, options.readers, options.edits))
    print(f"{options.readers} open pages take {idle:.2%} of a core while nothing happens; {options.edits} edits")
    print(f"{'s':10}{'n':>8}{'p50':>8}{'p95':>8}{'max':>8}")
    for what, found in times.items():
        shares = "".join(f"{percentile(found, percent):>8.2f}" for percent in (50, 95))
        print(f"{what:10}{len(found):>8}{shares}{max(found):>8.2f}")
    last = max(map(max, times.values()))
    print(f"{'met' if last <= LIMIT else 'missed'}: an edit is on the last page after {last:.1f} s, at most {LIMIT:g}")


if __name__ == "__main__":
    sys.exit(main())
