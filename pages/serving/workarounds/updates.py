"""Open pages follow the data: each notes what it shows, and is run again once that is no longer the newest.

Streamlit runs a page again by itself only for its own source files. The call that it makes then is made here for the data, by two names of its inside.
Its public way, `st.fragment(run_every=1)`, has every open page ask every second, which costs the server 2.3 ms each time; this costs nothing until an edit.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from weakref import WeakKeyDictionary

from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.reading.live import effort, look

PAUSE = 0.15
"""Seconds between two looks at the data. An edit is taken over at the second look after it."""
REST = 8
"""So many times as long as a look takes nobody looks."""

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_shown: WeakKeyDictionary[AppSession, int] = WeakKeyDictionary()


def showing(edition: int) -> None:
    """Notes that the page which is just being run shows this edition; 0 is none."""
    context = get_script_run_ctx()
    session = runtime.get_instance().get_app_session(context.session_id) if context and runtime.exists() else None
    if session:
        _note(session, edition)


async def follow() -> None:
    """Looks for edits and brings them to the open pages, until it is cancelled. Where there are many files, it looks less often."""
    while True:
        try:
            _bring(await asyncio.to_thread(look))
        except Exception:
            logger.exception("Open pages were not updated")
        await asyncio.sleep(max(PAUSE, REST * effort()))


def _bring(edition: int) -> None:
    """Runs the pages again that show another edition. A session that is busy waits for the next time: what its reader has just done is not known yet.

    The same holds for one whose last run was broken off before it knew its page; its browser asks for it again.
    """
    with _lock:
        behind = [session for session, shown in _shown.items() if shown != edition]
    for session in behind:
        connected = runtime.get_instance().get_app_session(session.id) is session
        if connected and session._scriptrunner is None and session._client_state.page_script_hash:
            _note(session, edition)
            session.request_rerun(session._client_state)


def _note(session: AppSession, edition: int) -> None:
    with _lock:
        _shown[session] = edition
