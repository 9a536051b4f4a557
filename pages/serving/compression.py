"""Answers compressed on their way out."""

from __future__ import annotations

import gzip

from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = (b"text/", b"application/javascript", b"application/json", b"application/geo+json", b"image/svg")


class Compression:
    """Compresses what Streamlit serves from disk once, on first use, and keeps it.

    Streamlit leaves its static files uncompressed because compressing at every request costs the processor; kept, it costs memory once (about 3 MB).
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.base = app, base
        self.kept: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepts = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        ranged = any(name == b"range" for name, _ in scope["headers"])
        static = scope["path"].startswith(f"{self.base}/static/")
        answer = _Answer(send, self.kept if static else None, scope["path"], accepts and not ranged and scope["method"] == "GET")
        await self.app(scope, receive, answer.send)


class _Answer:
    """One answer on its way out: held back until it is whole when it is to be compressed, passed on at once otherwise."""

    def __init__(self, send: Send, kept: dict[str, bytes] | None, path: str, compress: bool) -> None:
        self.out, self.kept, self.path, self.compress = send, kept, path, compress
        self.start: Message = {}
        self.body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            fields = dict(message["headers"])
            kind = fields.get(b"content-type", b"")
            self.compress = self.compress and message["status"] == 200 and kind.startswith(COMPRESSIBLE) and b"content-encoding" not in fields
            if not self.compress:
                await self.out(self.start)
        elif not self.compress:
            await self.out(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish()

    async def _finish(self) -> None:
        packed = self.kept.get(self.path) if self.kept is not None else None
        if packed is None:
            packed = gzip.compress(bytes(self.body), compresslevel=9 if self.kept is not None else 5, mtime=0)
            if self.kept is not None:
                self.kept[self.path] = packed
        headers = [(name, value) for name, value in self.start["headers"] if name not in (b"content-length", b"vary")]
        vary = b", ".join([*(value for name, value in self.start["headers"] if name == b"vary"), b"accept-encoding"])
        headers += [(b"content-encoding", b"gzip"), (b"vary", vary), (b"content-length", str(len(packed)).encode())]
        await self.out({**self.start, "headers": headers})
        await self.out({"type": "http.response.body", "body": packed})
