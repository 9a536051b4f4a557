"""The outlines of the units of the map: GeoJSON in which the id of a feature is its unit's six-digit code."""

from __future__ import annotations

from collections.abc import Collection
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
    found: GeoJson = {}
    try:
        raw = content(path)
        found = orjson.loads(raw if len(raw) <= SIZE_LIMIT else b"")
        outlined = {each.id for each in FeatureCollection.model_validate(found).features if each.geometry.coordinates}
        left = ", ".join(sorted({*codes} - outlined))
        message = f"has no outline of {left}. Add it" if left else ""
    except OSError as error:
        message = f"cannot be read ({error.strerror}). Restore the file or its permissions"
    except ValueError as error:
        place = error.errors(include_url=False)[0]["loc"] if isinstance(error, ValidationError) else ()
        where = format_path(tuple(key for key in place if key not in ("Polygon", "MultiPolygon")))
        found, see = {}, f" (see {where})" if where else ""
        message = f"is not GeoJSON with an id and an outline for each feature{see}. Restore the file"
        if len(raw) > SIZE_LIMIT:
            message = f"has more than {SIZE_LIMIT} bytes. Simplify the outlines"
    return found, [Problem(relative(path, folder), 1, 1, "", message)] if message else []
