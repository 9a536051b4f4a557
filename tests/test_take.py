"""Take this chart, on every page: the edition for export, and what there is to copy, without a browser."""

from __future__ import annotations

import re
from html import unescape

import pytest

from data.live import current
from data.wording import worded_rows
from tests.test_pages import charts, opened, texts

DATASET = current().dataset
HEALTH, WATER, RATE = "2020-09-dancheng-health", "2020-01-water-pricing", "out-of-county-referral-rate"
PAIRED = ",".join(f"{row.case_id}.{row.metric_id}" for row in worded_rows(DATASET, "en") if row.grade in "AB" and row.index is not None and row.role == "outcome")
TAKEN = {
    "overview index": ("overview", {}, "index", "Citation", "/api/metrics.csv?only=2020-"),
    "overview grades": ("overview", {"city": "410300"}, "grades", "Citation", "/api/metrics.csv?city=410300"),
    "figure of a case": ("case", {"case": HEALTH}, f"{HEALTH}-{RATE}", "Value with source", f"/api/metrics.csv?only={HEALTH}.{RATE}"),
    "events of a case": ("case", {"case": HEALTH}, "timeline", "Citation", f"/api/cases/{HEALTH}.json"),
    "map": ("map", {}, "map", "Citation", "/api/places.geojson"),
    "compared cases": ("compare", {"cases": f"{HEALTH},{WATER}"}, "cases", "Citation", "/api/metrics.csv?only=2020-"),
    "compared figures": ("compare", {"figures": PAIRED}, "index", "Citation", "/api/metrics.csv?only=2020-"),
}


@pytest.mark.parametrize(("page", "query", "key", "words", "data"), TAKEN.values(), ids=TAKEN)
def test_every_chart_is_taken_with_its_source(page, query, key, words, data):
    at = opened(page, lang="en", **query)
    assert f"export-chart-{key}" not in charts(at), "nothing is drawn before the control is opened"
    at.session_state[f"take-{key}"] = True
    at.run()
    assert not at.exception
    exported = charts(at)[f"export-chart-{key}"]
    assert exported["layout"]["width"] == 1200
    assert re.sub(r"\s", "", DATASET.source.title.en) in texts(exported)
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
    assert "view=embed" in unescape(source[1]) and f"chart={key.removeprefix(f'{HEALTH}-')}" in unescape(source[1])


def test_a_data_link_keeps_the_filters_where_it_names_no_figures():
    at = opened("map", lang="en", city="410300", domain="environment")
    at.session_state["take-map"] = True
    at.session_state["copy-map"] = "data"
    at.run()
    assert at.code[0].value == "/api/places.geojson?city=410300&domain=environment"
