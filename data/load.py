"""Reads the case files and reference tables into one dataset, or says everything that is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from data import evidence
from data.dataset import Dataset, Tables
from data.file import File, relative
from data.problems import Finding, Problem, did_you_mean, shown
from data.problems import Path as FieldPath
from data.schema import Case, Domain, Metric, Model, Place, Source, Unit

FOLDER = Path(__file__).parent


class DatasetError(Exception):
    """The files hold errors. `problems` lists every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load_dataset(folder: Path = FOLDER) -> Dataset:
    """The dataset in `folder` (cases/*.yaml and reference/*.yaml). Raises DatasetError with every problem of every file."""
    dataset, problems = read_dataset(folder)
    if dataset is None:
        raise DatasetError([problem for problem in problems if problem.severity == "error"])
    return dataset


def read_dataset(folder: Path = FOLDER) -> tuple[Dataset | None, list[Problem]]:
    """The dataset, or None when any file holds an error; and all problems, warnings included, in the order of files and lines."""
    reference = {name: File.read(folder / "reference" / f"{name}.yaml", folder) for name in ("source", "places", "domains", "units")}
    source, tables = reference["source"].validated(Source), read_tables(reference)
    files = [File.read(path, folder) for path in case_files(folder)]
    cases = [case for file in files if (case := read_case(file, tables))]
    _check_numbers(files)
    found = sorted(problem for file in (*reference.values(), *files) for problem in file.problems)
    problems = [*_check_folder(folder, bool(files)), *found]
    if source is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    ordered = tuple(sorted(cases, key=lambda case: (case.year, case.number)))
    frozen = {name: MappingProxyType(dict(entries)) for name, entries in tables.items()}
    return Dataset(cases=ordered, source=source, warnings=tuple(problems), version=_version([*reference.values(), *files]), **frozen), problems


def case_files(folder: Path) -> list[Path]:
    """The case files in order; none where they cannot be listed."""
    return [path for path in _listed(folder / "cases") if path.suffix == ".yaml"]


def _listed(folder: Path) -> list[Path]:
    """What stands in a folder. A hidden file is an editor's own: Emacs marks a case that is being edited by `.#….yaml`."""
    try:
        return sorted(folder / name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return []


def _version(files: Iterable[File]) -> str:
    """The same wherever the folder stands."""
    return sha256("".join(f"{file.name.partition('/')[2]}\0{file.digest}\0" for file in files).encode()).hexdigest()[:12]


def read_tables(reference: Mapping[str, File]) -> Tables:
    """The reference tables `places`, `domains` and `units` by id; an entry that holds a mistake keeps its id, with None. An unreadable table is empty."""
    tables = {name: _by_id(reference[name], kind) for name, kind in (("places", Place), ("domains", Domain), ("units", Unit))}
    reference["places"].report_all(_prefectures(reference["places"], tables["places"]))
    return tables


def read_case(file: File, tables: Tables) -> Case | None:
    """The case that `file` holds, checked against the tables; None when the file holds an error. A mistake in one place hides none in another."""
    case = file.validated(Case)
    if not file.readable:
        return None
    file.report_all(_references(file, tables))
    file.report_all(_repeated(file))
    file.report_all(_names(file))
    disputed = {text for path, text in file.texts() if path[:1] == ("conflicts",) and path[2:3] == ("metrics",)}
    for path, metric in _metrics(file, case):
        file.report_all(_contradictions(path, metric, tables["units"], disputed))
        file.report_all(_undated(path, metric))
    return None if file.errors else case


def _by_id(file: File, kind: type[Model]) -> dict[str, Any]:
    """A reference table as {id: entry}, with None for an entry that holds a mistake."""
    if not file.readable:
        return {}
    if not isinstance(file.value, tuple) or not file.value:
        file.report((), f"expected a list of entries, got {shown(file.value) if file.value != () else 'an empty one'}. Write - {{id: …}} in each line")
        return {}
    found: dict[str, Any] = {}
    for index in range(len(file.value)):
        name, entry = file.at((index, "id")), file.validated(kind, (index,))
        if name in found:
            file.report((index, "id"), f"{shown(name)} stands twice. Keep one")
        elif isinstance(name, str):
            found[name] = entry
    return found


def _prefectures(file: File, places: Mapping[str, Any]) -> Iterator[Finding]:
    """Places that lie in no unit of the map."""
    units = {name: name for name, place in places.items() if place is None or place.kind == "prefecture"}
    for path, text in file.texts():
        if path[1:] == ("prefecture",) and text not in units:
            yield Finding(path, f"unknown prefecture {shown(text)}.{did_you_mean(text, units, 'the places of kind prefecture')}")


def _references(file: File, tables: Tables) -> Iterator[Finding]:
    """Ids that the case names and nobody defines."""
    metrics = {text: text for path, text in file.texts() if path[:1] == ("metrics",) and path[2:] == ("id",)}
    known = {kind: _names_of(entries) for kind, entries in tables.items() if entries} | {"metrics": metrics}
    for path, text in file.texts():
        kind = _refers_to(path)
        if kind in known and text not in tables.get(kind, metrics):
            elsewhere = f"the ids of reference/{kind}.yaml" if kind in tables else "the ids of this case's metrics"
            yield Finding(path, f"unknown {kind.removesuffix('s')} {shown(text)}.{did_you_mean(text, known[kind], elsewhere)}")


def _names_of(entries: Mapping[str, Any]) -> dict[str, str]:
    """Each id under itself and under the Chinese name of what it means."""
    return {name: name for name in entries} | {entry.name.zh: name for name, entry in reversed(entries.items()) if entry}


def _refers_to(path: FieldPath) -> str:
    """The table that the text at `path` must be an id of; empty for other text."""
    names = tuple(key for key in path if isinstance(key, str))
    if names[-1:] in (("places",), ("mentions",)) or names == ("metrics", "place"):
        return "places"
    if names == ("domains",):
        return "domains"
    if names[:1] == ("metrics",) and names[-1:] == ("unit",):
        return "units"
    return "metrics" if names in (("headlines",), ("conflicts", "metrics"), ("not_measured", "metric")) else ""


def _repeated(file: File) -> Iterator[Finding]:
    """Ids defined twice in a case, and ids named twice in one list."""
    first: set[tuple[FieldPath, str]] = set()
    for path, text in file.texts():
        defined = path[:1] in (("metrics",), ("conflicts",)) and path[2:] == ("id",)
        listed = _refers_to(path) and isinstance(path[-1], int)
        group = path[:1] if defined else path[:-1]
        if (defined or listed) and (group, text) in first:
            yield Finding(path, f"{shown(text)} stands twice in this {'case. Choose another id' if defined else 'list. Keep one'}")
        elif defined or listed:
            first.add((group, text))


def _names(file: File) -> Iterator[Finding]:
    """Whether the id agrees with the file's name, the year and the number."""
    name, year, number, stem = file.at(("id",)), file.at(("year",)), file.at(("number",)), Path(file.name).stem
    if not isinstance(name, str) or any(problem.field == "id" for problem in file.problems):
        return
    if name != stem:
        yield Finding(("id",), f"{shown(name)} is not the file's name {shown(stem)}. Write id: {stem}, or rename the file")
    elif type(year) is type(number) is int and not name.startswith(f"{year}-{number:02d}-"):
        yield Finding(("id",), f"{shown(name)} does not begin with {year}-{number:02d}-. Make id, year and number agree")


def _metrics(file: File, case: Case | None) -> Iterator[tuple[FieldPath, Metric]]:
    """The sound figures of a case, which need not be sound itself."""
    if case is not None:
        yield from ((("metrics", index), metric) for index, metric in enumerate(case.metrics))
        return
    metrics = file.at(("metrics",))
    for index in range(len(metrics) if isinstance(metrics, tuple) else 0):
        try:
            yield ("metrics", index), Metric.model_validate(metrics[index])
        except ValidationError:
            continue


def _contradictions(path: FieldPath, metric: Metric, units: Mapping[str, Unit | None], disputed: set[str]) -> Iterator[Finding]:
    if all(units.get(unit) for unit in (metric.unit, *(end.unit for end in (metric.before, metric.after) if end and end.unit))):
        for field, message, severity in evidence.contradictions(metric, units, metric.id in disputed):  # type: ignore[arg-type]
            yield Finding((*path, *field), message, severity)  # type: ignore[arg-type]


def _undated(path: FieldPath, metric: Metric) -> Iterator[Finding]:
    """An outcome without any time, about which its reader is told nothing."""
    dated = any(end and end.period for end in (metric.before, metric.after))
    told = any(caveat.kind in ("undated", "conflicting") for caveat in metric.caveats)
    if metric.role == "outcome" and metric.status == "observed" and not dated and not told:
        yield Finding(path, "an observed outcome without any period. Write the period of an end, or the caveat undated", "warning")


def _check_numbers(files: list[File]) -> None:
    """Two cases with one printed number."""
    first: dict[tuple[int, int], str] = {}
    for file in files:
        year, number = file.at(("year",)), file.at(("number",))
        if type(year) is type(number) is int and first.setdefault((year, number), file.name) != file.name:
            file.report(("number",), f"case {number} of {year} is already {Path(first[year, number]).name}. Write the printed number")


def _check_folder(folder: Path, any_case: bool) -> Iterator[Problem]:
    """Case files under a name that is never read, and a folder without cases."""
    cases = folder / "cases"
    if not any_case:
        yield Problem(relative(cases, folder), 1, 1, "", _why_none(cases))
    for path in _listed(cases):
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            yield Problem(relative(path, folder), 1, 1, "", "is not read. Rename it to end in .yaml")


def _why_none(cases: Path) -> str:
    try:
        os.listdir(cases)
    except OSError as error:
        return f"cannot be read ({error.strerror}). Restore the folder or its permissions"
    return "holds no case file. Copy template.yaml there and fill it in"
