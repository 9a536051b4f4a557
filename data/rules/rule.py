"""A rule is a function of a valid case that yields where it is broken and what to write; its name is its id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from data.model.problems import FieldPath, Severity
from data.model.schema import Case, Document, Metric, Place, Unit
from data.rules.cited import StatedNumber

Found = Iterator[tuple[FieldPath, str]]
Check = Callable[["Case", "Facts"], Found]
RULES: dict[str, tuple[Check, Severity]] = {}
"""Every rule by its id, in the order in which they are applied."""
LISTED = 6
"""Maximum number of numerals or ids that a message lists."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a case is compared with, and what is in it: its metrics, texts and lists by path, and its numbers.

    `units` and `places` are the entries of the reference tables by id, `document` is what the case comes from, and
    `names` are the proper names whose numerals do not count: 三门峡.
    """

    units: Mapping[str, Unit]
    places: Mapping[str, Place]
    document: Document
    names: frozenset[str]
    metrics: Mapping[FieldPath, Metric]
    texts: Mapping[FieldPath, str]
    lists: Mapping[FieldPath, tuple[object, ...]]
    numbers: tuple[StatedNumber, ...]


def rule(check: Check, severity: Severity = "error") -> Check:
    """Make a function a rule whose breach is an error: `date_outside` is the rule date-outside."""
    RULES[check.__name__.replace("_", "-")] = check, severity
    return check


def warning(check: Check) -> Check:
    """Make a function a rule of metrics whose breach may be right, and can be accepted."""
    return rule(check, "warning")


def parts_of(case: Case) -> list[tuple[FieldPath, object]]:
    """Return every part of a case, at any depth, with its path."""
    parts: list[tuple[FieldPath, object]] = [((), case)]
    for path, part in parts:
        if isinstance(part, (tuple, BaseModel)):
            inner = enumerate(part) if isinstance(part, tuple) else vars(part).items()
            parts += [((*path, key), value) for key, value in inner if value is not None]
    return parts


def list_found(found: Iterable[str]) -> str:
    """List what was found, each once."""
    return ", ".join([*dict.fromkeys(found)][:LISTED])
