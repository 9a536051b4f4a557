"""What a server without data answers where a reverse proxy can ask another server: 503, to everything but `/healthz`.

The proxy says so by a header of its own, as in `.deploy/nginx.conf`. Without it the pages show a notice until there is
data.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from data.reading.live import current
from data.reading.load import DatasetError

HEADER = "x-another-server"
"""The request header of a proxy that asks another server if this one answers 503. Its value does not matter."""


class Standby:
    """Answers 503 to a proxy with another server while this one has no data. `base` is the base path."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.health = app, f"{base}/healthz"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_request = scope["type"] in ("http", "websocket") and scope["path"] != self.health
        if is_request and HEADER in Headers(scope=scope) and not await run_in_threadpool(_has_data):
            headers = {"retry-after": "5", "cache-control": "no-store"}
            refusal = PlainTextResponse("This server has no data yet.\n", 503, headers)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _has_data() -> bool:
    try:
        return bool(current())
    except DatasetError:
        return False
