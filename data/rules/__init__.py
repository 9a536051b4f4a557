"""What a case file must keep beyond its shape: the rules, each in the module of its subject.

An error cannot be right. A warning might be wrong: it can be answered in the file, with
`accepted: [{rule: …, why: …}]` on the metric. No rule can be switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.model.problems import Fault, FieldPath, describe, suggest
from data.model.schema import Case
from data.rules import conflicts, contents, dates, doubles, languages, numbers, ranges, units, words
from data.rules.rule import RULES, Facts, metrics_of

MODULES = (numbers, words, dates, ranges, units, languages, doubles, conflicts, contents)
"""Where the rules stand; importing a module is what registers its rules."""


def check_case(case: Case, facts: Facts) -> Iterator[Fault]:
    """Apply every rule to a case; warnings that the file accepts are left out."""
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
