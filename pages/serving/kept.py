"""Answers that are compressed once and given again: lasting files, and data links while the data is the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.serving.etag import matches
from pages.serving.following import edition

MAX_TOTAL_SIZE = 32_000_000
"""Maximum number of bytes of all kept answers; the ones not asked for longest are dropped first."""
MAX_SIZE = 4_000_000
"""Maximum number of bytes of a kept answer. The largest of ten cases, all metrics as JSON, has 700,000."""
OVERHEAD = 2_000
"""Number of bytes that an answer counts for besides its body and its query."""
NOT_IN_304 = ("content-length", "content-encoding", "content-type")
"""Headers of the body, which a 304 response does not have."""
Key = tuple[object, ...]
Answer = tuple[Message, bytes]
"""The first message of a response and its whole body, compressed or not."""


class KeptAnswers:
    """Middleware outside of the compression that keeps answers: of the data links below `base` for an edition of the
    data, of other addresses those that say of themselves that they never change.
    """

    def __init__(self, app: ASGIApp, base: str = "", edition: Callable[[], int] = edition) -> None:
        self.app, self.api, self.edition = app, f"{base}/api/", edition
        self.kept: OrderedDict[Key, Answer] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        if key is None:
            await self.app(scope, receive, send)
        elif key in self.kept:
            self.kept.move_to_end(key)
            await _give_again(*self.kept[key], scope, send)
        else:
            await self._ask(key, scope, receive, send)

    def _key(self, scope: Scope) -> Key | None:
        """All that an answer depends on; None if it is not one to be kept."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        headers, path, query = Headers(scope=scope), scope["path"], scope["query_string"]
        is_data_link = path.startswith(self.api)
        number = self.edition() if is_data_link else 0
        if "range" in headers or (not number if is_data_link else query):
            return None
        site = (scope["scheme"], headers.get("host")) if is_data_link else ()
        return (number, *site, path, query, "gzip" in headers.get("accept-encoding", ""), "origin" in headers)

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the application answer, and keep that if it is complete, correct, lasting and small enough."""
        start: Message = {}
        body = bytearray()

        async def send_and_collect(message: Message) -> None:
            nonlocal start
            await send(message)
            start = start or message
            is_lasting = start["status"] == 200 and (key[0] or _never_changes(start))
            if not is_lasting or len(body) > MAX_SIZE:
                return
            body.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self._keep(key, start, bytes(body))

        await self.app(scope, receive, send_and_collect)

    def _keep(self, key: Key, start: Message, body: bytes) -> None:
        if len(body) > MAX_SIZE or key in self.kept:
            return
        self.kept[key] = start, body
        self.size += _count_bytes(key, body)
        while self.size > MAX_TOTAL_SIZE:
            oldest, (_, dropped) = self.kept.popitem(last=False)
            self.size -= _count_bytes(oldest, dropped)


def _count_bytes(key: Key, body: bytes) -> int:
    return OVERHEAD + len(repr(key)) + len(body)


def _never_changes(start: Message) -> bool:
    return "immutable" in Headers(raw=start["headers"]).get("cache-control", "")


async def _give_again(start: Message, body: bytes, scope: Scope, send: Send) -> None:
    """Send a kept answer, or 304 to a client that has it."""
    headers = MutableHeaders(raw=[*start["headers"]])
    known = Headers(scope=scope).get("if-none-match", "")
    if known and matches(known, headers.get("etag", "")):
        for name in NOT_IN_304:
            del headers[name]
        start, body = {**start, "status": 304}, b""
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
