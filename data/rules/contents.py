"""The parts of a case fit one another: its headlines are results, its metrics lie in its places, what it lists as not
measured is no metric of it, and a conflict is about the metrics that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from data.model.evidence import derive
from data.model.grades import CHANGED
from data.model.numerals import strip_blanks
from data.model.problems import FieldPath, describe
from data.model.schema import Case, CaveatKind, ConflictKind, Metric
from data.rules.rule import Facts, Found, metrics_of, rule, warning

_NAMED = 4
"""Maximum number of figures that a message names."""
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
        advice = "Remove it, or the headlines"
        yield ("no_headline",), f"says why there is no headline, but there are headlines. {advice}"
    elif not case.headlines and not case.no_headline:
        advice = "Name one to four metrics, or write no_headline: {zh: …, en: …}"
        yield ("headlines",), f"a case without a headline says why. {advice}"


@rule
def headline_no_result(case: Case, facts: Facts) -> Found:
    """A headline is what happened or was delivered."""
    for at, name in enumerate(case.headlines):
        metric = next((metric for metric in case.metrics if metric.id == name), None)
        if metric and (found := _no_result(metric)):
            advice = "A headline is what happened or was delivered. Choose another figure"
            yield ("headlines", at), f"{describe(name)} has {found}. {advice}"


def _no_result(metric: Metric) -> str | None:
    """The field that says that a metric is no result."""
    if metric.role in ("context", "rule"):
        return f"role: {metric.role}"
    return f"status: {metric.status}" if metric.status != "observed" else None


@rule
def headline_without_change(case: Case, facts: Facts) -> Found:
    """A headline states a change where an outcome or output of the case states one."""
    results = [metric for metric in case.metrics if metric.role in ("outcome", "output")]
    changes = [metric.id for metric in results if derive(metric, facts.units).grade in CHANGED]
    known = {metric.id for metric in case.metrics}
    if changes and case.headlines and known.issuperset(case.headlines) and not {*changes} & {*case.headlines}:
        named = ", ".join(changes[:_NAMED])
        message = f"none of the headlines states a change, which readers look for first. Name one that does: {named}"
        yield ("headlines",), message


@rule
def place_outside(case: Case, facts: Facts) -> Found:
    """A metric is of a place that the case names or contains. The province contains all but those outside."""
    named = {*case.places, *case.mentions}
    province = any(facts.places[name].kind == "province" for name in named)
    for path, metric in metrics_of(case):
        place = facts.places[metric.place]
        if not {place.id, place.prefecture} & named and not (province and place.kind != "outside"):
            advice = "Add it to its places where the reform happened there, otherwise to its mentions"
            yield (*path, "place"), f"{describe(place.id)} lies in no place of the case. {advice}"


@rule
def mention_of_itself(case: Case, facts: Facts) -> Found:
    """What is only mentioned is another place."""
    own: list[tuple[FieldPath, Sequence[str], Sequence[str]]] = [((), case.places, case.mentions)]
    own += [(path, [metric.place], metric.mentions) for path, metric in metrics_of(case)]
    for path, places, mentions in own:
        for at, name in enumerate(mentions):
            if name in places:
                yield (*path, "mentions", at), f"{describe(name)} is its own place already. Remove it"


@rule
def not_measured_without_numeral(case: Case, facts: Facts) -> Found:
    """What is not measured is like a number, repeats a metric in words, or says why it is listed."""
    for at, entry in enumerate(case.not_measured):
        if not (_NUMERAL.search(entry.phrase.text) or entry.metric or entry.why):
            advice = "Cite the words with the number, say why it is listed, or remove it"
            yield ("not_measured", at, "phrase"), f"{describe(entry.phrase.text)} holds no numeral. {advice}"


@rule
def not_measured_but_metric(case: Case, facts: Facts) -> Found:
    """What is not measured is not cited for a metric in the same place."""
    cited = {(phrase.text, phrase.occurrence): metric.id for metric in case.metrics for phrase in metric.phrases}
    for at, entry in enumerate(case.not_measured):
        if name := cited.get((entry.phrase.text, entry.phrase.occurrence)):
            advice = "Remove it here, or say with occurrence which one each is"
            yield ("not_measured", at, "phrase"), f"the metric {describe(name)} cites the same words. {advice}"


@warning
def conflict_of_others(case: Case, facts: Facts) -> Found:
    """A conflict cites words of each metric that it names.

    A metric with the caveat of a conflict need not share words with the only conflict that names it.
    """
    for path, metric in metrics_of(case):
        naming = [conflict for conflict in case.conflicts if metric.id in conflict.metrics]
        if len(naming) == 1 and metric.has_caveat("conflicting", "naming", "scope_differs"):
            continue
        runs = _runs(_words_of(metric))
        for conflict in naming:
            if runs.isdisjoint(_runs(phrase.text for phrase in conflict.phrases)):
                advice = "Take this figure out of its metrics, or cite there the words that concern it"
                yield path, f"the conflict {describe(conflict.id)} cites no words of this figure. {advice}"


@warning
def conflict_missing(case: Case, facts: Facts) -> Found:
    """A metric with the caveat `conflicting` or `naming` is named by a conflict of that kind."""
    for path, metric in metrics_of(case):
        kinds = {conflict.kind for conflict in case.conflicts if metric.id in conflict.metrics}
        for at, caveat in enumerate(metric.caveats):
            wanted = KINDS.get(caveat.kind)
            if wanted and wanted not in kinds:
                advice = f"Name it in the metrics of a conflict of kind: {wanted}, or choose another kind"
                message = f"{caveat.kind}, but no such conflict names this figure. {advice}"
                yield (*path, "caveats", at, "kind"), message


def _words_of(metric: Metric) -> list[str]:
    subject = metric.subject.zh if metric.subject else ""
    return [metric.name.zh, subject, *(phrase.text for phrase in metric.phrases)]


def _runs(texts: Iterable[str]) -> set[str]:
    stripped = map(strip_blanks, texts)
    return {text[start : start + RUN] for text in stripped for start in range(len(text) - RUN + 1)}
