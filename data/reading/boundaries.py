"""The outlines of the units of the map: GeoJSON in which the id of a feature is its unit's six-digit code."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from data.model.problems import Problem, format_path
from data.query.dataset import GeoJson
from data.reading.folder import BOUNDARIES, SIZE_LIMIT, content, relative


def _closed(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if ring[0] != ring[-1]:
        raise ValueError("a ring ends where it begins")
    return ring


Longitude = Annotated[float, Field(strict=True, ge=-180, le=180)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90)]
Ring = Annotated[list[tuple[Longitude, Latitude]], Field(min_length=4), AfterValidator(_closed)]


class Polygon(BaseModel):
    type: Literal["Polygon"]
    coordinates: list[Ring]


class MultiPolygon(BaseModel):
    type: Literal["MultiPolygon"]
    coordinates: list[Annotated[list[Ring], Field(min_length=1)]]


class Feature(BaseModel):
    id: str
    geometry: Annotated[Polygon | MultiPolygon, Field(discriminator="type")]


class FeatureCollection(BaseModel):
    features: list[Feature]


def read_boundaries(folder: Path, codes: Collection[str]) -> tuple[GeoJson, list[Problem]]:
    """The GeoJSON of the units with these codes as it stands in the file, and its problems."""
    path = folder / "reference" / BOUNDARIES
    try:
        found = _parsed(content(path))
        left = set(codes) - {feature["id"] for feature in found["features"] if feature["geometry"]["coordinates"]}
        message = f"has no outline of {', '.join(sorted(left))}. Add it" if left else ""
    except OSError as error:
        found, message = {}, f"cannot be read ({error.strerror}). Restore the file or its permissions"
    except ValueError as error:
        found, message = {}, str(error)
    return found, [Problem(relative(path, folder), 1, 1, "", message)] if message else []


@lru_cache(maxsize=1)
def _parsed(raw: bytes) -> GeoJson:
    """Parse a FeatureCollection, the same bytes once. Raises ValueError with what to do."""
    if len(raw) > SIZE_LIMIT:
        raise ValueError(f"has more than {SIZE_LIMIT} bytes. Simplify the outlines")
    where = ""
    try:
        found: GeoJson = orjson.loads(raw)
        FeatureCollection.model_validate(found)
        return found
    except ValidationError as error:
        tried = ("Polygon", "MultiPolygon")
        place = format_path(tuple(key for key in error.errors(include_url=False)[0]["loc"] if key not in tried))
        where = f" (see {place})" if place else ""
    except ValueError:
        pass
    raise ValueError(f"is not GeoJSON with an id and an outline for each feature{where}. Restore the file")
