"""A tab without a browser: it speaks Streamlit's protocol as the browser's script does, keeps the same state, and draws
nothing.

It needs no package of its own: h11 and websockets are dependencies of the server, the messages are Streamlit's.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit

import h11
from streamlit.proto.AutoRerun_pb2 import AutoRerun
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.anchors import Anchor, anchors

MAX_CONNECTIONS = 6
"""Number of connections that a browser opens to one server for files."""
MIN_DELAY, MAX_DELAY, MAX_ATTEMPTS = 0.1, 4.0, 10
"""Seconds between attempts to reach a server that is gone, doubled from the first to the second value, with jitter
after the first; and the number of attempts.
"""
AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) crowd", "accept-language": "en"}
Ask = Callable[[h11.Request], Awaitable[tuple[h11.Response, bytes]]]


class WrongAnswerError(Exception):
    """The server answered with something that a reader should not see."""


UNREACHABLE = (OSError, InvalidHandshake, ConnectionClosed, h11.ProtocolError)
"""Errors if no server, or another one, answers."""


class Tab:
    """One tab at `origin` (scheme, host and port). `screen` holds the elements of the last run, `query` the URL's
    query, `title` the window's title, `session` the server's id of it.

    `source` is the address of this machine that it connects from. Raises WrongAnswerError, and UNREACHABLE.
    """

    def __init__(self, origin: str, locale: str = "en-US", source: str = "") -> None:
        self.origin, self.locale = origin, locale
        self.local = (source, 0) if source else None
        self.path = self.query = self.title = ""
        self.screen: dict[tuple[int, ...], Element] = {}
        self.widgets: dict[str, WidgetState] = {}
        self._popovers: set[tuple[int, ...]] = set()
        self._opened: set[tuple[int, ...]] = set()
        self.session = self._page = self._cookie = ""
        self._pages: dict[str, str] = {}
        self._socket: ClientConnection | None = None
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}
        self._runs = self._age = 0
        self._frame = ""
        self._framed: set[str] = set()
        self._asking = AutoRerun()

    # --- what a reader does

    async def open(self, path: str, query: Mapping[str, str], first: bool = False) -> None:
        """Open a link: the page, on a `first` visit the files it names, the connection, and a run to its last message.
        Later visits have the files in the cache.
        """
        self.path, self.query = path, urlencode(query)
        page = (await self._fetch([f"{path}?{self.query}"]))[0].decode()
        if first:
            files = iter(re.findall(r'(?:src|href)="(/(?:static|scripts|styles)/[^"]+)"', page))
            await asyncio.gather(*(self._fetch(files) for _ in range(MAX_CONNECTIONS)))
        await self._connect()
        await self._run(ClientState(query_string=self.query, page_name=path.strip("/")))

    async def choose(self, key: str, change: Callable[[WidgetState], None]) -> None:
        """Change one control, in its popover if it is in one, and wait for the run that follows."""
        self.unfold(key)
        change(self.state(key))
        await self.rerun()

    async def filter(self, name: str, values: Sequence[str]) -> None:
        """Press values of a filter so that these are chosen, which puts them into the address."""
        query = {key: value for key, value in parse_qsl(self.query) if key not in (name, "page")}
        if values:
            query[name] = ",".join(values)
        if "city" not in query:
            query.pop("scope", None)
        self.query = urlencode(query)
        state = ClientState(query_string=self.query, page_script_hash=self._page, is_history_navigation=True)
        await self._run(state)

    def state(self, key: str) -> WidgetState:
        """What a control has been set to. KeyError if it is in a popover that is closed."""
        return self.widgets[_control_id(self.control(key))]

    def unfold(self, key: str) -> None:
        """Open the popover that a control is in."""
        place = next(place for place, element in self.screen.items() if element is self.control(key))
        self._opened |= {popover for popover in self._popovers if place[: len(popover)] == popover}
        self._note_controls()

    async def press(self, key: str) -> None:
        """Press a button."""
        await self.rerun(WidgetState(id=_control_id(self.control(key)), trigger_value=True))

    async def rerun(self, *pressed: WidgetState) -> None:
        """Rerun the page."""
        await self._run(ClientState(query_string=self.query, page_script_hash=self._page), pressed)

    async def follow(self, href: str) -> None:
        """Follow a link to a page. Controls of the old page lose their state, those of the frame keep it."""
        self.path, _, self.query = href.partition("?")
        self.widgets = {name: state for name, state in self.widgets.items() if name in self._framed}
        page = self._pages[self.path.strip("/")]
        await self._run(ClientState(query_string=self.query, page_script_hash=page, is_history_navigation=True))

    async def reconnect(self) -> None:
        """After the connection broke: retry until a server answers, and connect with the old session's id. As in a
        browser, no run follows by itself.
        """
        await self.close()
        for attempt in range(MAX_ATTEMPTS):
            await asyncio.sleep(min(MIN_DELAY * 2**attempt, MAX_DELAY) * (random.uniform(0.7, 1) if attempt else 1))
            try:
                return await self._connect()
            except (*UNREACHABLE, WrongAnswerError):
                continue
        raise WrongAnswerError("no server answers any more")

    async def keep_asking(self) -> None:
        """Ask for edits of the data as often as the page has told to, from a random moment on, until it is cancelled."""
        await asyncio.sleep(random.uniform(0, self._asking.interval))
        while True:
            state = ClientState(query_string=self.query, page_script_hash=self._page, is_auto_rerun=True)
            state.fragment_id = self._asking.fragment_id
            await self._request(state)
            await asyncio.sleep(self._asking.interval)

    async def lost(self) -> None:
        """Return when the connection has broken."""
        if self._socket is not None:
            await self._socket.wait_closed()

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    # --- what is on the screen

    def elements(self, kind: str) -> Iterator[Element]:
        """The elements of one type, by Streamlit's name for it, from top to bottom."""
        return (self.screen[place] for place in sorted(self.screen) if self.screen[place].WhichOneof("type") == kind)

    def links(self) -> list[Anchor]:
        """The links to pages, from top to bottom."""
        found = anchors("".join(element.html.body for element in self.elements("html")))
        return [link for link in found if link.href.partition("?")[0].strip("/") in self._pages]

    def control(self, key: str) -> Element:
        """The control with this key in the page's script."""
        for element in self.screen.values():
            if re.search(rf"-{re.escape(key)}(-\d+)?$", _control_id(element)):
                return element
        raise WrongAnswerError(f"there is no {key!r} on the screen")

    # --- the protocol

    async def _connect(self) -> None:
        """Request the server's health, which sets a cookie, and open the socket with it and the session's id, if any."""
        await self._fetch(["/_stcore/health", "/_stcore/host-config"])
        self._socket = await connect(
            self.origin.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self.origin,
            subprotocols=[
                "streamlit",
                self._cookie.partition("=")[2] or "PLACEHOLDER_AUTH_TOKEN",
                *filter(None, [self.session]),
            ],
            additional_headers={**AGENT, "cookie": self._cookie},
            user_agent_header=None,
            max_size=None,
            local_addr=self.local,
        )

    async def _run(self, state: ClientState, pressed: Iterable[WidgetState] = ()) -> None:
        """Run a page's script and process its messages."""
        await self._request(state, pressed)
        await self.updated()

    async def _request(self, state: ClientState, pressed: Iterable[WidgetState] = ()) -> None:
        state.widget_states.widgets.extend([*self.widgets.values(), *pressed])
        state.cached_message_hashes.extend(self._kept)
        state.context_info.CopyFrom(
            ContextInfo(
                timezone="Asia/Shanghai",
                timezone_offset=-480,
                locale=self.locale,
                url=self.origin + self.path,
                is_embedded=False,
                color_scheme="light",
            )
        )
        await self._send(BackMsg(rerun_script=state))

    async def updated(self) -> None:
        """Process the next run of the page to its last message. What answers `keep_asking` before is none."""
        while not self._process(self._resolve(ForwardMsg.FromString(await self._socket.recv()))):
            pass
        self._runs += 1
        self._kept = {
            name: (message, since) for name, (message, since) in self._kept.items() if self._runs - since <= self._age
        }
        self._note_controls()

    def _note_controls(self) -> None:
        """Note the state of every control; one in a popover that was never open has none in a browser."""
        closed = self._popovers - self._opened
        mounted = [
            element
            for place, element in self.screen.items()
            if not any(place[: len(popover)] == popover for popover in closed)
        ]
        shown = {state.id: (state, was_set) for state, was_set in map(_initial_state, mounted) if state}
        self.widgets = {
            name: state if was_set else self.widgets.get(name, state) for name, (state, was_set) in shown.items()
        }

    async def _send(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())

    def _process(self, message: ForwardMsg) -> bool:
        """Process one message; return whether it was the last of the run."""
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.screen[tuple(message.metadata.delta_path)] = message.delta.new_element
            if message.metadata.active_script_hash == self._frame:
                self._framed.add(_control_id(message.delta.new_element))
        elif kind == "delta" and message.delta.add_block.WhichOneof("type") == "popover":
            self._popovers.add(tuple(message.metadata.delta_path))
        elif kind == "auto_rerun":
            self._asking = message.auto_rerun
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            self.session, self._age = (
                message.new_session.initialize.session_id,
                message.new_session.config.max_cached_message_age,
            )
            self._frame, self._framed, self.screen = message.new_session.main_script_hash, set(), {}
            self._popovers = set()
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "page_config_changed":
            self.title = message.page_config_changed.title
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise WrongAnswerError("the page's script does not compile")
            return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def _resolve(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself, or the earlier one whose hash the server sent instead."""
        if message.WhichOneof("type") != "ref_hash":
            if message.metadata.cacheable:
                self._kept[message.hash] = (message, self._runs)
            return message
        if message.ref_hash not in self._kept:
            raise WrongAnswerError("the server names a message that it never sent")
        known = self._kept[message.ref_hash][0]
        self._kept[message.ref_hash] = (known, self._runs)
        whole = ForwardMsg()
        whole.CopyFrom(known)
        whole.metadata.CopyFrom(message.metadata)
        return whole

    async def _fetch(self, paths: Iterable[str]) -> list[bytes]:
        """The bodies of these files, fetched one after another over one connection."""
        parts = urlsplit(self.origin)
        async with _connection(parts.hostname, parts.port or 80, self.local) as ask:
            return [await self._body(ask, path, parts.netloc) for path in paths]

    async def _body(self, ask: Ask, path: str, host: str) -> bytes:
        fields = {
            "host": host,
            "accept-encoding": "gzip",
            **AGENT,
            **({"cookie": self._cookie} if self._cookie else {}),
        }
        answer, body = await ask(h11.Request(method="GET", target=path, headers=list(fields.items())))
        if answer.status_code != 200:
            raise WrongAnswerError(f"{path.partition('?')[0]} answers {answer.status_code}")
        headers = dict(answer.headers)
        if b"set-cookie" in headers:
            self._cookie = headers[b"set-cookie"].decode().partition(";")[0]
        return gzip.decompress(body) if headers.get(b"content-encoding") == b"gzip" else body


def _control_id(element: Element) -> str:
    """The protocol's id of a control; empty for other elements."""
    return getattr(getattr(element, element.WhichOneof("type")), "id", "")


def _initial_state(element: Element) -> tuple[WidgetState | None, bool]:
    """The initial value of a control, and whether the server sets it; None for controls without a value."""
    kind = element.WhichOneof("type")
    control = getattr(element, kind)
    if kind == "button_group":
        options = [option.content for option in control.options]
        state = WidgetState(id=control.id)
        state.string_array_value.data.extend(
            control.raw_values if control.set_value else [options[at] for at in control.default]
        )
    elif kind == "text_input":
        state = WidgetState(id=control.id, string_value=control.value if control.set_value else control.default)
    elif kind == "selectbox":
        state = WidgetState(id=control.id)
        if control.set_value:
            state.string_value = control.raw_value
        elif control.HasField("default"):
            state.string_value = control.options[control.default]
    elif kind == "checkbox":
        state = WidgetState(id=control.id, bool_value=control.value if control.set_value else control.default)
    else:
        return None, False
    return state, control.set_value


@asynccontextmanager
async def _connection(host: str, port: int, local: tuple[str, int] | None) -> AsyncIterator[Ask]:
    """A connection for one request after another."""
    incoming, outgoing = await asyncio.open_connection(host, port, local_addr=local)
    connection = h11.Connection(h11.CLIENT)

    async def ask(request: h11.Request) -> tuple[h11.Response, bytes]:
        outgoing.write(connection.send(request) + connection.send(h11.EndOfMessage()))
        answer, body = None, bytearray()
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await incoming.read(1 << 16))
            elif isinstance(event, h11.Response):
                answer = event
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                connection.start_next_cycle()
                return answer, bytes(body)

    try:
        yield ask
    finally:
        outgoing.close()
