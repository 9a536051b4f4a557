"""The numbers that a unit can have: shares up to 100 %, ranks and counts that are whole, no level below 0.

A share above 100 % or a count that is not whole is right where a phrase states it, which `numbers` finds out; so only
those that are implied are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.model.problems import Fault
from data.model.rules.cited import find_stated
from data.model.rules.rule import CaseView, MetricRule, MetricView
from data.model.schema import End, Unit

_MINUS = re.compile(r"(?:(?<!\d)[-－−]|负|亏损?)$")


def _levels(view: MetricView, case: CaseView) -> Iterator[Fault]:
    losses = {
        stated.path
        for stated in find_stated(view.metric, case)
        if any(_MINUS.search(cited.before) for cited in stated.cited)
    }
    for path, end in view.ends:
        unit = case.units.get(view.metric.unit_of(end))
        for key in ("value", "low", "high") if unit else ():
            value = getattr(end, key)
            if value is not None and unit and (message := _find_fault(end, value, unit, (*path, key) in losses)):
                yield Fault((*path, key), message)


def _find_fault(end: End, value: float, unit: Unit, loss: bool) -> str:
    """Say what is wrong with a level, "" if nothing is. `loss`: whether a phrase prints a minus before it."""
    whole, implied = round(value * unit.scale, 6) % 1 == 0, end.value_basis == "implied"
    if unit.dimension == "rank" and (value < 1 or not whole):
        return f"a rank is a whole number from 1, got {value:g}. Write the printed rank"
    if value < 0 and not loss:
        return (
            f"a level below 0 without a minus in its phrases: {value:g}. Write it without the sign, or cite the words"
        )
    if unit.dimension == "share" and value * unit.factor > 1 and implied:
        return f"a share of more than the whole cannot be implied: {value:g}. Correct it, or cite the words"
    if unit.dimension == "count" and not whole and implied:
        return f"a count that is not whole cannot be implied: {value:g}. Correct it, or cite the words"
    return ""


def _places(view: MetricView, case: CaseView) -> Iterator[Fault]:
    change = view.metric.change
    for key in ("value", "low", "high") if change and change.kind == "places" else ():
        value = getattr(change, key)
        if value is not None and value % 1:
            yield Fault(("change", key), f"places are a whole number, got {value:g}. Write the printed number")


RULES = (MetricRule("level-range", _levels), MetricRule("whole-places", _places))
