"""The numerals that a metric cites, and which of them state one of its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from data.model.numerals import Numeral, find_numerals, number_keys, strip_blanks
from data.model.problems import FieldPath
from data.model.quantities import PrintedQuantity, find_quantities
from data.model.schema import End, Metric, Quantity
from data.rules.rule import Facts

_FIRST = re.compile("首(?![先要席都府脑领尾])")
"""The first, in words: 全国首个 is rank 1."""


class CitedNumeral(NamedTuple):
    """A numeral of a phrase, and the text of the phrase without blanks."""

    numeral: Numeral
    text: str

    @property
    def before(self) -> str:
        return self.text[: self.numeral.start]

    @property
    def after(self) -> str:
        return self.text[self.numeral.end :]

    def __str__(self) -> str:
        """The numeral with the word behind it."""
        found = re.match(r"%|[^\W\d]{0,2}", self.after)
        return self.numeral.text + (found[0] if found else "")

    def quote(self) -> str:
        """The numeral with the words around it, in quotes."""
        return f'"{self.before[-4:]}{self.numeral.text}{self.after[:6]}"'


class StatedNumber(NamedTuple):
    """A number of a metric that its phrases must state, and the numerals that state it."""

    path: FieldPath
    value: float
    printed: PrintedQuantity
    cited: tuple[CitedNumeral, ...]


def find_cited(metric: Metric, facts: Facts) -> tuple[CitedNumeral, ...]:
    """Find the numerals of the phrases of a metric, without those that a phrase excludes."""
    return tuple(found for phrase in metric.phrases for found in _find_cited(phrase.text, phrase.excludes, facts.names))


def find_stated(metric: Metric, facts: Facts) -> Iterator[StatedNumber]:
    """Yield the numbers of a metric that are not implied, each with the numerals that state it."""
    cited = find_cited(metric, facts)
    for printed in find_quantities(metric, facts.units):
        quantity = printed.quantity
        if isinstance(quantity, End) and quantity.value_basis == "implied":
            continue
        for name in ("value", "low", "high"):
            value = getattr(quantity, name)
            if value is not None:
                keys = number_keys(value * printed.scale)
                found = tuple(
                    each
                    for each in cited
                    if not keys.isdisjoint(each.numeral.readings)
                    or not _other_keys(quantity, value, each).isdisjoint(each.numeral.readings)
                )
                yield StatedNumber((*printed.path, name), value, printed, found)


def says_first(metric: Metric) -> bool:
    """Whether a phrase says in words that something is the first of its kind."""
    return any(_FIRST.search(phrase.text) for phrase in metric.phrases)


@lru_cache(maxsize=512)
def _find_cited(text: str, excludes: tuple[str, ...], names: frozenset[str]) -> tuple[CitedNumeral, ...]:
    """Find the numerals of a phrase; every rule about the same metric asks for them."""
    text = strip_blanks(text)
    numerals = find_numerals(text, names)
    inner = {position for numeral in numerals for position in range(numeral.start + 1, numeral.end)}
    excluded = [
        span
        for exclusion in excludes
        for found in re.finditer(re.escape(strip_blanks(exclusion)), text)
        if inner.isdisjoint(span := found.span())
    ]
    return tuple(
        CitedNumeral(numeral, text)
        for numeral in numerals
        if not any(numeral.start < end and start < numeral.end for start, end in excluded)
    )


def _other_keys(quantity: Quantity, value: float, cited: CitedNumeral) -> frozenset[str]:
    """Return the keys that state a change besides its own: 增长2倍 is a multiple of 3 too, and a change of 200 %."""
    kind = str(getattr(quantity, "kind", ""))
    told = []
    if cited.after.startswith("倍"):
        told += {"multiple": [value - 1], "relative": [value / 100]}.get(kind, [])
    if cited.numeral.text.startswith("翻") and kind == "relative":
        told.append(value / 100 + 1)
    return number_keys(*told)
