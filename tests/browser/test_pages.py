"""Every page in both languages, each in one color scheme: drawn, complete, without errors, and accessible."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import JUDGED, violations
from tests.browser.reader import LAST, drawn, leaf_through

FILTERED = "city=411200"
"""With a city every kind of control exists: tags, chips, clear buttons."""
MISPLACED_CELLS = """() => [...document.querySelectorAll('table :is(th, td)')]
    .filter(cell => !['table-cell', 'none'].includes(getComputedStyle(cell).display)).map(cell => cell.outerHTML)"""
"""The cells of tables that a rule of another element took out of their row."""


@pytest.mark.parametrize(("lang", "scheme"), JUDGED)
def test_every_page_is_complete_and_accessible(opened, dataset, lang, scheme):
    page, found = opened(f"{LAST}?lang={lang}&{FILTERED}", scheme=scheme), {}
    for path in leaf_through(page, lang):
        expect(page.locator("footer")).to_contain_text(dataset.source.title[lang])
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert page.evaluate(MISPLACED_CELLS) == []
        found[path] = violations(page)
    assert not any(found.values()), found


OWN_ENGLISH = """() => {
    const found = [...document.querySelectorAll('body *')].flatMap(part =>
        ['aria-label', 'title', 'placeholder', 'data-tip'].map(name => part.getAttribute(name)).filter(Boolean));
    const skip = document.querySelector('[data-testid=stSkipToContent]').textContent;
    return [...found, skip].filter(text => /[A-Za-z]{3}/.test(text) && !/[\\u4e00-\\u9fff]/.test(text));
}"""


def test_a_chinese_page_has_no_words_of_streamlits_own(opened):
    cases = "cases=2020-02-government-debt,2020-06-anyang-permits"
    for path in ("/", "/case", "/map", f"/compare?{cases}"):
        page = opened(path)
        page.get_by_text("中文", exact=True).click()
        expect(page.get_by_role("link", name="概览", exact=True)).to_be_visible()
        drawn(page)
        assert page.evaluate(OWN_ENGLISH) == [], path
    page.get_by_role("combobox").first.fill("zzzz")
    expect(page.get_by_role("option")).to_have_text("没有符合的选项")
    page.keyboard.press("Escape")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_test_id("stSkipToContent")).to_have_text("Skip to main content")
