"""What a case file must keep beyond its shape: the rules, each in the module of its subject.

An error cannot be right. A warning might be wrong: it can be answered in the file, with
`accepted: [{rule: …, why: …}]` on the metric. No rule can be switched off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.model.numerals import proper_names
from data.model.problems import Fault, FieldPath, describe, suggest
from data.model.schema import Case, Document, Place, Unit
from data.rules import contents, dates, doubles, languages, numbers, units, words
from data.rules.cited import find_stated
from data.rules.rule import RULES, Facts, metrics_of, texts_of

MODULES = (numbers, words, units, dates, languages, doubles, contents)
"""Where the rules stand; importing a module is what registers its rules."""


def check_case(
    case: Case, units: Mapping[str, Unit], places: Mapping[str, Place], document: Document
) -> Iterator[Fault]:
    """Apply every rule to a case; warnings that the file accepts are left out.

    `units` and `places` are those of the reference tables by id, and `document` is what the case comes from.
    """
    names = proper_names(frozenset(place.name.zh for place in places.values()))
    numbers = tuple(find_stated(case, units, names))
    facts = Facts(units, places, document, names, dict(texts_of(case)), numbers)
    accepted = {
        (metric_path, entry.rule): (*metric_path, "accepted", at, "rule")
        for metric_path, metric in metrics_of(case)
        for at, entry in enumerate(metric.accepted)
    }
    answered = set()
    for name, (check, severity) in RULES.items():
        for path, message in check(case, facts):
            key = path[:2], name
            if severity == "warning" and key in accepted:
                answered.add(key)
            elif severity == "warning" and path[0] == "metrics":
                advice = f"If it is right as it is, write accepted: [{{rule: {name}, why: …}}]"
                yield Fault(path, f"{message}. {advice}", "warning")
            else:
                yield Fault(path, message, severity)
    for key in accepted.keys() - answered:
        yield _needless(key[1], accepted[key])


def _needless(name: str, path: FieldPath) -> Fault:
    if name in RULES:
        return Fault(path, f"the rule {describe(name)} warns of nothing here that can be accepted. Remove this entry")
    known = {each: each for each in RULES}
    return Fault(path, f"unknown rule {describe(name)}.{suggest(name, known, 'the rules that the warnings name')}")
