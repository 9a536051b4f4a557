"""The export of a chart on every page: its image and the texts to copy, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.routing import Router
from streamlit.testing.v1 import AppTest

from data.query.filters import Filters, parse, select
from data.query.geography import summarize_areas
from data.reading.live import current
from data.wording.rows import Rows
from pages.serving.api import mount
from tests.answers import Answer, ask
from tests.app import annotations, bodies, charts, open_page

DATASET = current().dataset
HEALTH, WATER, RATE = "2020-09-dancheng-health", "2020-01-water-pricing", "out-of-county-referral-rate"
PAIRED = ",".join(
    f"{row.case_id}.{row.metric_id}"
    for row in Rows(DATASET, "en")
    if row.grade in "AB" and row.index is not None and row.role == "outcome"
)
TAKEN = {
    "findings": ("overview", {}, "findings", "Citation", "/api/metrics.csv?only=2020-"),
    "gaps": ("overview", {"city": "410300"}, "gaps", "Citation", "/api/metrics.csv?city=410300&role=outcome,output"),
    "findings of one figure": (
        "overview",
        {"city": "419001"},
        "findings",
        "Value with source",
        "/api/metrics.csv?only=2020-01-water-pricing.jiyuan-water-use-per-mu",
    ),
    "figure of a case": (
        "case",
        {"case": HEALTH},
        f"{HEALTH}-{RATE}",
        "Value with source",
        f"/api/metrics.csv?only={HEALTH}.{RATE}",
    ),
    "places of a case": ("case", {"case": HEALTH}, "locator", "Citation", f"/api/places.geojson?only={HEALTH}"),
    "events of a case": (
        "case",
        {"case": HEALTH, "city": "411600"},
        "timeline",
        "Citation",
        f"/api/cases/{HEALTH}.json",
    ),
    "map": ("map", {}, "map", "Citation", "/api/places.geojson"),
    "compared cases": ("compare", {"cases": f"{HEALTH},{WATER}"}, "cases", "Citation", "/api/metrics.csv?only=2020-"),
    "compared figures": ("compare", {"figures": PAIRED}, "index", "Citation", "/api/metrics.csv?only=2020-"),
}


@pytest.mark.parametrize(("page", "query", "key", "words", "data"), TAKEN.values(), ids=TAKEN)
def test_every_chart_is_taken_with_its_source(page, query, key, words, data, monkeypatch):
    monkeypatch.setenv("HENAN_FRAME_ANCESTORS", "example.org")
    at = open_page(page, lang="en", **query)
    assert f"export-chart-{key}" not in charts(at), "nothing is drawn before the control is opened"
    at.session_state[f"take-{key}"] = True
    at.run()
    assert not at.exception
    exported = charts(at)[f"export-chart-{key}"]
    assert exported["layout"]["width"] == 1200
    assert re.sub(r"\s", "", DATASET.source.title.en) in annotations(exported)
    assert any("CSV" in button.label for button in at.get("download_button"))
    copied = {}
    for name in ("link", "words", "data", "embed"):
        at.session_state[f"copy-{key}"] = name
        at.run()
        assert not at.exception
        copied[name] = at.code[0].value
    (control,) = (group for group in at.get("button_group") if group.key == f"copy-{key}")
    assert [option.content for option in control.proto.options][1] == words
    assert copied["link"].startswith(f"/{'' if page == 'overview' else page}?")
    assert copied["words"].endswith(copied["link"])
    assert copied["data"].startswith(data)
    source = re.search(r'src="([^"]+)"', copied["embed"])
    assert source
    framed = dict(parse_qsl(urlsplit(unescape(source[1])).query))
    assert (framed["view"], framed["chart"]) == ("embed", key.removeprefix(f"{HEALTH}-"))
    shown = open_page(page, **framed)
    assert len(charts(shown)) + bodies(shown).count("<table") == 1, "the embed link leads to no chart"
    assert asked(copied["data"]).status == 200


NO_EMBEDDING = {
    "zh": "本站运营者未开放嵌入，因此不提供嵌入代码。",
    "en": "The operator of this server allows no embedding, so there is no embed code.",
}
EMBED_CODE = {"zh": "嵌入代码", "en": "Embed code"}


@pytest.mark.parametrize("lang", NO_EMBEDDING)
@pytest.mark.parametrize(
    ("ancestors", "offered"), [(None, False), ("", False), ("none", False), ("self", True), ("*", True)]
)
def test_embed_code_is_offered_where_the_operator_allows_frames(ancestors, offered, lang, monkeypatch):
    monkeypatch.delenv("HENAN_FRAME_ANCESTORS", raising=False)
    if ancestors is not None:
        monkeypatch.setenv("HENAN_FRAME_ANCESTORS", ancestors)
    at = taken(f"{HEALTH}-{RATE}", "case", lang=lang, case=HEALTH)
    (control,) = (group for group in at.get("button_group") if group.key == f"copy-{HEALTH}-{RATE}")
    assert (EMBED_CODE[lang] in [option.content for option in control.proto.options]) is offered
    assert (NO_EMBEDDING[lang] in bodies(at)) is not offered


def asked(link: str) -> Answer:
    """The server's response to a data link."""
    return ask(Router([mount()]), *link.partition("?")[::2])


def taken(key: str, page: str, **query: str) -> AppTest:
    """A page with the export control of one chart open, opened by its link."""
    at = open_page(page, **query)
    at.session_state[f"take-{key}"] = True
    at.session_state[f"copy-{key}"] = "data"
    return at.run()


def test_the_data_link_of_the_map_gives_what_it_draws():
    """A chosen city is outlined on the map and leaves nothing out; other filters do."""
    at = taken("map", "map", lang="en", city="410300", domain="environment")
    given = {
        feature["properties"]["code"]: feature["properties"] for feature in asked(at.code[0].value).json["features"]
    }
    drawn = summarize_areas(select(DATASET, Filters(domain=("environment",))))
    assert any(held.metric_count for held in drawn.values())
    assert {code: (given[code]["figures"], given[code]["cases"]) for code in drawn} == {
        code: (held.metric_count, [case.id for case in held.cases]) for code, held in drawn.items()
    }


@pytest.mark.parametrize("query", [{"search": DATASET.by_id[HEALTH].title.en}, {"grade": "A"}], ids=["title", "grade"])
def test_the_data_link_of_the_map_counts_what_the_filters_leave(query):
    link = taken("map", "map", lang="en", **query).code[0].value
    counted = {
        feature["properties"]["code"]: (feature["properties"]["figures"], len(feature["properties"]["cases"]))
        for feature in asked(link).json["features"]
        if feature["properties"]["kind"] in ("province", "prefecture")
    }
    for code, (figures, cases) in counted.items():
        there = select(DATASET, replace(parse(query, DATASET)[0], city=(code,)))
        assert (figures, cases) == (len(there.positions), len(there.cases)), code


SAID = {
    "in chinese": (
        "overview",
        {"lang": "zh", "city": "411600"},
        "findings",
        ["筛选——地市：周口市", "百分比或百分点不明：县外转诊率", "，案例9。"],
    ),
    "in english": (
        "overview",
        {"city": "411600", "search": "share OR"},
        "gaps",
        ["Filtered by City: Zhoukou · Kind of figure: Outcome, Output · Search: “share OR”"],
    ),
    "a city with its cases": (
        "overview",
        {"city": "410300", "scope": "case"},
        "gaps",
        ["Filtered by City: Luoyang · Kind of figure: Outcome, Output · with the other figures of the same cases"],
    ),
    "a doubt about many": (
        "overview",
        {},
        "findings",
        ["undated: 12 figures", "conflicting: Valley-economy demonstration belts: green cover, Approval time limit"],
    ),
    "a city of the map, which leaves nothing out": (
        "map",
        {"city": "411200", "domain": "finance"},
        "map",
        ["Filtered by Domain: Public finance and credit"],
    ),
    "events": (
        "case",
        {"case": HEALTH},
        "timeline",
        [", case 9.", f"2019–2020: {DATASET.by_id[HEALTH].events[0].what.en}"],
    ),
}


@pytest.mark.parametrize(("page", "query", "key", "said"), SAID.values(), ids=SAID)
def test_an_image_says_its_filters_and_its_doubts(page, query, key, said):
    written = annotations(charts(taken(key, page, **{"lang": "en", **query}))[f"export-chart-{key}"])
    assert [line for line in said if re.sub(r"\s", "", line) not in written] == [], written
    assert "4112" not in written


NAMES = {
    "one figure": (
        "case",
        {"case": HEALTH, "grade": "C"},
        f"{HEALTH}-{RATE}",
        "henan-reforms_2020_Dancheng-County_out-of-county-referral-rate_en",
    ),
    "events of a case": ("case", {"case": HEALTH}, "timeline", "henan-reforms_2020_case-9_timeline_en"),
    "as filtered": (
        "overview",
        {"city": "410300", "search": "valley"},
        "gaps",
        "henan-reforms_2020_luoyang_outcome_output_valley_gaps_en",
    ),
    "few cases": ("compare", {"cases": f"{HEALTH},{WATER}"}, "cases", "henan-reforms_2020_case-1-9_cases_en"),
    "everything": ("overview", {}, "findings", "henan-reforms_2020_findings_en"),
    "colour of the map": ("map", {"colour": "figures"}, "map", "henan-reforms_2020_map_Number-of-figures_en"),
}


@pytest.mark.parametrize(("page", "query", "key", "name"), NAMES.values(), ids=NAMES)
def test_a_file_s_name_says_what_is_inside(page, query, key, name):
    at = taken(key, page, lang="en", **query)
    (chart,) = (chart.proto for chart in at.get("plotly_chart") if chart.proto.id.endswith(f"export-chart-{key}"))
    assert json.loads(chart.config)["toImageButtonOptions"]["filename"] == name
