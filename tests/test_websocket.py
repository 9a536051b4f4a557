"""Messages that a browser may send over its socket, and how often: with a fake clock, and on a running server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pages.serving.workarounds.websocket import BURST, MAX_STATES, RATE, WebSocketFilter
from tests.bench.tab import Tab
from tests.server import health, logged, started

RERUN, GIT = BackMsg(), BackMsg(load_git_info=True)
RERUN.rerun_script.page_name = "method"


def operation(payload: str, session: str = "") -> BackMsg:
    message = BackMsg()
    message.backend_operation_request.session_id = session
    getattr(message.backend_operation_request, payload).SetInParent()
    return message


DOWNLOAD = operation("deferred_file")


def every_message() -> dict[str, BackMsg]:
    """One message of each type and operation of Streamlit's protocol."""
    types = BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields
    payloads = BackMsg().backend_operation_request.DESCRIPTOR.oneofs_by_name["payload"].fields
    found = {}
    for field in types:
        found[field.name] = BackMsg()
        if field.message_type:
            getattr(found[field.name], field.name).SetInParent()
        else:
            setattr(found[field.name], field.name, True)
    return {**found, **{payload.name: operation(payload.name) for payload in payloads}}


# --- by itself


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Socket:
    """A client's socket: the messages that reach the server behind the filter, and those that it gets back."""

    def __init__(self, app: WebSocketFilter) -> None:
        self.app = app
        self.inbox = asyncio.Queue[Message]()
        self.sent: list[Message] = []
        self.heard: list[BackMsg] = []

    async def __aenter__(self) -> Socket:
        scope = {"type": "websocket", "socket": self}
        self.task = asyncio.create_task(self.app(scope, self.inbox.get, self.send))
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect"})
        await self.task

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def say(self, *messages: BackMsg | Message) -> None:
        for message in messages:
            data = message if isinstance(message, dict) else {"bytes": message.SerializeToString()}
            self.inbox.put_nowait({"type": "websocket.receive", **data})
        await self.settle()

    async def settle(self) -> None:
        """Let the filter process everything that has arrived."""
        while not self.inbox.empty() and not self.task.done():
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    @property
    def closed(self) -> int:
        """The code with which the socket was closed; 0 while it is open."""
        return next((message["code"] for message in self.sent if message["type"] == "websocket.close"), 0)


async def hear(scope: Scope, receive: Receive, send: Send) -> None:
    """The server behind the filter."""
    while (message := await receive())["type"] != "websocket.disconnect":
        scope["socket"].heard.append(BackMsg.FromString(message["bytes"]))


class Filtered:
    """The filter before that server, and its fake clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.app = WebSocketFilter(hear, self.clock)

    def socket(self) -> Socket:
        return Socket(self.app)


def run(test: Any) -> None:
    asyncio.run(asyncio.wait_for(test(Filtered()), 20))


def test_only_what_the_pages_send_is_passed_on():
    async def test(filtered: Filtered) -> None:
        passed = []
        for name, message in every_message().items():
            async with filtered.socket() as socket:
                await socket.say(message)
                assert not socket.closed
                passed += [name] * len(socket.heard)
        assert set(passed) == {"rerun_script", "stop_script", "deferred_file"}

    run(test)


def test_a_page_that_asks_for_edits_takes_less_than_one_that_is_run():
    asking = BackMsg()
    asking.rerun_script.fragment_id = "one"

    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            await socket.say(*[asking] * 2 * BURST)
            assert not socket.closed

    run(test)


@pytest.mark.parametrize(("states", "closed"), [(MAX_STATES, 0), (MAX_STATES + 1, 1003), (100_000, 1003)])
def test_a_message_with_more_states_than_any_page_has_controls_ends_its_socket(states, closed):
    crowded = BackMsg()
    for number in range(states):
        crowded.rerun_script.widget_states.widgets.add(id=str(number), trigger_value=True)

    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            await socket.say(crowded)
            assert (len(socket.heard), socket.closed) == (0 if closed else 1, closed)

    run(test)


@pytest.mark.parametrize("data", [{"text": "x"}, {"bytes": None, "text": "x"}, {"bytes": b"\xff\xff"}], ids=str)
def test_what_no_browser_sends_ends_the_socket(data):
    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            await socket.say(RERUN, data, RERUN)
            assert (socket.heard, socket.closed) == ([RERUN], 1003)

    run(test)


def test_too_many_messages_end_their_socket_and_no_other(caplog):
    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as quick, filtered.socket() as other:
            await quick.say(*[RERUN] * (BURST + 5))
            assert (len(quick.heard), quick.closed) == (BURST, 1008)
            await other.say(RERUN)
            assert (len(other.heard), other.closed) == (1, 0)

    run(test)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "A socket was closed: it sent too many messages")
    ]


def test_messages_that_are_dropped_are_counted_as_well():
    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            await socket.say(*[GIT] * (BURST + 1))
            assert (socket.heard, socket.closed) == ([], 1008)

    run(test)


def test_a_reader_who_clicks_fast_for_minutes_never_meets_the_limit():
    """Eight clicks per second, and a download every other second."""

    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            for number in range(8 * 120):
                filtered.clock.now += 1 / 8
                await socket.say(RERUN, *([DOWNLOAD] if number % 64 == 0 else []))
            assert (len(socket.heard), socket.closed) == (8 * 120 + 15, 0)

    run(test)


def test_a_socket_regains_what_it_may_send():
    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            await socket.say(*[RERUN] * BURST)
            filtered.clock.now += 3
            await socket.say(*[RERUN] * 3 * RATE)
            assert not socket.closed
            await socket.say(RERUN)
            assert socket.closed == 1008

    run(test)


def test_a_download_counts_for_ten_clicks():
    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            await socket.say(*[DOWNLOAD] * (BURST // 10))
            assert not socket.closed
            await socket.say(DOWNLOAD)
            assert socket.closed == 1008

    run(test)


def test_hundreds_of_readers_behind_one_address_do_not_share_a_limit():
    async def test(filtered: Filtered) -> None:
        for _ in range(400):
            async with filtered.socket() as socket:
                await socket.say(*[RERUN] * 40)
                assert (len(socket.heard), socket.closed) == (40, 0)

    run(test)


def test_who_has_left_while_too_much_was_read_is_no_error():
    async def leave(message: Message) -> None:
        raise ConnectionResetError

    async def test(filtered: Filtered) -> None:
        async with filtered.socket() as socket:
            socket.send = leave
            await socket.say({"text": "x"})

    run(test)


# --- on a running server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server whose sockets regain no allowance, so that the test does not depend on its speed."""
    log = tmp_path_factory.mktemp("server") / "log"
    first = "from pages.serving.workarounds import websocket; websocket.RATE = 0"
    with started(log, first=first) as (address, _):
        yield address, log
    assert "Traceback" not in log.read_text(), log.read_text()


async def stream(address: str) -> ClientConnection:
    return await connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream", subprotocols=["streamlit"], max_size=None
    )


async def received(socket: ClientConnection) -> list[ForwardMsg]:
    """All messages until the end of a run or of the socket."""
    found: list[ForwardMsg] = []
    with suppress(ConnectionClosed):
        while (
            not found
            or found[-1].script_finished != ForwardMsg.FINISHED_SUCCESSFULLY
            or not found[-1].HasField("script_finished")
        ):
            found.append(ForwardMsg.FromString(await socket.recv()))
    return found


def kinds(messages: Iterable[ForwardMsg]) -> list[str]:
    return [message.WhichOneof("type") for message in messages]


def test_nobody_is_told_of_the_repository_or_changes_anything(server):
    """A socket sends every kind of message, then asks for a run: only that is answered."""

    async def ask() -> tuple[list[str], list[str]]:
        async with await stream(server[0]) as socket:
            await socket.send(RERUN.SerializeToString())
            usual = await received(socket)
            session = usual[0].new_session.initialize.session_id
            others = {"stop_script", "rerun_script", "deferred_file", "backend_operation_request"}
            for name, message in every_message().items():
                if name not in others:
                    if message.HasField("backend_operation_request"):
                        message = operation(name, session)
                    await socket.send(message.SerializeToString())
            await socket.send(RERUN.SerializeToString())
            return kinds(usual), kinds(await received(socket))

    usual, after = asyncio.run(ask())
    assert set(after) <= set(usual)


def test_a_flood_ends_its_socket_before_it_is_run(server):
    """Meanwhile another reader's page works."""
    address, log = server

    async def flood(reader: Tab) -> tuple[int, int]:
        await reader.open("/method", {})
        async with await stream(address) as socket:

            async def fill() -> None:
                with suppress(ConnectionClosed):
                    for _ in range(20_000):
                        await socket.send(RERUN.SerializeToString())

            async def runs() -> int:
                count = 0
                with suppress(ConnectionClosed):
                    async for message in socket:
                        count += ForwardMsg.FromString(message).HasField("new_session")
                return count

            count, _ = await asyncio.gather(runs(), fill())
        await reader.rerun()
        assert any("<footer" in element.html.body for element in reader.elements("html"))
        await reader.close()
        return count, socket.close_code or 0

    runs, code = asyncio.run(asyncio.wait_for(flood(Tab(address)), 120))
    assert (runs <= BURST, code) == (True, 1008)
    assert health(address)["status"] == "ok"
    closed = [line for line in logged(log) if line["message"] == "A socket was closed: it sent too many messages"]
    assert [line["level"] for line in closed] == ["warning"]


def test_a_message_that_is_too_large_is_not_waited_for(server):
    """The length in its header is answered with code 1009."""
    port = int(server[0].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(
            b"GET /_stcore/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        )
        assert raw.recv(12) == b"HTTP/1.1 101"
        raw.sendall(b"\x82\xff" + (4_000_000).to_bytes(8, "big") + b"mask")
        received = bytearray()
        while part := raw.recv(4096):
            received += part
    assert (1009).to_bytes(2, "big") in received.partition(b"\r\n\r\n")[2]
