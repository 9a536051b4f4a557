"""Reads the case files and reference tables into one immutable dataset, or says everything that is wrong with them.

YAML is read with the C parser and a plain reading of scalars: only true/false, null and decimal numbers are converted, so `no`, `01`, and
bare dates stay text and are refused where a number is due. Aliases are refused; a file may hold at most `SIZE_LIMIT` bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import pandas as pd
import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from data import evidence, table
from data.problems import Path as FieldPath
from data.problems import Problem, did_you_mean, explain, field_name, shown
from data.schema import Case, Domain, Metric, Model, Place, Source, Unit

FOLDER = Path(__file__).parent
SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 20

M = TypeVar("M", bound=Model)


class DatasetError(Exception):
    """The files hold errors. `problems` lists every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, eq=False)
class Dataset:
    """All cases, in the order of the document, with the reference tables by id. Immutable: one object serves every reader."""

    cases: tuple[Case, ...]
    places: Mapping[str, Place]
    domains: Mapping[str, Domain]
    units: Mapping[str, Unit]
    source: Source
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Case]:
        return MappingProxyType({case.id: case for case in self.cases})

    @cached_property
    def evidence(self) -> Mapping[tuple[str, str], evidence.Evidence]:
        """The derived evidence by (case id, metric id)."""
        return MappingProxyType({(case.id, metric.id): evidence.derive(metric, self.units) for case in self.cases for metric in case.metrics})

    @cached_property
    def table(self) -> pd.DataFrame:
        """The metrics table: one row a metric, the columns of `data.table.COLUMNS`. Shared: copy before changing."""
        return table.build(self)

    @cached_property
    def search_texts(self) -> tuple[str, ...]:
        """What a search looks through, a text a row of the table: names, subjects, places, units and phrases in both languages, folded."""
        named = ("metric", "subject", "place", "prefecture", "unit")
        columns = [f"{name}_{lang}" for name in named for lang in ("zh", "en")] + ["phrases"]
        rows = self.table[columns].fillna("").itertuples(index=False, name=None)
        return tuple(unicodedata.normalize("NFKC", " ".join(row)).casefold() for row in rows)

    def prefecture_code(self, place_id: str) -> str | None:
        """The six-digit code of the unit a place lies in; `410000` for the province, None outside."""
        place = self.places[place_id]
        if place.kind == "province":
            return place.code
        return self.places[place.prefecture].code if place.prefecture else None


def load_dataset(folder: Path = FOLDER) -> Dataset:
    """The dataset in `folder` (cases/*.yaml and reference/*.yaml). Raises DatasetError with every problem of every file."""
    dataset, problems = read_dataset(folder)
    if dataset is None:
        raise DatasetError([problem for problem in problems if problem.severity == "error"])
    return dataset


def read_dataset(folder: Path = FOLDER) -> tuple[Dataset | None, list[Problem]]:
    """The dataset, or None when any file holds an error; and all problems, warnings included, in the order of files and lines."""
    files = [File.read(path, folder) for path in sorted((folder / "cases").glob("*.yaml"))]
    reference = {name: File.read(folder / "reference" / f"{name}.yaml", folder) for name in ("source", "places", "domains", "units")}
    tables = {name: _by_id(reference[name], kind) for name, kind in (("places", Place), ("domains", Domain), ("units", Unit))}
    source = reference["source"].validated(Source)
    places_file, places = reference["places"], tables["places"]
    for index, place in enumerate(places.values()):
        if place.prefecture and place.prefecture not in places:
            places_file.report((index, "prefecture"), f'unknown place "{place.prefecture}".{did_you_mean(place.prefecture, list(places))}')
    cases: list[Case] = []
    for file in files:
        case = file.validated(Case)
        _check_references(file, tables)
        if case is not None:
            _check_case(file, case, tables)
            cases.append(case)
    _check_unique(files, cases)
    if not files:
        reference["source"].problems.append(Problem(_relative(folder / "cases", folder), 1, 1, "", "holds no case file. Add one from template.yaml"))
    problems = sorted(problem for file in (*reference.values(), *files) for problem in file.problems)
    if source is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    ordered = tuple(sorted(cases, key=lambda case: (case.year, case.number)))
    frozen = {name: MappingProxyType(table) for name, table in tables.items()}
    return Dataset(cases=ordered, source=source, warnings=tuple(problems), **frozen), problems


class _Plain(yaml.CSafeLoader):
    """YAML scalars read plainly: see the module's first lines."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"true|false", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?", list("-+0123456789")),
):
    _Plain.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), _first)


class File:
    """One YAML file: its values, where each stands, and what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: Any = None
        self.readable = False
        self.places: dict[FieldPath, tuple[int, int]] = {}
        self.problems: list[Problem] = []

    @classmethod
    def read(cls, path: Path, folder: Path) -> File:
        """Reads the file; a file that cannot be read or parsed holds its problem instead of a value."""
        file = cls(_relative(path, folder))
        try:
            size = path.stat().st_size
            if size > SIZE_LIMIT:
                file.report((), f"{size} bytes, at most {SIZE_LIMIT} are read. Is this a case file?")
                return file
            file.parse(path.read_bytes())
        except OSError as error:
            file.report((), f"cannot be read ({error.strerror}). Restore the file or its permissions")
        return file

    def parse(self, raw: bytes) -> None:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self.problems.append(Problem(self.name, line, 1, "", f"is not UTF-8 (byte {error.start}: 0x{raw[error.start]:02x}). Save the file as UTF-8"))
            return
        loader = None
        try:
            loader = _Plain(text)
            node = loader.get_single_node()
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self.problems.append(self._syntax(error))
            return
        finally:
            if loader is not None:
                loader.dispose()
        if node is None:
            self.report((), "is empty. Copy template.yaml and fill it in")
            return
        self.value = self._build(node, (), set())
        self.readable = not self.problems

    def _syntax(self, error: Exception) -> Problem:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = getattr(error, "problem", None) or str(error) or type(error).__name__
        return Problem(self.name, line, column, "", f"is not valid YAML: {shown(what)[1:-1]}. Check quotes, colons and indentation here")

    def _build(self, node: yaml.Node, path: FieldPath, seen: set[int]) -> Any:
        self.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if id(node) in seen:
            self.report(path, "is an alias (*name). Write the value out")
            return None
        seen.add(id(node))
        if len(path) > DEPTH_LIMIT:
            self.report(path[:DEPTH_LIMIT], f"is nested deeper than {DEPTH_LIMIT} levels. Check brackets and indentation")
            return None
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._build(child, (*path, index), seen) for index, child in enumerate(node.value))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, seen)
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: FieldPath, seen: set[int]) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            where = (*path, key if key is not None else "?")
            self.places.setdefault(where, (key_node.start_mark.line + 1, key_node.start_mark.column + 1))
            if key is None:
                self.report(where, "a key must be a word. Put quotes around text that begins with { or [")
            elif key in built:
                first = self.places[where][0]
                self.problems.append(
                    Problem(self.name, key_node.start_mark.line + 1, key_node.start_mark.column + 1, field_name(where), f"duplicate key, first written in line {first}. Keep one")
                )
            else:
                built[key] = self._build(value_node, where, seen)
        return built

    def _scalar(self, node: yaml.ScalarNode, path: FieldPath) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return node.value == "true"
        if kind in ("int", "float"):
            if len(node.value) > 30:
                self.report(path, f"a number of {len(node.value)} characters. Write the printed number")
                return None
            return int(node.value) if kind == "int" else float(node.value)
        if kind != "str":
            self.report(path, f'the tag "{node.tag}" is not allowed. Remove it')
        return node.value

    def report(self, path: FieldPath, message: str, severity: str = "error") -> None:
        """Adds a problem at the nearest known place of `path`."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        self.problems.append(Problem(self.name, line, column, field_name(path), message, severity))  # type: ignore[arg-type]

    def validated(self, model: type[M]) -> M | None:
        """The value as `model`; None when the file holds problems, all of which are reported."""
        if not self.readable:
            return None
        try:
            return model.model_validate(self.value)
        except ValidationError as error:
            for path, message in explain(error, known_keys(model)):
                self.report(path, message)
            return None


def known_keys(model: type[BaseModel], parent: FieldPath = ()) -> dict[FieldPath, list[str]]:
    """The keys each group of a file takes, by the path of the group without indices."""
    found: dict[FieldPath, list[str]] = {parent: list(model.model_fields)}
    for name, field in model.model_fields.items():
        for inner in _models_in(field.annotation):
            found |= known_keys(inner, (*parent, name))
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _relative(path: Path, folder: Path) -> str:
    return (Path(folder.name) / path.relative_to(folder)).as_posix()


def _by_id(file: File, kind: type[M]) -> dict[str, M]:
    """A reference table as {id: entry}; a duplicate id is a problem."""
    if not file.readable:
        return {}
    try:
        entries = TypeAdapter(tuple[kind, ...]).validate_python(file.value, strict=True)  # type: ignore[valid-type]
    except ValidationError as error:
        for path, message in explain(error, known_keys(kind)):
            file.report(path, message)
        return {}
    found: dict[str, M] = {}
    for index, entry in enumerate(entries):
        if entry.id in found:  # type: ignore[attr-defined]
            file.report((index, "id"), f'"{entry.id}" stands twice. Keep one')  # type: ignore[attr-defined]
        found.setdefault(entry.id, entry)  # type: ignore[attr-defined]
    return found


def _check_case(file: File, case: Case, tables: Mapping[str, Mapping[str, Any]]) -> None:
    stem = Path(file.name).stem
    if case.id != stem:
        file.report(("id",), f'"{case.id}" is not the file\'s name "{stem}". Write id: {stem}, or rename the file')
    if not case.id.startswith(f"{case.year}-{case.number:02d}-"):
        file.report(("id",), f'"{case.id}" does not begin with {case.year}-{case.number:02d}-. Make id, year and number agree')
    disputed = {name for conflict in case.conflicts for name in conflict.metrics}
    for index, metric in enumerate(case.metrics):
        _check_metric(file, ("metrics", index), metric, tables["units"], disputed)


def _check_references(file: File, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Ids that the case names and nobody defines, and ids defined twice; on the raw values, so that a mistake elsewhere hides none of them."""
    found = dict(_texts(file.value, ()))
    ids = {kind: [text for path, text in found.items() if path[0] == kind and path[2:] == ("id",)] for kind in ("metrics", "conflicts")}
    for path, text in found.items():
        kind = _refers_to(path)
        known = list(tables[kind]) if kind in tables else ids["metrics"]
        if kind and known and text not in known:
            file.report(path, f'unknown {kind.removesuffix("s")} "{text}".{did_you_mean(text, known)}')
    for kind, entries in ids.items():
        for index, entry in enumerate(entries):
            if entry in entries[:index]:
                file.report((kind, index, "id"), f'"{entry}" stands twice in this case. Choose another id')


def _texts(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _refers_to(path: FieldPath) -> str | None:
    """The table that the text at `path` must be an id of."""
    names = tuple(key for key in path if isinstance(key, str))
    if names[-1:] in (("places",), ("mentions",)) or names == ("metrics", "place"):
        return "places"
    if names == ("domains",):
        return "domains"
    if names[:1] == ("metrics",) and names[-1:] == ("unit",):
        return "units"
    return "metrics" if names in (("headlines",), ("conflicts", "metrics"), ("not_measured", "metric")) else None


def _check_metric(file: File, at: FieldPath, metric: Metric, units: Mapping[str, Unit], disputed: set[str]) -> None:
    if not all(unit in units for unit in (metric.unit, *(end.unit for end in (metric.before, metric.after) if end and end.unit))):
        return
    for field, message, severity in evidence.contradictions(metric, units, metric.id in disputed):
        file.report((*at, *field), message, severity)


def _check_unique(files: list[File], cases: list[Case]) -> None:
    by_name = {Path(file.name).stem: file for file in files}
    numbers: dict[tuple[int, int], str] = {}
    for case in cases:
        first = numbers.setdefault((case.year, case.number), case.id)
        if first != case.id and case.id in by_name:
            by_name[case.id].report(("number",), f"{case.number} of {case.year} is already {first}. Write the printed number")
