"""A graceful stop with a time limit.

uvicorn 0.54.0, as Streamlit 1.67.0 runs it, waits without limit for the responses under way, then ends by the signal
instead of with status 0, and meets a second signal with tracebacks. Uses uvicorn's handler of SIGTERM.

Remove when Streamlit passes uvicorn's `timeout_graceful_shutdown` through, and a stopped server exits with 0.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 25
"""Seconds that responses under way may take after a stop; supervisors often kill after 30."""
logger = logging.getLogger(__name__)
Handler = Callable[[int, FrameType | None], None]


@contextmanager
def at_once() -> Iterator[None]:
    """Lets SIGTERM or Ctrl+C end the process by that signal meanwhile, while there is no answer to wait for."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def handle_signals() -> None:
    """Lets the first SIGTERM or Ctrl+C end the process with 0 once the responses under way are complete.

    After GRACE seconds, or at a second signal, the process ends by that signal at once, after one line in the log.
    Windows, which has no SIGCONT, keeps uvicorn's handling.
    """
    if not hasattr(signal, "SIGCONT"):
        return
    stop_uvicorn = signal.getsignal(signal.SIGTERM)
    if not callable(stop_uvicorn) or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def stop(number: int, _: FrameType | None) -> None:
        _set_handlers(_terminate)
        # uvicorn stops at any signal, and raises it again at its end when it has restored the handlers that it found.
        signal.signal(signal.SIGCONT, lambda *_: _set_handlers(_terminate))
        stop_uvicorn(signal.SIGCONT, None)
        loop.call_soon_threadsafe(loop.call_later, GRACE, _terminate, number, None)

    _set_handlers(stop)


def _terminate(number: int, _: FrameType | None) -> None:
    logger.log(logging.WARNING, "The stop is cut short: answers that were still under way are cut off.")
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _set_handlers(handler: Handler) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
