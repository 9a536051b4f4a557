"""The overview: ten reforms in one window, every figure a link, the other figures of a case and the gaps by keyboard, and
the same facts on a phone, on paper and without colors.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import heading, resize, settled, status

PHONE, LAPTOP = 390, 1440
TABLE = {"en": "What each case reports", "zh": "各案例报告的内容"}
MARKS = """() => [...document.querySelectorAll(".findings tr:not(.more) .arrow:not(.told)")].map(arrow => {
    const [track, dot, head] = [arrow.closest("tr"), ...[".dot", ".head"].map(part => arrow.querySelector(part))]
        .map(part => part.getBoundingClientRect());
    const size = arrow.querySelector(".size").getBoundingClientRect();
    return {same: Math.round(dot.left + dot.width / 2), inside: head.left >= track.left - 1 && head.right <= track.right + 1,
            seen: size.left >= 0 && size.right <= document.documentElement.clientWidth, text: arrow.innerText};
})"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ten_reforms_stand_in_one_window(opened, dataset, lang):
    page = opened(f"/?lang={lang}", width=LAPTOP)
    table = page.get_by_role("table", name=TABLE[lang])
    expect(table.get_by_role("rowheader")).to_have_count(len(dataset.cases))
    box = table.bounding_box()
    assert box and box["y"] + box["height"] <= 900, box


def test_the_arrows_share_one_axis_at_every_width(opened):
    page = opened("/?lang=en")
    for width in (1280, 820, PHONE):
        resize(page, width)
        marks = page.evaluate(MARKS)
        assert len(marks) > 5
        assert len({mark["same"] for mark in marks}) == 1, width
        assert [mark for mark in marks if not (mark["inside"] and mark["seen"])] == [], width


def test_a_finding_opens_its_figure_and_back_returns(opened, dataset):
    page = opened("/?lang=en&city=411600")
    page.get_by_role("cell").get_by_role("link", name="Out-of-county referral rate").click()
    expect(page).to_have_url(
        "/case?city=411600&lang=en&case=2020-09-dancheng-health&figure=out-of-county-referral-rate"
    )
    expect(heading(page)).to_have_text(dataset.by_id["2020-09-dancheng-health"].title.en)
    page.go_back()
    expect(page).to_have_url("/?lang=en&city=411600")
    expect(page.get_by_role("table", name=TABLE["en"])).to_be_visible()


def test_the_other_figures_of_a_case_open_by_keyboard(opened):
    page = opened("/?lang=en")
    hidden = page.locator(".findings .more").first
    for width in (LAPTOP, PHONE):
        resize(page, width)
        expect(hidden).to_be_hidden()
        page.locator(".findings summary").first.focus()
        page.keyboard.press("Enter")
        expect(hidden).to_be_visible()
        expect(hidden.get_by_role("link")).to_be_visible()
        page.keyboard.press("Enter")
        expect(hidden).to_be_hidden()


def test_what_is_open_stays_open_in_the_next_run(opened):
    page = opened("/?lang=en")
    page.locator(".findings summary").nth(1).click()
    opened_row = page.locator(".findings tbody").nth(1).locator(".more").first
    expect(opened_row).to_be_visible()
    page.get_by_text("Cite and link").click()
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Explore, download or share")).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url("/?lang=en")
    settled(page)
    expect(page.locator(".findings details[open]")).to_have_count(1)


def test_a_cell_of_the_gaps_opens_the_figures_that_it_counts(opened):
    page = opened("/?lang=en")
    cell = page.get_by_role("link", name=re.compile("Public finance and credit, present value only: "))
    count = re.search(r": (\d+)", cell.get_attribute("aria-label") or "")
    assert count
    cell.click()
    expect(page).to_have_url("/data?domain=finance&grade=E&role=outcome,output&lang=en")
    expect(status(page)).to_contain_text(f"{count[1]} figures")


def printed(page: Page) -> str:
    return page.locator(".findings").inner_text()


def test_on_paper_every_figure_stands_open_and_nothing_is_cut(opened):
    page = opened("/?lang=en")
    names = page.locator(".findings td.what").all_text_contents()
    assert len(names) > 30
    for width in (LAPTOP, PHONE):
        page.emulate_media(media="screen")
        resize(page, width)
        page.emulate_media(media="print")
        resize(page, 718, 1000)
        for name in names:
            assert name in printed(page)
        right = page.evaluate(
            "() => Math.max(...[...document.querySelectorAll('.findings *, .gaps *')].map(part => part.getBoundingClientRect().right))"
        )
        assert right <= 719
