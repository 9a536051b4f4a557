"""What every request must fulfil and every response contains, for each route and kind of response of a server."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import streamlit
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route, Router, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from pages.markup.style_sheet import SHEET
from pages.serving.api import api
from pages.serving.guard import METHODS, Guard
from pages.serving.immutable_files import STYLE_SHEET
from pages.serving.policy import LANGUAGE_SCRIPTS
from pages.serving.settings import read
from tests.answers import Answer, answer_of, exchange, http_scope
from tests.bench.tab import Tab
from tests.hostile import HOSTILE
from tests.server import started

SHELL = Path(streamlit.__file__).parent / "static" / "index.html"
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
ONLY_OURS, ANYONE = "same-origin", "cross-origin"


def directives(headers: dict[str, str]) -> dict[str, list[str]]:
    """The Content-Security-Policy by directive."""
    return {
        name: sources for name, *sources in (part.split() for part in headers["content-security-policy"].split(";"))
    }


def assert_carried(headers: dict[str, str], resources: str = ONLY_OURS, frames: str = "'none'") -> None:
    assert {name: headers.get(name) for name in FIXED} == FIXED
    assert headers["cross-origin-resource-policy"] == resources
    assert all(part.endswith("=()") for part in headers["permissions-policy"].split(", "))
    policy = directives(headers)
    assert " ".join(policy.pop("frame-ancestors")) == frames
    digests = policy.pop("script-src")
    assert digests[0] == "'self'" and all(
        re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", digest) for digest in digests[1:]
    )
    assert policy == {
        "default-src": ["'none'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "base-uri": ["'self'"],
        "form-action": ["'none'"],
    }


# --- the guard by itself


class BrokenRouteError(Exception):
    """The error that some of ROUTES raise."""


def broken(request: Any) -> Response:
    raise BrokenRouteError


def broken_later(request: Any) -> Response:
    def parts() -> Iterator[bytes]:
        yield b"begun"
        raise BrokenRouteError

    return StreamingResponse(parts())


def own_headers(request: Any) -> Response:
    return Response(
        "x", headers={"Referrer-Policy": "unsafe-url", "content-security-policy": "default-src *", "x-own": "kept"}
    )


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers.get("origin", "no origin"))
    await socket.close()


ROUTES = [
    Route("/", lambda request: Response("page"), methods=["GET", "OPTIONS"]),
    Route("/own", own_headers),
    Route("/unchanged", lambda request: Response(status_code=304)),
    Route("/moved", lambda request: RedirectResponse("/")),
    Route("/broken", broken),
    Route("/broken-later", broken_later),
    Route("/api/x.json", lambda request: JSONResponse({}), methods=["GET", "OPTIONS"]),
    Route("/api/broken", broken),
    Route("/apiary", lambda request: Response("no data link")),
    WebSocketRoute("/socket", talk),
]


def guard(**environment: str) -> Guard:
    settings, problems = read(environment)
    assert settings, problems
    return Guard(Router(ROUTES), settings)


def sent(
    app: Guard,
    path: str = "/",
    kind: str = "http",
    query: str = "",
    method: str = "GET",
    **headers: str,
) -> list[Message]:
    """All messages sent for a request or an opened socket; errors of ROUTES are ignored."""

    async def unbroken(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(BrokenRouteError):
            await app(scope, receive, send)

    scope = http_scope(path, query, method, **headers) | {"type": kind}
    if kind == "websocket":
        scope |= {"extensions": {"websocket.http.response": {}}, "subprotocols": []}
    return asyncio.run(exchange(unbroken, scope))


def answer(app: Guard, path: str = "/", **request: Any) -> Answer:
    return answer_of(sent(app, path, **request))


ANSWERS = {
    "a page": ({"path": "/"}, 200),
    "a header of its own": ({"path": "/own"}, 200),
    "unchanged": ({"path": "/unchanged"}, 304),
    "moved": ({"path": "/moved"}, 307),
    "missing": ({"path": "/nowhere"}, 404),
    "broken": ({"path": "/broken"}, 500),
    "broken later": ({"path": "/broken-later"}, 200),
    "written to": ({"path": "/", "method": "POST"}, 405),
    "another host": ({"path": "/", "host": "example.org"}, 421),
    "no host": ({"path": "/", "host": ""}, 400),
    "data": ({"path": "/api/x.json"}, 200),
    "data missing": ({"path": "/api/nowhere"}, 404),
    "data broken": ({"path": "/api/broken"}, 500),
    "data of another host": ({"path": "/api/x.json", "host": "example.org"}, 421),
    "data written to": ({"path": "/api/x.json", "method": "DELETE"}, 405),
    "a socket from elsewhere": ({"path": "/socket", "kind": "websocket", "origin": "http://example.org"}, 421),
}


@pytest.mark.parametrize(("request_", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_kind_of_answer_carries_the_headers(request_, status):
    found, headers, body = answer(guard(), **request_)
    assert found == status
    linked = request_["path"].startswith("/api")
    assert_carried(headers, ANYONE if linked else ONLY_OURS)
    if status in (400, 405, 421, 500):
        sentence = json.loads(body)["detail"] if linked else body.decode().removesuffix("\n")
        assert re.fullmatch(r"[A-Z][\w ]+\.", sentence)
        assert headers["cache-control"] == "no-store"
        assert headers.get("access-control-allow-origin") == ("*" if linked else None)


def test_headers_of_its_own_are_kept_or_replaced():
    _, headers, _ = answer(guard(), "/own")
    assert (headers["x-own"], headers["referrer-policy"]) == ("kept", "same-origin")


def test_an_answer_that_has_begun_is_not_begun_again():
    assert [message["type"] for message in sent(guard(), "/broken-later")].count("http.response.start") == 1


@pytest.mark.parametrize(
    ("written", "sources"), [("none", "'none'"), ("self *.example.org", "'self' *.example.org"), ("*", "*")]
)
def test_frames_are_as_set(written, sources):
    assert_carried(answer(guard(HENAN_FRAME_ANCESTORS=written))[1], frames=sources)


class Scripts(HTMLParser):
    """The scripts of a page, and everything in it that would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self.handlers: list[str] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.open = tag == "script" and "src" not in given and given.get("type") != "application/ld+json"
        if tag != "a" and given.get("rel") not in ("canonical", "alternate"):
            self.loaded += [given[name] or "" for name in ("src", "href") if name in given]
        self.handlers += [name for name in given if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self.open:
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.open = False


HOSTS = {
    "the defaults": (
        "",
        {
            "localhost": True,
            "LOCALHOST:8501": True,
            "127.0.0.1:80": True,
            "[::1]:8501": True,
            "localhost.": True,
            "example.org": False,
            "localhost.example.org": False,
        },
    ),
    "a name": (
        "example.org",
        {
            "example.org": True,
            "example.org:443": True,
            "www.example.org": False,
            "localhost": False,
            "evilexample.org": False,
        },
    ),
    "all below a name": (
        "*.example.org",
        {"www.example.org": True, "a.b.example.org": True, "example.org": False, "wwwexample.org": False},
    ),
    "any": ("*", {"example.org": True, "10.0.0.1:8501": True, "[fe80::1]": True}),
}


@pytest.mark.parametrize(("allowed", "hosts"), HOSTS.values(), ids=HOSTS)
def test_a_server_answers_under_its_names(allowed, hosts):
    app = guard(HENAN_ALLOWED_HOSTS=allowed)
    assert {host: answer(app, host=host)[0] == 200 for host in hosts} == hosts


@pytest.mark.parametrize(
    "host",
    [
        "a b",
        "a/b",
        "a@localhost",
        "localhost:",
        "localhost:x",
        "localhost:123456",
        "http://localhost",
        "localhost,localhost",
        "[::1",
        "-x",
        "例",
    ],
)
@pytest.mark.parametrize("allowed", ["", "*"])
def test_what_is_no_host_is_refused_whatever_is_allowed(allowed, host):
    assert answer(guard(HENAN_ALLOWED_HOSTS=allowed), host=host)[0] == 400


def test_two_hosts_are_none():
    scope_twice = guard()
    inner = scope_twice._refusal(
        {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [(b"host", b"localhost")] * 2,
            "query_string": b"",
            "raw_path": b"/",
        },
        False,
    )
    assert inner is not None and inner.status_code == 400


HOSTILE_NAMES = {
    "example.org": "example.org",
    "a" * 5000: "a" * 99 + "…",
    "evil.example\x1b]0;x\x07": None,
    "evil.example\u202e": None,
}
"""Host of a request, and its form in the log; None if it is malformed, so that no setting would help."""


@pytest.mark.parametrize(("host", "shown"), HOSTILE_NAMES.items(), ids=ascii)
def test_the_log_names_the_host_that_was_refused_and_the_setting(caplog, host, shown):
    answer(guard(), host=host)
    assert [(record.levelname, record.fields) for record in caplog.records] == (
        [("WARNING", {"host": shown})] if shown else []
    )
    assert all("HENAN_ALLOWED_HOSTS" in record.getMessage() for record in caplog.records)


def test_the_log_names_the_origin_that_a_socket_was_refused_for(caplog):
    sent(guard(), "/socket", kind="websocket", origin="https://example.org")
    assert [record.fields for record in caplog.records] == [{"host": "example.org"}]


ORIGINS = {
    "": "no origin",
    "http://localhost:8501": "no origin",
    "https://localhost": "no origin",
    "http://127.0.0.1:3000": "no origin",
    "http://example.org": 421,
    "https://localhost.example.org": 421,
    "null": 400,
    "file://": 400,
    "http://a@localhost": 400,
    "http://localhost/path": 400,
}


@pytest.mark.parametrize(("origin", "expected"), ORIGINS.items(), ids=ORIGINS)
def test_a_socket_is_for_our_own_pages_and_its_origin_goes_no_further(origin, expected):
    first, *others = sent(guard(), "/socket", kind="websocket", origin=origin)
    if isinstance(expected, int):
        assert (first["type"], first["status"]) == ("websocket.http.response.start", expected)
    else:
        assert (first["type"], others[0]["text"]) == ("websocket.accept", expected)


def test_a_page_may_be_asked_for_from_elsewhere():
    """Only a socket is bound to its origin; links and data are for everybody."""
    assert answer(guard(), origin="https://example.org")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "x"])
def test_nothing_is_written(method):
    status, headers, _ = answer(guard(), method=method)
    assert (status, headers["allow"]) == (405, ", ".join(METHODS))


def test_the_base_path_stands_before_the_data_links():
    app = guard(STREAMLIT_SERVER_BASE_URL_PATH="reforms")
    assert answer(app, "/reforms/api/x.json")[1]["cross-origin-resource-policy"] == ANYONE
    assert answer(app, "/api/x.json")[1]["cross-origin-resource-policy"] == ONLY_OURS


# --- a running server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[http.client.HTTPConnection]:
    log = tmp_path_factory.mktemp("server") / "log"
    with started(
        log, HENAN_FRAME_ANCESTORS="self *.example.org", HENAN_ALLOWED_HOSTS="localhost reforms.example.org"
    ) as (address, _):
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
        yield connection
        connection.close()
    assert "Traceback" not in log.read_text(), log.read_text()


def fetched(
    server: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    server.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    found = server.getresponse()
    names = [name.lower() for name, _ in found.getheaders()]
    assert len(names) == len(set(names)), "a header stands twice"
    return found.status, {name.lower(): value for name, value in found.getheaders()}, found.read()


BUNDLE = SHELL.parent / "static"
STATIC = [
    f"/static/{path.relative_to(BUNDLE).as_posix()}"
    for folder in ("js", "css", "media")
    for path in sorted((BUNDLE / folder).iterdir())[:1]
]
PAGES = ["/", "/case", "/map", "/compare", "/data", "/method", "/case?case=x&lang=en", "/?embed=true"]
STREAMLITS = [
    "/favicon.png",
    "/manifest.json",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/stream",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/_stcore/upload_file/a/b",
]
OURS = [
    "/healthz",
    "/topojson/world_110m.json",
    "/nowhere",
    "/case/",
    "//example.org",
    "/media/x.png",
    "/component/x/y.js",
    "/static/../../x",
    "/auth/login",
    "/oauth2callback",
]
LINKED = sorted(
    {f"/api{route.path}".format(case_id="2020-01-water-pricing") for route in api.routes if isinstance(route, Route)}
)
DATA = ["/api", "/api/", "/api/metrics.json?city=x", "/api/cases/x.json", "/api/nowhere", *LINKED]


@pytest.mark.parametrize("path", [*PAGES, *STATIC, *STREAMLITS, *OURS, *DATA])
def test_every_route_carries_the_headers(server, path):
    status, headers, _ = fetched(server, path)
    assert status < 500
    assert_carried(headers, ANYONE if path.startswith("/api") else ONLY_OURS, "'self' *.example.org")


def test_the_style_sheet_is_a_file_that_never_changes(server):
    for path in PAGES:
        assert f'<link rel="stylesheet" href="{STYLE_SHEET.path}">' in fetched(server, path)[2].decode()
    _, headers, body = fetched(server, STYLE_SHEET.path)
    assert body.decode() == SHEET
    assert (headers["content-type"], "immutable" in headers["cache-control"]) == ("text/css; charset=utf-8", True)


def test_the_policy_lets_run_what_the_pages_bring_and_nothing_else(server):
    brought = {*LANGUAGE_SCRIPTS.values()}
    for path in [*PAGES, "/nowhere"]:
        _, headers, html = fetched(server, path)
        page = Scripts()
        page.feed(html.decode())
        brought |= {*page.inline}
        assert page.handlers == []
        assert [address for address in page.loaded if not re.match(r"\./|/(?!/)|data:image/svg", address)] == []
    digests = {f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in brought}
    keyword, *allowed = directives(headers)["script-src"]
    assert (keyword, sorted(allowed)) == ("'self'", sorted(digests))


@pytest.mark.parametrize("path", ["/", "/case?case=x", *STATIC, "/api/metrics.csv"])
def test_what_is_unchanged_carries_the_headers(server, path):
    etag = fetched(server, path)[1]["etag"]
    status, headers, body = fetched(server, path, if_none_match=etag)
    assert (status, body) == (304, b"")
    assert_carried(headers, ANYONE if path.startswith("/api") else ONLY_OURS, "'self' *.example.org")


@pytest.mark.parametrize("path", ["/", "/healthz", STATIC[0], "/_stcore/health", "/api/cases.json"])
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"host": "reforms.example.org"}, 200),
        ({"host": "example.org"}, 421),
        ({"method": "POST"}, 405),
        ({"method": "OPTIONS"}, None),
        ({"method": "HEAD"}, 200),
    ],
    ids=str,
)
def test_every_route_refuses_the_same(server, path, request_, status):
    found, headers, _ = fetched(server, path, **request_)
    assert found == status or (status is None and found < 500)
    assert_carried(headers, ANYONE if path.startswith("/api") else ONLY_OURS, "'self' *.example.org")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/agent/interact", "/_stcore/agent/mcp"])
def test_nothing_is_uploaded_deleted_or_done(server, path, method):
    assert fetched(server, path, method)[0] == 405


NOTHING = [
    "/_stcore/metrics", "/_stcore/metrics/", "/_stcore/metrics?name=x", "/static/js/index.other.js", "/static/",
    "/static/js", "/static/%2e%2e/index.html",
]  # fmt: skip
"""Addresses at which Streamlit would tell how many readers there are, or answer with a page in place of a file."""


@pytest.mark.parametrize("path", NOTHING)
def test_what_is_not_there_is_not_answered_with_something_else(server, path):
    status, _, body = fetched(server, path)
    assert (status, body) == (404, b"There is nothing at this address.\n")


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://localhost", "localhost", 101),
        ("http://example.org", "localhost", 421),
        ("http://localhost", "example.org", 421),
    ],
)
def test_a_socket_is_opened_for_our_own_pages(server, origin, host, status):
    opening = {
        "upgrade": "websocket",
        "connection": "Upgrade",
        "sec_websocket_version": "13",
        "sec_websocket_key": "MDEyMzQ1Njc4OWFiY2RlZg==",
        "sec_websocket_protocol": "streamlit",
    }
    found, headers, _ = fetched(server, "/_stcore/stream", origin=origin, host=host, **opening)
    server.close()
    assert found == status
    if status != 101:
        assert_carried(headers, frames="'self' *.example.org")


ADDRESSED = ("city", "domain", "grade", "role")
CONTROLS = ("lang", "search")


def test_a_socket_bears_what_no_control_would_send(server):
    """Every hostile string as a choice, a search, a language, a filter and an address: the page stays complete."""
    strings = iter([text.encode("utf-8", "replace").decode() for text in HOSTILE.values()])

    async def send(tab: Tab) -> None:
        await tab.open("/data", {})
        for name in CONTROLS:
            tab.unfold(name)
        for text in strings:
            tab.locale, tab.path = text, f"/{next(strings, text)}"
            tab.query = urlencode({name: next(strings, text) for name in ADDRESSED})
            for name in CONTROLS:
                state = tab.state(name)
                if name == "search":
                    state.string_value = next(strings, text)
                else:
                    state.string_array_value.data[:] = [next(strings, text)]
            await tab.rerun()
            assert not [*tab.elements("exception")]
            assert any("<footer" in element.html.body for element in tab.elements("html"))
        await tab.close()

    asyncio.run(send(Tab(f"http://localhost:{server.port}")))
    assert [*strings] == []


def test_a_page_is_steered_by_no_other(server):
    assert json.loads(fetched(server, "/_stcore/host-config")[2])["allowedOrigins"] == []


FORWARDED = {
    "nothing": ({}, "http"),
    "by a proxy with TLS": ({"x_forwarded_proto": "https", "x_forwarded_for": "203.0.113.7"}, "https"),
    "another host": ({"x_forwarded_host": "evil.example", "forwarded": "host=evil.example;proto=https"}, "http"),
    "no protocol": ({"x_forwarded_proto": "javascript", "x_forwarded_for": "<b>, ' OR 1"}, "http"),
}


@pytest.mark.parametrize(("headers", "scheme"), FORWARDED.values(), ids=FORWARDED)
def test_addresses_in_files_are_those_of_the_host_that_was_asked(server, headers, scheme):
    _, _, body = fetched(server, "/api/cases/2020-01-water-pricing.json", **headers)
    assert json.loads(body)["page"] == f"{scheme}://localhost:{server.port}/case?case=2020-01-water-pricing"
    assert b"evil" not in body
