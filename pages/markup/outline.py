"""Henan's 18 units as an SVG image: the small map of a case, the map of a report in one file, and the outlines that the
map on the screen is made of (map_areas.py).

The image has its colors inside, light and dark, because a page's style sheet does not reach into an `<img>`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from math import floor
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from data.query.dataset import GeoJson
from pages.markup.projection import XY, map_height, project

DISC_RADIUS = 9
"""Radius in px of a disc with a number."""
GRID = 0.2
"""Precision of outlines in px."""
_ROUGH = 7
"""Detail in px that tells in which area a name stands."""
_POINT_RADIUS = 3.2
_NAME_SIZE, _DISC_SIZE = 11, 11
"""Font sizes in px."""
_FONTS = "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
_SAFE = " ,:;()/!=@*-.+"
"""Characters that a data URL need not escape inside quotation marks."""

OutlineColors = Mapping[str, tuple[str, str]]
"""The colors `area`, `tint`, `border`, `ink`, `ground` and `quiet`, each as (light, dark)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at a place: a disc with a `number`, without one a point, hollow if a case only names the place."""

    at: XY
    number: int | None = None
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Words on the image from or up to a position, or around it; `anchor` is that of SVG."""

    at: XY
    text: str
    style: str = "name"
    anchor: str = "middle"


def draw_outline(
    boundaries: GeoJson,
    width: int,
    colors: OutlineColors,
    *,
    tinted: Iterable[str] = (),
    marks: Sequence[Mark] = (),
    words: Sequence[Words] = (),
    lines: Sequence[Sequence[XY]] = (),
    margins: tuple[int, int] = (0, 0),
    drop: int = 0,
    detail: float = 2.0,
    alt: str = "",
) -> str:
    """Return the image: areas whose codes are `tinted`, above them lines, marks and words, all in px of the map.

    The map itself is `width` px wide, with `margins` for words to its left and right and `drop` px above and below.
    What outlines have within `detail` px is left out. `alt` is the image's title.
    """
    left, right = margins
    height = round(map_height(width)) + 2 * drop
    chosen = frozenset(tinted)
    outlines = trace_outlines(boundaries, width, detail, GRID)
    areas = Markup("").join(
        Markup('<path class="{}" d="{}"/>').format("t" if code in chosen else "a", path)
        for code, path in outlines.items()
    )
    title = Markup("<title>{}</title>").format(alt) if alt else Markup("")
    body = [_draw_line(line) for line in lines]
    body += [_draw_mark(mark) for mark in marks]
    body += [_draw_words(word) for word in words]
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{0} {9} {1} {2}" width="{1}" height="{2}">{3}'
            '<style>{4}</style><g transform="scale({5:g})" stroke-width="{6:g}">{7}</g>{8}</svg>'
        ).format(
            -left,
            width + left + right,
            height,
            title,
            Markup(_format_style(colors, words_too=bool(marks or words or lines))),
            GRID,
            0.7 / GRID,
            areas,
            Markup("").join(body),
            -drop,
        )
    )


def data_url(svg: str) -> str:
    """Return an image as the address that an `<img>` shows it from."""
    return f"data:image/svg+xml,{quote(svg.replace(chr(34), chr(39)), safe=_SAFE)}"


def format_image(svg: str, alt: str, css_class: str, width: int, height: int) -> Markup:
    """Return an image in HTML; `alt` says in a sentence what it shows."""
    return Markup('<img class="{}" src="{}" alt="{}" width="{}" height="{}">').format(
        css_class, data_url(svg), alt, width, height
    )


def format_locator(
    boundaries: GeoJson,
    tinted: Iterable[str],
    points: Iterable[tuple[float, float, bool]],
    alt: str,
    colors: OutlineColors,
    width: int = 110,
) -> Markup:
    """Return a small map in HTML, of about 5 kB, with the areas `tinted` by code and points in them.

    A point is longitude, latitude, and whether a case only names the place.
    """
    marks = [Mark(project(lon, lat, width), hollow=hollow) for lon, lat, hollow in points]
    svg = draw_outline(boundaries, width, colors, tinted=tinted, marks=marks, alt=alt)
    return format_image(svg, alt, "locator", width, round(map_height(width)))


class ByIdentity:
    """A mapping that a cache can take, told apart by identity."""

    def __init__(self, value: GeoJson) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.value is self.value


def trace_areas(boundaries: GeoJson, width: int) -> Mapping[str, Sequence[Sequence[XY]]]:
    """Return the rings of each unit in px by code, roughly."""
    return _trace_areas(ByIdentity(boundaries), width)


@lru_cache(maxsize=8)
def _trace_areas(boundaries: ByIdentity, width: int) -> Mapping[str, Sequence[Sequence[XY]]]:
    areas = _simplify(boundaries, width, _ROUGH, GRID)
    return {code: [[XY(x * GRID, y * GRID) for x, y in ring] for ring in rings] for code, rings in areas.items()}


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


def _draw_line(line: Sequence[XY]) -> Markup:
    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in line)
    return Markup('<polyline class="l" points="{}"/>').format(points)


def _draw_mark(mark: Mark) -> Markup:
    x, y = mark.at
    if mark.number is None:
        return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"/>').format(
            "h" if mark.hollow else "d", x, y, _POINT_RADIUS
        )
    disc = Markup(
        '<circle class="d" cx="{0:.1f}" cy="{1:.1f}" r="{2}"/><text class="n" x="{0:.1f}" y="{3:.1f}">{4}</text>'
    )
    return disc.format(x, y, DISC_RADIUS, y + _DISC_SIZE * 0.36, mark.number)


def _draw_words(words: Words) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        words.style, *words.at, words.anchor, words.text
    )


def _format_style(colors: OutlineColors, words_too: bool) -> str:
    """Return the style sheet of the image, dark where the page around it is; without words for areas alone."""
    light, dark = (_format_colors(colors, scheme, words_too) for scheme in (0, 1))
    sizes = (
        f"text{{font:{_NAME_SIZE}px {_FONTS}}}.n{{font-weight:700;font-size:{_DISC_SIZE}px;text-anchor:middle}}"
        ".value{font-weight:700;font-size:13px}.what{font-size:13px}.name{paint-order:stroke;stroke-width:3px}"
        ".l{fill:none;stroke-width:1}.d,.h{stroke-width:1.2}"
    )
    different = f"@media(prefers-color-scheme:dark){{{dark}}}" if dark != light else ""
    return f"{sizes if words_too else ''}{light}{different}"


def _format_colors(colors: OutlineColors, scheme: int, words_too: bool) -> str:
    area, tint, border, ink, ground, quiet = (
        colors[name][scheme] for name in ("area", "tint", "border", "ink", "ground", "quiet")
    )
    areas = f".a{{fill:{area};stroke:{border}}}.t{{fill:{tint};stroke:{border}}}"
    others = (
        f".l{{stroke:{quiet}}}.d{{fill:{ink};stroke:{ground}}}.h{{fill:{ground};stroke:{ink}}}.n{{fill:{ground}}}"
        f".name{{fill:{ink};stroke:{ground}}}.value,.what{{fill:{ink}}}.place{{fill:{quiet}}}"
    )
    return areas + others if words_too else areas
