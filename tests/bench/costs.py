"""Costs of the parts inside one process, each beside a baseline measured in the same run."""

from __future__ import annotations

import io
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable
from itertools import combinations, cycle

import docx
import pandas as pd
import yaml
from streamlit.testing.v1 import AppTest

from data.downloads.csv_json import write_csv
from data.downloads.excel import write_workbook
from data.downloads.package import write_package
from data.downloads.word import write_case
from data.query.filters import Filters, select
from data.reading.folder import FOLDER
from data.reading.load import load_dataset
from tests.bench.results import Cost
from tests.bench.servers import EMPTY, PROJECT
from tests.test_links import ask

CITIES = ("410300", "419001", "410100", "411600")


def median(action: Callable[[], object], times: int) -> float:
    """The median of `times` runs in ms, after one run that is not counted."""
    action()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def load() -> Cost:
    files = sorted((FOLDER / "cases").glob("*.yaml"))
    parsed = median(lambda: [yaml.load(file.read_bytes(), yaml.CSafeLoader) for file in files], 9)
    return Cost(
        "dataset: read, check, derive, table, ms", median(lambda: load_dataset().table, 9), "YAML parse alone", parsed
    )


def script_run(page: str, what: str, queries: Iterable[dict[str, str]], times: int = 34) -> Cost:
    """A filter change on a page: the script's run with its messages, without transport; beside an empty page's run."""
    app = AppTest.from_file(str(PROJECT / "pages" / "shell.py"), default_timeout=30).run()
    if page != "overview":
        app.switch_page(f"{page}.py").run()
    turn = cycle(queries)

    def change() -> None:
        for name, value in next(turn).items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception

    empty = AppTest.from_string(EMPTY["page.py"], default_timeout=30)
    return Cost(
        f"{page}: {what}, script run, ms", median(change, times), "empty page", median(lambda: empty.run(), times)
    )


def script_runs() -> list[Cost]:
    """Each page with a filter used before, and with one used for the first time."""
    seen = [{"city": city} for city in CITIES]
    unseen = [{"domain": ",".join(pair)} for pair in combinations(load_dataset().domains, 2)]
    return [
        script_run(page, what, queries)
        for page in ("overview", "case", "map", "data_screen")
        for what, queries in (("filter", seen), ("new filter", unseen))
    ]


def select_and_export() -> Cost:
    dataset = load_dataset()
    table = dataset.table
    ours = median(lambda: write_csv(select(dataset, Filters(city=("410300",))).rows), 20)
    return Cost(
        "csv: one city filtered and written, ms",
        ours,
        "pandas to_csv of all",
        median(lambda: table.to_csv().encode(), 20),
    )


def answered(path: str) -> Cost:
    """Server time of a data link from the query to the last byte, without a cache; beside writing the CSV alone."""
    table = load_dataset().table

    def answer() -> None:
        for cached in (write_workbook, write_package):
            cached.cache_clear()
        assert ask(path).status == 200

    return Cost(f"{path}: server time, ms", median(answer, 9), "csv written", median(lambda: write_csv(table), 9))


def document() -> Cost:
    """The Word document of the case with the most metrics, beside an empty document."""
    dataset = load_dataset()
    case = max(dataset.cases, key=lambda case: len(case.metrics))

    return Cost(
        "docx: the largest case, ms",
        median(lambda: write_case(dataset, case, "zh", annex=True), 5),
        "empty document",
        median(lambda: docx.Document().save(io.BytesIO()), 5),
    )


def csv_memory() -> Cost:
    """Peak memory in MB while the CSV of 100,000 rows is written, without the table; beside a tenth of the rows."""

    table = load_dataset().table

    def written(rows: int) -> float:
        large = pd.concat([table] * (rows // len(table) + 1), ignore_index=True).head(rows)
        return peak(lambda: write_csv(large))

    return Cost("csv: 100,000 rows written, peak memory, MB", written(100_000), "10,000 rows", written(10_000))


def peak(action: Callable[[], object]) -> float:
    tracemalloc.start()
    action()
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def costs() -> list[Cost]:
    links = ("/api/metrics.csv", "/api/metrics.xlsx", "/api/metrics.json", "/api/dataset.zip")
    return [load(), *script_runs(), select_and_export(), *map(answered, links), document(), csv_memory()]
