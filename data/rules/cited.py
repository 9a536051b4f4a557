"""The numerals that a metric cites, and which of them state one of its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from data.model.numerals import Numeral, find_numerals, number_keys, strip_blanks
from data.model.problems import FieldPath
from data.model.quantities import PrintedQuantity, find_quantities
from data.model.schema import Case, Metric, Phrase, Quantity, Unit


class CitedNumeral(NamedTuple):
    """A numeral of a phrase, the text of the phrase without blanks, and which one of several it is."""

    numeral: Numeral
    text: str
    occurrence: int | str | None

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
    """A number of a metric, its path in the case, and the numerals that state it; none where it is implied."""

    metric: Metric
    path: FieldPath
    value: float
    printed: PrintedQuantity
    cited: tuple[CitedNumeral, ...]

    @property
    def side(self) -> str:
        """The part of the metric that holds it: before, after, change or compared_with."""
        return str(self.printed.path[0])

    @property
    def implied(self) -> bool:
        return getattr(self.printed.quantity, "value_basis", None) == "implied"


def find_cited(metric: Metric, names: frozenset[str]) -> list[CitedNumeral]:
    """Find the numerals of the phrases of a metric, without those that a phrase excludes."""
    return [cited for phrase in metric.phrases for cited in _find_in(phrase, names)]


def _find_in(phrase: Phrase, names: frozenset[str]) -> Iterator[CitedNumeral]:
    text = strip_blanks(phrase.text)
    numerals = find_numerals(text, names)
    inner = {position for numeral in numerals for position in range(numeral.start + 1, numeral.end)}
    found = [match.span() for each in phrase.excludes for match in re.finditer(re.escape(strip_blanks(each)), text)]
    excluded = [span for span in found if inner.isdisjoint(span)]
    for numeral in numerals:
        if not any(numeral.start < end and start < numeral.end for start, end in excluded):
            yield CitedNumeral(numeral, text, phrase.occurrence)


def find_stated(case: Case, units: Mapping[str, Unit], names: frozenset[str]) -> Iterator[StatedNumber]:
    """Yield the numbers of the metrics of a case, each with the numerals that state it."""
    for at, metric in enumerate(case.metrics):
        cited = find_cited(metric, names)
        for printed in find_quantities(metric, units):
            for name in ("value", "low", "high"):
                value = getattr(printed.quantity, name)
                if value is not None:
                    number = StatedNumber(metric, ("metrics", at, *printed.path, name), value, printed, ())
                    states = tuple(each for each in cited if not number.implied and _states(each, value, printed))
                    yield number._replace(cited=states)


def _states(cited: CitedNumeral, value: float, printed: PrintedQuantity) -> bool:
    told = [value * printed.scale, *_tell_otherwise(printed.quantity, value, cited)]
    return not number_keys(*told).isdisjoint(cited.numeral.readings)


def _tell_otherwise(quantity: Quantity, value: float, cited: CitedNumeral) -> list[float]:
    """Return what states a change besides its own: 增长2倍 is a multiple of 3 too, and a change of 200 %."""
    kind = str(getattr(quantity, "kind", ""))
    told = []
    if cited.after.startswith("倍"):
        told += {"multiple": [value - 1], "relative": [value / 100]}.get(kind, [])
    if cited.numeral.text.startswith("翻") and kind == "relative":
        told.append(value / 100 + 1)
    return told
