"""What a reader saves and copies of a chart on every page: its image, its data and its texts, without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st
from starlette.routing import Router
from streamlit.testing.v1 import AppTest

from data.downloads.formats import SHORT_CSV
from data.query.filters import Filters, parse, select
from data.query.geography import summarize_areas
from data.reading.live import current
from data.wording.rows import Rows
from pages.serving.api import mount
from tests.anchors import anchors
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
    "findings": ("overview", {}, "findings", "", "/api/metrics.csv?only=2020-"),
    "gaps": ("overview", {"city": "410300"}, "gaps", "", "/api/metrics.csv?city=410300&role=outcome,output"),
    "findings of one figure": (
        "overview",
        {"city": "419001"},
        "findings",
        "Value with source",
        "/api/metrics.csv?only=2020-01-water-pricing.jiyuan-water-use-per-mu",
    ),
    "what a case reports": (
        "case",
        {"case": HEALTH},
        "findings",
        "",
        f"/api/metrics.csv?only={HEALTH}.",
    ),
    "figure in two units": (
        "case",
        {"case": "2020-10-ruzhou-returnees"},
        "2020-10-ruzhou-returnees.licence-time",
        "Value with source",
        "/api/metrics.csv?only=2020-10-ruzhou-returnees.licence-time",
    ),
    "figure of a case": (
        "case",
        {"case": HEALTH},
        f"{HEALTH}.{RATE}",
        "Value with source",
        f"/api/metrics.csv?only={HEALTH}.{RATE}",
    ),
    "map": ("map", {}, "map", "", "/api/places.geojson"),
    "compared cases": ("compare", {"cases": f"{HEALTH},{WATER}"}, "cases", "", "/api/metrics.csv?only=2020-"),
    "compared figures": ("compare", {"figures": PAIRED}, "index", "", "/api/metrics.csv?only=2020-"),
}


@dataclass(frozen=True)
class Taken:
    """What the export of one chart gives: the page, the image's figure and configuration, and the texts by name."""

    at: AppTest
    image: Mapping[str, Any]
    config: Mapping[str, Any]
    texts: Mapping[str, str]
    labels: Mapping[str, str]


def take(chart: str, page: str, **query: str) -> Taken:
    """A page with the dialog of one of its charts, opened by its link."""
    at = open_page(page, share=chart, **query)
    (drawn,) = (element for element in at.get("plotly_chart") if str(element.key).startswith("export-chart-"))
    found = re.findall(
        r'<dt><span>([^<]*)</span>(?:(?!<pre).)*<pre data-text="(\w+)">(.*?)</pre>', bodies(at), re.DOTALL
    )
    return Taken(
        at,
        json.loads(drawn.proto.spec),
        json.loads(drawn.proto.config),
        {name: unescape(text) for _, name, text in found},
        {name: unescape(label) for label, name, _ in found},
    )


@pytest.mark.parametrize(("page", "query", "chart", "words", "data"), TAKEN.values(), ids=TAKEN)
def test_every_chart_is_taken_with_its_source(page, query, chart, words, data, monkeypatch):
    monkeypatch.setenv("HENAN_FRAME_ANCESTORS", "example.org")
    before = open_page(page, lang="en", **query)
    assert not [key for key in charts(before) if key.startswith("export-")], "an image is drawn before it is asked for"
    links = [link for link in anchors(bodies(before)) if f"share={chart}" in link.href]
    assert links, "no link opens it"
    taken = take(chart, page, lang="en", **query)
    layout, at = taken.image["layout"], taken.at
    assert (
        layout["width"],
        taken.config["toImageButtonOptions"]["width"],
        taken.config["toImageButtonOptions"]["height"],
    ) == (1200, 1200, layout["height"])
    assert f"{2 * layout['width']} × {2 * layout['height']} pixels" in bodies(at), "the size of the PNG is not said"
    written = annotations(taken.image)
    assert re.sub(r"\s", "", DATASET.source.title.en) in written
    assert "HenanReformOutcomes·" + taken.texts["link"] in written, "the image does not lead back"
    assert any("CSV" in button.label for button in at.get("download_button"))
    assert (taken.labels["citation"], taken.labels.get("words", "")) == ("Citation", words)
    assert taken.texts["link"].startswith(f"/{'' if page == 'overview' else page}?")
    assert "share=" not in taken.texts["link"]
    assert all(taken.texts[name].endswith(taken.texts["link"]) for name in ("citation", "words") if name in taken.texts)
    assert taken.texts["data"].startswith(data)
    source = re.search(r'src="([^"]+)"', taken.texts["embed"])
    assert source
    framed = dict(parse_qsl(urlsplit(unescape(source[1])).query))
    assert (framed["view"], framed["chart"]) == ("embed", chart.rpartition(".")[2])
    shown = open_page(page, **framed)
    assert not shown.info and unescape(source[1]), "the embed link leads to no chart"
    assert asked(taken.texts["data"]).status == 200


SCREENS_WITH_FIGURES = {
    "data": ("data", {"kinds": "all", "case": "x"}, 25),
    **{case.id: ("case", {"case": case.id}, len(case.metrics)) for case in DATASET.cases},
    "figures that share no scale": (
        "compare",
        {"figures": f"{HEALTH}.{RATE},2020-10-ruzhou-returnees.licence-time"},
        2,
    ),
}


@pytest.mark.parametrize(("page", "query", "figures"), SCREENS_WITH_FIGURES.values(), ids=SCREENS_WITH_FIGURES)
def test_every_figure_is_linked_cited_and_taken_on_the_page_where_it_stands(page, query, figures, lang):
    ways = [link for link in anchors(bodies(open_page(page, lang=lang, **query))) if link.label == "⋯"]
    assert len(ways) == figures
    for way in (ways[0], ways[-1]):
        asked_for = dict(parse_qsl(urlsplit(way.href).query))
        case_id, _, metric_id = asked_for["share"].partition(".")
        assert asked_for["case"] == case_id, "without the app the link leads elsewhere"
        taken = take(asked_for["share"], "data", lang=lang, city="410100", search="a", sort="grade")
        assert taken.texts["link"] == f"/case?case={case_id}&figure={metric_id}&lang={lang}"
        (metric,) = (metric for metric in DATASET.by_id[case_id].metrics if metric.id == metric_id)
        assert metric.name[lang].lower() in taken.texts["citation"].lower()
        assert all(phrase.text in taken.texts["words"] for phrase in metric.phrases)
        assert list_file_labels(taken)[1:] == [SHORT_CSV[lang], "BibTeX", "RIS"]


def list_file_labels(taken: Taken) -> list[str]:
    """What the buttons of the files are called."""
    return [button.label for button in taken.at.get("download_button")]


def test_a_table_of_areas_has_no_short_form(lang):
    first, *others = list_file_labels(take("map", "map", lang=lang))
    assert first.startswith("CSV") and others == ["BibTeX", "RIS"]


@pytest.mark.parametrize(("base", "root"), [("", ""), ("reform", "/reform"), ("/a/b/", "/a/b")])
def test_the_image_of_the_map_looks_for_the_world_at_home(base, root, monkeypatch):
    options = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: base if name == "server.baseUrlPath" else options(name))
    assert take("map", "map").config["topojsonURL"] == f"{root}/topojson/"


@pytest.mark.parametrize("page", ["overview", "case", "map", "compare"])
def test_a_link_to_no_chart_says_so(page, lang):
    at = open_page(page, lang=lang, share="<b>nowhere</b>")
    words = {
        "zh": "链接所指的图表在此页不存在，或被筛选排除。",
        "en": "The link names a chart that this page does not have, or that the filters exclude.",
    }
    assert words[lang] in [message.value for message in at.info]
    assert not [key for key in charts(at) if key.startswith("export-")]


@pytest.mark.parametrize("view", ["print", "embed"])
def test_paper_and_frames_have_no_controls(view):
    at = open_page("overview", view=view, chart="findings", share="findings")
    assert not charts(at)
    assert not [link for link in anchors(bodies(at)) if "share=" in link.href]


def test_the_image_of_a_figure_says_its_place_and_its_case(lang):
    case = DATASET.by_id[HEALTH]
    written = annotations(take(RATE, "case", lang=lang, case=HEALTH).image)
    for said in (case.title[lang], DATASET.places[case.places[0]].name[lang]):
        assert re.sub(r"\s", "", said) in written


def test_images_have_fonts_of_their_language():
    fonts = {lang: take("gaps", "overview", lang=lang).image["layout"]["font"]["family"] for lang in ("zh", "en")}
    assert "CJK" in fonts["zh"]
    assert "CJK" not in fonts["en"], "quotation marks would be as wide as Chinese characters"


@pytest.mark.parametrize(
    ("ancestors", "offered"), [(None, False), ("", False), ("none", False), ("self", True), ("*", True)]
)
def test_embedding_is_told_of_only_where_the_operator_allows_frames(ancestors, offered, lang, monkeypatch):
    monkeypatch.delenv("HENAN_FRAME_ANCESTORS", raising=False)
    if ancestors is not None:
        monkeypatch.setenv("HENAN_FRAME_ANCESTORS", ancestors)
    taken = take(RATE, "case", lang=lang, case=HEALTH)
    assert ("embed" in taken.texts) is offered
    assert (EMBEDDING[lang] in bodies(taken.at)) is offered


EMBEDDING = {"zh": "嵌入", "en": "embed"}


def asked(link: str) -> Answer:
    """The server's response to a data link."""
    return ask(Router([mount()]), *link.partition("?")[::2])


def test_the_data_link_of_the_map_gives_what_it_draws():
    """A chosen city is outlined on the map and leaves nothing out; other filters do."""
    link = take("map", "map", lang="en", city="410300", domain="environment").texts["data"]
    given = {feature["properties"]["code"]: feature["properties"] for feature in asked(link).json["features"]}
    drawn = summarize_areas(select(DATASET, Filters(domain=("environment",))))
    assert any(held.metric_count for held in drawn.values())
    assert {code: (given[code]["figures"], given[code]["cases"]) for code in drawn} == {
        code: (held.metric_count, [case.id for case in held.cases]) for code, held in drawn.items()
    }


@pytest.mark.parametrize("query", [{"search": DATASET.by_id[HEALTH].title.en}, {"grade": "A"}], ids=["title", "grade"])
def test_the_data_link_of_the_map_counts_what_the_filters_leave(query):
    link = take("map", "map", lang="en", **query).texts["data"]
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
        ["筛选——地市：周口市", "，案例9。", "没有对照组"],
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
    "one figure": (
        "case",
        {"case": HEALTH, "city": "411600"},
        RATE,
        ["−15.79% or points?", "none has a comparison group", "change only"],
    ),
    "a city of the map, which leaves nothing out": (
        "map",
        {"city": "411200", "domain": "finance"},
        "map",
        ["Filtered by Domain: Public finance and credit"],
    ),
}


@pytest.mark.parametrize(("page", "query", "chart", "said"), SAID.values(), ids=SAID)
def test_an_image_says_its_filters_and_its_doubts(page, query, chart, said):
    written = annotations(take(chart, page, **{"lang": "en", **query}).image)
    assert [line for line in said if re.sub(r"\s", "", line) not in written] == [], written
    assert "4112" not in written.partition("HenanReformOutcomes·")[0].partition("河南改革成效·")[0]


NAMED = {
    "figure": ("case", {"case": HEALTH}, f"{HEALTH}.{RATE}", f"/case?case={HEALTH}&figure={RATE}&lang=en"),
    "what a case reports": ("case", {}, "findings", f"/case?case={HEALTH}&lang=en"),
    "findings": ("overview", {}, "findings", "/?lang=en"),
    "map": ("map", {"colour": "figures"}, "map", "/map?colour=figures&lang=en"),
    "a ready set": ("compare", {}, "index", "/compare?set=change&lang=en"),
    "compared figures": ("compare", {"figures": PAIRED}, "index", f"/compare?figures={PAIRED}&lang=en"),
}


@pytest.mark.parametrize(("page", "query", "chart", "link"), NAMED.values(), ids=NAMED)
def test_the_link_of_an_image_names_the_chart_and_no_filter(page, query, chart, link):
    taken = take(chart, page, lang="en", city="410300,411600", scope="case", grade="A,B,C,D", search="a", **query)
    assert taken.texts["link"] == link
    assert annotations(taken.image).endswith(f"HenanReformOutcomes·{link}")
    at = open_page(page, **dict(parse_qsl(urlsplit(link).query)))
    assert [drawn for drawn in anchors(bodies(at)) if f"share={chart}" in drawn.href], "the link does not lead back"


def test_the_square_image_is_saved_under_a_name_of_its_own():
    at = open_page("overview", lang="en", share="gaps")
    shape = at.get("button_group")[-1]
    shape.set_value("square").run()
    (drawn,) = at.get("plotly_chart")
    layout, options = json.loads(drawn.proto.spec)["layout"], json.loads(drawn.proto.config)["toImageButtonOptions"]
    assert options["filename"] == "henan-reforms_2020_outcome_output_gaps_en_square"
    assert (options["width"], options["height"]) == (layout["width"], layout["height"])
    assert f"{2 * layout['width']} × {2 * layout['height']} pixels" in bodies(at)
    assert f"--width: {layout['width']}px" in bodies(at), "the preview is not scaled to its column"


@pytest.mark.parametrize(("chart", "page", "tools"), [(RATE, "case", 2), ("map", "map", 2)])
def test_a_chart_with_an_axis_has_tools_in_the_reader_s_language(chart, page, tools, lang):
    config = take(chart, page, lang=lang, **({"case": HEALTH} if page == "case" else {})).config
    assert len(config["modeBarButtons"]) == tools
    words = config.get("locales", {}).get(config.get("locale"), {}).get("dictionary", {})
    assert words.get("Zoom in") == {"zh": "放大", "en": None}[lang]


NAMES = {
    "one figure": (
        "case",
        {"case": HEALTH, "grade": "C"},
        RATE,
        "henan-reforms_2020_Dancheng-County_out-of-county-referral-rate_en",
    ),
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


@pytest.mark.parametrize(("page", "query", "chart", "name"), NAMES.values(), ids=NAMES)
def test_a_file_s_name_says_what_is_inside(page, query, chart, name):
    taken = take(chart, page, lang="en", **query)
    assert taken.config["toImageButtonOptions"]["filename"] == name
