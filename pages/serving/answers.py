"""Answers of the data links that are given again from memory while the data is the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.serving.compression import accepted_codings
from pages.serving.etag import matches
from pages.serving.following import edition
from pages.serving.query_params import PAGES_ALONE

MAX_TOTAL_SIZE = 32_000_000
"""Maximum number of bytes of all kept answers with their keys; the ones not asked for longest are dropped first."""
MAX_ANSWER_SIZE = 4_000_000
"""Maximum number of bytes of a kept answer. The largest of ten cases, all metrics as JSON, has 700,000."""
OVERHEAD = 2_000
"""Number of bytes that an answer counts for besides its body: key, headers and objects."""
NOT_IN_304 = ("content-length", "content-encoding", "content-type")
"""Headers of the body, which a 304 response does not have."""
Key = tuple[object, ...]


@dataclass(slots=True)
class Answer:
    """A complete response: its first message and its body as they are sent, compressed or not."""

    start: Message = field(default_factory=dict)
    body: bytearray | bytes = b""


class AnswerMemory:
    """Middleware that keeps the answers of the data links below `base`, outside of the compression.

    A key holds all that an answer depends on: the edition of the data, the address of the server, path and query, the
    coding, and whether a page of another site asks. Parameters in another order, and those of the pages, which the data
    links pass over, make no other key.
    """

    def __init__(
        self, app: ASGIApp, base: str = "", edition: Callable[[], int] = edition, max_size: int = MAX_TOTAL_SIZE
    ) -> None:
        self.app, self.prefix, self.edition, self.max_size = app, f"{base}/api/", edition, max_size
        self.kept: OrderedDict[Key, Answer] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._key(scope)
        if key is None:
            await self.app(scope, receive, send)
        elif kept := self.kept.get(key):
            self.kept.move_to_end(key)
            await _send(kept, scope, send)
        else:
            await self._answer(key, scope, receive, send)

    def _key(self, scope: Scope) -> Key | None:
        """The key of a request; None if its answer is not kept."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self.prefix):
            return None
        headers, number = Headers(scope=scope), self.edition()
        if not number or "range" in headers:
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        parameters = tuple(sorted((name, value) for name, value in query if name not in PAGES_ALONE))
        codings = accepted_codings(", ".join(headers.getlist("accept-encoding")))
        site = (scope["scheme"], headers.get("host"), scope["path"])
        return (number, *site, parameters, tuple(codings), "origin" in headers)

    async def _answer(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the answer written, and keep it if it is complete, correct and small enough."""
        answer = Answer(body=bytearray())

        async def send_and_collect(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                answer.start = message
            elif len(answer.body) <= MAX_ANSWER_SIZE:
                answer.body += message.get("body", b"")
                if not message.get("more_body", False) and answer.start.get("status") == 200:
                    self._keep(key, Answer(answer.start, bytes(answer.body)))

        await self.app(scope, receive, send_and_collect)

    def _keep(self, key: Key, answer: Answer) -> None:
        if len(answer.body) > MAX_ANSWER_SIZE or key in self.kept:
            return
        self.kept[key] = answer
        self.size += _count_bytes(key, answer)
        while self.size > self.max_size:
            self.size -= _count_bytes(*self.kept.popitem(last=False))


def _count_bytes(key: Key, answer: Answer) -> int:
    return OVERHEAD + len(repr(key)) + len(answer.body)


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    """Send a kept answer, or 304 to a client that has it."""
    headers = MutableHeaders(raw=[*answer.start["headers"]])
    known = Headers(scope=scope).get("if-none-match", "")
    if known and matches(known, headers.get("etag", "")):
        for name in NOT_IN_304:
            del headers[name]
        await send({"type": "http.response.start", "status": 304, "headers": headers.raw})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({**answer.start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": answer.body})
