"""Where discs, names and labels stand on a map so that none covers another and no two leader lines cross.

Pure geometry in px: nothing here knows cases, words or HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations
from math import ceil, cos, hypot, inf, pi, sin
from typing import Literal, NamedTuple

from pages.markup.projection import XY

Side = Literal["left", "right"]
STUB = 14
"""Length in px of the level part of a leader line, between the map and its label."""
TEXT_GAP = 6
"""Distance in px between a leader line and its label's text."""
LINE_OFFSET = 9
"""Distance in px from the top of a label to the middle of its first line, where the leader line ends."""
LABEL_GAP = 12
"""Minimum distance in px between two labels."""
_ON_DISC = 400.0
"""What it costs, as length in px, that a leader line passes over another disc."""
_UNEVEN = 45.0
"""What it costs, as length in px and times itself, that one column has two labels more than the other."""

_UNNAMED = 20.0
"""What it costs that a name stands on something else, and more than any place in its area may cost."""
_MAX_IN_ROW = 4
"""Maximum number of discs of one place that stand in a row; others stand around it."""


class Box(NamedTuple):
    """A rectangle in px."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Leader:
    """Where a label stands and the line to it: from its disc to the edge of the map, then level to the label."""

    side: Side
    top: float
    line: tuple[XY, XY, XY]


@dataclass(frozen=True, slots=True)
class LabelLayout:
    """The labels' places in the order of their discs.

    `height` is that of map and labels together; the map stands in its middle, `drop` px below the upper edge.
    """

    leaders: tuple[Leader, ...]
    height: float
    drop: float


def spread_discs(places: Sequence[XY], diameter: float) -> list[XY]:
    """Return for each place where its disc stands: there, or as near as possible without covering another.

    Discs of the same place stand side by side, in the order of their places.
    """
    found: list[XY] = []
    for wanted in _side_by_side(places, diameter):
        free = (at for at in _around(wanted) if all(hypot(at.x - x, at.y - y) >= diameter - 0.01 for x, y in found))
        found.append(next(free))
    return found


def _side_by_side(places: Sequence[XY], diameter: float) -> Iterator[XY]:
    """Yield the places; the first of those that are the same are moved apart on a level line."""
    for number, place in enumerate(places):
        same = [other for other, at in enumerate(places) if hypot(at.x - place.x, at.y - place.y) < 1][:_MAX_IN_ROW]
        shift = (same.index(number) - (len(same) - 1) / 2) * diameter if number in same else 0
        yield XY(place.x + shift, place.y)


def _around(center: XY) -> Iterator[XY]:
    """Yield positions on circles around a point, each larger than the last."""
    yield center
    radius = 0.0
    while True:
        radius += 2
        count = max(8, ceil(radius))
        for step in range(count):
            angle = 2 * pi * step / count
            yield XY(center.x + radius * cos(angle), center.y + radius * sin(angle))


def place_labels(
    discs: Sequence[XY], heights: Sequence[float], size: tuple[float, float], column: float, radius: float
) -> LabelLayout:
    """Place a label for each disc in two columns, so that no two leader lines meet.

    `discs` are on a map of this `size`, between two columns `column` px wide. Lines also avoid the other discs, with
    this `radius`, where they can. The positions returned count from the upper left corner of the whole.
    """
    order = sorted(range(len(discs)), key=lambda at: discs[at])
    lay_out = partial(_lay_out, discs, heights, size, column, radius)
    splits = (frozenset(order[:split]) for split in range(len(order) + 1))
    best = min(map(lay_out, splits), key=lambda laid: laid.cost)
    if best.covered:
        others = (best.left ^ {at} for at in order)
        best = min(best, *map(lay_out, others), key=lambda laid: laid.cost)
    return best.layout


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """Labels of which these discs' stand on the `left`, what that costs, and how many discs lines pass over."""

    left: frozenset[int]
    cost: float
    covered: int
    layout: LabelLayout


def _lay_out(
    discs: Sequence[XY],
    heights: Sequence[float],
    size: tuple[float, float],
    column: float,
    radius: float,
    left: frozenset[int],
) -> _LaidOut:
    """Place the labels of these discs on the left, the others on the right."""
    width, map_height = size
    members = sorted(left, key=lambda at: discs[at]), sorted({*range(len(discs))} - left, key=lambda at: discs[at])
    sides: tuple[tuple[Side, list[int]], ...] = ("left", members[0]), ("right", members[1])
    layout = None
    for even in (False, True):
        height = max(map_height, *(_column_height([heights[at] for at in found], even) for _, found in sides))
        moved = [XY(column + x, (height - map_height) / 2 + y) for x, y in discs]
        columns = [_arrange(side, found, moved, heights, (column, column + width), height) for side, found in sides]
        if all(found is not None for found in columns):
            leaders = {at: leader for found in columns if found for at, leader in found.items()}
            layout = LabelLayout(tuple(leaders[at] for at in range(len(discs))), height, (height - map_height) / 2)
            break
    assert layout, "labels in even slots always have an order without a crossing"
    covered = _count_covered(layout, moved, radius)
    lengths = sum(_length(*leader.line[:2]) for leader in layout.leaders)
    uneven = max(0, abs(len(members[0]) - len(members[1])) - 1) ** 2
    cost = lengths + _ON_DISC * covered + _UNEVEN * uneven + 4 * layout.drop
    return _LaidOut(left, cost, covered, layout)


def _column_height(heights: Sequence[float], even: bool) -> float:
    """The height of a column of labels, with slots of the same height if it is `even`."""
    return sum(heights if not even else [max(heights)] * len(heights)) + LABEL_GAP * len(heights) if heights else 0


def _count_covered(layout: LabelLayout, discs: Sequence[XY], radius: float) -> int:
    """Return how many discs of others the leader lines pass over."""
    lines = [leader.line[:2] for leader in layout.leaders]
    return sum(_distance(discs[at], *lines[own]) < radius + 1 for own, at in permutations(range(len(discs)), 2))


def _arrange(
    side: Side,
    members: Sequence[int],
    discs: Sequence[XY],
    heights: Sequence[float],
    edges: tuple[float, float],
    height: float,
) -> dict[int, Leader] | None:
    """Place the labels of one column, each as near to the height of its disc as the others allow.

    None if no order without a crossing was found, which cannot be where there is room for slots of the same height.
    """
    edge = edges[0] if side == "left" else edges[1]
    near: Callable[[Sequence[int]], list[float]] = partial(_stack_near, discs, heights, height)
    apart, evenly = partial(_stack_apart, heights, height), partial(_stack_evenly, height)
    tops_of = near
    order = _uncross(sorted(members, key=lambda at: (discs[at].y, discs[at].x)), discs, edge, near)
    if order is None:
        order = _uncross(members, discs, edge, evenly)
        if order is None:
            return None
        for tops_of in (near, apart, evenly):
            if not _find_crossing(order, discs, edge, tops_of(order)):
                break
        if not _has_room(tops_of(order), [heights[at] for at in order], height):
            return None
    end = edge - STUB if side == "left" else edge + STUB
    return {
        at: Leader(side, top, (discs[at], XY(edge, top + LINE_OFFSET), XY(end, top + LINE_OFFSET)))
        for at, top in zip(order, tops_of(order), strict=True)
    }


def _uncross(
    members: Sequence[int], discs: Sequence[XY], edge: float, tops_of: Callable[[Sequence[int]], list[float]]
) -> list[int] | None:
    """Return an order in which no lines meet, by exchanging labels whose lines do; None if that comes to no end.

    With tops that do not depend on the order it does: each exchange makes the lines shorter together.
    """
    order = list(members)
    for _ in range(4 * len(order) ** 2 + 1):
        pair = _find_crossing(order, discs, edge, tops_of(order))
        if pair is None:
            return order
        order[pair[0]], order[pair[1]] = order[pair[1]], order[pair[0]]
    return None


def _stack_near(discs: Sequence[XY], heights: Sequence[float], height: float, order: Sequence[int]) -> list[float]:
    return _stack([discs[at].y - LINE_OFFSET for at in order], [heights[at] for at in order], height)


def _stack_apart(heights: Sequence[float], height: float, order: Sequence[int]) -> list[float]:
    """Return the tops of labels with the same distance between each two."""
    apart = (height - sum(heights[at] for at in order)) / max(1, len(order))
    return [apart / 2 + number * apart + sum(heights[at] for at in order[:number]) for number in range(len(order))]


def _stack_evenly(height: float, order: Sequence[int]) -> list[float]:
    """Return the tops of slots of the same height."""
    return [height / len(order) * number for number in range(len(order))]


def _has_room(tops: Sequence[float], heights: Sequence[float], height: float) -> bool:
    """Tell whether labels with these tops do not overlap."""
    ends = [*tops[1:], height + LABEL_GAP]
    return all(top + size + LABEL_GAP <= end + 0.01 for top, size, end in zip(tops, heights, ends, strict=True))


def _find_crossing(
    order: Sequence[int], discs: Sequence[XY], edge: float, tops: Sequence[float]
) -> tuple[int, int] | None:
    """Return two places in the order whose lines meet; None if there are none."""
    lines = [(discs[at], XY(edge, top + LINE_OFFSET)) for at, top in zip(order, tops, strict=True)]
    return next((pair for pair in combinations(range(len(order)), 2) if lines_meet(*(lines[at] for at in pair))), None)


def _stack(wanted: Sequence[float], heights: Sequence[float], height: float) -> list[float]:
    """Return the tops of boxes in this order, each as near to the wanted one as the others and both edges allow.

    Boxes that would overlap become a group, which stands at the mean of what its members want.
    """
    groups: list[tuple[float, int, float]] = []  # sum of wanted tops less offsets, members, height
    for top, size in zip(wanted, heights, strict=True):
        groups.append((top, 1, size + LABEL_GAP))
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] + groups[-2][2] > groups[-1][0] / groups[-1][1]:
            total, count, size_below = groups.pop()
            above, members, size_above = groups.pop()
            groups.append((above + total - count * size_above, members + count, size_above + size_below))
    starts = [total / count for total, count, _ in groups]
    room = height + LABEL_GAP
    for at in reversed(range(len(groups))):
        starts[at] = min(starts[at], room - groups[at][2])
        room = starts[at]
    room = 0.0
    for at, (_, _, size) in enumerate(groups):
        starts[at] = max(starts[at], room)
        room = starts[at] + size
    tops: list[float] = []
    sizes = iter(heights)
    for start, (_, count, _) in zip(starts, groups, strict=True):
        for _ in range(count):
            tops.append(start)
            start += next(sizes) + LABEL_GAP
    return tops


def lines_meet(one: tuple[XY, XY], other: tuple[XY, XY]) -> bool:
    """Tell whether two straight lines have a point in common."""
    (a, b), (c, d) = one, other
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((c, one), (d, one), (a, other), (b, other))
    return any(abs(turn) < 1e-9 and _distance(end, *line) < 1e-9 for turn, (end, line) in zip(turns, ends, strict=True))


def _turn(a: XY, b: XY, c: XY) -> float:
    """Positive if a path from a over b to c turns one way, negative for the other, 0 if it is straight."""
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


def _length(one: XY, other: XY) -> float:
    return hypot(one.x - other.x, one.y - other.y)


def _distance(point: XY, start: XY, end: XY) -> float:
    """The distance of a point from a straight line between two others."""
    length = _length(start, end)
    if not length:
        return _length(point, start)
    along = ((point.x - start.x) * (end.x - start.x) + (point.y - start.y) * (end.y - start.y)) / length**2
    along = min(1.0, max(0.0, along))
    return _length(point, XY(start.x + along * (end.x - start.x), start.y + along * (end.y - start.y)))


def place_names(
    points: Sequence[XY],
    sizes: Sequence[tuple[float, float]],
    areas: Sequence[Sequence[Sequence[XY]]],
    discs: Collection[XY],
    radius: float,
    lines: Collection[tuple[XY, XY]] = (),
    edges: tuple[float, float] = (-inf, inf),
) -> list[XY | None]:
    """Return for each area where the middle of its name stands: in its area, near its point, clear of discs and names.

    `areas` are the rings of each, `sizes` width and height of each name. A leader line under a name costs less than a
    name that leaves its area. All names stay between the two `edges`, left and right. None where a name would have to
    stand on a disc, on a name or in another area.
    """
    taken = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in discs]
    taken += [Box(-inf, -inf, edges[0], inf), Box(edges[1], -inf, inf, inf)]
    frames = [_frame(rings) for rings in areas]
    found: dict[int, XY | None] = {}
    for at in sorted(range(len(points)), key=lambda number: _extent(frames[number])):
        width, height = sizes[at]

        def count_strays(marks: Sequence[XY], own: int = at) -> float:
            """Count which of these points lie in other areas; those outside all of them count less."""
            strays = [mark for mark in marks if not _contains(areas[own], frames[own], mark)]
            return sum(1.0 if any(map(_contains, areas, frames, [mark] * len(areas))) else 0.3 for mark in strays)

        best: tuple[float, XY | None, Box | None] = _UNNAMED, None, None
        for distance, middle in _near(points[at], height):
            box = Box(middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2)
            cost = distance / 40 + _UNNAMED * sum(box.meets(other) for other in taken)
            if cost < best[0]:
                cost += count_strays(_outline(box)) + _UNNAMED * (count_strays([middle]) == 1)
            if cost < best[0]:
                cost += 0.7 * sum(_crosses(box, line) for line in lines)
            if cost < best[0]:
                best = cost, middle, box
            if not cost:
                break
        found[at] = best[1]
        taken += [best[2]] if best[2] else []
    return [found[at] for at in range(len(points))]


def _near(point: XY, height: float) -> Iterator[tuple[float, XY]]:
    """Yield positions around a point with their distance from it, which counts more to the side of it than above."""
    yield 0, point
    for ring in range(1, 4):
        for angle in range(0, 360, 30):
            shift = XY(1.6 * ring * height * cos(angle * pi / 180), ring * height * sin(angle * pi / 180))
            yield ring * height, XY(point.x + shift.x, point.y + shift.y)


def _outline(box: Box) -> list[XY]:
    """Return the corners of a box and the middles of its long edges."""
    middle = (box.left + box.right) / 2
    return [XY(x, y) for x in (box.left, middle, box.right) for y in (box.top, box.bottom)]


def _crosses(box: Box, line: tuple[XY, XY]) -> bool:
    corners = XY(box.left, box.top), XY(box.right, box.bottom), XY(box.left, box.bottom), XY(box.right, box.top)
    return lines_meet((corners[0], corners[1]), line) or lines_meet((corners[2], corners[3]), line)


def _frame(rings: Sequence[Sequence[XY]]) -> Box:
    """The box around an area; an empty one around an area too small to have an outline."""
    if not rings:
        return Box(0, 0, 0, 0)
    xs, ys = ([point[axis] for ring in rings for point in ring] for axis in (0, 1))
    return Box(min(xs), min(ys), max(xs), max(ys))


def _extent(frame: Box) -> float:
    """The size of an area's box in px²: small areas choose the places of their names first."""
    return (frame.right - frame.left) * (frame.bottom - frame.top)


def _contains(rings: Sequence[Sequence[XY]], frame: Box, point: XY) -> bool:
    """Tell whether a point lies inside an area, by how often a level line from it crosses the border."""
    if not (frame.left <= point.x <= frame.right and frame.top <= point.y <= frame.bottom):
        return False
    inside = False
    for ring in rings:
        before = ring[-1]
        for after in ring:
            if (before.y > point.y) != (after.y > point.y):
                cut = before.x + (point.y - before.y) / (after.y - before.y) * (after.x - before.x)
                inside ^= point.x < cut
            before = after
    return inside
