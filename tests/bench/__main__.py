"""`python -m tests.bench [--quick] [FILE.json]`: what the dashboard costs beside a peer in Dash and a floor of
plotly.js alone. Prints tables, writes JSON; asserts nothing.

Once before: `pip install -r tests/bench/requirements.txt`. CHROMIUM names the browser. It takes about twenty minutes,
with --quick six to ten.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Playwright, sync_playwright
from plotly.offline import get_plotlyjs_version

from data import load_dataset
from tests.bench import data_links, journeys, readers, scale
from tests.bench.costs import costs
from tests.bench.journeys import Lap, Laps, Visit
from tests.bench.results import HEADING, READERS, Row, as_json, cost_table, line, middle, p95, verdicts
from tests.bench.servers import Server, running
from tests.browser.reader import chromium

TIMES = {"start": 5, "first": 5, "filter": 50, "page": 25, "map": 50, "download": 20, "rounds": 4, "links": 60}
QUICK = {"start": 1, "first": 1, "filter": 10, "page": 3, "map": 10, "download": 5, "rounds": 1, "links": 5}
QUICK_SIZES = (300,)


def starts(scratch: Path, times: int) -> list[Row]:
    found: dict[str, list[float]] = {"ours": [], "peer": [], "empty": []}
    for _ in range(times):
        for kind, spent in found.items():
            with running(kind, scratch) as server:
                spent.append(server.started_in)
    ours, peer, empty = (middle(spent) for spent in found.values())
    return [
        Row("cold start to first answer", "ms", ours, peer),
        Row("the same, beside an empty Streamlit server", "ms", ours, empty),
    ]


def first_rows(found: Mapping[tuple[str, str, str], list[Visit]]) -> Iterator[Row]:
    def of(path: str, heat: str, take: Callable[[Visit], float]) -> list[float | None]:
        return [
            middle([take(visit) for visit in found[path, name, heat]]) if (path, name, heat) in found else None
            for name in ("ours", "peer", "floor")
        ]

    for path in journeys.NAMES:
        what = "findings readable" if path == "/" else "first figures"
        for heat in ("cold", "warm"):
            yield Row(f"{what} {heat} {path}", "ms", *of(path, heat, lambda visit: visit.lap.first))
            ours, *others = (
                of(path, heat, lambda visit: visit.paint)[:1] + of(path, heat, lambda visit: visit.lap.first)[1:]
            )
            yield Row(f"first paint, beside the first chart {heat} {path}", "ms", ours or 0.0, *others)
    for path in journeys.NAMES:
        yield Row(f"first load, compressed {path}", "MB", *of(path, "cold", lambda visit: visit.bytes / 1e6))
        yield Row(f"first load, requests {path}", "", *of(path, "cold", lambda visit: visit.requests))
        yield Row(f"warm load, bytes {path}", "kB", *of(path, "warm", lambda visit: visit.bytes / 1e3))


def lap_rows(what: str, laps: Laps, act: str) -> Iterator[Row]:
    def of(take: Callable[[list[Lap]], float]) -> list[float | None]:
        return [take(laps[act, name]) if (act, name) in laps else None for name in ("ours", "peer", "floor")]

    yield Row(f"{what}, median", "ms", *of(lambda found: middle([lap.first for lap in found])))
    yield Row(f"{what}, p95", "ms", *of(lambda found: p95([lap.first for lap in found])))
    yield Row(f"{what}, last stroke", "ms", *of(lambda found: middle([lap.last for lap in found])))


def shares(laps: Laps, act: str) -> Iterator[Row]:
    """The parts of the time of a filter change; the floor has drawing alone."""

    def of(take: Callable[[Lap], float | None]) -> list[float]:
        return [
            middle([taken for lap in laps[act, name] if (taken := take(lap)) is not None]) for name in ("ours", "peer")
        ]

    def spent(lap: Lap) -> float | None:
        return lap.server and lap.server["script"]

    yield Row(f"{act}: act to request", "ms", *of(lambda lap: lap.sent))
    yield Row(f"{act}: server script", "ms", *of(spent))
    yield Row(
        f"{act}: transport, waiting",
        "ms",
        *of(lambda lap: None if lap.came is None else lap.came - lap.sent - (spent(lap) or 0)),
    )
    floor = middle([lap.first for lap in laps[act, "floor"]])
    yield Row(
        f"{act}: last answer to drawn", "ms", *of(lambda lap: None if lap.came is None else lap.first - lap.came), floor
    )
    yield Row(f"{act}: answer", "kB", *of(lambda lap: lap.bytes / 1000))


def crowd_rows(ours: readers.Crowd, peer: readers.Crowd) -> list[Row]:
    return [
        Row("memory idle", "MB", ours.idle, peer.idle),
        Row(f"memory a reader, of {READERS}", "MB", ours.each, peer.each),
        Row(f"{READERS} readers at once, median wait", "ms", middle(ours.waited), middle(peer.waited)),
        Row(f"{READERS} readers at once, p95 wait", "ms", p95(ours.waited), p95(peer.waited)),
        Row(f"{READERS} at once, p95, beside one alone", "ms", p95(ours.waited), middle(ours.alone)),
    ]


def in_the_browser(playwright: Playwright, servers: Mapping[str, Server], times: Mapping[str, int]) -> Iterator[Row]:
    with chromium(playwright) as browser:
        want = journeys.look_at(browser, servers, load_dataset())
    yield from first_rows(journeys.first_figures(playwright, servers, want, times["first"]))
    slow = journeys.slow_visits(playwright, servers, want, times["first"])
    found = [middle([visit.lap.first for visit in slow[name]]) for name in ("ours", "peer")]
    yield Row("findings readable, slow line, first visit /", "ms", *found)
    filters = journeys.filter_changes(playwright, servers, want, times["filter"])
    yield from lap_rows("filter → redrawn", filters, "filter")
    yield from shares(filters, "filter")
    pages = journeys.page_changes(playwright, servers, want, times["page"])
    for act in dict.fromkeys(act for act, _ in pages):
        yield from lap_rows(f"page change {act}", pages, act)
    yield from lap_rows(
        "map click → redrawn", journeys.map_clicks(playwright, servers, want, times["map"]), "map click"
    )
    saved = journeys.downloads(playwright, servers, want, times["download"])
    yield Row("download of the CSV, median", "ms", *(middle(saved[name]) for name in ("ours", "peer", "floor")))


def versions() -> dict[str, str]:
    bundle = next((files("streamlit") / "static" / "static" / "js").glob("PlotlyChart.*.js")).read_text()
    drawn = re.search(r'"src/version\.js"\([^)]*\)\{\w+\.version=.([\d.]+)', bundle)
    packages = {
        name: version(name) for name in ("streamlit", "dash", "plotly", "gunicorn", "flask-compress", "playwright")
    }
    return {
        **packages,
        "plotly.js, ours": drawn[1] if drawn else "",
        "plotly.js, peer and floor": get_plotlyjs_version(),
        "python": platform.python_version(),
        "cores": str(os.cpu_count()),
    }


def printed(rows: Iterable[Row]) -> list[Row]:
    """Yield the rows, printing each as soon as it is measured."""
    found = []
    for row in rows:
        print(line(row), flush=True)
        found.append(row)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "file", type=Path, nargs="?", default=Path(".bench.json"), help="where the JSON goes (.bench.json)"
    )
    parser.add_argument("--quick", action="store_true", help="few repetitions: to see that it works, not to compare")
    given = parser.parse_args()
    os.environ.setdefault(
        "CHROMIUM",
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or "chromium",
    )
    times = QUICK if given.quick else TIMES
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        print(", ".join(f"{name} {known}" for name, known in versions().items()), HEADING, sep="\n\n", flush=True)
        rows = printed(starts(scratch, times["start"]))
        servers = {kind: stack.enter_context(running(kind, scratch)) for kind in ("ours", "peer", "floor")}
        rows += printed(
            crowd_rows(
                readers.of_ours(servers["ours"], READERS, times["rounds"]),
                readers.of_peer(servers["peer"], READERS, times["rounds"]),
            )
        )
        rows += printed(data_links.measure(scratch, times["links"]))
        rows += printed(in_the_browser(stack.enter_context(sync_playwright()), servers, times))
    parts = costs()
    print("", cost_table(parts), "", "targets", sep="\n")
    for name, found, limit in verdicts(rows):
        print(f"{'met   ' if found <= limit else 'missed'} {name:46}{found:>8.2f}  at most {limit}")
    many = scale.compared(QUICK_SIZES if given.quick else scale.SIZES)
    scale.report(many)
    given.file.write_text(json.dumps({**as_json(rows, parts, versions()), "scale": many}, indent=1) + "\n")


if __name__ == "__main__":
    main()
