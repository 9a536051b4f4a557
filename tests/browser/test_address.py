"""The address determines the view, whether it is opened, copied, reloaded, or reached by back and forward."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.reader import heading, resize, settled

WATER, DEBT = "2020-01-water-pricing", "2020-02-government-debt"


def copied(page: Page) -> str:
    """The link of the first chart, as the dialog over the page copies it; the dialog is closed again."""
    page.get_by_role("link", name=re.compile("^Download or share")).first.click()
    dialog = page.get_by_role("dialog", name="Download or share")
    dialog.get_by_role("button", name="Copy: Link").click()
    expect(dialog.get_by_role("status")).to_have_text("Copied")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settled(page)
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def test_the_next_case_is_what_its_address_says(opened, dataset):
    page = opened(f"/case?case={WATER}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first, following = dataset.by_id[WATER], dataset.by_id[DEBT]
    page.get_by_role("link", name=f"{following.number} · {following.title.en}").click()
    expect(heading(page)).to_have_text(following.title.en)
    expect(page).to_have_url(f"/case?case={DEBT}")
    link = copied(page)
    expect(heading(page)).to_have_text(following.title.en)
    expect(page).to_have_url(f"/case?case={DEBT}")
    page.reload()
    expect(heading(page)).to_have_text(following.title.en)
    page.go_back()
    expect(heading(page)).to_have_text(first.title.en)
    expect(page).to_have_url(f"/case?case={WATER}")
    page.goto(link)
    expect(heading(page)).to_have_text(following.title.en)


def test_a_control_of_compare_finds_what_holds_the_letters_and_shows_its_whole_label(opened):
    for width in (1440, 390):
        page = opened("/compare?lang=en", width=width)
        control = page.get_by_role("combobox", name="Add a figure")
        control.fill("referral")
        expect(page.get_by_role("option")).to_have_text(["9 · Out-of-county referral rate"])
        control.fill("high-standard")
        label = page.get_by_role("option").first.locator("div")
        expect(label).to_have_text("1 · Share of the reform area metered through high-standard farmland")
        assert label.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
        page.keyboard.press("Escape")


def test_a_comparison_is_what_its_address_says(opened, dataset):
    page = opened("/compare?lang=en")
    best, money = (
        page.get_by_role("heading", name="Change from the earlier value"),
        page.get_by_role("heading", name="Money"),
    )
    best.wait_for()
    page.get_by_role("link", name=re.compile("^Money ")).click()
    money.wait_for()
    expect(page).to_have_url("/compare?lang=en&set=money")
    expect(page.get_by_role("link", name=re.compile("^Money "))).to_have_attribute("aria-current", "true")
    for cases in (WATER, f"{WATER}(,|%2C){DEBT}"):
        page.get_by_role("combobox", name="Add a case").click()
        page.get_by_role("option").first.click()
        expect(page).to_have_url(re.compile(rf"/compare\?lang=en&cases={cases}$"))
        settled(page)
    chosen = page.get_by_role("list", name="Chosen").get_by_role("listitem")
    expect(chosen).to_have_count(2)
    expect(best).to_be_visible()
    page.reload()
    expect(chosen).to_have_count(2)
    page.get_by_role("link", name=f"Remove: 1 · {dataset.by_id[WATER].title.en}").click()
    expect(page).to_have_url(f"/compare?lang=en&cases={DEBT}")
    expect(chosen).to_have_count(1)
    page.go_back()
    expect(chosen).to_have_count(2)
    page.get_by_role("link", name=re.compile("^Ranks ")).click()
    expect(page.get_by_role("heading", name="Ranks, each in a ranking of its own")).to_be_visible()
    expect(page).to_have_url("/compare?lang=en&set=rank")
    expect(chosen).to_have_count(0)


def test_the_order_and_columns_of_the_data_are_what_their_address_says(opened):
    page = opened("/data?lang=en&grade=A,B")
    change = page.get_by_role("columnheader", name=re.compile("^Change"))
    marks = "all => all.map(link => getComputedStyle(link, '::after').content.match(/[↕▲▼]/u)[0]).join('')"
    headings = page.get_by_role("columnheader").get_by_role("link")
    assert headings.evaluate_all(marks) == "↕" * 8
    first = page.get_by_role("rowheader").first
    unsorted = first.inner_text()
    change.get_by_role("link").click()
    expect(change).to_have_attribute("aria-sort", "ascending")
    expect(change.get_by_role("link")).to_be_focused()
    change.get_by_role("link").click()
    expect(change).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url("/data?grade=A,B&lang=en&sort=-index")
    largest = first.inner_text()
    for width in (1280, 390):
        resize(page, width)
        assert headings.evaluate_all(marks) == "↕↕▼↕↕↕↕↕"
    resize(page, 1280)
    page.get_by_role("button", name=re.compile("^Columns")).click()
    page.get_by_role("button", name="Source words").click()
    expect(page).to_have_url(re.compile(r"sort=-index&columns=figure(,|%2C)values(,|%2C)change.*(,|%2C)words$"))
    expect(page.get_by_role("columnheader", name=re.compile("^Source words"))).to_be_visible()
    page.reload()
    expect(first).to_have_text(largest)
    expect(change).to_have_attribute("aria-sort", "descending")
    page.go_back()
    page.go_back()
    page.go_back()
    expect(change).to_have_attribute("aria-sort", "none")
    expect(first).to_have_text(unsorted)
    first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/case\?grade=A,B&lang=en&case=[\w-]+&figure=[\w-]+$"))


def test_the_print_edition_is_what_its_address_says(opened, dataset):
    page = opened(f"/case?case={DEBT}&lang=en")
    title = dataset.by_id[DEBT].title.en
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


def test_back_from_another_screen_returns_to_where_the_reader_was_not_to_the_figure(opened, dataset):
    case_id, metric_id = folded_figure(dataset)
    page = opened(f"/case?case={case_id}&figure={metric_id}&lang=en")
    expect(page.locator(f"#figure-{metric_id}")).to_be_in_viewport()
    arrived = page.evaluate(SCROLLED)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"arrived => ({SCROLLED})() <= arrived - 400", arg=arrived)
    left = page.evaluate(SCROLLED)
    page.get_by_role("link", name="Data", exact=True).dispatch_event("click")
    expect(heading(page)).to_have_text("The data")
    page.go_back()
    expect(heading(page)).to_have_text(dataset.by_id[case_id].title.en)
    page.wait_for_function(f"left => Math.abs(({SCROLLED})() - left) < 2", arg=left)


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
