"""What a browser may send over its socket, and how often.

Streamlit acts on every message, from anybody: it tells the repository's branch and untracked files, clears caches,
installs files. The pages need three types of messages.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.serving.guard import client_of

COSTS = {"rerun_script": 1, "stop_script": 1, "deferred_file": 10}
"""The messages that are passed on, and how many tokens each takes: a run of the page, the Stop button that Streamlit
shows beside a long one, and a file that is written for a download."""
OTHER = 1
"""Tokens for any other message, which is dropped."""
SOCKET_BURST, SOCKET_RATE = 100, 10
"""Tokens that one socket has at first, and gains a second."""
CLIENT_BURST, CLIENT_RATE = 150, 25
"""The same for all sockets of one client together. Opening one takes one token."""
CLIENT_SOCKETS = 500
"""Maximum number of sockets that one client has open at the same time."""
UNSUPPORTED, TOO_MANY = 1003, 1008
"""Close codes of RFC 6455: unsupported data, and policy violation."""
CLOSED = "A socket was closed: it sent too many messages"
REFUSED = "A socket was refused: its client has too many. If that is a reverse proxy, name it in FORWARDED_ALLOW_IPS"
"""What the log says about a client that exceeds its limits."""
Clock = Callable[[], float]
logger = logging.getLogger(__name__)


class Bucket:
    """A token bucket: it is full at first, and regains `rate` tokens a second."""

    def __init__(self, size: float, rate: float, clock: Clock) -> None:
        self.size, self.rate, self.clock = size, rate, clock
        self.tokens, self.updated = size, clock()

    def take(self, tokens: float) -> bool:
        """Takes so many tokens if they are there."""
        self._refill()
        taken = tokens <= self.tokens
        self.tokens -= tokens if taken else 0
        return taken

    def is_full(self) -> bool:
        self._refill()
        return self.tokens >= self.size

    def _refill(self) -> None:
        now = self.clock()
        self.tokens = min(self.size, self.tokens + self.rate * (now - self.updated))
        self.updated = now


class Client:
    """What the sockets of one client share."""

    def __init__(self, clock: Clock) -> None:
        self.sockets, self.bucket = 0, Bucket(CLIENT_BURST, CLIENT_RATE, clock)


class WebSocketFilter:
    """Passes on the messages that the pages use, and ends a socket that sends too many, or what no browser sends."""

    def __init__(self, app: ASGIApp, clock: Clock = time.monotonic) -> None:
        self.app, self.clock = app, clock
        self.clients: dict[str, Client] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        client = self._client(scope)
        if client.sockets >= CLIENT_SOCKETS or not client.bucket.take(1):
            logger.warning(REFUSED)
            await PlainTextResponse("Too many connections or messages. Try again later.\n", 429)(scope, receive, send)
            return
        client.sockets += 1
        buckets = (Bucket(SOCKET_BURST, SOCKET_RATE, self.clock), client.bucket)
        try:
            await self.app(scope, _filtered(receive, send, buckets), send)
        finally:
            client.sockets -= 1

    def _client(self, scope: Scope) -> Client:
        """The client of this socket. Those that have no socket, and have long been silent, are forgotten."""
        self.clients = {
            name: client for name, client in self.clients.items() if client.sockets or not client.bucket.is_full()
        }
        return self.clients.setdefault(client_of(scope), Client(self.clock))


def _filtered(receive: Receive, send: Send, buckets: tuple[Bucket, ...]) -> Receive:
    """The messages of one socket that are passed on, and the disconnection after one that is not allowed."""

    async def close(code: int) -> Message:
        with suppress(OSError):
            await send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    async def receive_filtered() -> Message:
        while (message := await receive())["type"] == "websocket.receive":
            kind = _kind(message.get("bytes"))
            if kind is None:
                return await close(UNSUPPORTED)
            if not all(bucket.take(COSTS.get(kind, OTHER)) for bucket in buckets):
                logger.warning(CLOSED)
                return await close(TOO_MANY)
            if kind in COSTS:
                break
        return message

    return receive_filtered


def _kind(data: bytes | None) -> str | None:
    """The type of a message, of an operation which one; None for what is no message, such as text."""
    try:
        message = BackMsg.FromString(data or b"")
    except DecodeError:
        return None
    kind = message.WhichOneof("type") or ""
    if kind == "backend_operation_request":
        kind = message.backend_operation_request.WhichOneof("payload") or ""
    return None if data is None else kind
