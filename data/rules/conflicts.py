"""A conflict is about the metrics that it names, and of the kind of their caveats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.model.numerals import strip_blanks
from data.model.problems import describe
from data.model.schema import Case, CaveatKind, ConflictKind, Metric
from data.rules.rule import Facts, Found, metrics_of, warning

RUN = 4
"""Number of characters that a conflict has in common with the words of a metric which it concerns."""
KINDS: Mapping[CaveatKind, ConflictKind] = {"conflicting": "contradiction", "naming": "naming"}
"""The kind of conflict that a caveat speaks of."""


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
