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
    """From now on the first SIGTERM or Ctrl+C lets answers end, and the process then exits with 0.

    After GRACE seconds, or at a second signal, the process ends by that signal at once, after one line in the log.
    uvicorn alone would wait without limit, die of the signal in the end, and meet a second one with tracebacks.
    """
    told = signal.getsignal(signal.SIGTERM)
    if not callable(told) or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def stop(number: int, _: object) -> None:
        _at_signal(_cut_off)
        # uvicorn stops at any signal and raises it again at its end, after it has restored the handlers that it found.
        signal.signal(signal.SIGCONT, lambda *_: _at_signal(_cut_off))
        told(signal.SIGCONT, None)
        loop.call_soon_threadsafe(loop.call_later, GRACE, _cut_off, number, None)

    _at_signal(stop)


def _cut_off(number: int, _: object) -> None:
    logger.log(logging.WARNING, "The stop is cut short: answers that were still under way are cut off.")
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _at_signal(handler: Callable[[int, Any], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
