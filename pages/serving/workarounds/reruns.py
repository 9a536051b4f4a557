"""Fewer steps between a script run and its browser.

Streamlit 1.67.0 wakes the server's event loop for each of a run's thirty to forty messages, and sends each with a
system call of its own. At each of them the thread gives up the interpreter to another, so that the runs of many
readers interrupt one another. The functions here replace private ones of `AppSession` and `StarletteSessionClient`.

Remove when Streamlit hands over the messages of a run together.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starlette.websockets import WebSocketDisconnect
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent
from streamlit.web.server.starlette.starlette_websocket import StarletteSessionClient

MAX_DELAY = 0.05
"""Seconds after which the messages of a run that goes on are handed over at its next one."""
logger = logging.getLogger(__name__)
NAMES = {
    AppSession: (
        "_on_scriptrunner_event",
        "_handle_scriptrunner_event_on_event_loop",
        "_call_soon_on_event_loop",
    ),
    ScriptRunner: ("_is_in_script_thread",),
    StarletteSessionClient: ("_sender", "_send_queue", "_websocket", "_closed"),
}
_on_event = AppSession._on_scriptrunner_event


class _Batch(threading.local):
    """The events of the script run of a thread that the event loop does not know yet, and the time of the first."""

    def __init__(self) -> None:
        self.events: list[Callable[[], None]] = []
        self.since = 0.0


_batch = _Batch()


def configure() -> None:
    """Replace Streamlit's functions for all sessions to come."""
    AppSession._on_scriptrunner_event = _collect_event  # type: ignore[assignment, method-assign]
    StarletteSessionClient._sender = _send_together  # type: ignore[assignment, method-assign]


def _collect_event(session: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **details: Any) -> None:
    """Keep an event of a script run until the run ends, the last of which is always SHUTDOWN.

    That it has started is told at once: the browser waits with what would come between.
    """
    if sender is None or not sender._is_in_script_thread():
        _on_event(session, sender, event, **details)
        return
    if not _batch.events:
        _batch.since = time.monotonic()
    _batch.events.append(partial(session._handle_scriptrunner_event_on_event_loop, sender, event, **details))
    is_urgent = event in (ScriptRunnerEvent.SCRIPT_STARTED, ScriptRunnerEvent.SHUTDOWN)
    if is_urgent or time.monotonic() - _batch.since > MAX_DELAY:
        events, _batch.events = _batch.events, []
        session._call_soon_on_event_loop(partial(_handle, events))


def _handle(events: Sequence[Callable[[], None]]) -> None:
    for handle in events:
        handle()


async def _send_together(client: StarletteSessionClient) -> None:
    """Send what is in a client's queue once it stops growing: the runtime adds a message at each turn of the loop."""
    queue = client._send_queue
    try:
        while True:
            payloads = [await queue.get()]
            waiting = -1
            while waiting < queue.qsize():
                waiting = queue.qsize()
                await asyncio.sleep(0)
            payloads += [queue.get_nowait() for _ in range(queue.qsize())]
            for payload in payloads:
                await client._websocket.send_bytes(payload)
    except WebSocketDisconnect:
        pass
    except Exception:
        logger.exception("The messages of a run were not sent")
    finally:
        client._closed.set()
