"""What a selection reports: the findings of its cases, how many metrics state a change, how completely they are stated.

Nothing here unpacks a case: with ten thousand of them each function takes milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from data.model.evidence import DIRECTIONS, Direction
from data.model.grades import CHANGED, GRADES, Grade
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select

RESULTS = ("outcome", "output")
"""Roles of the metrics that are results; the others are inputs, background and rules."""
SHOWN_FIRST = 2
"""Number of metrics of a case that are shown at once; the others are one click away."""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Number of metrics, of those among them whose change is stated, and of these by direction; None has neither."""

    total: int
    changed: int
    directions: Mapping[Direction | None, int]


@dataclass(frozen=True, eq=False, slots=True)
class GapCounts:
    """Number of metrics by grade, of all and by domain. A metric counts in each domain of its case.

    `filters` select exactly the metrics counted; `chosen` are the reader's own, whose domains and grades do not narrow
    the counts.
    """

    filters: Filters
    chosen: Filters
    total: int
    grades: Mapping[Grade, int]
    domains: Mapping[str, Mapping[Grade, int]]


def find_findings(selection: Selection, case_number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the metrics that tell most of the case at `case_number`: the first, and the others.

    The metrics of a chosen city come before others, then headlines in the curator's order, then results, then better
    grades. The others are the remaining headlines and results that state a change. Both are empty for a case without
    any headline, which has no measured outcome.
    """
    index = selection.dataset.index
    headline, role, grade = (index.column(name) for name in ("headline", "role", "grade"))
    own, others = selection.split_case(case_number)
    if not headline[slice(*index.starts[case_number : case_number + 2])].any():
        return own[:0], own[:0]
    kept, elsewhere = np.concatenate([own, others]), np.repeat([False, True], [len(own), len(others)])
    rank = np.where(headline[kept] > 0, headline[kept], 99)
    ordered = kept[np.lexsort((grade[kept], role[kept], rank, elsewhere))]
    tells = (headline > 0) | (index.isin("role", RESULTS) & index.isin("grade", CHANGED))
    return ordered[:SHOWN_FIRST], ordered[SHOWN_FIRST:][tells[ordered[SHOWN_FIRST:]]]


def count_changes(selection: Selection) -> ChangeCounts:
    """Count the selected metrics that state a change, by its direction."""
    index, positions = selection.dataset.index, selection.positions
    changed = positions[index.isin("grade", CHANGED)[positions]]
    counts = np.bincount(index.column("direction")[changed], minlength=len(DIRECTIONS) + 1).tolist()
    return ChangeCounts(len(positions), len(changed), dict(zip((None, *DIRECTIONS), counts, strict=True)))


def count_gaps(dataset: Dataset, chosen: Filters) -> GapCounts:
    """Count results by domain and grade, under the reader's filters but those by domain and grade.

    A domain without any counted metric is left out: there is nothing that could be stated completely or not. With a
    filter by role it counts these roles instead of results.
    """
    filters = replace(chosen, domain=(), grade=(), role=chosen.role or RESULTS)
    index, positions = dataset.index, select(dataset, filters).positions
    grades = index.column("grade")[positions]
    belongs = index.membership("domains")[index.case[positions]]
    found = enumerate(dataset.domains)
    domains = {name: _count_grades(grades[belongs[:, at]]) for at, name in found if belongs[:, at].any()}
    return GapCounts(filters, chosen, len(positions), _count_grades(grades), domains)


def _count_grades(grades: np.ndarray) -> Counter[Grade]:
    return Counter(dict(zip(GRADES, np.bincount(grades, minlength=len(GRADES)).tolist(), strict=True)))
