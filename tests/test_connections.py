"""Connections of the server: malformed requests, bodies, and clients that do not finish."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from starlette.responses import Response
from uvicorn.server import ServerState

from pages.serving.workarounds.connections import WRITE_TIMEOUT, HTTPConnection, WebSocketConnection
from tests.bench.tab import Tab
from tests.server import logged, started
from tests.test_headers import assert_carried

TIMEOUT = 20
"""Maximum number of seconds for what takes at most one."""
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
SOCKET = (
    b"GET /_stcore/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
)


class Server(NamedTuple):
    port: int
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits one second for a request."""
    log = tmp_path_factory.mktemp("server") / "log"
    first = "from pages.serving.workarounds import connections; connections.REQUEST_TIMEOUT = 1"
    with started(log, first=first) as (address, _):
        yield Server(int(address.rpartition(":")[2]), log)
    told = logged(log)
    assert [line for line in told if "traceback" in line or line["level"] == "error"] == []


def rest(connection: socket.socket) -> bytes:
    """All bytes until the server closes the connection."""
    received = bytearray()
    while part := connection.recv(1 << 16):
        received += part
    return bytes(received)


def heads(received: bytes) -> list[tuple[int, dict[str, str]]]:
    """Status and headers of every response."""
    found = re.findall(rb"HTTP/1\.1 (\d+) [^\r]*\r\n(.*?)\r\n\r\n", received, re.DOTALL)
    return [
        (
            int(status),
            {name.lower(): value for name, _, value in (line.partition(": ") for line in lines.decode().split("\r\n"))},
        )
        for status, lines in found
    ]


MALFORMED = {
    "no request": (b"\x00\x01\r\n\r\n", 400),
    "a header with a blank in its name": (GET + b"A b: c\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (GET + b"Host: localhost\r\n\r\n", 400),
    "two lengths": (GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "no length": (GET + b"Content-Length: x\r\n\r\n", 400),
    "an unknown encoding": (GET + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "a malformed part": (GET + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "a body": (GET + b"Content-Length: 5\r\n\r\nhello", 413),
    "a body that does not come": (GET + b"Content-Length: 5\r\n\r\n", 413),
    "a body in a request that is refused": (GET.replace(b"GET", b"POST") + b"Content-Length: 5\r\n\r\n", 405),
    "a body of both kinds": (
        GET + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET + b"\r\n",
        413,
    ),
    "a socket without a key": (SOCKET.partition(b"Sec-WebSocket-Key")[0] + b"\r\n", 400),
    "a socket of another version": (SOCKET.replace(b"13", b"12") + b"\r\n", 400),
    "a socket that is posted": (SOCKET.replace(b"GET", b"POST") + b"\r\n", 405),
    "a socket elsewhere": (SOCKET.replace(b"stream", b"nothing") + b"\r\n", 403),
    "a socket of another host": (SOCKET.replace(b"localhost", b"example.org") + b"\r\n", 421),
    "a socket with two upgrades": (SOCKET.replace(b"Upgrade:", b"Upgrade: h2c\r\nUpgrade:", 1) + b"\r\n", 426),
    "a socket with a long header": (SOCKET + b"A: " + b"x" * 9000 + b"\r\n\r\n", 431),
    "a socket with many headers": (SOCKET + b"A: b\r\n" * 200 + b"\r\n", 431),
    "a socket at a long address": (SOCKET.replace(b"stream", b"stream?" + b"x" * 9000) + b"\r\n", 414),
    "a socket with a body": (SOCKET + b"Content-Length: 5\r\n\r\nhello", 413),
}


@pytest.mark.parametrize(("request_", "status"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_answered_once_with_the_headers_and_ends_its_connection(server, request_, status):
    with server.connect() as connection:
        connection.sendall(request_)
        ((found, headers),) = heads(rest(connection))
    assert found == status
    assert_carried(headers)


BEGUN = {
    "nothing": (b"", b""),
    "a request": (b"", GET),
    "a handshake": (b"", SOCKET),
    "a second request": (GET + b"\r\n", GET),
}


@pytest.mark.parametrize(("asked", "begun"), BEGUN.values(), ids=BEGUN)
def test_a_request_that_never_ends_is_given_up(server, asked, begun):
    with server.connect() as connection:
        connection.sendall(asked)
        answered = connection.recv(1 << 16) if asked else b""
        connection.sendall(begun)
        assert [status for status, _ in heads(answered + rest(connection))] == [200] * bool(asked)


def test_a_request_that_comes_byte_by_byte_is_given_up(server):
    with server.connect() as connection:
        connection.settimeout(0.05)
        sent = 0
        while sent < TIMEOUT / 0.05 and not ended(connection):
            connection.sendall(b"A")
            sent += 1
    assert sent < TIMEOUT / 0.05


def ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_a_page_is_not_given_up(server):
    """Its socket, opened before the connection that timed out, still answers."""

    async def stay(tab: Tab) -> None:
        await tab.open("/method", {})
        with server.connect() as later:
            assert await asyncio.to_thread(rest, later) == b""
        await tab.rerun()
        await tab.close()

    asyncio.run(stay(Tab(f"http://localhost:{server.port}")))


# --- a client that takes nothing, at a clock of its own


class Loop(asyncio.AbstractEventLoop):
    """An event loop that records calls and their times."""

    def __init__(self) -> None:
        self.now, self.due = 0.0, list[asyncio.TimerHandle]()

    def get_debug(self) -> bool:
        return False

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        self.due.append(asyncio.TimerHandle(self.now + delay, callback, args, self, context))
        return self.due[-1]

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self.due.remove(handle)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        for handle in [handle for handle in self.due if handle.when() <= self.now]:
            self.due.remove(handle)
            handle._run()


class Transport(asyncio.Transport):
    """A connection with this many bytes not yet sent."""

    waiting, aborted, closing = 0, False, False

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.aborted = True


def opened(kind: type[HTTPConnection | WebSocketConnection]) -> tuple[Any, Transport, Loop]:
    loop, transport = Loop(), Transport()
    config = uvicorn.Config(Response("x"), log_config=None)
    connection = kind((), config=config, server_state=ServerState(), app_state={}, _loop=loop)
    connection.connection_made(transport)
    return connection, transport, loop


KINDS = pytest.mark.parametrize("kind", [HTTPConnection, WebSocketConnection])


@KINDS
def test_a_client_that_takes_nothing_is_hung_up_on(kind):
    connection, transport, loop = opened(kind)
    transport.waiting = 1_000_000
    connection.pause_writing()
    loop.wait(WRITE_TIMEOUT - 1)
    assert not transport.aborted
    loop.wait(1)
    assert transport.aborted


@KINDS
def test_a_client_that_takes_a_little_at_a_time_is_not(kind):
    connection, transport, loop = opened(kind)
    transport.waiting = 1_000_000
    connection.pause_writing()
    for _ in range(100):
        transport.waiting -= 1
        loop.wait(WRITE_TIMEOUT)
    assert not transport.aborted
    connection.resume_writing()
    loop.wait(WRITE_TIMEOUT)
    assert not transport.aborted


@KINDS
def test_a_connection_that_is_gone_is_watched_no_more(kind):
    connection, transport, loop = opened(kind)
    transport.waiting = 1
    connection.pause_writing()
    connection.connection_lost(None)
    assert loop.due == []
