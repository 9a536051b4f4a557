"""Requests and their responses, from an ASGI application in this process and from a running server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from starlette.types import ASGIApp, Message, Scope

TIMEOUT = 20
"""Maximum number of seconds for a response of a running server."""


class Answer(NamedTuple):
    """A response. Header names are in lower case, and none is repeated."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def http_scope(path: str, query: str = "", method: str = "GET", **headers: str | bytes) -> Scope:
    """Return the ASGI scope of a request. Header names are written with underscores; an empty value leaves one out."""
    named = {"host": "localhost:8501", **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "http",
        "server": ("localhost", 8501),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "method": method,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in named.items()
            if value
        ],
    }


async def exchange(app: ASGIApp, scope: Scope) -> list[Message]:
    """Return all messages that the application sends for a request without a body, or for opening a socket."""
    sent: list[Message] = []
    received = iter(
        [{"type": "websocket.connect"}]
        if scope["type"] == "websocket"
        else [{"type": "http.request", "body": b"", "more_body": False}]
    )

    async def receive() -> Message:
        return next(received, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def answer_of(messages: list[Message]) -> Answer:
    """Return the response that these ASGI messages make up."""
    start, *bodies = messages
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    assert len(headers) == len(start["headers"]), "a header stands twice"
    return Answer(start["status"], headers, b"".join(body.get("body", b"") for body in bodies))


def ask(app: ASGIApp, path: str, query: str = "", method: str = "GET", **headers: str | bytes) -> Answer:
    """Return the application's response to one request."""
    return answer_of(asyncio.run(exchange(app, http_scope(path, query, method, **headers))))


def fetch(address: str, **headers: str) -> Answer:
    """Return a running server's response, whatever its status."""
    try:
        answer = urlopen(
            Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()}),
            timeout=TIMEOUT,
        )
    except HTTPError as refusal:
        answer = refusal
    with answer:
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
