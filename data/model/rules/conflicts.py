"""A conflict is between two passages, of the kind of its metrics' caveats, and about the metrics that it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from data.model.numerals import strip_blanks
from data.model.problems import Fault, FieldPath, describe, format_path
from data.model.rules.rule import CaseRule, CaseView
from data.model.schema import CaveatKind, ConflictKind, Metric

RUN = 4
"""Number of characters that a conflict has in common with the words of a metric which it concerns."""
KINDS: Mapping[CaveatKind, ConflictKind] = {"conflicting": "contradiction", "naming": "naming"}
"""The kind of conflict that a caveat speaks of."""


def _itself(view: CaseView) -> Iterator[Fault]:
    """Find conflicts that cite one passage twice."""
    first: dict[tuple[str | int, ...], FieldPath] = {}
    for path, text in view.texts:
        if path[:1] == ("conflicts",) and path[2:3] == ("phrases",) and path[4:] == ("text",):
            key = path[1], strip_blanks(text), str(view.value((*path[:-1], "occurrence")))
            if (earlier := first.setdefault(key, path)) is not path:
                advice = "Cite the passage that contradicts it, or say with occurrence which one each is"
                yield Fault(path, f"the same words as in {format_path(earlier[2:4])}. {advice}")


def _unconcerned(view: CaseView) -> Iterator[Fault]:
    """Warn of metrics that a conflict names although its phrases have no words of theirs.

    A metric with the caveat of a conflict need not share words with the only conflict that names it.
    """
    cited, naming = _cited_runs(view), _naming(view)
    for each in view.metrics:
        conflicts = naming[each.metric.id]
        if len(conflicts) == 1 and each.metric.has_caveat("conflicting", "naming", "scope_differs"):
            continue
        runs = _runs(_words_of(each.metric))
        for position in conflicts:
            if runs.isdisjoint(cited[position]):
                name = describe(view.value(("conflicts", position, "id")))
                advice = "Take this figure out of its metrics, or cite there the words that concern it"
                yield Fault(each.path, f"the conflict {name} cites no words of this figure. {advice}", "warning")


def _unnamed(view: CaseView) -> Iterator[Fault]:
    """Warn of a caveat `conflicting` or `naming` of a metric that no conflict of that kind, or yet of none, names."""
    naming = _naming(view)
    for each in view.metrics:
        kinds = {view.value(("conflicts", position, "kind")) for position in naming[each.metric.id]}
        for position, caveat in enumerate(each.metric.caveats):
            wanted = KINDS.get(caveat.kind)
            if wanted and kinds.isdisjoint({wanted, None}):
                advice = f"Name it in the metrics of a conflict of kind: {wanted}, or choose another kind"
                path = (*each.path, "caveats", position, "kind")
                yield Fault(path, f"{caveat.kind}, but no such conflict names this figure. {advice}", "warning")


def _naming(view: CaseView) -> defaultdict[str, set[int | str]]:
    """The positions of the conflicts that name each metric."""
    found: defaultdict[str, set[int | str]] = defaultdict(set)
    for path, text in view.texts:
        if path[:1] == ("conflicts",) and path[2:3] == ("metrics",):
            found[text].add(path[1])
    return found


def _cited_runs(view: CaseView) -> defaultdict[int | str, set[str]]:
    """The runs of the phrases of each conflict, by its position."""
    found: defaultdict[int | str, set[str]] = defaultdict(set)
    for path, text in view.texts:
        if path[:1] == ("conflicts",) and path[2:3] == ("phrases",) and path[4:] == ("text",):
            found[path[1]] |= _runs([text])
    return found


def _words_of(metric: Metric) -> Iterator[str]:
    yield metric.name.zh
    yield metric.subject.zh if metric.subject else ""
    yield from (phrase.text for phrase in metric.phrases)


def _runs(texts: Iterator[str] | list[str]) -> set[str]:
    stripped = map(strip_blanks, texts)
    return {text[start : start + RUN] for text in stripped for start in range(len(text) - RUN + 1)}


RULES = (
    CaseRule("conflict-with-itself", _itself),
    CaseRule("conflict-of-others", _unconcerned),
    CaseRule("conflict-missing", _unnamed),
)
