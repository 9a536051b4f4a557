"""Answers compressed on their way out."""

from __future__ import annotations

import gzip
import zlib
from posixpath import normpath

from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = (b"text/", b"application/javascript", b"application/json", b"application/geo+json", b"image/svg")
GZIP = 31
"""What zlib calls a window of 32 kB in the format of gzip."""


class Compression:
    """Compresses the files that Streamlit says never change once, on first use, and keeps them.

    Streamlit leaves its static files uncompressed because compressing at every request costs the processor; kept, it costs memory once (about 3 MB). An unknown path gets
    Streamlit's page, which may change, and one file can be asked for in many spellings: neither is kept again, so that no reader can fill the memory.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepts = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        ranged = any(name == b"range" for name, _ in scope["headers"])
        answer = _Answer(send, self.kept, normpath(scope["path"]), accepts and not ranged and scope["method"] == "GET")
        await self.app(scope, receive, answer.send)


class _Answer:
    """One answer on its way out. What is kept is held back until it is whole; everything else is passed on in the parts in which it comes."""

    def __init__(self, send: Send, kept: dict[str, bytes], path: str, compress: bool) -> None:
        self.out, self.kept, self.path, self.compress = send, kept, path, compress
        self.keep = False
        self.start: Message | None = None
        self.body = bytearray()
        self.packer = zlib.compressobj(5, wbits=GZIP)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            fields = dict(message["headers"])
            if message["status"] == 200 and fields.get(b"content-type", b"").startswith(COMPRESSIBLE) and b"content-encoding" not in fields:
                message = _in_two_forms(message)
            else:
                self.compress = False
            self.keep = b"immutable" in fields.get(b"cache-control", b"")
            if self.compress:
                self.start = message
                return
        if not self.compress:
            await self.out(message)
        elif self.keep:
            await self._hold(message.get("body", b""), message.get("more_body", False))
        else:
            more = message.get("more_body", False)
            await self._pass(self.packer.compress(message.get("body", b"")) + (b"" if more else self.packer.flush()), more)

    async def _hold(self, body: bytes, more: bool) -> None:
        self.body += body
        if not more:
            if self.path not in self.kept:
                self.kept[self.path] = gzip.compress(bytes(self.body), compresslevel=9, mtime=0)
            await self._pass(self.kept[self.path], more)

    async def _pass(self, packed: bytes, more: bool) -> None:
        if self.start:
            headers = [*((name, value) for name, value in self.start["headers"] if name != b"content-length"), (b"content-encoding", b"gzip")]
            await self.out({**self.start, "headers": headers if more else [*headers, (b"content-length", str(len(packed)).encode())]})
            self.start = None
        await self.out({"type": "http.response.body", "body": packed, "more_body": more})


def _in_two_forms(message: Message) -> Message:
    """The beginning of an answer that tells caches that others may get it in another form."""
    headers = message["headers"]
    vary = b", ".join([*(value for name, value in headers if name == b"vary"), b"accept-encoding"])
    return {**message, "headers": [*((name, value) for name, value in headers if name != b"vary"), (b"vary", vary)]}
