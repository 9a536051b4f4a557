"""A stop that lets downloads end."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

GRACE = 25
"""Seconds that the answers under way may still take; supervisors often kill after 30."""

logger = logging.getLogger(__name__)


def gracefully() -> None:
    """From now on the first SIGTERM or Ctrl+C lets answers end, and the process then ends with 0; after GRACE seconds, or at a second signal, they are cut off.

    uvicorn lets them end by itself, but without a bound, and dies of the signal in the end: so it is given one without effect. SIGINT after that is how it
    is told to wait no longer.
    """
    told = signal.getsignal(signal.SIGTERM)
    if not callable(told) or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def cut_off(*_: object) -> None:
        logger.log(logging.WARNING, "Answers that were still under way at the stop are cut off.")
        told(signal.SIGINT, None)
        loop.call_soon_threadsafe(_hang_up, getattr(told, "__self__", None))

    def stop(*_: object) -> None:
        _at_signal(cut_off)
        told(signal.SIGCONT, None)
        loop.call_soon_threadsafe(loop.call_later, GRACE, cut_off)

    _at_signal(stop)


def _hang_up(server: Any) -> None:
    """Ends the connections of a uvicorn server. From Python 3.12 on, one that is not read keeps asyncio waiting for ever."""
    state = getattr(server, "server_state", None)
    for connection in tuple(state.connections) if state else ():
        connection.transport.abort()


def _at_signal(handler: Callable[..., None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
