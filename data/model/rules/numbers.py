"""Every number of a metric is one that its phrases state."""

from __future__ import annotations

from collections.abc import Iterator

from data.model.evidence import number
from data.model.numerals import find_numerals, strip_blanks
from data.model.problems import Fault, describe
from data.model.quantities import find_quantities
from data.model.rules.cited import StatedNumber, find_cited, find_stated, says_first
from data.model.rules.rule import CaseView, MetricRule, MetricView
from data.model.schema import Metric

LISTED = 6
"""Maximum number of numerals that a message lists."""
_AS_PRINTED = "Write the words as they are printed"


def _uncited(view: MetricView, case: CaseView) -> Iterator[Fault]:
    """Find the numbers that no phrase states."""
    metric = view.metric
    for stated in find_stated(metric, case):
        unit = stated.printed.unit
        first = unit.dimension == "rank" and stated.value == 1 and says_first(metric)
        if not stated.cited and not first:
            yield Fault(
                stated.path, f"{_describe(stated)} is not stated by its phrases. {_advise(stated, metric, case)}"
            )


def _describe(stated: StatedNumber) -> str:
    kind, unit = getattr(stated.printed.quantity, "kind", None), stated.printed.unit
    words = {"difference": unit.name.zh, None: unit.name.zh, "relative": "%", "points": "个百分点", "multiple": "倍"}
    return f"{number(stated.value)} {words.get(kind, '位')}"


def _advise(stated: StatedNumber, metric: Metric, case: CaseView) -> str:
    listed = list(dict.fromkeys(map(str, find_cited(metric, case))))[:LISTED]
    there = f"They state {', '.join(listed)}" if listed else "They hold no numeral"
    advice = "Correct the number or its unit, or cite the words that state it"
    if stated.path[0] != "change":
        advice += "; where words imply it without a numeral, write value_basis: implied"
    return f"{there}. {advice}"


def _uncited_words(view: MetricView, case: CaseView) -> Iterator[Fault]:
    """Find number-like words with a numeral that no phrase states; warn of others that no phrase holds."""
    phrases = strip_blanks("".join(phrase.text for phrase in view.metric.phrases))
    for printed in find_quantities(view.metric, case.units):
        if words := printed.quantity.text:
            path = (*printed.path, "text", "zh")
            held = frozenset(key for cited in find_cited(view.metric, case) for key in cited.numeral.readings)
            numerals = find_numerals(strip_blanks(words.zh), case.names)
            wrong = [numeral.text for numeral in numerals if held.isdisjoint(numeral.readings)]
            if wrong:
                yield Fault(path, f"{describe(wrong[0])} is not stated by its phrases. {_AS_PRINTED}")
            elif not _left_from(strip_blanks(words.zh), phrases):
                yield Fault(path, f"{describe(words.zh)} are not words of its phrases. {_AS_PRINTED}", "warning")


def _left_from(words: str, text: str) -> bool:
    """Whether `words` are `text` with parts left out."""
    rest = iter(text)
    return all(character in rest for character in words)


RULES = (MetricRule("number-not-stated", _uncited), MetricRule("words-not-stated", _uncited_words))
