"""The map is drawn with every other host out of reach, and each of its 18 areas is a switch."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Page, Position, expect

from tests.browser.reader import drawn, visit

ON_SCREEN = "(chart, [lon, lat]) => { const [x, y] = chart._fullLayout.geo._subplot.projection([lon, lat]); return { x, y }; }"
"""Where a place lies in the chart, by the projection the chart is drawn with."""


@pytest.fixture
def henan(arrive) -> Page:
    page = arrive()
    visit(page, "/map")
    drawn(page)
    return page


def test_18_areas_are_drawn(henan):
    areas = henan.locator(".choroplethlayer path")
    expect(areas).to_have_count(18)
    whole = box(henan.locator(".st-key-henan"))
    for area in areas.all():
        own = box(area)
        assert 0 < own["width"] * own["height"] < whole["width"] * whole["height"] / 4, "an area that floods the map has its ring the wrong way round"


def test_a_click_chooses_each_area_and_another_lets_go(henan, dataset):
    units = [place for place in dataset.places.values() if place.kind == "prefecture"]
    assert len(units) == 18
    outlined = henan.locator(".choroplethlayer path[style*='stroke-width: 3px']")
    for unit in units:
        click(henan, unit.lon, unit.lat)
        expect(henan).to_have_url(f"/map?city={unit.code}")
        expect(henan.get_by_role("main").get_by_role("heading", level=2).first).to_have_text(unit.name.en)
        expect(outlined).to_have_count(1)
        click(henan, unit.lon, unit.lat)
        expect(henan).to_have_url("/map")
        expect(henan.get_by_role("main").get_by_role("heading", level=2).first).to_have_text("Province-wide cases")
        expect(outlined).to_have_count(0)


def click(page: Page, lon: float, lat: float) -> None:
    chart = page.locator(".st-key-henan .js-plotly-plot")
    chart.click(position=Position(**chart.evaluate(ON_SCREEN, [lon, lat])))


def box(element) -> FloatRect:
    found = element.bounding_box()
    assert found is not None
    return found
