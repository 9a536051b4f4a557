"""The page of a case: from its key figures to the words they are taken from and the contradictions, by mouse and keyboard,
and on a phone.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import drawn, heading, resize, settled

PERMITS = "/case?case=2020-06-anyang-permits&lang=en"


def test_a_key_figure_leads_to_its_card_with_its_words_open(opened):
    page = opened(PERMITS)
    key = page.get_by_role("list", name="Key figures")
    expect(key.get_by_role("listitem")).to_have_count(2)
    key.get_by_role("link", name="100 → 50 days").click()
    expect(page).to_have_url("/case?lang=en&case=2020-06-anyang-permits&figure=approval-time")
    card = page.locator("#figure-approval-time")
    expect(card).to_be_focused()
    expect(card).to_have_class("figure-card asked")
    expect(card.get_by_text("时限由100天压缩至50天")).to_be_visible()
    expect(card).to_have_class("figure-card")


def test_the_flags_open_the_words_and_both_readings_are_one_link_away(opened):
    page = opened(PERMITS)
    card = page.locator("#figure-approval-time")
    words = card.get_by_text("The source states no date for it.")
    expect(words).to_be_hidden()
    card.get_by_text("contradicted").click()
    expect(words).to_be_visible()
    card.get_by_role("link", name="Both readings").click()
    expect(page).to_have_url("/case?lang=en&case=2020-06-anyang-permits&conflict=days-or-working-days")
    conflict = page.locator("#conflict-days-or-working-days")
    expect(conflict).to_be_focused()
    expect(conflict).to_be_in_viewport()
    expect(conflict.get_by_role("blockquote")).to_have_count(2)
    conflict.get_by_role("link", name="Maximum time limit for the whole procedure").click()
    row = page.get_by_role("row").filter(has_text="Maximum time limit for the whole procedure")
    expect(row).to_be_focused()
    expect(row.get_by_text("最长至50个工作日以内")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page).to_have_url(PERMITS)


def test_words_stay_open_while_the_page_runs_again(opened):
    page = opened(PERMITS)
    card = page.locator("#figure-construction-permit-time")
    card.get_by_text("Words and notes").click()
    words = card.get_by_text("施工许可审批时限由3个工作日压缩至1个工作日")
    expect(words).to_be_visible()
    card.get_by_role("link", name="Link, cite or download").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Construction permit time limit")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(PERMITS)
    settled(page)
    expect(words).to_be_visible()


def test_words_doubts_and_the_list_of_cases_open_by_the_keyboard(opened, dataset):
    page = opened("/case?case=2020-08-sanmenxia-finance&lang=en")
    for opener, opened in (
        (
            page.locator("#figure-loan-growth-rank summary"),
            page.get_by_text("全市贷款增速在全省排名较2019年前移3个位次"),
        ),
        (page.get_by_text("What would complete these figures"), page.get_by_text("The source does not state:")),
        (page.get_by_text("Case 8 of 10"), page.get_by_role("link", name=f"5 · {dataset.cases[4].title.en}")),
    ):
        expect(opened).to_be_hidden()
        opener.locator("xpath=ancestor-or-self::summary").focus()
        page.keyboard.press("Enter")
        expect(opened).to_be_visible()
    page.get_by_role("link", name=f"5 · {dataset.cases[4].title.en}").press("Enter")
    expect(heading(page)).to_have_text(dataset.cases[4].title.en)


OFF_SCREEN = """() => [...document.querySelectorAll('.case *, .case-line *')].filter(part => {
    if (part.closest('.spoken, thead')) return false;
    const box = part.getBoundingClientRect();
    return box.width && (box.left < -1 || box.right > innerWidth + 1);
}).map(part => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_ten_cases_follow_one_another_and_nothing_of_them_is_off_screen(opened, dataset, lang):
    page, widths = opened(f"/case?lang={lang}"), [1280, 820, 390]
    for case, following in zip(dataset.cases, [*dataset.cases[1:], None], strict=True):
        expect(heading(page)).to_have_text(case.title[lang])
        drawn(page)
        page.evaluate("() => document.querySelectorAll('.case details').forEach(fold => { fold.open = true; })")
        for width in widths:
            resize(page, width)
            assert page.evaluate(OFF_SCREEN) == [], (case.id, width)
        widths.reverse()
        if following:
            page.get_by_role("link", name=f"{following.number} · {following.title[lang]}").last.click()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_on_a_phone_a_row_is_a_card_that_names_its_values(opened):
    page = opened(PERMITS, width=390)
    row = page.locator("#figure-items-cancelled")
    name, value = row.get_by_role("rowheader").bounding_box(), row.get_by_text("4 items").bounding_box()
    assert name and value and value["y"] >= name["y"] + name["height"] - 1
    label = row.get_by_role("cell").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert "Value" in label
    first = page.get_by_role("list", name="Key figures").get_by_role("listitem").nth(1)
    assert first.bounding_box()["y"] + first.bounding_box()["height"] < 844, "two key figures in the first window"


def test_a_case_draws_nothing_with_plotly_before_it_is_asked_to(opened):
    page = opened(PERMITS)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.locator("#figure-approval-time").get_by_role("link", name="Link, cite or download").click()
    expect(page.get_by_role("dialog").locator(".js-plotly-plot")).to_have_count(1)


TIP = "mark => getComputedStyle(mark, '::after').content"


def test_a_mark_says_what_it_means_at_hover_focus_and_touch(opened):
    page = opened(PERMITS, width=390)
    badge, flags = page.get_by_role("list", name="Key figures").locator("li").first.locator("[data-tip]").all()
    assert badge.evaluate(TIP) == "none"
    flags.hover()
    assert "prescribed: a limit that was set" in flags.evaluate(TIP)
    badge.click()  # a touch gives it the focus too
    page.mouse.move(0, 0)
    assert "Paired: the source states both ends" in badge.evaluate(TIP)
    summary = page.locator("#figure-approval-time summary")
    page.keyboard.press("Tab")
    summary.focus()
    assert "Paired: the source states both ends" in summary.evaluate(TIP)
    page.keyboard.press("Enter")
    assert summary.evaluate(TIP) == "none"
    expect(page.locator("#figure-approval-time").get_by_text("A Paired: the source states both ends")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_a_table_of_many_rows_has_no_stop_of_the_keyboard_at_each_mark(opened):
    page = opened("/data?lang=en")
    expect(page.locator(".datatable .grade[title]").first).to_be_visible()
    expect(page.locator(".datatable [data-tip]")).to_have_count(0)
