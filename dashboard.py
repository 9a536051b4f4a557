"""The server: the Streamlit app with its data routes. Start it with `streamlit run dashboard.py`."""

from __future__ import annotations

from pages.serving import preflight

if __name__ == "__main__":
    preflight.run(__file__)

with preflight.explain_missing_packages():
    import asyncio
    import gc
    import logging
    import os
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Route

    from data import __version__
    from data.query.dataset import Dataset
    from data.query.filters import Filters, count_options
    from data.reading.live import configure, refresh
    from data.wording.rows import prepare
    from pages.markup.environment import compile_templates
    from pages.serving import following, log, open_files, script_error, settings, workarounds
    from pages.serving.api import api, mount
    from pages.serving.guard import Guard
    from pages.serving.health import healthz
    from pages.serving.immutable_files import immutable_routes
    from pages.serving.index_page import index_routes, not_found_route
    from pages.serving.kept import KeptAnswers
    from pages.serving.service_worker import worker_route
    from pages.serving.site_map import site_map_routes
    from pages.serving.workarounds import no_delay
    from pages.serving.workarounds.websocket import WebSocketFilter
    from pages.serving.workarounds.world_map import PATH as WORLD_PATH
    from pages.serving.workarounds.world_map import empty_world


def prepare_pages(dataset: Dataset) -> None:
    """Make what pages need of a dataset before it is served, so that no reader waits for it."""
    compile_templates()
    count_options(dataset, Filters())
    prepare(dataset)


SETTINGS = settings.from_environment()
configure(SETTINGS.data, SETTINGS.cache, prepare_pages)
BASE = SETTINGS.base
logger = logging.getLogger("dashboard")


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Configures the process, reads the data before the first request, and follows edits.

    Garbage is not collected while the data is read, and the data is exempt from it: a third of the time of many cases.
    """
    log.configure(SETTINGS.log)
    open_files.raise_limit()
    no_delay.set_no_delay()
    workarounds.apply("reruns")
    warnings = [
        preflight.describe_other_versions(),
        *settings.list_warnings(os.environ, st.get_option("server.address")),
    ]
    for warning in filter(None, warnings):
        logger.warning(warning)
    gc.disable()
    await asyncio.to_thread(refresh)
    gc.enable()
    gc.collect()
    gc.freeze()
    scanning = asyncio.create_task(following.follow())
    logger.info("started", extra={"fields": {"release": __version__, "data": str(SETTINGS.data), "base": BASE}})
    yield
    scanning.cancel()
    logger.info("stopped")


app = st.App(
    "pages/shell.py",
    routes=[
        Route(f"{BASE}/healthz", healthz),
        mount(BASE),
        Route(f"{BASE}/api", api),
        Route(f"{BASE}{WORLD_PATH}", empty_world),
        worker_route(BASE, SETTINGS.browser_cache),
        *site_map_routes(SETTINGS),
        *immutable_routes(BASE),
        *index_routes(SETTINGS),
        not_found_route(BASE),
    ],
    middleware=[
        Middleware(log.RequestLog, BASE),
        Middleware(Guard, SETTINGS),
        Middleware(WebSocketFilter),
        Middleware(KeptAnswers, BASE),
        Middleware(GZipMiddleware, compresslevel=6),
    ],
    lifespan=lifespan,
    on_script_error=script_error.show_message,
)
