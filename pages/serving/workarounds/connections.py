"""Time limits and complete responses of uvicorn's connections.

uvicorn 0.54.0, as Streamlit 1.67.0 runs it, has a timeout only for the time between two requests: a request that is
never completed, or a client that accepts nothing, keeps its connection for ever. It answers malformed requests and
handshakes without the headers of this server, some of them not at all, and limits incoming messages to Streamlit's
limit for outgoing ones. The classes here override uvicorn's protocols, including private methods.

Remove each part when uvicorn has the timeout, or lets an application answer malformed requests.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import h11
import uvicorn
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response

REQUEST_TIMEOUT = 20.0
"""Seconds within which a request must be complete, from the opening of its connection or its own first byte."""
WRITE_TIMEOUT = 60.0
"""Seconds within which a client has to accept at least a part of the data waiting to be sent."""
CLOSE_TIMEOUT = 1.0
"""Seconds between the server's close frame and the end of the connection."""
GRACE = 25
"""Seconds that responses under way may take after a stop; supervisors often kill after 30."""
Headers = Iterable[tuple[bytes, bytes]]


def configure_uvicorn(headers: Headers) -> None:
    """Makes the running uvicorn server use the connections below, whose own responses carry `headers`.

    It also limits the size of incoming messages, which Streamlit checks only when they are complete.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):  # uvicorn only calls the two classes
        server.config.http_protocol_class = cast("type[asyncio.Protocol]", partial(HTTPConnection, headers))
        server.config.ws_protocol_class = cast("type[asyncio.Protocol]", partial(WebSocketConnection, headers))
        server.config.timeout_graceful_shutdown = GRACE
        server.config.ws_max_size = get_max_widget_state_size_bytes()


class _Connection(asyncio.Protocol):
    """A connection that is aborted when its client accepts nothing for WRITE_TIMEOUT."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _write_timer: asyncio.TimerHandle | None = None

    def __init__(self, headers: Headers, **options: Any) -> None:
        super().__init__(**options)
        self._headers = [*headers]

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
    """An HTTP connection of uvicorn, closed when a request stays incomplete for REQUEST_TIMEOUT."""

    _request_timer: asyncio.TimerHandle | None = None

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
        """Answers a malformed request. The application's response to its headers is then no longer sent."""
        if self.cycle:
            self.cycle.disconnected = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *self._headers]
            response = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
            for event in (response, h11.Data(data=f"{msg}\n".encode()), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event))
        self.transport.close()

    def _should_upgrade(self) -> bool:
        """Whether a request is a handshake. One that announces a body is handled, and refused, like other requests."""
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
    """A socket of uvicorn that answers every refused handshake, and ignores data after its own close frame."""

    def __init__(self, headers: Headers, **options: Any) -> None:
        super().__init__(headers, **options)
        self.close_timeout = CLOSE_TIMEOUT
        self._reject = self.conn.reject
        self.conn.reject = self._reject_with_headers  # type: ignore[method-assign]  # uvicorn makes `conn` itself

    def data_received(self, data: bytes) -> None:
        if self.close_sent:
            return
        super().data_received(data)
        if not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    async def send(self, message: ASGISendEvent) -> None:
        """Sends a message. Without the last line, uvicorn logs an error for each handshake that is refused."""
        await super().send(message)
        self.handshake_complete |= self.close_sent

    def _reject_with_headers(self, status: HTTPStatus | int, text: str) -> Response:
        response = self._reject(status, text)
        response.headers.update((name.decode(), value.decode()) for name, value in self._headers)
        return response
