"""What follows from a figure and is never typed by hand: its missing end, grade, index, direction and formula.

The rules are the project's honesty ladder:
A both ends · B one end and the change · C only a relative change or a multiple · D only a difference, points or places ·
E a level · F words · P a target or plan, whatever it gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from data.schema import Bound, Change, End, Metric, Unit

Grade = Literal["A", "B", "C", "D", "E", "F", "P"]
Origin = Literal["stated", "derived", "missing"]
Direction = Literal["improved", "worsened", "unchanged", "unclear"]
Span = tuple[float, float]

GRADES: tuple[Grade, ...] = ("A", "B", "C", "D", "E", "F", "P")
COMPARABLE: frozenset[Grade] = frozenset("ABC")
"""Grades with an index, where the scale allows one."""

# Where the true value lies, seen from the printed number: above (+1), below (-1), on it (0), either side (None).
_SIDE: dict[Bound, int | None] = {
    "exact": 0,
    "over": 1,
    "at_least": 1,
    "under": -1,
    "nearly": -1,
    "at_most": -1,
    "about": None,
}
_MIRROR: dict[Bound, Bound] = {
    "exact": "exact",
    "over": "under",
    "under": "over",
    "nearly": "over",
    "about": "about",
    "at_least": "at_most",
    "at_most": "at_least",
}


@dataclass(frozen=True)
class DerivedEnd:
    """An end as drawn: the printed numbers, or the ones derived from the other end and the change."""

    span: Span | None
    bound: Bound
    origin: Origin


@dataclass(frozen=True)
class Evidence:
    """What a figure is worth. `index` is after ÷ before × 100, None where the scale or the source allows none.

    `derived_change` is the points between both ends of a share, calculated where the source states no change.
    """

    grade: Grade
    before: DerivedEnd
    after: DerivedEnd
    index: float | None
    index_bound: Bound | None
    direction: Direction | None
    formula: str
    derived_change: Change | None


def derive(metric: Metric, units: Mapping[str, Unit]) -> Evidence:
    """The evidence of one figure."""
    before, after, formula = _ends(metric, units)
    index, index_bound, index_formula = _index(metric, units, before, after)
    derived_change, change_formula = _points(metric, units, before, after)
    grade = _grade(metric, before, after)
    return Evidence(
        grade,
        before,
        after,
        index,
        index_bound,
        _direction(metric, units, before, after),
        "; ".join(part for part in (formula, change_formula, index_formula) if part),
        derived_change,
    )


def contradictions(metric: Metric, units: Mapping[str, Unit], disputed: bool) -> list[tuple[tuple[str, ...], str, str]]:
    """What cannot be true together in one figure: (field, message, severity).

    A stated change that disagrees with its ends beyond rounding is an error, or a warning where the case declares a conflict that names the figure.
    """
    found: list[tuple[tuple[str, ...], str, str]] = []
    unit, change = units[metric.unit], metric.change
    if unit.dimension == "rank" and metric.better == "higher":
        found.append((("better",), "a rank improves towards 1. Write better: lower", "error"))
    if change and change.kind == "places" and unit.dimension != "rank":
        found.append(
            (
                ("change", "kind"),
                f"places belong to a rank, but the unit is {metric.unit}. Write unit: rank, or another kind",
                "error",
            )
        )
    if change and change.kind == "points" and unit.dimension != "share":
        found.append(
            (
                ("change", "kind"),
                f"percentage points belong to a share, but the unit is {metric.unit}. Write unit: percent, or kind: difference",
                "error",
            )
        )
    if unit.dimension == "rank" and change and change.kind in ("relative", "multiple"):
        found.append((("change", "kind"), f"a rank has no {change.kind} change. Write kind: places", "error"))
    if found or change is None or change.span is None:
        return found
    gap = _disagreement(metric, units, change)
    if gap is not None:
        implied = f"the ends give {gap[0]:g}, the change says {gap[1]:g}"
        advice = (
            "The case declares the conflict"
            if disputed
            else "Correct one of them, or declare a conflict that names this figure"
        )
        found.append((("change",), f"{implied}. {advice}", "warning" if disputed else "error"))
    return found


def number(value: float) -> str:
    """A number without a trailing zero or binary noise: 1452, 0.6, 82.61."""
    return f"{round(value, 6):,.10g}".replace(",", "")


def _own_unit(end: End | None, metric: Metric) -> str:
    return (end.unit if end else None) or metric.unit


def _printed(end: End | None) -> DerivedEnd:
    if end is None or end.span is None:
        return DerivedEnd(None, "exact", "stated" if end is not None and end.text is not None else "missing")
    return DerivedEnd(end.span, end.bound, "stated")


def _ends(metric: Metric, units: Mapping[str, Unit]) -> tuple[DerivedEnd, DerivedEnd, str]:
    before, after, change = _printed(metric.before), _printed(metric.after), metric.change
    known = after if before.span is None else before
    if change is None or change.span is None or known.span is None or (before.span and after.span):
        return before, after, ""
    backwards = before.span is None
    if "missing" not in (before.origin, after.origin) or not (
        _same_scale(metric) and _derivable(metric, units, change, backwards)
    ):
        return before, after, ""
    span, symbols = _solve(known.span, change, backwards)
    bound = _solved_bound(known.bound, change, backwards)
    derived = DerivedEnd(span, bound, "derived")
    formula = f"{'before' if backwards else 'after'} = {symbols} = {_range(span)}"
    return (derived, after, formula) if backwards else (before, derived, formula)


def _derivable(metric: Metric, units: Mapping[str, Unit], change: Change, backwards: bool) -> bool:
    """A "%" change of a rate may mean points: nothing is derived from it. No way leads back from a fall of 100 %."""
    assert change.span is not None
    if backwards and change.kind == "relative" and change.span[0] == -100:
        return False
    if any(caveat.kind in ("percent_or_points", "of_the_increment", "mixed_units") for caveat in metric.caveats):
        return False
    dimension = units[metric.unit].dimension
    return {
        "places": dimension == "rank",
        "points": dimension == "share",
        "difference": dimension != "rank",
        "relative": dimension != "rank",
        "multiple": dimension != "rank",
    }[change.kind]


def _solve(known: Span, change: Change, backwards: bool) -> tuple[Span, str]:
    """The unknown end from the known one, and how it was computed. Every combination of the printed numbers; lowest and highest."""
    assert change.span is not None
    results = [_solve_one(end, delta, change, backwards) for end in known for delta in change.span]
    values = [value for value, _ in results]
    shown = results[0][1] if len(set(values)) == 1 else f"{results[0][1]} … {results[-1][1]}"
    return (min(values), max(values)), shown


def _solve_one(end: float, delta: float, change: Change, backwards: bool) -> tuple[float, str]:
    sign = -1 if backwards else 1
    if change.kind == "multiple":
        return _tidy(
            end / delta if backwards else end * delta
        ), f"{number(end)} {'÷' if backwards else '×'} {number(delta)}"
    if change.kind == "relative":
        factor = 1 + delta / 100
        symbols = f"{number(end)} {'÷' if backwards else '×'} (1 {'+' if delta >= 0 else '−'} {number(abs(delta))} %)"
        return _tidy(end / factor if backwards else end * factor), symbols
    step = delta * sign * (-1 if change.kind == "places" else 1)
    return _tidy(end + step), f"{number(end)} {'+' if step >= 0 else '−'} {number(abs(step))}"


def _tidy(value: float) -> float:
    return round(value, 9)


def _range(span: Span) -> str:
    return number(span[0]) if span[0] == span[1] else f"{number(span[0])}–{number(span[1])}"


def _signed(change: Change) -> Bound:
    """The bound of the signed change: a fall of over 15 % lies below -15 %."""
    assert change.span is not None
    return _MIRROR[change.bound] if change.span[1] < 0 else change.bound


def _solved_bound(known: Bound, change: Change, backwards: bool) -> Bound:
    grows_with_change = (not backwards) != (change.kind == "places")
    signed = _signed(change)
    return combine(known, signed if grows_with_change else _MIRROR[signed])


def combine(first: Bound, second: Bound) -> Bound:
    """The bound of a result that grows with both its parts; opposite or unknown sides give `about`."""
    if first == "exact" or second == "exact" or first == second:
        return second if first == "exact" else first
    if _SIDE[first] is None or _SIDE[first] != _SIDE[second]:
        return "about"
    return "over" if _SIDE[first] == 1 else "under"


def _same_scale(metric: Metric) -> bool:
    return _own_unit(metric.before, metric) == _own_unit(metric.after, metric)


def is_share(metric: Metric, units: Mapping[str, Unit]) -> bool:
    """Whether an end is a share: it changes in percentage points, unless the source itself says otherwise."""
    return any(units[_own_unit(end, metric)].dimension == "share" for end in (metric.before, metric.after))


def _points(
    metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd
) -> tuple[Change | None, str]:
    """The points between both stated ends of a share, and their formula. None where ranges leave the sign open."""
    if metric.change is not None or before.span is None or after.span is None:
        return None, ""
    mixed = any(caveat.kind == "mixed_units" for caveat in metric.caveats)
    if mixed or not (is_share(metric, units) and _same_scale(metric)):
        return None, ""
    pairs = (after.span[0], before.span[1]), (after.span[1], before.span[0])
    low, high = (_tidy(end - start) for end, start in pairs)
    if low < 0 < high:
        return None, ""
    signed = combine(after.bound, _MIRROR[before.bound])
    bound = _MIRROR[signed] if high < 0 else signed
    shown = " … ".join(dict.fromkeys(f"{number(end)} − {number(start)}" for end, start in pairs))
    formula = f"change = {shown} = {_range((low, high))}".replace("-", "−")
    if low == high:
        return Change(kind="points", value=low, bound=bound), formula
    return Change(kind="points", low=low, high=high, bound=bound), formula


def _index(
    metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd
) -> tuple[float | None, Bound | None, str]:
    nothing = (None, None, "")
    if units[metric.unit].dimension == "rank" or any(caveat.kind == "mixed_units" for caveat in metric.caveats):
        return nothing
    if before.span and after.span and _same_scale(metric) and not is_share(metric, units):
        (start, top), (end, high) = before.span, after.span
        if start != top or end != high or start <= 0 or end < 0:
            return nothing
        index = _tidy(end / start * 100)
        return (
            index,
            combine(after.bound, _MIRROR[before.bound]),
            f"index = {number(end)} ÷ {number(start)} × 100 = {number(round(index, 1))}",
        )
    change = metric.change
    if change is None or change.value is None or change.kind not in ("relative", "multiple"):
        return nothing
    if change.kind == "multiple":
        return (
            _tidy(change.value * 100),
            change.bound,
            f"index = {number(change.value)} × 100 = {number(change.value * 100)}",
        )
    index = _tidy(100 + change.value)
    return (
        index,
        _signed(change),
        f"index = 100 {'+' if change.value >= 0 else '−'} {number(abs(change.value))} = {number(index)}",
    )


def _grade(metric: Metric, before: DerivedEnd, after: DerivedEnd) -> Grade:
    if metric.status != "observed":
        return "P"
    if before.span and after.span:
        return "B" if "derived" in (before.origin, after.origin) else "A"
    if metric.change and metric.change.numeric:
        return "C" if metric.change.kind in ("relative", "multiple") else "D"
    return "E" if before.span or after.span else "F"


def _direction(metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd) -> Direction | None:
    """None for a plan, a neutral figure or no comparison; `unclear` where bounds or ranges leave both open."""
    compared = metric.change is not None or all(
        end and (end.numeric or end.text) for end in (metric.before, metric.after)
    )
    if metric.status != "observed" or metric.better == "neutral" or not compared:
        return None
    move = _move_of_ends(metric, units, before, after) if before.span and after.span else _move_of_change(metric.change)
    if move is None:
        return "unclear"
    if move == 0:
        return "unchanged"
    return "improved" if (move > 0) == (metric.better == "higher") else "worsened"


def _move_of_ends(metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd) -> int | None:
    assert before.span and after.span
    start_unit, end_unit = units[_own_unit(metric.before, metric)], units[_own_unit(metric.after, metric)]
    if start_unit.dimension != end_unit.dimension:
        return None
    start = tuple(value * start_unit.factor for value in before.span)
    end = tuple(value * end_unit.factor for value in after.span)
    if start == end and start[0] == start[1]:
        return 0 if before.bound == after.bound == "exact" else None
    side = {"over": 1, "at_least": 1, "under": -1, "at_most": -1}
    if end[0] > start[1]:
        return None if side.get(before.bound) == 1 or side.get(after.bound) == -1 else 1
    if end[1] < start[0]:
        return None if side.get(before.bound) == -1 or side.get(after.bound) == 1 else -1
    return None


def _move_of_change(change: Change | None) -> int | None:
    if change is None or change.span is None:
        return None
    still = 1.0 if change.kind == "multiple" else 0.0
    low, high = change.span
    if low == high == still:
        return 0 if change.bound == "exact" else None
    if low < still < high or still in (low, high):
        return None
    upward = 1 if low > still else -1
    return -upward if change.kind == "places" else upward


def _disagreement(metric: Metric, units: Mapping[str, Unit], change: Change) -> tuple[float, float] | None:
    """(implied, stated) when both exact ends and the exact change are printed and differ by more than their rounding; places are never rounded."""
    before, after = metric.before, metric.after
    if not (before and after and before.value is not None and after.value is not None and change.value is not None):
        return None
    if {before.bound, after.bound, change.bound} != {"exact"} or not _same_scale(metric):
        return None
    start, end = before.value, after.value
    if change.kind in ("relative", "multiple") and start <= 0:
        return None
    implied = {
        "difference": end - start,
        "points": end - start,
        "places": start - end,
        "relative": (end / start - 1) * 100 if start else 0.0,
        "multiple": end / start if start else 0.0,
    }[change.kind]
    slack = 0.0 if change.kind == "places" else _half_step(change.value)
    if change.kind in ("difference", "points"):
        slack += _half_step(start) + _half_step(end)
    elif change.kind != "places":
        spread = (_half_step(end) + _half_step(start) * abs(end / start)) / abs(start)
        slack += spread * (100 if change.kind == "relative" else 1)
    return None if abs(implied - change.value) <= slack + 1e-9 else (_tidy(implied), change.value)


def _half_step(value: float) -> float:
    """Half of the last printed digit: 0.05 for 12.4, 0.5 for 881."""
    digits = number(value).partition(".")[2]
    return 0.5 * 10.0 ** -len(digits)
