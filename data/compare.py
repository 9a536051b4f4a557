"""What can be put beside what: figures that share a scale, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

LIMIT = 8
"""At most so many figures are compared at once."""

_MEASURED = ("money", "area", "volume", "mass", "length")
Scale = tuple[str, str]
Reason = Literal["plan", "words", "rank", "time", "share", "range", "alone"]


@dataclass(frozen=True)
class Group:
    """Figures on one scale: `kind` is index, level or difference; `key` the unit or dimension they share."""

    kind: str
    key: str
    rows: tuple[Any, ...]


@dataclass(frozen=True)
class Refusal:
    """A figure that stands alone among the chosen ones, and why; `instead` are others of the dataset that share a scale with it."""

    row: Any
    reason: Reason
    instead: tuple[Any, ...]


@dataclass(frozen=True)
class Comparison:
    groups: tuple[Group, ...]
    refusals: tuple[Refusal, ...]


def scales(row: Any) -> tuple[Scale, ...]:
    """The scales a worded row can be drawn on. Ranks have none: two rankings are not one. Plans are compared with plans only by words."""
    if row.grade in "PF":
        return ()
    found: list[Scale] = [("index", "100")] if row.index is not None else []
    if row.dimension != "rank" and row.after_value is not None and row.grade in "ABE":
        found.append(("level", row.dimension if row.dimension in _MEASURED else row.after_unit_id))
    points = row.change_kind == "points" or (row.change_kind == "difference" and row.dimension == "share")
    if row.change_value is not None and (points or (row.grade == "D" and row.change_kind != "places")):
        found.append(("difference", "points" if points else row.unit_id))
    return tuple(found)


def compare(chosen: Sequence[Any], everything: Iterable[Any]) -> Comparison:
    """Groups of two or more chosen figures that share a scale, and a refusal for every figure in none. `everything` offers what could be compared instead."""
    on_scale: dict[Scale, list[Any]] = {}
    for row in chosen:
        for scale in scales(row):
            on_scale.setdefault(scale, []).append(row)
    groups = tuple(Group(*scale, tuple(rows)) for scale, rows in on_scale.items() if len(rows) > 1)
    placed = {row for group in groups for row in map(_identity, group.rows)}
    pool = list(everything)
    refusals = tuple(
        Refusal(row, _reason(row, chosen), _instead(row, pool)) for row in chosen if _identity(row) not in placed
    )
    return Comparison(groups, refusals)


def _identity(row: Any) -> tuple[str, str]:
    return row.case_id, row.metric_id


def _reason(row: Any, chosen: Sequence[Any]) -> Reason:
    if row.grade == "P":
        return "plan"
    if row.grade == "F":
        return "words"
    if row.dimension == "rank":
        return "rank"
    others = [other for other in chosen if _identity(other) != _identity(row)]
    if row.dimension == "time" and any(other.dimension == "time" for other in others):
        return "time"
    if row.dimension == "share" and row.index is None and any(other.index is not None for other in others):
        return "share"
    return "alone" if scales(row) else "range"


def _instead(row: Any, pool: Sequence[Any]) -> tuple[Any, ...]:
    own = set(scales(row))
    shared = [
        other
        for other in pool
        if _identity(other) != _identity(row) and other.role in ("outcome", "output") and own & set(scales(other))
    ]
    return tuple(sorted(shared, key=lambda other: (other.case_id == row.case_id, other.grade))[:3])
