"""The conflicts of the source under their headings: the contradictions, then what is named or delimited in two ways."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from data.model.schema import Case, Conflict, Text
from data.query.dataset import Dataset, cache_by_dataset
from data.wording.labels import HEADINGS


def find_heading(conflict: Conflict) -> Text:
    """Return the heading that a conflict stands under."""
    return HEADINGS["two_ways" if _rank(conflict) else "contradictions"]


def find_conflicts(case: Case, metric_ids: Collection[str]) -> list[Conflict]:
    """Return the conflicts of a case that concern one of these metrics, or no metric in particular."""
    return [each for each in case.conflicts if not each.metrics or not set(each.metrics).isdisjoint(metric_ids)]


def group_conflicts(conflicts: Iterable[Conflict]) -> Iterator[tuple[Text, list[Conflict]]]:
    """Yield each heading that has any of these conflicts, with those."""
    for heading, own in groupby(sorted(conflicts, key=_rank), find_heading):
        yield heading, list(own)


@cache_by_dataset(1)
def list_conflicts(dataset: Dataset) -> tuple[tuple[Case, Conflict], ...]:
    """Return all conflicts with their cases in the order of the headings."""
    pairs = [(case, conflict) for case in dataset.cases for conflict in case.conflicts]
    return tuple(sorted(pairs, key=lambda pair: _rank(pair[1])))


def _rank(conflict: Conflict) -> bool:
    return conflict.kind != "contradiction"
