"""What every request must be, and what every answer carries. Nothing goes around it: pages, files, data links, sockets, refusals."""

from __future__ import annotations

import ipaddress
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.serving import policy
from pages.serving.settings import Settings

METHODS = ("GET", "HEAD", "OPTIONS")
TARGET_LIMIT = 8192
"""The longest path with its query, in bytes."""
MINUTE = 60.0
_HOST = re.compile(r"(?P<name>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])\.?(?::[0-9]{1,5})?")
Field = tuple[bytes, bytes]


class Guard:
    """Refuses what is addressed to another host, too large, too frequent or no reading; adds the headers to all answers.

    A socket is asked for its origin, too, which Streamlit then never sees: it would ask the net for this machine's own address to judge a foreign one.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, base: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.hosts, self.api = app, settings.allowed_hosts, f"{base}/api"
        self.headers = policy.headers(settings.frame_ancestors)
        self.rate = Rate(settings.api_rate, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        linked = f"{scope['path']}/".startswith(f"{self.api}/")
        answer = _Answer(send, self.headers, linked)
        try:
            await (self._refusal(scope, linked) or self.app)(_without_origin(scope), receive, answer.send)
        except Exception:
            if scope["type"] == "http" and not answer.begun:
                await _refuse(linked, 500, "The server failed to answer this.")(scope, receive, answer.send)
            raise

    def _refusal(self, scope: Scope, linked: bool) -> Response | None:
        """The answer to a request that is not let through."""
        socket, method = scope["type"] == "websocket", scope.get("method", "GET")
        hosts, origins = values(scope, b"host"), values(scope, b"origin") if socket else []
        names = [
            _HOST.fullmatch(host.lower()) for host in [*hosts, *(origin.partition("://")[2] for origin in origins)]
        ]
        if len(hosts) != 1 or not all(names):
            return _refuse(linked, 400, "The address of the server is missing or malformed.")
        if not all(name and self._known(name["name"]) for name in names):
            return _refuse(linked, 421, "This server does not answer under that name.")
        if method not in METHODS:
            return _refuse(linked, 405, "This server is only read from.", allow=", ".join(METHODS))
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_LIMIT:
            return _refuse(linked, 414, f"An address may be {TARGET_LIMIT} bytes long.")
        if values(scope, b"transfer-encoding") or any(length != "0" for length in values(scope, b"content-length")):
            return _refuse(linked, 413, "A request to this server has no body.")
        wait = self.rate.wait(scope) if linked else 0
        return (
            _refuse(linked, 429, f"Too many requests. Try again in {wait} seconds.", retry_after=str(wait))
            if wait
            else None
        )

    def _known(self, name: str) -> bool:
        return any(
            known in ("*", name) or (known.startswith("*.") and name.endswith(known[1:])) for known in self.hosts
        )


class _Answer:
    """An answer on its way out, which is given the headers; any site may use the data links."""

    def __init__(self, send: Send, headers: Iterable[Field], linked: bool) -> None:
        self.out, self.begun = send, False
        self.headers = dict(headers) | ({b"cross-origin-resource-policy": b"cross-origin"} if linked else {})

    async def send(self, message: Message) -> None:
        self.begun = True
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            own = [(name, value) for name, value in message["headers"] if name.lower() not in self.headers]
            message = {**message, "headers": [*own, *self.headers.items()]}
        await self.out(message)


class Rate:
    """Counts requests of a client within one minute. Only the clients of that minute are remembered."""

    def __init__(self, allowed: int, clock: Callable[[], float]) -> None:
        self.allowed, self.clock = allowed, clock
        self.began, self.seen = clock(), Counter[str]()

    def wait(self, scope: Scope) -> int:
        """The seconds until this request would be answered; 0 if it is now."""
        if not self.allowed:
            return 0
        now = self.clock()
        if now - self.began >= MINUTE:
            self.began = now
            self.seen.clear()
        client = client_of(scope)
        self.seen[client] += 1
        return 0 if self.seen[client] <= self.allowed else max(1, round(self.began + MINUTE - now))


def _without_origin(scope: Scope) -> Scope:
    return (
        {**scope, "headers": [entry for entry in scope["headers"] if entry[0] != b"origin"]}
        if scope["type"] == "websocket"
        else scope
    )


def client_of(scope: Scope) -> str:
    """Whose request it is: an IPv6 network of 64 bits is one client, since it can take any address in it."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    return host if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _refuse(linked: bool, status: int, sentence: str, **headers: str) -> Response:
    """One sentence, as JSON that any site may read where programs ask."""
    fields = {"cache-control": "no-store", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if linked:
        return JSONResponse({"detail": sentence}, status, {**fields, "access-control-allow-origin": "*"})
    return PlainTextResponse(sentence + "\n", status, fields)
