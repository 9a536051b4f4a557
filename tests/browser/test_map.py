"""The map in a browser without other hosts: every area by mouse, keyboard and touch, colors by pixel, the list, what it
chooses, and the map to explore and to save.
"""

from __future__ import annotations

import io
import re
from itertools import combinations, product

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from shapely import Point, Polygon, box, unary_union
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from data.downloads.areas import tabulate_areas
from data.downloads.csv_json import write_csv
from data.query.dataset import Dataset
from data.query.filters import PROVINCE, Filters, select
from data.query.geography import AreaSummary, summarize_areas
from data.reading.live import current
from pages.markup.map import view_map
from pages.markup.projection import project
from tests.browser.reader import drawn, heading, reading, resize, settled, turn, visit
from tests.browser.test_take import dialog, saved

BOXES = """(chart, marks) => [...document.querySelectorAll(marks)].filter(mark => mark.checkVisibility()).map(mark => {
    const around = chart.getBoundingClientRect(), { left, top, right, bottom } = mark.getBoundingClientRect();
    return [left - around.left, top - around.top, right - around.left, bottom - around.top];
})"""
"""Position of marks above the map, counted from its corner."""
LIT = "usual => [...document.querySelectorAll('.spot')].map(spot => getComputedStyle(spot).backgroundColor !== usual)"
"""Which numbers on the map are lit, in the order of the page."""
MAP, NAMES, DISCS, ROWS, SHOWN = (
    ".st-key-map .map-areas",
    ".area-name",
    ".disc.spot",
    ".map-list > li",
    ".panel > div:visible",
)
CHOSEN = ".areas > .current > a"


@pytest.fixture(scope="module")
def found(dataset: Dataset) -> dict[str, AreaSummary]:
    """What is in each area, in the order of the page."""
    everywhere = summarize_areas(select(dataset, Filters()))
    return {code: area for code, area in everywhere.items() if code != PROVINCE}


@pytest.fixture
def henan(opened) -> Page:
    page = opened("/map")
    drawn(page)
    return page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_mouse_shows_what_is_in_each_area_without_scrolling(opened, found, lang):
    page = opened(f"/map?lang={lang}")
    for width in (1440, 1280):
        resize(page, width)
        drawn(page)
        for code, place in clear_of_marks(page).items():
            page.mouse.move(*on_screen(page, place))
            expect_panel(page, code, found[code])
            expect(page.locator(SHOWN)).to_have_count(1)
            whole = page.locator(SHOWN).bounding_box()
            assert whole["x"] >= 0 and whole["y"] + whole["height"] <= 900, (width, code)
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0


def test_the_keyboard_reaches_each_area_and_chooses_those_with_a_case(henan, found):
    henan.locator(ROWS).last.locator("[data-tip]").focus()
    chosen = list[str]()
    for code, area in found.items():
        henan.keyboard.press("Tab")
        expect(henan.locator(f"#area-{code}")).to_be_focused()
        expect(henan.locator(f"#area-{code} i")).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
        expect_panel(henan, code, area)
        expect(henan.locator(SHOWN)).to_have_count(1)
        henan.keyboard.press("Enter")
        chosen += [code] if area.cases else []
        expect_chosen(henan, chosen)
        expect(henan.locator(f"#area-{code}")).to_be_focused()
        for _ in henan.locator(f"#area-{code} + .panel").get_by_role("link").all():
            henan.keyboard.press("Tab")
    assert len(found) == 18 and 0 < len(chosen) < 18


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("chosen", ["", "?city=410100,410300"], ids=["none", "two"])
def test_nothing_moves_while_a_reader_points_at_an_area(opened, found, width, chosen):
    """A click on what stands below the map would go astray: the pointer crosses areas on its way there."""
    page = opened(f"/map{chosen}", width=width)
    drawn(page)
    heading(page).click()  # the focus of the keyboard would go before the pointer
    below = page.get_by_role("link", name=re.compile("^Explore"))
    before = below.bounding_box()
    for code in ("411300", "410400"):
        page.locator(f"#area-{code} .area-name").hover()
        expect_panel(page, code, found[code])
        expect(page.locator(SHOWN)).to_have_count(1)
        assert below.bounding_box() == before


def test_a_tap_chooses_each_area_with_a_case_and_says_that_another_has_none(browser, server, found):
    with reading(browser, server, width=390, touch=True) as (context, noted):
        page, chosen = context.new_page(), list[str]()
        visit(page, "/map")
        for code, place in clear_of_marks(page).items():
            page.touchscreen.tap(*on_screen(page, place))
            chosen += [code] if found[code].cases else []
            expect_chosen(page, chosen)
            expect(page.locator(f"#area-{code}")).to_be_focused()
            expect_panel(page, code, found[code])
    assert 0 < len(chosen) < 18 and not noted


@pytest.mark.parametrize("width", [1280, 390])
def test_a_click_chooses_an_area_and_another_lets_go(opened, dataset, found, width):
    """The image of the areas is kept."""
    page = opened("/map", width=width)
    drawn(page)
    page.locator(MAP).first.evaluate("chart => { chart.kept = true; }")
    places, chosen = clear_of_marks(page), list[str]()
    with_cases = [code for code, area in found.items() if area.cases]
    for code in (*with_cases[::2], *with_cases[::3]):
        page.mouse.click(*on_screen(page, places[code]))
        chosen = sorted({code} ^ {*chosen})
        expect_chosen(page, chosen)
        outline = view_map(dataset, Filters(), "en").outline(chosen)
        expect(page.locator(".henan > .map-areas")).to_have_attribute("src", outline)
    assert len(chosen) > 1 and page.locator(MAP).first.evaluate("chart => chart.kept")


def test_of_two_areas_that_are_pressed_at_once_both_are_chosen_until_back_lets_go(arrive):
    """On a slow connection the second is pressed before the first is answered."""
    page = arrive()
    visit(page, "/map")
    pressed = [page.locator(f"#area-{code}").element_handle() for code in ("410300", "411600")]
    page.evaluate("areas => areas.forEach(area => area.click())", pressed)
    expect_chosen(page, ["410300", "411600"])
    page.reload()
    expect_chosen(page, ["410300", "411600"])
    for left in (["410300"], []):
        page.go_back()
        expect_chosen(page, left)


def test_a_click_with_a_key_opens_the_area_in_another_tab(henan):
    with henan.context.expect_page() as opened:
        henan.keyboard.down("ControlOrMeta")
        henan.mouse.click(*on_screen(henan, clear_of_marks(henan)["411200"]))
        henan.keyboard.up("ControlOrMeta")
    expect(opened.value).to_have_url("/map?city=411200")
    expect(henan).to_have_url("/map")
    opened.value.close()


def test_areas_in_other_colours_are_chosen_in_these(henan, found):
    henan.get_by_role("navigation", name="Colour by").get_by_role("link", name="Number of figures").click()
    expect(henan).to_have_url("/map?colour=figures")
    settled(henan)
    expect(henan.locator(DISCS).filter(visible=True)).to_have_count(0)
    expect(henan.locator(f"{NAMES} b")).to_have_text([f"{area.metric_count}" for area in found.values() if area.cases])
    henan.locator(f"#area-411600 {NAMES}").click()
    expect(henan).to_have_url("/map?city=411600&colour=figures")
    expect(henan.locator(CHOSEN)).to_have_text(re.compile(rf"Zhoukou\s*{found['411600'].metric_count}"))
    expect(henan.locator("ul.legend")).to_contain_text("no figure")


def test_a_headline_lights_up_its_numbers_on_the_map_and_is_lit_by_each(henan):
    usual = henan.locator(".legend .disc").evaluate("disc => getComputedStyle(disc).backgroundColor")
    spots = [row.locator(DISCS).all() for row in henan.locator(ROWS).all()]
    assert sum(map(len, spots)) == 12
    for at, own in enumerate(spots):
        for mark in (henan.locator(ROWS).nth(at).locator(":scope > span"), *own):
            mark.hover()
            assert henan.evaluate(LIT, usual) == [number == at for number, these in enumerate(spots) for _ in these]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_disc_opens_its_case_and_a_headline_its_figure_by_the_keyboard(opened, dataset, width):
    page = opened("/map", width=width)
    drawn(page)
    page.locator(DISCS).filter(has_text="9").click()
    expect(heading(page)).to_have_text(dataset.by_id["2020-09-dancheng-health"].title.en)
    expect(page).to_have_url("/case?case=2020-09-dancheng-health")
    turn(page, "/map")
    page.locator(ROWS).get_by_role("link", name="Construction approval limit").focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(dataset.by_id["2020-06-anyang-permits"].title.en)
    expect(page).to_have_url("/case?case=2020-06-anyang-permits&figure=approval-time")


@pytest.mark.parametrize("lang", ["en-US", "zh-CN"])
@pytest.mark.parametrize("width", [1440, 1280, 820, 390, 340])
def test_nothing_of_the_map_is_cut_or_covered(opened, lang, width):
    """Discs are circles that may touch; a name may reach 3 px into another mark."""
    page = opened("/map?city=410400", lang, width=width)
    drawn(page)
    page.mouse.move(0, 0)
    names, spots, rows, panels = (boxes(page, marks) for marks in (NAMES, DISCS, ROWS, ".panel"))
    assert (len(names), len(spots), len(rows), len(panels)) == (18, 12, 12, 1)
    discs = [spot.centroid.buffer((spot.bounds[3] - spot.bounds[1]) / 2) for spot in spots]
    for one, other in combinations(spots, 2):
        assert one.centroid.distance(other.centroid) >= 15, (one.bounds, other.bounds)
    for one, other in (*combinations(names, 2), *product(names, discs)):
        assert not one.buffer(-1.5).intersects(other.buffer(-1.5)), (one.bounds, other.bounds)
    for one, other in combinations([*rows, *panels, *boxes(page, MAP)[:1]], 2):
        assert not one.buffer(-1).intersects(other), (one.bounds, other.bounds)
    left = on_screen(page, Point(0, 0))[0]
    for mark in (*names, *spots, *rows, *panels):
        assert left + mark.bounds[0] >= 0 and left + mark.bounds[2] <= width, mark.bounds
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")


def test_the_table_is_downloaded_as_it_stands(henan, dataset):
    with henan.expect_download() as download:
        henan.get_by_role("link", name="Download this table (CSV, 19 rows)").click()
    assert download.value.suggested_filename == "henan-reforms_2020_areas.csv"
    table = tabulate_areas(dataset, summarize_areas(select(dataset, Filters())))
    assert download.value.path().read_bytes() == write_csv(table)


def test_the_map_is_explored_and_saved_whole(opened, found):
    page = opened("/map?city=410300,411600&share=map")
    plot = dialog(page)
    areas = plot.locator(".choroplethlayer > :first-child > path")
    expect(areas).to_have_count(len(found))
    expect(plot.locator(".choroplethlayer path[style*='stroke-width: 3px']")).to_have_count(2)
    for code, told in (("411300", "Nanyang: no case"), ("411600", "Zhoukou: 1 case, 24 figures")):
        areas.nth([*found].index(code)).hover(force=True)
        expect(plot.locator(".hovertext")).to_contain_text(told)
    svg, png = (saved(page, plot, name)[1] for name in ("SVG image", "PNG image"))
    before = areas.first.get_attribute("d")
    plot.get_by_role("button", name="Zoom in").click()
    expect(areas.first).not_to_have_attribute("d", before)
    assert re.findall(rb' d="[^"]*"', saved(page, plot, "SVG image")[1]) == re.findall(rb' d="[^"]*"', svg)
    plot.get_by_role("button", name="Zoom in").click()
    expect(areas.first).not_to_have_attribute("d", before)
    assert saved(page, plot, "PNG image")[1] == png


def test_the_map_is_there_without_javascript(browser, server, found):
    with browser.new_context(base_url=server, java_script_enabled=False, locale="en-US") as context:
        page = context.new_page()
        page.goto("/map?lang=en")
        expect(page.locator(ROWS)).to_have_count(12)
        expect(page.locator(SHOWN)).to_have_count(0)
        for code, area in found.items():
            page.locator(f"#area-{code} {NAMES}").hover()
            expect_panel(page, code, area)
        expect(page.locator("#area-410300")).to_have_attribute("href", "/map?city=410300&lang=en")


@pytest.mark.parametrize(("lang", "scheme"), [("en-US", "light"), ("zh-CN", "dark")], ids=["light", "dark"])
def test_each_area_has_the_colour_of_its_class_without_webgl(opened, found, lang, scheme):
    """Compare pixels of each area with one of the legend, and of the corners with one of the ground."""
    page = opened("/map", lang, scheme)
    drawn(page)
    page.mouse.move(0, 0)
    expect(page.locator("canvas")).to_have_count(0)
    places = clear_of_marks(page)
    swatches, corners = (boxes(page, marks) for marks in (".legend .sw", MAP))
    picture = Image.open(io.BytesIO(page.screenshot(style=".henan { visibility: hidden; }"))).convert("RGB")

    def pixel(place: Point) -> tuple[int, ...]:
        x, y = on_screen(page, place)
        return picture.getpixel((round(x), round(y)))

    without, within = (pixel(swatch.centroid) for swatch in swatches)
    ground = {pixel(Point(corner)) for corner in corners[0].buffer(-4).exterior.coords}
    assert len({without, within, *ground}) == 3
    assert {code: pixel(place) for code, place in places.items()} == {
        code: within if area.cases else without for code, area in found.items()
    }


def clear_of_marks(page: Page) -> dict[str, Point]:
    """For each area's code the point in px that is farthest from its border and from all names and numbers."""
    taken = unary_union([mark.buffer(3) for mark in boxes(page, f"{NAMES}, {DISCS}")])
    width, found = boxes(page, MAP)[0].bounds[2], {}
    for area in current().dataset.boundaries["features"]:
        outline = shape(area["geometry"])
        rings = [part.exterior.coords for part in getattr(outline, "geoms", [outline])]
        whole = unary_union([Polygon([project(*place, width) for place in ring]).buffer(0) for ring in rings])
        left = whole.difference(taken)
        largest = max(getattr(left, "geoms", [left]), key=lambda part: part.buffer(-2).area)
        found[area["id"]] = polylabel(largest, 0.5)
    return found


def boxes(page: Page, marks: str) -> list[BaseGeometry]:
    """Where these marks are that are seen, in px from the corner of the map."""
    return [box(*around) for around in page.locator(MAP).first.evaluate(BOXES, marks)]


def on_screen(page: Page, place: Point) -> tuple[float, float]:
    """Where a place on the map is in the window, in which the map is brought first."""
    page.locator(MAP).first.scroll_into_view_if_needed()
    around = page.locator(MAP).first.bounding_box()
    return around["x"] + place.x, around["y"] + place.y


def expect_chosen(page: Page, codes: list[str]) -> None:
    """Expect these areas, which are sorted, in the address and on the map."""
    expect(page).to_have_url(f"/map?city={','.join(codes)}" if codes else "/map")
    expect(page.locator(CHOSEN)).to_have_count(len(codes))
    settled(page)
    assert page.locator(CHOSEN).evaluate_all("areas => areas.map(area => area.id.slice(5))") == codes


def expect_panel(page: Page, code: str, area: AreaSummary) -> None:
    """Expect that the panel of an area is seen, with the numbers of its cases and figures, and its cases by number."""
    panel = page.locator(f"#area-{code} + .panel > div")
    expect(panel).to_be_visible()
    counts = rf"\D+{len(area.cases)}\D+{area.metric_count}\D" if area.cases else r".*(no case|没有案例)\s*$"
    expect(panel.locator("p")).to_have_text(re.compile(counts))
    expect(panel.locator("li .disc")).to_have_text([f"{case.number}" for case in area.cases])
