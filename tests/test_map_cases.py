"""What the map says: headlines at their places, nothing that covers anything, classes that occur, and rates."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import combinations
from math import hypot

import numpy as np
import pytest

from data import load_dataset
from data.model.evidence import derive
from data.model.grades import CHANGED
from data.model.schema import Lang
from data.query.filters import PROVINCE, Filters, select
from data.query.geography import Measure, calculate_rate, find_measures, summarize_areas
from data.reading.live import current
from data.wording.map_cases import MAX_CASES, locate_headlines
from data.wording.openings import title_map
from data.wording.rows import Rows
from data.wording.shading import classify, compute_breaks, shade_by_count, shade_by_measure, shade_by_outcome
from pages.markup.links import Links
from pages.markup.map_layout import Box, lines_meet
from pages.markup.map_scene import DISC_RADIUS, FORMATS, build_scene, format_scene, wrap_label
from pages.markup.palette import MAP_CLASSES
from pages.markup.text_width import text_width
from tests import many

DATASET = current().dataset
ALL = select(DATASET, Filters())


def spots(lang: Lang, **filters):
    return locate_headlines(select(DATASET, Filters(**filters)), lang).spots


# --- headlines


def test_every_case_is_on_the_map_or_above_it(lang):
    cases = locate_headlines(ALL, lang)
    assert {spot.case_id for spot in cases.spots} | {case.case_id for case in cases.province} == set(DATASET.by_id)
    assert [case.number for case in cases.province] == [1, 2], "the cases of the whole province"
    assert {spot.place.id for spot in cases.spots if spot.number == 1} == {"jiaxian", "jiyuan"}, "where they measured"
    labelled = [spot.case_id for spot in cases.spots if spot.headline]
    assert set(labelled) == {spot.case_id for spot in cases.spots}


def test_a_headline_is_the_cases_own_one_that_states_a_change():
    told = {spot.number: spot.headline for spot in spots("en") if spot.headline}
    assert (told[6].value, told[6].what) == ("100 days → 50 days", "Construction approval limit")
    assert told[4].value == "22nd → 16th"
    for spot in spots("en"):
        if spot.headline and spot.headline.row:
            row, case = spot.headline.row, DATASET.by_id[spot.case_id]
            assert row.metric_id in case.headlines and row.place_id == spot.place.id
            there = [m for m in case.metrics if m.id in case.headlines and m.place == spot.place.id]
            ranks = [derive(m, DATASET.units).grade in CHANGED for m in there]
            assert (row.grade in CHANGED) == any(ranks)


def test_a_case_without_an_outcome_says_so_by_its_title():
    (spot,) = [spot for spot in spots("en") if spot.number == 3]
    assert spot.headline.what == f"{DATASET.by_id[spot.case_id].title.en}: The source states no measured outcome."
    assert (spot.headline.value, spot.headline.row) == ("", None)


def test_a_town_and_its_county_have_one_disc():
    assert [spot.place.id for spot in spots("en") if spot.number == 7] == ["dazhou"]
    assert [spot.place.id for spot in spots("en") if spot.number == 5] == ["luoyang", "luoning", "luanchuan"]


def test_only_what_the_filters_keep_is_told():
    finance = {case.number for case in DATASET.cases if "finance" in case.domains}
    told = locate_headlines(select(DATASET, Filters(domain=("finance",))), "en")
    assert {told.number for told in (*told.spots, *told.province)} == finance
    assert all(spot.headline.row.grade == "A" for spot in spots("en", grade=("A",)) if spot.headline)


def test_too_many_cases_are_counted_by_area_instead(tmp_path):
    many.write(tmp_path, 30)
    dataset = load_dataset(tmp_path)
    selection = select(dataset, Filters())
    assert len(selection.cases) > MAX_CASES and locate_headlines(selection, "en").crowded
    scene = build_scene(dataset, Filters(), "en")
    areas = summarize_areas(selection)
    assert {name.place.code: name.value for name in scene.names} == {
        code: f"{len(area.cases)}" if area.cases else "" for code, area in areas.items() if code != PROVINCE
    }


# --- where all stands


@pytest.mark.parametrize("at", range(len(FORMATS)), ids=[size.letter for size in FORMATS])
def test_the_ten_cases_cover_nothing_and_no_two_lines_cross(lang, at):
    scene = build_scene(DATASET, Filters(), lang)
    placed, size = scene.placed[at], FORMATS[at]
    labelled = [spot for spot in scene.cases.spots if spot.headline]
    assert len(placed.labels.leaders) == (len(labelled) if size.column else 0)
    paths = [[line[:2], line[1:]] for line in (leader.line for leader in placed.labels.leaders)]
    for one, other in combinations(paths, 2):
        assert not any(lines_meet(part, of_other) for part in one for of_other in other)
    for one, other in combinations(placed.discs, 2):
        assert hypot(one.x - other.x, one.y - other.y) >= 2 * DISC_RADIUS
    for leader in placed.labels.leaders:
        start, elbow, _ = leader.line
        along = np.linspace(start, elbow, 500)
        for disc in placed.discs:
            assert disc == start or np.hypot(*(along - disc).T).min() > DISC_RADIUS, leader
    for side in ("left", "right"):
        spans = sorted(
            (leader.top, leader.top + size.line_height * len(wrap_label(spot, lang, size)))
            for leader, spot in zip(placed.labels.leaders, labelled, strict=bool(size.column))
            if leader.side == side
        )
        assert all(bottom <= top for (_, bottom), (top, _) in zip(spans, spans[1:], strict=False))
        assert all(top >= 0 and bottom <= placed.height for top, bottom in spans)
    boxes = []
    for name, middle in zip(scene.names, placed.names, strict=True):
        if middle:
            half = text_width(name.text) * 12 * 0.9 / 2
            boxes.append(Box(middle.x - half, middle.y - 7, middle.x + half, middle.y + 7))
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    discs = [Box(x - 8, y - 8, x + 8, y + 8) for x, y in placed.discs]
    assert not any(box.meets(disc) for box in boxes for disc in discs)
    assert len(boxes) >= 15


def test_the_page_has_a_link_for_each_headline_and_each_disc(lang):
    scene = build_scene(DATASET, Filters(), lang)
    written = str(format_scene(scene, Links("/base", lang)))
    labels, field = written.split('<div class="map-field"')
    links = [html.unescape(link) for link in re.findall(r'<li.*?href="([^"]*)"', labels)]
    assert links == [
        f"/base/case?lang={lang}&case={spot.case_id}"
        + (f"&figure={spot.headline.row.metric_id}" if spot.headline.row else "")
        for spot in scene.cases.spots
        if spot.headline
    ]
    discs = re.findall(r'<a class="disc" tabindex="-1" href="([^"]*)"[^>]*>(\d+)</a>', field)
    assert [number for _, number in discs] == [str(spot.number) for spot in scene.cases.spots]
    assert 'aria-hidden="true"' in field, "the labels say the same to a screen reader"


# --- title


def test_the_title_has_number_and_years_from_the_data():
    assert title_map(DATASET, "en") == "Where Henan's ten model reforms of 2020 happened"
    assert title_map(DATASET, "zh", len(DATASET.cases)) == "河南2020年十大改革典型案例在哪里"
    assert title_map(DATASET, "en", 3) == "Where 3 of Henan's ten model reforms of 2020 happened"


# --- shading


@pytest.mark.parametrize("key", ["outcome", "cases", "figures"])
def test_the_legend_has_the_classes_that_occur_and_no_other(lang, key):
    areas = summarize_areas(ALL)
    shading = shade_by_outcome(areas, lang) if key == "outcome" else shade_by_count(key, areas, lang)
    occurring = {shading.class_of(code) for code in shading.values}
    assert {number for number, _ in shading.classes} == occurring
    assert len(shading.values) == 18 and max(occurring) < len(MAP_CLASSES)
    if key == "cases":
        most = max(len(area.cases) for code, area in areas.items() if code != PROVINCE)
        assert [label for _, label in shading.classes][1:] == [str(count) for count in range(1, most + 1)]
    if key != "outcome":
        counts = {code: len(area.cases) if key == "cases" else area.metric_count for code, area in areas.items()}
        assert shading.texts == {code: str(counts[code]) for code in shading.values if counts[code]}


def test_the_last_class_says_how_far_it_reaches():
    labels = [label for _, label in shade_by_count("figures", summarize_areas(ALL), "en").classes]
    most = max(area.metric_count for code, area in summarize_areas(ALL).items() if code != PROVINCE)
    assert labels[-1].endswith(str(most)) and "or more" not in "".join(labels)


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


def test_a_measure_that_grows_with_the_population_is_shown_per_resident(lang):
    case, vehicles, _ = DATASET.metrics[DATASET.positions["2020-04-digital-zhengzhou.supervised-vehicles"][0]]
    measure = Measure(f"{case.id}.{vehicles.id}", vehicles.name, vehicles.unit, {"410100": vehicles})
    shading = shade_by_measure(DATASET, measure, summarize_areas(ALL), lang)
    assert shading.values["410100"] == pytest.approx(calculate_rate(DATASET, vehicles))
    assert shading.texts["410100"].startswith("5.54") and "6,981" in shading.texts["410100"]
    assert ("每万" if lang == "zh" else "per 10,000 residents") in shading.title
    assert ("计算" if lang == "zh" else "calculated") in shading.note and "2020" in shading.note


def test_money_is_shown_for_each_resident_beside_what_is_printed(lang):
    (bonds,) = find_measures(DATASET, DATASET.cases).values()
    shading = shade_by_measure(DATASET, bonds, summarize_areas(ALL), lang)
    rows = {row.metric_id: row for row in Rows(DATASET, lang, DATASET.positions["2020-02-government-debt"])}
    for code, metric in bonds.values.items():
        assert shading.values[code] == pytest.approx(metric.after.value * 1e8 / DATASET.residents[code])
        assert rows[metric.id].after_label in shading.texts[code]
    assert shading.title == (f"人均{bonds.name.zh}" if lang == "zh" else f"{bonds.name.en} per resident")
    assert ("计算" if lang == "zh" else "calculated") in shading.note


def test_a_measure_that_does_not_is_shown_as_printed(lang):
    (measure,) = find_measures(DATASET, DATASET.cases).values()
    unit = DATASET.units[measure.unit_id].model_copy(update={"per_resident": False})
    dataset = replace(DATASET, units={**DATASET.units, unit.id: unit})
    shading = shade_by_measure(dataset, measure, summarize_areas(ALL), lang)
    assert shading.title == measure.name[lang]
    assert {code: value for code, value in shading.values.items() if value is not None} == {
        code: metric.after.value for code, metric in measure.values.items()
    }
    assert shading.classes[0][0] is None and len(shading.classes) == 1 + len(set(shading.breaks))
