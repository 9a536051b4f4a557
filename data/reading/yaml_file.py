"""One YAML file: its values, their places, and everything that is wrong with it.

The C parser's events are read with plain scalars: only true, false and decimal numbers are converted, so that `no`,
`01` and bare dates remain text and are rejected where a number is expected. Empty values, aliases, tags, numbers of
more than DIGIT_LIMIT digits, files of more than SIZE_LIMIT bytes and nesting deeper than DEPTH_LIMIT are rejected.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from data.model.fields import known_keys
from data.model.problems import Fault, FieldPath, Problem, Severity, describe, escape_invisible, explain, format_path
from data.model.schema import Case, Model
from data.reading.folder import SIZE_LIMIT, content, relative

DEPTH_LIMIT = 20
DIGIT_LIMIT = 15
"""Maximum number of digits of a number: a float does not keep more of them."""
PROBLEM_LIMIT = 100
"""Maximum number of errors reported of one file."""
MESSAGE_LIMIT = 300

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_ESCAPE = "a \\ in double quotes. Put the text in single quotes, or write the \\ twice"
_SYNTAX = {
    "tab character": "a tab. Write blanks instead",
    "more behind a value": "more text behind a quote or bracket. Put the whole text in quotes, or begin a new line",
    "mapping values are not allowed": 'a second ": " in one line. Put the text in quotes',
    "block sequence entries are not allowed": "a - inside a line. Begin each entry of the list in a line of its own",
    "mapping keys are not allowed": "a text cannot begin with ?. Put the text in quotes",
    "cannot start any token": "a text cannot begin with this character. Put the text in quotes",
    "unknown escape character": _ESCAPE,
    "did not find expected hexdecimal number": _ESCAPE,
    "invalid Unicode character escape": _ESCAPE,
    "while scanning a quoted scalar": "a quoted text is not closed{since}. Write its second quote",
    "while scanning a block scalar": "a text cannot begin with | or > in the same line. Put the text in quotes",
    "while scanning a directive": "a line cannot begin with %. Remove it",
    "directive": "a line cannot begin with %. Remove it",
    "YAML document": "a line cannot begin with %. Remove it",
    "while scanning an alias": "a text cannot begin with *. Put the text in quotes",
    "while scanning an anchor": "a text cannot begin with &. Put the text in quotes",
    "while scanning a tag": "a text cannot begin with !. Put the text in quotes",
    "while parsing a tag": "a text cannot begin with !. Put the text in quotes",
    "undefined tag handle": "a text cannot begin with !. Put the text in quotes",
    "expected <document start>": "the document has ended above this line. Indent it like its neighbours, or remove it",
    "while parsing a flow node": "a value is missing, or a bracket is not closed. Write it here",
    "while parsing a flow": "a bracket is not closed{since}. Write a , between its parts and its second bracket",
    "did not find expected node content": "a value is missing. Write it here, or put the text in quotes",
    "did not find expected key": "the line is indented like no group above it. Indent it like its neighbours",
    "did not find expected '-' indicator": "the line is indented like no group above it. Indent it like its neighbours",
    "could not find expected ':'": "a key without its colon. Write key: value",
    "nested deeper": f"nested deeper than {DEPTH_LIMIT} levels. Check this line",
    "maximum nesting depth": f"nested deeper than {DEPTH_LIMIT} levels. Check this line",
}
"""What is wrong and what to write, by a part of the parser's words."""
_NOT_READ = "this line cannot be read. Check its quotes, brackets, colons and blanks, and those of the line above it"

M = TypeVar("M", bound=Model)


class File:
    """One YAML file: its values, the line and column of each value and key, and its problems.

    `readable` says that it was parsed to its end; `rejected` are the paths of values that are not allowed.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: Any = None
        self.readable = False
        self.places: dict[FieldPath, tuple[int, int]] = {}
        self.keys: dict[FieldPath, tuple[int, int]] = {}
        self.rejected: list[FieldPath] = []
        self.problems: list[Problem] = []
        self.errors = 0
        self.digest = ""

    @classmethod
    def read(cls, path: Path, folder: Path) -> File:
        """Read a file. If it cannot be read or parsed, it has a problem instead of a value."""
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
        """Parse one YAML document in UTF-8, with or without a byte order mark."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line, byte = raw[: error.start].count(b"\n") + 1, raw[error.start]
            self._problem(line, 1, f"is not UTF-8 (byte {error.start}: 0x{byte:02x}). Save the file as UTF-8")
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
            reference = Path(self.name).parent.name == "reference"
            advice = "Restore the table" if reference else "Copy template.yaml and fill it in"
            self.report((), f"is empty. {advice}")
            return
        self.value = self._build(parser, parser.get_event(), ())
        parser.get_event()
        after = parser.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            self._problem(*_place(after), "a second document begins here. Write one a file, without ---")
        else:
            self.readable = True

    def _syntax(self, error: yaml.YAMLError, text: str) -> None:
        mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        line, column = (mark.line, mark.column) if mark else (0, 0)
        found = getattr(error, "problem", None) or str(error).partition("\n")[0]
        whole = "".join(text.split("\n")[line : line + 1])
        ahead = whole[:column].strip()
        what = "tab character" if whole[column:].startswith("\t") else f"{getattr(error, 'context', '')} {found}"
        if "did not find expected key" in what and ahead:
            what = "more behind a value"
        elif "mapping values are not allowed" in what and ":" not in ahead:
            what = "did not find expected key"
        since = f" (opened in line {opened.line + 1}, column {opened.column + 1})" if opened else ""
        advice = (text.format(since=since) for part, text in _SYNTAX.items() if part in what)
        self._problem(line + 1, column + 1, f"is not valid YAML: {next(advice, _NOT_READ)}")

    def _build(self, parser: yaml.CSafeLoader, event: yaml.Event, path: FieldPath) -> Any:
        self.places[path] = _place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._reject(path, f"the alias {describe(f'*{event.anchor}')} is not allowed. Write the value out")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._reject(path, f"the tag {describe(tag)} is not allowed. Remove it")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        _limit_depth(len(path), event)
        if isinstance(event, yaml.SequenceStartEvent):
            return tuple(self._build(parser, inner, (*path, index)) for index, inner in enumerate(_inside(parser)))
        return self._mapping(parser, path)

    def _mapping(self, parser: yaml.CSafeLoader, path: FieldPath) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key in _inside(parser):
            where = (*path, key.value if isinstance(key, yaml.ScalarEvent) and key.tag is None else "?")
            if not isinstance(key, yaml.ScalarEvent) or key.tag is not None:
                message = "a key must be a plain word. Put quotes around text that begins with { [ * & or !"
                self._problem(*_place(key), message, where)
                _skip(parser, key)
                _skip(parser, parser.get_event())
            elif key.value in built:
                message = f"duplicate key, first written in line {self.keys[where][0]}. Keep one"
                self._problem(*_place(key), message, where)
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
            return self._reject(path, "is empty. Write a value, or leave the key out")
        if text in ("true", "false"):
            return text == "true"
        number = _NUMBER.fullmatch(text)
        if not number:
            return text
        digits = sum(map(str.isdigit, text))
        if digits > DIGIT_LIMIT:
            message = f"a number of {digits} digits, at most {DIGIT_LIMIT} are kept exactly. Write the printed number"
            return self._reject(path, message)
        return float(text) if number["fraction"] else int(text)

    def _reject(self, path: FieldPath, message: str) -> None:
        self.rejected.append(path)
        self.report(path, message)

    def report(self, path: FieldPath, message: str, severity: Severity = "error", at_key: bool = False) -> None:
        """Add a problem at the nearest known place of `path`."""
        if self.errors > PROBLEM_LIMIT and severity == "error" and not at_key:
            self.errors += 1
            return
        known = path
        while known and known not in self.places:
            known = known[:-1]
        field = known if isinstance(self.at(known), str) else path
        if at_key:
            self._forget(path)
        place = (self.keys.get(path) if at_key else None) or self.place(known)
        self._problem(*place, message, field, severity)

    def _forget(self, path: FieldPath) -> None:
        """Remove the problems of the value of a key that is itself wrong."""
        kept = [problem for problem in self.problems if problem.field != format_path(path)]
        self.errors -= len(self.problems) - len(kept)
        self.problems = kept

    def report_all(self, findings: Iterable[Fault]) -> None:
        """Add findings up to PROBLEM_LIMIT errors. The iterable is not consumed any further."""
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
        """The line and column of the value at `path`, (1, 1) if there is none."""
        return self.places.get(path, (1, 1))

    def at(self, path: FieldPath) -> Any:
        """The value at `path`, None if there is none."""
        value = self.value
        for key in path:
            try:
                value = value[key]
            except (LookupError, TypeError):
                return None
        return value

    @cached_property
    def texts(self) -> tuple[tuple[FieldPath, str], ...]:
        """Every text of the file and its path."""
        return tuple(_texts_in(self.value, ()))

    def validated(self, model: type[M], at: FieldPath = ()) -> M | None:
        """The value at `at` as `model`; None if it is invalid, which is reported, or the file is not readable."""
        if not self.readable:
            return None
        try:
            return model.model_validate(self.at(at))
        except ValidationError as error:
            guide = "cases/README.md" if model is Case else "the other entries here"
            found = explain(error, known_keys(model), guide)
            findings = (finding._replace(path=(*at, *finding.path)) for finding in found)
            self.report_all(finding for finding in findings if finding.at_key or not self._follows(finding.path))
            return None

    def _follows(self, path: FieldPath) -> bool:
        """Whether an error at `path` only follows from a value that was rejected already."""
        return any(path[: len(rejected)] == rejected[: len(path)] for rejected in self.rejected)


def _place(event: yaml.Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _inside(parser: yaml.CSafeLoader) -> Iterator[yaml.Event]:
    """The events of a group up to its end. The caller consumes the group that an event begins."""
    while not isinstance(event := parser.get_event(), yaml.CollectionEndEvent):
        yield event


def _skip(parser: yaml.CSafeLoader, event: yaml.Event) -> None:
    """Consume what begins with `event`."""
    depth = 0
    while depth := depth + isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent):
        _limit_depth(depth, event)
        event = parser.get_event()


def _limit_depth(depth: int, event: yaml.Event) -> None:
    """Stop at DEPTH_LIMIT: the time that the parser needs grows with the square of the depth."""
    if depth >= DEPTH_LIMIT:
        raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEPTH_LIMIT} levels", problem_mark=event.start_mark)


def _texts_in(value: Any, path: FieldPath) -> list[tuple[FieldPath, str]]:
    if isinstance(value, str):
        return [(path, value)]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    return [found for key, inner in entries for found in _texts_in(inner, (*path, key))]
