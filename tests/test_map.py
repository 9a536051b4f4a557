"""The map: headlines at their places, the cases of each area, colors by class, links that choose, and its picture."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import combinations
from math import hypot
from typing import Any

import pytest

from data import load_dataset
from data.model.evidence import derive
from data.model.grades import CHANGED
from data.query.dataset import Dataset
from data.query.filters import PROVINCE, Filters, select
from data.query.geography import MIN_AREAS, find_measures, list_map_units, summarize_areas
from data.reading.live import current
from data.wording.colours import SELECTED_OUTLINE
from data.wording.map_cases import MAX_CASES, list_areas, list_headlines
from data.wording.openings import title_map
from data.wording.rows import Rows
from data.wording.shading import Shading, classify, compute_breaks, shade_by_cases, shade_by_figures
from pages.markup.environment import render
from pages.markup.links import Links
from pages.markup.map import DISC, FINE, MAX_COLOUR, ROUGH, MapPage, spread, view_map
from pages.markup.palette import MAP_CLASSES, MAP_PAINTS, NO_DATA
from pages.markup.projection import map_height, project, unproject
from pages.plots import draw_map
from tests import many
from tests.areas import images, measured_in, outlined, outlines, paints, shapes

DATASET = current().dataset
ALL = select(DATASET, Filters())
CODES = [place.code or "" for place in list_map_units(DATASET)]
LEVELS = [None, 0, 1, 2, 3, 4]
SHADING = Shading(
    "Level", "", dict(zip(CODES, LEVELS * 3, strict=True)), (1, 2, 3, 4), ("none", "one", "two", "three", "four")
)
"""A shading with every class in turn."""
ADDRESS = "/reform/api/boundaries.geojson"
EVIL = '<script>x</script> & <a href="y">'


def page_of(lang: Any = "en", dataset: Dataset = DATASET, colour: str = "cases", **filters: Any) -> MapPage:
    return view_map(dataset, Filters(**filters), lang, colour)


def write_scene(page: MapPage, *chosen: str, leave_frame: bool = False) -> str:
    links = Links("/base", page.lang, Filters(city=chosen), leave_frame)
    return str(render("map", "scene", page.lang, page, links))


def links_of_areas(scene: str) -> dict[str, str | None]:
    """The address of the link on each area by code, None where it chooses nothing."""
    found = re.findall(r'<a id="area-(\d+)" (?:data-stay href="([^"]*)")?', scene)
    return {code: unescape(href) or None for code, href in found}


# --- headlines


def test_every_case_is_told_where_it_is_measured(lang):
    told = list_headlines(ALL, lang)
    assert [*dict.fromkeys(each.case_id for each in told)] == list(DATASET.by_id), "in the order of their numbers"
    wide = {"zh": "全省", "en": "Province-wide"}[lang]
    assert [each.number for each in told if each.place == wide] == [1, 2]
    assert all(bool(each.points) != (each.place == wide) for each in told)


def test_a_headline_is_the_cases_own_one_that_states_a_change():
    told = {(each.number, each.place): each for each in list_headlines(ALL, "en")}
    assert told[6, "Anyang"].finding.value == "100 → 50 days · −50%"
    for each in told.values():
        if not each.finding:
            continue
        row, case = each.finding.row, DATASET.by_id[each.case_id]
        assert row.metric_id in case.headlines
        there = [metric for metric in case.metrics if metric.id in case.headlines and metric.place == row.place_id]
        assert (row.grade in CHANGED) == any(derive(metric, DATASET.units).grade in CHANGED for metric in there)


def test_a_case_without_an_outcome_says_so():
    (told,) = [each for each in list_headlines(ALL, "en") if each.number == 3]
    assert (told.finding, told.note, len(told.points)) == (None, "The source states no measured outcome.", 1)


def test_a_town_and_its_county_have_one_number_and_other_places_of_a_case_one_each():
    points = {name: place.point for name, place in DATASET.places.items() if place.lon is not None}
    told = {each.number: each.points for each in list_headlines(ALL, "en") if each.points and each.number != 1}
    assert told[7] == (points["dazhou"],)
    assert told[5] == (points["luoyang"], points["luoning"], points["luanchuan"])


def test_only_what_the_filters_keep_is_told():
    finance = {case.number for case in DATASET.cases if "finance" in case.domains}
    assert {each.number for each in list_headlines(select(DATASET, Filters(domain=("finance",))), "en")} == finance
    graded = list_headlines(select(DATASET, Filters(grade=("A",))), "en")
    assert graded and all(each.finding.row.grade == "A" for each in graded if each.finding)


def test_too_many_cases_are_counted_by_area_instead(tmp_path, lang):
    many.write(tmp_path, 30)
    page = page_of(lang, load_dataset(tmp_path))
    assert len(page.selection.cases) > MAX_CASES and not page.headlines
    areas = summarize_areas(page.selection)
    counts = {code: f"{len(area.cases)}" for code, area in areas.items() if area.cases and code != PROVINCE}
    assert page.shading.texts == counts
    scene = write_scene(page)
    written = re.findall(r'id="area-(\d+)".*?class="area-name"[^>]*>[^<]*(?:<b>(.*?)</b>)?</span>', scene)
    assert {code: number for code, number in written if number} == counts
    assert max(map(len, re.findall(r'<div class="panel">(.*?)</div>', scene, re.DOTALL))) < 3000, "a panel names all"


# --- the panel of an area


def test_an_area_tells_its_cases_and_what_tells_most_of_each_there(lang):
    areas = summarize_areas(ALL)
    told = {area.code: area for area in list_areas(ALL, areas, lang)}
    assert [*told] == [*areas] and len(told) == 19
    for code, area in told.items():
        assert (area.case_count, area.figures) == (len(areas[code].cases), areas[code].metric_count)
        assert [each.case_id for each in area.cases] == [case.id for case in areas[code].cases[:3]]
        for each in area.cases:
            there = [row for row in Rows(DATASET, lang, DATASET.positions[each.case_id]) if row.prefecture_code == code]
            assert bool(each.finding) == bool(there) and each.finding.row in there
            assert bool(each.finding.row.headline) == any(row.headline for row in there)
        assert area.counts == {"zh": "没有案例", "en": "no case"}[lang] or str(area.figures) in area.counts
    bonds = next(each for each in told["410300"].cases if each.number == 2)
    assert bonds.finding.row.metric_id == "luoyang-bonds", "of a case of the whole province what is the city's own"


def test_an_area_chooses_itself_or_lets_itself_go_and_one_without_a_case_nothing():
    page = page_of(colour="figures")
    found = links_of_areas(write_scene(page, "410300", "410500"))
    assert [*found] == CODES
    assert found["410100"] == "/base/map?city=410100,410300,410500&lang=en&colour=figures"
    assert found["410300"] == "/base/map?city=410500&lang=en&colour=figures"
    assert {code for code, href in found.items() if not href} == {
        area.code for area in page.units if not area.case_count
    }
    empty = write_scene(page_of(), "410200")
    assert links_of_areas(empty)["410200"] == "/base/map?lang=en", "what an address chose cannot be let go"
    assert links_of_areas(write_scene(page_of()))["410300"] == "/base/map?city=410300&lang=en"


def test_a_frame_has_panels_and_outlines_and_chooses_nothing():
    written = write_scene(page_of(), "410300", leave_frame=True)
    assert outlined(written) == {"410300"}
    assert set(links_of_areas(written).values()) == {None}
    assert written.count('class="panel"') == 18


@pytest.mark.parametrize("chosen", [(), ("410300",), ("410000",), ("410300", "411600"), tuple(CODES)])
def test_what_is_chosen_has_an_outline_and_its_panel_as_far_as_it_is_an_area(chosen):
    written, areas = write_scene(page_of(), *chosen), {*chosen} & {*CODES}
    assert outlined(written) == areas
    assert {*re.findall(r'<li class="current"><a id="area-(\d+)"', written)} == areas
    assert all(SELECTED_OUTLINE in image for image in images(written) if areas)


# --- places, colors and shapes


def test_numbers_keep_their_distance_and_stand_where_they_belong_if_they_can(lang):
    found = [at for places in page_of(lang).numbers for at in places]
    assert len(found) == 12
    assert all(hypot(one.x - other.x, one.y - other.y) >= DISC - 1e-6 for one, other in combinations(found, 2))
    places = [point for each in page_of(lang).headlines for point in each.points]
    moved = [
        hypot(at.x - x, at.y - y) for at, (x, y) in zip(found, [project(*each, 1) for each in places], strict=True)
    ]
    assert max(moved) < DISC and sum(way > 0 for way in moved) <= 2
    same = spread([(113.0, 34.0)] * 4)
    assert all(hypot(one.x - other.x, one.y - other.y) >= DISC - 1e-6 for one, other in combinations(same, 2))


def test_a_place_on_the_map_is_found_again():
    for place in DATASET.places.values():
        if place.lon is not None and place.kind != "outside":
            assert unproject(project(*place.point, 560), 560) == pytest.approx(place.point)


def test_every_name_stands_on_the_map():
    page = page_of()
    assert all(0.05 < page.place_name(code).x < 0.95 and 0 < page.place_name(code).y < map_height(1) for code in CODES)


@pytest.mark.parametrize("precision", [FINE, ROUGH], ids=["fine", "rough"])
def test_the_colour_of_an_area_is_its_class_and_no_data_is_unlike_zero(precision):
    page = replace(page_of(), shading=SHADING)
    found = paints(str(render("map", "layers", "en", page, page.draw(precision), {})), precision)
    assert [found[code] for code in CODES] == [NO_DATA, *MAP_CLASSES] * 3
    assert len({NO_DATA, *MAP_CLASSES}) == 6


def test_the_link_on_an_area_has_its_shape():
    page = page_of()
    assert shapes(str(render("map", "layers", "en", page, page.draw(), page.shapes()))) == outlines()


def test_the_title_has_number_and_years_from_the_data():
    assert title_map(DATASET, "en") == "Where Henan's ten model reforms of 2020 happened"
    assert title_map(DATASET, "zh", len(DATASET.cases)) == "河南2020年十大改革典型案例在哪里"
    assert title_map(DATASET, "en", 3) == "Where 3 of Henan's ten model reforms of 2020 happened"


@pytest.mark.parametrize("length", [1, MAX_COLOUR, 1_000_000])
def test_a_colour_of_any_length_that_does_not_exist_is_that_of_cases(length):
    assert page_of(colour="x" * length).colour == "cases"


@pytest.mark.parametrize("shade", [partial(shade_by_cases, counted=False), shade_by_figures], ids=["cases", "figures"])
def test_the_legend_has_the_classes_that_occur_and_no_other(lang, shade):
    areas = summarize_areas(ALL)
    shading = shade(areas, lang)
    occurring = {shading.class_of(code) for code in shading.values}
    assert {number for number, _ in shading.classes} == occurring
    assert len(shading.values) == 18 and max(occurring) < len(MAP_CLASSES)
    for code, value in shading.values.items():
        assert bool(value) == bool(areas[code].cases) == (shading.class_of(code) > 0)


def test_figures_are_written_into_the_areas_and_the_last_class_says_how_far_it_reaches():
    areas = summarize_areas(ALL)
    shading = shade_by_figures(areas, "en")
    assert shading.texts == {code: f"{areas[code].metric_count}" for code in CODES if areas[code].metric_count}
    assert shading.classes[-1][1].endswith(str(max(areas[code].metric_count for code in CODES)))


@pytest.mark.parametrize(("value", "level"), [(0, 0), (1, 1), (1.9, 1), (3, 3), (4, 4), (400, 4)])
def test_the_class_of_a_value_is_how_many_breaks_it_reaches(value, level):
    assert classify(value, (1, 2, 3, 4)) == level


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ((), ()),
        ((3.0,), (3.0,)),
        ((2.0, 1.0, 2.0), (1.0, 2.0)),
        (range(4), (0, 1, 2, 3)),
        (range(5), (0, 1, 2, 3)),
        (range(10, 18), (10, 12, 14, 16)),
    ],
    ids=["none", "one", "two", "four", "five", "eight"],
)
def test_the_classes_begin_with_the_least_value_so_that_none_is_taken_for_no_data(values, breaks):
    assert compute_breaks(values) == breaks
    assert all(classify(value, breaks) >= 1 for value in values)


# --- a measure, which no case of 2020 has for so many areas


@pytest.mark.parametrize(
    ("count", "changes", "offered"),
    [
        (MIN_AREAS, {}, True),
        (MIN_AREAS - 1, {}, False),
        (18, {"unit": "vehicle"}, False),
        (18, {"status": "planned"}, False),
        (18, {"place": "luoning"}, False),
        (18, {"after": {"low": 1, "high": 2}}, False),
    ],
    ids=["eight", "seven", "grows-with-the-population", "a-plan", "a-county", "a-range"],
)
def test_a_measure_colours_the_map_where_eight_areas_have_it_of_their_own(count, changes, offered):
    dataset = measured_in(count, **changes)
    assert bool(find_measures(dataset, dataset.cases)) is offered


def test_no_measure_of_the_ten_cases_does():
    assert not find_measures(DATASET, DATASET.cases)


def test_a_map_of_a_measure_fills_the_areas_that_have_it_with_its_values(lang):
    page = page_of(lang, measured_in(9), "2020-01-water-pricing.share-0")
    assert page.title.endswith({"zh": "示例占比", "en": "Share of examples"}[lang])
    layers = str(render("map", "layers", lang, page, page.draw(), {}))
    assert {code for code, paint in paints(layers).items() if paint != NO_DATA} == {*CODES[:9]}
    assert page.shading.texts == {code: f"{40 + at}%" for at, code in enumerate(CODES[:9])}
    assert page.key[0] == (NO_DATA, {"zh": "材料没有数据", "en": "no data in the source"}[lang])
    table = str(render("map", "areas", lang, page, Links()))
    assert table.count("%</td>") == 9 and page.list_colours(Links())[-1].current


# --- the picture


def picture(page: MapPage, *chosen: str, shape: Any = "wide") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(draw_map(page, ADDRESS, chosen, shape).to_json())
    return found


def test_the_picture_has_18_areas_after_a_trace_without_any_and_asks_once_for_the_boundaries():
    figure = picture(page_of(), "411600")
    _, names, areas, outline, numbers = figure["data"]
    assert (names["type"], names["mode"], names["hoverinfo"]) == ("scattergeo", "text", "skip")
    assert areas["locations"] == outline["locations"] == CODES
    assert {areas["geojson"], outline["geojson"]} == {ADDRESS} and len(json.dumps(figure)) < 30_000
    widths = outline["marker"]["line"]["width"]
    assert [code for code, width in zip(CODES, widths, strict=True) if width] == ["411600"]
    assert outline["marker"]["line"]["color"] == SELECTED_OUTLINE
    assert len(numbers["lon"]) == 12 and figure["layout"]["hoverdistance"] == 1


def test_the_colours_of_the_picture_are_those_of_the_page():
    areas = picture(replace(page_of(), shading=SHADING))["data"][2]
    scale = [paint for _, paint in areas["colorscale"]]
    assert [scale[int(z) * 2] for z in areas["z"]] == [NO_DATA, *MAP_CLASSES] * 3
    assert (areas["zmin"], areas["zmax"]) == (0, len(MAP_PAINTS))


@pytest.mark.parametrize("shape", ["wide", "square"])
def test_the_picture_tells_what_the_page_tells(lang, shape):
    page = page_of(lang)
    figure = picture(page, shape=shape)
    bare = lambda text: re.sub(r"\s|<br>|</?b>", "", unescape(text))  # noqa: E731
    drawn = "".join(bare(each["text"]) for each in figure["layout"]["annotations"])
    for each in page.headlines:
        told = f"{each.finding.value}{each.finding.name}" if each.finding else each.note
        assert bare(told) in drawn and bare(each.place) in drawn
        for doubt, _ in each.finding.doubts if each.finding else ():
            assert bare(doubt) in drawn
    assert [bare(name) for name in figure["data"][1]["text"]] == [page.shorten_name(area) for area in page.units]
    hover = dict(zip(CODES, map(bare, figure["data"][2]["hovertext"]), strict=True))
    for area in page.units:
        assert bare(f"{area.name}") in hover[area.code] and bare(area.counts) in hover[area.code]
        assert all(bare(each.title) in hover[area.code] for each in area.cases)
    for edge in ("x", "y"):
        low, high = figure["layout"]["geo"]["domain"][edge]
        assert 0 <= low < high <= 1


def test_a_name_in_the_picture_is_never_markup():
    page = page_of(colour="figures")
    texts = dict.fromkeys(page.shading.texts, EVIL)
    figure = picture(replace(page, shading=replace(page.shading, texts=texts)))
    shown = [*figure["data"][1]["text"], *figure["data"][2]["hovertext"]]
    assert any("&lt;script" in text for text in shown)
    assert not [text for text in shown if re.search(r"[<>]", re.sub(r"</?b>|<br>", "", text))]
