"""Behind a reverse proxy with a base path, every address on the pages is under that path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from tests.browser.reader import (
    LAST,
    Tab,
    beside,
    choose_city,
    drawn,
    heading,
    leaf_through,
    settled,
    visit,
    wait_until_gone,
)
from tests.server import started

BASE = "reform"
LUOYANG = "410300"


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Scheme, host and port of a server with the base path."""
    log = tmp_path_factory.mktemp("server") / "log"
    with started(log, STREAMLIT_SERVER_BASE_URL_PATH=BASE) as (address, _):
        yield address.removesuffix(f"/{BASE}")
    assert "traceback" not in log.read_text().lower(), log.read_text()


@pytest.fixture(scope="module")
def page(tab: Tab, origin: str) -> Iterator[Page]:
    """A tab that fails on a request outside the base path."""
    astray: list[str] = []
    with beside(tab) as page:
        page.on(
            "request",
            lambda request: (
                astray.append(request.url)
                if request.url.startswith("http") and not urlsplit(request.url).path.startswith(f"/{BASE}/")
                else None
            ),
        )
        yield page
        assert not astray


def test_a_reader_stays_under_the_base_path(page, origin, dataset, tmp_path):
    visit(page, f"{origin}/{BASE}/map")
    drawn(page)
    expect(page.locator(".areas > li > a")).to_have_count(18)
    choose_city(page, "City", "Luoyang")
    expect(page).to_have_url(re.compile(rf"/{BASE}/map\?city={LUOYANG}$"))
    page.get_by_role("link", name="Data", exact=True).click()
    expect(heading(page)).to_have_text("The data")
    expect(page).to_have_url(re.compile(rf"/{BASE}/data\?city={LUOYANG}$"))
    rows = select(dataset, Filters(city=(LUOYANG,))).rows
    with page.expect_download() as download:
        page.get_by_role("link", name=f"CSV: The {len(rows)} figures chosen").click()
    download.value.save_as(tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == write_csv(rows)
    addresses = [
        link.get_attribute("href") or "" for link in page.get_by_role("main").locator("a[href*='/api/']").all()
    ]
    assert addresses
    for address in addresses:
        assert urlsplit(address).path.startswith(f"/{BASE}/api/")
        with urlopen(urljoin(page.url, address), timeout=20) as answer:
            is_page = b"<!doctype html" in answer.read(200).lower()
            assert is_page == ("/report.html" in address), address


def test_a_cold_deep_link_and_its_case_as_a_document(page, origin, dataset, tmp_path):
    case = dataset.by_id["2020-09-dancheng-health"]
    visit(page, f"{origin}/{BASE}/case?case={case.id}")
    expect(heading(page)).to_have_text(case.title.en)
    with page.expect_download() as download:
        page.get_by_role("main").get_by_role("button", name="Word").click()
    download.value.save_as(tmp_path / "case.docx")
    assert (tmp_path / "case.docx").read_bytes()[:2] == b"PK"
    page.reload()
    expect(heading(page)).to_have_text(case.title.en)


def test_links_between_screens_stay_under_the_base_path_and_load_nothing(page, origin, dataset):
    case, following = dataset.cases[:2]
    visit(page, f"{origin}/{BASE}/?lang=en")
    page.evaluate("() => { window.loadedOnce = true }")
    page.get_by_role("link", name=case.short.en, exact=True).click()
    expect(page).to_have_url(f"{origin}/{BASE}/case?lang=en&case={case.id}")
    page.get_by_role("link", name=f"{following.number} · {following.title.en}").click()
    expect(page).to_have_url(f"{origin}/{BASE}/case?lang=en&case={following.id}")
    expect(heading(page)).to_have_text(following.title.en)
    expect(heading(page)).to_be_focused()
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page).to_have_url(f"{origin}/{BASE}/?lang=en")
    expect(page.get_by_role("table", name="What each case reports")).to_be_visible()
    page.go_back()
    expect(heading(page)).to_have_text(following.title.en)
    assert page.evaluate("() => window.loadedOnce")


def test_the_app_takes_the_place_of_a_first_view_and_all_that_every_page_asks_for_is_there(browser, origin):
    with browser.new_context(base_url=origin, locale="en-US") as context:
        page, said, failed = context.new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("response", lambda answer: answer.ok or answer.status == 304 or failed.append(answer.url))
        try:
            for path in ("/", LAST):
                page.goto(f"/{BASE}{path}")
                wait_until_gone(page)
                settled(page)
                registration = page.evaluate("() => navigator.serviceWorker.ready.then(found => found.scope)")
                assert registration == f"{origin}/{BASE}/"
            for path in leaf_through(page, "en"):
                expect(page).to_have_url(re.compile(rf"^{origin}/{BASE}{path}(\?|$)"))
        finally:  # what is said tells why a page does not come
            assert (said, failed) == ([], [])
