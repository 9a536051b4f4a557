"""A second run of the first click in a session that the server does not know.

A browser whose connection broke, because its server was replaced or its tab slept for longer than Streamlit 1.67.0
keeps a session, connects again and runs nothing. Its next click sends the address and the state of all controls to a
new session without state. The pages set the controls by the address, so no control counts as changed and the click is
lost. After that run the session has its state, and the same click takes effect. Reads Streamlit's protocol (BackMsg,
ForwardMsg).

Remove when Streamlit runs the page as soon as a browser reconnects to a new session.
"""

from __future__ import annotations

import asyncio

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Replay:
    """Runs the first click of a reconnected browser twice where its session is gone; the first run is not sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = _requested_session(scope) if scope["type"] == "websocket" else ""
        if not session:
            await self.app(scope, receive, send)
            return
        monitor, inbox = RunMonitor(session), asyncio.Queue[Message]()

        async def forward() -> None:
            message: Message = {"type": ""}
            while message["type"] != "websocket.disconnect":
                message = await receive()
                monitor.observe_browser(message)
                inbox.put_nowait(message)

        async def send_or_replay(message: Message) -> None:
            monitor.observe_server(message)
            if monitor.replay:
                inbox.put_nowait(monitor.replay)
                monitor.replay = None
            elif not monitor.is_hidden:
                await send(message)

        forwarding = asyncio.create_task(forward())
        try:
            await self.app(scope, inbox.get, send_or_replay)
        finally:
            forwarding.cancel()


def _requested_session(scope: Scope) -> str:
    """The session that a browser wants to resume, the third of its subprotocols; empty for a first visit."""
    protocols = ",".join(scope["subprotocols"]).split(",")
    return protocols[2].strip() if len(protocols) > 2 else ""


class RunMonitor:
    """The state of the first run of a connection.

    `is_hidden` is True during a run that has to be repeated; `replay` is its click once that run has ended.
    """

    def __init__(self, session: str) -> None:
        self.session, self.is_active, self.is_hidden = session, True, False
        self.click: Message | None = None
        self.replay: Message | None = None

    def observe_browser(self, message: Message) -> None:
        """Records the last click; a question of a page whether the data is another is none."""
        if self.is_active and message.get("bytes"):
            try:
                asked = BackMsg.FromString(message["bytes"])
                if asked.HasField("rerun_script") and not asked.rerun_script.fragment_id:
                    self.click = message
            except DecodeError:
                self.is_active = False

    def observe_server(self, message: Message) -> None:
        """Follows the first run from its new session to its end."""
        if not self.is_active or not message.get("bytes"):
            return
        sent = ForwardMsg.FromString(message["bytes"])
        has_ended = sent.HasField("script_finished") and sent.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        if sent.HasField("new_session"):
            self.is_active = self.is_hidden = sent.new_session.initialize.session_id != self.session
        elif self.is_hidden and has_ended:
            self.replay, self.is_active, self.is_hidden = self.click, False, False
