"""The checks of every request and the headers of every response: pages, files, data links, sockets and errors.

The messages on a socket are checked in `workarounds.websocket`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from weakref import WeakValueDictionary

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.model.problems import escape_invisible
from pages.serving import policy
from pages.serving.hosts import is_allowed, read_name
from pages.serving.settings import Settings

METHODS = ("GET", "HEAD", "OPTIONS")
TARGET_LIMIT = 8192
"""Maximum number of bytes of a path with its query."""
MINUTE = 60.0
CLOSED = "/_stcore/metrics"
"""Path below the base path at which Streamlit tells anybody how many readers there are."""
COSTS = {"csv": 1, "zip": 3, "xlsx": 10, "html": 3}
"""Number of requests that a download counts as, by the ending of its path. Other data links count as one."""
MISDIRECTED = (
    "A request was refused because of the host it names. If readers use that name, add it to HENAN_ALLOWED_HOSTS"
)
"""Log message of a 421 response."""
_SECURE = re.compile(rb";\s*secure\b", re.IGNORECASE)
Field = tuple[bytes, bytes]
"""A header of a request or response: its name and its value."""
logger = logging.getLogger(__name__)


class Guard:
    """Refuses requests for other hosts, and those that are too large, too frequent or write; adds the headers.

    Also checks the origin of sockets, and removes it: Streamlit would look up the address of this machine at a service
    on the internet to check a foreign one.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, base: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.allowed_hosts, self.api = app, settings.allowed_hosts, f"{base}/api"
        self.closed = f"{base}{CLOSED}"
        self.headers = policy.build_headers(settings.frame_ancestors)
        self.rate = Rate(settings.api_rate, clock)
        self.locks = WeakValueDictionary[tuple[str, bool], asyncio.Lock]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        is_socket = scope["type"] == "websocket"
        is_data_link = f"{scope['path']}/".startswith(f"{self.api}/")
        response = _Response(send, self.headers, is_data_link, scope["scheme"] in ("https", "wss"))
        try:
            if refusal := self._refusal(scope, is_data_link):
                if _has_body(scope):
                    refusal.headers["connection"] = "close"
                await refusal(scope, receive, response.send)
            elif is_data_link:
                # The data links of a client are written one after another, since Python writes several no faster at the
                # same time and all pages would wait for them. Downloads, which may take long, have their own lock.
                async with self.locks.setdefault((client_of(scope), _ending(scope) in COSTS), asyncio.Lock()):
                    await self.app(scope, receive, response.send)
            else:
                headers = [field for field in scope["headers"] if field[0] != b"origin"]
                await self.app({**scope, "headers": headers} if is_socket else scope, receive, response.send)
        except Exception:
            if not is_socket and not response.has_started:
                await _refuse(is_data_link, 500, "The server failed to answer this.")(scope, receive, response.send)
            raise

    def _refusal(self, scope: Scope, is_data_link: bool) -> Response | None:
        """The response to a request that fails a check; None if it passes all."""
        headers, method = Headers(scope=scope), scope.get("method", "GET")
        hosts, origins = headers.getlist("host"), headers.getlist("origin") if scope["type"] == "websocket" else []
        named = [*hosts, *(origin.partition("://")[2] for origin in origins)]
        names = [*map(read_name, named)]
        if len(hosts) != 1 or not all(names):
            return _refuse(is_data_link, 400, "The address of the server is missing or malformed.")
        for name in names:
            if not is_allowed(name, self.allowed_hosts):
                logger.warning(MISDIRECTED, extra={"fields": {"host": escape_invisible(name, 100)}})
                return _refuse(is_data_link, 421, "This server does not answer under that name.")
        if method not in METHODS:
            return _refuse(is_data_link, 405, "This server is only read from.", {"allow": ", ".join(METHODS)})
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_LIMIT:
            return _refuse(is_data_link, 414, f"An address may be {TARGET_LIMIT} bytes long.")
        if _has_body(scope):
            return _refuse(is_data_link, 413, "A request to this server has no body.")
        if scope["path"].rstrip("/") == self.closed:
            return _refuse(is_data_link, 404, "There is nothing at this address.")
        if wait := self.rate.wait(scope) if is_data_link else 0:
            sentence = f"Too many requests. Try again in {wait} seconds."
            return _refuse(is_data_link, 429, sentence, {"retry-after": str(wait)})
        return None


class _Response:
    """A response being sent, with the headers of this server; any site may use the data links.

    Over https its cookies become `Secure`, which Streamlit omits behind a reverse proxy that ends the TLS connection.
    """

    def __init__(self, send: Send, headers: Iterable[Field], is_data_link: bool, secure: bool) -> None:
        self.out, self.has_started, self.secure = send, False, secure
        self.headers = dict(headers) | ({b"cross-origin-resource-policy": b"cross-origin"} if is_data_link else {})

    async def send(self, message: Message) -> None:
        self.has_started = True
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            kept = [field for field in message["headers"] if field[0].lower() not in self.headers]
            message = {**message, "headers": [*map(self._secure_cookie, kept), *self.headers.items()]}
        await self.out(message)

    def _secure_cookie(self, field: Field) -> Field:
        name, value = field
        is_cookie = self.secure and name.lower() == b"set-cookie"
        return (name, value + b"; Secure") if is_cookie and not _SECURE.search(value) else field


class Rate:
    """Limit on the requests of each client in a minute. Only the clients of the current minute are kept in memory."""

    def __init__(self, allowed: int, clock: Callable[[], float]) -> None:
        self.allowed, self.clock = allowed, clock
        self.minute_began, self.counts = clock(), Counter[str]()

    def wait(self, scope: Scope) -> int:
        """Seconds until this request is allowed. 0 if it is, in which case it is counted.

        The last request of a minute may cost more than is left, so that even the lowest rate allows any file.
        """
        if not self.allowed:
            return 0
        now = self.clock()
        if now - self.minute_began >= MINUTE:
            self.minute_began = now
            self.counts.clear()
        client = client_of(scope)
        if self.counts[client] >= self.allowed:
            return max(1, round(self.minute_began + MINUTE - now))
        # A preflight writes no file.
        self.counts[client] += 1 if scope.get("method") == "OPTIONS" else COSTS.get(_ending(scope), 1)
        return 0


def client_of(scope: Scope) -> str:
    """The address of the client, for IPv6 its network of 64 bits, within which a client can use any address."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    return host if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def _ending(scope: Scope) -> str:
    return str(scope["path"]).rpartition(".")[2]


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or any(size != "0" for size in headers.getlist("content-length"))


def _refuse(is_data_link: bool, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """A response of one sentence; for data links JSON that any site may read."""
    fields = {"cache-control": "no-store", **(headers or {})}
    if is_data_link:
        return JSONResponse({"detail": sentence}, status, {**fields, "access-control-allow-origin": "*"})
    return PlainTextResponse(sentence + "\n", status, fields)
