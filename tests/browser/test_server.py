"""What the server answers beside the pages: health, the data link, compressed files."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import closing
from http.client import HTTPConnection
from time import perf_counter
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select


def fetch(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urlopen(Request(address, headers=headers)) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except HTTPError as refusal:
        return refusal.code, {name.lower(): value for name, value in refusal.headers.items()}, refusal.read()


def test_health_says_what_is_loaded(server, dataset):
    code, _, body = fetch(f"{server}/healthz")
    answer = json.loads(body)
    assert code == 200
    assert answer.pop("loaded")
    assert answer.pop("age") >= 0
    assert answer == {
        "status": "ok",
        "version": dataset.version,
        "cases": len(dataset.cases),
        "metrics": len(dataset.table),
        "problems": 0,
    }


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("", Filters()),
        ("?city=419001", Filters(city=("419001",))),
        ("?city=410600", Filters(city=("410600",))),
        ("?domain=finance&grade=A,B&lang=zh", Filters(domain=("finance",), grade=("A", "B"))),
    ],
)
def test_the_data_link_gives_the_table_as_filtered(server, dataset, query, filters):
    code, headers, body = fetch(f"{server}/api/metrics.csv{query}")
    assert (code, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body == write_csv(select(dataset, filters).rows)


def test_the_data_link_refuses_what_does_not_exist(server):
    code, headers, body = fetch(f"{server}/api/metrics.csv?city=999999,419001&grade=Z")
    assert (code, headers["content-type"]) == (422, "application/json")
    assert [(problem["parameter"], problem["value"]) for problem in json.loads(body)["problems"]] == [
        ("city", "999999"),
        ("grade", "Z"),
    ]


def script(server: str) -> str:
    """The address of the page's own script."""
    found = re.search(rb'src="[./]*(static/js/[^"]+\.js)"', fetch(f"{server}/")[2])
    assert found is not None
    return f"{server}/{found[1].decode()}"


def test_static_files_are_compressed_where_accepted_and_stay_the_same(server):
    _, plain_headers, plain = fetch(script(server))
    for _ in range(2):
        _, headers, packed = fetch(script(server), **{"Accept-Encoding": "gzip"})
        assert (headers["content-encoding"], headers["vary"]) == ("gzip", "accept-encoding")
        assert len(packed) < len(plain) / 2
        assert gzip.decompress(packed) == plain
    assert "content-encoding" not in plain_headers


def test_no_answer_waits_for_the_reader_to_acknowledge_its_beginning(server):
    """That takes 40 ms each time; the fastest of some answers over one connection is far below."""
    parts, took = urlsplit(server), []
    with closing(HTTPConnection(parts.hostname, parts.port)) as connection:
        for _ in range(10):
            start = perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            took.append(perf_counter() - start)
    assert min(took[2:]) < 0.02
