"""What a rule is, and what it is given: one case as far as it could be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from data.model.problems import Fault, FieldPath
from data.model.schema import Document, End, Metric, Place, Unit


@dataclass(frozen=True, slots=True)
class MetricView:
    """One metric of a case file, and where it is."""

    path: FieldPath
    metric: Metric

    @property
    def ends(self) -> Iterator[tuple[FieldPath, End]]:
        """Both ends and the yardstick, as far as there are any, each with its path in the metric."""
        yardstick = self.metric.compared_with
        ends = (self.metric.before, self.metric.after, yardstick.end if yardstick else None)
        paths: tuple[FieldPath, ...] = (("before",), ("after",), ("compared_with", "end"))
        return ((path, end) for path, end in zip(paths, ends, strict=True) if end)


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case file as the rules see it.

    `metrics` are those whose shape is right. `value` gives what is written at a path, None where there is nothing, and
    `texts` every text of the file with its path. An entry of `units` or `places` is None where the reference table
    holds a fault. `names` are the proper names whose numerals do not count: 三门峡. `source` is the document of the
    case, None where that is not known.
    """

    metrics: tuple[MetricView, ...]
    value: Callable[[FieldPath], Any]
    texts: Sequence[tuple[FieldPath, str]]
    units: Mapping[str, Unit | None]
    places: Mapping[str, Place | None]
    names: frozenset[str]
    source: Document | None

    def units_of(self, metric: Metric) -> Mapping[str, Unit] | None:
        """The units of a metric and its ends by id; None where one of them is not known."""
        names = {metric.unit, *(metric.unit_of(end) for end in (metric.before, metric.after))}
        found = {name: unit for name in names if (unit := self.units.get(name))}
        return found if found.keys() == names else None


class MetricRule(NamedTuple):
    """A rule about one metric; the paths of what it finds begin at the metric."""

    id: str
    check: Callable[[MetricView, CaseView], Iterator[Fault]]


class CaseRule(NamedTuple):
    """A rule about a case as a whole; the paths of what it finds begin at the file."""

    id: str
    check: Callable[[CaseView], Iterator[Fault]]
