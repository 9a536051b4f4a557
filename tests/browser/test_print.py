"""The printed edition of a case: at most two sheets of A4, nothing cut off, light also in a dark color scheme."""

from __future__ import annotations

import re

from tests.browser.reader import drawn, visit

A4_WIDTH = 794
CUT = """() => [...document.querySelectorAll("h1, h2, p, li, blockquote, .js-plotly-plot")].filter(part => {
    const box = part.getBoundingClientRect();
    return box.width && (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
}).map(part => part.textContent.slice(0, 40))"""


def test_every_case_prints_on_two_sheets(arrive, dataset):
    page = arrive(scheme="dark", width=A4_WIDTH)
    english = [(case, "en") for case in dataset.cases]  # the longer of the two languages
    for case, lang in [*english, (dataset.cases[0], "zh")]:
        visit(page, f"/case?case={case.id}&lang={lang}&view=print")
        drawn(page)
        assert page.locator(".stApp").evaluate("part => getComputedStyle(part).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(CUT) == [], case.id
        sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))
        assert 1 <= sheets <= 2, f"{case.id} takes {sheets} sheets"
