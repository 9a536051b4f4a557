"""`python -m tests.bench.scale [CASES ...]`: the dashboard with ten real cases, and with 1,000 made-up ones.
Prints a table, writes JSON; asserts nothing.

A server of each size is started; readers without a browser then do the same with each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import combinations
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from data.query.filters import Filters, select
from data.reading.folder import FOLDER
from data.reading.load import load_dataset
from tests.bench.servers import Server, running
from tests.bench.tab import Tab
from tests.many import write

SIZES = (1_000,)
PAGES = {"overview": "/", "case": "/case", "map": "/map", "compare": "/compare", "data": "/data", "method": "/method"}
TIMES = 20
READERS = 20
STARTUP_TIMEOUT = 300
WORDS = ("转诊", "试点", "reform", "county", "blockchain", "每亩", "loans", "不存在")
DOMAINS = tuple(load_dataset().domains)
TARGETS = {"search, ms": 50.0, "edit → a reader sees it, ms": 15_000.0}
"""At the largest size, in the row's unit."""
RATIO = 2.0
"""How many times what ten cases take a filter's script run may take."""
Rows = dict[str, float]


def measured(folder: Path, scratch: Path) -> Rows:
    """All measurements of one dataset."""
    given = {"HENAN_DATA": str(folder), "HENAN_CACHE": "none"}
    with running("ours", scratch, STARTUP_TIMEOUT, **given) as server:
        rows = {"start, s": server.started_in / 1000, "start, processor s": server.processor() / 1000}
        rows |= asyncio.run(_with_readers(server, folder, scratch / "runs"))
    return rows | {"search, ms": searched(folder)}


def searched(folder: Path) -> float:
    """A word that has not been searched before, found in all texts."""
    dataset = load_dataset(folder)
    select(dataset, Filters(search="first"))
    spent = []
    for word in WORDS:
        start = time.perf_counter()
        select(dataset, Filters(search=word))
        spent.append((time.perf_counter() - start) * 1000)
    return median(spent)


async def _with_readers(server: Server, folder: Path, notes: Path) -> Rows:
    origin = server.address.replace("localhost", "127.0.0.1")
    rows: Rows = {}
    for name, path in PAGES.items():
        tab = Tab(origin)
        await tab.open(path, {})
        seen, new = [(domain,) for domain in DOMAINS[:4]], list(combinations(DOMAINS, 2))[:TIMES]
        for what, turns in (("filter", [*seen, *seen * (TIMES // 4)]), ("new filter", new)):
            spent = [await _chosen(tab, domains, notes) for domains in turns]
            rows[f"{name}: {what}, script run, ms"] = median(spent[4:] if what == "filter" else spent)
        await tab.close()
    rows["memory idle, MB"] = idle = server.memory()
    async with AsyncExitStack() as stack:
        for number in range(READERS):
            tab = Tab(origin, source=f"127.0.1.{1 + number}")
            stack.push_async_callback(tab.close)
            await tab.open("/", {})
        rows[f"memory a reader, of {READERS}, MB"] = (server.memory() - idle) / READERS
    rows["edit → a reader sees it, ms"] = await _edited(origin, folder)
    return rows


async def _chosen(tab: Tab, domains: Sequence[str], notes: Path) -> float:
    """The ms of the script run after these domains were chosen."""
    before = notes.stat().st_size
    await tab.filter("domain", domains)
    while not (noted := notes.read_bytes()[before:]).endswith(b"\n"):
        await asyncio.sleep(0.001)
    return float(noted.split()[-1])


async def _edited(origin: str, folder: Path) -> float:
    """Median ms from the end of an edit to the last message of the run that shows it, for five edits of one file."""
    path = sorted((folder / "cases").glob("*.yaml"))[0]
    text, spent = path.read_text(encoding="utf-8"), []
    tab = Tab(origin)
    await tab.open("/case", {"case": path.stem})
    asking = asyncio.create_task(tab.keep_asking())
    for turn in range(5):
        path.write_text(f"{text}# {turn}\n", encoding="utf-8")
        start = time.perf_counter()
        await tab.updated()
        spent.append((time.perf_counter() - start) * 1000)
    path.write_text(text, encoding="utf-8")
    await tab.updated()
    asking.cancel()
    await tab.close()
    return median(spent)


def real(folder: Path) -> None:
    for part in ("cases", "reference"):
        shutil.copytree(FOLDER / part, folder / part)


def table(found: dict[str, Rows]) -> Iterator[str]:
    """The rows of all sizes, each with its ratio to ten cases."""
    ten, *more = found
    yield _line("cases", found, [f"{size} of {ten}" for size in more])
    for name, first in found[ten].items():
        values = [found[size][name] for size in found]
        yield _line(name, [f"{value:.2f}" for value in values], [f"{value / first:.2f}" for value in values[1:]])


def _line(name: str, values: Iterable[str], ratios: Iterable[str]) -> str:
    return "".join([f"{name:44}", *(f"{value:>10}" for value in values), *(f"{ratio:>16}" for ratio in ratios)])


def verdicts(found: dict[str, Rows]) -> Iterator[tuple[str, float, float]]:
    """(row, value or ratio at the largest size, limit)."""
    first, last = (found[size] for size in (list(found)[0], list(found)[-1]))
    yield from ((name, last[name], limit) for name, limit in TARGETS.items())
    yield from ((f"{name} of ten", last[name] / first[name], RATIO) for name in first if "script run" in name)


def compared(sizes: Sequence[int]) -> dict[str, Rows]:
    """The measurements of the ten real and of the made-up cases, by number of cases."""
    found: dict[str, Rows] = {}
    for size in (0, *sizes):
        with TemporaryDirectory() as scratch:
            folder = Path(scratch) / "data"
            write(folder, size) if size else real(folder)
            found[str(size or 10)] = measured(folder, Path(scratch))
            print(f"{size or 10} cases measured", flush=True)
    return found


def report(found: dict[str, Rows]) -> None:
    print("", *table(found), "", "targets", sep="\n")
    for name, value, limit in verdicts(found):
        print(f"{'met   ' if value <= limit else 'missed'} {name:52}{value:>8.2f}  at most {limit}")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=int, nargs="*", default=SIZES, help="how many (1000)")
    parser.add_argument("--file", type=Path, default=Path(".scale.json"), help="where the JSON goes (.scale.json)")
    given = parser.parse_args()
    found = compared(given.cases)
    report(found)
    given.file.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
