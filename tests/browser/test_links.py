"""A link opens what it names in a new tab: the page in its frame, the case, the language and the filters."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import heading, opener, status, visit

DANCHENG = "/case?case=2020-09-dancheng-health&lang=en"
SANMENXIA = "/case?case=2020-08-sanmenxia-finance&lang=zh"


def test_a_cold_link_to_a_case_opens_it_in_its_frame(arrive, dataset):
    page = arrive("zh-CN")
    visit(page, DANCHENG)
    title = dataset.by_id["2020-09-dancheng-health"].title.en
    expect(page).to_have_title(f"Cases · {title} · Henan Reform Outcomes")
    expect(heading(page)).to_have_text(title)
    expect(page.get_by_text("Henan Reform Outcomes", exact=True)).to_be_visible()
    expect(opener(page, "City")).to_be_visible()
    expect(page.get_by_role("radio", name="English")).to_be_checked()
    expect(page.locator("#figure-out-of-county-referral-rate .arrow").get_by_text("−15.79%")).to_be_visible()


def test_a_chinese_link_shows_the_printed_multiple(arrive, dataset):
    page = arrive("en-US")
    visit(page, SANMENXIA)
    expect(heading(page)).to_have_text(dataset.by_id["2020-08-sanmenxia-finance"].title.zh)
    expect(page.locator("#figure-loan-balance-increment .arrow").get_by_text("3.1倍")).to_be_visible()


def test_unknown_values_are_dropped_with_a_notice(arrive, dataset):
    page = arrive()
    visit(page, "/?city=999999&lang=xx&domain=foo")
    for words in (
        "a city that does not exist (999999)",
        "a domain that does not exist (foo)",
        "a language that does not exist (xx)",
    ):
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(3)
    expect(status(page)).to_have_text(f"{len(dataset.cases)} cases · {len(dataset.table)} figures")
    expect(page.get_by_role("table", name="What each case reports")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize(
    ("browser_language", "name", "page_name"),
    [("zh-CN", "中文", "概览"), ("en-US", "English", "Overview"), ("fr-FR", "English", "Overview")],
)
def test_the_language_follows_the_browser(arrive, browser_language, name, page_name):
    page = arrive(browser_language)
    visit(page, "/")
    expect(page.get_by_role("radio", name=name)).to_be_checked()
    expect(page.get_by_role("link", name=page_name, exact=True)).to_be_visible()


def test_an_unknown_case_gives_the_first_with_a_notice(opened, dataset):
    page = opened("/case?case=2020-99-nowhere")
    expect(page.get_by_role("alert")).to_contain_text("does not exist")
    expect(heading(page)).to_have_text(dataset.cases[0].title.en)


def test_a_case_that_the_filters_hide_is_shown_with_a_notice(opened, dataset):
    page = opened(f"{DANCHENG}&city=419001")
    expect(page.get_by_text("The filters would hide this case")).to_be_visible()
    expect(heading(page)).to_have_text(dataset.by_id["2020-09-dancheng-health"].title.en)


def test_switching_the_language_keeps_page_filters_and_case(opened, dataset):
    page = opened("/case?city=411200&case=2020-08-sanmenxia-finance")
    page.get_by_text("中文", exact=True).click()
    case = dataset.by_id["2020-08-sanmenxia-finance"]
    expect(heading(page)).to_have_text(case.title.zh)
    expect(page).to_have_title(f"案例 · {case.title.zh} · 河南改革成效")
    expect(page).to_have_url("/case?city=411200&case=2020-08-sanmenxia-finance&lang=zh")
    expect(status(page)).to_contain_text("三门峡市")
