"""One lock for all script runs of a session.

Streamlit 1.67.0 starts the run of a new click while the one before, which it has asked to stop, may still be ending.
Both change the state of the session, each under a lock of its own: a dictionary then changes while the other goes
through it, and that run dies without an end. Here the lock belongs to the state, of which `AppSession` makes one for
each session and from which `SafeSessionState` takes it.

Remove when the runs of a session share their lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from streamlit.runtime import state as runtime_state
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

_init = SafeSessionState.__init__


class LockedState(SessionState):
    """The state of a session, with the lock of all its runs."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()


def configure() -> None:
    """Replace Streamlit's class and function for all sessions to come."""
    for owner, name, replacement in (
        (runtime_state, "SessionState", LockedState),
        (SafeSessionState, "__init__", _share_lock),
    ):
        setattr(owner, name, replacement)


def _share_lock(self: SafeSessionState, state: SessionState, yield_callback: Callable[[], None]) -> None:
    """Take the lock from the state."""
    _init(self, state, yield_callback)
    if isinstance(state, LockedState):
        object.__setattr__(self, "_lock", state.lock)
