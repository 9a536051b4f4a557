"""`python -m tests.bench.one_reader [--readers 60] [--json FILE]`: what one reader costs one server.

Processor time is that of the server's process, or of nginx with its workers, so that other load on the machine matters
little; nothing is asserted. The reader is that of `crowd.py`: opens a link, then changes filters and pages. Memory is
that of pages that stay open at the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil

from data import load_dataset
from data.query.dataset import Dataset
from pages.markup.screens import SCREENS, url_path
from tests.bench.crowd import ACTS_PER_VISIT, THINK_TIME, numeric
from tests.bench.servers import processor
from tests.bench.tab import Tab
from tests.bench.visitors import FILTERING, Reader, Tally
from tests.deploy.pair import fronted
from tests.server import started

REQUESTS = 400
"""Number of requests of each kind; the processor's clock has steps of 10 ms."""
NGINX_REQUESTS = 4000
"""The same of nginx, which takes less."""
NEW_PAGES = 60
"""Number of pages that are written anew."""
OPEN_PAGES = 60
"""Number of pages that are open at the same time."""
ACTS = sum(ACTS_PER_VISIT) / 2
"""Mean number of actions of a visit."""
PER_DAY, PEAK_SHARE, BUSY = 1_000_000, 0.10, 0.6
"""Readers a day, the share of them in the busiest hour, and how busy a processor may be."""


@dataclass
class Costs:
    """Processor time in ms by what is done: all of it, and how often."""

    spent: dict[str, float]
    times: dict[str, int]

    def __init__(self) -> None:
        self.spent, self.times = defaultdict(float), defaultdict(int)

    @contextmanager
    def of(self, what: str, process: psutil.Process, times: int = 1) -> Iterator[None]:
        before = processor(process)
        yield
        self.spent[what] += processor(process) - before
        self.times[what] += times

    def mean(self, what: str) -> float:
        return self.spent[what] / self.times[what]


class Client:
    """A client that keeps its connection and accepts gzip."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(numeric(address)).netloc, timeout=60)

    def ask(self, path: str, status: int = 200, **headers: str) -> tuple[http.client.HTTPMessage, int]:
        """Headers and size of an answer. RuntimeError if it has another status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip", **named})
        answer = self.connection.getresponse()
        size = len(answer.read())
        if answer.status != status:
            raise RuntimeError(f"{path}: {answer.status} instead of {status}")
        return answer.headers, size


def measure_pages(
    costs: Costs, address: str, server: psutil.Process, front: str, nginx: psutil.Process, dataset: Dataset
) -> None:
    """The first view of `/`: kept by the server, unchanged, written anew, and kept by nginx."""
    direct = Client(address)
    tag = direct.ask("/?lang=en")[0]["etag"]
    with costs.of("first view, from the server's memory", server, REQUESTS):
        for _ in range(REQUESTS):
            direct.ask("/?lang=en")
    with costs.of("first view, 304", server, REQUESTS):
        for _ in range(REQUESTS):
            direct.ask("/?lang=en", 304, if_none_match=tag)
    pairs = islice(combinations(dataset.domains, 2), NEW_PAGES // 2)
    new = [f"/?domain={','.join(pair)}&lang={lang}" for pair in pairs for lang in ("zh", "en")]
    with costs.of("first view, written anew", server, len(new)):
        for path in new:
            direct.ask(path)
    before = Client(front)
    kept = before.ask("/?lang=en")[0]["etag"]
    with (
        costs.of("first view kept by nginx: server", server, NGINX_REQUESTS),
        costs.of("first view kept by nginx: nginx", nginx, NGINX_REQUESTS),
    ):
        for _ in range(NGINX_REQUESTS):
            before.ask("/?lang=en")
    with costs.of("first view, 304 by nginx: nginx", nginx, NGINX_REQUESTS):
        for _ in range(NGINX_REQUESTS):
            before.ask("/?lang=en", 304, if_none_match=kept)


def measure_data_links(costs: Costs, address: str, server: psutil.Process) -> None:
    """A data link that was asked for before, and one that was not."""
    client, limits = Client(address), count(1000)
    for name, path in {"JSON of one city": "/api/metrics.json?city=410300", "CSV of all": "/api/metrics.csv"}.items():
        client.ask(path)
        with costs.of(f"data link, {name}, repeated", server, REQUESTS // 2):
            for _ in range(REQUESTS // 2):
                client.ask(path)
        with costs.of(f"data link, {name}, first", server, NEW_PAGES // 2):
            for limit in islice(limits, NEW_PAGES // 2):
                client.ask(f"{path}{'&' if '?' in path else '?'}limit={limit}")


async def measure_readers(
    costs: Costs, address: str, server: psutil.Process, dataset: Dataset, readers: int, seed: int
) -> None:
    """Readers one after another, with as many actions each as the mean visit has."""
    for number in range(readers):
        chance = random.Random(f"{seed} {number}")
        locale, source = chance.choice(["zh-CN", "en-US"]), f"127.0.{1 + number // 250}.{1 + number % 250}"
        reader = Reader(Tab(numeric(address), locale, source), dataset, chance)
        await _measure_step(costs, server, reader.arrive)
        for _ in range(int(ACTS)):
            await _measure_step(costs, server, reader.act)
        with costs.of("connection", server):
            await reader.tab.reconnect()
        await reader.tab.close()


async def _measure_step(costs: Costs, server: psutil.Process, step: Callable[[Tally], Awaitable[None]]) -> None:
    """One step of a reader under the name that the reader gives it."""
    tally, before = Tally(), processor(server)
    await step(tally)
    (what,) = tally.times
    costs.spent[what] += processor(server) - before
    costs.times[what] += 1


async def measure_memory(address: str, server: psutil.Process, pages: int) -> dict[str, float]:
    """MB of the server before and with this many open pages, of all screens in turn, and kB of each."""
    paths = [f"/{url_path(name)}" for name in SCREENS]
    tabs = [Tab(numeric(address)) for _ in range(pages)]
    before = server.memory_full_info().uss / 1e6
    for number, tab in enumerate(tabs):
        await tab.open(paths[number % len(paths)], {})
    held = server.memory_full_info().uss / 1e6
    for tab in tabs:
        await tab.close()
    return {
        "before, MB": before,
        "with all pages open, MB": held,
        "one open page, kB": (held - before) * 1000 / pages,
    }


def sum_up(costs: Costs) -> dict[str, float]:
    """What a visit costs behind nginx, which has the first view and the files, and the processors that a million take."""
    opened = costs.mean("open, again") - costs.mean("first view, from the server's memory")
    act = FILTERING * costs.mean("filter change") + (1 - FILTERING) * costs.mean("page change")
    visits = PER_DAY * PEAK_SHARE / 3600
    found = {"visits a second in the busiest hour": visits}
    for name, acts in {"who only opens a page": 0.0, "with two acts": 2.0, f"with {ACTS} acts": ACTS}.items():
        spent = opened + acts * act
        found[f"a reader {name}: server, ms"] = spent
        found[f"a reader {name}: a second on a processor that is {BUSY:.0%} busy"] = 1000 * BUSY / spent
        found[f"a reader {name}: processors for a million a day"] = visits * spent / 1000 / BUSY
    return {**found, f"open pages with an act every {THINK_TIME:g} s on one processor": 1000 * BUSY * THINK_TIME / act}


def report(costs: Costs, memory: dict[str, float], sizes: dict[str, float], total: dict[str, float]) -> None:
    print(f"{'processor time':48}{'ms':>9}{'times':>8}{'a second':>10}")
    for what in costs.spent:
        mean = costs.mean(what)
        print(f"{what:48}{mean:>9.2f}{costs.times[what]:>8}" + (f"{1000 / mean:>10.0f}" if mean else ""))
    for name, value in {**memory, **sizes, **total}.items():
        print(f"{name:78}{value:>8.1f}")


def measure(readers: int, seed: int) -> tuple[Costs, dict[str, float], dict[str, float]]:
    costs, dataset = Costs(), load_dataset()
    with TemporaryDirectory() as folder, started(Path(folder) / "log") as (address, process):
        server, port = psutil.Process(process.pid), urlsplit(address).port or 0
        with fronted(Path(folder), (port, port)) as front:
            nginx = find_nginx(Path(folder))
            measure_pages(costs, address, server, front, nginx, dataset)
            sizes = {"first view of /, compressed, kB": Client(front).ask("/?lang=en")[1] / 1000}
        measure_data_links(costs, address, server)
        asyncio.run(measure_readers(Costs(), address, server, dataset, min(readers, 6), seed + 1))
        memory = asyncio.run(measure_memory(address, server, OPEN_PAGES))
        asyncio.run(measure_readers(costs, address, server, dataset, readers, seed))
    return costs, memory, sizes


def find_nginx(folder: Path) -> psutil.Process:
    """The process whose number nginx has written into its folder."""
    return psutil.Process(int((folder / "pid").read_text()))


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.one_reader",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__,
    )
    parser.add_argument("--readers", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    options = asked()
    costs, memory, sizes = measure(options.readers, options.seed)
    total = sum_up(costs)
    report(costs, memory, sizes, total)
    if options.json:
        means = {what: costs.mean(what) for what in costs.spent}
        options.json.write_text(json.dumps({"ms": means, **memory, **sizes, **total}, indent=1) + "\n")


if __name__ == "__main__":
    main()
