"""Where places of Henan are on a map of a given width: Mercator, the projection that Plotly's map has too."""

from __future__ import annotations

from math import asinh, atan, degrees, radians, sinh, tan
from typing import NamedTuple

WEST, EAST, SOUTH, NORTH = 110.33, 116.67, 31.36, 36.40
"""Edges of every map of Henan in degrees; the province lies just inside them."""


class XY(NamedTuple):
    """A position in px from the upper left corner."""

    x: float
    y: float


def project(lon: float, lat: float, width: float) -> XY:
    """Return where a place is on a map `width` px wide."""
    scale = width / radians(EAST - WEST)
    return XY(radians(lon - WEST) * scale, (_stretch(NORTH) - _stretch(lat)) * scale)


def unproject(at: XY, width: float) -> tuple[float, float]:
    """Return longitude and latitude of a position on a map `width` px wide."""
    scale = width / radians(EAST - WEST)
    return WEST + degrees(at.x / scale), degrees(atan(sinh(_stretch(NORTH) - at.y / scale)))


def map_height(width: float) -> float:
    """Return the height of a map `width` px wide."""
    return project(EAST, SOUTH, width).y


def _stretch(lat: float) -> float:
    """The distance from the equator on a map on which a radian of longitude has the length 1."""
    return asinh(tan(radians(lat)))
