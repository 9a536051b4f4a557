"""The conflicts of the source under their headings: the contradictions, then what is named or delimited in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from data.model.schema import Case, Conflict, Text
from data.query.dataset import Dataset, cache_by_dataset

CONTRADICTIONS = Text(zh="材料自身的矛盾", en="Where the source contradicts itself")
OTHERS = Text(zh="名称或口径不一", en="Named or delimited in two ways")


def find_heading(conflict: Conflict) -> Text:
    """Return the heading that a conflict stands under."""
    return CONTRADICTIONS if conflict.kind == "contradiction" else OTHERS


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
