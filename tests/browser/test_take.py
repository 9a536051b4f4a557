"""What a reader saves and copies of a chart: its files, address and texts, and the chart itself in another site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from urllib.request import urlopen
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from data.downloads.dictionary import PRESETS
from data.downloads.formats import SHORT_CSV
from data.downloads.snippets import build_iframe
from tests.browser.accessibility import violations
from tests.browser.reader import beside, heading, reading, settled, turn, visit
from tests.server import started

CASE, RATE = "2020-09-dancheng-health", "out-of-county-referral-rate"
FINDING = "Out-of-county referral rate fell by 15.79% (or points) from 2018"


def dialog(page: Page) -> Locator:
    """The dialog of a chart, complete."""
    found = page.get_by_role("dialog")
    found.locator(".main-svg").first.wait_for()
    settled(page)
    return found


def press(opened: Locator, name: str) -> None:
    """Press a button of the dialog and wait until its status line says what was done."""
    opened.get_by_role("button", name=name).click()
    expect(opened.get_by_role("status")).to_have_text(re.compile("^(Saved|Copied)$"))


def saved(page: Page, opened: Locator, name: str) -> tuple[str, bytes]:
    """Name and content of the file that a button saves."""
    with page.expect_download() as waiting:
        opened.get_by_role("button", name=name).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def copied(page: Page, opened: Locator, label: str) -> str:
    """A text of the dialog, as its button copies it."""
    opened.get_by_role("button", name=f"Copy: {label}").click()
    text = opened.locator(f'dt:has-text("{label}") + dd').first.text_content()
    page.wait_for_function("async text => (await navigator.clipboard.readText()) === text", arg=text)
    return page.evaluate("() => navigator.clipboard.readText()")


def test_the_files_are_what_their_buttons_say(opened, server):
    page = opened(f"/case?case={CASE}&share={RATE}&lang=en")
    opened = dialog(page)
    said = opened.get_by_role("button", name="PNG image").text_content()
    name, png = saved(page, opened, "PNG image")
    assert name == "henan-reforms_2020_Dancheng-County_out-of-county-referral-rate_en.png"
    image = Image.open(BytesIO(png))
    image.load()
    assert image.format == "PNG"
    assert f"{image.width} × {image.height} pixels" in said
    assert len(image.convert("RGB").getcolors(image.width * image.height)) > 20, "the image is empty"
    name, svg = saved(page, opened, "SVG image")
    assert name.endswith(".svg")
    drawing = ElementTree.fromstring(svg)
    assert (drawing.get("width"), drawing.get("height")) == (str(image.width // 2), str(image.height // 2))
    text = " ".join("".join(drawing.itertext()).split())
    assert "".join(f"Dancheng County: {FINDING}".split()) in "".join(text.split())
    assert f"{server}/case?case={CASE}&figure={RATE}&lang=en" in text
    name, csv = saved(page, opened, "CSV data")
    assert name.endswith(".csv")
    table = pd.read_csv(BytesIO(csv))
    assert table[["case_id", "metric_id", "change_value"]].to_numpy().tolist() == [[CASE, RATE, -15.79]]
    name, csv = saved(page, opened, SHORT_CSV.en)
    assert name == "henan-reforms_2020_Dancheng-County_out-of-county-referral-rate_en_short.csv"
    pd.testing.assert_frame_equal(pd.read_csv(BytesIO(csv)), table[[*PRESETS["short"]]])


def test_an_english_image_has_the_font_of_the_page(opened):
    """Drawn with another one its title would be a quarter longer than on the page."""
    page = opened("/?share=findings&lang=en")
    opened = dialog(page)
    drawing = opened.locator(".main-svg").first.bounding_box()
    title = opened.locator(".annotation-text", has_text="What ten reforms").bounding_box()
    image = Image.open(BytesIO(saved(page, opened, "PNG image")[1])).convert("L")
    scale = image.width / drawing["width"]
    top, bottom = ((title["y"] + by - drawing["y"]) * scale for by in (0, title["height"]))
    left, _, right, _ = image.crop((0, int(top), image.width, int(bottom))).point(lambda light: 255 - light).getbbox()
    assert (right - left) / scale == pytest.approx(title["width"], rel=0.05)
    assert b"@font-face" in saved(page, opened, "SVG image")[1]


def test_image_link_and_texts_are_copied_and_lead_back(opened, server, dataset):
    page = opened(f"/case?case={CASE}&share={RATE}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = dialog(page)
    press(opened, "Copy image")
    types = page.evaluate("async () => (await navigator.clipboard.read()).flatMap(item => item.types)")
    assert types == ["image/png"]
    press(opened, "Copy: Link")
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link.startswith(f"{server}/case?case={CASE}&figure={RATE}")
    words = copied(page, opened, "Value with source")
    assert words.startswith(f"Dancheng County: {FINDING}")
    assert words.splitlines()[-1] == link
    data = copied(page, opened, "Data link")
    with urlopen(data, timeout=20) as answer:
        table = pd.read_csv(BytesIO(answer.read()))
    assert table[["case_id", "metric_id", "change_value"]].to_numpy().tolist() == [[CASE, RATE, -15.79]]
    visit(page, link)
    expect(heading(page)).to_have_text(dataset.by_id[CASE].title.en)
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_image_is_seen_at_every_width(width, opened):
    page = opened("/?share=findings&lang=en", width=width)
    opened = dialog(page)
    column = opened.locator(".st-key-share-preview").bounding_box()
    drawing = opened.locator(".main-svg").first.bounding_box()
    assert [drawing[side] for side in ("width", "x")] == pytest.approx([column[side] for side in ("width", "x")], abs=1)
    assert drawing["y"] + drawing["height"] == pytest.approx(column["y"] + column["height"], abs=1)
    assert column["width"] <= width
    buttons = [button.bounding_box() for button in opened.locator("button:visible").all()]
    for at, one in enumerate(buttons):
        assert all(apart(one, other) for other in buttons[at + 1 :]), "buttons lie on one another"
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth") <= width


def apart(one: FloatRect, other: FloatRect) -> bool:
    """Whether two boxes have at most a border in common."""
    return (
        one["x"] + one["width"] <= other["x"] + 1
        or other["x"] + other["width"] <= one["x"] + 1
        or one["y"] + one["height"] <= other["y"] + 1
        or other["y"] + other["height"] <= one["y"] + 1
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_a_chart_is_explored_and_saved_whole(width, opened):
    page = opened(f"/case?case={CASE}&share={RATE}&lang=en", width=width)
    opened = dialog(page)
    assert not violations(page)
    whole = places(saved(page, opened, "SVG image")[1])
    mark = opened.locator(".points path").last
    mark.hover(force=True)
    told = opened.locator(".hovertext text")
    expect(told).to_contain_text("县外转诊率较2018年下降15.79%")
    assert told.bounding_box()["height"] > 60, "too small to be read"
    place = mark.bounding_box()
    opened.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(
        "([mark, x]) => mark.getBoundingClientRect().x !== x", arg=[mark.element_handle(), place["x"]]
    )
    assert places(saved(page, opened, "SVG image")[1]) == whole
    assert mark.bounding_box() == place


def places(svg: bytes) -> list[bytes]:
    """Where everything of a drawing is."""
    return re.findall(rb'transform="[^"]+"', svg)


def test_the_shape_is_chosen_in_the_dialog(opened):
    page = opened("/?share=findings&lang=en")
    opened = dialog(page)
    opened.get_by_role("radio", name="Square").click()
    plot = "document.querySelector('.js-plotly-plot')?._context.toImageButtonOptions"
    page.wait_for_function(f"() => {plot}?.filename.endsWith('square')")
    name, png = saved(page, opened, "PNG image")
    assert name == "henan-reforms_2020_findings_en_square.png"
    image = Image.open(BytesIO(png))
    expect(opened.get_by_role("button", name="PNG image")).to_contain_text(f"{image.width} × {image.height} pixels")


def test_the_image_is_shared_where_the_browser_can(arrive, server):
    page = arrive()
    visit(page, f"/case?case={CASE}&share={RATE}&lang=en")
    button = dialog(page).locator("button", has_text="Share")
    expect(button).to_be_hidden()
    page.evaluate("document.documentElement.classList.add('shares')")
    page.evaluate("() => { navigator.share = async data => { window.shared = data; }; }")
    button.click()
    expect(dialog(page).get_by_role("status")).to_have_text("Shared")
    kinds, title, url = page.evaluate("() => [shared.files.map(file => file.type), shared.title, shared.url]")
    assert (kinds, title, url) == (["image/png"], FINDING, f"{server}/case?case={CASE}&figure={RATE}&lang=en")


CHARTS = {
    f"/case?case={CASE}&share={RATE}&lang=en": FINDING,
    "/?share=findings&lang=en": "What ten reforms in Henan report",
    "/?share=gaps&lang=en": "where the gaps are",
}


def test_the_embed_code_shows_the_chart_in_a_site_that_is_allowed(tab, tmp_path):
    codes = {}
    with (
        site(tmp_path) as elsewhere,
        started(tmp_path / "log", HENAN_FRAME_ANCESTORS=elsewhere) as (address, _),
        beside(tab) as page,
    ):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        visit(page, f"{address}/method")
        for path in CHARTS:
            turn(page, path)
            codes[path] = copied(page, dialog(page), "Embed code")
            assert codes[path].startswith("<iframe ")
        embed(tmp_path, "".join(codes.values()))
        page.goto(elsewhere)
        for number, (path, words) in enumerate(CHARTS.items()):
            frame = page.frame_locator(f"iframe >> nth={number}")
            expect(frame.get_by_text(words).first).to_be_visible()
            back = frame.get_by_role("link", name="See it in Henan Reform Outcomes")
            expect(back).to_have_attribute("href", re.compile(rf"^{address}/"))
            expect(back).to_be_visible()
            expect(frame.get_by_role("navigation")).to_have_count(0)
            left = frame.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight - main.clientHeight")
            assert left <= 0, f"{path} scrolls in its frame by {left} px"
        page.context.clear_permissions()


def test_no_embed_code_is_offered_where_no_site_is_allowed(opened):
    page = opened(f"/case?case={CASE}&share={RATE}&lang=en")
    opened = dialog(page)
    expect(opened.get_by_text("Data link")).to_be_visible()
    expect(opened.get_by_text(re.compile("embed", re.IGNORECASE))).to_have_count(0)


def test_a_site_that_is_not_allowed_shows_nothing(server, browser, tmp_path):
    with site(tmp_path) as elsewhere, reading(browser, server) as (context, wrong):
        embed(tmp_path, build_iframe(f"{server}/case?case={CASE}&view=embed&chart={RATE}", "a chart", 300))
        guest = context.new_page()
        with guest.expect_console_message(lambda message: "frame-ancestors" in message.text):
            guest.goto(elsewhere)
        assert wrong


def test_where_copying_is_refused_it_is_said(arrive):
    page = arrive()
    visit(page, f"/case?case={CASE}&share={RATE}&lang=en")
    page.evaluate("() => { delete Navigator.prototype.clipboard; }")
    opened = dialog(page)
    refusals = {"Copy image": "The browser did not take the image", "Copy: Link": "The browser does not allow copying"}
    for name, words in refusals.items():
        opened.get_by_role("button", name=name).click()
        expect(opened.get_by_role("status")).to_have_text(re.compile(f"^{words}"))
    chosen = page.evaluate("() => getSelection().toString()")
    assert f"/case?case={CASE}" in chosen, "the text is not selected for Ctrl+C"


REFUSING = {
    "no picture": "HTMLCanvasElement.prototype.toBlob = done => done(null)",
    "no pixels": "HTMLCanvasElement.prototype.getContext = () => null",
    "no address": "URL.createObjectURL = () => { throw new Error('no'); }",
}


@pytest.mark.parametrize("refusal", REFUSING.values(), ids=REFUSING)
def test_where_no_image_is_made_it_is_said_and_the_data_is_named(refusal, arrive):
    page = arrive()
    visit(page, f"/case?case={CASE}&share={RATE}&lang=en")
    opened = dialog(page)
    page.evaluate(f"() => {{ {refusal}; }}")
    for name in ("PNG image", "Copy image"):
        opened.get_by_role("button", name=name).click()
        expect(opened.get_by_role("status")).to_have_text("The browser made no image; the CSV has the same data.")
        opened.get_by_role("status").evaluate("status => { status.textContent = '' }")


def test_the_dialog_opens_and_closes_over_a_page_that_stays_as_it_is(arrive):
    page = arrive()
    visit(page, "/?lang=en")
    link = page.get_by_role("link", name=re.compile("^Explore, download or share: What ten"))
    link.scroll_into_view_if_needed()
    place = page.evaluate(POSITION)
    assert place > 0
    assert not page.evaluate(PLOTLY), "the chart library is loaded before it is needed"
    entries = page.evaluate("() => history.length")

    link.focus()
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_visible()
    expect(page).to_have_url(re.compile("share=findings"))
    assert page.evaluate(PLOTLY)
    page.keyboard.press("Escape")
    closed(page, place)
    expect(link).to_be_focused()

    link.click()
    dialog(page)
    page.go_back()
    closed(page, place)
    page.go_forward()
    dialog(page)
    page.get_by_role("button", name="Close").click()
    closed(page, place)
    expect(link).to_be_focused()
    assert page.evaluate("() => history.length") <= entries + 1, "closing adds entries to the history"

    link.click()
    dialog(page)
    page.reload()
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_figure_is_taken_over_the_page_the_reader_is_on(opened, server):
    there = "/data?lang=en&city=411600&sort=-grade"
    page = opened(there)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    way = page.get_by_role("link", name="Link, cite or download: Out-of-county referral rate")
    way.focus()
    page.keyboard.press("Enter")
    opened = dialog(page)
    expect(page).to_have_url(f"{there}&share={CASE}.{RATE}")
    expect(page.get_by_role("dialog", name=FINDING)).to_be_visible()
    assert copied(page, opened, "Link") == f"{server}/case?case={CASE}&figure={RATE}&lang=en"
    today = page.evaluate("() => new Date().toLocaleDateString('en-CA')")
    name, record = saved(page, opened, "RIS")
    assert name == "henan-reforms_2020_Dancheng-County_out-of-county-referral-rate_en.ris"
    assert f"Y2  - {today.replace('-', '/')}" in record.decode()
    page.evaluate("() => { document.activeElement.disabled = true; }")  # as Streamlit while the file is made
    page.wait_for_function("() => document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(page).to_have_url(there)
    expect(way).to_be_focused()


POSITION = "() => document.querySelector('[data-testid=stMain]').scrollTop"
PLOTLY = "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('Plotly'))"


def closed(page: Page, place: float) -> None:
    """Check that the dialog is gone from page and address, and that the page is where it was."""
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("share="))
    settled(page)
    assert page.evaluate(POSITION) == place


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


def embed(folder: Path, code: str) -> None:
    """Write a page of the other site, 640 px wide, that has the embed code."""
    (folder / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div style="width:640px">{code}</div>',
        encoding="utf-8",
    )
