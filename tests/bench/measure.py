"""`python tests/bench/measure.py`: what the dashboard costs, each figure beside a baseline measured in the same run. Prints a table; asserts nothing."""

from __future__ import annotations

import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import pandas as pd
import yaml
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from data.brief import brief  # noqa: E402
from data.export import FORMATS, csv_bytes  # noqa: E402
from data.extract import Extract  # noqa: E402
from data.filters import Filters, select  # noqa: E402
from data.load import FOLDER, load_dataset  # noqa: E402
from data.package import package  # noqa: E402
from data.plain import csv_parts  # noqa: E402
from data.workbook import workbook  # noqa: E402

EMPTY_PAGE = "import streamlit as st\nst.write('empty')\n"
EMPTY_SERVER = "import streamlit as st\napp = st.App('page.py')\n"


def median(action: Callable[[], object], times: int) -> float:
    """The median of `times` runs, in ms, after one run that is not counted."""
    action()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


@contextmanager
def server(folder: Path, script: str) -> Iterator[tuple[str, float]]:
    """A running server: its address, and the ms from the command to the first answer."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true", "--server.port", str(port), "--browser.gatherUsageStats", "false"]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "STREAMLIT_SERVER_ADDRESS": "localhost"})
    try:
        address = f"http://localhost:{port}"
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health").read()
                break
            except OSError:
                continue
        yield address, (time.perf_counter() - start) * 1000
    finally:
        process.terminate()
        process.wait()


def start_up() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.py").write_text(EMPTY_PAGE)
        (Path(folder) / "empty.py").write_text(EMPTY_SERVER)
        empty, ours = [], []
        for _ in range(3):
            with server(Path(folder), "empty.py") as (_, spent):
                empty.append(spent)
            with server(ROOT, "dashboard.py") as (_, spent):
                ours.append(spent)
    return statistics.median(ours), statistics.median(empty)


def load() -> tuple[float, float]:
    files = sorted((FOLDER / "cases").glob("*.yaml"))
    return median(lambda: load_dataset().table, 9), median(lambda: [yaml.load(file.read_bytes(), yaml.CSafeLoader) for file in files], 9)


def script_run(page: str) -> tuple[float, float]:
    """A filter change on a page: the script's run with its messages built, without transport; beside an empty page's."""
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=30).run()
    if page != "overview.py":
        app.switch_page(page).run()
    cities = ["410300", "419001", "410100", "411600"]
    turn = iter(range(10_000))

    def change() -> None:
        app.query_params["city"] = cities[next(turn) % len(cities)]
        app.run()
        assert not app.exception, app.exception

    empty = AppTest.from_string(EMPTY_PAGE, default_timeout=30)
    return median(change, 40), median(lambda: empty.run(), 40)


def select_and_export() -> tuple[float, float]:
    dataset = load_dataset()
    table = dataset.table
    return median(lambda: csv_bytes(select(dataset, Filters(city=("410300",))).rows), 20), median(lambda: table.to_csv().encode(), 20)


def written(ending: str) -> tuple[float, float]:
    """A whole download, nothing kept from before; beside the CSV of all."""
    extract = Extract(load_dataset())

    def write() -> None:
        for cached in (workbook, package):
            cached.cache_clear()
        FORMATS[ending].write(extract)

    return median(write, 9), median(lambda: csv_bytes(extract.table("metrics")), 9)


def document() -> tuple[float, float]:
    """The brief of the case with the most figures; beside an empty document."""
    dataset = load_dataset()
    case = max(dataset.cases, key=lambda case: len(case.metrics))

    def write() -> None:
        brief.cache_clear()
        brief(dataset, case, "zh")

    return median(write, 5), median(lambda: docx.Document().save(io.BytesIO()), 5)


def memory_of_100_000_rows() -> tuple[float, float]:
    """MB that writing a CSV of 100,000 rows takes at most beside the table, in parts and at once."""
    table = load_dataset().table
    large = pd.concat([table] * (100_000 // len(table) + 1), ignore_index=True).head(100_000)
    return peak(lambda: sum(len(part) for part in csv_parts(large))), peak(lambda: csv_bytes(large))


def peak(action: Callable[[], object]) -> float:
    tracemalloc.start()
    action()
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def transfer() -> tuple[float, float]:
    """Bytes of the chart bundle as sent to a browser, in kB, beside the uncompressed file."""
    import streamlit

    bundle = next((Path(streamlit.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js"))
    with server(ROOT, "dashboard.py") as (address, _):
        request = urllib.request.Request(f"{address}/static/js/{bundle.name}", headers={"accept-encoding": "gzip"})
        return len(urllib.request.urlopen(request).read()) / 1000, bundle.stat().st_size / 1000


def main() -> None:
    rows = [
        ("server: command to first answer, ms", "empty st.App", *start_up()),
        ("dataset: read, check, derive, table, ms", "YAML parse alone", *load()),
        ("overview: filter change, script run, ms", "empty page", *script_run("overview.py")),
        ("case: filter change, script run, ms", "empty page", *script_run("case.py")),
        ("map: filter change, script run, ms", "empty page", *script_run("map.py")),
        ("data: filter change, script run, ms", "empty page", *script_run("download.py")),
        ("csv: one city filtered and written, ms", "pandas to_csv of all", *select_and_export()),
        ("csv: all figures, ms", "itself", *written("csv")),
        ("xlsx: all figures, ms", "csv", *written("xlsx")),
        ("json: all figures, ms", "csv", *written("json")),
        ("zip: all tables, ms", "csv", *written("zip")),
        ("docx: the largest case, ms", "empty document", *document()),
        ("csv: 100,000 rows, peak memory, MB", "at once", *memory_of_100_000_rows()),
        ("chart bundle on the wire, kB", "as stored", *transfer()),
    ]
    print(f"{'measured':44}{'value':>10}  {'baseline':24}{'value':>10}{'ratio':>8}")
    for name, baseline, value, base in rows:
        print(f"{name:44}{value:>10.1f}  {baseline:24}{base:>10.1f}{value / base:>8.2f}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps([dict(zip(("name", "baseline", "value", "base"), row, strict=True)) for row in rows], indent=1))


if __name__ == "__main__":
    main()
