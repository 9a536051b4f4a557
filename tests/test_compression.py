"""Compressed responses: the coding of each request, how often a file is compressed, and the memory used.

No server is started.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import threading
from collections.abc import AsyncIterator, Coroutine
from typing import Any, NamedTuple

import brotli
import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp

from pages.serving import compression
from pages.serving.compression import Compression

BODY = b"reform " * 20_000
LASTING = {"cache-control": "public, immutable, max-age=31536000"}
REQUEST_COUNT = 40


class Answer(NamedTuple):
    coding: str | None
    body: bytes
    parts: int


async def ask(app: ASGIApp, path: str = "/static/a.js", accepted: str | list[str] = "gzip, br") -> Answer:
    """The response to a request with these values of Accept-Encoding."""
    sent: list[Any] = []
    values = [accepted] if isinstance(accepted, str) else accepted
    headers = [(b"accept-encoding", value.encode()) for value in values]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    scope |= {"asgi": {"version": "3.0", "spec_version": "2.4"}}

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *parts = sent
    coding = dict(start["headers"]).get(b"content-encoding")
    return Answer(coding and coding.decode(), b"".join(part["body"] for part in parts), len(parts))


class Files:
    """Files that never change, sent in parts; counts requests and bytes read. The first `failing` responses break off."""

    def __init__(self, failing: int = 0) -> None:
        self.asked, self.read, self.failing = 0, 0, failing

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await StreamingResponse(self.parts(self.asked), headers=LASTING, media_type="text/javascript")(
            scope, receive, send
        )

    async def parts(self, number: int) -> AsyncIterator[bytes]:
        for at in range(0, len(BODY), 1000):
            self.read += len(BODY[at : at + 1000])
            yield BODY[at : at + 1000]
            await asyncio.sleep(0)
            if number <= self.failing:
                raise EOFError("the file has been cut")


@pytest.fixture
def slow_brotli(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Brotli that waits for `go` before it compresses; `sizes` has an entry per call."""

    class Slow:
        go, sizes = threading.Event(), []

    def compress(body: bytes, real: Any = brotli.compress, **options: Any) -> bytes:
        Slow.sizes.append(len(body))
        assert Slow.go.wait(60)
        return real(body, **options)

    monkeypatch.setattr(brotli, "compress", compress)
    return Slow


async def all_waiting(requests: list[asyncio.Task[Answer]], files: Files, count: int) -> None:
    """Wait until `count` requests have reached the files and none can continue by itself."""
    while files.asked < count:
        await asyncio.sleep(0)
    for _ in range(10 * len(BODY) // 1000):
        await asyncio.sleep(0)
    assert not any(request.done() for request in requests)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def test_a_file_that_many_ask_for_at_once_is_read_and_compressed_once(slow_brotli):
    files = Files()

    async def crowd() -> list[Answer]:
        app = Compression(files)
        requests = [asyncio.create_task(ask(app)) for _ in range(REQUEST_COUNT)]
        await all_waiting(requests, files, REQUEST_COUNT)
        assert files.read == len(BODY)
        slow_brotli.go.set()
        return await asyncio.gather(*requests)

    answers = run(crowd())
    assert slow_brotli.sizes == [len(BODY)]
    assert {(answer.coding, brotli.decompress(answer.body)) for answer in answers} == {("br", BODY)}


def test_many_files_at_once_are_held_by_twos(slow_brotli):
    files = Files()

    async def crowd() -> list[Answer]:
        app = Compression(files)
        requests = [asyncio.create_task(ask(app, f"/static/{number}.js")) for number in range(REQUEST_COUNT)]
        await all_waiting(requests, files, REQUEST_COUNT)
        assert files.read == 2 * len(BODY)
        slow_brotli.go.set()
        return await asyncio.gather(*requests)

    assert {brotli.decompress(answer.body) for answer in run(crowd())} == {BODY}
    assert len(slow_brotli.sizes) == REQUEST_COUNT


def test_who_waits_for_a_file_that_breaks_off_gets_it_all_the_same():
    files = Files(failing=1)

    async def crowd() -> list[Any]:
        app = Compression(files)
        return await asyncio.gather(*(ask(app) for _ in range(3)), return_exceptions=True)

    broken, *answers = run(crowd())
    assert isinstance(broken, EOFError)
    assert [(answer.coding, brotli.decompress(answer.body)) for answer in answers] == [("br", BODY)] * 2


def test_a_request_that_is_cancelled_holds_up_no_other(slow_brotli):
    files = Files()

    async def crowd() -> Answer:
        app = Compression(files)
        first, second = (asyncio.create_task(ask(app)) for _ in range(2))
        await all_waiting([first, second], files, 2)
        first.cancel()
        slow_brotli.go.set()
        return await second

    assert brotli.decompress(run(crowd()).body) == BODY


def test_no_more_is_kept_than_allowed(monkeypatch):
    """A file system that ignores case has one file under very many names."""
    noise = random.Random(1).randbytes(50_000)
    monkeypatch.setattr(compression, "MAX_KEPT_SIZE", 5 * len(noise))

    async def lasting(scope: Any, receive: Any, send: Any) -> None:
        await Response(noise, headers=LASTING, media_type="text/css")(scope, receive, send)

    async def crowd() -> list[Answer]:
        app = Compression(lasting)
        return [await ask(app, f"/static/{number}.css") for number in range(2 * 5)]

    answers = run(crowd())
    assert [answer.coding for answer in answers] == ["br"] * 5 + [None] * 5
    assert {answer.body for answer in answers[5:]} == {noise}


def test_a_kept_file_is_sent_in_small_parts():
    noise = random.Random(1).randbytes(1_000_000)

    async def lasting(scope: Any, receive: Any, send: Any) -> None:
        await Response(noise, headers=LASTING, media_type="text/css")(scope, receive, send)

    async def twice() -> list[Answer]:
        app = Compression(lasting)
        return [await ask(app) for _ in range(2)]

    for answer in run(twice()):
        assert answer.parts >= 1_000_000 / 65_536
        assert brotli.decompress(answer.body) == noise


# Accept-Encoding: what a file that never changes and what an answer made on request are sent in.
ACCEPTED = {
    "nothing": ("", None, None),
    "identity": ("identity", None, None),
    "others": ("deflate, zstd", None, None),
    "gzip": ("gzip", "gzip", "gzip"),
    "gzip in capitals": ("GZIP", "gzip", "gzip"),
    "gzip by its old name": ("x-gzip", "gzip", "gzip"),
    "as browsers say it": ("gzip, deflate, br, zstd", "br", "gzip"),
    "brotli": ("br", "br", None),
    "no gzip": ("gzip;q=0", None, None),
    "no gzip, with digits": ("gzip; q=0.000", None, None),
    "no brotli": ("br;q=0, gzip", "gzip", "gzip"),
    "gzip preferred": ("br;q=0.5, gzip;q=0.8", "gzip", "gzip"),
    "brotli preferred": ("gzip;q=0.5, br;q=0.501", "br", "gzip"),
    "blanks": (" br ; q=0.2 ,\tgzip ; Q=0.3 ", "gzip", "gzip"),
    "any": ("*", "br", "gzip"),
    "none": ("*;q=0", None, None),
    "none but gzip": ("gzip, *;q=0", "gzip", "gzip"),
    "any but brotli": ("br;q=0, *;q=0.1", "gzip", "gzip"),
    "any but gzip": ("gzip;q=0, *", "br", None),
    "as it is preferred": ("identity, gzip;q=0.5", None, None),
    "as it is if need be": ("identity;q=0.5, gzip", "gzip", "gzip"),
    "never as it is": ("gzip, identity;q=0", "gzip", "gzip"),
    "never as it is, and nothing else": ("identity;q=0", None, None),
    "as it is rather than gzip": ("br, identity;q=0.8, gzip;q=0.5", "br", None),
    "another name": ("gzipped, not-br, br2", None, None),
    "a weight above one": ("gzip;q=1.001", None, None),
    "a weight that is none": ("gzip;q=high, br;q=, gzip;q=-1", None, None),
    "one that is malformed": ("gzip;level=9, br;q=0.1", "br", None),
    "two lines": (["deflate", "gzip"], "gzip", "gzip"),
    "two lines with weights": (["gzip", "br;q=0"], "gzip", "gzip"),
}


@pytest.mark.parametrize(("accepted", "file", "answer"), ACCEPTED.values(), ids=ACCEPTED)
def test_the_form_is_the_one_that_is_accepted(accepted, file, answer):
    async def made(scope: Any, receive: Any, send: Any) -> None:
        await Response(BODY, media_type="text/csv")(scope, receive, send)

    for app, coding in ((Files(), file), (made, answer)):
        found = run(ask(Compression(app), accepted=accepted))
        unpacked = {None: bytes, "br": brotli.decompress, "gzip": gzip.decompress}[coding](found.body)
        assert (found.coding, unpacked) == (coding, BODY)


def test_a_request_without_the_header_gets_it_as_it_is():
    assert run(ask(Compression(Files()), accepted=[])) == Answer(None, BODY, len(BODY) // 1000 + 1)
