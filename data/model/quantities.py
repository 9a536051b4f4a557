"""The quantities of a metric, and the keys by which their numbers are compared with the numerals of a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from data.model.numerals import date_keys, find_numerals, number_keys, strip_blanks
from data.model.problems import FieldPath
from data.model.schema import Change, ChangeKind, End, Metric, Quantity, Unit


class PrintedQuantity(NamedTuple):
    """A quantity of a metric, its path from the metric on, and the unit it is printed in."""

    path: FieldPath
    quantity: Quantity
    unit: Unit

    @property
    def kind(self) -> ChangeKind:
        """The kind of a change; a level is in its unit, as a difference is."""
        return self.quantity.kind if isinstance(self.quantity, Change) else "difference"

    @property
    def scale(self) -> float:
        """The multiplier of its numbers: the unit's, except for a change in per cent, points, times or places."""
        return self.unit.scale if self.kind == "difference" else 1


def find_quantities(metric: Metric, units: Mapping[str, Unit]) -> Iterator[PrintedQuantity]:
    """Yield the ends, the yardstick and the change of a metric."""
    yardstick = metric.compared_with.end if metric.compared_with else None
    ends = {("before",): metric.before, ("after",): metric.after, ("compared_with", "end"): yardstick}
    for path, end in ends.items():
        if end:
            yield PrintedQuantity(path, end, units[metric.unit_of(end)])
    if metric.change:
        yield PrintedQuantity(("change",), metric.change, units[metric.unit])


def metric_keys(metric: Metric, units: Mapping[str, Unit], names: frozenset[str]) -> frozenset[str]:
    """Return the keys of the numbers, dates and words of a metric. `names`: see `find_numerals`."""
    keys: set[str] = set()
    for printed in find_quantities(metric, units):
        quantity = printed.quantity
        if isinstance(quantity, End) and quantity.period:
            keys |= date_keys(quantity.period.start) | date_keys(quantity.period.end)
        if quantity.text:
            keys |= text_keys(quantity.text.zh, names)
        numbers = [value * printed.scale for value in quantity.span or ()]
        more = [value - 1 for value in numbers] if printed.kind == "multiple" else []  # 增长1.8倍 is a multiple of 2.8
        keys |= number_keys(*numbers, *more)
    return frozenset(keys)


def text_keys(text: str, names: frozenset[str]) -> frozenset[str]:
    """Return the keys of all numerals of a text."""
    return frozenset(key for numeral in find_numerals(strip_blanks(text), names) for key in numeral.readings)
