"""What a case file must keep beyond its shape: the rules, each in the module of its subject.

An error cannot be right. A warning might be wrong: it can be answered in the file, with
`accepted: [{rule: …, why: …}]` on the metric. No rule can be switched off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.model.numerals import proper_names
from data.model.problems import Fault, describe, suggest
from data.model.schema import Case, Document, Metric, Place, Unit
from data.rules import contents, dates, doubles, languages, numbers, units, words
from data.rules.cited import find_stated
from data.rules.rule import RULES, Facts, parts_of

MODULES = (numbers, words, units, dates, languages, doubles, contents)
"""Where the rules stand; importing a module is what registers its rules."""


def check_case(
    case: Case, units: Mapping[str, Unit], places: Mapping[str, Place], document: Document, whole: bool = True
) -> Iterator[Fault]:
    """Apply every rule to a case; warnings that the file accepts are left out.

    `units` and `places` are those of the reference tables by id, and `document` is what the case comes from. Only of a
    `whole` case it is told what is accepted without a warning, which may be about a part that is left out.
    """
    names, parts = proper_names(frozenset(place.name.zh for place in places.values())), parts_of(case)
    texts = {path: part for path, part in parts if isinstance(part, str)}
    lists = {path: part for path, part in parts if isinstance(part, tuple)}
    metrics = {path: part for path, part in parts if isinstance(part, Metric)}
    facts = Facts(units, places, document, names, metrics, texts, lists, tuple(find_stated(case, units, names)))
    accepted = {
        (path, entry.rule): (*path, "accepted", at, "rule")
        for path, metric in metrics.items()
        for at, entry in enumerate(metric.accepted)
    }
    needless = dict(accepted)
    for name, (check, severity) in RULES.items():
        for path, message in check(case, facts):
            if severity == "error":
                yield Fault(path, message)
            elif (path[:2], name) in accepted:
                needless.pop((path[:2], name), None)
            else:
                advice = f"If it is right as it is, write accepted: [{{rule: {name}, why: …}}]"
                yield Fault(path, f"{message}. {advice}", "warning")
    warnings = {name: name for name, (_, severity) in RULES.items() if severity == "warning"}
    for (_, name), path in needless.items() if whole else ():
        message = f"the rule {describe(name)} warns of nothing here that can be accepted. Remove this entry"
        unknown = f"unknown rule {describe(name)}.{suggest(name, warnings, 'the rules that the warnings name')}"
        yield Fault(path, message if name in warnings else unknown)
