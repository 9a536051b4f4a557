"""A dataset whose every text is hostile, and hostile addresses, in a browser: shown as text, without scripts, foreign
links or foreign requests.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from data.query.dataset import Dataset
from data.reading.load import load_dataset
from tests.browser.reader import LAST, Tab, beside, close, control, drawn, expect_no_error, leaf_through, visit
from tests.hostile import HOSTILE, admitted, hostile_folder
from tests.server import started

STRANGE = """() => [...document.body.querySelectorAll("*")].filter(part =>
    ["IFRAME", "OBJECT", "EMBED", "BASE", "META", "LINK", "FORM", "MATH", "ANIMATE"].includes(part.tagName.toUpperCase())
    && !part.matches("link[rel=stylesheet]:is([href^='/static/css/index.'], [href^='/styles/site.'])")
    && !part.matches("link[rel=modulepreload][href^='/static/js/']")
    || [...part.attributes].some(({ name, value }) => name.startsWith("on") || name === "style" && /evil/.test(value)
        || ["href", "xlink:href", "src", "action", "data", "poster"].includes(name) && !/^(data|blob):/.test(value) && new URL(value, location).origin !== location.origin)
).map(part => part.outerHTML.slice(0, 200))"""
"""What no page contains by itself: elements that load or send, but for the app's own files, event handlers, and foreign
addresses.
"""
READ = """(words) => [...document.querySelectorAll(words)].map(part => part.textContent)"""


def plain(text: str) -> str:
    """Text for comparison: without the joiners that prevent Markdown, and with blanks as a browser sets them."""
    return re.sub(r"\s+", " ", text.replace("\u2060", "")).strip()


def shown(page: Page, selector: str) -> set[str]:
    return {plain(text) for text in page.evaluate(READ, selector)}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Dataset]]:
    """Address of a server with the hostile dataset, and the dataset."""
    folder = hostile_folder(tmp_path_factory.mktemp("hostile") / "data", admitted(), 5)
    log = folder.parent / "log"
    with started(log, HENAN_DATA=str(folder)) as (address, _):
        yield address, load_dataset(folder)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def reader(tab: Tab, hostile: tuple[str, Dataset]) -> Iterator[tuple[Page, list[str]]]:
    """One tab and its errors."""
    noted = tab[2]
    with beside(tab) as page:
        page.on("dialog", lambda dialog: (noted.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        yield page, noted


@pytest.fixture
def page(reader: tuple[Page, list[str]]) -> Iterator[Page]:
    """The tab; fails if one of STRANGE is on the page."""
    yield reader[0]
    expect_no_error(reader[1])


def untouched(page: Page) -> None:
    assert page.evaluate("() => window.pwned") is None
    assert page.evaluate(STRANGE) == []


def test_every_page_shows_it_as_text(page: Page, hostile: tuple[str, Dataset]):
    dataset = hostile[1]
    visit(page, f"{hostile[0]}{LAST}?lang=en")
    for path in leaf_through(page, "en"):
        untouched(page)
        if path != "/method":
            offered = {
                re.sub(r" \d+$", "", plain(text))
                for text in control(page, "Domain").get_by_role("button").all_inner_texts()
            }
            assert offered >= {plain(domain.name.en) for domain in dataset.domains.values()}, path
            close(page)
        assert plain(dataset.source.title.en) in plain(page.locator("footer").inner_text())
        if path == "/":
            assert shown(page, ".findings .reform a") == {plain(case.title.en) for case in dataset.cases}


def test_a_case_shows_every_text_of_its_file(page: Page, hostile: tuple[str, Dataset]):
    case = hostile[1].cases[1]
    visit(page, f"{hostile[0]}/case?case={case.id}&lang=zh")
    drawn(page)
    untouched(page)
    assert shown(page, "h1") == {plain(case.title.zh)}
    read = plain(page.evaluate("() => document.querySelector('[data-testid=stMain]').textContent"))
    texts = [
        case.problem,
        case.result,
        *case.actions,
        case.events[0].what,
        case.conflicts[0].note,
        *(metric.name for metric in case.metrics),
    ]
    assert [text.zh for text in texts if plain(text.zh) not in read] == []


def test_headings_links_and_notices_show_it_as_text(page: Page, hostile: tuple[str, Dataset]):
    """Names of places, an unknown filter in a notice, a search in a button."""
    dataset = hostile[1]
    units = {place.code: place.name.en for place in dataset.places.values() if place.kind == "prefecture"}
    search = "<img src=x onerror=window.pwned=1> **x** :red[x] $x$ https://evil.example"
    for shape in (
        {"city": ",".join(map(str, units))},
        {"search": search, "grade": "**x**,:red[x],<svg onload=window.pwned=1>,[x](https://evil.example)"},
    ):
        visit(page, f"{hostile[0]}/map?lang=en&{urlencode(shape)}")
        untouched(page)
        if "city" in shape:
            read = plain(page.evaluate("() => document.querySelector('[data-testid=stMain]').textContent"))
            assert [name for name in units.values() if plain(name) not in read] == []
    expect(page.locator(".st-key-status button").first).to_contain_text(
        "<img src=x onerror=window.pwned=1> **x** :red[x] $x$"
    )
    assert f"“{search}” close" in shown(page, ".st-key-status button")
    notices = " ".join(shown(page, "[data-testid=stAlert]"))
    assert all(
        f"({value})" in notices
        for value in ("**x**", ":red[x]", "<svg onload=window.pwned=1>", "[x](https://evil.example)")
    )
    expect(page.get_by_role("textbox", name="Search")).to_have_value(search)


def test_an_image_that_is_taken_away_is_a_drawing_and_nothing_else(
    page: Page, hostile: tuple[str, Dataset], tmp_path: Path
):
    visit(page, f"{hostile[0]}/case?lang=en")
    page.get_by_role("link", name=re.compile("^Download or share")).first.click()
    page.locator(".st-key-share-preview .main-svg").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG image").click()
    download.value.save_as(tmp_path / "x.svg")
    expect(page.get_by_role("dialog").get_by_text("Saved")).to_be_visible()
    drawing = ElementTree.parse(tmp_path / "x.svg")
    tags = {element.tag.rpartition("}")[2] for element in drawing.iter()}
    assert tags <= {"svg", "g", "path", "rect", "text", "tspan", "defs", "clipPath", "style", "circle", "line"}
    assert [
        name for element in drawing.iter() for name in element.attrib if name.startswith("on") or name.endswith("href")
    ] == []
    assert plain(hostile[1].source.title.en) in plain("".join(drawing.getroot().itertext()))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    untouched(page)


def test_hostile_parameters_open_a_page_all_the_same(page: Page, hostile: tuple[str, Dataset]):
    strings = [text for text in HOSTILE.values() if len(text) < 200 and text.isprintable()]
    for start, path in enumerate(("/case", "/compare")):
        names = (
            "city",
            "domain",
            "grade",
            "role",
            "lang",
            "case",
            "cases",
            "figures",
            "set",
            "sort",
            "columns",
            "kinds",
            "colour",
            "view",
            "chart",
            "embed_options",
            "<b>",
        )
        visit(page, f"{hostile[0]}{path}?{urlencode(dict(zip(names, strings[start * 150 :: 11], strict=False)))}")
        untouched(page)


PREFIXES = (
    "/{}",
    "/static/{}",
    "/media/{}",
    "/component/{}",
    "/_stcore/{}",
    "/case?search={}",
    "/api/cases/{}.json",
    "/api/metrics.json?limit=1&search={}",
    "/~/+/{}",
)


def test_hostile_addresses_are_answered_without_an_error(hostile: tuple[str, Dataset]):
    connection = http.client.HTTPConnection(hostile[0].removeprefix("http://"), timeout=20)
    wrong = []
    for number, (name, text) in enumerate(HOSTILE.items()):
        for prefix in (PREFIXES[0], PREFIXES[1 + number % (len(PREFIXES) - 1)]):
            connection.request(
                "GET", prefix.format(quote(text.encode("utf-8", "surrogatepass"), safe="/%"[: number % 3]))
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 500 or "set-cookie" in answer.headers:
                wrong.append((prefix, name, answer.status))
            if answer.will_close:
                connection.close()
    connection.close()
    assert wrong == []
