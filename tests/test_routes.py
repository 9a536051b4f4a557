"""The routes besides the pages, and the compression of responses. No server is started."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import brotli
import pytest
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route, Router

import dashboard
from data import __version__
from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from data.reading.live import current
from tests.answers import Answer, ask, exchange, http_scope

ROOT = Path(__file__).parent.parent
DATASET = current().dataset
BIG = "改革" * 5000


def styled(request: Any) -> Response:
    return Response(BIG, media_type="text/css", headers={"etag": "1", "vary": "origin"})


def lasting(request: Any) -> Response:
    return Response(
        BIG,
        media_type="text/css",
        headers={"etag": "1", "vary": "origin", "cache-control": "public, immutable, max-age=31536000"},
    )


def streamed(request: Any) -> Response:
    return StreamingResponse(iter([b"a" * 2000, b"b" * 2000]), media_type="application/json")


def image(request: Any) -> Response:
    return Response(b"\x89PNG" * 1000, media_type="image/png")


def packed(request: Any) -> Response:
    return Response(gzip.compress(b"x"), media_type="text/plain", headers={"content-encoding": "gzip"})


def gone(request: Any) -> Response:
    return Response("gone", status_code=404, media_type="text/plain")


OTHERS = {
    "/static/a.css": lasting,
    "/static/./a.css": lasting,
    "/static//a.css": lasting,
    "/static/unknown": styled,
    "/a.css": styled,
    "/streamed": streamed,
    "/image": image,
    "/packed": packed,
    "/gone": gone,
}
ROUTES = [
    Route("/healthz", dashboard.healthz),
    Mount("/api", dashboard.api),
    Route("/topojson/world_110m.json", dashboard.empty_world),
]
ROUTER = Router([*ROUTES, *(Route(path, function) for path, function in OTHERS.items())])


def get(path: str, query: str = "", app: Any = None, method: str = "GET", **headers: str) -> Answer:
    """The response to a request through the compression."""
    return ask(app or dashboard.Compression(ROUTER), path, query, method, **headers)


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
        ("city", "999999"),
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


@pytest.mark.parametrize("path", ["/a.css", "/static/a.css", "/streamed", "/api/metrics.csv", "/healthz"])
def test_text_is_compressed_for_who_accepts_it(path):
    _, plain, body = get(path)
    status, headers, small = get(path, accept_encoding="gzip, deflate")
    assert status == 200
    assert "content-encoding" not in plain
    assert headers["content-encoding"] == "gzip"
    assert "accept-encoding" in headers["vary"]
    assert int(headers.get("content-length", len(small))) == len(small)
    assert gzip.decompress(small) == body


def test_an_answer_in_parts_is_compressed_part_by_part():
    sent = asyncio.run(exchange(dashboard.Compression(ROUTER), http_scope("/streamed", accept_encoding="gzip")))
    assert [message["type"] for message in sent][:2] == ["http.response.start", "http.response.body"]
    assert [message["more_body"] for message in sent[1:]] == [True] * (len(sent) - 2) + [False]
    assert len(sent) > 3


@pytest.mark.parametrize(
    ("path", "accepted"),
    [("/image", "gzip"), ("/packed", "gzip"), ("/gone", "gzip"), ("/a.css", "br"), ("/a.css", "identity")],
)
def test_what_is_not_compressed(path, accepted):
    assert get(path, accept_encoding=accepted)[2] == get(path)[2]


def test_a_part_and_a_head_are_not_compressed():
    assert "content-encoding" not in get("/a.css", accept_encoding="gzip", range="bytes=0-9")[1]
    assert "content-encoding" not in get("/a.css", accept_encoding="gzip", method="HEAD")[1]


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the responses that are compressed as a whole."""
    sizes: list[int] = []
    for library in (brotli, gzip):
        real = library.compress
        monkeypatch.setattr(
            library, "compress", lambda body, real=real, **options: sizes.append(len(body)) or real(body, **options)
        )
    return sizes


def test_a_static_file_is_compressed_once_and_keeps_its_cache_headers(compressed):
    app = dashboard.Compression(ROUTER)
    first, second = (get("/static/a.css", app=app, accept_encoding="gzip") for _ in range(2))
    assert first == second
    assert (first[1]["etag"], first[1]["vary"], first[1]["cache-control"]) == (
        "1",
        "origin, accept-encoding",
        "public, immutable, max-age=31536000",
    )
    assert compressed == [len(BIG.encode())]


def test_what_never_changes_is_sent_in_the_smallest_form_that_is_accepted(compressed):
    app = dashboard.Compression(ROUTER)
    for _ in range(2):
        _, headers, small = get("/static/a.css", app=app, accept_encoding="gzip, deflate, br, zstd")
        assert (headers["content-encoding"], int(headers["content-length"])) == ("br", len(small))
        assert brotli.decompress(small) == BIG.encode()
    assert get("/a.css", app=app, accept_encoding="gzip, br")[1]["content-encoding"] == "gzip"
    assert compressed == [len(BIG.encode())]


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_cache_is_told_that_there_are_two_forms(accepted):
    assert get("/static/a.css", accept_encoding=accepted)[1]["vary"] == "origin, accept-encoding"
    assert "vary" not in get("/image", accept_encoding=accepted)[1]


@pytest.mark.parametrize("path", ["/a.css", "/static/unknown", "/static/./a.css", "/static//a.css"])
def test_nothing_that_a_reader_can_vary_is_kept(path, compressed):
    app = dashboard.Compression(ROUTER)
    for asked in ("/static/a.css", path):
        assert gzip.decompress(get(asked, app=app, accept_encoding="gzip")[2]) == BIG.encode()
    assert compressed == [len(BIG.encode())]
