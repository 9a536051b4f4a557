"""The parts of a case fit one another: its headlines are results, its metrics lie in its places, what it lists as not
measured is no metric of it, and a conflict is about the metrics that it names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.model.evidence import derive
from data.model.grades import CHANGED
from data.model.numerals import strip_blanks
from data.model.problems import FieldPath, describe
from data.model.schema import Case, CaveatKind, ConflictKind, Metric
from data.rules.rule import Facts, Found, list_found, rule, warning

RUN = 4
"""Number of characters that a conflict has in common with the words of a metric which it concerns."""
KINDS: Mapping[CaveatKind, ConflictKind] = {"conflicting": "contradiction", "naming": "naming"}
"""The kind of conflict that a caveat speaks of."""
_NUMERAL = re.compile("[0-9０-９零〇一二三四五六七八九十百千万亿两双半首几数]")
"""A character of what is like a number, names and slogans included: 零跑动, 双违, 首次."""


@rule
def headline_missing(case: Case, facts: Facts) -> Found:
    """A case has headlines, or says why it has none."""
    if case.headlines and case.no_headline:
        yield ("no_headline",), "says why there is no headline, but there are headlines. Remove it, or the headlines"
    elif not case.headlines and not case.no_headline:
        advice = "Name one to four metrics, or write no_headline: {zh: …, en: …}"
        yield ("headlines",), f"a case without a headline says why. {advice}"


@rule
def headline_no_result(case: Case, facts: Facts) -> Found:
    """A headline is what happened or was delivered."""
    for at, name in enumerate(case.headlines):
        for metric in case.metrics:
            if metric.id == name and (metric.role in ("context", "rule") or metric.status != "observed"):
                found = f"{describe(name)} has role: {metric.role} and status: {metric.status}"
                yield ("headlines", at), f"{found}. A headline is what happened or was delivered. Choose another figure"


@rule
def headline_without_change(case: Case, facts: Facts) -> Found:
    """A headline states a change where an outcome or output of the case states one."""
    results = [metric for metric in case.metrics if metric.role in ("outcome", "output")]
    changes = [metric.id for metric in results if derive(metric, facts.units).grade in CHANGED]
    known = {metric.id for metric in case.metrics}
    if changes and case.headlines and known.issuperset(case.headlines) and not {*changes} & {*case.headlines}:
        found = "none of the headlines states a change, which readers look for first"
        yield ("headlines",), f"{found}. Name one that does: {list_found(changes)}"


@rule
def place_outside(case: Case, facts: Facts) -> Found:
    """A metric is of a place that the case names or contains. The province contains all but those outside."""
    named = {*case.places, *case.mentions}
    province = any(facts.places[name].kind == "province" for name in named)
    for path, metric in facts.metrics.items():
        place = facts.places[metric.place]
        if not {place.id, place.prefecture} & named and not (province and place.kind != "outside"):
            advice = "Add it to its places where the reform happened there, otherwise to its mentions"
            yield (*path, "place"), f"{describe(place.id)} lies in no place of the case. {advice}"


@rule
def mention_of_itself(case: Case, facts: Facts) -> Found:
    """What is only mentioned is another place."""
    parts: dict[FieldPath, Case | Metric] = {(): case, **facts.metrics}
    for path, part in parts.items():
        for at, name in enumerate(part.mentions):
            if name in (part.places if isinstance(part, Case) else (part.place,)):
                yield (*path, "mentions", at), f"{describe(name)} is its own place already. Remove it"


@rule
def not_measured(case: Case, facts: Facts) -> Found:
    """What is not measured is like a number, repeats a metric in words, or says why; no metric cites its very words."""
    cited = {strip_blanks(phrase.text): metric.id for metric in case.metrics for phrase in metric.phrases}
    for at, entry in enumerate(case.not_measured):
        path, phrase = ("not_measured", at, "phrase"), entry.phrase
        if phrase.occurrence is None and (name := cited.get(strip_blanks(phrase.text))):  # it stands once in the part
            advice = "Remove it here, or say with occurrence which one each is"
            yield path, f"the metric {describe(name)} cites the same words. {advice}"
        elif not (_NUMERAL.search(phrase.text) or entry.metric or entry.why):
            advice = "Cite the words with the number, say why it is listed, or remove it"
            yield path, f"{describe(phrase.text)} holds no numeral. {advice}"


@warning
def conflict_of_others(case: Case, facts: Facts) -> Found:
    """A conflict cites words of each metric that it names.

    A metric with the caveat of a conflict need not share words with the only conflict that names it.
    """
    for path, metric in facts.metrics.items():
        naming = [conflict for conflict in case.conflicts if metric.id in conflict.metrics]
        if len(naming) == 1 and metric.has_caveat("conflicting", "naming", "scope_differs"):
            continue
        subject = metric.subject.zh if metric.subject else ""
        runs = _runs(metric.name.zh, subject, *(phrase.text for phrase in metric.phrases))
        for conflict in naming:
            if runs.isdisjoint(_runs(*(phrase.text for phrase in conflict.phrases))):
                advice = "Take this figure out of its metrics, or cite there the words that concern it"
                yield path, f"the conflict {describe(conflict.id)} cites no words of this figure. {advice}"


@warning
def conflict_missing(case: Case, facts: Facts) -> Found:
    """A metric with the caveat `conflicting` or `naming` is named by a conflict of that kind."""
    for path, metric in facts.metrics.items():
        kinds = {conflict.kind for conflict in case.conflicts if metric.id in conflict.metrics}
        for at, caveat in enumerate(metric.caveats):
            wanted = KINDS.get(caveat.kind)
            if wanted and wanted not in kinds:
                advice = f"Name it in the metrics of a conflict of kind: {wanted}, or choose another kind"
                found = f"{caveat.kind}, but no such conflict names this figure"
                yield (*path, "caveats", at, "kind"), f"{found}. {advice}"


def _runs(*texts: str) -> set[str]:
    stripped = map(strip_blanks, texts)
    return {text[start : start + RUN] for text in stripped for start in range(len(text) - RUN + 1)}
