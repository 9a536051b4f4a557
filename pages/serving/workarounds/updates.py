"""New runs of open pages after an edit of the data.

Streamlit 1.67.0 runs an open page again by itself only for changes of its own source files. This module makes the same
call for the data, through `AppSession._scriptrunner` and `_client_state`. The public way, `st.fragment(run_every=1)`,
would cost the server 2.3 ms a second for every open page; this costs nothing until an edit.

Remove when Streamlit has a public call that runs a session again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from weakref import WeakKeyDictionary

from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.reading.live import refresh

PAUSE = 0.15
"""Seconds between two scans of the data's files. An edit is used at the second scan after it."""

AT_ONCE = 2
"""Maximum number of pages that run again at the same time: one after the other they are done sooner than together, and
what readers do meanwhile does not wait for all.
"""
TICK = 0.005
"""Seconds until it is looked again whether a page is done."""
PATIENCE = 1.0
"""Seconds after which a page that still runs counts as done."""

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_editions: WeakKeyDictionary[AppSession, int] = WeakKeyDictionary()


def record_edition(edition: int) -> None:
    """Records the edition of the data that the page being run shows; 0 where there is none."""
    context = get_script_run_ctx()
    session = runtime.get_instance().get_app_session(context.session_id) if context and runtime.exists() else None
    if session:
        _record(session, edition)


async def follow() -> None:
    """Scans for edits and runs the open pages again after one, until it is cancelled."""
    while True:
        try:
            await _rerun_outdated(await asyncio.to_thread(refresh))
        except Exception:
            logger.exception("Open pages were not updated")
        await asyncio.sleep(PAUSE)


async def _rerun_outdated(edition: int) -> None:
    """Runs the pages again that show another edition, AT_ONCE at a time.

    A session that is running waits for the next scan, because the state of its controls is not known yet. So does one
    whose last run ended before its page was known; its browser requests another.
    """
    with _lock:
        outdated = [session for session, shown in _editions.items() if shown != edition]
    started: dict[AppSession, float] = {}
    for session in outdated:
        while len(started) >= AT_ONCE:
            await asyncio.sleep(TICK)
            overdue = time.monotonic() - PATIENCE
            started = {each: since for each, since in started.items() if each._scriptrunner and since > overdue}
        is_connected = runtime.get_instance().get_app_session(session.id) is session
        if is_connected and session._scriptrunner is None and session._client_state.page_script_hash:
            _record(session, edition)
            session.request_rerun(session._client_state)
            started[session] = time.monotonic()


def _record(session: AppSession, edition: int) -> None:
    with _lock:
        _editions[session] = edition
