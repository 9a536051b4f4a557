"""The tab without a browser, used by the benchmarks and the deployment tests, sends what a browser sends."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from tests.bench.tab import Tab
from tests.browser.reader import choose_city, clear, settled, status, visit

QUERY = {"city": "410300", "lang": "en"}


class RecordingTab(Tab):
    """A tab that records what it sends."""

    sent: list[ClientState]

    async def _send(self, message: BackMsg) -> None:
        self.sent.append(message.rerun_script)
        await super()._send(message)


async def acts(tab: RecordingTab) -> None:
    tab.sent = []
    await tab.open("/map", QUERY)
    await tab.filter("city", ["410100", "410300"])
    await tab.follow(next(link.href for link in tab.links() if link.label == "Data"))
    await tab.press("clear-all")
    await tab.close()


def comparable(state: ClientState) -> dict[str, object]:
    widgets = {
        widget.id: sorted(widget.string_array_value.data)
        if widget.HasField("string_array_value")
        else widget.SerializeToString()
        for widget in state.widget_states.widgets
    }
    context = {field.name for field, _ in state.context_info.ListFields()}
    page = urlsplit(state.context_info.url).path
    return {
        **{name: getattr(state, name) for name in ("page_name", "page_script_hash", "fragment_id", "is_auto_rerun")},
        "query": sorted(parse_qsl(state.query_string)),
        "widgets": widgets,
        "kept messages": set(state.cached_message_hashes),
        "context": (context, state.context_info.locale, page),
    }


def test_a_tab_sends_what_a_browser_sends(arrive, server):
    page, sent = arrive(), []

    def note(frame: bytes) -> None:
        run = BackMsg.FromString(frame).rerun_script
        if not run.fragment_id:  # else the page asks for edits
            sent.append(run)

    def overhear(stream: WebSocket) -> None:
        stream.on("framesent", note)

    page.on("websocket", overhear)
    visit(page, "/map?city=410300&lang=en")
    choose_city(page, "City", "Zhengzhou")
    expect(status(page)).to_contain_text("Zhengzhou")
    settled(page)
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_title(re.compile("^Data"))
    settled(page)
    clear(page).click()
    clear(page).wait_for(state="detached")

    tab = RecordingTab(server)
    with ThreadPoolExecutor() as elsewhere:
        elsewhere.submit(asyncio.run, acts(tab)).result()
    for own, browsers in zip(tab.sent, sent, strict=True):
        assert comparable(own) == comparable(browsers)
