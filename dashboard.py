"""The server: the Streamlit app with its data routes. Start it with `streamlit run dashboard.py`."""

from __future__ import annotations

import gc
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.live import current
from data.routes import api, mounted

BASE = "/" + st.get_option("server.baseUrlPath").strip("/") if st.get_option("server.baseUrlPath") else ""
COMPRESSIBLE = (b"text/", b"application/javascript", b"application/json", b"application/geo+json", b"image/svg")
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))


def healthz(request: Request) -> Response:
    """Whether a dataset is loaded, and which: cases, figures, time of the last good load, number of problems in a newer edit."""
    state = current()
    body = {
        "status": "ok",
        "cases": len(state.dataset.cases),
        "metrics": len(state.dataset.table),
        "loaded": datetime.fromtimestamp(state.loaded_at, UTC).isoformat(timespec="seconds"),
        "problems": len(state.problems),
    }
    return JSONResponse(body, headers={"cache-control": "no-store"})


def empty_world(request: Request) -> Response:
    """Stands in for the world map that Plotly would fetch from elsewhere: the map draws only our own boundaries."""
    return JSONResponse({"type": "Topology", "objects": {}, "arcs": []}, headers={"cache-control": "public, max-age=86400"})


class Compression:
    """Compresses what Streamlit serves from disk once, on first use, and keeps it; adds the headers that every answer carries.

    Streamlit leaves its static files uncompressed because compressing at every request costs the processor; kept, it costs memory once (about 3 MB).
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
        static = scope["path"].startswith(f"{BASE}/static/")
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
            headers = [*message["headers"], *HEADERS]
            self.start = {**message, "headers": headers}
            fields = dict(headers)
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


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Loads the dataset before the first reader and takes what is loaded out of the garbage collector's rounds."""
    current()
    gc.collect()
    gc.freeze()
    yield


app = st.App(
    "pages/shell.py",
    routes=[
        Route(f"{BASE}/healthz", healthz),
        mounted(BASE),
        Route(f"{BASE}/api", api),
        Route(f"{BASE}/topojson/world_110m.json", empty_world),
    ],
    middleware=[Middleware(Compression)],
    lifespan=lifespan,
)
