"""Links between screens, by mouse and keyboard: no page load, and the right scroll position.

Also links that must stay ordinary ones: for a new tab, to data, and while the app is not connected.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.reader import (
    FOLLOW,
    LAST,
    PAGES,
    beside,
    drawn,
    heading,
    leaf_through,
    reading,
    settled,
    turn,
    visit,
)

WATER, DEBT = "2020-01-water-pricing", "2020-02-government-debt"
MARK, MARKED = "() => { window.loadedOnce = true }", "() => window.loadedOnce === true"
TOP = "() => document.querySelector('[data-testid=stMain]').scrollTop"
TO_THE_END = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    main.scrollTop = main.scrollHeight;
    return main.scrollTop;
}"""


def loads_nothing(page: Page) -> bool:
    return bool(page.evaluate(MARKED))


def scrolled(page: Page, top: float) -> None:
    """Wait until the screen has this scroll position."""
    page.wait_for_function(f"top => Math.abs(({TOP})() - top) < 2", arg=top)


def test_no_link_between_screens_loads_the_page_again(arrive):
    page, seen = arrive(), []
    visit(page, f"{LAST}?lang=en")
    for path in leaf_through(page, "en"):
        seen.append((path, loads_nothing(page)))
        page.evaluate(MARK)
    assert seen == [(path, path != "/") for path in PAGES]


def test_a_screen_reached_by_a_link_begins_at_its_top_and_back_returns(arrive, dataset):
    page = arrive()
    first, following = dataset.by_id[WATER].title.en, dataset.by_id[DEBT].title.en
    visit(page, f"/case?case={WATER}")
    drawn(page)
    end = page.evaluate(TO_THE_END)
    assert end > 1000
    page.get_by_role("link", name=f"2 · {following}").click()
    expect(page).to_have_title(f"Cases · {following} · Henan Reform Outcomes")
    expect(heading(page)).to_have_text(following)
    expect(heading(page)).to_be_focused()
    scrolled(page, 0)
    page.go_back()
    expect(heading(page)).to_have_text(first)
    expect(heading(page)).to_be_focused()
    expect(page).to_have_title(f"Cases · {first} · Henan Reform Outcomes")
    scrolled(page, end)
    page.go_forward()
    expect(heading(page)).to_have_text(following)
    scrolled(page, 0)


def test_a_link_to_where_the_reader_is_leads_to_the_top_and_adds_no_step_back(opened):
    page = opened("/data?lang=en")
    page.get_by_role("link", name="Method", exact=True).click()
    expect(heading(page)).to_have_text("Method")
    settled(page)
    assert page.evaluate(TO_THE_END) > 0
    page.get_by_role("link", name="Method", exact=True).click()
    scrolled(page, 0)
    expect(heading(page)).to_be_focused()
    page.go_back()
    expect(heading(page)).to_have_text("The data")


class Line:
    """A reader's connection, which holds what the server says while `held` is a list."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.held = page, 0, None
        page.route_web_socket("**/_stcore/stream", self.connect)

    def connect(self, reader: WebSocketRoute) -> None:
        server = reader.connect_to_server()

        def ask(message: str | bytes) -> None:
            self.asked += BackMsg.FromString(message).WhichOneof("type") == "rerun_script"
            server.send(message)

        reader.on_message(ask)
        server.on_message(lambda message: reader.send(message) if self.held is None else self.held.append(message))
        self.reader = reader

    def until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < deadline
            self.page.evaluate("() => 1")  # what the tab has sent meanwhile is processed


def test_a_reader_may_go_back_before_the_next_page_has_come(tab):
    """Messages that the browser has kept of the first page are still there when the server refers to them."""
    with beside(tab) as page:
        line = Line(page)
        visit(page, "/?lang=en")
        turn(page, "/case?lang=en")
        line.held = []
        page.evaluate(FOLLOW, "/map?lang=en")
        line.until(lambda: any(ForwardMsg.FromString(message).HasField("script_finished") for message in line.held))
        asked = line.asked
        page.evaluate(FOLLOW, "/?lang=en")
        line.until(lambda: line.asked > asked)
        held, line.held = line.held, None
        for message in held:
            line.reader.send(message)
        expect(page.get_by_role("table", name="What each case reports")).to_be_visible()
        settled(page)


def test_enter_follows_a_link(opened):
    page = opened("/data?lang=en")
    page.evaluate(MARK)
    page.get_by_role("link", name="Method", exact=True).focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Method")
    expect(heading(page)).to_be_focused()
    expect(page.get_by_role("link", name="Method", exact=True)).to_have_attribute("aria-current", "page")
    assert loads_nothing(page)


@pytest.mark.parametrize(
    "how", [{"modifiers": ["ControlOrMeta"]}, {"modifiers": ["Shift"]}, {"button": "middle"}], ids=str
)
def test_a_link_opens_in_a_tab_of_its_own(opened, dataset, how):
    page = opened("/?city=410300&lang=en")
    case = dataset.by_id[DEBT]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=case.short.en, exact=True).click(**how)
    tab = opened.value
    expect(heading(tab)).to_have_text(case.title.en)
    expect(tab).to_have_url(f"/case?city=410300&lang=en&case={DEBT}")
    expect(page).to_have_url("/?city=410300&lang=en")
    tab.close()


def test_a_link_for_a_tab_of_its_own_opens_one(arrive):
    """From a chart embedded in another site to the dashboard."""
    page = arrive()
    page.goto("/?view=embed&chart=grades&lang=en")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="See it in Henan Reform Outcomes").click()
    expect(opened.value).to_have_url("/?lang=en")
    expect(page).to_have_url("/?view=embed&chart=grades&lang=en")
    opened.value.close()


def test_a_data_link_is_an_ordinary_link(arrive):
    page = arrive()
    visit(page, "/data?lang=en")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel", exact=True).click()
    assert download.value.suggested_filename.endswith(".xlsx")
    expect(page).to_have_url("/data?lang=en")
    page.get_by_role("link", name="Description", exact=True).click()
    page.wait_for_url("**/api/openapi.json")


def test_a_link_is_an_ordinary_one_while_the_app_has_no_connection(browser, server):
    with reading(browser, server) as (context, _):
        context.route("**/static/js/*", lambda route: route.abort())
        page = context.new_page()
        page.goto("/data?lang=en")
        page.evaluate(MARK)
        page.get_by_role("link", name="Method", exact=True).click()
        page.wait_for_url("**/method?lang=en")
        page.wait_for_function(f"() => !({MARKED})()")
