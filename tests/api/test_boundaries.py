"""The outlines of the 18 units are valid and have no gaps and no overlaps."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from shapely import union_all
from shapely.geometry import Point, shape

from data.query.geography import list_map_units
from data.reading.load import FOLDER

OUTLINES = {
    feature["id"]: shape(feature["geometry"])
    for feature in json.loads((FOLDER / "reference" / "henan.geojson").read_bytes())["features"]
}
SLIVER = 1e-6
"""Largest area, in square degrees, that counts as none: about 10,000 m², far below what the drawing can show."""


def test_the_units_are_those_of_the_places(dataset):
    assert {place.code for place in list_map_units(dataset)} == set(OUTLINES)


@pytest.mark.parametrize("code", OUTLINES)
def test_every_outline_is_valid(code):
    assert OUTLINES[code].is_valid
    assert OUTLINES[code].area > 0.1


def test_no_two_outlines_overlap():
    for first, second in combinations(OUTLINES, 2):
        assert OUTLINES[first].intersection(OUTLINES[second]).area < SLIVER, (first, second)


def test_there_is_no_gap_between_them():
    """A hole inside one unit is an enclave of the neighbouring province; a hole between two is a gap."""
    province = union_all(list(OUTLINES.values()))
    mainland, *islands = sorted(province.geoms, key=lambda part: -part.area)
    assert sum(island.area for island in islands) < 1e-3, "a part has come loose"
    for ring in mainland.interiors:
        around = [code for code, outline in OUTLINES.items() if outline.intersects(ring)]
        assert len(around) == 1, f"a gap between {around}"


def test_every_place_lies_in_its_unit(dataset):
    for place in dataset.places.values():
        if place.lon is not None and place.kind != "outside":
            assert OUTLINES[dataset.prefecture_code(place.id)].contains(Point(place.lon, place.lat)), place.id
