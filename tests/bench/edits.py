"""`python -m tests.bench.edits [--readers 200] [--edits 10]`: time until an edit of a case file is on every open page,
beside a bare Streamlit page that runs again in as many sessions. Exit code 1 if a page does not show an edit.

Measured from the save to the last message of the run that shows it, for each page: a new title, a broken file, its
repair. The bare page shows one line of text; all its sessions are asked to run again by a request, so that no time goes
into noticing, one after the other and without the collection of garbage that Streamlit adds by default (50 ms each):
such runs follow each edit. The browser's drawing is not included.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from data.reading.load import FOLDER
from pages.markup.screens import SCREENS
from tests.bench.crowd import numeric, percentile
from tests.bench.servers import running
from tests.bench.tab import Tab
from tests.server import started

CASE = "2020-09-dancheng-health"
TITLE = "Dancheng's close-knit county medical consortium"
PARALLEL_PAGES = 10
"""Number of pages opened at the same time."""
TIMEOUT = 30.0
"""Seconds after which a page counts as having missed an edit."""
SCREEN_PATHS = ["/" if name == "overview" else f"/{name}" for name in SCREENS]
RATIO = 2.0
"""How many times what the bare page takes an edit may take."""


async def opened(address: str, readers: int, paths: Sequence[str]) -> list[Tab]:
    """The pages at these paths in turn, in English; those of cases with the edited one."""
    tabs = [Tab(numeric(address), source=f"127.0.{1 + number // 250}.{1 + number % 250}") for number in range(readers)]
    for first in range(0, readers, PARALLEL_PAGES):
        coming = [(tabs[at], paths[at % len(paths)]) for at in range(first, min(first + PARALLEL_PAGES, readers))]
        await asyncio.gather(*(tab.open(path, {"case": CASE}) for tab, path in coming))
    return tabs


async def seen(tabs: Sequence[Tab], save: Callable[[], object], shows: Callable[[Tab], bool]) -> list[float]:
    """The ms after which each page showed the edit. TimeoutError if one does not."""
    start = time.perf_counter()
    save()

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


def written(text: str) -> Callable[[Tab], bool]:
    """Whether the bare page shows the text."""
    return lambda tab: any(text == element.markdown.body for element in tab.elements("markdown"))


def rerun(address: str, text: Path, new: str) -> None:
    """Write the text of the bare page, and have all its sessions run again."""
    text.write_text(new)
    urlopen(f"{address}/rerun", b"").close()


async def measured(
    folder: Path, address: str, shown: Path, bare: str, readers: int, edits: int
) -> dict[str, list[float]]:
    """The ms of each edit of a case in `folder`, and of the runs of the bare server, whose text is in the file `shown`."""
    file = folder / "cases" / f"{CASE}.yaml"
    text = file.read_text(encoding="utf-8")
    tabs, bare_tabs = await opened(address, readers, SCREEN_PATHS), await opened(bare, readers, ["/"])
    times = dict[str, list[float]](edit=[], broken=[], repair=[], bare=[])
    for number in range(edits):
        word = "abcdefghij"[number % 10] * (1 + number // 10)  # a number would have to stand in the Chinese
        title = f"The edit {word}"
        edited = text.replace(TITLE, title)
        saves = {
            "edit": (tabs, partial(file.write_text, edited, encoding="utf-8"), titled(title)),
            "bare": (bare_tabs, partial(rerun, bare, shown, word), written(word)),
            "broken": (tabs, partial(file.write_text, edited[: len(edited) // 2], encoding="utf-8"), noticed),
            "repair": (tabs, partial(file.write_text, edited, encoding="utf-8"), titled(title)),
        }
        for what, save in saves.items():
            times[what] += await seen(*save)
    await asyncio.gather(*(tab.close() for tab in (*tabs, *bare_tabs)))
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
        with (
            started(Path(scratch) / "log", HENAN_DATA=str(folder)) as (address, _),
            running("bare", Path(scratch), STREAMLIT_RUNNER_POST_SCRIPT_GC="false") as bare,
        ):
            text = Path(scratch) / "bare" / "text"
            times = asyncio.run(measured(folder, address, text, bare.address, options.readers, options.edits))
    print(
        f"{options.readers} open pages, {options.edits} edits\n{'ms':10}{'n':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"
    )
    for what, found in times.items():
        print(
            f"{what:10}{len(found):>8}"
            + "".join(f"{percentile(found, percent):>8.0f}" for percent in (50, 95, 99))
            + f"{max(found):>8.0f}"
        )
    ratio = median(times["edit"]) / median(times["bare"])
    print(f"{'met' if ratio <= RATIO else 'missed'}: an edit takes {ratio:.2f} times the bare page, at most {RATIO:g}")


if __name__ == "__main__":
    sys.exit(main())
