"""The server: the Streamlit app with its data routes. Start it with `streamlit run dashboard.py`."""

from __future__ import annotations

from pages.serving import preflight as ready

if __name__ == "__main__":
    ready.run(__file__)

with ready.explained():
    import asyncio
    import gc
    import logging
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager
    from typing import Any

    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    from data.reading.live import leave, look, use
    from pages.serving import failure, log, policy, settings
    from pages.serving.api import api, mounted
    from pages.serving.compression import Compression
    from pages.serving.guard import Guard
    from pages.serving.health import healthz
    from pages.serving.index_page import index_routes
    from pages.serving.preload import Preload
    from pages.serving.websocket import WebSocketFilter
    from pages.serving.workarounds import connections, stop, updates
    from pages.serving.workarounds.replay import Replay

SETTINGS = settings.from_environment()
use(SETTINGS.data, SETTINGS.cache)
BASE = SETTINGS.base
PATIENCE = 2.0
"""So many seconds readers wait for the server; what is not read by then is read before their eyes."""
logger = logging.getLogger("dashboard")


def empty_world(request: Request) -> Response:
    """Stands in for the world map that Plotly would fetch from elsewhere: the map draws only our own boundaries."""
    return JSONResponse(
        {"type": "Topology", "objects": {}, "arcs": []}, headers={"cache-control": "public, max-age=86400"}
    )


async def follow(loading: asyncio.Task[int]) -> None:
    """Follows edits once the data is loaded, which is then out of the garbage collector's rounds."""
    await loading
    gc.collect()
    gc.freeze()
    await updates.follow()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Reads the data before the first reader, unless that takes long, and follows edits until the stop."""
    log.start(SETTINGS.log)
    connections.limit(policy.headers(SETTINGS.frame_ancestors))
    stop.gracefully()
    connections.allow_many()
    connections.send_at_once()
    loading = asyncio.create_task(asyncio.to_thread(look))
    await asyncio.wait({loading}, timeout=PATIENCE)
    following = asyncio.create_task(follow(loading))
    logger.info("started", extra={"fields": {"data": str(SETTINGS.data), "base": BASE}})
    yield
    leave()
    following.cancel()
    logger.info("stopped")


app = st.App(
    "pages/shell.py",
    routes=[
        Route(f"{BASE}/healthz", healthz),
        mounted(BASE),
        Route(f"{BASE}/api", api),
        Route(f"{BASE}/topojson/world_110m.json", empty_world),
        *index_routes(BASE),
    ],
    middleware=[
        Middleware(log.Requests, BASE),
        Middleware(Guard, SETTINGS, BASE),
        Middleware(WebSocketFilter),
        Middleware(Compression),
        Middleware(Preload, BASE),
        Middleware(Replay),
    ],
    lifespan=lifespan,
    on_script_error=failure.tell,
)
