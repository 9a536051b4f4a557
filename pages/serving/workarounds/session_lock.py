"""One lock for all script runs of a session.

Streamlit 1.67.0 starts the run of a new click while the one before, which it has asked to stop, may still be ending.
Both change the state of the session, each under a lock of its own: a dictionary then changes while the other goes
through it, and that run dies without an end. `SafeSessionState.__init__` is replaced here.

Remove when the runs of a session share their lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

_LOCK = "lock of all runs"
_init = SafeSessionState.__init__


def configure() -> None:
    """Replace Streamlit's function for all runs to come."""
    SafeSessionState.__init__ = _share_lock  # type: ignore[method-assign]


def _share_lock(self: SafeSessionState, state: SessionState, yield_callback: Callable[[], None]) -> None:
    """Take the lock from the session's state, which is the same for all of its runs."""
    _init(self, state, yield_callback)
    object.__setattr__(self, "_lock", vars(state).setdefault(_LOCK, threading.RLock()))
