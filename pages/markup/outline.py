"""The outlines of Henan's 18 units: simplified for a map of so many px, as paths of the maps on the screen, and as the
small map of a case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from math import floor
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from data.model.schema import Lang
from data.query.dataset import GeoJson
from pages.markup.environment import render
from pages.markup.palette import OUTLINE_COLORS
from pages.markup.projection import XY, map_height, project

WIDTH = 110
"""Width of the small map of a case in px."""
DETAIL, GRID = 2.0, 0.2
"""Detail and precision of its outlines in px."""
_SAFE = " ,:;()/!=@*-.+"
"""Characters that a data URL need not escape inside quotation marks."""


class Mark(NamedTuple):
    """A point of the small map in px; hollow if the case only names the place."""

    x: float
    y: float
    hollow: bool


def format_locator(
    boundaries: GeoJson, tinted: Collection[str], points: Iterable[tuple[float, float, bool]], alt: str, lang: Lang
) -> Markup:
    """Return a small map in HTML, of about 5 kB; `alt` says in a sentence what it shows."""
    address = data_url(draw_locator(boundaries, tinted, points, alt, lang))
    return render("outline", "locator", lang, address, alt, WIDTH, round(map_height(WIDTH)))


def draw_locator(
    boundaries: GeoJson, tinted: Collection[str], points: Iterable[tuple[float, float, bool]], alt: str, lang: Lang
) -> str:
    """Return the small map of a case as SVG, with the areas `tinted` by code and points in them.

    A point is longitude, latitude, and whether the case only names the place.
    """
    marks = [Mark(*project(lon, lat, WIDTH), hollow) for lon, lat, hollow in points]
    outlines, height = trace_outlines(boundaries, WIDTH, DETAIL, GRID), round(map_height(WIDTH))
    return str(render("outline", "image", lang, WIDTH, height, GRID, outlines, tinted, marks, alt, OUTLINE_COLORS))


def data_url(svg: str) -> str:
    """Return an image as the address that an `<img>` shows it from."""
    return f"data:image/svg+xml,{quote(svg.replace(chr(34), chr(39)), safe=_SAFE)}"


class ByIdentity:
    """A mapping that a cache can take, told apart by identity."""

    def __init__(self, value: GeoJson) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.value is self.value


def trace_outlines(boundaries: GeoJson, width: int, detail: float, grid: float) -> Mapping[str, str]:
    """Return the outline of each unit by code as an SVG path, in units of a grid of so many px.

    What outlines have within `detail` px is left out.
    """
    return _trace_outlines(ByIdentity(boundaries), width, detail, grid)


@lru_cache(maxsize=8)
def _trace_outlines(boundaries: ByIdentity, width: int, detail: float, grid: float) -> Mapping[str, str]:
    areas = _simplify(boundaries, width, detail, grid)
    return {code: "".join(map(_format_ring, rings)) for code, rings in areas.items()}


def _simplify(
    boundaries: ByIdentity, width: int, detail: float, grid: float
) -> Mapping[str, Sequence[Sequence[tuple[int, int]]]]:
    """Return the rings of each unit by code in units of the grid, without those that are too small to be an area.

    All points in a square of `detail` px become one, their mean. Neighbours share it, so no gap opens between them.
    """
    rings = [
        (feature["id"], [project(lon, lat, width) for lon, lat in ring])
        for feature in boundaries.value["features"]
        for ring in _list_rings(feature["geometry"])
    ]
    squares: defaultdict[tuple[int, int], set[XY]] = defaultdict(set)
    for _, ring in rings:
        for point in ring:
            squares[_square(point, detail)].add(point)
    means = {
        square: (
            round(sum(point.x for point in points) / len(points) / grid),
            round(sum(point.y for point in points) / len(points) / grid),
        )
        for square, points in squares.items()
    }
    found: dict[str, list[list[tuple[int, int]]]] = {code: [] for code, _ in rings}
    for code, ring in rings:
        points = [mean for mean, _ in groupby(means[_square(point, detail)] for point in ring)]
        if len(points) > 3:
            found[code].append(points)
    return found


def _list_rings(geometry: Mapping[str, Any]) -> Iterable[Sequence[tuple[float, float]]]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return (ring for polygon in polygons for ring in polygon)


def _square(point: XY, size: float) -> tuple[int, int]:
    return floor(point.x / size), floor(point.y / size)


def _format_ring(points: Sequence[tuple[int, int]]) -> str:
    """Return a closed ring as a path."""
    moves = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(points)]
    return f"M{points[0][0]} {points[0][1]}l{_join_moves(moves[:-1])}z"


def _join_moves(moves: Iterable[tuple[int, int]]) -> str:
    """Return relative moves with as few characters as SVG needs: those along one line as one, without spikes."""
    merged: list[tuple[int, int]] = []
    for x, y in moves:
        if merged and merged[-1][0] * y == merged[-1][1] * x:
            before_x, before_y = merged.pop()
            x, y = before_x + x, before_y + y
        if x or y:
            merged.append((x, y))
    return " ".join(f"{x} {y}" for x, y in merged).replace(" -", "-")
