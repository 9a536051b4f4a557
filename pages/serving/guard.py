"""The checks of every request and the headers of every response: pages, files, data links, sockets and errors.

Sizes, numbers and times are limited by the reverse proxy (`.deploy/nginx.conf`), the messages on a socket by
`workarounds.websocket`.
"""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.model.problems import escape_invisible
from pages.serving import policy
from pages.serving.following import edition
from pages.serving.hosts import is_allowed, read_name
from pages.serving.settings import Settings

METHODS = ("GET", "HEAD", "OPTIONS")
CLOSED = "/_stcore/metrics"
"""Path below the base path at which Streamlit tells anybody how many readers there are."""
STANDBY = "x-another-server"
"""The request header of a proxy that asks another server if this one answers 503. Its value does not matter."""
MISDIRECTED = (
    "A request was refused because of the host it names. If readers use that name, add it to HENAN_ALLOWED_HOSTS"
)
"""Log message of a 421 response."""
APP_FILES = Path(streamlit.__file__).parent / "static"
"""The folder of Streamlit's own files, which are served below `/static/`."""
logger = logging.getLogger(__name__)


class Guard:
    """Refuses requests for other hosts, those that write, and addresses without content; adds the headers.

    Also checks the origin of sockets, and removes it: Streamlit would look up the address of this machine at a service
    on the internet to check a foreign one. While there is no data, a proxy that can ask another server gets 503.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.allowed_hosts, self.base = app, settings.allowed_hosts, settings.base
        self.headers = dict(policy.build_headers(settings.frame_ancestors))
        self.files = {f"{self.base}/{path.relative_to(APP_FILES).as_posix()}" for path in APP_FILES.rglob("*.*")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        is_socket = scope["type"] == "websocket"
        is_data_link = f"{scope['path']}/".startswith(f"{self.base}/api/")
        # Any site may use the data links.
        added = self.headers | ({b"cross-origin-resource-policy": b"cross-origin"} if is_data_link else {})
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            has_started = True
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in added]
                message = {**message, "headers": [*kept, *added.items()]}
            await send(message)

        try:
            if refusal := self._refusal(scope, is_data_link):
                await refusal(scope, receive, send_with_headers)
            else:
                headers = [(name, value) for name, value in scope["headers"] if name != b"origin" or not is_socket]
                await self.app({**scope, "headers": headers}, receive, send_with_headers)
        except Exception:
            if not is_socket and not has_started:
                failure = _refuse(is_data_link, 500, "The server failed to answer this.")
                await failure(scope, receive, send_with_headers)
            raise

    def _refusal(self, scope: Scope, is_data_link: bool) -> Response | None:
        """The response to a request that fails a check; None if it passes all."""
        headers, path = Headers(scope=scope), scope["path"]
        hosts, origins = headers.getlist("host"), headers.getlist("origin") if scope["type"] == "websocket" else []
        names = [*map(read_name, [*hosts, *(origin.partition("://")[2] for origin in origins)])]
        if len(hosts) != 1 or not all(names):
            return _refuse(is_data_link, 400, "The address of the server is missing or malformed.")
        for name in names:
            if not is_allowed(name, self.allowed_hosts):
                logger.warning(MISDIRECTED, extra={"fields": {"host": escape_invisible(name, 100)}})
                return _refuse(is_data_link, 421, "This server does not answer under that name.")
        if scope.get("method", "GET") not in METHODS:
            return _refuse(is_data_link, 405, "This server is only read from.", {"allow": ", ".join(METHODS)})
        if STANDBY in headers and path != f"{self.base}/healthz" and not edition():
            return _refuse(is_data_link, 503, "This server has no data yet.", {"retry-after": "5"})
        if path.rstrip("/") == f"{self.base}{CLOSED}" or self._is_missing_file(path):
            return _refuse(is_data_link, 404, "There is nothing at this address.")
        return None

    def _is_missing_file(self, path: str) -> bool:
        """Whether a path names a file of the app that is not there, to which Streamlit answers with a page."""
        return path.startswith(f"{self.base}/static/") and path not in self.files


def _refuse(is_data_link: bool, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """A response of one sentence; for data links JSON that any site may read."""
    fields = {"cache-control": "no-store", **(headers or {})}
    if is_data_link:
        return JSONResponse({"detail": sentence}, status, {**fields, "access-control-allow-origin": "*"})
    return PlainTextResponse(sentence + "\n", status, fields)
