"""The map in a browser without other hosts: colors by pixel, clicks on areas and discs, labels and their table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from shapely import Point, Polygon, box, unary_union
from shapely.geometry import shape
from shapely.ops import polylabel

from data.downloads.areas import tabulate_areas
from data.downloads.csv_json import write_csv
from data.query.filters import Filters, select
from data.query.geography import summarize_areas
from data.reading.live import current
from pages.markup.projection import project
from tests.areas import outlined as areas_of
from tests.browser.reader import Tab, beside, drawn, heading, resize, settled, turn, visit

BOXES = """(chart, marks) => [...document.querySelectorAll(marks)].filter(mark => mark.checkVisibility()).map(mark => {
    const around = chart.getBoundingClientRect(), { left, top, right, bottom } = mark.getBoundingClientRect();
    return [left - around.left, top - around.top, right - around.left, bottom - around.top];
})"""
"""Position of marks above the map, counted from its corner."""
NO_WEBGL = """for (const canvas of [HTMLCanvasElement, OffscreenCanvas]) {
    const { getContext } = canvas.prototype;
    canvas.prototype.getContext = function (kind, ...options) {
        return /webgl/.test(kind) ? null : getContext.call(this, kind, ...options);
    };
}"""
"""Refuses WebGL as a browser without it does."""
NAMES, DISCS, LABELS = ".area-name", ".map-field .disc", ".map-labels li"
CHOSEN = ".area-name.current"


@pytest.fixture
def henan(opened) -> Page:
    page = opened("/map")
    drawn(page)
    return page


@pytest.fixture
def without_webgl(tab: Tab) -> Iterator[Page]:
    """A tab without WebGL."""
    with beside(tab) as page:
        page.add_init_script(NO_WEBGL)
        yield page


@pytest.mark.parametrize(("lang", "scheme"), [("en-US", "light"), ("zh-CN", "dark")], ids=["light", "dark"])
def test_each_area_has_its_colour(opened, dataset, lang, scheme):
    page = opened("/map", lang, scheme)
    check_painted(page, dataset)


def test_the_map_needs_no_webgl(without_webgl, dataset):
    visit(without_webgl, "/map")
    kinds = without_webgl.evaluate(
        "() => ['webgl', 'webgl2'].map(kind => document.createElement('canvas').getContext(kind))"
    )
    assert kinds == [None, None]
    check_painted(without_webgl, dataset)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_click_chooses_each_area_and_another_lets_go(opened, dataset, width):
    """The image of the areas is kept, and the reader stays in place."""
    henan = opened("/map", width=width)
    drawn(henan)
    names = {place.code: place.name.en for place in dataset.places.values() if place.kind == "prefecture"}
    chart(henan).evaluate("chart => { chart.kept = true; }")
    main = henan.get_by_test_id("stMain")
    inside, chosen = clear_of_discs(henan), []
    assert set(inside) == set(names)
    for code in (*list(inside)[::3], *list(inside)[::6]):
        click(henan, inside[code])
        chosen = sorted({code} ^ set(chosen))
        expect(henan).to_have_url(f"/map?city={','.join(chosen)}" if chosen else "/map")
        expect(henan.locator(CHOSEN)).to_have_count(len(chosen))
        settled(henan)
        assert outlined(henan) == {*chosen}
        assert width > 768 or main.evaluate("main => main.scrollTop") > 0, "the reader is taken to the top"
    assert len(chosen) == 3
    below = henan.locator(".map-chosen h2").all_text_contents()
    assert [names[code] for code in chosen] == [text.partition(":")[0] for text in below]
    assert chart(henan).evaluate("chart => chart.kept")


def test_of_two_areas_that_are_pressed_at_once_both_are_chosen(henan):
    """On a slow connection the second is pressed before the first is answered."""
    pressed = [areas(henan).nth(0).element_handle(), areas(henan).nth(3).element_handle()]
    codes = [(area.get_attribute("id") or "").removeprefix("area-") for area in pressed]
    henan.evaluate("areas => areas.forEach(area => area.click())", pressed)
    expect(henan).to_have_url(f"/map?city={','.join(sorted(codes))}")
    expect(henan.locator(CHOSEN)).to_have_count(2)


def test_a_click_with_a_key_opens_the_area_in_another_tab(henan):
    place = clear_of_discs(henan)["411300"]
    with henan.context.expect_page() as opened:
        henan.keyboard.down("ControlOrMeta")
        click(henan, place)
        henan.keyboard.up("ControlOrMeta")
    expect(opened.value).to_have_url("/map?city=411300")
    expect(henan).to_have_url("/map")
    opened.value.close()


def test_a_name_belongs_to_its_area(henan):
    """A click on the name of an area is a click on the area."""
    left, top, right, bottom = chart(henan).evaluate(BOXES, '[data-area="411300"]')[0]
    henan.mouse.click(*on_screen(henan, (left + right) / 2, (top + bottom) / 2))
    expect(henan).to_have_url("/map?city=411300")


def test_areas_in_other_colours_are_chosen_in_these(henan, dataset):
    count = int((dataset.table["prefecture_code"] == "411600").sum())
    henan.get_by_role("navigation", name="Colour by").get_by_role("link", name="Number of figures").click()
    expect(henan).to_have_url("/map?colour=figures")
    expect(henan.locator("ul.legend")).to_contain_text("no figure")
    settled(henan)
    click(henan, clear_of_discs(henan)["411600"])
    expect(henan).to_have_url("/map?city=411600&colour=figures")
    expect(henan.locator(CHOSEN)).to_have_text(f"Zhoukou{count}")
    assert outlined(henan) == {"411600"}
    expect(henan.locator("ul.legend")).to_contain_text("no figure")


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_a_disc_opens_its_case_and_a_headline_its_figure_by_the_keyboard(opened, dataset, width):
    page = opened("/map", width=width)
    drawn(page)
    page.locator(DISCS).filter(has_text="9").click()
    expect(heading(page)).to_have_text(dataset.by_id["2020-09-dancheng-health"].title.en)
    expect(page).to_have_url("/case?case=2020-09-dancheng-health")
    turn(page, "/map")
    drawn(page)
    expect(page.locator(LABELS).get_by_role("link")).to_have_count(10)
    page.get_by_role("link", name="100 days → 50 days").focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(dataset.by_id["2020-06-anyang-permits"].title.en)
    expect(page).to_have_url("/case?case=2020-06-anyang-permits&figure=approval-time")


@pytest.mark.parametrize("lang", ["en-US", "zh-CN"])
def test_nothing_of_the_map_is_cut_or_covered(opened, lang):
    page = opened("/method", lang)
    for width in (1440, 1280, 820, 390, 340):
        resize(page, width)
        turn(page, "/map")
        drawn(page)
        check_layout(page, width)
        turn(page, "/method")


def check_layout(page: Page, width: int) -> None:
    names, discs, labels = (chart(page).evaluate(BOXES, marks) for marks in (NAMES, DISCS, LABELS))
    assert (len(discs), len(labels)) == (12, 10)
    assert len(names) >= 15
    for one, other in combinations([*discs, *labels], 2):
        assert not box(*one).buffer(-1.5).intersects(box(*other).buffer(-1.5)), (width, one, other)
    for name in names:
        assert not any(box(*name).buffer(-3).intersects(box(*disc).buffer(-3)) for disc in discs), (width, name)
    left = chart(page).bounding_box()["x"]
    for around in (*names, *discs, *labels):
        assert left + around[0] >= 0 and left + around[2] <= width, (width, around)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), width
    listed_first = labels[-1][3] <= 0
    assert listed_first == (width < 768), "on a phone the list comes first"


def test_the_table_is_downloaded_as_it_stands(henan, dataset):
    with henan.expect_download() as download:
        henan.get_by_role("link", name="Download this table (CSV, 19 rows)").click()
    assert download.value.suggested_filename == "henan-reforms_2020_areas.csv"
    assert download.value.path().read_bytes() == write_csv(
        tabulate_areas(dataset, summarize_areas(select(dataset, Filters())))
    )


def test_the_map_leaves_the_page_with_what_is_chosen(henan):
    """The export edition contains the outline, since an image has no style sheet, and the discs and labels."""
    turn(henan, "/map?city=411400,411500")
    henan.get_by_role("link", name=re.compile("^Download or share")).click()
    edition = henan.locator(".st-key-share-preview .js-plotly-plot")
    expect(edition.locator(".choroplethlayer > :last-child > path[style*='stroke-width: 3px']")).to_have_count(
        2, timeout=60_000
    )
    expect(edition.locator(".shapelayer path")).to_have_count(12 + 2 * 10)
    expect(edition).to_contain_text("Where Henan's ten model reforms of 2020 happened")
    expect(edition).to_contain_text("100 days → 50 days")


def check_painted(page: Page, dataset) -> None:
    """Compare pixels: in each area its class's color over the ground, outside the province the ground, on each label
    and county its own color.
    """
    expect(areas(page)).to_have_count(18)
    drawn(page)
    page.mouse.move(0, 0)
    ground = colours(page.locator(".stApp").evaluate("page => getComputedStyle(page).backgroundColor"))[:3]
    without, within = (
        colours(paint)
        for paint in page.locator("ul.legend .sw").evaluate_all(
            "all => all.map(each => getComputedStyle(each).backgroundColor)"
        )
    )
    marks = [box(*around).buffer(3) for kind in (NAMES, DISCS) for around in chart(page).evaluate(BOXES, kind)]
    free = free_of(marks, page)
    hidden = page.add_style_tag(content=".map-scene { visibility: hidden; }")
    picture = Image.open(io.BytesIO(chart(page).screenshot())).convert("RGB")
    hidden.evaluate("style => style.remove()")
    found = summarize_areas(select(dataset, Filters()))
    assert len(free) == 18
    for code, inside in free.items():
        *paint, opacity = within if found[code].cases else without
        wanted = tuple(round(one * opacity + other * (1 - opacity)) for one, other in zip(paint, ground, strict=True))
        assert near(picture.getpixel((round(inside.x), round(inside.y))), wanted, 2), (
            f"{code}: {picture.getpixel((round(inside.x), round(inside.y)))}, not {wanted}"
        )
    for corner in ((3, 3), (picture.width - 4, 3), (3, picture.height - 4), (picture.width - 4, picture.height - 4)):
        assert near(picture.getpixel(corner), ground, 2), "the ground around the province is painted"


def colours(paint: str) -> tuple[float, ...]:
    """Red, green, blue and opacity of a computed colour."""
    red, green, blue, *opacity = map(float, re.findall(r"[\d.]+", paint))
    return (red, green, blue, *(opacity or [1.0]))


def near(pixel: tuple[int, ...], wanted: tuple[float, ...], tolerance: int) -> bool:
    return max(abs(one - other) for one, other in zip(pixel, wanted, strict=True)) <= tolerance


def free_of(marks: list[Polygon], page: Page) -> dict[str, Point]:
    """For each area's code the point in px that is farthest from its border and from all marks."""
    outlines = {area["id"]: shape(area["geometry"]) for area in current().dataset.boundaries["features"]}
    rings = {
        code: [[*part.exterior.coords] for part in getattr(outline, "geoms", [outline])]
        for code, outline in outlines.items()
    }
    taken, width = unary_union(marks), chart(page).bounding_box()["width"]
    found = {}
    for code, parts in rings.items():
        drawn_parts = [Polygon([project(*place, width) for place in ring]).buffer(0) for ring in parts]
        left = unary_union(drawn_parts).difference(taken)
        found[code] = polylabel(max(getattr(left, "geoms", [left]), key=lambda part: part.buffer(-2).area), 0.5)
    return found


def clear_of_discs(page: Page) -> dict[str, Point]:
    """For each area's code a point in px well inside it and away from every disc."""
    return free_of([box(*around).buffer(4) for around in chart(page).evaluate(BOXES, DISCS)], page)


def outlined(page: Page) -> set[str]:
    """The codes of the areas with an outline."""
    return areas_of(page.locator(".st-key-map").inner_html())


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place on the map is in the window, in which it is brought first."""
    chart(page).scroll_into_view_if_needed()
    around = chart(page).bounding_box()
    return around["x"] + x, around["y"] + y


def click(page: Page, place: Point) -> None:
    page.mouse.click(*on_screen(page, place.x, place.y))


def areas(page: Page) -> Locator:
    return page.locator(".map-shapes a")


def chart(page: Page) -> Locator:
    """The image of the areas."""
    return page.locator(".map-areas").first
