"""Filters apply to every page, are kept in the URL, and are cleared with one click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from data.query.filters import Filters, select
from tests.browser.reader import choose_city, clear, close, drawn, heading, opener, resize, settled, status, value

JIYUAN = "city=419001"


def test_a_city_stays_through_pages_reload_and_back(opened):
    page = opened("/", "zh-CN")
    choose_city(page, "地市", "济源市")
    expect(page).to_have_url(f"/?{JIYUAN}")
    expect(status(page)).to_contain_text("1个案例 · 1项指标")
    for name, path in (
        ("案例", "/case"),
        ("地图", "/map"),
        ("比较", "/compare"),
        ("数据", "/data"),
    ):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_title(f"{name} · 河南改革成效")
        expect(page).to_have_url(f"{path}?{JIYUAN}")
        expect(status(page)).to_contain_text("济源市")
    page.reload()
    expect(heading(page)).to_have_text("数据")
    expect(page).to_have_url(f"/data?{JIYUAN}")
    expect(value(page, "地市", "济源市")).to_have_attribute("aria-pressed", "true")
    close(page)
    page.go_back()
    expect(page).to_have_title("比较 · 河南改革成效")
    expect(page).to_have_url(f"/compare?{JIYUAN}")
    expect(status(page)).to_contain_text("济源市")


def test_method_has_no_filters_and_keeps_them_for_the_other_screens(opened):
    page = opened(f"/method?{JIYUAN}", "zh-CN")
    expect(page.get_by_test_id("stPopover")).to_have_count(0)
    chosen = page.locator("p.status[role=status]")
    expect(chosen).to_have_count(0)
    page.get_by_role("link", name="概览", exact=True).click()
    expect(chosen).to_contain_text("济源市")
    expect(page).to_have_url(f"/?{JIYUAN}")


def test_a_popover_says_how_many_and_stays_open_until_it_is_closed(opened, dataset):
    page = opened("/data")
    own = int((dataset.table["prefecture_code"] == "410300").sum())
    value(page, "City", "Luoyang").click()
    expect(page.get_by_role("button", name=f"Show {own} figures")).to_be_visible()
    expect(opener(page, "City")).to_have_text("City (1)expand_less")
    value(page, "City", "Jiyuan").click()
    expect(page.get_by_role("button", name=f"Show {own + 1} figures")).to_be_visible()
    expect(value(page, "City", "Luoyang")).to_have_attribute("aria-pressed", "true")
    expect(value(page, "City", "Kaifeng")).to_have_text("Kaifeng 0")
    expect(value(page, "City", "Kaifeng")).to_be_enabled()
    close(page)
    expect(opener(page, "City")).to_be_focused()
    page.get_by_role("button", name="Luoyang close").click()
    expect(page).to_have_url("/data?city=419001")
    expect(opener(page, "City")).to_have_text("City (1)expand_more")


def test_a_link_takes_along_a_search_that_was_just_typed(opened):
    page = opened("/case?case=2020-09-dancheng-health")
    page.get_by_role("textbox", name="Search").press_sequentially("refer")
    page.get_by_role("link", name="Data", exact=True).click()
    expect(heading(page)).to_have_text("The data")
    expect(page).to_have_url("/data?search=refer")
    settled(page)
    expect(heading(page)).to_have_text("The data")


def test_a_search_without_a_hit_leads_to_one_with_and_back(opened):
    page = opened("/?lang=en")
    box = page.get_by_role("textbox", name="Search")
    box.fill("zzz")
    box.press("Enter")
    expect(heading(page)).to_have_text("“zzz”: 0 figures")
    expect(page.get_by_role("alert")).to_contain_text("Nothing found; try ")
    word = page.get_by_role("alert").get_by_role("link").first
    name = word.inner_text()
    word.focus()
    word.press("Enter")
    expect(heading(page)).to_contain_text(f"“{name}”: ")
    expect(box).to_have_value(name)
    hits = page.get_by_role("list", name="The figures found")
    expect(hits.get_by_role("link").first).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    page.go_back()
    expect(heading(page)).to_have_text("“zzz”: 0 figures")
    expect(box).to_have_value("zzz")


def test_a_search_is_kept_and_its_hit_opens_its_figure(opened, dataset):
    page = opened("/data?lang=en")
    box = page.get_by_role("textbox", name="Search")
    box.fill("referral")
    box.press("Enter")
    page.get_by_role("link", name="See the 1 figure found").click()
    expect(heading(page)).to_have_text("“referral”: 1 figure")
    hits = page.get_by_role("list", name="The figures found")
    hits.get_by_role("link", name="Out-of-county referral rate").click()
    expect(page).to_have_url(
        "/case?search=referral&lang=en&case=2020-09-dancheng-health&figure=out-of-county-referral-rate"
    )
    figure = page.locator("#figure-out-of-county-referral-rate")
    expect(figure).to_be_focused()
    expect(figure).to_be_in_viewport()


FIELD = """field => {
    const style = getComputedStyle(field), text = document.createElement("canvas").getContext("2d");
    text.font = style.font;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return [text.measureText(field.placeholder).width, text.measureText(field.value).width].map(width => room - width);
}"""
"""How much room the field has beside its placeholder, and beside what is in it, in px."""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_field_of_the_search_shows_its_whole_example_and_then_the_key_to_press(opened, lang):
    page = opened(f"/data?lang={lang}", width=1440)
    box, hint = page.get_by_role("textbox"), page.get_by_test_id("InputInstructions")
    said = "hint => getComputedStyle(hint, '::after').content"
    word = {"en": "referral", "zh": "转诊率"}[lang]
    for width in (1440, 1280, 820, 760, 700, 640, 550, 500, 410, 390, 360, 320):
        resize(page, width)
        assert box.evaluate(FIELD)[0] >= 0, width
        assert hint.count() == 0 or hint.evaluate(said) == "none"
        box.fill(word)
        expect(hint).to_be_visible()
        assert hint.evaluate(said) == {"en": '"Enter ↵"', "zh": '"回车搜索"'}[lang]
        field, shown = box.bounding_box(), hint.bounding_box()
        padding = box.evaluate("box => parseFloat(getComputedStyle(box).paddingRight)")
        assert field["x"] + field["width"] - padding <= shown["x"], (width, "it covers what is typed")
        assert box.evaluate(FIELD)[1] >= 0, width
        box.fill("")
    box.fill(word)
    box.press("Enter")
    expect(page).to_have_url(re.compile("search="))
    expect(hint.locator("span")).to_have_count(1)
    assert hint.evaluate(said) == "none"


@pytest.mark.parametrize("lang", ["en-US", "zh-CN"])
def test_a_city_stays_when_the_language_and_then_a_domain_are_chosen(opened, dataset, lang):
    label, city, other, domain, chosen = {
        "en-US": ("City", "Luoyang", "中文", "领域", "zh"),
        "zh-CN": ("地市", "洛阳市", "English", "Domain", "en"),
    }[lang]
    page = opened("/map", lang)
    choose_city(page, label, city)
    expect(page).to_have_url("/map?city=410300")
    page.get_by_text(other, exact=True).click()
    expect(page).to_have_url(f"/map?city=410300&lang={chosen}")
    named = {"zh": "洛阳市", "en": "Luoyang"}[chosen]
    expect(status(page)).to_contain_text(named)
    settled(page)
    value(page, domain, dataset.domains["environment"].name.model_dump()[chosen]).click()
    expect(page).to_have_url(f"/map?city=410300&lang={chosen}&domain=environment")
    drawn(page)
    expect(status(page)).to_contain_text(named)
    close(page)
    choose_city(page, {"zh": "地市", "en": "City"}[chosen], {"zh": "济源市", "en": "Jiyuan"}[chosen])
    expect(page).to_have_url(f"/map?city=410300%2C419001&lang={chosen}&domain=environment")


def test_a_filter_that_back_or_its_chip_removes_does_not_come_back(opened):
    page = opened("/")
    choose_city(page, "City", "Luoyang")
    expect(page).to_have_url("/?city=410300")
    expect(status(page)).to_contain_text("2 cases")
    page.go_back()
    expect(status(page)).to_contain_text("10 cases")
    settled(page)
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page).to_have_title(re.compile("^Map"))
    expect(page).to_have_url("/map")
    settled(page)
    choose_city(page, "City", "Jiyuan")
    page.get_by_role("main").get_by_role("button", name=re.compile("^Jiyuan")).first.click()
    expect(page).to_have_url("/map")
    settled(page)
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_title(re.compile("^Data"))
    expect(page).to_have_url("/data")


def test_of_two_values_that_are_pressed_at_once_both_count(opened, dataset):
    """On a slow connection the second is pressed before the first is answered."""
    page = opened("/?page=2")
    pills = [value(page, "City", city).element_handle() for city in ("Luoyang", "Jiyuan")]
    page.evaluate("pills => pills.forEach(pill => { pill.focus(); pill.click(); })", pills)
    expect(page).to_have_url("/?city=410300%2C419001")
    own = int(dataset.table["prefecture_code"].isin(["410300", "419001"]).sum())
    expect(page.get_by_role("button", name=f"Show {own} figures")).to_be_visible()
    expect(value(page, "City", "Luoyang")).to_have_attribute("aria-pressed", "true")
    expect(value(page, "City", "Jiyuan")).to_have_attribute("aria-pressed", "true")
    expect(value(page, "City", "Jiyuan")).to_be_focused()


def test_a_link_followed_before_a_value_is_answered_keeps_it(opened):
    page = opened("/map")
    value_and_link = [value(page, "City", "Luoyang"), page.get_by_role("link", name="Data", exact=True)]
    page.evaluate("both => both.forEach(one => one.click())", [one.element_handle() for one in value_and_link])
    expect(page).to_have_url("/data?city=410300")
    expect(heading(page)).to_have_text("The data")
    expect(status(page)).to_contain_text("Luoyang")


REDRAW = "element => { element.outerHTML = element.outerHTML; }"
MOVE = "element => { element.style.transform = 'translate(0, 200px)'; }"
"""What a run does to a part of the page that has changed, or that stands behind such a part."""


def press(page: Page, control: Locator, meanwhile: str = REDRAW) -> None:
    """Press a control to which something happens before the button of the mouse is released."""
    control.hover()
    page.mouse.down()
    control.evaluate(meanwhile)
    page.mouse.up()


def test_what_is_drawn_anew_while_it_is_pressed_is_pressed(opened):
    page = opened("/")
    press(page, value(page, "City", "Luoyang"))
    expect(page).to_have_url("/?city=410300")
    settled(page)
    press(page, page.get_by_test_id("stPopoverBody").get_by_role("button", name=re.compile("^Show ")))
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    press(page, page.get_by_role("link", name="Method", exact=True))
    expect(heading(page)).to_have_text("Method")
    expect(page).to_have_url("/method?city=410300")


def test_what_moves_away_while_it_is_pressed_is_pressed_and_what_the_pointer_leaves_is_not(opened):
    """As the button that clears the filters does, when the one before it was just chosen."""
    page = opened("/?city=410300")
    clear(page).hover()
    page.mouse.down()
    page.mouse.move(640, 600)
    page.mouse.up()
    page.get_by_role("link", name="Data", exact=True).click()
    expect(heading(page)).to_have_text("The data")
    expect(page).to_have_url("/data?city=410300")
    press(page, clear(page), MOVE)
    expect(page).to_have_url("/data")


def test_jiyuan_keeps_the_water_price_case_with_its_own_figure_alone(opened, dataset):
    page = opened(f"/?{JIYUAN}", "zh-CN")
    water = dataset.by_id["2020-01-water-pricing"]
    page.get_by_role("link", name=water.title.zh, exact=True).click()
    expect(heading(page)).to_have_text(water.title.zh)
    expect(page).to_have_url(re.compile(rf"/case\?{JIYUAN}&case=2020-01-water-pricing"))
    figures = page.locator("[id^='figure-']")
    expect(figures).to_have_count(1)
    expect(figures).to_contain_text("−40%")
    elsewhere = f"同案例的其他{len(water.metrics) - 1}项"
    page.get_by_text(elsewhere, exact=True).click()
    expect(page.get_by_role("switch", name=elsewhere)).to_be_checked()
    expect(figures).to_have_count(len(water.metrics))
    expect(page).to_have_url(re.compile(rf"/case\?.*{JIYUAN}&scope=case"))


def test_the_switch_adds_the_figures_elsewhere_and_stays_through_pages_reload_and_back(opened, dataset):
    own = int((dataset.table["prefecture_code"] == "410300").sum())
    both = len(select(dataset, Filters(city=("410300",), scope="case")).positions)
    elsewhere = f"The {both - own} figures of the same cases elsewhere"
    page = opened("/?city=410300")
    switch = page.get_by_role("switch", name=elsewhere)
    expect(status(page)).to_contain_text(f"2 cases · {own} figures")
    page.get_by_text(elsewhere).click()
    expect(status(page)).to_contain_text(f"2 cases · {both} figures, {own} of them Luoyang's own")
    expect(page).to_have_url("/?city=410300&scope=case")
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_url("/data?city=410300&scope=case")
    expect(page.get_by_role("link", name=f"CSV: The {both} figures chosen")).to_be_visible()
    page.reload()
    expect(switch).to_be_checked()
    expect(status(page)).to_contain_text(f"2 cases · {both} figures")
    page.get_by_text(elsewhere).click()
    expect(page).to_have_url("/data?city=410300")
    expect(status(page)).to_contain_text(f"2 cases · {own} figures")
    page.go_back()
    expect(page).to_have_url("/data?city=410300&scope=case")
    expect(switch).to_be_checked()
    value(page, "City", "Luoyang").click()
    expect(page).to_have_url("/data")


def test_a_domain_leaves_its_cases(opened, dataset):
    page = opened("/")
    pill = value(page, "Domain", dataset.domains["environment"].name.en)
    pill.click()
    expect(pill).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url("/?domain=environment")
    left = [case for case in dataset.cases if "environment" in case.domains]
    expect(status(page)).to_contain_text(f"{len(left)} cases")
    expect(page.locator(".findings .reform a")).to_have_text([(case.short or case.title).en for case in left])


def test_two_filters_are_cleared_in_one_click(opened, dataset):
    page = opened("/map")
    choose_city(page, "City", "Sanmenxia")
    expect(status(page)).to_contain_text("Sanmenxia")
    pill = value(page, "Domain", dataset.domains["finance"].name.en)
    pill.click()
    expect(page).to_have_url("/map?city=411200&domain=finance")
    close(page)
    clear(page).click()
    expect(page).to_have_url("/map")
    expect(status(page)).to_contain_text(f"{len(dataset.cases)} cases")
    expect(clear(page)).to_have_count(0)
    expect(value(page, "Domain", dataset.domains["finance"].name.en)).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("path", ["/", "/data"])
def test_an_empty_result_says_what_to_clear(opened, dataset, path):
    page = opened(f"{path}?city=410600")
    expect(page.get_by_text("No case and no figure fits (City: Hebi).")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").last.click()
    expect(page).to_have_url(path)
    expect(status(page)).to_contain_text(f"{len(dataset.cases)} cases")
    expect(page.get_by_text("No case and no figure")).to_have_count(0)
