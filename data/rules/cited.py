"""The numerals that a metric cites, and which of them state one of its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from data.model.numerals import Numeral, find_numerals, number_keys, strip_blanks
from data.model.problems import FieldPath
from data.model.quantities import PrintedQuantity, find_quantities
from data.model.schema import Case, End, Metric, Unit

_CLAUSE_END = re.compile("[,，。;；]")


class CitedNumeral(NamedTuple):
    """A numeral of a phrase, the text of the phrase without blanks, what is in front of the numeral, in the text and in
    its clause, and behind it, and which one of several the phrase is.
    """

    numeral: Numeral
    text: str
    before: str
    clause: str
    after: str
    occurrence: int | str | None

    def __str__(self) -> str:
        """The numeral with the word behind it."""
        return self.numeral.text + str(re.findall(r"^%|^[^\W\d]{0,2}", self.after)[0])

    def quote(self) -> str:
        """The numeral with the words around it, in quotes."""
        return f'"{self.before[-4:]}{self.numeral.text}{self.after[:6]}"'


class StatedNumber(NamedTuple):
    """A number of a metric, its path in the case, its side (before, after, change or compared_with), and the numerals
    that state it; none where it is implied.
    """

    metric: Metric
    path: FieldPath
    side: str
    value: float
    printed: PrintedQuantity
    implied: bool
    cited: tuple[CitedNumeral, ...]


def find_cited(metric: Metric, names: frozenset[str]) -> Iterator[CitedNumeral]:
    """Find the numerals of the phrases of a metric, without those that a phrase excludes."""
    for phrase in metric.phrases:
        text = strip_blanks(phrase.text)
        spans = [found.span() for each in phrase.excludes for found in re.finditer(re.escape(strip_blanks(each)), text)]
        for numeral in find_numerals(text, names):
            if not any(start <= numeral.start and numeral.end <= end for start, end in spans):
                before, after = text[: numeral.start], text[numeral.end :]
                yield CitedNumeral(numeral, text, before, _CLAUSE_END.split(before)[-1], after, phrase.occurrence)


def find_stated(case: Case, units: Mapping[str, Unit], names: frozenset[str]) -> Iterator[StatedNumber]:
    """Yield the numbers of the metrics of a case, each with the numerals that state it."""
    for at, metric in enumerate(case.metrics):
        numerals = list(find_cited(metric, names))
        for printed in find_quantities(metric, units):
            implied = isinstance(printed.quantity, End) and printed.quantity.value_basis == "implied"
            for name in ("value", "low", "high"):
                value = getattr(printed.quantity, name)
                if value is not None:
                    cited = tuple(each for each in numerals if not implied and _states(each, value, printed))
                    path, side = ("metrics", at, *printed.path, name), str(printed.path[0])
                    yield StatedNumber(metric, path, side, value, printed, implied, cited)


def _states(cited: CitedNumeral, value: float, printed: PrintedQuantity) -> bool:
    """Whether a numeral states a number; 增长2倍 states a multiple of 3 as well, and a change of 200 %."""
    told = [value * printed.scale]
    if cited.after.startswith("倍"):
        told += {"multiple": [value - 1], "relative": [value / 100]}.get(printed.kind, [])
    if cited.numeral.text.startswith("翻") and printed.kind == "relative":
        told.append(value / 100 + 1)
    return not number_keys(*told).isdisjoint(cited.numeral.readings)
