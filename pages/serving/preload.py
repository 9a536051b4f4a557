"""The chart bundle is asked for together with the page instead of after the first chart's data: it is most of what a first visit loads."""

from __future__ import annotations

from pathlib import Path

import streamlit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
BUNDLE = "PlotlyChart.*.js"
WITHOUT_CHARTS = ("/data", "/method")


class Preload:
    """Names the bundle in a header of the pages that draw charts."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self.without = tuple(base + path for path in WITHOUT_CHARTS)
        name = next(SCRIPTS.glob(BUNDLE)).name
        self.link = (b"link", f"<{base}/static/js/{name}>; rel=modulepreload; crossorigin".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def linked(message: Message) -> None:
            if message["type"] == "http.response.start" and dict(message["headers"]).get(
                b"content-type", b""
            ).startswith(b"text/html"):
                message = {**message, "headers": [*message["headers"], self.link]}
            await send(message)

        charts = scope["type"] == "http" and not scope["path"].startswith(self.without)
        await self.app(scope, receive, linked if charts else send)
