"""Reads the case files and reference tables into one immutable dataset, or says everything that is wrong with them.

YAML is read from the C parser's events with a plain reading of scalars: only true/false and decimal numbers are converted, so `no`, `01`, and
bare dates stay text and are refused where a number is due. Empty values, aliases, tags and numbers of more than `DIGIT_LIMIT` digits are refused,
and so is a file of more than `SIZE_LIMIT` bytes or `DEPTH_LIMIT` levels.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import pandas as pd
import yaml
from pydantic import BaseModel, ValidationError

from data import evidence, table
from data.problems import Finding, Problem, Severity, did_you_mean, explain, field_name, shown, visible
from data.problems import Path as FieldPath
from data.schema import Case, Domain, Metric, Model, Place, Source, Unit

FOLDER = Path(__file__).parent
SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 20
DIGIT_LIMIT = 15
"""A number of more digits would not come back from a float as it was printed."""
PROBLEM_LIMIT = 100
"""So many errors of one file are told; the rest shows when these are mended."""
MESSAGE_LIMIT = 300

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_SYNTAX = {
    "tab character": "a tab. Write blanks instead",
    "mapping values are not allowed": 'a second ": " in one line. Put the text in quotes',
    "cannot start any token": "a text cannot begin with this character. Put the text in quotes",
    "while scanning a quoted scalar": "a quoted text is not closed{since}. Write its second quote",
    "while parsing a flow node": "a value is missing, or a bracket is not closed. Write it here",
    "while parsing a flow": "a bracket is not closed{since}. Write a , between its parts and its second bracket",
    "did not find expected key": "the line is indented like no group above it. Indent it like its neighbours",
    "did not find expected '-' indicator": "the line is indented like no group above it. Indent it like its neighbours",
    "could not find expected ':'": "a key without its colon. Write key: value",
}

M = TypeVar("M", bound=Model)
Tables = Mapping[str, Mapping[str, Any]]


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
    version: str = ""
    """Twelve digits that differ when the content of any file differs."""

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


class File:
    """One YAML file: its values, where each stands, and what is wrong with it. `readable` once it could be parsed to its end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: Any = None
        self.readable = False
        self.places: dict[FieldPath, tuple[int, int]] = {}
        self.keys: dict[FieldPath, tuple[int, int]] = {}
        self.refused: list[FieldPath] = []
        self.problems: list[Problem] = []
        self.errors = 0
        self.digest = ""

    @classmethod
    def read(cls, path: Path, folder: Path) -> File:
        """Reads the file; a file that cannot be read or parsed holds its problem instead of a value."""
        file = cls(_relative(path, folder))
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                file.report((), "is a folder or a device. Only files may be named .yaml here")
            elif status.st_size > SIZE_LIMIT:
                file.report((), f"{status.st_size} bytes, at most {SIZE_LIMIT} are read. Is this a case file?")
            else:
                raw = content(path)
                file.digest = sha256(raw).hexdigest()
                file.parse(raw)
        except OSError as error:
            file.report((), f"cannot be read ({error.strerror}). Restore the file or its permissions")
        return file

    def parse(self, raw: bytes) -> None:
        """Reads one YAML document from UTF-8 bytes, with or without a byte order mark."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._problem(raw[: error.start].count(b"\n") + 1, 1, f"is not UTF-8 (byte {error.start}: 0x{raw[error.start]:02x}). Save the file as UTF-8")
            return
        if hidden := _UNPRINTABLE.search(text):
            line, column = text.count("\n", 0, hidden.start()) + 1, hidden.start() - text.rfind("\n", 0, hidden.start())
            self._problem(line, column, f"holds the control character U+{ord(hidden[0]):04X}. Remove it")
            return
        parser = yaml.CSafeLoader(text)
        try:
            self._document(parser)
        except yaml.YAMLError as error:
            self._syntax(error, text)
        finally:
            parser.dispose()

    def _document(self, parser: yaml.CSafeLoader) -> None:
        parser.get_event()
        if isinstance(parser.get_event(), yaml.StreamEndEvent):
            self.report((), "is empty. Copy template.yaml and fill it in")
            return
        self.value = self._build(parser, parser.get_event(), ())
        parser.get_event()
        after = parser.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            self._problem(*_place(after), "a second document begins here. Write one case a file, without ---")
        self.readable = True

    def _syntax(self, error: yaml.YAMLError, text: str) -> None:
        mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        line, column = (mark.line, mark.column) if mark else (0, 0)
        found = getattr(error, "problem", None) or str(error).partition("\n")[0]
        at_tab = "".join(text.split("\n")[line : line + 1])[column:].startswith("\t")
        what = "tab character" if at_tab else f"{getattr(error, 'context', '')} {found}"
        since = f" (opened in line {opened.line + 1}, column {opened.column + 1})" if opened else ""
        said = next((said.format(since=since) for part, said in _SYNTAX.items() if part in what), f"{found}. Check this line")
        self._problem(line + 1, column + 1, f"is not valid YAML: {said}")

    def _build(self, parser: yaml.CSafeLoader, event: yaml.Event, path: FieldPath) -> Any:
        self.places[path] = _place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(path, f"the alias {shown(f'*{event.anchor}')} is not allowed. Write the value out")
        if event.tag is not None:
            self._refuse(path, f"the tag {shown(event.tag.replace('tag:yaml.org,2002:', '!!'))} is not allowed. Remove it")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        _limit_depth(len(path), event)
        if isinstance(event, yaml.SequenceStartEvent):
            return tuple(self._build(parser, inner, (*path, index)) for index, inner in enumerate(_inside(parser)))
        return self._mapping(parser, path)

    def _mapping(self, parser: yaml.CSafeLoader, path: FieldPath) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key in _inside(parser):
            word = isinstance(key, yaml.ScalarEvent) and key.tag is None
            where = (*path, key.value if word else "?")
            if not word:
                self._problem(*_place(key), "a key must be a plain word. Put quotes around text that begins with { [ * & or !", where)
                _skip(parser, key)
                _skip(parser, parser.get_event())
            elif key.value in built:
                self._problem(*_place(key), f"duplicate key, first written in line {self.keys[where][0]}. Keep one", where)
                _skip(parser, parser.get_event())
            else:
                self.keys[where] = _place(key)
                built[key.value] = self._build(parser, parser.get_event(), where)
        return built

    def _scalar(self, event: yaml.ScalarEvent, path: FieldPath) -> Any:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in ("", "~", "null"):
            return self._refuse(path, "is empty. Write a value, or leave the key out")
        if text in ("true", "false"):
            return text == "true"
        number = _NUMBER.fullmatch(text)
        if number and len(re.sub("[^0-9]", "", text)) > DIGIT_LIMIT:
            return self._refuse(path, f"a number of {len(re.sub('[^0-9]', '', text))} digits, at most {DIGIT_LIMIT} are kept exactly. Write the printed number")
        if number:
            return float(text) if number["fraction"] else int(text)
        return text

    def _refuse(self, path: FieldPath, message: str) -> None:
        self.refused.append(path)
        self.report(path, message)

    def report(self, path: FieldPath, message: str, severity: Severity = "error", at_key: bool = False) -> None:
        """Adds a problem at the nearest known place of `path`."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        field = known if isinstance(self.at(known), str) else path
        if at_key:
            self._forget(path)
        self._problem(*(self.keys.get(path) if at_key else None) or self.places.get(known, (1, 1)), message, field, severity)

    def _forget(self, path: FieldPath) -> None:
        """What was said of the value of a key that should not stand there at all."""
        kept = [problem for problem in self.problems if problem.field != field_name(path)]
        self.errors -= len(self.problems) - len(kept)
        self.problems = kept

    def report_all(self, findings: Iterable[Finding]) -> None:
        """Adds each finding, up to PROBLEM_LIMIT errors: beyond them the findings are not even sought."""
        for finding in findings if self.errors <= PROBLEM_LIMIT else ():
            self.report(*finding)
            if self.errors > PROBLEM_LIMIT:
                return

    def _problem(self, line: int, column: int, message: str, path: FieldPath = (), severity: Severity = "error") -> None:
        self.errors += severity == "error"
        if severity == "error" and self.errors > PROBLEM_LIMIT:
            path, message = (), f"more than {PROBLEM_LIMIT} problems. Mend the others first"
        if severity == "warning" or self.errors <= PROBLEM_LIMIT + 1:
            self.problems.append(Problem(self.name, line, column, field_name(path), visible(message, MESSAGE_LIMIT), severity))

    def at(self, path: FieldPath) -> Any:
        """The value at `path`, None where there is none."""
        value = self.value
        for key in path:
            try:
                value = value[key]
            except (LookupError, TypeError):
                return None
        return value

    def texts(self) -> Iterator[tuple[FieldPath, str]]:
        """Every text of the file and its path."""
        return _texts(self.value, ())

    def validated(self, model: type[M], at: FieldPath = ()) -> M | None:
        """The value at `at` as `model`; None when it is none, all of which is reported, or when the file could not be read."""
        if not self.readable:
            return None
        try:
            return model.model_validate(self.at(at))
        except ValidationError as error:
            findings = (finding._replace(path=(*at, *finding.path)) for finding in explain(error, known_keys(model)))
            self.report_all(finding for finding in findings if finding.at_key or not self._follows(finding.path))
            return None

    def _follows(self, path: FieldPath) -> bool:
        """Whether a mistake at `path` only follows from a value that was refused already."""
        return any(path[: len(refused)] == refused[: len(path)] for refused in self.refused)


def content(path: Path) -> bytes:
    """What a file holds. Neither a pipe that has just taken its place makes it wait, nor a file that has just grown makes it read without end."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as stream:
        return stream.read(SIZE_LIMIT + 1) or b""


def _place(event: yaml.Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _inside(parser: yaml.CSafeLoader) -> Iterator[yaml.Event]:
    """The events of a group up to its end; whoever takes one that begins a group consumes that group."""
    while not isinstance(event := parser.get_event(), yaml.CollectionEndEvent):
        yield event


def _skip(parser: yaml.CSafeLoader, event: yaml.Event) -> None:
    """Consumes what begins with `event`."""
    depth = 0
    while depth := depth + isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent):
        _limit_depth(depth, event)
        event = parser.get_event()


def _limit_depth(depth: int, event: yaml.Event) -> None:
    """The parser needs time that grows with the square of the depth: it is never led further."""
    if depth >= DEPTH_LIMIT:
        raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEPTH_LIMIT} levels", problem_mark=event.start_mark)


@cache
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


def _texts(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


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
        yield Problem(_relative(cases, folder), 1, 1, "", _why_none(cases))
    for path in _listed(cases):
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            yield Problem(_relative(path, folder), 1, 1, "", "is not read. Rename it to end in .yaml")


def _why_none(cases: Path) -> str:
    try:
        os.listdir(cases)
    except OSError as error:
        return f"cannot be read ({error.strerror}). Restore the folder or its permissions"
    return "holds no case file. Copy template.yaml there and fill it in"
