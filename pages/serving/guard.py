"""What every request must be, and what every answer carries. Nothing goes around it: pages, files, data links, sockets, refusals."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from weakref import WeakValueDictionary

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.model.problems import escape_invisible
from pages.serving import policy
from pages.serving.settings import Settings

METHODS = ("GET", "HEAD", "OPTIONS")
TARGET_LIMIT = 8192
"""The longest path with its query, in bytes."""
MINUTE = 60.0
COSTS = {"csv": 1, "zip": 3, "xlsx": 10}
"""The downloads among the data links by their endings, and how many requests each counts as.

Any other file is written about as fast as one row of JSON.
"""
MISDIRECTED = (
    "A request was refused because of the host it names. If readers use that name, add it to HENAN_ALLOWED_HOSTS"
)
"""What the log says about a 421."""
_HOST = re.compile(r"(?P<name>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])\.?(?::[0-9]{1,5})?")
Field = tuple[bytes, bytes]
logger = logging.getLogger(__name__)


class Guard:
    """Refuses what is addressed to another host, too large, too frequent or no reading; adds the headers to all answers.

    A socket is asked for its origin, too, which Streamlit then never sees: it would ask the net for this machine's own address to judge a foreign one.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, base: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.hosts, self.api = app, settings.allowed_hosts, f"{base}/api"
        self.headers = policy.build_headers(settings.frame_ancestors)
        self.rate = Rate(settings.api_rate, clock)
        self.turns = WeakValueDictionary[tuple[str, bool], asyncio.Lock]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        linked = f"{scope['path']}/".startswith(f"{self.api}/")
        answer = _Answer(send, self.headers, linked, scope["scheme"] in ("https", "wss"))
        try:
            if refusal := self._refusal(scope, linked):
                if _has_body(scope):
                    refusal.headers["connection"] = "close"
                await refusal(scope, receive, answer.send)
            elif linked:
                async with self._turn(scope):
                    await self.app(scope, receive, answer.send)
            else:
                await self.app(_without_origin(scope), receive, answer.send)
        except Exception:
            if scope["type"] == "http" and not answer.begun:
                await _refuse(linked, 500, "The server failed to answer this.")(scope, receive, answer.send)
            raise

    def _turn(self, scope: Scope) -> asyncio.Lock:
        """The lock under which a data link is answered: those of one client are answered one after another.

        Python writes several files at once no faster, and everybody's pages would wait for all of them. Downloads,
        which may take long, and what programs and the map read do not wait for each other.
        """
        return self.turns.setdefault((client_of(scope), _ending(scope) in COSTS), asyncio.Lock())

    def _refusal(self, scope: Scope, linked: bool) -> Response | None:
        """The answer to a request that is not let through."""
        socket, method = scope["type"] == "websocket", scope.get("method", "GET")
        hosts, origins = values(scope, b"host"), values(scope, b"origin") if socket else []
        names = [
            _HOST.fullmatch(host.lower()) for host in [*hosts, *(origin.partition("://")[2] for origin in origins)]
        ]
        if len(hosts) != 1 or not all(names):
            return _refuse(linked, 400, "The address of the server is missing or malformed.")
        for name in names:
            if name and not self._known(name["name"]):
                logger.warning(MISDIRECTED, extra={"fields": {"host": escape_invisible(name["name"], 100)}})
                return _refuse(linked, 421, "This server does not answer under that name.")
        if method not in METHODS:
            return _refuse(linked, 405, "This server is only read from.", allow=", ".join(METHODS))
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_LIMIT:
            return _refuse(linked, 414, f"An address may be {TARGET_LIMIT} bytes long.")
        if _has_body(scope):
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
    """An answer on its way out, which is given the headers; any site may use the data links.

    Over https its cookies become `Secure`: Streamlit does not do that where it is a proxy that speaks https.
    """

    def __init__(self, send: Send, headers: Iterable[Field], linked: bool, secure: bool) -> None:
        self.out, self.begun, self.secure = send, False, secure
        self.headers = dict(headers) | ({b"cross-origin-resource-policy": b"cross-origin"} if linked else {})

    async def send(self, message: Message) -> None:
        self.begun = True
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            own = [
                (name, self._own(name, value)) for name, value in message["headers"] if name.lower() not in self.headers
            ]
            message = {**message, "headers": [*own, *self.headers.items()]}
        await self.out(message)

    def _own(self, name: bytes, value: bytes) -> bytes:
        """The value of one of the answer's own headers."""
        bare = self.secure and name.lower() == b"set-cookie" and not re.search(rb";\s*secure\b", value, re.IGNORECASE)
        return value + b"; Secure" if bare else value


class Rate:
    """Counts the requests of a client within one minute. Only the clients of that minute are remembered."""

    def __init__(self, allowed: int, clock: Callable[[], float]) -> None:
        self.allowed, self.clock = allowed, clock
        self.began, self.seen = clock(), Counter[str]()

    def wait(self, scope: Scope) -> int:
        """The seconds until this request would be answered; 0 if it is now.

        The last request of a minute may cost more than is left, so that even the lowest rate allows any file.
        """
        if not self.allowed:
            return 0
        now = self.clock()
        if now - self.began >= MINUTE:
            self.began = now
            self.seen.clear()
        client = client_of(scope)
        if self.seen[client] >= self.allowed:
            return max(1, round(self.began + MINUTE - now))
        self.seen[client] += _cost(scope)
        return 0


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


def _cost(scope: Scope) -> int:
    """What a request for a data link counts as. A preflight (OPTIONS) writes no file."""
    return 1 if scope.get("method") == "OPTIONS" else COSTS.get(_ending(scope), 1)


def _ending(scope: Scope) -> str:
    return str(scope["path"]).rpartition(".")[2]


def _has_body(scope: Scope) -> bool:
    return bool(values(scope, b"transfer-encoding")) or any(size != "0" for size in values(scope, b"content-length"))


def _refuse(linked: bool, status: int, sentence: str, **headers: str) -> Response:
    """One sentence, as JSON that any site may read where programs ask."""
    fields = {"cache-control": "no-store", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if linked:
        return JSONResponse({"detail": sentence}, status, {**fields, "access-control-allow-origin": "*"})
    return PlainTextResponse(sentence + "\n", status, fields)
