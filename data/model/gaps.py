"""What is doubtful about a metric and what is missing from it: its flags, and the ends that would make it grade A.

Both are derived from the metric and the conflicts of its case, never written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from data.model.evidence import Evidence
from data.model.schema import Case, Metric, Period

Flag = Literal["contradicted", "naming", "scope", "mixed_units", "undated", "unclear", "partial", "prescribed"]
FLAGS: tuple[Flag, ...] = get_args(Flag)
"""Two passages about the metric cannot both hold, name it in two ways, or delimit it in two ways; its ends are in two
units; no end has a date; it is open what the number means; it is about less than its place, one firm or one line; it is
a limit that was set, not a measurement."""
QUIET_FLAGS: frozenset[Flag] = frozenset({"naming", "scope"})
"""Flags that stand in the details of a figure alone: they leave its number as it is."""
MINOR_FLAGS: frozenset[Flag] = frozenset({"undated", "unclear", "partial"})
"""Flags that the curator's decisive doubt stands for where there is little room."""
Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class MissingEnd:
    """An end of a metric whose value the source does not state, and the period it would be of, where that is known."""

    side: Side
    period: Period | None

    def __str__(self) -> str:
        return f"{self.side} {self.period.iso()}" if self.period else self.side


def flags_of(case: Case, metric: Metric) -> tuple[Flag, ...]:
    """Return the flags of a metric, in the order of FLAGS."""
    conflicts = {conflict.kind for conflict in case.conflicts if metric.id in conflict.metrics}
    raised = {
        "contradicted": "contradiction" in conflicts,
        "naming": "naming" in conflicts,
        "scope": "scope" in conflicts,
        "mixed_units": metric.has_caveat("mixed_units"),
        "undated": metric.has_caveat("undated") or _is_undated(metric),
        "unclear": metric.has_caveat("percent_or_points", "unclear_denominator", "of_the_increment"),
        "partial": metric.subject is not None,
        "prescribed": metric.prescribed,
    }
    return tuple(flag for flag in FLAGS if raised[flag])


def missing_ends(metric: Metric, evidence: Evidence) -> tuple[MissingEnd, ...]:
    """Return the ends that an observed outcome or output lacks for both to be stated, the earlier one first."""
    if metric.status != "observed" or metric.role not in ("outcome", "output"):
        return ()
    return tuple(_missing_ends(metric, evidence))


def _missing_ends(metric: Metric, evidence: Evidence) -> Iterator[MissingEnd]:
    if not (evidence.before.span and evidence.before.origin == "stated"):
        yield MissingEnd("before", metric.before.period if metric.before else None)
    if not (evidence.after.span and evidence.after.origin == "stated"):
        yield MissingEnd("after", metric.after.period if metric.after else None)


def _is_undated(metric: Metric) -> bool:
    """Whether an outcome or output has no date at all. A parameter of the scheme holds as long as the scheme."""
    ends = (metric.before, metric.after)
    return metric.role in ("outcome", "output") and not any(end and end.period for end in ends)
