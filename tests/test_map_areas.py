"""The areas of the map on the screen: their paints, the links on them, and what is chosen."""

from __future__ import annotations

import re
from html import unescape

import pytest

from data.query.filters import Filters
from data.query.geography import list_map_units
from data.reading.live import current
from data.wording.colours import SELECTED_OUTLINE
from data.wording.shading import Shading
from pages.markup.links import Links
from pages.markup.map_areas import FINE, ROUGH, format_area_links, format_areas, format_shapes
from pages.markup.map_scene import build_scene
from pages.markup.palette import MAP_CLASSES, MAP_PAINTS, NO_DATA
from tests.areas import images, outlined, outlines, paints, shapes

DATASET = current().dataset
CODES = [place.code or "" for place in list_map_units(DATASET)]
LEVELS = [None, 0, 1, 2, 3, 4]
SHADING = Shading(
    "Level", "", dict(zip(CODES, LEVELS * 3, strict=True)), (1, 2, 3, 4), ("none", "one", "two", "three", "four")
)
"""A shading with every class in turn."""
SCENE = build_scene(DATASET, Filters(), "en")


def links(*chosen: str, leave_frame: bool = False, **more: str) -> str:
    found = format_area_links(DATASET, SCENE, Links("/base", "en", Filters(city=chosen), leave_frame), **more)
    return str(found)


@pytest.mark.parametrize("precision", [FINE, ROUGH], ids=["fine", "rough"])
def test_the_colour_of_an_area_is_its_class_and_no_data_is_unlike_zero(precision):
    found = paints(str(format_areas(DATASET, SCENE, SHADING, MAP_PAINTS, precision)), precision)
    assert [found[code] for code in CODES] == [NO_DATA, *MAP_CLASSES] * 3
    assert len({NO_DATA, *MAP_CLASSES}) == 6


def test_the_link_on_an_area_has_its_shape():
    assert shapes(str(format_shapes(DATASET))) == outlines()
    assert re.findall(r'id="area-(\d+)"', links()) == CODES


@pytest.mark.parametrize("more", [{}, {"colour": "figures"}], ids=["outcome", "colour"])
def test_a_link_chooses_its_area_or_lets_it_go(more):
    written = links("410300", "410500", **more)
    found = dict(re.findall(r'id="area-(\d+)" data-stay tabindex="-1" href="([^"]*)"', written))
    rest = "&colour=figures" if more else ""
    assert unescape(found["410100"]) == f"/base/map?city=410100,410300,410500&lang=en{rest}"
    assert unescape(found["410300"]) == f"/base/map?city=410500&lang=en{rest}"


@pytest.mark.parametrize("chosen", [(), ("410300",), ("410000",), ("410300", "411600"), tuple(CODES)])
def test_what_is_chosen_has_an_outline_as_far_as_it_is_an_area(chosen):
    written = links(*chosen)
    assert outlined(written) == {*chosen} & {*CODES}
    assert len(images(written)) == (1 if {*chosen} & {*CODES} else 0)
    assert all(SELECTED_OUTLINE in image and image.count("<path ") == 1 for image in images(written))


def test_a_frame_has_outlines_and_no_links():
    written = links("410300", leave_frame=True)
    assert outlined(written) == {"410300"}
    assert "<a " not in written
