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
from data.rules.cited import StatedNumber, find_cited
from data.rules.rule import Facts, Found, metrics_of, rule, warning

LISTED = 6
"""Maximum number of numerals that a message lists."""
_FIRST = re.compile("首(?![先要席都府脑领尾])")
"""The first, in words: 全国首个 is rank 1."""
_MINUS = re.compile(r"(?:(?<!\d)[-－−]|负|亏损?)$")
_AS_PRINTED = "Write the words as they are printed"


@rule
def contradiction(case: Case, facts: Facts) -> Found:
    """A change fits its ends and its unit; one that a declared contradiction names may differ from its ends."""
    disputed = {name for conflict in case.conflicts if conflict.kind == "contradiction" for name in conflict.metrics}
    for path, metric in metrics_of(case):
        for at, message in find_contradictions(metric, facts.units, metric.id in disputed):
            yield (*path, *at), message


@rule
def number_not_stated(case: Case, facts: Facts) -> Found:
    for each in facts.numbers:
        unit, phrases = each.printed.unit, each.metric.phrases
        first = unit.dimension == "rank" and each.value == 1 and any(_FIRST.search(phrase.text) for phrase in phrases)
        if not (each.cited or each.implied or first):
            yield each.path, f"{_describe(each)} is not stated by its phrases. {_advise(each, facts)}"


def _describe(stated: StatedNumber) -> str:
    kind, unit = getattr(stated.printed.quantity, "kind", "difference"), stated.printed.unit
    words = {"difference": unit.name.zh, "relative": "%", "points": "个百分点", "multiple": "倍", "places": "位"}
    return f"{number(stated.value)} {words[kind]}"


def _advise(stated: StatedNumber, facts: Facts) -> str:
    listed = list(dict.fromkeys(map(str, find_cited(stated.metric, facts.names))))[:LISTED]
    there = f"They state {', '.join(listed)}" if listed else "They hold no numeral"
    advice = "Correct the number or its unit, or cite the words that state it"
    if stated.side != "change":
        advice += "; where words imply it without a numeral, write value_basis: implied"
    return f"{there}. {advice}"


@rule
def numeral_not_stated(case: Case, facts: Facts) -> Found:
    for path, _, wrong, _ in _number_like(case, facts):
        if wrong:
            yield path, f"{describe(wrong)} is not stated by its phrases. {_AS_PRINTED}"


@warning
def words_not_stated(case: Case, facts: Facts) -> Found:
    for path, words, wrong, phrases in _number_like(case, facts):
        if not wrong and not _left_from(strip_blanks(words), phrases):
            yield path, f"{describe(words)} are not words of its phrases. {_AS_PRINTED}"


def _number_like(case: Case, facts: Facts) -> Iterator[tuple[FieldPath, str, str, str]]:
    """Yield the number-like words of the metrics, the first numeral in them that no phrase states, and the phrases."""
    for path, metric in metrics_of(case):
        phrases = strip_blanks("".join(phrase.text for phrase in metric.phrases))
        for printed in find_quantities(metric, facts.units):
            if words := printed.quantity.text:
                held = {key for cited in find_cited(metric, facts.names) for key in cited.numeral.readings}
                numerals = find_numerals(strip_blanks(words.zh), facts.names)
                wrong = next((each.text for each in numerals if held.isdisjoint(each.readings)), "")
                yield (*path, *printed.path, "text", "zh"), words.zh, wrong, phrases


def _left_from(words: str, text: str) -> bool:
    """Whether `words` are `text` with parts left out."""
    rest = iter(text)
    return all(character in rest for character in words)


@rule
def level_range(case: Case, facts: Facts) -> Found:
    for each in facts.numbers:
        if each.side != "change" and (fault := _find_fault(each)):
            yield each.path, fault


def _find_fault(level: StatedNumber) -> str:
    """Say what is wrong with a level, "" if nothing is."""
    value, unit, implied = level.value, level.printed.unit, level.implied
    whole = round(value * unit.scale, 6) % 1 == 0
    if unit.dimension == "rank" and (value < 1 or not whole):
        return f"a rank is a whole number from 1, got {value:g}. Write the printed rank"
    if value < 0 and not any(_MINUS.search(cited.before) for cited in level.cited):
        advice = "Write it without the sign, or cite the words"
        return f"a level below 0 without a minus in its phrases: {value:g}. {advice}"
    if unit.dimension == "share" and value * unit.factor > 1 and implied:
        return f"a share of more than the whole cannot be implied: {value:g}. Correct it, or cite the words"
    if unit.dimension == "count" and not whole and implied:
        return f"a count that is not whole cannot be implied: {value:g}. Correct it, or cite the words"
    return ""


@rule
def whole_places(case: Case, facts: Facts) -> Found:
    for each in facts.numbers:
        if getattr(each.printed.quantity, "kind", None) == "places" and each.value % 1:
            yield each.path, f"places are a whole number, got {each.value:g}. Write the printed number"
