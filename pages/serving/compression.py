"""Answers compressed on their way out."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from posixpath import normpath

import brotli
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = (b"text/", b"application/javascript", b"application/json", b"application/geo+json", b"image/svg")
GZIP = 31
"""What zlib calls a window of 32 kB in the format of gzip."""
CONDITIONS = {b"if-none-match", b"if-modified-since"}
"""With these a browser asks whether its own copy still holds."""
WHOLE: Mapping[bytes, Callable[[bytes], bytes]] = {
    b"br": partial(brotli.compress, quality=9),
    b"gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}
"""How a file that never changes is compressed, the smaller form first; Brotli's is a sixth smaller. At their highest level it would take 20 s."""
Kept = dict[tuple[bytes, str], tuple[Message, Message]]


class Compression:
    """Compresses the files that Streamlit says never change once, on first use, and keeps the whole answer.

    Streamlit leaves its static files uncompressed because compressing at every request costs the processor; kept, it costs memory once (about 3 MB a form). An unknown path gets
    Streamlit's page, which may change, and one file can be asked for in many spellings: neither is kept again, so that no reader can fill the memory.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: Kept = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fields = dict(scope["headers"])
        accepted = (
            [form for form in WHOLE if form in fields.get(b"accept-encoding", b"")]
            if scope["method"] == "GET" and b"range" not in fields
            else []
        )
        name = (accepted[0] if accepted else b"", normpath(scope["path"]))
        if name in self.kept and fields.keys().isdisjoint(CONDITIONS):
            for message in self.kept[name]:
                await send(message)
            return
        await self.app(scope, receive, _Answer(send, self.kept, name, b"gzip" in accepted).send)


class _Answer:
    """One answer on its way out. What is kept is held back until it is whole; everything else is passed on in the parts in which it comes."""

    def __init__(self, send: Send, kept: Kept, name: tuple[bytes, str], compress: bool) -> None:
        self.out, self.kept, self.name, self.compress = send, kept, name, compress
        self.keep = False
        self.start: Message | None = None
        self.body = bytearray()
        self.packer = zlib.compressobj(5, wbits=GZIP)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            fields = dict(message["headers"])
            if (
                message["status"] == 200
                and fields.get(b"content-type", b"").startswith(COMPRESSIBLE)
                and b"content-encoding" not in fields
            ):
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
            await self._pass(
                self.packer.compress(message.get("body", b"")) + (b"" if more else self.packer.flush()), more
            )

    async def _hold(self, body: bytes, more: bool) -> None:
        self.body += body
        if not more:
            form, _ = self.name
            packed = await asyncio.to_thread(WHOLE[form], bytes(self.body))
            self.kept[self.name] = (_packed(self.start, packed, form), {"type": "http.response.body", "body": packed})
            for message in self.kept[self.name]:
                await self.out(message)

    async def _pass(self, packed: bytes, more: bool) -> None:
        if self.start:
            await self.out(_packed(self.start, None if more else packed))
            self.start = None
        await self.out({"type": "http.response.body", "body": packed, "more_body": more})


def _packed(start: Message, whole: bytes | None, form: bytes = b"gzip") -> Message:
    """The beginning of a compressed answer; its length only where it is known to be whole."""
    headers = [
        *((name, value) for name, value in start["headers"] if name != b"content-length"),
        (b"content-encoding", form),
    ]
    return {**start, "headers": headers if whole is None else [*headers, (b"content-length", str(len(whole)).encode())]}


def _in_two_forms(message: Message) -> Message:
    """The beginning of an answer that tells caches that others may get it in another form."""
    headers = message["headers"]
    vary = b", ".join([*(value for name, value in headers if name == b"vary"), b"accept-encoding"])
    return {**message, "headers": [*((name, value) for name, value in headers if name != b"vary"), (b"vary", vary)]}
