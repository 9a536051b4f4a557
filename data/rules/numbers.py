"""Every number of a metric is one that its phrases state, one that its unit can have, and fits the others.

A share above 100 % or a count that is not whole is right where a phrase states it; one that is implied is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.model.evidence import find_contradictions, number
from data.model.numerals import find_numerals, strip_blanks
from data.model.problems import FieldPath, describe
from data.model.quantities import find_quantities
from data.model.schema import Case
from data.rules.cited import find_cited
from data.rules.rule import Facts, Found, list_found, rule, warning

_FIRST = re.compile("首(?![先要席都府脑领尾])")
"""The first, in words: 全国首个 is rank 1."""
_MINUS = re.compile(r"(?:(?<!\d)[-－−]|负|亏损?)$")
_OF_CHANGES = {"relative": "%", "points": "个百分点", "multiple": "倍", "places": "位"}
"""The word behind a change that is not in the unit."""
_AS_PRINTED = "Write the words as they are printed"


@rule
def contradiction(case: Case, facts: Facts) -> Found:
    """A change fits its ends and its unit; one that a declared contradiction names may differ from its ends."""
    disputed = {name for conflict in case.conflicts if conflict.kind == "contradiction" for name in conflict.metrics}
    for path, metric in facts.metrics.items():
        for at, message in find_contradictions(metric, facts.units, metric.id in disputed):
            yield (*path, *at), message


@rule
def number_not_stated(case: Case, facts: Facts) -> Found:
    """A phrase states each number but for what is implied, and each numeral of number-like words."""
    for each in facts.numbers:
        unit, phrases = each.printed.unit, each.metric.phrases
        first = unit.dimension == "rank" and each.value == 1 and any(_FIRST.search(phrase.text) for phrase in phrases)
        if not (each.cited or each.implied or first):
            listed = list_found(map(str, find_cited(each.metric, facts.names)))
            there = f"They state {listed}" if listed else "They hold no numeral"
            advice = "Correct the number or its unit, or cite the words that state it"
            if each.side != "change":
                advice += "; where words imply it without a numeral, write value_basis: implied"
            word = _OF_CHANGES.get(each.printed.kind, unit.name.zh)
            found = f"{number(each.value)} {word} is not stated by its phrases"
            yield each.path, f"{found}. {there}. {advice}"
    for path, _, wrong, _ in _number_like(case, facts):
        if wrong:
            yield path, f"{describe(wrong)} is not stated by its phrases. {_AS_PRINTED}"


@warning
def words_not_stated(case: Case, facts: Facts) -> Found:
    """Number-like words are those of the phrases, with parts left out."""
    for path, words, wrong, phrases in _number_like(case, facts):
        rest = iter(phrases)
        if not wrong and not all(character in rest for character in strip_blanks(words)):
            yield path, f"{describe(words)} are not words of its phrases. {_AS_PRINTED}"


def _number_like(case: Case, facts: Facts) -> Iterator[tuple[FieldPath, str, str, str]]:
    """Yield the number-like words of the metrics, the first numeral in them that no phrase states, and the phrases."""
    for path, metric in facts.metrics.items():
        for printed in find_quantities(metric, facts.units):
            if words := printed.quantity.text:
                held = {key for cited in find_cited(metric, facts.names) for key in cited.numeral.readings}
                numerals = find_numerals(strip_blanks(words.zh), facts.names)
                wrong = next((each.text for each in numerals if held.isdisjoint(each.readings)), "")
                phrases = strip_blanks("".join(phrase.text for phrase in metric.phrases))
                yield (*path, *printed.path, "text", "zh"), words.zh, wrong, phrases


@rule
def level_range(case: Case, facts: Facts) -> Found:
    """A level is one that its unit can have."""
    for each in facts.numbers:
        value, unit = each.value, each.printed.unit
        whole, above = round(value * unit.scale, 6) % 1 == 0, unit.dimension == "share" and value * unit.factor > 1
        if each.side == "change":
            continue
        if unit.dimension == "rank" and (value < 1 or not whole):
            yield each.path, f"a rank is a whole number from 1, got {value:g}. Write the printed rank"
        elif value < 0 and not any(_MINUS.search(cited.before) for cited in each.cited):
            advice = "Write it without the sign, or cite the words"
            yield each.path, f"a level below 0 without a minus in its phrases: {value:g}. {advice}"
        elif each.implied and (above or (unit.dimension == "count" and not whole)):
            found = "a share of more than the whole" if above else "a count that is not whole"
            yield each.path, f"{found} cannot be implied: {value:g}. Correct it, or cite the words"
