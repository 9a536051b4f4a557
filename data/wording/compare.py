"""Which metrics can be compared: groups that share a scale, and the reason why another metric is in none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from data.wording.rows import MetricRow

MAX_METRICS = 8
"""Maximum number of metrics compared at once."""

_MEASURED = ("money", "area", "volume", "mass", "length")
Scale = tuple[str, str]
Reason = Literal["plan", "words", "rank", "time", "share", "range", "alone"]


@dataclass(frozen=True)
class Group:
    """Metrics on one scale. `kind` is index, level or difference; `key` the unit or dimension they share."""

    kind: str
    key: str
    rows: tuple[MetricRow, ...]


@dataclass(frozen=True)
class Refusal:
    """A metric that shares no scale with the other chosen ones; `instead` are metrics of the dataset that do."""

    row: MetricRow
    reason: Reason
    instead: tuple[MetricRow, ...]


@dataclass(frozen=True)
class Comparison:
    """The result of `compare`."""

    groups: tuple[Group, ...]
    refusals: tuple[Refusal, ...]


def find_scales(row: MetricRow) -> tuple[Scale, ...]:
    """Return the scales a metric can be drawn on. Ranks (each has its own), words and plans have none."""
    drawing = row.rule.drawing
    if drawing in ("plan", "words"):
        return ()
    found: list[Scale] = [("index", "100")] if row.index is not None else []
    unit = row.dimension if row.dimension in _MEASURED else row.after_unit_id
    if unit and row.dimension != "rank" and row.after_value is not None and drawing in ("ends", "level"):
        found.append(("level", unit))
    points = row.change_kind == "points" or (row.change_kind == "difference" and row.dimension == "share")
    if row.change_value is not None and (points or (drawing == "difference" and row.change_kind != "places")):
        found.append(("difference", "points" if points else row.unit_id))
    return tuple(found)


def compare(chosen: Sequence[MetricRow], everything: Iterable[MetricRow]) -> Comparison:
    """Group the chosen metrics by shared scale, two or more a group; every metric in no group gets a refusal.

    `everything` are the metrics that may be offered for comparison instead.
    """
    on_scale: dict[Scale, list[MetricRow]] = {}
    for row in chosen:
        for scale in find_scales(row):
            on_scale.setdefault(scale, []).append(row)
    groups = tuple(Group(*scale, tuple(rows)) for scale, rows in on_scale.items() if len(rows) > 1)
    placed = {row for group in groups for row in map(_identity, group.rows)}
    pool = list(everything)
    refusals = tuple(
        Refusal(row, _reason(row, chosen), _instead(row, pool)) for row in chosen if _identity(row) not in placed
    )
    return Comparison(groups, refusals)


def _identity(row: MetricRow) -> tuple[str, str]:
    return row.case_id, row.metric_id


def _reason(row: MetricRow, chosen: Sequence[MetricRow]) -> Reason:
    drawing = row.rule.drawing
    if drawing in ("plan", "words"):
        return drawing
    if row.dimension == "rank":
        return "rank"
    others = [other for other in chosen if _identity(other) != _identity(row)]
    if row.dimension == "time" and any(other.dimension == "time" for other in others):
        return "time"
    if row.dimension == "share" and row.index is None and any(other.index is not None for other in others):
        return "share"
    return "alone" if find_scales(row) else "range"


def _instead(row: MetricRow, pool: Sequence[MetricRow]) -> tuple[MetricRow, ...]:
    own = set(find_scales(row))
    shared = [
        other
        for other in pool
        if _identity(other) != _identity(row) and other.role in ("outcome", "output") and own & set(find_scales(other))
    ]
    return tuple(sorted(shared, key=lambda other: (other.case_id == row.case_id, other.grade))[:3])
