"""A preload of the bundle that draws charts.

Streamlit 1.67.0 loads the bundle, most of the bytes of a first visit, only when the data of the first chart has
arrived. Uses its file name in Streamlit's static files.

Remove when Streamlit preloads the bundles of the elements of a page, or lets an app name them.
"""

from __future__ import annotations

from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.site.screens import SCREENS, url_path

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"


class Preload:
    """Adds a Link header with the bundle to the HTML of pages with charts."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self.excluded = tuple(f"{base}/{url_path(name)}" for name, screen in SCREENS.items() if not screen.has_charts)
        bundle = next(SCRIPTS.glob("PlotlyChart.*.js")).name
        self.link = (b"link", f"<{base}/static/js/{bundle}>; rel=modulepreload; crossorigin".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_link(message: Message) -> None:
            headers = Headers(raw=message.get("headers", []))
            if headers.get("content-type", "").startswith("text/html"):
                message = {**message, "headers": [*message["headers"], self.link]}
            await send(message)

        has_charts = scope["type"] == "http" and not scope["path"].startswith(self.excluded)
        await self.app(scope, receive, send_with_link if has_charts else send)
