"""What one file must be beyond its shape: its names exist, its id is the file's, its figures do not contradict
themselves. A mistake in one place hides none in another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from data.model.numerals import MULTIPLIERS, proper_names
from data.model.problems import Fault, FieldPath, describe, suggest
from data.model.rules import CaseView, MetricView, check_case
from data.model.schema import Case, Document, Domain, Metric, Model, Place, Population, Unit
from data.reading.yaml_file import PROBLEM_LIMIT, File

M = TypeVar("M", bound=Model)
STAND_INS: Mapping[str, Any] = {
    "id": "unknown", "name": {"zh": "？", "en": "?"}, "place": "", "role": "context", "unit": "", "better": "neutral",
    "phrases": ({"text": "？", "en": "?"},), "section": {"zh": "？", "en": "?"},
}  # fmt: skip
"""What stands in for a faulty required field of a metric, so that its other fields can be checked."""

EXAMPLES = {
    "units": "{id: tonne, name: {zh: 吨, en: tonnes}, one: tonne, dimension: mass, factor: 1000}",
    "places": "{id: linzhou, code: '410581', name: {zh: 林州市, en: Linzhou}, kind: county, prefecture: anyang}",
}
"""An entry of each table that a curator may extend."""

Entries = Mapping[str, Mapping[str, Any]]
"""The tables places, domains and units by the ids of their entries; None is an entry that holds a mistake."""


def read_tables(reference: Mapping[str, File]) -> Entries:
    """The reference tables `places`, `domains` and `units` by id; an entry that holds a mistake keeps its id, with
    None. An unreadable table is empty.
    """
    tables = {
        name: _by_id(reference[name], kind) for name, kind in (("places", Place), ("domains", Domain), ("units", Unit))
    }
    reference["places"].report_all(_prefectures(reference["places"], tables["places"]))
    reference["units"].report_all(_scales(reference["units"], tables["units"]))
    return tables


def map_codes(entries: Entries) -> set[str]:
    """The six-digit codes of the units of the map."""
    return {place.code for place in entries["places"].values() if place and place.kind == "prefecture" and place.code}


def read_population(reference: Mapping[str, File], entries: Entries) -> Population | None:
    """The residents of the units of the map; None where the table holds an error.

    The codes are compared with those of the places as long as no entry of these holds a mistake.
    """
    file, codes = reference["population"], map_codes(entries)
    population = file.validated(Population)
    if not reference["places"].errors:
        file.report_all(_population_codes(file, codes))
    return None if file.errors else population


def _population_codes(file: File, codes: Set[str]) -> Iterator[Fault]:
    """Units of the map without residents, and codes that are none of a unit of the map."""
    residents = file.at(("residents",))
    if not isinstance(residents, Mapping):
        return
    left = ", ".join(sorted(codes - residents.keys()))
    unknown = [code for code in residents if code not in codes]
    for code in unknown:
        advice = f"Still without a number: {left}" if left else "Remove it"
        yield Fault(("residents", code), f"unknown unit of the map {describe(code)}. {advice}", at_key=True)
    if left and not unknown:
        yield Fault(("residents",), f"has no number of {left}. Add the residents of each unit of the map")


def read_case(file: File, tables: Entries, source: Document | None) -> Case | None:
    """Read a case and check it against the tables and the rules; None when the file holds an error.

    `source` is the dataset's own document, None where it could not be read. A mistake in one place hides none in
    another.
    """
    case = file.validated(Case)
    if not file.readable:
        return None
    file.report_all(_references(file, tables))
    file.report_all(_repeated(file))
    file.report_all(_names(file))
    if file.errors <= PROBLEM_LIMIT:
        file.report_all(check_case(_view(file, case, tables, source)))
    return None if file.errors else case


def _by_id(file: File, kind: type[Model]) -> dict[str, Any]:
    """A reference table as {id: entry}, with None for an entry that holds a mistake."""
    if not file.readable:
        return {}
    if not isinstance(file.value, tuple) or not file.value:
        file.report(
            (),
            f"expected a list of entries, got {describe(file.value) if file.value != () else 'an empty one'}. "
            "Write - {id: …} in each line",
        )
        return {}
    found: dict[str, Any] = {}
    for index in range(len(file.value)):
        name, entry = file.at((index, "id")), file.validated(kind, (index,))
        if isinstance(name, str) and name in found:
            file.report((index, "id"), f"{describe(name)} stands twice. Keep one")
        elif isinstance(name, str):
            found[name] = entry
    return found


def _prefectures(file: File, places: Mapping[str, Any]) -> Iterator[Fault]:
    """Places that lie in no unit of the map."""
    units = {name: name for name, place in places.items() if place is None or place.kind == "prefecture"}
    for path, text in file.texts:
        if path[1:] == ("prefecture",) and text not in units:
            yield Fault(
                path, f"unknown prefecture {describe(text)}.{suggest(text, units, 'the places of kind prefecture')}"
            )


def _scales(file: File, units: Mapping[str, Any]) -> Iterator[Fault]:
    """Units whose scale is not the multiplier of their Chinese name."""
    for path, text in file.texts:
        unit = units.get(text) if path[1:] == ("id",) else None
        said = math.prod(MULTIPLIERS[character] for character in unit.multiplier) if unit else 1
        if unit and unit.scale != said:
            begins = f"begins with {unit.multiplier}" if unit.multiplier else "begins with no multiplier"
            found = f"the scale is {unit.scale:.15g}" if "scale" in unit.model_fields_set else "there is no scale"
            advice = f"Write scale: {said:.0f}" if unit.multiplier else "Remove scale, or write the name as in 万元"
            message = f"the name {describe(unit.name.zh)} {begins}, but {found}. {advice}"
            yield Fault((path[0], "scale"), message)


def _references(file: File, tables: Entries) -> Iterator[Fault]:
    """Ids that the case names and nobody defines."""
    metrics = {text: text for path, text in file.texts if path[:1] == ("metrics",) and path[2:] == ("id",)}
    known: Entries = {kind: entries for kind, entries in tables.items() if entries} | {"metrics": metrics}
    for path, text in file.texts:
        kind = _refers_to(path)
        if kind in known and text not in known[kind]:
            names = _names_of(tables[kind]) if kind in tables else metrics
            elsewhere = f"the ids of reference/{kind}.yaml" if kind in tables else "the ids of this case's metrics"
            advice = suggest(text, names, elsewhere)
            if kind in EXAMPLES:
                joined = " If not," if advice.endswith("?") else ", or"
                advice += f"{joined} add a line to reference/{kind}.yaml, as in - {EXAMPLES[kind]}"
            yield Fault(path, f"unknown {kind.removesuffix('s')} {describe(text)}.{advice}")


def _names_of(entries: Mapping[str, Any]) -> dict[str, str]:
    """Each id under itself and under the Chinese name of what it means."""
    return {name: name for name in entries} | {
        entry.name.zh: name for name, entry in reversed(list(entries.items())) if entry
    }


_REFERRING = frozenset({"places", "mentions", "place", "domains", "unit", "headlines", "metrics", "metric"})
"""The keys of all references, and of little else."""


def _refers_to(path: FieldPath) -> str:
    """The table that the text at `path` must be an id of; empty for other text."""
    if path and isinstance(path[-1], str) and path[-1] not in _REFERRING:
        return ""
    names = tuple(key for key in path if isinstance(key, str))
    if names[-1:] in (("places",), ("mentions",)) or names == ("metrics", "place"):
        return "places"
    if names == ("domains",):
        return "domains"
    if names[:1] == ("metrics",) and names[-1:] == ("unit",):
        return "units"
    return "metrics" if names in (("headlines",), ("conflicts", "metrics"), ("not_measured", "metric")) else ""


def _repeated(file: File) -> Iterator[Fault]:
    """Ids defined twice in a case, and ids named twice in one list."""
    first: set[tuple[FieldPath, str]] = set()
    for path, text in file.texts:
        defined = path[2:] == ("id",) and path[0] in ("metrics", "conflicts")
        listed = path and isinstance(path[-1], int) and _refers_to(path)
        group = path[:1] if defined else path[:-1]
        if (defined or listed) and (group, text) in first:
            yield Fault(
                path,
                f"{describe(text)} stands twice in this {'case. Choose another id' if defined else 'list. Keep one'}",
            )
        elif defined or listed:
            first.add((group, text))


def _names(file: File) -> Iterator[Fault]:
    """Whether the id agrees with the file's name, the year and the number."""
    name, year, number, stem = file.at(("id",)), file.at(("year",)), file.at(("number",)), Path(file.name).stem
    if not isinstance(name, str) or any(problem.field == "id" for problem in file.problems):
        return
    if name != stem:
        yield Fault(
            ("id",), f"{describe(name)} is not the file's name {describe(stem)}. Write id: {stem}, or rename the file"
        )
    elif type(year) is type(number) is int and not name.startswith(f"{year}-{number:02d}-"):
        yield Fault(
            ("id",), f"{describe(name)} does not begin with {year}-{number:02d}-. Make id, year and number agree"
        )


def _view(file: File, case: Case | None, tables: Entries, source: Document | None) -> CaseView:
    """What the rules are given of a file, which need not be sound."""
    own = file.at(("source",))
    return CaseView(
        case=case,
        metrics=tuple(_metric_views(file, case)),
        value=file.at,
        texts=file.texts,
        units=tables["units"],
        places=tables["places"],
        names=proper_names(frozenset(place.name.zh for place in tables["places"].values() if place)),
        source=source if own is None else case.source if case else None,
    )


def _metric_views(file: File, case: Case | None) -> Iterator[MetricView]:
    """The metrics of a case that can be read, each faulty field of them replaced by a stand-in."""
    if case:
        yield from (MetricView(("metrics", position), metric) for position, metric in enumerate(case.metrics))
        return
    metrics = file.at(("metrics",))
    for position in range(len(metrics) if isinstance(metrics, tuple) else 0):
        metric, mended = mend(Metric, metrics[position], STAND_INS)
        if metric:
            yield MetricView(("metrics", position), metric, mended)


def mend(model: type[M], value: Any, stand_ins: Mapping[str, Any]) -> tuple[M | None, frozenset[str]]:
    """Read a value whose faulty fields are left out or, if they are required, replaced by a stand-in.

    Returns the names of these fields too; None where the fault is no field's alone.
    """
    mended: frozenset[str] = frozenset()
    while True:
        try:
            return model.model_validate(value), mended
        except ValidationError as error:
            wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
        if not wrong or wrong & mended or not isinstance(value, Mapping):
            return None, mended
        mended |= {str(name) for name in wrong}
        value = {name: part for name, part in value.items() if name not in wrong}
        value |= {name: stand_in for name, stand_in in stand_ins.items() if name in wrong}
