"""Where labels, discs and names stand on the map: nothing covers anything, and no two leader lines cross."""

from __future__ import annotations

from itertools import combinations
from math import hypot
from random import Random

import pytest

from pages.markup.map_layout import LABEL_GAP, LabelLayout, lines_meet, place_labels, place_names, spread_discs
from pages.markup.projection import XY

SIZE = 560.0, 537.0
DIAMETER, RADIUS, COLUMN = 22.0, 10.0, 280.0


def check(layout: LabelLayout, heights: list[float], column: float = COLUMN, width: float = SIZE[0]) -> None:
    """No two lines meet, no two labels of a column overlap, and all are within the whole."""
    paths = [list(zip(leader.line, leader.line[1:], strict=False)) for leader in layout.leaders]
    for one, other in combinations(paths, 2):
        assert not any(lines_meet(part, of_other) for part in one for of_other in other)
    for side in ("left", "right"):
        spans = sorted(
            (leader.top, leader.top + height)
            for leader, height in zip(layout.leaders, heights, strict=True)
            if leader.side == side
        )
        assert all(bottom + LABEL_GAP <= top + 0.01 for (_, bottom), (top, _) in zip(spans, spans[1:], strict=False))
        assert all(top >= -0.01 and bottom <= layout.height + 0.01 for top, bottom in spans)
    for leader in layout.leaders:
        start, elbow, end = leader.line
        assert elbow.x == (column if leader.side == "left" else column + width)
        assert elbow.y == end.y and (end.x < elbow.x) == (leader.side == "left")


@pytest.mark.parametrize("seed", range(60))
def test_the_lines_of_any_places_do_not_cross(seed):
    dice = Random(seed)
    count = dice.randint(1, 14)
    clusters = [XY(dice.uniform(70, 490), dice.uniform(30, 500)) for _ in range(dice.randint(1, 4))]
    places = [
        XY(dice.uniform(30, 530), dice.uniform(30, 500)) if dice.random() < 0.6 else dice.choice(clusters)
        for _ in range(count)
    ]
    heights = [dice.choice((34.0, 51.0, 68.0)) for _ in range(count)]
    discs = spread_discs(places, DIAMETER)
    check(place_labels(discs, heights, SIZE, COLUMN, RADIUS), heights)


def test_many_labels_make_the_whole_higher_and_the_map_stands_below():
    places = spread_discs([XY(280, 260)] * 14, DIAMETER)
    layout = place_labels(places, [120.0] * 14, SIZE, COLUMN, RADIUS)
    check(layout, [120.0] * 14)
    assert layout.height == 7 * (120 + LABEL_GAP) and layout.drop == (layout.height - SIZE[1]) / 2


def test_a_label_stands_at_the_height_of_its_disc_where_it_can():
    discs = [XY(100, 100), XY(480, 300)]
    left, right = place_labels(discs, [40, 40], SIZE, COLUMN, RADIUS).leaders
    assert (left.side, right.side) == ("left", "right")
    assert left.line[0].y == left.line[1].y == 100 and right.line[1].y == 300


@pytest.mark.parametrize("seed", range(20))
def test_discs_do_not_cover_one_another_and_stay_near_their_places(seed):
    dice = Random(seed)
    places = [XY(dice.uniform(0, 200), dice.uniform(0, 200)) for _ in range(12)]
    discs = spread_discs([*places, *places[:4]], DIAMETER)
    assert min(hypot(a.x - b.x, a.y - b.y) for a, b in combinations(discs, 2)) >= DIAMETER - 0.02
    far = [hypot(a.x - b.x, a.y - b.y) for a, b in zip([*places, *places[:4]], discs, strict=True)]
    assert max(far) < 4 * DIAMETER


def test_two_discs_of_one_place_stand_side_by_side():
    alone, *pair = spread_discs([XY(10, 10), XY(100, 100), XY(100, 100)], DIAMETER)
    assert alone == XY(10, 10)
    assert pair == [XY(100 - DIAMETER / 2, 100), XY(100 + DIAMETER / 2, 100)]


def test_a_name_stays_in_its_area_and_clear_of_discs():
    square = [XY(0, 0), XY(200, 0), XY(200, 200), XY(0, 200)]
    middle = XY(100, 100)
    assert place_names([middle], [(40, 12)], [[square]], [], 10) == [middle]
    (name,) = place_names([middle], [(40, 12)], [[square]], [middle], 10)
    assert not (abs(name.x - 100) < 20 + 10 and abs(name.y - 100) < 6 + 10)
    assert 20 <= name.x <= 180 and 6 <= name.y <= 194
    line = (XY(0, 100), XY(200, 100))
    (beside,) = place_names([middle], [(40, 12)], [[square]], [], 10, [line])
    assert abs(beside.y - 100) > 6


def test_an_area_without_an_outline_is_named_at_its_point():
    assert place_names([XY(10, 10)], [(40, 12)], [[]], [], 10) == [XY(10, 10)]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ((XY(0, 0), XY(10, 10)), (XY(0, 10), XY(10, 0)), True),
        ((XY(0, 0), XY(10, 0)), (XY(0, 1), XY(10, 1)), False),
        ((XY(0, 0), XY(10, 0)), (XY(5, 0), XY(5, 5)), True),
        ((XY(0, 0), XY(10, 0)), (XY(4, 0), XY(20, 0)), True),
        ((XY(0, 0), XY(10, 0)), (XY(11, 0), XY(20, 0)), False),
        ((XY(0, 0), XY(10, 0)), (XY(5, 1), XY(5, 5)), False),
    ],
)
def test_lines_meet_where_they_have_a_point_in_common(one, other, meet):
    assert lines_meet(one, other) is meet and lines_meet(other, one) is meet
