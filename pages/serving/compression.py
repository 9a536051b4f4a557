"""Compressed answers: which coding a reader accepts, and files that are compressed once."""

from __future__ import annotations

import asyncio
import gzip
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from posixpath import normpath
from typing import NamedTuple
from weakref import WeakValueDictionary

import brotli
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/geo+json", "image/svg")
GZIP_WINDOW = 31
"""zlib's number for the gzip format with a window of 32 kB."""
CONDITIONS = ("if-none-match", "if-modified-since")
"""Headers with which a browser asks whether its own copy is still valid."""
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=9),
    "gzip": lambda body: gzip.compress(body, compresslevel=9, mtime=0),
}
"""How a file that never changes is compressed, best coding first.

Brotli's result is a sixth smaller than gzip's; its highest quality would take 20 s.
"""
AT_A_TIME = 2
"""Maximum number of files compressed at the same time."""
KEPT_SIZE = 32_000_000
"""Maximum number of bytes kept. All of Streamlit's files take 13 million in both codings."""
PART_SIZE = 65_536
"""Maximum number of bytes of a kept answer that are sent at once: a slow reader holds no more of it in memory."""
_CODING = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII)
Key = tuple[str, str]
"""A coding and the normal form of a path."""


class Whole(NamedTuple):
    """A compressed answer: its first message and its body."""

    start: Message
    body: bytes


class Compression:
    """Compresses answers. Those that never change are compressed once, on first use, and kept.

    Streamlit leaves its static files uncompressed because compressing them at every request costs the processor.
    A request for a file that is being compressed waits for it: a cache in between would keep the uncompressed form.
    It waits before the file is read, so that at most AT_A_TIME files are in memory.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[Key, Whole] = {}
        self.locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self.turns = asyncio.Semaphore(AT_A_TIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        accepted = (
            accepted_codings(", ".join(headers.getlist("accept-encoding")))
            if scope["method"] == "GET" and "range" not in headers
            else []
        )
        key = (accepted[0] if accepted else "", normpath(scope["path"]))
        if key in self.kept and not any(name in headers for name in CONDITIONS):
            await _send_whole(self.kept[key], send)
            return
        answer = _Answer(send, self, key, "gzip" in accepted)
        async with answer.turn:
            await self.app(scope, receive, answer.send)

    def is_full(self) -> bool:
        """Whether no further file may be kept. A file has more than one path where the file system ignores case."""
        return sum(len(whole.body) for whole in self.kept.values()) >= KEPT_SIZE


class _Answer:
    """One answer on its way out. A file to be kept is held until it is whole; others are passed on part by part."""

    def __init__(self, out: Send, compression: Compression, key: Key, accepts_gzip: bool) -> None:
        self.out, self.compression, self.key, self.accepts_gzip = out, compression, key, accepts_gzip
        self.turn = AsyncExitStack()
        self.start: Message = {}
        self.body = bytearray()
        self.write: Callable[[bytes, bool], Awaitable[None]] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_compressible(message):
            await self._begin({**message, "headers": _vary(message["headers"])})
        elif message["type"] == "http.response.body" and self.write:
            await self.write(message.get("body", b""), message.get("more_body", False))
        else:
            await self.out(message)

    async def _begin(self, start: Message) -> None:
        """Chooses what is done with the body; it is passed on as it is where `write` stays None."""
        self.start = start
        if "immutable" not in Headers(raw=start["headers"]).get("cache-control", ""):
            if self.accepts_gzip:
                self.packer = zlib.compressobj(5, wbits=GZIP_WINDOW)
                self.write = self._pack
        elif self.key[0]:
            await self._await_turn()
            if self.key in self.compression.kept:
                self.write = self._drop
                await self._send_kept()
            elif self.compression.is_full():
                await self.turn.aclose()
            else:
                self.write = self._hold
        if not self.write:
            await self.out(start)

    async def _await_turn(self) -> None:
        """Waits while another request compresses this file, then while too many compress others."""
        lock = self.compression.locks.setdefault(self.key, asyncio.Lock())
        await self.turn.enter_async_context(lock)
        if self.key not in self.compression.kept:
            await self.turn.enter_async_context(self.compression.turns)

    async def _send_kept(self) -> None:
        await self.turn.aclose()
        await _send_whole(self.compression.kept[self.key], self.out)

    async def _hold(self, body: bytes, more: bool) -> None:
        self.body += body
        if not more:
            coding = self.key[0]
            packed = await asyncio.to_thread(CODINGS[coding], self.body)
            self.compression.kept[self.key] = Whole(_compressed(self.start, packed, coding), packed)
            await self._send_kept()

    async def _drop(self, body: bytes, more: bool) -> None:
        """The answer has been sent."""

    async def _pack(self, body: bytes, more: bool) -> None:
        packed = self.packer.compress(body) + (b"" if more else self.packer.flush())
        if self.start:
            await self.out(_compressed(self.start, None if more else packed))
            self.start = {}
        await self.out({"type": "http.response.body", "body": packed, "more_body": more})


def accepted_codings(header: str) -> list[str]:
    """The codings of `CODINGS` that a value of Accept-Encoding prefers to none, best first (RFC 9110, section 12.5.3).

    A malformed entry is ignored.
    """
    entries = [found.groups() for found in map(_CODING.fullmatch, header.lower().split(",")) if found]
    weights = {"gzip" if name == "x-gzip" else name: float(weight or 1) for name, weight in entries}
    others = weights.get("*", 0.0)
    wanted = {coding: weights.get(coding, others) for coding in CODINGS}
    return [
        coding
        for coding in sorted(wanted, key=lambda name: -wanted[name])
        if wanted[coding] and wanted[coding] >= weights.get("identity", others)
    ]


def _is_compressible(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and headers.get("content-type", "").startswith(COMPRESSIBLE)
        and "content-encoding" not in headers
    )


async def _send_whole(whole: Whole, send: Send) -> None:
    await send(whole.start)
    for at in range(0, len(whole.body), PART_SIZE):
        part = whole.body[at : at + PART_SIZE]
        await send({"type": "http.response.body", "body": part, "more_body": at + PART_SIZE < len(whole.body)})


def _compressed(start: Message, whole: bytes | None, coding: str = "gzip") -> Message:
    """The beginning of a compressed answer; its length only where it is known to be whole."""
    headers = [
        *((name, value) for name, value in start["headers"] if name != b"content-length"),
        (b"content-encoding", coding.encode()),
    ]
    return {**start, "headers": headers if whole is None else [*headers, (b"content-length", str(len(whole)).encode())]}


def _vary(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers, which tell caches that others may get another form."""
    vary = b", ".join([*(value for name, value in headers if name == b"vary"), b"accept-encoding"])
    return [*((name, value) for name, value in headers if name != b"vary"), (b"vary", vary)]
