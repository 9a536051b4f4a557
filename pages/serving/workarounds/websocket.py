"""Limits on the messages that a browser may send over its socket: their types, their sizes and their number.

Streamlit 1.67.0 acts on every message of every client, without limit: it sends the repository's branch and the names of
untracked files, clears caches and installs files. The pages need three types of messages, of its protocol (BackMsg).

Remove when Streamlit limits messages, and the types that only a developer needs can be switched off.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

COSTS = {"rerun_script": 1, "stop_script": 1, "deferred_file": 10}
"""Tokens of the messages that are passed on: a run of a page, the Stop button of a long run, a file to download."""
FRAGMENT_COST = 0.25
"""Tokens of the run of a part of a page, by which open pages ask for edits."""
OTHER_COST = 1
"""Tokens of any other message, which is dropped."""
BURST, RATE = 100, 10
"""Tokens of a socket at first, and tokens added per second."""
MAX_STATES = 500
"""Maximum number of states of controls in a message. A page has some forty; each takes memory of the session."""
UNSUPPORTED, TOO_MANY = 1003, 1008
"""Close codes of RFC 6455: unsupported data, and policy violation."""
CLOSED = "A socket was closed: it sent too many messages"
logger = logging.getLogger(__name__)


class WebSocketFilter:
    """Drops messages that the pages do not send; closes a socket that sends too many, or malformed ones."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self.clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        tokens, updated = float(BURST), self.clock()

        async def close(code: int) -> Message:
            with suppress(OSError):
                await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}

        async def receive_allowed() -> Message:
            nonlocal tokens, updated
            while (message := await receive())["type"] == "websocket.receive":
                kind, cost = _classify(message.get("bytes"))
                if kind is None:
                    return await close(UNSUPPORTED)
                before, updated = updated, self.clock()
                tokens = min(BURST, tokens + RATE * (updated - before)) - cost
                if tokens < 0:
                    logger.warning(CLOSED)
                    return await close(TOO_MANY)
                if kind in COSTS:
                    break
            return message

        await self.app(scope, receive_allowed, send)


def _classify(data: bytes | None) -> tuple[str | None, float]:
    """The type of a message, or of its operation, and its tokens. The type is empty if unknown, None if malformed."""
    if data is None:
        return None, 0
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None, 0
    if len(message.rerun_script.widget_states.widgets) > MAX_STATES:
        return None, 0
    kind = message.WhichOneof("type") or ""
    if kind == "backend_operation_request":
        kind = message.backend_operation_request.WhichOneof("payload") or ""
    return kind, FRAGMENT_COST if message.rerun_script.fragment_id else COSTS.get(kind, OTHER_COST)
