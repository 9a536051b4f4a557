"""The server: the Streamlit app with its data routes. Start it with `streamlit run dashboard.py`."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.live import current, use
from data.routes import api, mounted
from pages.serving import settings
from pages.serving.compression import Compression
from pages.serving.guard import Guard

SETTINGS = settings.from_environment()
use(SETTINGS.data)
BASE = "/" + st.get_option("server.baseUrlPath").strip("/") if st.get_option("server.baseUrlPath") else ""


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
    middleware=[Middleware(Guard, SETTINGS, BASE), Middleware(Compression, BASE)],
    lifespan=lifespan,
)
