"""One chart without the frame (`view=embed&chart=…`): every chart of every page, and links to none."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from data.reading.live import current
from data.wording.rows import Rows
from tests.anchors import anchors
from tests.app import bodies, charts, open_page

DATASET = current().dataset
HEALTH, WATER = "2020-09-dancheng-health", "2020-01-water-pricing"
PAIRED = ",".join(
    f"{row.case_id}.{row.metric_id}"
    for row in Rows(DATASET, "en")
    if row.grade in "AB" and row.index is not None and row.role == "outcome"
)
EMBEDDED = {
    "figure of a case": (
        "case",
        {"case": HEALTH, "chart": "out-of-county-referral-rate"},
        "chart-figure-out-of-county-referral-rate",
    ),
    "places of a case": ("case", {"case": HEALTH, "chart": "locator"}, "locator"),
    "events of a case": ("case", {"case": HEALTH, "chart": "timeline"}, "timeline"),
    "map": ("map", {"chart": "map"}, "henan"),
}


def framed(at: AppTest) -> None:
    """Check that title, navigation, filters and export are absent, and the source and the link back present."""
    assert not at.title
    assert not at.sidebar.children
    assert [link.label for link in anchors(bodies(at))] == ["See it in Henan Reform Outcomes"]
    assert not [
        expander.label for expander in at.get("expander") if expander.label in ("Download or share", "Cite and link")
    ]
    assert DATASET.source.title.en in html.unescape(bodies(at))
    assert "See it in Henan Reform Outcomes</a>" in bodies(at)


@pytest.mark.parametrize(("page", "query", "key"), EMBEDDED.values(), ids=EMBEDDED)
def test_one_chart_stands_alone(page, query, key):
    at = open_page(page, view="embed", **query)
    framed(at)
    assert list(charts(at)) == [key]


COMPARED = {
    "cases": {"cases": f"{HEALTH},{WATER}", "chart": "cases"},
    "figures": {"figures": PAIRED, "chart": "index"},
    "a set": {"set": "share", "chart": "level-percent"},
}


@pytest.mark.parametrize("query", COMPARED.values(), ids=COMPARED)
def test_one_scale_of_a_comparison_stands_alone(query):
    at = open_page("compare", view="embed", lang="en", **query)
    assert not at.title and not at.selectbox
    assert bodies(at).count('<div class="findings compared">') == 1 and '<ul class="sets"' not in bodies(at)
    links = re.findall(r"<a href=[^>]*>", bodies(at))
    assert len(links) > 3 and all('target="_blank"' in link for link in links), "a link stays in the frame"


@pytest.mark.parametrize(
    ("chart", "table"), [("findings", "findings"), ("index", "findings"), ("gaps", "gaps"), ("grades", "gaps")]
)
def test_one_table_of_the_overview_stands_alone_also_under_the_name_of_what_it_replaces(chart, table):
    at = open_page("overview", view="embed", chart=chart, lang="en", city="410300")
    assert not at.title and not at.sidebar.children and not at.get("expander")
    assert [name for name in ("findings", "gaps") if f'<div class="{name}">' in bodies(at)] == [table]
    links = re.findall(r"<a href=[^>]*>", bodies(at))
    assert len(links) > 5
    assert all('target="_blank"' in link and "city=410300" in link for link in links), "a link stays in the frame"


@pytest.mark.parametrize("case", DATASET.cases, ids=lambda case: case.id)
def test_every_figure_of_a_case_can_be_embedded(case):
    rows = [row for row in Rows(DATASET, "en") if row.case_id == case.id]
    at = open_page("case", view="embed", case=case.id, chart=rows[0].metric_id)
    for row in rows:
        at.query_params["chart"] = row.metric_id
        at.run()
        assert not at.exception
        assert len(charts(at)) <= 1
        assert row.finding in html.unescape(bodies(at)), row.metric_id


@pytest.mark.parametrize("page", ["overview", "case", "map", "compare"])
@pytest.mark.parametrize("chart", ["", "nowhere", "<b>x</b>"])
def test_a_link_to_no_chart_says_so(page, chart):
    at = open_page(page, view="embed", chart=chart)
    framed(at)
    assert [message.value for message in at.info] == [
        "The link names a chart that this page does not have, or that the filters exclude."
    ]
    assert not charts(at)
