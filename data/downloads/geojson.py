"""Places as GeoJSON (RFC 7946): outlines of the 18 units of the map, points of other places, and what is there."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from data.downloads.extract import Extract
from data.model.schema import Case, Place
from data.query.dataset import GeoJson
from data.query.geography import count_metrics, locate_cases
from data.query.table import split_languages
from data.wording.labels import MAP_CREDIT


def write_places(extract: Extract) -> bytes:
    """Return a FeatureCollection with one feature a place, without a geometry if the place is not on the map.

    `cases` are the ids of the cases there and `figures` the number of metrics there; for a unit of the map, with
    those of all places in it.
    """
    outlines = {feature["id"]: feature["geometry"] for feature in extract.dataset.boundaries["features"]}
    located, counts = locate_cases(extract.selection), count_metrics(extract.selection)
    features = [_make_feature(extract, place, outlines, located, counts) for place in extract.dataset.places.values()]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "attribution": f"{MAP_CREDIT.zh} / {MAP_CREDIT.en}",
            **extract.provenance,
            "population_source": extract.dataset.population.model_dump(exclude={"residents"}),
            "features": features,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _make_feature(
    extract: Extract,
    place: Place,
    outlines: Mapping[str, GeoJson],
    located: Mapping[str | None, tuple[Case, ...]],
    counts: Mapping[str, int],
) -> dict[str, object]:
    dataset = extract.dataset
    key = place.code if place.kind == "prefecture" and place.code else place.id
    properties = {
        "code": place.code,
        **split_languages("name", place.name),
        "kind": place.kind,
        "prefecture_code": dataset.prefecture_code(place.id),
        "population": dataset.residents.get(place.code or ""),
        "cases": [case.id for case in located.get(key, ())],
        "figures": counts[key],
    }
    return {"type": "Feature", "id": place.id, "geometry": _make_geometry(place, outlines), "properties": properties}


def _make_geometry(place: Place, outlines: Mapping[str, GeoJson]) -> GeoJson | None:
    """Return the outline of a unit of the map, its rings counterclockwise as RFC 7946 demands, or the point."""
    if place.code and (outline := outlines.get(place.code)):
        polygons = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
        return {"type": "MultiPolygon", "coordinates": [[ring[::-1] for ring in polygon] for polygon in polygons]}
    return None if place.lon is None else {"type": "Point", "coordinates": [place.lon, place.lat]}
