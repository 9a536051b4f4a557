"""`python -m tests.bench.flood [--messages 20000] [ATTACK …]`: effect on others of one client that floods the server.

The attacks come from a process and an address of their own. During each of them, and on the idle server before it, a
probe requests /healthz and a reader opens pages, one after another. Targets: /healthz answers within 1 s, and a page,
from the request to the last message of its run, takes at most twice as long as on the idle server (medians). Exit code
1 if one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.crowd import numeric
from tests.bench.tab import UNREACHABLE, ConnectionClosed, Tab, WrongAnswerError
from tests.server import started

HEALTH_LIMIT, PAGE_LIMIT = 1.0, 2.0
"""Maximum seconds of /healthz, and maximum time of a page relative to the idle server."""
READER, ATTACKER = "127.0.1.1", "127.0.2.1"
PAUSE = 0.05
"""Seconds between a response and the next request."""
DURATION, MIN_DURATION = 8.0, 2.0
"""Seconds for which an attacker reconnects or stays connected, and minimum seconds for which others are measured."""
SOCKETS, CONNECTIONS, DOWNLOADS = 100, 32, 600
"""Sockets and connections that the attacker opens at the same time, and files that it requests."""
RERUN, GIT = BackMsg(rerun_script=ClientState(page_name="case")), BackMsg(load_git_info=True)
Attack = Callable[[str, int], Awaitable[None]]


async def one_socket(address: str, messages: int, message: BackMsg = RERUN) -> None:
    """Send `count` messages as fast as possible. A socket that the server leaves open stays for a while."""
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with suppress(*UNREACHABLE, TimeoutError):
        async with connect(stream, subprotocols=["streamlit"], local_addr=(ATTACKER, 0), max_size=None) as socket:
            listening = asyncio.create_task(listen(socket))
            for _ in range(messages):
                await socket.send(message.SerializeToString())
                await asyncio.sleep(0)
            async with asyncio.timeout(DURATION):
                await listening


async def listen(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass


async def questions_about_git(address: str, messages: int) -> None:
    await one_socket(address, messages // 100, GIT)


async def again(act: Callable[[], Awaitable[None]]) -> None:
    """Repeat the same action for DURATION seconds."""
    until = time.monotonic() + DURATION
    while time.monotonic() < until:
        await act()


async def one_after_another(address: str, messages: int) -> None:
    """Open a new socket as soon as the server has closed one."""
    await again(lambda: one_socket(address, messages))


async def many_sockets(address: str, messages: int) -> None:
    await asyncio.gather(*(one_after_another(address, messages // SOCKETS) for _ in range(SOCKETS)))


async def downloads(address: str, messages: int) -> None:
    """Request Excel files, as many as a client may per minute, with other filters each time."""
    offsets = iter([number % 200 for number in range(DOWNLOADS)])

    async def download() -> None:
        for offset in offsets:
            with suppress(*UNREACHABLE, WrongAnswerError):
                await Tab(address, source=ATTACKER)._fetch([f"/api/metrics.xlsx?offset={offset}"])

    await asyncio.gather(*(download() for _ in range(CONNECTIONS)))


ATTACKS: dict[str, Attack] = {
    "one socket": one_socket,
    "questions about git": questions_about_git,
    "one socket after another": one_after_another,
    f"{SOCKETS} sockets at once": many_sockets,
    "Excel files": downloads,
}


def attack(name: str, address: str, messages: int, begun: Event) -> None:
    begun.set()
    asyncio.run(ATTACKS[name](address, messages))


class Waits(NamedTuple):
    """Seconds that a reader waited for each /healthz and each page."""

    health: list[float]
    page: list[float]


async def wait(address: str, goes_on: Callable[[], bool]) -> Waits:
    """Run a probe and a reader side by side."""

    async def ask_health() -> None:
        await Tab(address, source=READER)._fetch(["/healthz"])

    async def open_page() -> None:
        tab = Tab(address, source=READER)
        await tab.open("/case", {})
        await tab.close()

    return Waits(*await asyncio.gather(*(repeat(act, goes_on) for act in (ask_health, open_page))))


async def repeat(act: Callable[[], Awaitable[None]], goes_on: Callable[[], bool]) -> list[float]:
    waits = []
    while goes_on():
        start = time.perf_counter()
        await act()
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(PAUSE)
    return waits


def beside(address: str, least: float, attacker: BaseProcess | None = None) -> Waits:
    """Waiting times of others during the attack, for a minimum number of seconds."""
    until = time.monotonic() + least
    return asyncio.run(wait(address, lambda: time.monotonic() < until or bool(attacker and attacker.is_alive())))


def measured(name: str, messages: int) -> tuple[Waits, Waits, float]:
    """Waiting times on an idle server and during the attack, and the seconds measured."""
    processes = multiprocessing.get_context("spawn")
    begun = processes.Event()
    with TemporaryDirectory() as scratch, started(Path(scratch) / "log") as (origin, _):
        address = numeric(origin)
        beside(address, MIN_DURATION)
        idle = beside(address, DURATION)
        attacker = processes.Process(target=attack, args=(name, address, messages, begun))
        attacker.start()
        begun.wait()
        start = time.monotonic()
        waits = beside(address, MIN_DURATION, attacker)
        watched = time.monotonic() - start
        attacker.join()
    return idle, waits, watched


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.flood", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("attacks", nargs="*", choices=[*ATTACKS, []], metavar="ATTACK", help=", ".join(ATTACKS))
    options = parser.parse_args()
    columns = {"health: idle": 14, "worst": 8, "page: idle": 12, "median": 8, "slowest": 9, "ratio": 7, "seconds": 9}
    print(f"{'ms':26}" + "".join(f"{name:>{width}}" for name, width in columns.items()))
    missed = 0
    for name in options.attacks or ATTACKS:
        idle, waits, watched = measured(name, options.messages)
        quiet, usual = statistics.median(idle.page), statistics.median(waits.page)
        missed += max(waits.health) > HEALTH_LIMIT or usual > PAGE_LIMIT * quiet
        figures = (max(idle.health), max(waits.health), quiet, usual, max(waits.page))
        cells = (*(f"{1000 * figure:.0f}" for figure in figures), f"{usual / quiet:.1f}", f"{watched:.1f}")
        print(f"{name:26}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, columns.values(), strict=True)))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
