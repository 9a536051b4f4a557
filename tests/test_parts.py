"""Pages with more cases than one screen shows: long lists have parts, charts stay readable, and every page says what it
leaves out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from data.query.dataset import Dataset
from data.query.filters import Filters, list_options, select
from data.query.geography import summarize_areas
from data.reading.live import Live
from data.wording.conflicts import list_conflicts
from tests.anchors import anchors
from tests.app import bodies, open_page, showing, words
from tests.many import write

CASES = 60


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    folder = tmp_path_factory.mktemp("many")
    write(folder, CASES)
    with showing(Live(folder)) as live:
        yield live.current().dataset


@cache
def visit(name: str, /, **query: str) -> AppTest:
    return open_page(name, **{"lang": "en", **query})


def reported(at: AppTest) -> list[str]:
    """The titles of the cases in the table of findings."""
    return [
        html.unescape(title) for title in re.findall(r'class="nr">\d+</span> <a href="[^"]*">(.*?)</a>', bodies(at))
    ]


def cards(at: AppTest) -> list[str]:
    return [link.label for link in anchors(bodies(at)) if re.match(r"\d+ · ", link.label)]


def pager(at: AppTest) -> dict[str, str]:
    """The links of the pager by their labels: the query of each."""
    (found,) = (block.proto.body for block in at.get("html") if 'class="pager"' in block.proto.body)
    return {label: urlsplit(href).query for label, href in anchors(found)}


def test_the_findings_come_ten_cases_at_a_time(dataset):
    at = visit("overview")
    assert reported(at) == [case.title.en for case in dataset.cases[:10]]
    assert "1–10 of 60" in words(at)
    assert pager(at) == {
        "1": "lang=en", "2": "lang=en&page=2", "6": "lang=en&page=6", "Next": "lang=en&page=2",
    }  # fmt: skip
    second = visit("overview", page="2")
    assert reported(second) == [case.title.en for case in dataset.cases[10:20]]
    assert list(pager(second)) == ["Previous", "1", "2", "3", "6", "Next"]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("6", 50, 60), ("99", 50, 60), ("0", 0, 10), ("-1", 0, 10), ("two", 0, 10), ("９", 50, 60), ("9" * 400, 0, 10)],
)
def test_a_part_that_does_not_exist_is_the_nearest_that_does(wanted, first, last, dataset):
    assert reported(visit("overview", page=wanted)) == [case.title.en for case in dataset.cases[first:last]]


def test_another_filter_begins_with_the_first_part(dataset):
    at = visit("overview", page="3")
    at.text_input(key="search").set_value("reform").run()
    assert "page" not in at.query_params


def test_a_filter_that_leaves_few_shows_all(dataset):
    few = next(
        city
        for city in list_options(dataset)["city"]
        if 0 < len(select(dataset, Filters(city=(city,), domain=("finance",))).cases) <= 12
    )
    at = visit("overview", city=few, domain="finance")
    assert 0 < len(reported(at)) <= 12
    assert 'class="pager"' not in bodies(at)


def test_the_table_comes_by_pages_in_the_order_asked_for(dataset):
    size = 25
    results = int(dataset.table["role"].isin(("outcome", "output")).sum())
    at = visit("data")
    assert bodies(at).count("<tr role") == 1 + size
    assert f"1–{size} of {results:,}" in words(at)
    last = visit("data", page="99", sort="-index", columns="index")
    assert bodies(last).count("<tr role") == 1 + results % size
    steps = pager(last)
    assert "Next" not in steps
    whole = visit("data", view="print")
    assert bodies(whole).count("<tr role") == 1 + 1000, "and on paper by larger ones"
    assert pager(whole)["2"] == "lang=en&view=print&page=2"
    assert steps["1"] == "lang=en&sort=-index&columns=figure,index"
    assert steps["Previous"] == f"lang=en&sort=-index&columns=figure,index&page={results // size}"


def test_the_register_of_contradictions_comes_fifty_at_a_time(dataset):
    notes = [conflict.note.en for _, conflict in list_conflicts(dataset)]
    shown = []
    for part in range(1, len(notes) // 50 + 2):
        for block in visit("method", page=str(part)).get("html"):
            if 'class="contradictions"' in block.proto.body:
                shown += re.findall(r"</p><p>([^<]*)</p>", block.proto.body)
    assert len(notes) > 100
    assert [note.replace("&#39;", "'") for note in shown] == notes


def test_compare_offers_the_first_of_what_the_filters_leave(dataset):
    last = dataset.cases[-1]
    chosen = next(f"{last.id}.{metric.id}" for metric in last.metrics if metric.role == "outcome")
    at = visit("compare", figures=chosen)
    assert len(at.selectbox(key="add figures").options) == 300
    assert "The lists offer the first of what the filters leave" in words(at)


def test_a_set_of_compare_says_how_many_it_does_not_list(dataset):
    shown = re.findall(r"(\d+) · (\d+) cases</small>", bodies(visit("compare")))
    assert shown and all(int(count) <= 60 for count, _ in shown)
    assert re.search(r"[\d,]+ more, stated less completely, are not listed", words(visit("compare")))


def test_a_case_offers_its_neighbours(dataset):
    at = visit("case", case=dataset.cases[30].id)
    listed = bodies(at).partition('<details class="case-list">')[2].partition("</details>")[0]
    labels = [f"{case.number} · {case.title.en}" for case in dataset.cases[18:43]]
    assert [html.unescape(link.label) for link in anchors(listed)] == labels
    assert cards(at)[-2:] == [f"{case.number} · {case.title.en}" for case in (dataset.cases[29], dataset.cases[31])]


def test_the_map_names_the_first_cases_of_a_place(dataset):
    at = visit("map")
    found = summarize_areas(select(dataset, Filters()))
    assert max(len(held.cases) for held in found.values()) > 5
    said = words(at)
    for held in found.values():
        if len(held.cases) > 5:
            assert f"{len(held.cases) - 5:,} more" in said


def test_the_title_counts_the_cases(dataset):
    assert visit("overview").title[0].value == "What 60 reforms in Henan report, and what the source leaves out"
    assert visit("overview", lang="zh").title[0].value == "60项改革报告了什么变化，材料没写明什么"
