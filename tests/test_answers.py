"""Answers of the data links that are given again from memory: what a kept one depends on, and the memory used.

No server is started.
"""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from pages.serving import answers
from pages.serving.answers import AnswerMemory
from pages.serving.compression import Compression
from pages.serving.query_params import AreasParams, MetricsParams, ReportParams

READ = sorted({name for params in (AreasParams, MetricsParams, ReportParams) for name in params.model_fields})
"""What the data links read of a query, pages too in part: `sort`, `columns`, `colour` and `lang`."""


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


async def ask(app: ASGIApp, target: str = "/api/a.csv", method: str = "GET", **headers: str) -> Reply:
    """The reply to a request of this path and query."""
    sent: list[Any] = []
    path, _, query = target.partition("?")
    given = {"host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    scope |= {"headers": [(name.encode(), value.encode()) for name, value in given.items()], "scheme": "http"}

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**scope, "http_version": "1.1", "root_path": ""}, receive, send)
    start, *parts = sent
    fields = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], fields, b"".join(part.get("body", b"") for part in parts))


class Site:
    """Data links whose answers say how many have been written; `edition` is that of the data."""

    def __init__(self, max_size: int = 100_000, size: int = 0, status: int = 200, chunks: bool = False) -> None:
        self.written, self.edition, self.size, self.status, self.chunks = 0, 1, size, status, chunks
        routes = Starlette(routes=[Route("/{path:path}", self.write)])
        self.memory = AnswerMemory(Compression(routes), edition=lambda: self.edition, max_size=max_size)

    def write(self, request: Any) -> Response:
        self.written += 1
        body = f"{self.written} {request.url.query}".ljust(self.size)
        headers = {"etag": f'W/"{self.written}"', "cache-control": "no-cache"}
        if self.chunks:
            return StreamingResponse(iter([body, "end"]), headers=headers)
        return PlainTextResponse(body, self.status, headers)

    def ask(self, target: str = "/api/a.csv", method: str = "GET", **headers: str) -> Reply:
        return asyncio.run(ask(self.memory, target, method, **headers))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/api/a.csv", "/api/a.csv"),
        ("/api/a.csv?city=1&domain=2", "/api/a.csv?domain=2&city=1"),
        ("/api/a.csv?city=1", "/api/a.csv?city=1&view=print&page=3"),
        ("/api/a.csv?city=%34", "/api/a.csv?city=4"),
    ],
)
def test_the_same_question_is_answered_once(first: str, second: str) -> None:
    site = Site()
    assert site.ask(first).body == site.ask(second).body
    assert site.written == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("/api/a.csv", {}), ("/api/b.csv", {})),
        (("/api/a.csv?city=1", {}), ("/api/a.csv?city=2", {})),
        (("/api/a.csv?city=1", {}), ("/api/a.csv?city=1&city=1", {})),
        (("/api/a.csv?city=", {}), ("/api/a.csv", {})),
        (("/api/a.csv", {}), ("/api/a.csv", {"host": "127.0.0.1"})),
        (("/api/a.csv", {}), ("/api/a.csv", {"origin": "https://example.org"})),
        (("/api/a.csv", {}), ("/api/a.csv", {"accept_encoding": "gzip"})),
        (("/api/report.html?lang=zh", {}), ("/api/report.html?lang=en", {})),
        (("/api/metrics.xlsx?lang=zh", {}), ("/api/metrics.xlsx?lang=en", {})),
        *((("/api/a.csv", {}), (f"/api/a.csv?{name}=a", {})) for name in READ),
    ],
)
def test_what_may_be_answered_otherwise_is_written_anew(
    first: tuple[str, dict[str, str]], second: tuple[str, dict[str, str]]
) -> None:
    site = Site()
    for target, headers in (first, second):
        site.ask(target, **headers)
    assert site.written == 2


def test_an_edit_of_the_data_ends_what_was_kept() -> None:
    site = Site()
    site.ask()
    site.edition = 2
    assert site.ask().body.startswith(b"2 ")


@pytest.mark.parametrize(
    ("target", "method", "headers"),
    [
        ("/", "GET", {}),
        ("/apiary", "GET", {}),
        ("/api/a.csv", "HEAD", {}),
        ("/api/a.csv", "OPTIONS", {}),
        ("/api/a.csv", "GET", {"range": "bytes=0-1"}),
    ],
)
def test_nothing_else_is_kept(target: str, method: str, headers: dict[str, str]) -> None:
    site = Site()
    site.ask(target, method, **headers)
    assert not site.memory.kept


def test_without_data_nothing_is_kept() -> None:
    site = Site()
    site.edition = 0
    site.ask()
    assert not site.memory.kept


@pytest.mark.parametrize("status", [304, 404, 422, 429, 500, 503])
def test_errors_are_not_kept(status: int) -> None:
    site = Site(status=status)
    site.ask()
    assert not site.memory.kept


def test_a_client_that_has_the_kept_answer_gets_304() -> None:
    site = Site()
    tag = site.ask().headers["etag"]
    reply = site.ask(if_none_match=f'"other", {tag}')
    assert (reply.status, reply.body, reply.headers["etag"], site.written) == (304, b"", tag, 1)
    assert not set(answers.NOT_IN_304) & set(reply.headers)
    assert site.ask(if_none_match='"other"').status == 200


def test_a_compressed_answer_is_kept_compressed() -> None:
    site = Site(size=10_000)
    plain, packed = site.ask(), site.ask(accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert site.ask(accept_encoding="gzip") == packed
    assert site.ask() == plain


def test_an_answer_in_chunks_is_kept_whole() -> None:
    site = Site(chunks=True)
    assert site.ask().body == site.ask().body == b"1 end"
    assert site.written == 1


def test_an_answer_that_breaks_off_is_not_kept() -> None:
    def break_off() -> Any:
        yield b"half"
        raise OSError

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await StreamingResponse(break_off())(scope, receive, send)

    memory = AnswerMemory(failing, edition=lambda: 1)
    with pytest.raises(OSError):
        asyncio.run(ask(memory))
    assert not memory.kept


def test_many_questions_take_no_more_than_the_limit_and_the_last_are_kept() -> None:
    site = Site(max_size=50_000, size=5_000)
    for number in range(100):
        site.ask(f"/api/a.csv?city={number}")
    counted = sum(answers._count_bytes(*entry) for entry in site.memory.kept.items())
    assert 40_000 < site.memory.size == counted <= 50_000
    site.ask("/api/a.csv?city=99")
    assert site.written == 100


def test_an_answer_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_ANSWER_SIZE", 1000)
    site = Site(size=1001)
    site.ask()
    assert not site.memory.kept
    assert site.memory.size == 0
