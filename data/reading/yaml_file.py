"""One YAML file: its values, their places, and everything that is wrong with it.

Scalars are plain: only true, false and decimal numbers are converted, so that `no`, `01` and bare dates remain text and
are rejected where a number is expected. Empty values, aliases, tags, numbers of more than DIGIT_LIMIT digits and
nesting deeper than DEPTH_LIMIT are rejected.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from hashlib import sha256
from itertools import islice
from operator import getitem
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from data.model.explain import explain, find_gaps
from data.model.problems import Fault, FieldPath, Problem, Rejected, describe, escape_invisible, format_path
from data.model.schema import Case, Model

DEPTH_LIMIT = 20
DIGIT_LIMIT = 15
"""Maximum number of digits of a number: a float does not keep more of them."""
PROBLEM_LIMIT = 100
"""Maximum number of errors reported of one file."""
MESSAGE_LIMIT = 300

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_ALIAS = "\ufdd0"
"""What the parser is given for the star of an alias, which it would replace: Unicode keeps it for such a use."""
_SYNTAX: dict[str, str] = yaml.load(Path(__file__).with_name("syntax.yaml").read_bytes(), yaml.CSafeLoader)
"""What to tell a curator, by a pattern of the parser's words."""

M = TypeVar("M", bound=Model)
Place = tuple[int, int]
"""A line and a column, from 1."""


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """Composes nodes whose tag is empty unless one is written."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


class File:
    """One YAML file: its values, the line and column of each value and key by its path, and its problems.

    `value` is all of it, None where it cannot be read; in it a Rejected stands for each value that is not allowed.
    `values` are the others by their paths, and `texts` those of them that are text.
    """

    def __init__(self, name: str, content: bytes | str) -> None:
        """`content` is what the file holds or, as text, what is wrong with it."""
        self.name = name
        self.value: Any = None
        self.values: dict[FieldPath, Any] = {}
        self.texts: list[tuple[FieldPath, str]] = []
        self.places: dict[FieldPath, Place] = {(): (1, 1)}
        self.keys: dict[FieldPath, Place] = {}
        self.problems: list[Problem] = []
        self.errors = 0
        self.digest = sha256(content).hexdigest() if isinstance(content, bytes) else ""
        if isinstance(content, bytes):
            self._parse(content)
        else:
            self.report((), content)

    def _parse(self, raw: bytes) -> None:
        """Parse one YAML document in UTF-8, with or without a byte order mark."""
        try:
            text = raw.decode("utf-8-sig")
            if hidden := _UNPRINTABLE.search(text):
                message = f"holds the control character U+{ord(hidden[0]):04X}. Remove it"
                before = text[: hidden.start()].split("\n")
                self.report((), message, (len(before), len(before[-1]) + 1))
            elif root := yaml.compose(_mark_aliases(text), _Loader):
                self.value = self._build(root, ())
            else:
                advice = "Restore the table" if "/reference/" in self.name else "Copy template.yaml and fill it in"
                self.report((), f"is empty. {advice}")
        except UnicodeDecodeError as error:
            message = f"is not UTF-8 (byte {error.start}: 0x{raw[error.start]:02x}). Save the file as UTF-8"
            self.report((), message, (raw.count(b"\n", 0, error.start) + 1, 1))
        except yaml.YAMLError as error:
            unfinished = "could not find expected ':'" in str(error)
            mark = getattr(error, "context_mark" if unfinished else "problem_mark", None)
            line, column = (mark.line, mark.column) if mark else (0, 0)
            lines = ["", *text.splitlines(), "", ""]
            message = _explain_syntax(error, lines[line + 1], column, lines[line])
            self.report((), message, (line + 1, column + 1))

    def _build(self, node: yaml.Node, path: FieldPath) -> Any:
        self.places[path] = node.start_mark.line + 1, node.start_mark.column + 1
        value: Any = {}
        if node.tag:
            return Rejected(
                f"the tag {describe(node.tag.replace('tag:yaml.org,2002:', '!!'))} is not allowed. Remove it"
            )
        if isinstance(node, yaml.ScalarNode):
            value = node.value if node.style else _convert(node.value)
        elif len(path) >= DEPTH_LIMIT:
            raise yaml.MarkedYAMLError(problem="nested deeper", problem_mark=node.start_mark)
        elif isinstance(node, yaml.SequenceNode):
            value = tuple([self._build(inner, (*path, index)) for index, inner in enumerate(node.value)])
        else:
            for key, inner in node.value:
                plain = isinstance(key, yaml.ScalarNode) and not key.tag and not key.value.startswith(_ALIAS)
                where = (*path, key.value if plain else "?")
                place = key.start_mark.line + 1, key.start_mark.column + 1
                if not plain:
                    message = "a key must be a plain word. Put quotes around text that begins with { [ * & or !"
                    self.report(where, message, place)
                elif first := self.keys.get(where):
                    self.report(where, f"duplicate key, first written in line {first[0]}. Keep one", place)
                else:
                    self.keys[where] = place
                    value[key.value] = self._build(inner, where)
        if isinstance(value, str):
            self.texts.append((path, value))
        if not isinstance(value, Rejected):
            self.values[path] = value
        return value

    def report(self, path: FieldPath, message: str, place: Place | None = None, warning: bool = False) -> None:
        """Add a problem at `place`, otherwise at the nearest known place of `path`; at most PROBLEM_LIMIT errors."""
        known = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in self.places)
        field = format_path(known if isinstance(self.values.get(known), str) else path)
        line, column = place or self.places[known]
        self.errors += not warning
        if self.errors <= PROBLEM_LIMIT or warning:
            message = escape_invisible(message, MESSAGE_LIMIT)
            self.problems.append(Problem(self.name, line, column, field, message, "warning" if warning else "error"))
        elif self.errors == PROBLEM_LIMIT + 1:
            message = f"more than {PROBLEM_LIMIT} problems. Mend the others first"
            self.problems.append(Problem(self.name, line, column, "", message, rank=2))

    def report_all(self, faults: Iterable[Fault]) -> None:
        """Add faults up to PROBLEM_LIMIT errors. The iterable is not consumed any further."""
        for fault in faults:
            place = self.keys.get(fault.path) if fault.at_key else None
            self.report(fault.path, fault.message, place, fault.severity == "warning")
            if self.errors > PROBLEM_LIMIT:
                return

    def _sum_up(self, gaps: Iterable[FieldPath]) -> None:
        """Add a line for each figure, and for the case itself, that has several gaps: their number and fields."""
        groups: defaultdict[FieldPath, list[FieldPath]] = defaultdict(list)
        for path in gaps:
            groups[path[:2] if path[0] == "metrics" else ()].append(path)
        for group, paths in islice(groups.items(), PROBLEM_LIMIT):
            if len(paths) > 1:
                fields = ", ".join(format_path(path[len(group) :]) for path in paths)
                message = escape_invisible(f"{len(paths)} gaps: {fields}", MESSAGE_LIMIT)
                self.problems.append(Problem(self.name, *self.places[group], format_path(group), message, rank=0))

    def validated(
        self, model: type[M], at: FieldPath = (), context: Mapping[str, Any] | None = None, silent: bool = False
    ) -> M | None:
        """The value at `at` as `model`; None if it is invalid, which is reported unless `silent`, or not readable."""
        if self.value is None:
            return None
        try:
            return model.model_validate(reduce(getitem, at, self.value), context=context)
        except ValidationError as error:
            guide = "cases/README.md" if model is Case else "the other entries here"
            if not silent:
                details = error.errors(include_url=False)
                self._sum_up((*at, *path) for path in find_gaps(details))
                self.report_all(fault._replace(path=(*at, *fault.path)) for fault in explain(details, model, guide))
            return None


def _mark_aliases(text: str) -> str:
    """Put _ALIAS in the place of the star of each alias, so that it is composed as a text of its own."""
    if "*" not in text:
        return text
    characters = [*text]
    for token in yaml.scan(text, _Loader):
        if isinstance(token, yaml.AliasToken):
            characters[token.start_mark.index] = _ALIAS
    return "".join(characters)


def _convert(text: str) -> Any:
    """What a text without quotes means."""
    if text.startswith(_ALIAS):
        return Rejected(f"the alias {describe(f'*{text[1:]}')} is not allowed. Write the value out")
    if text in ("", "~", "null"):
        return Rejected("is empty. Write a value, or leave the key out")
    if text in ("true", "false"):
        return text == "true"
    if not (number := _NUMBER.fullmatch(text)):
        return text
    digits = len(text.strip("+-").replace(".", ""))
    if digits > DIGIT_LIMIT:
        advice = f"at most {DIGIT_LIMIT} are kept exactly. Write the printed number"
        return Rejected(f"a number of {digits} digits, {advice}")
    return float(text) if number["fraction"] else int(text)


def _explain_syntax(error: yaml.YAMLError, line: str, column: int, above: str) -> str:
    """Say what is wrong in a line, and what to write, where the parser gave up."""
    found = f"{getattr(error, 'context', '')} {getattr(error, 'problem', error)}"
    if "another document" in found:
        return "a second document begins here. Write one a file, without ---"
    opened = getattr(error, "context_mark", None)
    since = f" (opened in line {opened.line + 1}, column {opened.column + 1})" if opened else ""
    where = f"{found}\n{line[:column].strip()}\n{line[column:]}\n{above}"
    advice = next(advice for pattern, advice in _SYNTAX.items() if re.match(f".*(?:{pattern})", where))
    return f"is not valid YAML: {advice.format(since=since, limit=DEPTH_LIMIT)}"
