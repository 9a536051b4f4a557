"""Every number of a metric is one that its phrases state, and its change is that between its ends."""

from __future__ import annotations

from collections.abc import Iterator

from data.model.evidence import find_contradictions, number
from data.model.numerals import find_numerals, strip_blanks
from data.model.problems import FieldPath, describe
from data.model.quantities import find_quantities
from data.model.schema import Case, Metric
from data.rules.cited import StatedNumber, find_cited, find_stated, says_first
from data.rules.rule import Facts, Found, metrics_of, rule, warning

LISTED = 6
"""Maximum number of numerals that a message lists."""
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
    for path, metric in metrics_of(case):
        for stated in find_stated(metric, facts):
            first = stated.printed.unit.dimension == "rank" and stated.value == 1 and says_first(metric)
            if not stated.cited and not first:
                advice = _advise(stated, metric, facts)
                yield (*path, *stated.path), f"{_describe(stated)} is not stated by its phrases. {advice}"


def _describe(stated: StatedNumber) -> str:
    kind, unit = getattr(stated.printed.quantity, "kind", None), stated.printed.unit
    words = {"difference": unit.name.zh, None: unit.name.zh, "relative": "%", "points": "个百分点", "multiple": "倍"}
    return f"{number(stated.value)} {words.get(kind, '位')}"


def _advise(stated: StatedNumber, metric: Metric, facts: Facts) -> str:
    listed = list(dict.fromkeys(map(str, find_cited(metric, facts))))[:LISTED]
    there = f"They state {', '.join(listed)}" if listed else "They hold no numeral"
    advice = "Correct the number or its unit, or cite the words that state it"
    if stated.path[0] != "change":
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
                held = {key for cited in find_cited(metric, facts) for key in cited.numeral.readings}
                numerals = find_numerals(strip_blanks(words.zh), facts.names)
                wrong = next((each.text for each in numerals if held.isdisjoint(each.readings)), "")
                yield (*path, *printed.path, "text", "zh"), words.zh, wrong, phrases


def _left_from(words: str, text: str) -> bool:
    """Whether `words` are `text` with parts left out."""
    rest = iter(text)
    return all(character in rest for character in words)
