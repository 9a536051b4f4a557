"""How the messages of a script run reach the browser: together, in their order, the same as Streamlit's, and without
what the browser has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from starlette.websockets import WebSocketDisconnect
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from pages.serving import workarounds
from pages.serving.workarounds import reruns

NAMES = [(owner, name) for owner, names in reruns.NAMES.items() for name in names]
RUN = (
    ScriptRunnerEvent.SCRIPT_STARTED,
    ScriptRunnerEvent.ENQUEUE_FORWARD_MSG,
    ScriptRunnerEvent.ENQUEUE_FORWARD_MSG,
    ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS,
    ScriptRunnerEvent.SHUTDOWN,
)


class Session:
    """What a run calls of its session: notes the events that each call of the event loop handles."""

    def __init__(self) -> None:
        self.calls: list[list[tuple[ScriptRunnerEvent, object]]] = []

    def _call_soon_on_event_loop(self, callback: Callable[[], None]) -> None:
        self.calls.append([])
        callback()

    def _handle_scriptrunner_event_on_event_loop(
        self, sender: object, event: ScriptRunnerEvent, forward_msg: object = None
    ) -> None:
        self.calls[-1].append((event, forward_msg))


def handed_over(run: tuple[ScriptRunnerEvent, ...] = RUN) -> list[list[tuple[ScriptRunnerEvent, object]]]:
    session, sender = Session(), SimpleNamespace(_is_in_script_thread=lambda: True)
    for number, event in enumerate(run):
        reruns._collect_event(session, sender, event, forward_msg=number)
    return session.calls


@pytest.mark.parametrize(("owner", "name"), NAMES, ids=str)
def test_where_a_private_name_is_gone_the_workaround_is_left_out(monkeypatch, caplog, owner, name):
    changed = type(owner.__name__, (), {**vars(owner), "__init__": lambda self: None})
    monkeypatch.setattr(reruns, "NAMES", {changed: [name]})
    monkeypatch.delattr(changed, name, raising=False)
    monkeypatch.setattr(reruns, "configure", lambda: pytest.fail("it was put into effect"))
    workarounds.apply("reruns")
    assert [record.fields for record in caplog.records] == [
        {"workaround": "reruns", "missing": [f"{owner.__name__}.{name}"]}
    ]


def test_with_all_names_the_workaround_is_put_into_effect(monkeypatch, caplog):
    called = []
    monkeypatch.setattr(reruns, "configure", lambda: called.append(True))
    workarounds.apply("reruns")
    assert (called, caplog.records) == ([True], [])


def test_a_workaround_that_cannot_be_imported_is_left_out(caplog):
    workarounds.apply("nowhere")
    assert [record.fields["workaround"] for record in caplog.records] == ["nowhere"]


def test_a_run_wakes_the_event_loop_as_it_starts_and_as_it_ends():
    told = [(event, number) for number, event in enumerate(RUN)]
    assert handed_over() == [told[:1], told[1:]]


def test_a_run_after_another_in_its_thread_is_handed_over_by_itself():
    assert [*map(len, handed_over((*RUN, *RUN)))] == [1, len(RUN) - 1] * 2


def test_a_long_run_shows_what_it_has(monkeypatch):
    monkeypatch.setattr(reruns, "MAX_DELAY", -1.0)
    assert handed_over() == [[(event, number)] for number, event in enumerate(RUN)]


@pytest.mark.parametrize("sender", [None, SimpleNamespace(_is_in_script_thread=lambda: False)])
def test_an_event_of_another_thread_is_handed_over_at_once(monkeypatch, sender):
    told = []
    monkeypatch.setattr(reruns, "_on_event", lambda *given, **details: told.append((*given, details)))
    session = Session()
    reruns._collect_event(session, sender, ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, forward_msg=1)
    assert told == [(session, sender, ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, {"forward_msg": 1})]
    assert session.calls == []


def sent(messages: list[bytes], fails: Exception | None = None) -> tuple[list[tuple[bytes, int]], bool]:
    """What a client is sent of messages that come one at each turn of the loop, each with the number still to come; and
    whether the client counts as gone.
    """

    async def run() -> tuple[list[tuple[bytes, int]], bool]:
        found, queue, gone = [], asyncio.Queue[bytes](), asyncio.Event()
        coming = [*messages]

        async def send(payload: bytes) -> None:
            if fails:
                raise fails
            found.append((payload, len(coming)))

        client = SimpleNamespace(_send_queue=queue, _websocket=SimpleNamespace(send_bytes=send), _closed=gone)
        sending = asyncio.create_task(reruns._send_together(client))
        while coming:
            queue.put_nowait(coming.pop(0))
            await asyncio.sleep(0)
        while not (gone.is_set() or len(found) == len(messages)):
            await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait({sending})
        return found, fails is not None and gone.is_set()

    return asyncio.run(run())


def test_messages_are_sent_in_their_order_once_all_are_there():
    messages = [bytes([number]) for number in range(40)]
    assert sent(messages) == ([(message, 0) for message in messages], False)


def test_a_client_that_has_gone_is_sent_nothing_more(caplog):
    assert sent([b"1", b"2"], WebSocketDisconnect()) == ([], True)
    assert caplog.records == []
    assert sent([b"1", b"2"], ValueError("broken")) == ([], True)
    assert "broken" in caplog.text
