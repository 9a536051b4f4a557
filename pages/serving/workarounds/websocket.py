"""Limits on the types and the number of the messages that a browser may send over its socket.

Streamlit 1.67.0 acts on every message of every client, without limit: it sends the repository's branch and the names of
untracked files, clears caches and installs files. The pages need three types of messages, of its protocol (BackMsg).

Remove when Streamlit limits messages, and the types that only a developer needs can be switched off.
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

COSTS = {"rerun_script": 1, "fragment": 0.25, "stop_script": 1, "deferred_file": 10}
"""Tokens of the messages that are passed on: a run of a page or of a part of it, by which open pages ask for edits, the
Stop button of a long run, a file to download.
"""
OTHER_COST = 1
"""Tokens of any other message, which is dropped."""
SOCKET_BURST, SOCKET_RATE = 100, 10
"""Tokens of one socket at first, and tokens added per second."""
CLIENT_BURST, CLIENT_RATE = 150, 25
"""The same for all sockets of one client together. Opening a socket takes one token."""
CLIENT_SOCKETS = 500
"""Maximum number of open sockets of one client."""
UNSUPPORTED, TOO_MANY = 1003, 1008
"""Close codes of RFC 6455: unsupported data, and policy violation."""
CLOSED = "A socket was closed: it sent too many messages"
REFUSED = "A socket was refused: its client has too many. If that is a reverse proxy, name it in FORWARDED_ALLOW_IPS"
Clock = Callable[[], float]
logger = logging.getLogger(__name__)


class Bucket:
    """A token bucket: full at first, refilled with `rate` tokens per second."""

    def __init__(self, size: float, rate: float, clock: Clock) -> None:
        self.size, self.rate, self.clock = size, rate, clock
        self.tokens, self.updated = size, clock()

    def take(self, tokens: float) -> bool:
        """Takes this number of tokens. False, and none is taken, if there are fewer."""
        now = self.clock()
        self.tokens = min(self.size, self.tokens + self.rate * (now - self.updated))
        self.updated = now
        if tokens > self.tokens:
            return False
        self.tokens -= tokens
        return True

    def is_full(self) -> bool:
        """Whether no token is missing."""
        return self.take(0) and self.tokens >= self.size


class Client(Bucket):
    """The bucket that all sockets of a client share, and the number of those that are open."""

    sockets = 0


class WebSocketFilter:
    """Drops messages that the pages do not send; closes a socket that sends too many, or malformed ones."""

    def __init__(self, app: ASGIApp, clock: Clock = time.monotonic) -> None:
        self.app, self.clock = app, clock
        self.clients: dict[str, Client] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        client = self._client(scope)
        if client.sockets >= CLIENT_SOCKETS or not client.take(1):
            logger.warning(REFUSED)
            await PlainTextResponse("Too many connections or messages. Try again later.\n", 429)(scope, receive, send)
            return
        client.sockets += 1
        buckets = Bucket(SOCKET_BURST, SOCKET_RATE, self.clock), client
        try:
            await self.app(scope, _filter_messages(receive, send, buckets), send)
        finally:
            client.sockets -= 1

    def _client(self, scope: Scope) -> Client:
        """The client of this socket. Removes clients without sockets whose bucket is full."""
        self.clients = {name: one for name, one in self.clients.items() if one.sockets or not one.is_full()}
        return self.clients.setdefault(client_of(scope), Client(CLIENT_BURST, CLIENT_RATE, self.clock))


def _filter_messages(receive: Receive, send: Send, buckets: tuple[Bucket, ...]) -> Receive:
    """A `receive` for the app: allowed messages of one socket, and a disconnection after one that is not allowed."""

    async def close(code: int) -> Message:
        with suppress(OSError):
            await send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    async def receive_allowed() -> Message:
        while (message := await receive())["type"] == "websocket.receive":
            kind = _kind(message.get("bytes"))
            if kind is None:
                return await close(UNSUPPORTED)
            if not all(bucket.take(COSTS.get(kind, OTHER_COST)) for bucket in buckets):
                logger.warning(CLOSED)
                return await close(TOO_MANY)
            if kind in COSTS:
                break
        return message

    return receive_allowed


def _kind(data: bytes | None) -> str | None:
    """The type of a message, or of its operation; empty for an unknown type, None if the message is malformed."""
    if data is None:
        return None
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        kind = message.backend_operation_request.WhichOneof("payload")
    elif message.rerun_script.fragment_id:
        kind = "fragment"
    return kind or ""
