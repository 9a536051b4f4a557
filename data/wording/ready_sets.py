"""Comparisons made from the data: metrics of several cases of one dimension, the most completely stated set first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np

from data.model.grades import grades_drawn_as
from data.model.schema import Lang
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import Filters, select
from data.query.findings import keep_results, sort_metrics
from data.query.sets import GROWTH, SET_NAMES, TIME, mark_set
from data.wording.compare import Comparison, Kind, compare
from data.wording.labels import t
from data.wording.rows import MetricRow, Rows

MAX_SETS = 9
"""Maximum number of sets that are offered."""
MAX_ROWS = 40
"""Maximum number of metrics of a set; of more, those stated most completely, and of these the headlines."""
MIN_CASES, MIN_CASES_OF_A_COUNT = 2, 3
"""Number of cases that a drawn scale needs; counted things are many, so that a set of them needs more."""
CACHE_SIZE = 32
"""Maximum number of filters whose sets are kept in memory for one language and dataset."""


@dataclass(frozen=True, slots=True)
class ReadySet:
    """Metrics of one set in the order of the dataset, and which of them share a scale; `id` is that of the set, or of
    the unit of counted things.

    `total` is the number of such metrics under the filters, of which `rows` are the first MAX_ROWS.
    """

    id: str
    name: str
    rows: tuple[MetricRow, ...]
    total: int
    found: Comparison

    @property
    def drawn(self) -> int:
        """Number of metrics that are on a common scale."""
        return len(self.rows) - len(self.found.refusals)

    @property
    def cases(self) -> int:
        """Number of cases on the scale that has most of them."""
        return max(len({row.case_id for row in group.rows}) for group in self.found.groups)

    @property
    def complete(self) -> int:
        """Number of metrics on a common scale of which both ends are known."""
        placed = {(row.case_id, row.metric_id): row for group in self.found.groups for row in group.rows}
        return sum(row.grade in grades_drawn_as("ends") for row in placed.values())


@cache_by_dataset(2 * CACHE_SIZE)
def list_ready_sets(dataset: Dataset, filters: Filters, lang: Lang) -> tuple[ReadySet, ...]:
    """Return the sets that the selected results allow, the one with most complete metrics and most cases first."""
    built = (_build(dataset, lang, *candidates) for candidates in _find_candidates(dataset, filters))
    ready = [each for each in built if each is not None]
    return tuple(sorted(ready, key=lambda each: (-each.complete, -each.cases, -each.drawn))[:MAX_SETS])


def _find_candidates(dataset: Dataset, filters: Filters) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the id of each possible set with the positions of its metrics."""
    results = keep_results(dataset, select(dataset, filters).positions)
    yield from ((name, results[mark_set(dataset, name)[results]]) for name in SET_NAMES)
    units = dataset.table["unit_id"].iloc[results]
    for name in units.unique():
        if dataset.units[name].dimension == "count":
            yield name, results[units == name]


def _build(dataset: Dataset, lang: Lang, name: str, positions: np.ndarray) -> ReadySet | None:
    """Return the set of these metrics; None if too few cases share a scale."""
    min_cases = MIN_CASES if name in SET_NAMES else MIN_CASES_OF_A_COUNT
    if len(np.unique(dataset.case_numbers[positions])) < min_cases:
        return None
    chosen = np.sort(sort_metrics(dataset, positions, "grade", "other")[:MAX_ROWS])
    rows = tuple(Rows(dataset, lang, chosen))
    kinds: tuple[Kind, ...] = ("index", "difference") if name == GROWTH else get_args(Kind)
    of_one_case: tuple[Kind, ...] = ("index",) if name == TIME else ()
    found = compare(rows, min_cases, kinds, of_one_case)
    if all(group.kind in of_one_case for group in found.groups):
        return None
    return ReadySet(name, _name_set(dataset, name, lang), rows, len(positions), found)


def _name_set(dataset: Dataset, name: str, lang: Lang) -> str:
    if name in SET_NAMES:
        return SET_NAMES[name][lang]
    unit = dataset.units[name].name[lang]
    return t(lang, f"数量（{unit}）", f"Numbers of {unit}")
