"""The first click after a lost session, and the connections of many readers."""

from __future__ import annotations

import asyncio
import resource
import socket
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.serving.open_files import MAX_OPEN_FILES, raise_limit
from pages.serving.workarounds.no_delay import set_no_delay
from pages.serving.workarounds.replay import Replay

EARLY, DONE = ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_SUCCESSFULLY


def click(query: str, fragment: str = "") -> bytes:
    message = BackMsg()
    message.rerun_script.query_string, message.rerun_script.fragment_id = query, fragment
    return message.SerializeToString()


def run(session: str, query: str, end: int = DONE) -> list[bytes]:
    """The messages that a server sends during a run."""
    begin, page, finished = ForwardMsg(), ForwardMsg(), ForwardMsg(script_finished=end)
    begin.new_session.initialize.session_id = session
    page.page_info_changed.query_string = query
    return [message.SerializeToString() for message in (begin, page, finished)]


async def talk(offered: str, session: str, clicks: list[bytes], ends: list[int]) -> tuple[list[bytes], list[bytes]]:
    """Return what the server and the browser receive, with each click sent after the run before it and runs ending like
    `ends`.

    `session` is the id that the server gives.
    """
    heard: list[bytes] = []
    seen: list[bytes] = []
    said = iter(clicks)

    async def server(scope: Any, receive: Any, send: Any) -> None:
        for end in ends:
            heard.append((await receive())["bytes"])
            for message in run(session, BackMsg.FromString(heard[-1]).rerun_script.query_string, end):
                await send({"type": "websocket.send", "bytes": message})

    async def receive() -> dict[str, Any]:
        if message := next(said, None):
            return {"type": "websocket.receive", "bytes": message}
        return await asyncio.Future()

    async def send(message: Any) -> None:
        seen.append(message["bytes"])

    protocols = ["streamlit", "token", *([offered] if offered else [])]
    await asyncio.wait_for(Replay(server)({"type": "websocket", "subprotocols": protocols}, receive, send), 5)
    return heard, seen


@pytest.mark.parametrize(
    ("offered", "session", "clicks", "ends", "heard", "seen"),
    [
        ("", "new", ["a"], [DONE], ["a"], ["a"]),
        ("old", "old", ["a", "b"], [DONE, DONE], ["a", "b"], ["a", "b"]),
        ("old", "new", ["a"], [DONE, DONE], ["a", "a"], ["a"]),
    ],
    ids=["a new tab", "a session that is known", "a session that is gone"],
)
def test_a_click_is_heard_again_only_where_the_session_is_gone(offered, session, clicks, ends, heard, seen):
    found = asyncio.run(talk(offered, session, [click(query) for query in clicks], ends))
    assert found == ([click(query) for query in heard], [message for query in seen for message in run(session, query)])


def test_the_last_click_counts_when_another_came_before_the_first_was_through():
    heard, seen = asyncio.run(talk("old", "new", [click("a"), click("b")], [EARLY, DONE, DONE]))
    assert heard == [click("a"), click("b"), click("b")]
    assert seen == run("new", "b")


def test_a_page_that_asks_for_edits_meanwhile_takes_nothing_from_the_click():
    question = click("a", fragment="edits")
    heard, seen = asyncio.run(talk("old", "new", [click("a"), question], [EARLY, DONE, DONE]))
    assert heard == [click("a"), question, click("a")]
    assert seen == run("new", "a")


def test_what_is_no_message_reaches_the_server_as_it_is():
    sent = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "bytes": b"\xff\xff"},
        {"type": "websocket.disconnect"},
    ]
    left, heard = iter(sent), []

    async def server(scope: Any, receive: Any, send: Any) -> None:
        heard.extend([await receive() for _ in sent])

    async def receive() -> dict[str, Any]:
        return next(left)

    asyncio.run(Replay(server)({"type": "websocket", "subprotocols": ["streamlit, token, old"]}, receive, receive))
    assert heard == sent


def test_every_connection_sends_at_once():
    with socket.socket() as listening:
        listening.bind(("localhost", 0))
        listening.listen()
        set_no_delay()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_as_many_files_may_be_open_as_the_system_allows():
    given = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given[0] // 2, given[1]))
    try:
        raise_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (
            max(given[0] // 2, min(given[1], MAX_OPEN_FILES)),
            given[1],
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, given)
