"""The nginx example in front of two servers: pages, files, data links and sockets."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from random import Random
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from tests.answers import Answer
from tests.bench.tab import Tab
from tests.bench.visitors import Reader, Tally
from tests.deploy.pair import Pair, configured, pair

RATE = 40
"""Requests per minute that one client may send to the data links of these servers."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("pair"), HENAN_API_RATE=str(RATE)) as running:
        yield running


def get(address: str, path: str, source: str = "127.0.0.1", **headers: str) -> Answer:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, source_address=(source, 0))
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    return found


def test_nginx_has_nothing_against_it(tmp_path):
    tried = subprocess.run(
        [*configured(tmp_path, 8500, ("127.0.0.1:8501", "127.0.0.1:8502")), "-t"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert tried.returncode == 0, tried.stderr
    assert not re.search(r"\[(?!notice)\w+\]", tried.stderr), tried.stderr


@pytest.mark.parametrize("path", ["/", "/case", "/map?city=410300"])
def test_a_page(served, path):
    answer = get(served.address, path)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")
    assert b'<div id="root">' in answer.body


def test_health_of_a_server_with_data(served, dataset):
    answer = get(served.address, "/healthz").json
    assert (answer["status"], answer["cases"], answer["metrics"]) == ("ok", len(dataset.cases), len(dataset.table))


def test_a_data_link(served, dataset):
    assert get(served.address, "/api/metrics.csv?city=419001").body == write_csv(
        select(dataset, Filters(city=("419001",))).rows
    )


def test_the_servers_know_under_which_address_they_are_read(served):
    package = ZipFile(BytesIO(get(served.address, "/api/dataset.zip").body))
    assert json.loads(package.read("datapackage.json"))["homepage"] == served.address


def test_how_many_readers_there_are_is_not_told(served):
    assert get(served.address, "/_stcore/metrics").status == 404


def test_a_file_that_never_changes_is_kept_as_each_reader_accepts_it(served):
    path = re.search(rb'src="\.(/static/js/[^"]+)"', get(served.address, "/").body)[1].decode()
    plain = get(served.servers[0].address, path)
    for accepted in ("gzip", "gzip, deflate, br", "identity", "br"):
        answer = get(served.address, f"{path}?{accepted[:2]}", accept_encoding=accepted)
        assert answer.headers["cache-control"] == plain.headers["cache-control"]
        assert ("content-encoding" in answer.headers) == ("gzip" in accepted)
        assert (gzip.decompress(answer.body) if "gzip" in accepted else answer.body) == plain.body
    kept = [file.read_bytes() for file in (served.folder / "henan-reforms").rglob("*") if file.is_file()]
    assert sorted(
        found[1]
        for content in kept
        if (found := re.search(rb"^KEY: (.*)$", content, re.MULTILINE)) and path.encode() in found[1]
    ) == [
        path.encode(),
        f"{path}gzip".encode(),
    ]


def test_a_reader_is_counted_by_the_address_that_nginx_sees(served):
    statuses = [
        get(served.address, "/api/cases.json?limit=1", "127.0.9.1", x_forwarded_for=f"192.0.2.{number}").status
        for number in range(RATE + 1)
    ]
    assert statuses == [200] * RATE + [429]
    assert get(served.address, "/api/cases.json?limit=1", "127.0.9.2").status == 200


@pytest.mark.parametrize(("locale", "source"), [("zh-CN", "127.0.8.1"), ("en-US", "127.0.8.2"), ("en-US", "127.0.8.3")])
def test_a_reader_opens_filters_and_turns_pages(served, dataset, locale, source):
    reader = Reader(Tab(served.address, locale, source), dataset, Random(source))

    async def visit() -> None:
        await reader.arrive(Tally())
        for _ in range(5):
            await reader.act(Tally())
        await reader.tab.close()

    asyncio.run(visit())


@pytest.mark.parametrize("source", [f"127.0.6.{number}" for number in range(1, 7)])
def test_a_reader_whose_connection_broke_finds_the_same_server(served, source):
    tab = Tab(served.address, source=source)

    async def session_after_a_break() -> tuple[str, str]:
        await tab.open("/method", {})
        before = tab.session
        await tab.reconnect()
        await tab.rerun()
        await tab.close()
        return before, tab.session

    before, after = asyncio.run(session_after_a_break())
    assert before == after
