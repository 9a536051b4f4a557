"""One YAML file: its values, where each stands, and everything that is wrong with it.

YAML is read from the C parser's events with a plain reading of scalars: only true/false and decimal numbers are
converted, so `no`, `01`, and
bare dates stay text and are refused where a number is due. Empty values, aliases, tags and numbers of more than
`DIGIT_LIMIT` digits are refused,
and so is a file of more than `SIZE_LIMIT` bytes or `DEPTH_LIMIT` levels.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from data.model.problems import FieldPath, Finding, Problem, Severity, describe, escape_invisible, explain, format_path
from data.model.schema import Model
from data.reading.folder import SIZE_LIMIT, content, relative

DEPTH_LIMIT = 20
DIGIT_LIMIT = 15
"""A number of more digits would not come back from a float as it was printed."""
PROBLEM_LIMIT = 100
"""Maximum number of errors reported of one file."""
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


class File:
    """One YAML file: its values, where each stands, and what is wrong with it. `readable` once it could be parsed to
    its end.
    """

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
        file = cls(relative(path, folder))
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
            self._problem(
                raw[: error.start].count(b"\n") + 1,
                1,
                f"is not UTF-8 (byte {error.start}: 0x{raw[error.start]:02x}). Save the file as UTF-8",
            )
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
        said = next(
            (said.format(since=since) for part, said in _SYNTAX.items() if part in what), f"{found}. Check this line"
        )
        self._problem(line + 1, column + 1, f"is not valid YAML: {said}")

    def _build(self, parser: yaml.CSafeLoader, event: yaml.Event, path: FieldPath) -> Any:
        self.places[path] = _place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(path, f"the alias {describe(f'*{event.anchor}')} is not allowed. Write the value out")
        if event.tag is not None:
            self._refuse(
                path, f"the tag {describe(event.tag.replace('tag:yaml.org,2002:', '!!'))} is not allowed. Remove it"
            )
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
                self._problem(
                    *_place(key),
                    "a key must be a plain word. Put quotes around text that begins with { [ * & or !",
                    where,
                )
                _skip(parser, key)
                _skip(parser, parser.get_event())
            elif key.value in built:
                self._problem(
                    *_place(key), f"duplicate key, first written in line {self.keys[where][0]}. Keep one", where
                )
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
            return self._refuse(
                path,
                f"a number of {len(re.sub('[^0-9]', '', text))} digits, at most {DIGIT_LIMIT} are kept exactly. "
                "Write the printed number",
            )
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
        self._problem(
            *(self.keys.get(path) if at_key else None) or self.places.get(known, (1, 1)), message, field, severity
        )

    def _forget(self, path: FieldPath) -> None:
        """What was said of the value of a key that should not stand there at all."""
        kept = [problem for problem in self.problems if problem.field != format_path(path)]
        self.errors -= len(self.problems) - len(kept)
        self.problems = kept

    def report_all(self, findings: Iterable[Finding]) -> None:
        """Adds each finding, up to PROBLEM_LIMIT errors: beyond them the findings are not even sought."""
        for finding in findings if self.errors <= PROBLEM_LIMIT else ():
            self.report(*finding[:4])
            if self.errors > PROBLEM_LIMIT:
                return

    def _problem(
        self, line: int, column: int, message: str, path: FieldPath = (), severity: Severity = "error"
    ) -> None:
        self.errors += severity == "error"
        if severity == "error" and self.errors > PROBLEM_LIMIT:
            path, message = (), f"more than {PROBLEM_LIMIT} problems. Mend the others first"
        if severity == "warning" or self.errors <= PROBLEM_LIMIT + 1:
            self.problems.append(
                Problem(self.name, line, column, format_path(path), escape_invisible(message, MESSAGE_LIMIT), severity)
            )

    def place(self, path: FieldPath) -> tuple[int, int]:
        """The line and column of the value at `path`; the first where there is none."""
        return self.places.get(path, (1, 1))

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
        return texts_in(self.value, ())

    def validated(self, model: type[M], at: FieldPath = ()) -> M | None:
        """The value at `at` as `model`; None when it is none, all of which is reported, or when the file could not be
        read.
        """
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


def texts_in(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, (*path, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from texts_in(inner, (*path, index))
