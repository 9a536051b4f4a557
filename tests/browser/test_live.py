"""Files change while pages are open: the pages update without a click and keep the readers' choices."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.reading.load import FOLDER
from pages.serving.script_error import MESSAGE
from tests.browser.reader import Tab, beside, expect_no_error, heading, settled, status, visit
from tests.server import health, logged, started, until

CASE = "2020-09-dancheng-health"
TITLE = {"zh": "郸城县紧密型县域医共体", "en": "Dancheng's close-knit county medical consortium"}
SHOWN = {"zh": "郸城医共体", "en": TITLE["en"]}
"""What the pages of the fixture show of the case: the overview its short title, its own page the whole."""
FOLLOWED = 60_000
"""ms within which a page that asks every 12 s has an edit, on a busy machine too."""
NOTICE = {"zh": "较新的修改有误", "en": "an update has problems"}
NONE = {"zh": "数据未能载入", "en": "No data could be loaded"}
FAULT = "import data.downloads.snippets; data.downloads.snippets.write_snippets = lambda *_: 1 / 0"
"""Python that makes the Data page fail."""
OFTEN = "import pages.serving.following as following; following.INTERVAL, following.PAUSE = 0.3, 0.1"
"""Python with which open pages ask for edits more often than readers' do."""
LOST = "The connection to the server is lost. This page goes on by itself when it is back, with what you chose."


def fill(folder: Path) -> None:
    """Restore the files of the project, without touching unchanged ones."""
    for part in ("cases", "reference"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for file in (folder / part).iterdir():
            if not (FOLDER / part / file.name).exists():
                file.unlink()
        for file in (FOLDER / part).iterdir():
            if (
                not (folder / part / file.name).exists()
                or (folder / part / file.name).read_bytes() != file.read_bytes()
            ):
                shutil.copy(file, folder / part)


@pytest.fixture(scope="module")
def served(
    tab: Tab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, dict[str, Page], Callable[[], bool]]]:
    """Address and folder of a running server, tabs in Chinese and in English, and a function that waits until the server
    has the project's own files.
    """
    folder, log = tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("server") / "log"
    fill(folder)
    with (
        started(log, first=f"{FAULT}; {OFTEN}", HENAN_DATA=str(folder)) as (address, process),
        beside(tab) as chinese,
        beside(tab) as english,
    ):
        began = health(address)
        yield (
            address,
            folder,
            {"zh": chinese, "en": english},
            lambda: until(process, lambda: health(address) | {"loaded": began["loaded"], "age": began["age"]} == began),
        )
    assert all("ZeroDivisionError" in line["traceback"] for line in logged(log) if "traceback" in line), log.read_text()


@pytest.fixture
def folder(served: tuple[str, Path, dict[str, Page], Callable[[], bool]]) -> Iterator[Path]:
    yield served[1]
    fill(served[1])
    assert served[3]()


@pytest.fixture
def pages(served: tuple[str, Path, dict[str, Page], Callable[[], bool]]) -> dict[str, Page]:
    """A case in English and a city's cards in Chinese."""
    address, _, tabs, _ = served
    for lang, path in {"en": f"/case?case={CASE}", "zh": "/?city=411600&lang=zh"}.items():
        if not tabs[lang].url.endswith(path):
            visit(tabs[lang], f"{address}{path}")
    return tabs


def test_an_edit_reaches_every_open_page(pages, folder):
    file, shown = folder / "cases" / f"{CASE}.yaml", status(pages["zh"]).inner_text()
    text = re.sub(r"^short: .*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    search = pages["en"].get_by_role("textbox", name="Search")
    search.press_sequentially("refer")
    for zh, en in (("标题一", "Title one"), ("标题二", "Title two"), ("标题三", "Title three")):
        file.write_text(text.replace(TITLE["en"], en).replace(TITLE["zh"], zh), encoding="utf-8")
        expect(heading(pages["en"])).to_have_text(en, timeout=FOLLOWED)
        expect(pages["zh"].get_by_text(zh).first).to_be_visible(timeout=FOLLOWED)
    expect(status(pages["zh"])).to_have_text(shown, use_inner_text=True)
    expect(search).to_be_focused()
    expect(search).to_have_value("refer")
    search.clear()


BREAKS = {
    "half a file": lambda file: file.write_bytes(file.read_bytes()[:2000]),
    "a new name": lambda file: file.rename(file.with_name("2020-09-dancheng.yaml")),
    "no folder": lambda file: shutil.rmtree(file.parent),
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS)
def test_a_broken_edit_is_told_and_changes_nothing(pages, folder, broken):
    broken(folder / "cases" / f"{CASE}.yaml")
    for lang, page in pages.items():
        expect(page.get_by_role("alert")).to_contain_text(NOTICE[lang])
        expect(page.get_by_text(SHOWN[lang]).locator("visible=true").first).to_be_visible()
    fill(folder)
    for page in pages.values():
        expect(page.get_by_role("alert")).to_have_count(0)


def test_an_edit_finds_the_page_where_its_reader_has_gone(pages, folder):
    page = pages["en"]
    page.get_by_role("link", name="Method", exact=True).click()
    expect(heading(page)).to_have_text("Method")
    (folder / "reference" / "units.yaml").write_text("", encoding="utf-8")
    expect(page.get_by_role("alert")).to_contain_text(NOTICE["en"])
    settled(page)
    expect(heading(page)).to_have_text("Method")


def dialog(page: Page) -> str:
    """The visible text of the dialog over the page, including what the style sheet inserts."""
    opened = page.get_by_role("dialog")
    opened.wait_for()
    return str(opened.evaluate("part => part.innerText + JSON.parse(getComputedStyle(part, '::after').content)"))


def test_a_server_without_data_says_so_and_recovers(tab, tmp_path):
    """Also when it is stopped: the dialog says so in the page's language."""
    folder = tmp_path / "served"
    fill(folder)
    (folder / "cases").rename(folder / "elsewhere")
    (folder / "cases").mkdir()
    with (
        started(tmp_path / "log", first=OFTEN, HENAN_DATA=str(folder)) as (address, process),
        beside(tab, "zh-CN") as page,
    ):
        page.goto(f"{address}/case?case={CASE}")
        expect(page.get_by_role("alert")).to_contain_text(NONE["zh"])
        (folder / "cases").rmdir()
        (folder / "elsewhere").rename(folder / "cases")
        expect(heading(page)).to_have_text(TITLE["zh"])
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_text("English", exact=True).click()
        expect(heading(page)).to_have_text(TITLE["en"])
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect_no_error(tab[2])
        process.terminate()
        assert dialog(page) == LOST
        page.close()  # which asks again and again
        tab[2].clear()  # the connection that was lost


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_that_fails_says_so_and_no_more(served, lang):
    page = served[2][lang]
    page.goto(f"{served[0]}/data?lang={lang}")
    for sentence in MESSAGE:
        expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("ZeroDivisionError")).to_have_count(0)
