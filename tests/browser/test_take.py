"""What a reader copies from a chart: its address, text and data, and the chart itself in a page of another site."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pandas as pd
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import heading, reading, settled, visit
from tests.server import started

CASE, RATE = "2020-09-dancheng-health", "out-of-county-referral-rate"
FINDING = "Out-of-county referral rate fell by 15.79% from 2018"


def block(page: Page) -> Locator:
    """A metric on the case page with its export control open."""
    found = page.locator(f".st-key-figure-{RATE}")
    found.get_by_text("Download or share").click()
    found.get_by_role("radio", name="Value with source", exact=True).wait_for()
    settled(page)
    return found


def copied(page: Page, figure: Locator, name: str, begins: str) -> str:
    """The text under one of the headings, as the copy button gives it."""
    figure.get_by_role("radio", name=name, exact=True).click()
    expect(figure.get_by_role("radio", name=name, exact=True)).to_be_checked()
    expect(figure.get_by_test_id("stCode")).to_contain_text(re.compile(rf"^{re.escape(begins)}"))
    figure.get_by_role("button", name="Copy to clipboard").click()
    page.wait_for_function("async begins => (await navigator.clipboard.readText()).startsWith(begins)", arg=begins)
    return page.evaluate("() => navigator.clipboard.readText()")


def test_a_figure_is_copied_with_its_source_and_found_again(arrive, server, dataset):
    page = arrive()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, f"/case?case={CASE}")
    figure = block(page)
    words = copied(page, figure, "Value with source", f"Dancheng County: {FINDING}")
    data = copied(page, figure, "Data link", f"{server}/api/metrics.csv")
    with urlopen(data, timeout=20) as answer:
        table = pd.read_csv(BytesIO(answer.read()))
    assert table[["case_id", "metric_id", "change_value"]].to_numpy().tolist() == [[CASE, RATE, -15.79]]
    link = copied(page, figure, "Link", f"{server}/case")
    assert words.splitlines()[-1] == link
    page.goto(link)
    expect(heading(page)).to_have_text(dataset.by_id[CASE].title.en)


def test_the_embed_code_shows_the_chart_in_a_site_that_is_allowed(browser, tmp_path):
    with (
        site(tmp_path) as elsewhere,
        started(tmp_path / "log", HENAN_FRAME_ANCESTORS=elsewhere) as (address, _),
        reading(browser, address) as (context, wrong),
    ):
        page = context.new_page()
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        visit(page, f"/case?case={CASE}")
        code = copied(page, block(page), "Embed code", "<iframe ")
        write(tmp_path, html.unescape(re.search(r'src="([^"]+)"', code)[1]))
        guest = context.new_page()
        guest.goto(elsewhere)
        frame = guest.frame_locator("iframe")
        expect(frame.get_by_role("figure", name=FINDING)).to_be_visible()
        back = frame.get_by_role("link", name="See it in Henan Reform Outcomes")
        expect(back).to_have_attribute("href", re.compile(rf"^{address}/case\?case={CASE}"))
        expect(back).to_be_in_viewport()
        expect(frame.get_by_role("navigation")).to_have_count(0)
        assert not wrong


def test_no_embed_code_is_offered_where_no_site_is_allowed(arrive):
    page = arrive()
    visit(page, f"/case?case={CASE}")
    figure = block(page)
    expect(figure.get_by_text("The operator of this server allows no embedding")).to_be_visible()
    expect(figure.get_by_role("radio", name="Data link")).to_be_visible()
    expect(figure.get_by_role("radio", name="Embed code")).to_have_count(0)


def test_a_site_that_is_not_allowed_shows_nothing(server, browser, tmp_path):
    with site(tmp_path) as elsewhere, reading(browser, server) as (context, wrong):
        write(tmp_path, f"{server}/case?case={CASE}&view=embed&chart={RATE}")
        guest = context.new_page()
        with guest.expect_console_message(lambda message: "frame-ancestors" in message.text):
            guest.goto(elsewhere)
        assert wrong


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """Another site that serves the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(folder)))
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def write(folder: Path, address: str) -> None:
    (folder / "index.html").write_text(
        f'<!doctype html><link rel="icon" href="data:,"><iframe src="{html.escape(address)}" width="640" height="300"></iframe>',
        encoding="utf-8",
    )
