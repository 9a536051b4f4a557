"""The address determines the view, whether it is opened, copied, reloaded, or reached by back and forward."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import heading, settled, visit

WATER, DEBT = "2020-01-water-pricing", "2020-02-government-debt"


def take(page: Page) -> None:
    """Open the export control below the first chart, which reruns the page."""
    page.get_by_text("Download or share").first.click()
    page.locator("[class*='st-key-export-chart-']").first.wait_for()
    settled(page)


def copied(page: Page) -> str:
    """The link of the first chart, as its button copies it."""
    page.get_by_role("button", name="Copy to clipboard").first.click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('http')")
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def test_the_next_case_is_what_its_address_says(arrive, dataset):
    page = arrive()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first, following = dataset.by_id[WATER], dataset.by_id[DEBT]
    visit(page, f"/case?case={WATER}")
    page.get_by_role("link", name=f"{following.number} · {following.title.en}").click()
    expect(heading(page)).to_have_text(following.title.en)
    expect(page).to_have_url(f"/case?case={DEBT}")
    take(page)
    expect(heading(page)).to_have_text(following.title.en)
    expect(page).to_have_url(f"/case?case={DEBT}")
    link = copied(page)
    page.reload()
    expect(heading(page)).to_have_text(following.title.en)
    page.go_back()
    expect(heading(page)).to_have_text(first.title.en)
    expect(page).to_have_url(f"/case?case={WATER}")
    page.goto(link)
    expect(heading(page)).to_have_text(following.title.en)


EXAMPLES = {
    "figures": ("For example: figures with both ends", "Before = 100"),
    "cases": ("For example: the cases on business environment", "Results with an index"),
}


@pytest.mark.parametrize(("name", "example"), EXAMPLES.items(), ids=EXAMPLES)
def test_an_example_of_compare_is_what_its_address_says(arrive, name, example):
    words, title = example
    page = arrive()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, "/compare?lang=en")
    page.get_by_role("link", name=words).click()
    chart = page.get_by_role("heading", name=title)
    chart.wait_for()
    address = re.compile(rf"/compare\?lang=en&{name}=2020-[\w.,-]+$")
    expect(page).to_have_url(address)
    take(page)
    expect(chart).to_be_visible()
    expect(page).to_have_url(address)
    link = copied(page)
    page.reload()
    chart.wait_for()
    page.go_back()
    expect(page.get_by_role("link", name=words)).to_be_visible()
    expect(page).to_have_url("/compare?lang=en")
    page.goto(link)
    chart.wait_for()


def test_the_print_edition_is_what_its_address_says(arrive, dataset):
    page = arrive()
    title = dataset.by_id[DEBT].title.en
    visit(page, f"/case?case={DEBT}&lang=en")
    page.get_by_role("link", name="Print").click()
    printed = f"/case?lang=en&case={DEBT}&view=print"
    expect(page).to_have_url(printed)
    controls = page.get_by_role("radio", name="English")
    expect(controls).to_have_count(0)
    page.reload()
    expect(heading(page)).to_have_text(title)
    expect(controls).to_have_count(0)
    page.go_back()
    expect(controls).to_be_visible()
    expect(page).to_have_url(f"/case?case={DEBT}&lang=en")
    expect(heading(page)).to_have_text(title)


SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"


def folded_figure(dataset) -> tuple[str, str]:
    """A case with a folded list of delivered amounts, and one of these."""
    case = dataset.by_id["2020-05-luoyang-valleys"]
    return case.id, [metric.id for metric in case.metrics if metric.role == "context"][-1]


def test_the_address_of_a_figure_opens_what_it_is_folded_in_and_marks_it_for_a_while(arrive, dataset):
    page = arrive()
    case_id, metric_id = folded_figure(dataset)
    page.goto(f"/case?case={case_id}&figure={metric_id}&lang=en")
    figure = page.locator(f"#figure-{metric_id}")
    expect(figure).to_have_class("asked")
    expect(figure).to_be_focused()
    expect(figure).to_be_in_viewport()
    expect(figure).not_to_have_class("asked")
    page.reload()
    expect(figure).to_be_focused()
    expect(figure).to_be_in_viewport()


def test_back_from_another_screen_returns_to_where_the_reader_was_not_to_the_figure(arrive, dataset):
    page = arrive()
    case_id, metric_id = folded_figure(dataset)
    visit(page, f"/case?case={case_id}&figure={metric_id}&lang=en")
    expect(page.locator(f"#figure-{metric_id}")).to_be_in_viewport()
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(300)
    left = page.evaluate(SCROLLED)
    page.get_by_role("link", name="Data", exact=True).dispatch_event("click")
    expect(heading(page)).to_have_text("The data")
    page.go_back()
    expect(heading(page)).to_have_text(dataset.by_id[case_id].title.en)
    page.wait_for_function(f"left => Math.abs(({SCROLLED})() - left) < 2", arg=left)
