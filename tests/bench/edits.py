"""`python -m tests.bench.edits [--readers 200] [--edits 10]`: time until an edit of a case file is on every open page.
Exit code 1 if one does not show it.

Measured from the save to the last message of the run that shows it, for each page: a new title, a broken file, its
repair. The browser's drawing is not included.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from data.reading.load import FOLDER
from pages.site.screens import SCREENS
from tests.bench.crowd import numeric, percentile
from tests.bench.tab import Tab
from tests.server import started

CASE = "2020-09-dancheng-health"
TITLE = "Dancheng's close-knit county medical consortium"
PARALLEL_PAGES = 10
"""Number of pages opened at the same time."""
TIMEOUT = 30.0
"""Seconds after which a page counts as having missed an edit."""


async def opened(address: str, readers: int) -> list[Tab]:
    """The pages in turn, in English; those of cases with the edited one."""
    tabs = [Tab(numeric(address), source=f"127.0.{1 + number // 250}.{1 + number % 250}") for number in range(readers)]
    names = [*SCREENS]
    for first in range(0, readers, PARALLEL_PAGES):
        coming = [(tabs[at], names[at % len(names)]) for at in range(first, min(first + PARALLEL_PAGES, readers))]
        await asyncio.gather(
            *(tab.open("/" if name == "overview" else f"/{name}", {"case": CASE}) for tab, name in coming)
        )
    return tabs


async def seen(tabs: Sequence[Tab], save: Callable[[], object], shows: Callable[[Tab], bool]) -> list[float]:
    """The ms after which each page showed the edit. TimeoutError if one does not."""
    save()
    start = time.perf_counter()

    async def one(tab: Tab) -> float:
        await tab.updated()
        while not shows(tab):
            await tab.updated()
        return (time.perf_counter() - start) * 1000

    async with asyncio.timeout(TIMEOUT):
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


async def measured(folder: Path, address: str, readers: int, edits: int) -> dict[str, list[float]]:
    file = folder / "cases" / f"{CASE}.yaml"
    text = file.read_text(encoding="utf-8")
    tabs, times = await opened(address, readers), dict[str, list[float]](edit=[], broken=[], repair=[])
    for number in range(edits):
        title = (
            f"The edit {'abcdefghij'[number % 10] * (1 + number // 10)}"  # a number would have to stand in the Chinese
        )
        edited = text.replace(TITLE, title)
        times["edit"] += await seen(
            tabs, lambda edited=edited: file.write_text(edited, encoding="utf-8"), titled(title)
        )
        times["broken"] += await seen(
            tabs, lambda edited=edited: file.write_text(edited[: len(edited) // 2], encoding="utf-8"), noticed
        )
        times["repair"] += await seen(
            tabs, lambda edited=edited: file.write_text(edited, encoding="utf-8"), titled(title)
        )
    await asyncio.gather(*(tab.close() for tab in tabs))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.edits", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--edits", type=int, default=10)
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "served"
        for part in ("cases", "reference"):
            shutil.copytree(FOLDER / part, folder / part)
        with started(Path(scratch) / "log", HENAN_DATA=str(folder)) as (address, _):
            times = asyncio.run(measured(folder, address, options.readers, options.edits))
    print(
        f"{options.readers} open pages, {options.edits} edits\n{'ms':10}{'n':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"
    )
    for what, found in times.items():
        print(
            f"{what:10}{len(found):>8}"
            + "".join(f"{percentile(found, percent):>8.0f}" for percent in (50, 95, 99))
            + f"{max(found):>8.0f}"
        )


if __name__ == "__main__":
    sys.exit(main())
