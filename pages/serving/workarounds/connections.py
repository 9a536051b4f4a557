"""The connections of many readers: enough of them, sent to without delay, and none that waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import h11
import uvicorn
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

OPEN = Path("/dev/fd")
"""Where Linux and macOS list what a process has open."""
ENOUGH = 65_536
"""Open files. A reader takes four, and Streamlit keeps three of them for a while after they left."""

REQUEST_TIMEOUT = 20.0
"""Seconds within which a request must be complete, from the opening of its connection or its own first byte."""
WRITE_TIMEOUT = 60.0
"""Seconds within which a client has to accept at least a part of what is waiting to be sent to it."""
CLOSE_TIMEOUT = 1.0
"""Seconds between the server's close frame and the end of the connection."""
Headers = Iterable[tuple[bytes, bytes]]


def allow_many() -> None:
    """Raises the number of files that may be open to what the system allows at most. Most give a process 1024 unasked, which ends at some 200 readers."""
    with suppress(ImportError):
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

        soft, hard = getrlimit(RLIMIT_NOFILE)
        allowed = ENOUGH if hard == RLIM_INFINITY else min(hard, ENOUGH)
        if soft != RLIM_INFINITY and soft < allowed:
            setrlimit(RLIMIT_NOFILE, (allowed, hard))


def send_at_once() -> None:
    """Sets TCP_NODELAY on the sockets this process listens on; every connection to them inherits it.

    Streamlit makes its socket without naming TCP, and asyncio sets the option only where TCP is named (Kludex/uvicorn#3149): the end of an answer then waits until the
    reader's system has acknowledged its beginning, which takes 40 ms, with every file and every run of a page.
    """
    for descriptor in map(int, os.listdir(OPEN) if OPEN.is_dir() else ()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.stat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as found:
                    if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def limit(headers: Headers) -> None:
    """Makes the running uvicorn server use the connections below; what it answers by itself carries `headers`.

    It also bounds the incoming messages of a socket. Streamlit configures uvicorn with its limit for outgoing messages,
    and checks the one for incoming messages only when they are complete.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.http_protocol_class = partial(HTTPConnection, headers)
        server.config.ws_protocol_class = partial(WebSocketConnection, headers)
        server.config.ws_max_size = get_max_widget_state_size_bytes()


class _Connection(asyncio.Protocol):
    """A connection that is aborted when its client accepts nothing for WRITE_TIMEOUT."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _write_timer: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._check_progress()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_checking()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_checking()

    def _check_progress(self, before: float = float("inf")) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting >= before:
            self.transport.abort()
        else:
            self._write_timer = self.loop.call_later(WRITE_TIMEOUT, self._check_progress, waiting)

    def _stop_checking(self) -> None:
        if self._write_timer:
            self._write_timer.cancel()


class HTTPConnection(_Connection, H11Protocol):
    """An HTTP connection of uvicorn, closed when a request stays incomplete for REQUEST_TIMEOUT.

    uvicorn has a timeout only for the time between two requests, and answers malformed ones without our headers.
    """

    def __init__(self, headers: Headers, **options: Any) -> None:
        super().__init__(**options)
        self._headers = [*headers]
        self._request_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and self.transport.get_protocol() is self:
            self._await_request()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()

    def send_400_response(self, msg: str) -> None:
        """Answers a malformed request. What the application answers to its headers is then not sent any more."""
        if self.cycle:
            self.cycle.disconnected = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *self._headers]
            answer = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
            for event in (answer, h11.Data(data=f"{msg}\n".encode()), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event))
        self.transport.close()

    def _should_upgrade(self) -> bool:
        """A handshake has no body; one that announces any is answered, and refused, like other requests."""
        body = {b"content-length", b"transfer-encoding"}
        return body.isdisjoint(name for name, _ in self.headers) and super()._should_upgrade()

    def _await_request(self) -> None:
        if self._request_timer is None:
            self._request_timer = self.loop.call_later(REQUEST_TIMEOUT, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._request_timer:
            self._request_timer.cancel()
            self._request_timer = None


class WebSocketConnection(_Connection, WebSocketsSansIOProtocol):
    """A socket of uvicorn whose refused handshakes are all answered, with our headers.

    What arrives after the server's close frame is not even parsed.
    """

    def __init__(self, headers: Headers, **options: Any) -> None:
        super().__init__(**options)
        self.close_timeout = CLOSE_TIMEOUT
        self._headers, self._reject = [*headers], self.conn.reject
        self.conn.reject = self._rejection

    def data_received(self, data: bytes) -> None:
        if self.close_sent:
            return
        super().data_received(data)
        if not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    async def send(self, message: Any) -> None:
        """Without the last line, uvicorn logs an error for each handshake that the application refuses."""
        await super().send(message)
        self.handshake_complete |= self.close_sent

    def _rejection(self, status: Any, text: str) -> Any:
        response = self._reject(status, text)
        response.headers.update((name.decode(), value.decode()) for name, value in self._headers)
        return response
