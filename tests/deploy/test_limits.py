"""What nginx keeps from the servers: clients that ask too much, too slowly or too long; and that many readers behind one
address are no such client.

Other readers are answered while the attack stands. Time limits are shortened where a test waits for one.
"""

from __future__ import annotations

import asyncio
import re
import select
import shlex
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import streamlit
from websockets.asyncio.client import connect

from tests.answers import Answer
from tests.deploy.pair import UNANSWERED, UNAVAILABLE, Pair, fronted, get, pair
from tests.server import free_port

READERS = 200
"""Readers behind one address, who open pages at the same time."""
LARGEST = max(Path(streamlit.__file__).parent.glob("static/static/js/*.js"), key=lambda path: path.stat().st_size)
"""A file that the buffers between a server and a reader do not hold."""
TIMEOUT = 60
OTHERS = ("/", "/map?number={}", "/api/cases.json?limit=1", "/healthz", "/_stcore/health")
"""What another reader asks for."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("limits")) as running:
        yield running


def ports(served: Pair) -> list[int]:
    return [urlsplit(server.address).port for server in served.servers]


def opened(address: str, sent: str, source: str = "127.0.4.1") -> socket.socket:
    """A connection on which this has been sent, of a client that takes in little at a time."""
    parts, client = urlsplit(address), socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.bind((source, 0))
    client.connect((parts.hostname, parts.port))
    client.sendall(sent.replace("HOST", f"Host: {parts.netloc}").encode())
    return client


def wait_for(client: socket.socket, event: int, seconds: float = TIMEOUT) -> bool:
    """Whether this happens on the connection, what it has been sent left unread."""
    poll = select.poll()
    poll.register(client, event)
    return bool(poll.poll(seconds * 1000))


def read(client: socket.socket) -> Answer:
    with HTTPResponse(client) as answer:
        answer.begin()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def ask_others(address: str) -> None:
    """Another reader is answered everything."""
    for number, path in enumerate(OTHERS):
        assert get(address, path.format(number), "127.0.4.2").status == 200


@pytest.mark.parametrize(
    ("sent", "limit"),
    [
        ("GET / HTTP/1.1\r\nHOST\r\nX-Half: ", "client_header_timeout 20s"),
        ("GET / HTTP/1.1\r\nHOST\r\nContent-Length: 10\r\n\r\nhalf", "client_body_timeout 20s"),
        (f"GET /static/js/{LARGEST.name} HTTP/1.1\r\nHOST\r\n\r\n", "send_timeout 30s"),
    ],
    ids=["half a header", "half a body", "a reader who does not read"],
)
def test_a_client_that_keeps_a_connection_waiting_loses_it(served, tmp_path, sent, limit):
    shortened = {limit: f"{limit.split()[0]} 2s"}
    with fronted(tmp_path, ports(served), changes=shortened) as address, ExitStack() as stack:
        assert get(address, f"/static/js/{LARGEST.name}").body == LARGEST.read_bytes()
        clients = [stack.enter_context(opened(address, sent)) for _ in range(50)]
        ask_others(address)
        assert all(wait_for(client, select.POLLRDHUP) for client in clients)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"GET /?{'x' * 9000} HTTP/1.1\r\nHOST\r\n\r\n", 414),
        (f"GET / HTTP/1.1\r\nHOST\r\nCookie: {'x' * 9000}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHOST\r\nContent-Length: 2000\r\n\r\n", 413),
        ("POST /api/metrics.csv HTTP/1.1\r\nHOST\r\nContent-Length: 2000\r\n\r\n", 413),
    ],
    ids=["address", "header", "body", "body of a data link"],
)
def test_what_is_too_large_is_refused(served, sent, status):
    with opened(served.address, sent) as client:
        assert read(client).status == status


@pytest.mark.parametrize(
    ("path", "requests", "changes"),
    [
        ("/api/metrics.csv?city=410300", 150, {}),
        ("/api/metrics.xlsx?city=410300&columns=short", 90, {}),
        ("/?made=NUMBER", 150, {"burst=2000 delay=100": "burst=100 delay=2", "rate=100r/s": "rate=10r/s"}),
    ],
    ids=["data links", "workbooks", "pages"],
)
def test_of_a_client_that_asks_too_much_some_requests_wait_and_the_rest_is_refused(
    served, tmp_path, path, requests, changes
):
    """The requests that wait are the attack that stands; each names another address that it comes from."""
    request = f"GET {path} HTTP/1.0\r\nHOST\r\nX-Forwarded-For: 192.0.2.NUMBER\r\n\r\n"
    with fronted(tmp_path, ports(served), changes=changes) as address, ExitStack() as stack:
        clients = [
            stack.enter_context(opened(address, request.replace("NUMBER", str(number)))) for number in range(requests)
        ]
        ask_others(address)
        answered = [client for client in clients if wait_for(client, select.POLLIN, 0)]
        assert len(answered) < requests, "the others were answered before those who wait"
        answers = [read(client) for client in answered]
    assert {429} <= {answer.status for answer in answers} <= {200, 429}
    for answer in answers:
        if answer.status == 429:
            assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("5", "no-store")
            if path.startswith("/api/"):
                assert answer.json == {"detail": UNANSWERED}
                assert answer.headers["access-control-allow-origin"] == "*"
            else:
                assert answer.body == UNAVAILABLE


def test_a_client_is_what_nginx_sees_and_of_ipv6_a_network(served, tmp_path):
    """nginx is told the address in a header of this test, and the rate is so low that no time that passes counts."""
    changes = {
        "server_tokens off;": "set_real_ip_from 127.0.0.1; real_ip_header X-Test;",
        "rate=600r/m": "rate=1r/m",
        "burst=100 delay=20": "burst=1 nodelay",
    }
    with fronted(tmp_path, ports(served), changes=changes) as address:

        def ask(client: str, claimed: str) -> int:
            return get(address, "/api/cases.json?limit=1", x_test=client, x_forwarded_for=claimed).status

        for clients in (
            ["192.0.2.1"] * 3,
            ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::7"],
            ["2001:db8:1:3::1", "2001:db8:1:3:ffff::", "2001:db8:1:3::a"],
        ):
            statuses = [ask(client, f"198.51.100.{number}") for number, client in enumerate(clients)]
            assert statuses == [200, 200, 429], clients


def test_no_reader_of_many_behind_one_address_is_refused_over_http_2(served, tmp_path):
    """Each of their requests at the same time is a connection by nginx's count."""
    tls, certificate = free_port(), tmp_path / "own.crt"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    keys = ["-keyout", str(tmp_path / "own.key"), "-out", str(certificate)]
    subprocess.run([*shlex.split(make), *keys], capture_output=True, timeout=TIMEOUT, check=True)

    def curl(*options: str, lines: str = "") -> str:
        command = ["curl", "-s", "--http2", "--compressed", "--cacert", str(certificate), *options]
        return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=True).stdout

    with fronted(tmp_path, ports(served), tls=tls) as plain:
        moved = get(plain, "/case?city=410300", host="localhost")
        assert (moved.status, moved.headers["location"]) == (301, "https://localhost/case?city=410300")
        health = curl("-i", f"https://localhost:{tls}/healthz")
        assert health.startswith("HTTP/2 200")
        assert "strict-transport-security: max-age=31536000" in health
        page = curl(f"https://localhost:{tls}/")
        files = sorted(set(re.findall(r'(?:src|href)="(/(?:static|scripts)/[^"]+)"', page)))
        assert len(files) > 50
        asked = ["/", "/_stcore/health", *files]
        lines = [f'url = "https://localhost:{tls}{path}?reader=[1-{READERS}]"\noutput = /dev/null' for path in asked]
        said = curl(
            "-Z", "--parallel-max", "300", "-w", "%{http_version} %{http_code}\n", "-K", "-", lines="\n".join(lines)
        )
    assert Counter(said.splitlines()) == {"2 200": READERS * len(asked)}


def test_no_reader_of_many_behind_one_address_is_without_a_socket(served):
    origin = served.address

    async def open_sockets() -> None:
        async with asyncio.timeout(TIMEOUT):
            address = f"{origin.replace('http', 'ws')}/_stcore/stream"
            sockets = await asyncio.gather(
                *(
                    connect(address, origin=origin, subprotocols=["streamlit"], open_timeout=None)
                    for _ in range(READERS)
                )
            )
            await asyncio.gather(*(each.close() for each in sockets))

    asyncio.run(open_sockets())
