"""Compression of responses: the choice of the coding, and files that are compressed once and kept."""

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
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/geo+json", "image/svg")
GZIP_WINDOW = 31
"""Value of zlib's `wbits` for the gzip format with a window of 32 kB."""
CONDITIONS = ("if-none-match", "if-modified-since")
"""Headers of a request that checks whether a copy is still valid."""
CODINGS: Mapping[str, Callable[[bytes | bytearray], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, compresslevel=9, mtime=0),
}
"""The compression of a file that never changes, best coding first.

Of the app's files Brotli's result is a fourteenth smaller than gzip's. Quality 9 takes six times as long for one
percent less, and the first reader after a start waits for it.
"""
MAX_CONCURRENT = 2
"""Maximum number of files compressed at the same time."""
MAX_KEPT_SIZE = 32_000_000
"""Total bytes of the kept files above which no other is kept. All of Streamlit's take 13 million in both codings.

A file is kept once for each spelling of its path where the file system ignores case.
"""
PART_SIZE = 65_536
"""Maximum number of bytes of a kept file in one message, which bounds the memory that a slow client takes."""
_CODING = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII)
Key = tuple[str, str]
"""A coding and the normal form of a path."""


class KeptFile(NamedTuple):
    """A compressed response: its first message and its body."""

    start: Message
    body: bytes


class Compression:
    """Middleware that compresses responses. Files that never change are compressed once, at first use, and kept.

    A request for a file that is being compressed waits, before the file is read, so that caches on the way get the
    compressed form and at most MAX_CONCURRENT files are in memory.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[Key, KeptFile] = {}
        self.locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self.slots = asyncio.Semaphore(MAX_CONCURRENT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_whole = scope["method"] == "GET" and "range" not in headers
        accepted = accepted_codings(", ".join(headers.getlist("accept-encoding"))) if is_whole else []
        key = (accepted[0] if accepted else "", normpath(scope["path"]))
        if key in self.kept and not any(name in headers for name in CONDITIONS):
            await _send_file(self.kept[key], send)
            return
        response = _Response(send, self, key, "gzip" in accepted)
        async with response.locks:
            await self.app(scope, receive, response.send)


class _Response:
    """A response being sent. A file to be kept is collected until it is complete; others are sent part by part."""

    def __init__(self, out: Send, compression: Compression, key: Key, accepts_gzip: bool) -> None:
        self.out, self.compression, self.key, self.accepts_gzip = out, compression, key, accepts_gzip
        self.locks = AsyncExitStack()
        self.start: Message = {}
        self.body = bytearray()
        self.write: Callable[[bytes, bool], Awaitable[None]] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_compressible(message):
            await self._begin(message)
        elif message["type"] == "http.response.body" and self.write:
            await self.write(message.get("body", b""), message.get("more_body", False))
        else:
            await self.out(message)

    async def _begin(self, start: Message) -> None:
        """Sets `write` to the function for the body, which is sent unchanged if that stays None. Adds to Vary."""
        headers = MutableHeaders(raw=[*start["headers"]])
        headers["vary"] = ", ".join([*headers.getlist("vary"), "accept-encoding"])
        self.start = {**start, "headers": headers.raw}
        if "immutable" not in headers.get("cache-control", ""):
            if self.accepts_gzip:
                self.compressor = zlib.compressobj(5, wbits=GZIP_WINDOW)
                self.write = self._pack
        elif self.key[0]:
            await self._wait()
            if self.key in self.compression.kept:
                self.write = self._drop
                await self._send_kept()
            elif sum(len(file.body) for file in self.compression.kept.values()) >= MAX_KEPT_SIZE:
                await self.locks.aclose()
            else:
                self.write = self._collect
        if not self.write:
            await self.out(self.start)

    async def _wait(self) -> None:
        """Waits while another request compresses this file, then while MAX_CONCURRENT requests compress others."""
        lock = self.compression.locks.setdefault(self.key, asyncio.Lock())
        await self.locks.enter_async_context(lock)
        if self.key not in self.compression.kept:
            await self.locks.enter_async_context(self.compression.slots)

    async def _send_kept(self) -> None:
        await self.locks.aclose()
        await _send_file(self.compression.kept[self.key], self.out)

    async def _collect(self, body: bytes, more: bool) -> None:
        self.body += body
        if not more:
            packed = await asyncio.to_thread(CODINGS[self.key[0]], self.body)
            self.compression.kept[self.key] = KeptFile(_mark_compressed(self.start, self.key[0], packed), packed)
            await self._send_kept()

    async def _drop(self, body: bytes, more: bool) -> None:
        """Ignores the body of a response that has been sent from the kept files."""

    async def _pack(self, body: bytes, more: bool) -> None:
        packed = self.compressor.compress(body) + (b"" if more else self.compressor.flush())
        if self.start:
            await self.out(_mark_compressed(self.start, "gzip", None if more else packed))
            self.start = {}
        await self.out({"type": "http.response.body", "body": packed, "more_body": more})


def accepted_codings(header: str) -> list[str]:
    """The codings that a value of Accept-Encoding prefers to `identity`, best first (RFC 9110, section 12.5.3).

    Malformed entries are ignored.
    """
    entries = [found.groups() for found in map(_CODING.fullmatch, header.lower().split(",")) if found]
    weights = {"gzip" if name == "x-gzip" else name: float(weight or 1) for name, weight in entries}
    others = weights.get("*", 0.0)
    identity = weights.get("identity", others)
    wanted = {coding: weights.get(coding, others) for coding in CODINGS}
    accepted = [coding for coding, weight in wanted.items() if weight and weight >= identity]
    return sorted(accepted, key=lambda coding: -wanted[coding])


def _is_compressible(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_text = headers.get("content-type", "").startswith(COMPRESSIBLE)
    return start["status"] == 200 and is_text and "content-encoding" not in headers


async def _send_file(file: KeptFile, send: Send) -> None:
    await send(file.start)
    for at in range(0, len(file.body), PART_SIZE):
        part = file.body[at : at + PART_SIZE]
        await send({"type": "http.response.body", "body": part, "more_body": at + PART_SIZE < len(file.body)})


def _mark_compressed(start: Message, coding: str, body: bytes | None) -> Message:
    """The first message of a compressed response, with its length if the whole `body` is known."""
    headers = MutableHeaders(raw=[*start["headers"]])
    headers["content-encoding"] = coding
    del headers["content-length"]
    if body is not None:
        headers["content-length"] = str(len(body))
    return {**start, "headers": headers.raw}
