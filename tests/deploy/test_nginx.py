"""The nginx example in front of two servers: pages, files, data links and sockets."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from zipfile import ZipFile

import brotli
import pytest

from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from tests.answers import Answer
from tests.bench.tab import Tab
from tests.bench.visitors import Reader, Tally
from tests.deploy.pair import EXAMPLE, Pair, await_port, configured, fronted, pair
from tests.server import free_port, process_of

UNAVAILABLE = EXAMPLE.parent / "unavailable.html"
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


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A folder with a certificate of its own making."""
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    command = [*shlex.split(request), "-keyout", str(tmp_path / "own.key"), "-out", str(tmp_path / "own.crt")]
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    return tmp_path


@pytest.mark.parametrize("tls", [None, 8503], ids=["plain", "tls"])
def test_nginx_has_nothing_against_it(certificate, tls):
    tried = subprocess.run(
        [*configured(certificate, 8500, ("127.0.0.1:8501", "127.0.0.1:8502"), tls=tls), "-t"],
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


def test_with_a_certificate_it_speaks_https_and_http_2_and_stays_with_them(served, certificate):
    plain, tls = free_port(), free_port()
    servers = tuple(f"127.0.0.1:{urlsplit(server.address).port}" for server in served.servers)
    log = certificate / "log"
    with (
        log.open("wb") as out,
        process_of(configured(certificate, plain, servers, tls=tls), stdout=out, stderr=subprocess.STDOUT) as nginx,
    ):
        await_port(nginx, tls, log)
        moved = get(f"http://127.0.0.1:{plain}", "/case?city=410300", host="localhost")
        assert (moved.status, moved.headers["location"]) == (301, "https://localhost/case?city=410300")
        said = subprocess.run(
            [
                "curl",
                "-s",
                "-i",
                "--http2",
                "--cacert",
                str(certificate / "own.crt"),
                f"https://localhost:{tls}/healthz",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    assert said.startswith("HTTP/2 200")
    assert "strict-transport-security: max-age=31536000" in said
    assert '"status":"ok"' in said


def test_while_no_server_answers_a_page_in_both_languages_tries_again(tmp_path):
    with fronted(tmp_path, [free_port(), free_port()]) as address:
        answer = get(address, "/case?city=410300")
    assert (answer.status, answer.headers["retry-after"], answer.headers["cache-control"]) == (502, "5", "no-store")
    assert answer.body == UNAVAILABLE.read_bytes()
    text = answer.body.decode()
    assert re.search(
        r'<html lang="zh-CN">.*暂时无法访问.*<section lang="en">.*Not available at the moment', text, re.DOTALL
    )
    assert '<meta http-equiv="refresh" content="5">' in text
    assert "script" not in text


def test_a_data_link(served, dataset):
    assert get(served.address, "/api/metrics.csv?city=419001").body == write_csv(
        select(dataset, Filters(city=("419001",))).rows
    )


def test_the_servers_know_under_which_address_they_are_read(served):
    package = ZipFile(BytesIO(get(served.address, "/api/dataset.zip").body))
    assert json.loads(package.read("datapackage.json"))["homepage"] == served.address


def test_how_many_readers_there_are_is_not_told(served):
    assert get(served.address, "/_stcore/metrics").status == 404


FORMS = {
    "gzip, deflate, br, zstd": "br",
    "br": "br",
    "br;q=1.0, gzip;q=0.8, *;q=0.1": "br",
    "gzip": "gzip",
    "gzip;q=0.5": "gzip",
    "identity": "",
    "br;q=0, gzip": "",
    "gzip;q=0.0": "",
}
"""What a browser says that it accepts, and the form that it gets."""


def test_a_file_that_never_changes_is_kept_as_each_reader_accepts_it(served):
    path = re.search(rb'src="(/static/js/[^"]+)"', get(served.address, "/").body)[1].decode()
    plain = get(served.servers[0].address, path)
    unpack = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
    for number, (accepted, form) in enumerate(FORMS.items()):
        answer = get(served.address, f"{path}?{number}", accept_encoding=accepted)
        assert answer.headers["cache-control"] == plain.headers["cache-control"]
        assert answer.headers.get("content-encoding", "") == form, accepted
        assert unpack[form](answer.body) == plain.body
    kept = [file.read_bytes() for file in (served.folder / "henan-reforms").rglob("*") if file.is_file()]
    assert sorted(
        found[1].decode().removeprefix(path)
        for content in kept
        if (found := re.search(rb"^KEY: (.*)$", content, re.MULTILINE)) and path.encode() in found[1]
    ) == ["", "br", "br, gzip", "gzip"]


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
