"""The image of Henan without Plotly: its outlines, its size, its words."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from itertools import accumulate, pairwise
from math import hypot
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from data.reading.live import current
from pages.markup.outline import DETAIL, GRID, WIDTH, data_url, draw_locator, format_locator, trace_outlines
from pages.markup.palette import OUTLINE_COLORS
from pages.markup.projection import EAST, NORTH, SOUTH, WEST, XY, map_height, project

SVG = "{http://www.w3.org/2000/svg}"
CODES = [feature["id"] for feature in current().dataset.boundaries["features"]]
WIDTHS = (110, 360, 560)


Ring = list[tuple[float, float]]


def rings(path: str) -> list[Ring]:
    """The rings of an area in px."""
    found = []
    for x, y, moves in re.findall(r"M(\S+) (\S+)l([^z]+)z", path):
        numbers = [*map(int, re.findall(r"-?\d+", moves))]
        steps = zip(numbers[::2], numbers[1::2], strict=True)
        points = accumulate(steps, lambda at, step: (at[0] + step[0], at[1] + step[1]), initial=(int(x), int(y)))
        found.append([(x * GRID, y * GRID) for x, y in points])
    return found


def outlines(width: int) -> list[list[Ring]]:
    """The areas of a map, each as its rings in px."""
    return [*map(rings, trace_outlines(current().dataset.boundaries, width, DETAIL, GRID).values())]


def rings_of(feature: dict[str, Any]) -> list[Ring]:
    """The rings of a unit in degrees."""
    coordinates = feature["geometry"]["coordinates"]
    return sum(coordinates, []) if feature["geometry"]["type"] == "MultiPolygon" else coordinates


def surface(rings: list[Ring]) -> float:
    """The area of rings without holes."""
    return sum(
        abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise([*ring, ring[0]]))) / 2
        for ring in rings
    )


def test_the_whole_province_lies_within_the_edges_of_the_map():
    points = [
        point for feature in current().dataset.boundaries["features"] for ring in rings_of(feature) for point in ring
    ]
    lon, lat = zip(*points, strict=True)
    assert WEST < min(lon) < WEST + 0.05 and EAST - 0.05 < max(lon) < EAST
    assert SOUTH < min(lat) < SOUTH + 0.05 and NORTH - 0.05 < max(lat) < NORTH
    assert project(WEST, NORTH, 500) == XY(0, 0)


def test_a_map_is_as_high_as_it_is_wide_on_the_ground():
    """A degree of latitude has 111 km; one of longitude at the middle of Henan about 92 km."""
    on_the_ground = 111.2 * (NORTH - SOUTH) / (92.3 * (EAST - WEST))
    assert map_height(1) == pytest.approx(on_the_ground, rel=0.01)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_outlines_are_those_of_the_18_units(width):
    drawn = outlines(width)
    exact = [
        [[project(*point, width) for point in ring] for ring in rings_of(feature)]
        for feature in current().dataset.boundaries["features"]
    ]
    assert len(drawn) == len(CODES) == 18
    for area, wanted in zip(drawn, exact, strict=True):
        assert surface(area) == pytest.approx(surface(wanted), rel=0.05)
        corners = [point for ring in wanted for point in ring]
        assert all(min(hypot(x - a, y - b) for a, b in corners) < 3 for ring in area for x, y in ring)
    assert sum(map(surface, drawn)) == pytest.approx(sum(map(surface, exact)), rel=0.005)


def test_neighbours_share_their_border():
    """Each point of a border between two units is a point of both, so there is no gap."""
    drawn = outlines(560)
    owners = Counter(point for area in drawn for point in {point for ring in area for point in ring})
    jiyuan = {point for ring in drawn[CODES.index("419001")] for point in ring}
    assert sum(owners[point] > 1 for point in jiyuan) > len(jiyuan) / 3
    assert sum(count > 1 for count in owners.values()) > len(owners) / 3


def test_chosen_areas_are_tinted_and_places_marked(lang):
    points = [(111.5, 34.3, False), (112.5, 34.3, True)]
    image = ElementTree.fromstring(draw_locator(current().dataset.boundaries, ["410300"], points, '<"&', lang))
    tints = [path.attrib["class"] for path in image.iter(f"{SVG}path")]
    assert [code for code, tint in zip(CODES, tints, strict=True) if tint == "t"] == ["410300"]
    assert [circle.attrib["class"] for circle in image.iter(f"{SVG}circle")] == ["d", "h"]
    wanted = [project(lon, lat, WIDTH) for lon, lat, _ in points]
    for circle, (x, y) in zip(image.iter(f"{SVG}circle"), wanted, strict=True):
        assert (float(circle.attrib["cx"]), float(circle.attrib["cy"])) == pytest.approx((x, y), abs=0.051)
    assert image.findtext(f"{SVG}title") == '<"&'


@pytest.mark.parametrize("points", [[], [(111.5, 34.3, False)]], ids=["areas", "points"])
def test_the_image_has_its_colours_inside_for_both_schemes(points):
    style = ElementTree.fromstring(draw_locator(current().dataset.boundaries, [], points, "", "en")).findtext(
        f"{SVG}style"
    )
    assert all(OUTLINE_COLORS[name] in style for name in ("area", "tint", "border"))
    light, _, dark = style.partition("@media(prefers-color-scheme:dark)")
    schemes = zip((0, 1), (light, dark), strict=True) if points else ()
    assert all(OUTLINE_COLORS[name][scheme] in text for scheme, text in schemes for name in ("ink", "ground"))


def test_the_small_map_of_a_case_is_a_few_kilobytes_and_says_what_it_shows():
    html = str(format_locator(current().dataset.boundaries, ["410300"], [(111.5, 34.3, True)], 'Henan, "marked"', "en"))
    assert len(html) < 6500
    assert 'alt="Henan, &#34;marked&#34;"' in html and 'width="110"' in html
    address = unescape(re.findall(r'src="([^"]*)"', html)[0])
    image = unquote(address.removeprefix("data:image/svg+xml,"))
    assert len([*ElementTree.fromstring(image).iter(f"{SVG}path")]) == 18
    assert address == data_url(image)
