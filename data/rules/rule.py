"""A rule is a function of a valid case that yields where it is broken and what to write; its name is its id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from data.model.problems import FieldPath, Severity
from data.model.schema import Case, Document, End, Metric, Place, Unit
from data.rules.cited import StatedNumber

Found = Iterator[tuple[FieldPath, str]]
Check = Callable[["Case", "Facts"], Found]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a case is compared with, and what is in it: its texts by path, and the numbers of its metrics.

    `units` and `places` are the entries of the reference tables by id, `document` is what the case comes from, and
    `names` are the proper names whose numerals do not count: 三门峡.
    """

    units: Mapping[str, Unit]
    places: Mapping[str, Place]
    document: Document
    names: frozenset[str]
    texts: Mapping[FieldPath, str]
    numbers: tuple[StatedNumber, ...]


RULES: dict[str, tuple[Check, Severity]] = {}
"""Every rule by its id, in the order in which they are applied."""


def rule(check: Check) -> Check:
    """Make a function a rule whose breach is an error: `late_date` is the rule late-date."""
    return _register(check, "error")


def warning(check: Check) -> Check:
    """Make a function a rule whose breach may be right, and can be accepted where it is a metric's."""
    return _register(check, "warning")


def _register(check: Check, severity: Severity) -> Check:
    RULES[check.__name__.replace("_", "-")] = check, severity
    return check


def metrics_of(case: Case) -> Iterator[tuple[FieldPath, Metric]]:
    """Yield the metrics of a case with their paths."""
    return ((("metrics", at), metric) for at, metric in enumerate(case.metrics))


def ends_of(metric: Metric) -> Iterator[tuple[FieldPath, End]]:
    """Yield both ends and the yardstick of a metric, as far as there are any, with their paths in it."""
    yardstick = metric.compared_with and metric.compared_with.end
    found = {("before",): metric.before, ("after",): metric.after, ("compared_with", "end"): yardstick}
    return ((path, end) for path, end in found.items() if end)


def texts_of(value: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Yield every text in a part of a case, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (tuple, BaseModel)):
        for key, inner in enumerate(value) if isinstance(value, tuple) else vars(value).items():
            if inner is not None:
                yield from texts_of(inner, (*path, key))
