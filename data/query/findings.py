"""What a selection reports: the findings of its cases, how many metrics state a change, how completely they are stated.

Nothing here unpacks a case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from data.model.evidence import DIRECTIONS, Direction
from data.model.grades import CHANGED, GRADES, Grade, grades_drawn_as
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select
from data.query.table import LIST_SEPARATOR

RESULTS = ("outcome", "output")
"""Roles of the metrics that are results; the others are inputs, background and rules."""
SHOWN_FIRST = 2
"""Number of metrics of a case that are shown at once; the others are one click away."""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many results there are, how many state a change in numbers (grades A to D), and what these changes are.

    `directions` counts them by direction; None is not judged. `prescribed` are limits that were set, `aggregate` totals
    of a whole city, `partial` about less than their place, `repeated` may tell the same as another figure. `in_words`
    are results that tell of a change, or that there was none, without a number; no count of changes includes them.
    """

    total: int
    changed: int
    directions: Mapping[Direction | None, int]
    prescribed: int
    aggregate: int
    partial: int
    repeated: int
    in_words: int


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

    @property
    def largest(self) -> int:
        """The largest count of a domain and grade, at least 1."""
        return max([1, *(count for row in self.domains.values() for count in row.values())])

    def is_chosen(self, grade: Grade, domain: str = "") -> bool:
        """Whether the reader's filters single out the row, the column or both of a count; `domain` is empty for all."""
        chosen = self.chosen
        if not chosen.grade:
            return bool(chosen.domain) and domain in chosen.domain
        return grade in chosen.grade and (domain in chosen.domain if chosen.domain else True)


def find_findings(selection: Selection, case_number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the metrics that tell most of the case at `case_number`: the first, and the others.

    The metrics of a chosen city come before others, then headlines, those that state a change first and otherwise in
    the curator's order, then results, then better grades. The others are the remaining headlines and results that state
    a change. Both are empty for a case without any headline, which has no measured outcome.
    """
    index = selection.dataset.index
    headline, role, grade = (index.column(name) for name in ("headline", "role", "grade"))
    own, others = selection.split_case(case_number)
    if not headline[slice(*index.starts[case_number : case_number + 2])].any():
        return own[:0], own[:0]
    kept, elsewhere = np.concatenate([own, others]), np.repeat([False, True], [len(own), len(others)])
    changed = index.isin("grade", CHANGED)
    rank = np.where(headline[kept] > 0, headline[kept], 99)
    later = (headline[kept] > 0) & ~changed[kept]
    ordered = kept[np.lexsort((grade[kept], role[kept], rank, later, headline[kept] == 0, elsewhere))]
    tells = (headline > 0) | (index.isin("role", RESULTS) & changed)
    return ordered[:SHOWN_FIRST], ordered[SHOWN_FIRST:][tells[ordered[SHOWN_FIRST:]]]


def count_changes(selection: Selection) -> ChangeCounts:
    """Count the selected outcomes and outputs that state a change, by what it is."""
    dataset, index = selection.dataset, selection.dataset.index
    results = selection.positions[index.isin("role", RESULTS)[selection.positions]]
    changed = results[index.isin("grade", CHANGED)[results]]
    directions = np.bincount(index.column("direction")[changed], minlength=len(DIRECTIONS) + 1).tolist()
    caveats = Counter(
        kind for kinds in dataset.rows(changed)["caveats"].dropna() for kind in kinds.split(LIST_SEPARATOR)
    )
    words = dataset.rows(results[index.isin("grade", grades_drawn_as("words"))[results]])
    compared = words["change_text"].notna() | (words["before_text"].notna() & words["after_text"].notna())
    return ChangeCounts(
        total=len(results),
        changed=len(changed),
        directions=dict(zip((None, *DIRECTIONS), directions, strict=True)),
        prescribed=int(index.flagged(["prescribed"])[changed].sum()),
        aggregate=caveats["broad_aggregate"],
        partial=int(index.flagged(["partial"])[changed].sum()),
        repeated=caveats["overlapping"],
        in_words=int(compared.sum()),
    )


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
