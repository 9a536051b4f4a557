"""The numbers that a unit can have: shares up to 100 %, ranks and counts that are whole, no level below 0.

A share above 100 % or a count that is not whole is right where a phrase states it, which `numbers` finds out; so only
those that are implied are refused here.
"""

from __future__ import annotations

import re

from data.model.schema import Case, End, Unit
from data.rules.cited import find_stated
from data.rules.rule import Facts, Found, ends_of, metrics_of, rule

_MINUS = re.compile(r"(?:(?<!\d)[-－−]|负|亏损?)$")
_NUMBERS = ("value", "low", "high")


@rule
def level_range(case: Case, facts: Facts) -> Found:
    for path, metric in metrics_of(case):
        losses = {
            stated.path
            for stated in find_stated(metric, facts)
            if any(_MINUS.search(cited.before) for cited in stated.cited)
        }
        for at, end in ends_of(metric):
            for key in _NUMBERS:
                fault = _find_fault(end, key, facts.units[metric.unit_of(end)], (*at, key) in losses)
                if fault:
                    yield (*path, *at, key), fault


def _find_fault(end: End, key: str, unit: Unit, loss: bool) -> str:
    """Say what is wrong with a level, "" if nothing is. `loss`: whether a phrase prints a minus before it."""
    value: float | None = getattr(end, key)
    if value is None:
        return ""
    whole, implied = round(value * unit.scale, 6) % 1 == 0, end.value_basis == "implied"
    if unit.dimension == "rank" and (value < 1 or not whole):
        return f"a rank is a whole number from 1, got {value:g}. Write the printed rank"
    if value < 0 and not loss:
        advice = "Write it without the sign, or cite the words"
        return f"a level below 0 without a minus in its phrases: {value:g}. {advice}"
    if unit.dimension == "share" and value * unit.factor > 1 and implied:
        return f"a share of more than the whole cannot be implied: {value:g}. Correct it, or cite the words"
    if unit.dimension == "count" and not whole and implied:
        return f"a count that is not whole cannot be implied: {value:g}. Correct it, or cite the words"
    return ""


@rule
def whole_places(case: Case, facts: Facts) -> Found:
    for path, metric in metrics_of(case):
        for key in _NUMBERS if metric.change and metric.change.kind == "places" else ():
            value = getattr(metric.change, key)
            if value is not None and value % 1:
                yield (*path, "change", key), f"places are a whole number, got {value:g}. Write the printed number"
