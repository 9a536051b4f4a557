"""The first click of a reader whose session is gone: another server has taken over, or the tab slept for longer than sessions are kept."""

from __future__ import annotations

import asyncio

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Replay:
    """Has the server run such a click twice, the first time unseen.

    A browser whose connection broke connects again and runs nothing. With the next click it sends the address and all its controls, to a session that has no state yet:
    the pages set the controls by the address, nothing counts as changed, and the click would be lost. After that run the session is as it was, and hears the click.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = _session(scope) if scope["type"] == "websocket" else ""
        if not session:
            await self.app(scope, receive, send)
            return
        ear, inbox = _Ear(session), asyncio.Queue[Message]()

        async def listen() -> None:
            message: Message = {"type": ""}
            while message["type"] != "websocket.disconnect":
                message = await receive()
                ear.browser_says(message)
                inbox.put_nowait(message)

        async def say(message: Message) -> None:
            ear.server_says(message)
            if ear.again:
                inbox.put_nowait(ear.again)
                ear.again = None
            elif not ear.unseen:
                await send(message)

        listening = asyncio.create_task(listen())
        try:
            await self.app(scope, inbox.get, say)
        finally:
            listening.cancel()


def _session(scope: Scope) -> str:
    """The session that a browser wants to go on with: the third of the protocols that it names."""
    named = ",".join(scope["subprotocols"]).split(",")
    return named[2].strip() if len(named) > 2 else ""


class _Ear:
    """Listens to the first run. `unseen` while it is one that has to be repeated; `again` is the click, once that run is over."""

    def __init__(self, session: str) -> None:
        self.session, self.open, self.unseen = session, True, False
        self.click: Message | None = None
        self.again: Message | None = None

    def browser_says(self, message: Message) -> None:
        if self.open and message.get("bytes"):
            try:
                self.click = message if BackMsg.FromString(message["bytes"]).HasField("rerun_script") else self.click
            except DecodeError:
                self.open = False

    def server_says(self, message: Message) -> None:
        if not self.open or not message.get("bytes"):
            return
        said = ForwardMsg.FromString(message["bytes"])
        if said.HasField("new_session"):
            self.open = self.unseen = said.new_session.initialize.session_id != self.session
        elif (
            self.unseen
            and said.WhichOneof("type") == "script_finished"
            and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            self.again, self.open, self.unseen = self.click, False, False
