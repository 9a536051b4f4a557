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
from tests.areas import outlined, paints

DATASET = current().dataset
HEALTH, WATER = "2020-09-dancheng-health", "2020-01-water-pricing"
PAIRED = ",".join(
    f"{row.case_id}.{row.metric_id}"
    for row in Rows(DATASET, "en")
    if row.grade in "AB" and row.index is not None and row.role == "outcome"
)


def framed(at: AppTest) -> None:
    """Check that title, navigation, filters and export are absent, and the source and the link back present."""
    assert not at.title
    assert not at.sidebar.children
    links = re.findall(r"<a [^>]*href=[^>]*>", bodies(at))
    assert all('target="_blank"' in link for link in links), "a link stays in the frame"
    assert not [link for link in anchors(bodies(at)) if "share=" in link.href]
    assert "<nav" not in bodies(at)
    assert "Cite and link" not in bodies(at)
    assert DATASET.source.title.en in html.unescape(bodies(at))
    assert "See it in Henan Reform Outcomes</a>" in bodies(at)


def test_the_map_stands_alone():
    at = open_page("map", view="embed", chart="map", city="410300")
    framed(at)
    assert len(paints(bodies(at))) == 18
    assert outlined(bodies(at)) == {"410300"}


COMPARED = {
    "cases": {"cases": f"{HEALTH},{WATER}", "chart": "cases"},
    "figures": {"figures": PAIRED, "chart": "index"},
    "a set": {"set": "share", "chart": "level-percent"},
}


@pytest.mark.parametrize("query", COMPARED.values(), ids=COMPARED)
def test_one_scale_of_a_comparison_stands_alone(query):
    at = open_page("compare", view="embed", lang="en", **query)
    assert not at.title and not at.selectbox
    assert bodies(at).count('<div class="findings compared"') == 1 and '<ul class="sets"' not in bodies(at)
    links = re.findall(r"<a href=[^>]*>", bodies(at))
    assert len(links) > 3 and all('target="_blank"' in link for link in links), "a link stays in the frame"


PARTS_OF_A_CASE = {
    "out-of-county-referral-rate": (
        "en",
        "Out-of-county referral rate fell by 15.79% (or points) from 2018",
        "−15.79%",
    ),
    "in-county-inpatient-rate": ("zh", "81.22%", "此前数值未写明"),
    "timeline": ("en", "Dated events", DATASET.by_id[HEALTH].events[0].what.en),
    "locator": ("zh", "示意图，非审定地图", "河南示意图，标出周口市、郸城县"),
}


@pytest.mark.parametrize(("chart", "said"), PARTS_OF_A_CASE.items(), ids=PARTS_OF_A_CASE)
def test_one_part_of_a_case_stands_alone_without_plotly(chart, said):
    lang, *texts = said
    at = open_page("case", view="embed", chart=chart, case=HEALTH, lang=lang)
    assert not at.title and not charts(at)
    assert [text for text in texts if text not in html.unescape(bodies(at))] == []
    assert "share=" not in bodies(at)
    assert len(anchors(bodies(at))) == 1, "only the way to the site is linked"


@pytest.mark.parametrize(
    ("chart", "table"), [("findings", "findings"), ("index", "findings"), ("gaps", "gaps"), ("grades", "gaps")]
)
def test_one_table_of_the_overview_stands_alone_also_under_the_name_of_what_it_replaces(chart, table):
    at = open_page("overview", view="embed", chart=chart, lang="en", city="410300")
    assert not at.title and not at.sidebar.children and not at.get("expander")
    assert [name for name in ("findings", "gaps") if f'<div class="{name}"' in bodies(at)] == [table]
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
