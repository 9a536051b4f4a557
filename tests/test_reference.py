"""The reference tables and the boundaries: the 18 units, every point inside its unit, no unused entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model.schema import End
from data.reading.live import current

DATASET = current().dataset
METRICS = [metric for case in DATASET.cases for metric in case.metrics]
UNITS_OF_THE_MAP = {place.code: place for place in DATASET.places.values() if place.kind == "prefecture"}
FEATURES = {feature["id"]: feature for feature in current().dataset.boundaries["features"]}
GEOJSON = Path(__file__).parent.parent / "data" / "reference" / "henan.geojson"
WEST, EAST, SOUTH, NORTH = 110.35, 116.66, 31.38, 36.38
"""Henan's extent in degrees."""

Ring = list[list[float]]


def polygons(feature: dict) -> list[list[Ring]]:
    geometry = feature["geometry"]
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def clockwise(ring: Ring) -> bool:
    """Whether a ring runs clockwise, by the shoelace formula."""
    return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in zip(ring, ring[1:], strict=False)) > 0


def inside(lon: float, lat: float, feature: dict) -> bool:
    """Whether a ray to the east crosses the rings an odd number of times."""
    edges = [(a, b) for polygon in polygons(feature) for ring in polygon for a, b in zip(ring, ring[1:], strict=False)]
    crossed = [edge for edge in edges if (edge[0][1] > lat) != (edge[1][1] > lat) and lon < crossing(edge, lat)]
    return len(crossed) % 2 == 1


def crossing(edge: tuple[list[float], list[float]], lat: float) -> float:
    (x0, y0), (x1, y1) = edge
    return x0 + (lat - y0) / (y1 - y0) * (x1 - x0)


def ends() -> Iterator[End]:
    for metric in METRICS:
        yield from (
            end for end in (metric.before, metric.after, metric.compared_with and metric.compared_with.end) if end
        )


def test_the_units_are_17_cities_and_jiyuan():
    assert len(UNITS_OF_THE_MAP) == 18
    assert UNITS_OF_THE_MAP["419001"].id == "jiyuan"
    assert all(code.startswith("41") for code in UNITS_OF_THE_MAP)


def test_the_boundaries_are_the_units_by_code_and_name():
    assert {code: feature["properties"]["name"] for code, feature in FEATURES.items()} == {
        code: place.name.zh for code, place in UNITS_OF_THE_MAP.items()
    }
    assert len(current().dataset.boundaries["features"]) == 18


@pytest.mark.parametrize("code", FEATURES)
def test_the_rings_are_closed_and_run_clockwise_as_the_map_library_needs(code):
    for polygon in polygons(FEATURES[code]):
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in polygon)
        assert [clockwise(ring) for ring in polygon] == [True, *[False] * (len(polygon) - 1)]


@pytest.mark.parametrize("code", FEATURES)
def test_an_outline_lies_in_henan(code):
    points = [point for polygon in polygons(FEATURES[code]) for ring in polygon for point in ring]
    assert all(WEST <= lon <= EAST and SOUTH <= lat <= NORTH for lon, lat in points)


def test_the_boundaries_are_small_enough_to_send_with_every_map():
    assert GEOJSON.stat().st_size <= 80_000
    assert json.loads(GEOJSON.read_text(encoding="utf-8")) == current().dataset.boundaries


POINTS = [place for place in DATASET.places.values() if place.lon is not None and place.lat is not None]


@pytest.mark.parametrize("place", POINTS, ids=[place.id for place in POINTS])
def test_a_point_lies_in_its_unit(place):
    code = DATASET.prefecture_code(place.id)
    assert [other for other, feature in FEATURES.items() if inside(place.lon, place.lat, feature)] == [code]


@pytest.mark.parametrize("code", UNITS_OF_THE_MAP)
def test_every_unit_has_a_point_for_its_name(code):
    assert UNITS_OF_THE_MAP[code] in POINTS


INNER = [place for place in DATASET.places.values() if place.kind not in ("province", "prefecture", "outside")]


@pytest.mark.parametrize("place", INNER, ids=[place.id for place in INNER])
def test_a_place_belongs_to_the_unit_it_lies_in(place):
    unit = DATASET.places[place.prefecture]
    assert unit.kind == "prefecture"
    assert place.code is None or place.code[:4] == unit.code[:4]


def test_ruzhou_says_who_administers_it():
    ruzhou = DATASET.places["ruzhou"]
    assert (ruzhou.prefecture, DATASET.prefecture_code("ruzhou")) == ("pingdingshan", "410400")
    assert "直接管理" in ruzhou.note.zh


def test_codes_and_names_are_given_once():
    codes = [place.code for place in DATASET.places.values() if place.code]
    assert len(codes) == len(set(codes))
    for lang in ("zh", "en"):
        names = [place.name[lang] for place in DATASET.places.values()]
        assert len(names) == len(set(names))


def test_the_province_is_410000_and_lies_in_no_unit():
    assert (DATASET.places["henan"].code, DATASET.places["henan"].prefecture) == ("410000", None)


def test_a_place_outside_has_no_code():
    outside = [place for place in DATASET.places.values() if place.kind == "outside"]
    assert outside
    assert all(DATASET.prefecture_code(place.id) is None for place in outside)


def test_every_place_but_the_units_is_named_by_a_case():
    named = {place for case in DATASET.cases for place in (*case.places, *case.mentions)} | {
        place for metric in METRICS for place in (metric.place, *metric.mentions)
    }
    assert set(DATASET.places) - named <= {place.id for place in UNITS_OF_THE_MAP.values()}


def test_every_measuring_unit_is_used():
    used = {metric.unit for metric in METRICS} | {end.unit for end in ends() if end.unit}
    assert set(DATASET.units) == used


def test_every_domain_has_a_case():
    assert {domain for case in DATASET.cases for domain in case.domains} == set(DATASET.domains)


def test_the_multiplier_of_a_unit_is_the_one_it_prints():
    sizes = {"十万": 1e5, "万": 1e4, "亿": 1e8}
    printed = {
        name: next((size for word, size in sizes.items() if unit.name.zh.startswith(word)), 1)
        for name, unit in DATASET.units.items()
    }
    assert {name: unit.scale for name, unit in DATASET.units.items()} == printed
    assert not [name for name, unit in DATASET.units.items() if unit.factor <= 0]


def test_units_of_one_dimension_share_a_base():
    assert (
        DATASET.units["cny-100m"].factor == 1e4 * DATASET.units["cny-10k"].factor == 1e8 * DATASET.units["cny"].factor
    )
    assert DATASET.units["m3-100m"].factor == 1e4 * DATASET.units["m3-10k"].factor
    counted = [unit for unit in DATASET.units.values() if unit.dimension == "count"]
    assert all(unit.factor == unit.scale for unit in counted)
