"""The routes besides the pages. No server is started."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from starlette.routing import Mount, Route, Router

import dashboard
from data import __version__
from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from data.reading.live import current
from tests.answers import Answer, ask

ROOT = Path(__file__).parent.parent
DATASET = current().dataset
ROUTES = [
    Route("/healthz", dashboard.healthz),
    Mount("/api", dashboard.api),
    Route("/topojson/world_110m.json", dashboard.empty_world),
]
ROUTER = Router(ROUTES)


def get(path: str, query: str = "") -> Answer:
    """The response to a request."""
    return ask(ROUTER, path, query)


def test_the_routes_of_the_server_are_these():
    assert {route.path for route in ROUTES} <= {route.path for route in dashboard.app._user_routes}


def test_importing_the_server_starts_none():
    code = "import dashboard, streamlit.runtime, threading; print(streamlit.runtime.exists(), threading.active_count())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "1"]


def test_health_says_which_data_is_loaded():
    status, headers, body = get("/healthz")
    found = json.loads(body)
    assert (status, headers["cache-control"], headers["content-type"]) == (200, "no-store", "application/json")
    assert found.pop("loaded").startswith("20")
    assert found.pop("age") >= 0
    assert found == {
        "status": "ok",
        "release": __version__,
        "version": DATASET.version,
        "cases": 10,
        "metrics": len(DATASET.table),
        "problems": 0,
    }


TABLES = {
    "all": ({}, Filters()),
    "city": ({"city": "419001"}, Filters(city=("419001",))),
    "cities-and-domain": (
        {"city": "411200,410300", "domain": "finance"},
        Filters(city=("410300", "411200"), domain=("finance",)),
    ),
    "grade-and-role": ({"grade": "C", "role": "outcome"}, Filters(grade=("C",), role=("outcome",))),
    "search": ({"search": "转诊率"}, Filters(search="转诊率")),
    "word-for-a-set": ({"search": "waiting"}, Filters(search="waiting")),
    "nothing-found": ({"search": "zzz"}, Filters(search="zzz")),
    "page-parameters": ({"lang": "en", "case": "x", "grade": "A"}, Filters(grade=("A",))),
}


@pytest.mark.parametrize(("query", "filters"), TABLES.values(), ids=TABLES)
def test_the_table_as_filtered(query, filters):
    status, headers, body = get("/api/metrics.csv", urlencode(query))
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body == write_csv(select(DATASET, filters).rows)
    assert headers["content-disposition"].startswith('attachment; filename="henan-reforms_2020')
    assert headers["content-disposition"].split(";")[1].endswith('.csv"')


def test_every_value_that_does_not_exist_is_named():
    status, headers, body = get("/api/metrics.csv", f"city=410300,999999&grade=Z&search=a&domain={quote('<b>')}")
    assert (status, headers["content-type"]) == (422, "application/json")
    problems = json.loads(body)["problems"]
    assert {(problem["parameter"], problem["value"]) for problem in problems} == {
        ("city", "410300,999999"),
        ("domain", "<b>"),
        ("grade", "Z"),
    }
    assert all(problem["message"] for problem in problems)


def test_a_long_value_is_cut_in_the_answer():
    _, _, body = get("/api/metrics.csv", "city=" + "9" * 5000)
    assert b"9" * 101 not in body
    assert b"9" * 100 in body


def test_the_world_of_the_map_is_empty():
    status, headers, body = get("/topojson/world_110m.json")
    assert (status, json.loads(body)) == (200, {"type": "Topology", "objects": {}, "arcs": []})
    assert "max-age" in headers["cache-control"]
