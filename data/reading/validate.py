"""What the files must be: their shape, ids that somebody defines, the rules, the outlines of the map, and no copies.

A mistake in one place hides none in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import orjson
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from data.model.problems import FieldPath, Rejected, describe, format_path
from data.model.schema import (
    Case,
    Document,
    Domain,
    Event,
    Lang,
    Metric,
    Model,
    NotMeasured,
    Place,
    PlaceKind,
    Population,
    Unit,
)
from data.query.dataset import GeoJson
from data.reading.yaml_file import File
from data.rules import check_case

PARTS: Mapping[str, type[Model]] = {"metrics": Metric, "events": Event, "not_measured": NotMeasured}
"""What the rules do without where its shape is faulty: the rest of the case can be judged."""
PLACE_IS_KNOWN_BY: tuple[FieldPath, ...] = (("id",), ("code",), ("name", "zh"), ("name", "en"))
TEXTS = ("summary", "problem", "actions", "result")
"""The texts that no two cases have in common; nor have they a metric, or a title in either language."""
Entries = Mapping[str, Mapping[str, Any]]
"""The tables places, domains and units by the ids of their entries; None is an entry that holds a mistake."""


def read_tables(reference: Mapping[str, File]) -> Entries:
    """The reference tables `places`, `domains` and `units` by id; an entry that holds a mistake keeps its id, with
    None. An unreadable table is empty.
    """
    places, others = reference["places"], {*get_args(PlaceKind)} - {"prefecture"}
    ids = [(path[0], text) for path, text in places.texts if path[1:] == ("id",)]
    kinds = {entry: str(places.values.get((entry, "kind"))) for entry, _ in ids}
    units = {text: text for entry, text in ids if kinds[entry] not in others}
    return {
        "places": _by_id(places, Place, {"prefectures": units}, PLACE_IS_KNOWN_BY),
        "domains": _by_id(reference["domains"], Domain),
        "units": _by_id(reference["units"], Unit),
    }


def map_codes(entries: Entries) -> set[str]:
    """The six-digit codes of the units of the map."""
    return {place.code for place in entries["places"].values() if place and place.kind == "prefecture" and place.code}


def read_population(reference: Mapping[str, File], entries: Entries) -> Population | None:
    """The residents of the units of the map; None where the table holds an error.

    The codes are compared with those of the places as long as no entry of these holds a mistake.
    """
    file, codes = reference["population"], map_codes(entries)
    population, residents = file.validated(Population), file.values.get(("residents",))
    if isinstance(residents, dict) and not reference["places"].errors:
        left, unknown = ", ".join(sorted(codes - residents.keys())), [code for code in residents if code not in codes]
        advice = f"Still without a number: {left}" if left else "Remove it"
        for path in (("residents", code) for code in unknown):
            file.report(path, f"unknown unit of the map {describe(path[1])}. {advice}", file.keys[path])
        if left and not unknown:
            file.report(("residents",), f"has no number of {left}. Add the residents of each unit of the map")
    return None if file.errors else population


def _by_id(
    file: File, kind: type[Model], context: Mapping[str, Any] | None = None, unique: Collection[FieldPath] = (("id",),)
) -> dict[str, Any]:
    """A reference table as {id: entry}, with None for an entry that holds a mistake.

    No two entries have one of their `unique` fields in common.
    """
    table: dict[str, Any] = {}
    entries = file.value if isinstance(file.value, tuple) else ()
    if isinstance(file.value, Rejected):
        file.report((), file.value.message)
    elif file.value is not None and not entries:
        found = "an empty one" if file.value == () else describe(file.value)
        file.report((), f"expected a list of entries, got {found}. Write - {{id: …}} in each line")
    for index in range(len(entries)):
        entry, name = file.validated(kind, (index,), context), file.values.get((index, "id"))
        if isinstance(name, str):
            table.setdefault(name, entry)
    seen = set[tuple[FieldPath, str]]()
    for path, text in file.texts:
        if path[1:] in unique and (path[1:], text) in seen:
            file.report(path, f"{describe(text)} stands twice. Keep one")
        seen.add((path[1:], text))
    return table


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


def read_boundaries(content: bytes | str, codes: Collection[str]) -> tuple[GeoJson, str]:
    """The GeoJSON of the units with these codes as it stands in a file, and what is wrong with it or nothing.

    `content` is what the file holds or, as text, what is wrong with it.
    """
    if isinstance(content, str):
        return {}, content
    try:
        found: GeoJson = orjson.loads(content)
        outlined = {each.id for each in FeatureCollection.model_validate(found).features if each.geometry.coordinates}
        left = ", ".join(sorted({*codes} - outlined))
        return found, f"has no outline of {left}. Add it" if left else ""
    except ValueError as error:
        place = error.errors(include_url=False)[0]["loc"] if isinstance(error, ValidationError) else ()
        field = format_path(tuple(key for key in place if key not in ("Polygon", "MultiPolygon")))
        where = f" (see {field})" if field else ""
        return {}, f"is not GeoJSON with an id and an outline for each feature{where}. Restore the file"


def read_case(file: File, tables: Entries, source: Document | None) -> Case | None:
    """Read a case and check it against the tables and the rules; None when the file holds an error.

    `source` is the dataset's own document, None where it could not be read. The rules see what is sound: no part of
    faulty shape, none that refers to an entry of a table that holds a mistake, and no case whose own fields are wrong.
    """
    year, number = file.values.get(("year",)), file.values.get(("number",))
    context: dict[str, Any] = {name: _words_for(entries) for name, entries in tables.items() if entries}
    context["metrics"] = {text: text for path, text in file.texts if path[:1] + path[2:] == ("metrics", "id")}
    context["stem"] = Path(file.name).stem
    context["begin"] = f"{year}-{number:02d}-" if type(year) is type(number) is int else ""
    case = file.validated(Case, context=context)
    known = {name: {key: entry for key, entry in entries.items() if entry} for name, entries in tables.items()}
    context |= {name: _words_for(entries) for name, entries in known.items()}
    sound, kept = (case, {}) if case and all(known.values()) and known == tables else _sound_part(file, context)
    document = sound and (sound.source or source)
    if sound and document:
        found = check_case(sound, known["units"], known["places"], document, whole=sound is case)
        file.report_all(fault._replace(path=_original(fault.path, kept)) for fault in found)
    return None if file.errors else case


def _sound_part(file: File, context: Mapping[str, Any]) -> tuple[Case | None, Mapping[str, Sequence[int]]]:
    """The case without the metrics, events and numerals of faulty shape; and the positions of those that are kept.

    None where its own fields are wrong as well.
    """
    if not isinstance(file.value, dict):
        return None, {}
    kept: dict[str, list[int]] = {}
    value = dict(file.value)
    for name, model in PARTS.items():
        parts = value.get(name)
        if isinstance(parts, tuple):
            kept[name] = [at for at in range(len(parts)) if file.validated(model, (name, at), context, silent=True)]
            value[name] = tuple(parts[at] for at in kept[name])
    try:
        return Case.model_validate(value, context=context), kept
    except ValidationError:
        return None, kept


def _original(path: FieldPath, kept: Mapping[str, Sequence[int]]) -> FieldPath:
    """The path in the file of a path in its sound part."""
    match path:
        case (str() as name, int() as at, *rest) if name in kept:
            return name, kept[name][at], *rest
    return path


def _words_for(entries: Mapping[str, Any]) -> dict[str, str]:
    """Each id of a table under itself and under the Chinese name of what it means."""
    ids = {name: name for name in entries}
    return ids | {entries[name].name.zh: name for name in reversed(ids) if entries[name]} | ids


def hash_parts(file: File) -> dict[str, str]:
    """The hashes of the texts of a case, and of each of its metrics without its id, with what each is the hash of."""
    metrics = file.values.get(("metrics",))
    own = [{**each, "id": ""} for each in metrics if isinstance(each, dict)] if isinstance(metrics, tuple) else []
    parts: list[tuple[str, Any]] = [(name, file.values.get((name,))) for name in TEXTS]
    parts += [("title", file.values.get(("title", lang))) for lang in get_args(Lang)]
    parts += [("figure", each) for each in own]
    written = ((what, orjson.dumps(part, repr, orjson.OPT_SORT_KEYS)) for what, part in parts if part)
    return {sha256(text).hexdigest()[:16]: what for what, text in written}


def find_copies(parts: Iterable[Mapping[str, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the position of each case with parts of an earlier one, the position of that one, and what they are.

    `parts` are what `hash_parts` gave for each case.
    """
    first: dict[str, int] = {}
    for copy, hashes in enumerate(parts):
        owners = [(first.setdefault(found, copy), what) for found, what in hashes.items()]
        for original in sorted({owner for owner, _ in owners} - {copy}):
            told = [what for owner, what in owners if owner == original]
            figures = told.count("figure")
            counted = [f"{figures} figure{'s' * (figures != 1)}"] if figures else []
            yield copy, original, ", ".join([*(what for what in ("title", *TEXTS) if what in told), *counted])
