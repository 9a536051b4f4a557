"""The rules that a case file must keep beyond its shape: an error cannot be right, a warning might be wrong.

A rule is one entry of `METRIC_RULES` or `CASE_RULES`, made in the module of its subject. A warning can be answered in
the file, with `accepted: [{rule: …, why: …}]` on the metric; an error cannot, and no rule can be switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.model.problems import Fault, FieldPath, describe, suggest
from data.model.rules.conflicts import RULES as CONFLICTS
from data.model.rules.consistency import RULES as CONSISTENCY
from data.model.rules.dates import CASE_RULES as STORY_DATES
from data.model.rules.dates import RULES as DATES
from data.model.rules.doubles import RULES as DOUBLES
from data.model.rules.headlines import RULES as HEADLINES
from data.model.rules.languages import RULES as LANGUAGES
from data.model.rules.numbers import RULES as NUMBERS
from data.model.rules.places import RULES as PLACES
from data.model.rules.ranges import RULES as RANGES
from data.model.rules.rule import CaseRule, CaseView, MetricRule, MetricView
from data.model.rules.template import RULES as TEMPLATE
from data.model.rules.units import RULES as UNITS
from data.model.rules.words import RULES as WORDS

METRIC_RULES: tuple[MetricRule, ...] = (*CONSISTENCY, *NUMBERS, *WORDS, *DATES, *RANGES, *UNITS)
"""Rules about one metric, in the order in which they are reported."""
CASE_RULES: tuple[CaseRule, ...] = (*TEMPLATE, *LANGUAGES, *STORY_DATES, *DOUBLES, *CONFLICTS, *HEADLINES, *PLACES)
"""Rules about a case as a whole."""
RULE_IDS = (*(rule.id for rule in METRIC_RULES), *(rule.id for rule in CASE_RULES))


def check_case(view: CaseView) -> Iterator[Fault]:
    """Apply every rule to a case; warnings that the file accepts are left out."""
    return _without_accepted(view, list(_apply_all(view)))


def _apply_all(view: CaseView) -> Iterator[Fault]:
    for metric in view.metrics:
        for rule in METRIC_RULES:
            for found in rule.check(metric, view):
                yield found._replace(path=(*metric.path, *found.path), rule=rule.id)
    for whole in CASE_RULES:
        for found in whole.check(view):
            yield found._replace(rule=whole.id)


def _without_accepted(view: CaseView, findings: Iterable[Fault]) -> Iterator[Fault]:
    """Leave out the accepted warnings, and report what is accepted without a warning."""
    accepted = {
        (metric.path, entry.rule): (*metric.path, "accepted", position, "rule")
        for metric in view.metrics
        for position, entry in enumerate(metric.metric.accepted)
    }
    answered = set()
    for found in findings:
        key = found.path[:2], found.rule
        if found.severity == "warning" and key in accepted:
            answered.add(key)
        elif found.severity == "warning" and found.path[:1] == ("metrics",):
            advice = f"If it is right as it is, write accepted: [{{rule: {found.rule}, why: …}}]"
            yield found._replace(message=f"{found.message}. {advice}")
        else:
            yield found
    for key in accepted.keys() - answered:
        yield _needless(key[1], accepted[key])


def _needless(rule: str, path: FieldPath) -> Fault:
    if rule in RULE_IDS:
        return Fault(path, f"the rule {describe(rule)} warns of nothing here that can be accepted. Remove this entry")
    known = {name: name for name in RULE_IDS}
    return Fault(path, f"unknown rule {describe(rule)}.{suggest(rule, known, 'the rules that the warnings name')}")


__all__ = ["CASE_RULES", "METRIC_RULES", "RULE_IDS", "CaseView", "MetricView", "check_case"]
