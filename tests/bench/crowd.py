"""`python -m tests.bench.crowd [--readers 200] [--minutes 5]`: many readers at once. Prints a table; exit code 1 if any
reader meets an error.

    --soak [VISITS]   opens and closes without pauses; by default as many visits as 200 readers make in two hours
    --pair            two servers behind nginx (.deploy/nginx.conf), one of which is killed after half of the time
    --seed, --json    another random crowd; a file for all results

Visitors arrive over the first seconds, open a link, filter, change pages, look at each for a realistic time and leave;
others replace them. They are tasks of this process, each with a tab (tests/bench/tab.py); the server is another
process. Times are from an action to the last message of its response, over loopback, without the browser's drawing.
`open, first time` fetches the page and the files it names, `open, again` has those in the cache; files that single
controls and charts request later are in neither. The baseline is an empty Streamlit page with a crowd of the same size
and pace, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf, log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data import load_dataset
from data.query.dataset import Dataset
from tests.bench.tab import UNREACHABLE, ConnectionClosed, Tab, WrongAnswerError
from tests.bench.visitors import Passer, Reader, Tally, Visitor
from tests.deploy.pair import Pair, pair
from tests.server import started

THINK_TIME, SPREAD, LONGEST = 10.0, 0.6, 60.0
"""Median seconds of looking at a page, the standard deviation of the logarithm, and the maximum."""
ACTS_PER_VISIT = (3, 12)
"""Minimum and maximum number of actions of a visit."""
ARRIVALS_PER_SECOND = 10
"""Visitors that arrive per second until all are there."""
SESSION_TTL = 125.0
"""Seconds after which the server has removed the session of a closed tab (server.disconnectedSessionTTL is 120)."""
SOAK_VISITS = 6000
"""Visits of 200 readers in two hours, at four minutes each."""
PARALLEL_VISITORS = 8
"""Visitors of the soak at the same time."""
EMPTY = {
    "dashboard.py": """
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route
app = st.App("empty.py", routes=[Route("/healthz", lambda request: JSONResponse({"status": "ok"}))])
""",
    "empty.py": 'import streamlit as st\nst.button("again", key="again")\nst.html("<footer>empty</footer>")\n',
}
WRONG = (WrongAnswerError, TimeoutError, *UNREACHABLE)
Come = Callable[[int, random.Random], Visitor]


# --- many of them


async def visit(visitor: Visitor, tally: Tally, looks: Iterable[float], until: float = inf) -> None:
    """One visit: looks and actions in turn, until `until` at the latest. An error ends it and is recorded."""
    try:
        await visitor.arrive(tally)
        for seconds in looks:
            await look(visitor, tally, min(seconds, until - time.monotonic()))
            if time.monotonic() >= until:
                return
            try:
                await visitor.act(tally)
            except ConnectionClosed:
                await visitor.resume(tally)
    except WRONG as error:
        tally.errors.append(f"{type(error).__name__}: {error}")
    finally:
        with suppress(*WRONG):
            await visitor.tab.close()


async def look(visitor: Visitor, tally: Tally, seconds: float) -> None:
    """Look at the page. A connection that breaks meanwhile is opened again, as a browser does."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left):
                await visitor.tab.lost()
        except TimeoutError:
            return
        async with tally.timed("reconnect"):
            await visitor.tab.reconnect()


async def crowd(readers: int, seconds: float, seed: int, come: Come) -> Tally:
    """Run this many visitors at a time for this long; each that leaves is replaced."""
    tally, until = Tally(), time.monotonic() + seconds

    async def place(number: int) -> None:
        chance = random.Random(f"{seed} {number}")

        await asyncio.sleep(number / ARRIVALS_PER_SECOND)
        while time.monotonic() < until:
            looks = [
                min(chance.lognormvariate(log(THINK_TIME), SPREAD), LONGEST)
                for _ in range(chance.randint(*ACTS_PER_VISIT))
            ]
            await visit(come(number, chance), tally, looks, until)

    await asyncio.gather(*map(place, range(readers)))
    return tally


async def soak(visits: int, seed: int, come: Come, every_hundred: Callable[[], Any]) -> Tally:
    """Visits of one action and no look, a few at a time."""
    tally, numbers = Tally(), iter(range(1, visits + 1))

    async def one_after_another() -> None:
        for number in numbers:
            visitor = come(number, random.Random(f"{seed} {number}"))
            await visit(visitor, tally, [0])
            if number % 100 == 0:
                every_hundred()

    await asyncio.gather(*(one_after_another() for _ in range(PARALLEL_VISITORS)))
    return tally


def readers_of(origin: str, dataset: Dataset) -> Come:
    """Readers of the dashboard, half of them Chinese, each with an address of its own, as behind a proxy."""

    def come(number: int, chance: random.Random) -> Visitor:
        return Reader(
            Tab(
                numeric(origin),
                chance.choice(["zh-CN", "en-US"]),
                f"127.0.{1 + number // 250 % 250}.{1 + number % 250}",
            ),
            dataset,
            chance,
        )

    return come


def passers_of(origin: str) -> Come:
    return lambda number, chance: Passer(Tab(numeric(origin)), chance)


def numeric(address: str) -> str:
    """The address with 127.0.0.1 for localhost, reachable from the source addresses in 127.0.0.0/8."""
    return address.replace("localhost", "127.0.0.1")


# --- what it costs


class Watch:
    """What a process uses: memory in MB, CPU in seconds. `late` are the ms by which this process, the crowd's, woke up
    too late each second.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.levels: list[float] = []
        self.late: list[float] = []

    def memory(self) -> float:
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())[1]) / 1024

    def processor(self) -> float:
        spent = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")

    async def every_second(self) -> None:
        while True:
            self.levels.append(self.memory())
            start = time.perf_counter()
            await asyncio.sleep(1)
            self.late.append((time.perf_counter() - start - 1) * 1000)


async def watched(watch: Watch, work: Awaitable[Tally]) -> tuple[Tally, dict[str, float]]:
    """The tally of the work, and its load."""
    watching = asyncio.create_task(watch.every_second())
    start, spent, own = time.monotonic(), watch.processor(), own_processor()
    tally = await work
    watching.cancel()
    seconds = time.monotonic() - start
    return tally, {
        "seconds": seconds,
        "acts a second": sum(map(len, tally.times.values())) / seconds,
        "server, processors": (watch.processor() - spent) / seconds,
        "crowd, processors": (own_processor() - own) / seconds,
        "crowd late, p99 ms": percentile(watch.late, 99),
    }


def own_processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else sum(values)


def summary(tally: Tally) -> dict[str, dict[str, float]]:
    """By action: the count, and the 50th, 95th, 99th and 100th percentile in ms."""
    return {
        act: {
            "n": len(times),
            **{f"p{percent}": percentile(times, percent) for percent in (50, 95, 99)},
            "max": max(times),
        }
        for act, times in sorted(tally.times.items())
    }


def slope(levels: Sequence[float]) -> float:
    """Slope of a straight line through the last half of the levels."""
    last = levels[len(levels) // 2 :]
    return statistics.linear_regression(range(len(last)), last).slope if len(last) > 1 else 0.0


# --- the measurements


@contextmanager
def empty_server(scratch: Path) -> Iterator[tuple[str, Watch]]:
    folder = scratch / "empty"
    folder.mkdir()
    for name, text in EMPTY.items():
        (folder / name).write_text(text)
    with started(
        scratch / "empty.log",
        folder,
        STREAMLIT_BROWSER_GATHER_USAGE_STATS="false",
        STREAMLIT_SERVER_ADDRESS="localhost",
    ) as (address, process):
        yield address, Watch(process.pid)


async def baseline(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The empty page with the same crowd, for a fifth of the time."""
    with empty_server(scratch) as (address, watch):
        before = watch.memory()
        tally, load = await watched(
            watch, crowd(options.readers, options.minutes * 12, options.seed, passers_of(address))
        )
    return {
        "times": summary(tally),
        "load": load,
        "errors": tally.errors,
        "memory": {"before": before, "highest": max(watch.levels)},
    }


async def in_a_crowd(options: argparse.Namespace, scratch: Path, dataset: Dataset) -> dict[str, Any]:
    """The crowd before one server, and its memory until the sessions have been removed."""
    with started(scratch / "log") as (address, process):
        watch, come = Watch(process.pid), readers_of(address, dataset)
        before = watch.memory()
        tally, load = await watched(watch, crowd(options.readers, options.minutes * 60, options.seed, come))
        memory = {
            "before": before,
            "with them, median": statistics.median(watch.levels[len(watch.levels) // 2 :]),
            "highest": max(watch.levels),
            "as they left": watch.memory(),
        }
        await asyncio.sleep(SESSION_TTL)
        await soak(1, options.seed, come, list)
        memory["forgotten"] = watch.memory()
    return {
        "times": summary(tally),
        "load": load,
        "errors": tally.errors + complaints(scratch / "log"),
        "memory": memory,
    }


async def in_a_soak(options: argparse.Namespace, scratch: Path, dataset: Dataset) -> dict[str, Any]:
    """Memory before, and after every hundred visits."""
    with started(scratch / "log") as (address, process):
        watch = Watch(process.pid)
        levels = [watch.memory()]
        tally, load = await watched(
            watch, soak(options.soak, options.seed, readers_of(address, dataset), lambda: levels.append(watch.memory()))
        )
    memory = {
        "before": levels[0],
        "at half": levels[len(levels) // 2],
        "at the end": levels[-1],
        "highest": max(levels),
    }
    memory["slope of the last half, a hundred visits"] = slope(levels)
    return {
        "times": summary(tally),
        "load": load,
        "errors": tally.errors + complaints(scratch / "log"),
        "memory": memory,
        "levels": levels,
    }


async def before_a_pair(options: argparse.Namespace, scratch: Path, dataset: Dataset) -> dict[str, Any]:
    """The crowd before two servers, one of which is killed after half of the time."""

    async def kill(served: Pair) -> None:
        await asyncio.sleep(options.minutes * 30)
        served.servers[0].process.kill()

    with pair(scratch) as served:
        watch = Watch(served.servers[1].process.pid)
        before = watch.memory()
        killing = asyncio.create_task(kill(served))
        tally, load = await watched(
            watch, crowd(options.readers, options.minutes * 60, options.seed, readers_of(served.address, dataset))
        )
        await killing
    return {
        "times": summary(tally),
        "load": load,
        "errors": tally.errors + complaints(scratch / "server-b.log"),
        "memory": {"before": before, "highest": max(watch.levels)},
    }


def complaints(file: Path) -> list[str]:
    """The errors in the server's log."""
    return [
        f"server log: {line}"
        for line in file.read_text(errors="replace").splitlines()
        if "Traceback" in line or '"level": "error"' in line
    ]


# --- what is printed


def told(found: dict[str, Any], base: dict[str, dict[str, float]]) -> None:
    print(
        f"{'ms':20}{'n':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"
        + (f"{'empty page: p50':>18}{'p95':>8}{'ratio of p50':>14}{'of p95':>8}" if base else "")
    )
    for act, row in found["times"].items():
        other = base.get(act, base.get("rerun")) if not act.startswith("reconnect") else None
        beside = (
            f"{other['p50']:>18.0f}{other['p95']:>8.0f}{row['p50'] / other['p50']:>14.1f}{row['p95'] / other['p95']:>8.1f}"
            if other
            else ""
        )
        print(
            f"{act:20}{row['n']:>8}" + "".join(f"{row[name]:>8.0f}" for name in ("p50", "p95", "p99", "max")) + beside
        )
    print("load: " + ", ".join(f"{name} {value:.2f}" for name, value in found["load"].items()))
    print(
        "memory, MB: "
        + ", ".join(
            f"{name} {value:.2f}" if abs(value) < 10 else f"{name} {value:.0f}"
            for name, value in found["memory"].items()
        )
    )
    if "levels" in found:
        print("memory by hundred visits, MB: " + " ".join(f"{level:.0f}" for level in found["levels"]))
    print(
        f"errors: {len(found['errors'])}"
        + "".join(f"\n  {error}" for error in list(dict.fromkeys(found["errors"]))[:10])
    )


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.crowd", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--soak", type=int, nargs="?", const=SOAK_VISITS, default=0, metavar="VISITS")
    parser.add_argument("--pair", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    options, dataset = asked(), load_dataset()
    measure = in_a_soak if options.soak else before_a_pair if options.pair else in_a_crowd
    machine = {
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "others' load before": os.getloadavg()[0],
    }
    with TemporaryDirectory() as folder:
        base = {} if options.soak else asyncio.run(baseline(options, Path(folder)))
        found = asyncio.run(measure(options, Path(folder), dataset))
    print(
        f"{options.soak} visits" if options.soak else f"{options.readers} readers, {options.minutes:g} min",
        *(f"{name} {value}" for name, value in machine.items()),
        sep=", ",
    )
    told(found, base.get("times", {}))
    if options.json:
        options.json.write_text(
            json.dumps({"options": vars(options), "machine": machine, "baseline": base, **found}, indent=1, default=str)
        )
    sys.exit(bool(found["errors"] or base.get("errors")))


if __name__ == "__main__":
    main()
