"""The map in a browser without other hosts: colors by pixel, clicks on areas and counties, the table beside it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Position, expect
from shapely import MultiPoint, Point, Polygon, box, unary_union
from shapely.geometry import shape
from shapely.ops import polylabel

from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from data.query.geography import find_points, summarize_areas, tabulate_areas
from data.reading.live import boundaries
from tests.browser.reader import ARGUMENTS, drawn, heading, reading, settled, visit

ON_SCREEN = (
    "(chart, [lon, lat]) => { const [x, y] = chart._fullLayout.geo._subplot.projection([lon, lat]); return { x, y }; }"
)
"""Position of a place in the chart, by the projection that the chart uses."""
RINGS_ON_SCREEN = (
    "(chart, rings) => rings.map(ring => ring.map(place => chart._fullLayout.geo._subplot.projection(place)))"
)
MARKED = "chart => chart.data.filter(trace => trace.mode === 'markers').flatMap(trace => trace.lon.map((lon, at) => [lon, trace.lat[at]]))"
BOXES = """(chart, marks) => [...chart.querySelectorAll(marks)].map(mark => {
    const around = chart.getBoundingClientRect(), { left, top, right, bottom } = mark.getBoundingClientRect();
    return [[left - around.left, top - around.top, right - around.left, bottom - around.top], getComputedStyle(mark).fill, mark.textContent];
})"""
"""Position, color and text of marks in the chart."""
OUTLINED = "chart => [...chart.querySelectorAll('.choroplethlayer path')].filter(area => getComputedStyle(area).strokeWidth === '3px').map(area => area.__data__.loc)"
REACH = 0.3
"""Degrees around a county's point within which a click hits the county: somewhat more than 20 px."""
BOUNDARIES = "/api/boundaries.geojson"
LABELS, COUNTIES = ".geo .scatterlayer text", ".geo .scatterlayer .point"


@pytest.fixture
def henan(arrive) -> Page:
    page = arrive()
    visit(page, "/map")
    drawn(page)
    return page


@pytest.fixture
def without_webgl(browser: Browser, server: str) -> Iterator[Page]:
    """A tab in a browser without WebGL."""
    with (
        browser.browser_type.launch(
            executable_path=os.environ["CHROMIUM"], args=[*ARGUMENTS, "--disable-3d-apis"]
        ) as other,
        reading(other, server) as (context, noted),
    ):
        yield context.new_page()
        assert not noted, noted


@pytest.mark.parametrize(("lang", "scheme"), [("en-US", "light"), ("zh-CN", "dark")], ids=["light", "dark"])
def test_each_area_has_its_colour_with_its_name_and_its_counties(arrive, dataset, lang, scheme):
    page = arrive(lang, scheme)
    visit(page, "/map")
    check_painted(page, dataset)


def test_the_map_needs_no_webgl(without_webgl, dataset):
    visit(without_webgl, "/map")
    kinds = without_webgl.evaluate(
        "() => ['webgl', 'webgl2'].map(kind => document.createElement('canvas').getContext(kind))"
    )
    assert kinds == [None, None]
    check_painted(without_webgl, dataset)


def test_a_click_chooses_each_area_and_another_lets_go(henan, dataset):
    """The chart is kept: nothing is fetched or drawn again."""
    names = {place.code: place.name.en for place in dataset.places.values() if place.kind == "prefecture"}
    fetched = addresses(henan)
    chart(henan).evaluate("chart => { chart.kept = true; }")
    inside, chosen = clear_of_counties(henan), []
    assert set(inside) == set(names)
    for code in (*inside, *list(inside)[::6]):
        click(henan, inside[code])
        chosen = sorted({code} ^ set(chosen))
        expect(henan).to_have_url(f"/map?city={'%2C'.join(chosen)}")
        settled(henan)
        assert outlined(henan) == chosen
    assert len(chosen) == 15
    beside = henan.get_by_role("main").get_by_role("heading", level=2).all_text_contents()
    assert [names[code] for code in chosen] == [text.strip("\u2060") for text in beside[:15]]
    assert chart(henan).evaluate("chart => chart.kept")
    assert not [url for url in fetched if "boundaries" in url]


def test_several_areas_are_chosen_by_clicks_with_the_shift_key_and_without(henan):
    inside = clear_of_counties(henan)
    for code, held, chosen in (
        ("411300", (), "411300"),
        ("411500", (), "411300,411500"),
        ("411400", ("Shift",), "411300,411400,411500"),
        ("411500", (), "411300,411400"),
        ("411300", ("Shift",), "411400"),
        ("411300", (), "411300,411400"),
        ("411300", (), "411400"),
        ("411400", (), ""),
    ):
        chart(henan).click(position=at(henan, inside[code]), modifiers=list(held))
        expect(henan).to_have_url(
            re.compile(rf"/map\?city={chosen.replace(',', '(?:,|%2C)')}$") if chosen else re.compile(r"/map$")
        )
        settled(henan)
        assert outlined(henan) == [part for part in chosen.split(",") if part]


def test_other_colours_do_not_fetch_the_boundaries_again(henan):
    fetched = addresses(henan)
    henan.get_by_role("radio", name="Number of figures").click()
    expect(henan).to_have_url("/map?colour=figures")
    expect(henan.locator("ul.legend")).to_contain_text("no figure")
    drawn(henan)
    assert not [url for url in fetched if "boundaries" in url]


def test_a_click_on_a_county_opens_its_case(henan, dataset):
    county = dataset.places["dancheng"]
    click(henan, Point(county.lon, county.lat))
    expect(heading(henan)).to_have_text(dataset.by_id["2020-09-dancheng-health"].title.en)
    expect(henan).to_have_url("/case?case=2020-09-dancheng-health")


@pytest.mark.parametrize(
    ("width", "meeting"),
    [(1280, ()), (390, ("changge", "dazhou", "luolong", "yibin"))],
    ids=["all", "those-that-meet-on-a-narrow-screen"],
)
def test_a_county_says_its_name_and_case_where_its_point_is(arrive, dataset, width, meeting):
    page = arrive(width=width)
    visit(page, "/map")
    drawn(page)
    told = page.locator(".hoverlayer .hovertext")
    for place, there, _ in find_points(dataset.all_cases):
        if not meeting or place.id in meeting:
            chart(page).hover(position=at(page, Point(place.lon, place.lat)))
            expect(told).to_contain_text(place.name.en)
            expect(told).to_contain_text(there[0].title.en)


def test_the_keyboard_reaches_what_a_county_says(henan, dataset):
    row = henan.get_by_role("row", name="Dazhou Town")
    expect(row).to_contain_text("within about 3 km")
    link = row.get_by_role("link")
    link.focus()
    henan.keyboard.press("Enter")
    expect(heading(henan)).to_have_text(dataset.by_id["2020-07-dazhou-metals"].title.en)


def test_the_table_is_downloaded_as_it_stands(henan, dataset):
    with henan.expect_download() as download:
        henan.get_by_role("button", name="Download this table (CSV, 19 rows)").click()
    assert download.value.suggested_filename == "henan-reforms_2020_areas.csv"
    assert download.value.path().read_bytes() == write_csv(
        tabulate_areas(dataset, summarize_areas(select(dataset, Filters())))
    )


def test_the_map_leaves_the_page_with_what_is_chosen(henan):
    """The export edition contains the outline, since an image has no style sheet."""
    visit(henan, "/map?city=411400,411500")
    henan.get_by_role("link", name=re.compile("^Download or share")).click()
    edition = henan.locator(".st-key-share-preview .js-plotly-plot")
    expect(edition.locator(".choroplethlayer > :last-child > path[style*='stroke-width: 3px']")).to_have_count(2)


def check_painted(page: Page, dataset) -> None:
    """Compare pixels: in each area its class's color over the ground, outside the province the ground, on each label
    and county its own color.
    """
    expect(areas(page)).to_have_count(18)
    drawn(page)
    page.mouse.move(0, 0)
    ground = colours(page.locator(".stApp").evaluate("page => getComputedStyle(page).backgroundColor"))[:3]
    legend = [
        colours(paint)
        for paint in page.locator("ul.legend .sw").evaluate_all(
            "all => all.map(each => getComputedStyle(each).backgroundColor)"
        )
    ]
    picture = Image.open(io.BytesIO(chart(page).screenshot())).convert("RGB")
    found = summarize_areas(select(dataset, Filters()))
    names, counties = (chart(page).evaluate(BOXES, marks) for marks in (LABELS, COUNTIES))
    free = free_of([box(*around).buffer(3) for around, *_ in (*names, *counties)], page)
    assert len(free) == len(names) == 18
    assert len(counties) == len(find_points(dataset.all_cases))
    for code, inside in free.items():
        *paint, opacity = legend[min(len(found[code].cases), len(legend) - 1)]
        wanted = tuple(round(one * opacity + other * (1 - opacity)) for one, other in zip(paint, ground, strict=True))
        assert near(picture.getpixel((round(inside.x), round(inside.y))), wanted, 2), (
            f"{code}: {picture.getpixel((round(inside.x), round(inside.y)))}, not {wanted}"
        )
    for corner in ((3, 3), (picture.width - 4, 3), (3, picture.height - 4), (picture.width - 4, picture.height - 4)):
        assert near(picture.getpixel(corner), ground, 2), "the ground around the province is painted"
    for around, paint, words in names:
        left, top, right, bottom = map(round, around)
        assert 0 <= left < right <= picture.width and 0 <= top < bottom <= picture.height, f"{words} is cut"
        assert any(
            near(pixel, colours(paint)[:3], 60)
            for _, pixel in picture.crop((left, top, right, bottom)).getcolors(100_000)
        ), f"{words} is not to be seen"
    for around, paint, _ in counties:
        assert near(
            picture.getpixel((round(sum(around[::2]) / 2), round(sum(around[1::2]) / 2))), colours(paint)[:3], 60
        )


def colours(paint: str) -> tuple[float, ...]:
    """Red, green, blue and opacity of a computed colour."""
    red, green, blue, *opacity = map(float, re.findall(r"[\d.]+", paint))
    return (red, green, blue, *(opacity or [1.0]))


def near(pixel: tuple[int, ...], wanted: tuple[float, ...], tolerance: int) -> bool:
    return max(abs(one - other) for one, other in zip(pixel, wanted, strict=True)) <= tolerance


def free_of(marks: list[Polygon], page: Page) -> dict[str, Point]:
    """For each area's code the point in px that is farthest from its border and from all marks."""
    outlines = {area["id"]: shape(area["geometry"]) for area in boundaries()["features"]}
    rings = {
        code: [[*part.exterior.coords] for part in getattr(outline, "geoms", [outline])]
        for code, outline in outlines.items()
    }
    taken = unary_union(marks)
    found = {}
    for code, parts in zip(
        rings, [chart(page).evaluate(RINGS_ON_SCREEN, each) for each in rings.values()], strict=True
    ):
        left = unary_union([Polygon(ring).buffer(0) for ring in parts]).difference(taken)
        found[code] = polylabel(max(getattr(left, "geoms", [left]), key=lambda part: part.buffer(-2).area), 0.5)
    return found


def clear_of_counties(page: Page) -> dict[str, Point]:
    """For each area's code a point well inside it and away from every county's point."""
    counties = MultiPoint(chart(page).evaluate(MARKED)).buffer(REACH)
    free = {area["id"]: shape(area["geometry"]).difference(counties) for area in boundaries()["features"]}
    return {
        code: polylabel(max(getattr(left, "geoms", [left]), key=lambda part: part.area), 0.01)
        for code, left in free.items()
    }


def addresses(page: Page) -> list[str]:
    """The addresses that the page fetches from now on."""
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    return fetched


def outlined(page: Page) -> list[str]:
    """The codes of the areas with an outline."""
    found: list[str] = chart(page).evaluate(OUTLINED)
    return found


def at(page: Page, place: Point) -> Position:
    return Position(**chart(page).evaluate(ON_SCREEN, [place.x, place.y]))


def click(page: Page, place: Point) -> None:
    chart(page).click(position=at(page, place))


def areas(page: Page) -> Locator:
    return page.locator(".choroplethlayer > :first-child > path")


def chart(page: Page) -> Locator:
    return page.locator(".js-plotly-plot").first
