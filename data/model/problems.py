"""Problems of a file and their messages: where it is wrong, what was found, and what to write instead."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

FieldPath = tuple[str | int, ...]
Severity = Literal["error", "warning"]

MAX_LISTED = 14
"""Maximum number of known words that a message lists."""
GAP = "TODO"
"""What stands in the template and in drafts where a person must write."""
_GAP = re.compile(rf"(?<![A-Za-z])(?:{GAP}|TBD)(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Problem:
    """A fault of a file. `line` and `column` count from 1; `field` is the key's path, empty for the file itself.

    By `rank` the count of gaps (0) comes before the other problems of a file (1), and that there are more (2) last.
    """

    file: str
    rank: int = field(default=1, kw_only=True)
    line: int
    column: int
    field: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        named = f"{self.field}: " if self.field else ""
        warning = "warning: " if self.severity == "warning" else ""
        return escape_invisible(f"{self.file}:{self.line}:{self.column} {warning}{named}{self.message}")


@dataclass(frozen=True)
class Rejected:
    """Stands for a value that a file must not hold, which no field accepts; `message` says why and what to write."""

    message: str


class Fault(NamedTuple):
    """A fault at a path of a file whose line is not known yet. `at_key`: the key is wrong, not its value."""

    path: FieldPath
    message: str
    severity: Severity = "error"
    at_key: bool = False


def format_path(path: FieldPath) -> str:
    """Format a path: `("metrics", 3, "after")` as `metrics[3].after`. Long and invisible keys are cut and escaped."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{escape_invisible(key, 40)}" for key in path).lstrip(".")


def is_gap(value: object) -> bool:
    """Whether a value of a file is, or holds, the mark of a gap."""
    return isinstance(value, str) and bool(_GAP.search(value))


def suggest(word: str, known: Mapping[str, str], elsewhere: str) -> str:
    """Suggest the nearest known word, otherwise list the known words where they are few, or name where they stand.

    `known` maps what may have been written, an id or a name, to the word to write.
    """
    near = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    if near:
        return f' Did you mean "{known[near[0]]}"?'
    words = list(dict.fromkeys(known.values()))
    return f" Write one of: {', '.join(words)}" if 0 < len(words) <= MAX_LISTED else f" Write one of {elsewhere}"


def describe(value: object) -> str:
    """Format a value that was found, short enough for one line and without control characters."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{escape_invisible(value, 58)}"' if isinstance(value, str) else str(value)[:40]


def in_year_of(found: str, example: str) -> str:
    """An example with the year that begins what was found, where one does, in the place of 2020."""
    year = re.match(r"(?:19|20)[0-9]{2}(?![0-9])", found)
    return example.replace("2020", year[0]) if year else example


def quoted(path: str | os.PathLike[str]) -> str:
    """A path in quotes, as a whole."""
    return f'"{escape_invisible(os.fspath(path))}"'


def escape_invisible(text: str, limit: int | None = None) -> str:
    """Cut the text to `limit` characters and escape control and other invisible characters as \\uXXXX."""
    cut = text if limit is None or len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in cut)
