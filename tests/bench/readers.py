"""Fifty readers: the memory of each in the server, and the waiting times when all change a filter at the same moment.
No browser draws.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from data import load_dataset
from tests.bench.servers import Server
from tests.bench.tab import Tab

DOMAINS = tuple(load_dataset().domains)
ALONE = 15
"""Number of filter changes of one reader alone."""


@dataclass(frozen=True)
class Crowd:
    """MB without and with all readers; the ms that each waited when all changed a filter at once, `rounds` times, and
    those that one waited who did it alone.
    """

    readers: int
    idle: float
    full: float
    waited: list[float]
    alone: list[float]

    @property
    def each(self) -> float:
        """MB per reader."""
        return (self.full - self.idle) / self.readers


def of_ours(server: Server, readers: int, rounds: int) -> Crowd:
    return asyncio.run(_of_ours(server, readers, rounds))


async def _of_ours(server: Server, readers: int, rounds: int) -> Crowd:
    origin = server.address.replace("localhost", "127.0.0.1")
    first, *tabs = [Tab(origin, source=f"127.0.1.{1 + number}") for number in range(readers + 1)]
    await first.open("/", {})
    idle = server.memory()
    async with AsyncExitStack() as stack:
        for tab in (first, *tabs):
            stack.push_async_callback(tab.close)
        for tab in tabs:
            await tab.open("/", {})
        full = server.memory()

        async def change(number: int, turn: int) -> float:
            start = time.perf_counter()
            await tabs[number].filter("domain", [DOMAINS[(number + turn) % len(DOMAINS)]])
            return (time.perf_counter() - start) * 1000

        waited = [
            await asyncio.gather(*(change(number, turn) for number in range(readers))) for turn in range(rounds + 1)
        ][1:]
        alone = [await change(0, turn) for turn in range(rounds, rounds + ALONE)]
    return Crowd(readers, idle, full, [ms for turn in waited for ms in turn], alone)


def of_peer(server: Server, readers: int, rounds: int) -> Crowd:
    with ThreadPoolExecutor(readers) as pool:
        ask = _question(server.address)
        list(pool.map(ask, range(readers)))
        idle = server.memory()
        for number in range(readers):
            urlopen(server.address).read()
            ask(number)
        full = server.memory()
        waited = [ms for turn in range(rounds + 1) for ms in pool.map(ask, range(turn, turn + readers)) if turn]
        alone = [ask(number) for number in range(ALONE)]
    return Crowd(readers, idle, full, waited, alone)


def _question(address: str) -> Callable[[int], float]:
    """The request that the browser sends when a domain is chosen on the peer's overview; returns the ms to the end of
    the response.
    """
    known = json.loads(urlopen(f"{address}/_dash-dependencies").read())
    asked = next(entry for entry in known if "findings.figure" in entry["output"])
    outputs = [
        dict(zip(("id", "property"), part.split("."), strict=True)) for part in asked["output"].strip(".").split("...")
    ]

    def ask(number: int) -> float:
        search: dict[str, Any] = {
            "id": "url",
            "property": "search",
            "value": f"?domain={DOMAINS[number % len(DOMAINS)]}",
        }
        body = {"output": asked["output"], "outputs": outputs, "inputs": [search], "changedPropIds": ["url.search"]}
        request = Request(
            f"{address}/_dash-update-component",
            json.dumps(body).encode(),
            {"content-type": "application/json", "accept-encoding": "gzip"},
        )
        start = time.perf_counter()
        assert len(urlopen(request).read()) > 1000
        return (time.perf_counter() - start) * 1000

    return ask
