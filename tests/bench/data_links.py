"""`python -m tests.bench.data_links [--times 60]`: the data links beside Datasette with the same table in SQLite.

One client with one connection to each server asks both in turn: an answer for the first time, and the same one again.
A first question names a limit that no other did, as large as the table, so that its answer is as large as the whole.
"""

from __future__ import annotations

import argparse
import http.client
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from data import load_dataset
from tests.bench.results import HEADING, Row, line, middle
from tests.bench.servers import Server, running

CITY = "410300"
LINKS = {
    "JSON of one city": (
        "/api/metrics.json?city={city}&limit={number}",
        "/metrics/metrics.json?prefecture_code={city}&_size={number}&_shape=objects",
    ),
    "JSON of all": ("/api/metrics.json?limit={number}", "/metrics/metrics.json?_size={number}&_shape=objects"),
    "CSV of all": ("/api/metrics.csv?limit={number}", "/metrics/metrics.csv?_size={number}"),
}
"""The paths of the same rows at both servers."""
FIRST_LIMIT = 1000
"""The lowest limit in a question: more than the rows of the table."""


def write_database(folder: Path) -> Path:
    """Write the metrics table into a SQLite file, as it is downloaded, with an index by city; return its path."""
    path = folder / "metrics.db"
    with closing(sqlite3.connect(path)) as database:
        load_dataset().table.astype(object).to_sql("metrics", database, index=False)
        database.execute("CREATE INDEX city ON metrics (prefecture_code)")
        database.commit()
    return path


class Client:
    """A client that keeps its connection."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)

    def ask(self, path: str) -> float:
        """Return the ms until the last byte of an answer. RuntimeError if it is refused or empty."""
        start = time.perf_counter()
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        body = response.read()
        spent = (time.perf_counter() - start) * 1000
        if response.status != 200 or len(body) < 1000:
            raise RuntimeError(f"{path}: {response.status}, {len(body)} bytes: {body[:200]!r}")
        return spent


def compare_links(ours: Server, peer: Server, times: int) -> Iterator[Row]:
    """Yield the medians of both servers for each of LINKS, for a first answer and one that was given before."""
    clients, limits = (Client(ours), Client(peer)), count(FIRST_LIMIT)
    for name, paths in LINKS.items():
        first: tuple[list[float], list[float]] = ([], [])
        again: tuple[list[float], list[float]] = ([], [])
        for _ in range(times):
            limit = next(limits)
            for at, (client, path) in enumerate(zip(clients, paths, strict=True)):
                asked = path.format(city=CITY, number=limit)
                first[at].append(client.ask(asked))
                again[at].append(client.ask(asked))
        yield Row(f"data link, first, {name}", "ms", *map(middle, first))
        yield Row(f"data link, repeated, {name}", "ms", *map(middle, again))


def measure(scratch: Path, times: int) -> Iterator[Row]:
    """Start both servers and yield what `compare_links` finds."""
    scratch = scratch / "links"
    scratch.mkdir()
    write_database(scratch)
    with ExitStack() as stack:
        ours = stack.enter_context(running("ours", scratch))
        peer = stack.enter_context(running("datasette", scratch))
        yield from compare_links(ours, peer, times)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.data_links",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--times", type=int, default=60, help="questions of each kind (60)")
    given = parser.parse_args()
    with TemporaryDirectory() as scratch:
        print(HEADING.replace("     Dash", "Datasette"))
        for row in measure(Path(scratch), given.times):
            print(line(row), flush=True)


if __name__ == "__main__":
    main()
