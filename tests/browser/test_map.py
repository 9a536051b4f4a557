"""The map is drawn with every other host out of reach, each of its 18 areas is a switch, and a county opens its case."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Position, expect
from shapely import MultiPoint, Point
from shapely.geometry import shape
from shapely.ops import polylabel

from data.live import boundaries
from tests.browser.reader import drawn, heading, visit

ON_SCREEN = "(chart, [lon, lat]) => { const [x, y] = chart._fullLayout.geo._subplot.projection([lon, lat]); return { x, y }; }"
"""Where a place lies in the chart, by the projection the chart is drawn with."""
MARKED = "chart => chart.data.filter(trace => trace.mode === 'markers').flatMap(trace => trace.lon.map((lon, at) => [lon, trace.lat[at]]))"
REACH = 0.3
"""Degrees around a county's point within which a click means the county: somewhat more than 20 px."""


@pytest.fixture
def henan(arrive) -> Page:
    page = arrive()
    visit(page, "/map")
    drawn(page)
    return page


def test_18_areas_are_drawn(henan):
    areas = henan.locator(".choroplethlayer path")
    expect(areas).to_have_count(18)
    whole = box(henan.get_by_role("figure"))
    for area in areas.all():
        own = box(area)
        assert 0 < own["width"] * own["height"] < whole["width"] * whole["height"] / 4, "an area that floods the map has its ring the wrong way round"


def test_a_click_chooses_each_area_and_another_lets_go(henan, dataset):
    names = {place.code: place.name.en for place in dataset.places.values() if place.kind == "prefecture"}
    assert len(names) == 18
    beside = henan.get_by_role("main").get_by_role("heading", level=2).first
    outlined = henan.locator(".choroplethlayer path[style*='stroke-width: 3px']")
    for code, inside in clear_of_counties(henan).items():
        click(henan, inside)
        expect(henan).to_have_url(f"/map?city={code}")
        expect(beside).to_have_text(names[code])
        expect(outlined).to_have_count(1)
        click(henan, inside)
        expect(henan).to_have_url("/map")
        expect(beside).to_have_text("Province-wide cases")
        expect(outlined).to_have_count(0)


def test_a_click_on_a_county_opens_its_case(henan, dataset):
    county = dataset.places["dancheng"]
    click(henan, Point(county.lon, county.lat))
    expect(heading(henan)).to_have_text(dataset.by_id["2020-09-dancheng-health"].title.en)
    expect(henan).to_have_url("/case?case=2020-09-dancheng-health")


def clear_of_counties(page: Page) -> dict[str, Point]:
    """For each area's code a point well inside it and away from every county's point."""
    counties = MultiPoint(chart(page).evaluate(MARKED)).buffer(REACH)
    free = {area["id"]: shape(area["geometry"]).difference(counties) for area in boundaries()["features"]}
    return {code: polylabel(max(getattr(left, "geoms", [left]), key=lambda part: part.area), 0.01) for code, left in free.items()}


def click(page: Page, place: Point) -> None:
    chart(page).click(position=Position(**chart(page).evaluate(ON_SCREEN, [place.x, place.y])))


def chart(page: Page) -> Locator:
    return page.locator(".js-plotly-plot").first


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    assert found is not None
    return found
