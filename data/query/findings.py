"""What a selection reports: the findings of its cases, how many metrics state a change, how completely they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.model.evidence import Direction
from data.model.grades import CHANGED, GRADES, Grade, grades_drawn_as
from data.model.schema import Case
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import ROLES, Filters, Selection, select, tabulate_values
from data.query.sets import RESULTS as RESULTS
from data.query.table import LIST_SEPARATOR

MAX_CHANGES, MAX_OTHERS = 3, 2
"""Number of changes of a case that are shown at once, or of other metrics where there is none; the rest is one click
away."""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """How many results there are by grade, how many state a change in numbers (grades A to D), and what these are.

    `directions` counts the changes by direction; None is not judged. `prescribed` are limits that were set, `aggregate`
    totals of a whole city, `partial` about less than their place, `repeated` may tell the same as another figure.
    `in_words` are results that tell of a change, or that there was none, without a number; no count of changes includes
    them.
    """

    grades: Mapping[Grade, int]
    directions: Mapping[Direction | None, int]
    prescribed: int
    aggregate: int
    partial: int
    repeated: int
    in_words: int

    @property
    def total(self) -> int:
        """The number of results."""
        return sum(self.grades.values())

    @property
    def changed(self) -> int:
        """The number of those that state a change in numbers."""
        return self.count(CHANGED)

    @property
    def present(self) -> list[Grade]:
        """The grades that any result has."""
        return [grade for grade, count in self.grades.items() if count]

    def count(self, grades: Iterable[Grade]) -> int:
        """Return the number of results of these grades."""
        return sum(self.grades[grade] for grade in grades)


@dataclass(frozen=True, eq=False, slots=True)
class GapCounts:
    """Number of metrics by grade, of all and by domain. A metric counts in each domain of its case.

    `filters` select exactly the metrics counted: the reader's, whose domains and grades do not narrow the counts.
    """

    filters: Filters
    total: int
    grades: Mapping[Grade, int]
    domains: Mapping[str, Mapping[Grade, int]]


def rank_headline(headline: int, changed: bool) -> int:
    """Return the rank of a metric of a case by its place among the headlines, which is 0 for none.

    Headlines come first, those that state a change before the others; all others are equal.
    """
    return headline + 100 * (not changed) if headline else 1000


@cache_by_dataset(1)
def _tabulate_ranks(dataset: Dataset) -> pd.DataFrame:
    """Return the keys by which metrics can be sorted, a row each, smaller ones first: `headline` as in rank_headline,
    `other` (no headline), `role` and `grade` in their order, `kind` (results first); `change` tells which are headlines
    or results that state a change.
    """
    table = dataset.table
    headline, changed = table["headline"].fillna(0).astype(int), table["grade"].isin(CHANGED)
    result = table["role"].isin(RESULTS)
    return pd.DataFrame(
        {
            "headline": list(map(rank_headline, headline, changed)),
            "other": headline == 0,
            "role": table["role"].map(ROLES.index).astype(int),
            "grade": table["grade"].map(GRADES.index).astype(int),
            "kind": ~result,
            "change": changed & (result | (headline > 0)),
        }
    )


def sort_metrics(dataset: Dataset, positions: np.ndarray, *keys: str) -> np.ndarray:
    """Return positions in the order of these columns of the table of ranks, the first one first."""
    ranks = _tabulate_ranks(dataset)
    order = np.lexsort([ranks[key].to_numpy()[positions] for key in reversed(keys)])
    return positions[order]


def keep_results(dataset: Dataset, positions: np.ndarray) -> np.ndarray:
    """Return those of the positions that are of outcomes and outputs."""
    found: np.ndarray = positions[~_tabulate_ranks(dataset)["kind"].to_numpy()[positions]]
    return found


def find_findings(selection: Selection, case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the metrics that tell most of a case: those shown at once, and the others.

    Shown are the changes among its headlines, otherwise those among its other results, otherwise the first metrics: of
    a chosen city before others, then headlines in the curator's order, then results, then better grades. The others are
    the remaining headlines and results that state a change. Both are empty for a case without any headline, which has
    no measured outcome.
    """
    dataset, parts = selection.dataset, selection.split_case(case.id)
    if not case.headlines:
        return parts[0][:0], parts[0][:0]
    ordered = np.concatenate([sort_metrics(dataset, part, "headline", "role", "grade") for part in parts])
    ranks = _tabulate_ranks(dataset)
    change, other = (ranks[name].to_numpy()[ordered] for name in ("change", "other"))
    changes = ordered[change & ~other] if (change & ~other).any() else ordered[change]
    shown = changes[:MAX_CHANGES] if len(changes) else ordered[:MAX_OTHERS]
    return shown, ordered[(change | ~other) & ~np.isin(ordered, shown)]


def count_changes(selection: Selection) -> ChangeCounts:
    """Count the selected outcomes and outputs that state a change, by what it is."""
    names = ["role", "grade", "direction", "flags", "caveats", "before_text", "after_text", "change_text"]
    rows = selection.dataset.table[names].iloc[keep_results(selection.dataset, selection.positions)]
    changed = rows[rows["grade"].isin(CHANGED)]
    flags, caveats = (Counter(LIST_SEPARATOR.join(changed[name].dropna()).split(LIST_SEPARATOR)) for name in names[3:5])
    words = rows[rows["grade"].isin(grades_drawn_as("words"))]
    compared = words["change_text"].notna() | (words["before_text"].notna() & words["after_text"].notna())
    grades = rows["grade"].value_counts()
    return ChangeCounts(
        grades={grade: int(grades.get(grade, 0)) for grade in GRADES},
        directions=Counter(changed["direction"].replace({pd.NA: None}).tolist()),
        prescribed=flags["prescribed"],
        aggregate=caveats["broad_aggregate"],
        partial=flags["partial"],
        repeated=caveats["overlapping"],
        in_words=int(compared.sum()),
    )


def count_gaps(dataset: Dataset, chosen: Filters) -> GapCounts:
    """Count results by domain and grade, under the reader's filters but those by domain and grade.

    A domain without any counted metric is left out: there is nothing that could be stated completely or not. With a
    filter by role it counts these roles instead of results.
    """
    filters = replace(chosen, domain=(), grade=(), role=chosen.role or RESULTS)
    positions = select(dataset, filters).positions
    grades, domains = (tabulate_values(dataset, name).iloc[positions].astype(int) for name in ("grade", "domain"))
    by_domain = domains.T @ grades
    found = {name: counts.to_dict() for name, counts in by_domain.iterrows() if counts.any()}
    return GapCounts(filters, len(positions), grades.sum().to_dict(), found)
