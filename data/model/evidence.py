"""What is derived from a metric and never written by hand: its missing end, grade, index, direction and formula.

`derive` computes the evidence of one metric; `find_contradictions` finds what cannot be true together in it. What a
grade means and allows is in `data.model.grades`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from data.model.grades import Grade
from data.model.problems import FieldPath
from data.model.schema import Bound, Change, ChangeKind, End, Metric, Unit

Origin = Literal["stated", "derived", "missing"]
Direction = Literal["improved", "worsened", "unchanged", "unclear"]
Span = tuple[float, float]

_SIDE: Mapping[Bound, int | None] = {
    "exact": 0, "over": 1, "at_least": 1, "under": -1, "nearly": -1, "at_most": -1, "about": None,
}  # fmt: skip
"""Where the true value lies, seen from the printed number: above (1), below (-1), on it (0), on either side (None)."""
_MIRROR: Mapping[Bound, Bound] = {
    "exact": "exact", "over": "under", "under": "over", "nearly": "over", "about": "about",
    "at_least": "at_most", "at_most": "at_least",
}  # fmt: skip
"""The bound of a number whose sign is turned."""
OPEN_BOUNDS: tuple[Bound, ...] = ("over", "at_least", "under", "at_most")
"""Bounds that leave one side open; marks of such numbers are hollow."""
APPROXIMATE_BOUNDS: tuple[Bound, ...] = ("nearly", "about")
"""Bounds of numbers that are only roughly stated; lines to them are dotted."""


@dataclass(frozen=True)
class DerivedEnd:
    """One end of a metric: as printed, or derived from the other end and the change."""

    span: Span | None
    bound: Bound
    origin: Origin


@dataclass(frozen=True)
class Evidence:
    """What is derived from a metric.

    `index` is after ÷ before × 100, None where the scale or the source allows none. `derived_change` is the difference
    between both ends where the source states no change: of a share in percentage points, of a bare number in itself,
    for so few digits are printed that a percentage would claim too much. `direction` is None for a plan, a neutral
    metric, and where nothing is compared but words without an order.
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
    """Compute the evidence of one metric; `units` by id."""
    before, after, formula = _ends(metric, units)
    index, index_bound, index_formula = _index(metric, units, before, after)
    derived_change, change_formula = _difference(metric, units, before, after)
    return Evidence(
        grade=_grade(metric, before, after),
        before=before,
        after=after,
        index=index,
        index_bound=index_bound,
        direction=_direction(metric, units, before, after),
        formula="; ".join(filter(None, (formula, change_formula, index_formula))),
        derived_change=derived_change,
    )


def find_contradictions(
    metric: Metric, units: Mapping[str, Unit], disputed: bool = False
) -> Iterator[tuple[FieldPath, str]]:
    """Yield what cannot be true together in one metric, with its path in it and what to write.

    A change that disagrees with its ends beyond rounding is right where the case declares a conflict that names the
    metric (`disputed`).
    """
    unit, change = units[metric.unit], metric.change
    rank, kind = unit.dimension == "rank", change.kind if change else None
    if rank and metric.better == "higher":
        yield ("better",), "a rank improves towards 1. Write better: lower"
    if kind == "places" and not rank:
        message = f"places belong to a rank, but the unit is {metric.unit}. Write unit: rank, or another kind"
        yield ("change", "kind"), message
    elif kind == "points" and unit.dimension != "share":
        message = f"percentage points belong to a share, but the unit is {metric.unit}."
        yield ("change", "kind"), f"{message} Write unit: percent, or kind: difference"
    elif kind in ("relative", "multiple") and rank:
        yield ("change", "kind"), f"a rank has no {kind} change. Write kind: places"
    elif change and not disputed and (gap := _disagreement(metric, change)):
        advice = "Correct one of them, or declare a conflict that names this figure"
        yield ("change",), f"the ends give {gap[0]:g}, the change says {gap[1]:g}. {advice}"


def number(value: float) -> str:
    """Format a number without trailing zeros and binary noise: 1452, 0.6, 82.61."""
    return f"{round(value, 6):,.10g}".replace(",", "")


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
    """Whether the missing end follows from the change.

    Not where a "%" may mean percentage points, and not backwards from a fall of 100 %.
    """
    assert change.span is not None
    if backwards and change.kind == "relative" and change.span[0] == -100:
        return False
    if metric.has_caveat("percent_or_points", "of_the_increment", "mixed_units"):
        return False
    dimension = units[metric.unit].dimension
    if change.kind == "points":
        return dimension == "share"
    return (change.kind == "places") == (dimension == "rank")


def _solve(known: Span, change: Change, backwards: bool) -> tuple[Span, str]:
    """Compute the unknown end from the known one, and how it was computed.

    Of ranges every combination of the printed numbers is computed; the lowest and the highest are the result.
    """
    assert change.span is not None
    results = [_solve_one(end, delta, change, backwards) for end in known for delta in change.span]
    values = [value for value, _ in results]
    shown = results[0][1] if len(set(values)) == 1 else f"{results[0][1]} … {results[-1][1]}"
    return (min(values), max(values)), shown


def _solve_one(end: float, delta: float, change: Change, backwards: bool) -> tuple[float, str]:
    if change.kind in ("multiple", "relative"):
        relative = change.kind == "relative"
        factor = 1 + delta / 100 if relative else delta
        shown = f"(1 {'+' if delta >= 0 else '−'} {number(abs(delta))} %)" if relative else number(delta)
        value = end / factor if backwards else end * factor
        return _tidy(value), f"{number(end)} {'÷' if backwards else '×'} {shown}"
    step = -delta if backwards != (change.kind == "places") else delta
    return _tidy(end + step), f"{number(end)} {'+' if step >= 0 else '−'} {number(abs(step))}"


def _tidy(value: float) -> float:
    return round(value, 9)


def _range(span: Span) -> str:
    return number(span[0]) if span[0] == span[1] else f"{number(span[0])}–{number(span[1])}"


def _signed(change: Change) -> Bound:
    """Return the bound of the signed change: a fall of over 15 % is a change below -15 %."""
    assert change.span is not None
    return _MIRROR[change.bound] if change.span[1] < 0 else change.bound


def _solved_bound(known: Bound, change: Change, backwards: bool) -> Bound:
    grows_with_change = (not backwards) != (change.kind == "places")
    signed = _signed(change)
    return combine(known, signed if grows_with_change else _MIRROR[signed])


def combine(first: Bound, second: Bound) -> Bound:
    """Return the bound of a result that grows with both parts; opposite or unknown sides give `about`."""
    if first == "exact" or second == "exact" or first == second:
        return second if first == "exact" else first
    if _SIDE[first] is None or _SIDE[first] != _SIDE[second]:
        return "about"
    return "over" if _SIDE[first] == 1 else "under"


def _same_scale(metric: Metric) -> bool:
    return metric.unit_of(metric.before) == metric.unit_of(metric.after)


def is_share(metric: Metric, units: Mapping[str, Unit]) -> bool:
    """Whether an end is a share, which changes in percentage points unless the source says otherwise."""
    return any(units[metric.unit_of(end)].dimension == "share" for end in (metric.before, metric.after))


def _difference(
    metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd
) -> tuple[Change | None, str]:
    """Compute the difference between both ends of a share or bare number; None where ranges leave its sign open."""
    if metric.change is not None or before.span is None or after.span is None:
        return None, ""
    share = is_share(metric, units)
    if metric.has_caveat("mixed_units") or not _same_scale(metric):
        return None, ""
    if not share and units[metric.unit].form != "bare":
        return None, ""
    kind: ChangeKind = "points" if share else "difference"
    pairs = (after.span[0], before.span[1]), (after.span[1], before.span[0])
    low, high = (_tidy(end - start) for end, start in pairs)
    if low < 0 < high:
        return None, ""
    signed = combine(after.bound, _MIRROR[before.bound])
    bound = _MIRROR[signed] if high < 0 else signed
    shown = " … ".join(dict.fromkeys(f"{number(end)} − {number(start)}" for end, start in pairs))
    formula = f"change = {shown} = {_range((low, high))}".replace("-", "−")
    if low == high:
        return Change(kind=kind, value=low, bound=bound), formula
    return Change(kind=kind, low=low, high=high, bound=bound), formula


def _index(
    metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd
) -> tuple[float | None, Bound | None, str]:
    nothing = (None, None, "")
    if units[metric.unit].dimension == "rank" or metric.has_caveat("mixed_units"):
        return nothing
    if before.span and after.span and _same_scale(metric) and not is_share(metric, units):
        (start, top), (end, high) = before.span, after.span
        if start != top or end != high or start <= 0 or end < 0:
            return nothing
        index = _tidy(end / start * 100)
        formula = f"index = {number(end)} ÷ {number(start)} × 100 = {number(round(index, 1))}"
        return index, combine(after.bound, _MIRROR[before.bound]), formula
    change = metric.change
    if change is None or change.value is None or change.kind not in ("relative", "multiple"):
        return nothing
    if change.kind == "multiple":
        index = _tidy(change.value * 100)
        return index, change.bound, f"index = {number(change.value)} × 100 = {number(index)}"
    index = _tidy(100 + change.value)
    sign = "+" if change.value >= 0 else "−"
    return index, _signed(change), f"index = 100 {sign} {number(abs(change.value))} = {number(index)}"


def _grade(metric: Metric, before: DerivedEnd, after: DerivedEnd) -> Grade:
    if metric.status != "observed":
        return "P"
    if before.span and after.span:
        return "B" if "derived" in (before.origin, after.origin) else "A"
    if metric.change and metric.change.numeric:
        return "C" if metric.change.kind in ("relative", "multiple") else "D"
    return "E" if before.span or after.span else "F"


def _direction(metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd) -> Direction | None:
    """None for a plan, a neutral metric or no comparison; `unclear` where bounds or ranges leave both open."""
    if metric.status != "observed" or metric.better == "neutral" or not _compares(metric):
        return None
    if before.span and after.span:
        move = _move_of_ends(metric, units, before, after)
    elif (words := _move_of_words(metric, units)) is not None:
        move = words
    elif metric.change is None or metric.change.span is None:
        return None
    else:
        move = _move_of_change(metric.change)
    if move is None:
        return "unclear"
    if move == 0:
        return "unchanged"
    return "improved" if (move > 0) == (metric.better == "higher") else "worsened"


def _compares(metric: Metric) -> bool:
    """Whether a change is stated, or both ends are, in numbers or in words."""
    ends = (metric.before, metric.after)
    return metric.change is not None or all(end and (end.numeric or end.text) for end in ends)


def _move_of_ends(metric: Metric, units: Mapping[str, Unit], before: DerivedEnd, after: DerivedEnd) -> int | None:
    assert before.span and after.span
    start_unit, end_unit = units[metric.unit_of(metric.before)], units[metric.unit_of(metric.after)]
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


def _move_of_words(metric: Metric, units: Mapping[str, Unit]) -> int | None:
    """Compare two words of a unit that declares their order; None where one of them is not in it."""
    order = units[metric.unit].order
    if not (metric.before and metric.after and metric.before.text in order and metric.after.text in order):
        return None
    return order.index(metric.after.text) - order.index(metric.before.text)


def _move_of_change(change: Change) -> int | None:
    assert change.span is not None
    still = 1.0 if change.kind == "multiple" else 0.0
    low, high = change.span
    if low == high == still:
        return 0 if change.bound == "exact" else None
    if low < still < high or still in (low, high):
        return None
    upward = 1 if low > still else -1
    return -upward if change.kind == "places" else upward


def _disagreement(metric: Metric, change: Change) -> tuple[float, float] | None:
    """Return the implied and the stated change where they differ by more than rounding.

    Compared are exact numbers only: both ends and the change. Places are never rounded.
    """
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
    """Return half of the last printed digit: 0.05 for 12.4, 0.5 for 881."""
    digits = number(value).partition(".")[2]
    return 0.5 * 10.0 ** -len(digits)
