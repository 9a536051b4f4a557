"""Answers that are given again from memory: what a kept one depends on, and the memory used. No server is started."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from pages.serving import kept
from pages.serving.kept import KeptAnswers
from tests.answers import Answer, ask

LINK, FILE = "/api/a.csv", "/static/a.js"


class Site:
    """Data links and files that never change, whose answers say how many have been written."""

    def __init__(self, size: int = 0, status: int = 200, in_parts: bool = False) -> None:
        self.written, self.edition, self.size, self.status, self.in_parts = 0, 1, size, status, in_parts
        routes = Starlette(routes=[Route("/{path:path}", self.write)])
        self.memory = KeptAnswers(GZipMiddleware(routes), edition=lambda: self.edition)

    def write(self, request: Any) -> Response:
        self.written += 1
        body = f"{self.written} {request.url.query}".ljust(self.size)
        lasting = "public, max-age=31536000, immutable" if request.url.path.startswith("/static/") else "no-cache"
        headers = {"etag": f'W/"{self.written}"', "cache-control": lasting}
        if self.in_parts:
            return StreamingResponse(iter([body, "end"]), headers=headers)
        return PlainTextResponse(body, self.status, headers)

    def ask(self, target: str = LINK, method: str = "GET", **headers: str) -> Answer:
        path, _, query = target.partition("?")
        return ask(self.memory, path, query, method, **headers)


@pytest.mark.parametrize("target", [LINK, FILE, f"{LINK}?city=1"])
def test_the_same_question_is_answered_once(target: str) -> None:
    site = Site()
    assert site.ask(target) == site.ask(target)
    assert site.written == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((LINK, {}), ("/api/b.csv", {})),
        ((FILE, {}), ("/static/b.js", {})),
        ((f"{LINK}?city=1", {}), (f"{LINK}?city=2", {})),
        ((f"{LINK}?city=1", {}), (f"{LINK}?city=1&city=1", {})),
        ((LINK, {}), (LINK, {"host": "127.0.0.1"})),
        ((LINK, {}), (LINK, {"origin": "https://example.org"})),
        ((LINK, {}), (LINK, {"accept_encoding": "gzip"})),
        ((FILE, {}), (FILE, {"accept_encoding": "gzip"})),
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
    site.ask(), site.ask(FILE)
    site.edition = 2
    assert site.ask().body.startswith(b"3 ")
    assert site.ask(FILE).body.startswith(b"2 ")


@pytest.mark.parametrize(
    ("target", "method", "headers"),
    [
        ("/", "GET", {}),
        ("/apiary", "GET", {}),
        (f"{FILE}?made-up", "GET", {}),
        (LINK, "HEAD", {}),
        (LINK, "OPTIONS", {}),
        (LINK, "GET", {"range": "bytes=0-1"}),
    ],
)
def test_nothing_else_is_kept(target: str, method: str, headers: dict[str, str]) -> None:
    site = Site()
    site.ask(target, method, **headers)
    assert not site.memory.kept


def test_without_data_no_data_link_is_kept() -> None:
    site = Site()
    site.edition = 0
    site.ask()
    assert not site.memory.kept


@pytest.mark.parametrize("target", [LINK, FILE])
@pytest.mark.parametrize("status", [304, 404, 422, 429, 500, 503])
def test_errors_are_not_kept(target: str, status: int) -> None:
    site = Site(status=status)
    site.ask(target)
    assert not site.memory.kept


@pytest.mark.parametrize("target", [LINK, FILE])
def test_a_client_that_has_the_kept_answer_gets_304(target: str) -> None:
    site = Site()
    tag = site.ask(target).headers["etag"]
    reply = site.ask(target, if_none_match=f'"other", {tag}')
    assert (reply.status, reply.body, reply.headers["etag"], site.written) == (304, b"", tag, 1)
    assert not set(kept.NOT_IN_304) & set(reply.headers)
    assert site.ask(target, if_none_match='"other"').status == 200


def test_a_compressed_answer_is_kept_compressed() -> None:
    site = Site(size=10_000)
    plain, packed = site.ask(), site.ask(accept_encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert site.ask(accept_encoding="gzip, br") == packed
    assert site.ask() == plain


def test_an_answer_in_parts_is_kept_whole() -> None:
    site = Site(in_parts=True)
    assert site.ask().body == site.ask().body == b"1 end"
    assert site.written == 1


def test_an_answer_that_breaks_off_is_not_kept() -> None:
    def break_off() -> Any:
        yield b"half"
        raise ValueError

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await StreamingResponse(break_off())(scope, receive, send)

    memory = KeptAnswers(failing, edition=lambda: 1)
    with pytest.raises(ValueError):
        ask(memory, LINK)
    assert not memory.kept


def test_many_questions_take_no_more_than_the_limit_and_the_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_TOTAL_SIZE", 50_000)
    site = Site(size=5_000)
    for number in range(100):
        site.ask(f"{LINK}?city={number}")
    counted = sum(kept._count_bytes(key, body) for key, (_, body) in site.memory.kept.items())
    assert 40_000 < site.memory.size == counted <= 50_000
    site.ask(f"{LINK}?city=99")
    assert site.written == 100


def test_an_answer_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_SIZE", 1000)
    site = Site(size=1001)
    site.ask()
    assert not site.memory.kept
    assert site.memory.size == 0
