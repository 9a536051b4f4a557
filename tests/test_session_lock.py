"""Two runs of a session, of which one ends while the next begins, change its state one after the other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from streamlit.runtime import state as runtime_state
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from pages.serving.workarounds import session_lock

TIMEOUT = 60


class Ending(session_lock.LockedState):
    """A state that notes what is done with it, and whose first run takes as long as it is told to end."""

    def __init__(self) -> None:
        super().__init__()
        self.ending, self.may_end, self.noted = threading.Event(), threading.Event(), list[str]()

    def on_script_finished(self, *_: Any, **__: Any) -> None:
        self.ending.set()
        assert self.may_end.wait(TIMEOUT)
        self.noted.append("ended")

    def on_script_will_rerun(self, *_: Any, **__: Any) -> None:
        self.noted.append("begun")


@pytest.fixture(autouse=True)
def configured(monkeypatch):
    monkeypatch.setattr(SafeSessionState, "__init__", session_lock._init)
    monkeypatch.setattr(runtime_state, "SessionState", SessionState)
    session_lock.configure()


def new_run(state: SessionState) -> SafeSessionState:
    return SafeSessionState(state, yield_callback=lambda: None)


def test_a_run_begins_when_the_one_before_has_ended():
    state = Ending()
    first, second = new_run(state), new_run(state)
    threads = [
        threading.Thread(target=first.on_script_finished, args=[frozenset()]),
        threading.Thread(target=second.on_script_will_rerun, args=[None]),
    ]
    threads[0].start()
    assert state.ending.wait(TIMEOUT)
    assert not second._lock.acquire(blocking=False)
    threads[1].start()
    state.may_end.set()
    for thread in threads:
        thread.join(TIMEOUT)
    assert state.noted == ["ended", "begun"]


def test_another_session_does_not_wait():
    first, other = runtime_state.SessionState(), runtime_state.SessionState()
    assert new_run(first)._lock is new_run(first)._lock is not new_run(other)._lock
