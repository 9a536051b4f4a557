"""What a reader asked to see: read from a query, applied to the dataset. Pages, downloads and data links share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from data.model.grades import GRADES
from data.query.columns import PROVINCE, ROLES, folded
from data.query.dataset import Chosen, Dataset

SEARCH_LIMIT = 100
REMEMBERED = 32


@dataclass(frozen=True)
class Filters:
    """Empty means everything. `city` holds six-digit codes, with 410000 for province-wide; all values are language-neutral ids."""

    city: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    search: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def query(self) -> dict[str, str]:
        """The filters as query parameters; nothing for what is not set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value if isinstance(value, str) else ",".join(value) for name, value in values.items() if value}

    def without(self, name: str) -> Filters:
        return replace(self, **{name: getattr(Filters(), name)})


@dataclass(frozen=True, eq=False)
class Selection:
    """What the filters leave: the cases, the positions of their figures (the chosen cities' first), and how many figures are those cities' own."""

    dataset: Dataset
    cases: Chosen
    positions: np.ndarray
    local: int

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The selected rows of the metrics table."""
        return self.dataset.rows(self.positions)

    @property
    def grades(self) -> Counter[str]:
        """How many of the figures have each grade."""
        counts = np.bincount(self.dataset.index.figure("grade")[self.positions], minlength=len(GRADES))
        return Counter({grade: int(count) for grade, count in zip(GRADES, counts, strict=True) if count})

    def where(self, roles: Collection[str], grades: Collection[str]) -> np.ndarray:
        """The positions of those with one of these roles and grades: the chosen cities' first, better evidence before other, otherwise in their own order."""
        index = self.dataset.index
        kept = self.positions[(index.within("role", roles) & index.within("grade", grades))[self.positions]]
        away = ~np.isin(kept, self.positions[: self.local])
        return kept[np.lexsort((index.figure("grade")[kept], away))]

    def only(self, names: Collection[str]) -> Selection:
        """What is left of these cases (by their id) and figures (by `case id.metric id`)."""
        wanted = {position for name in names for position in self.dataset.named(name)}
        kept = np.isin(self.positions, list(wanted))
        positions = self.positions[kept]
        whole = [self.dataset.index.numbers[name] for name in names if name in self.dataset.index.numbers]
        cases = self.cases.numbers[np.isin(self.cases.numbers, [*whole, *self.dataset.index.case[positions]])]
        return Selection(self.dataset, self.dataset.chosen(cases), positions, int(kept[: self.local].sum()))


def options(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """The values each filter knows, in the order they are offered; province-wide first."""
    units = sorted(place.code for place in dataset.places.values() if place.kind == "prefecture" and place.code)
    return {"city": (PROVINCE, *units), "domain": tuple(dataset.domains), "grade": GRADES, "role": ROLES}


def parse(query: Mapping[str, str], dataset: Dataset) -> tuple[Filters, tuple[tuple[str, str], ...]]:
    """The filters of a query, and what was dropped from it because it does not exist, as (name, value)."""
    kept: dict[str, tuple[str, ...]] = {}
    dropped: list[tuple[str, str]] = []
    for name, known in options(dataset).items():
        wanted = [value for value in query.get(name, "").split(",") if value]
        kept[name] = tuple(value for value in known if value in wanted)
        dropped += [(name, value) for value in dict.fromkeys(wanted) if value not in known]
    visible = "".join(" " if c.isspace() else c for c in query.get("search", "") if c.isprintable() or c.isspace())
    return Filters(**kept, search=visible.strip()[:SEARCH_LIMIT].strip()), tuple(dropped)


def select(dataset: Dataset, filters: Filters) -> Selection:
    """Applies the filters. A city keeps a case when the case or one of its figures is there; grade, role and search then choose among its figures.

    What the last REMEMBERED filters leave is shared by all readers.
    """
    found = dataset.remembered.get(filters)
    if found is None:
        found = _chosen(dataset, filters)
        if len(dataset.remembered) >= REMEMBERED:
            dataset.remembered.clear()
        dataset.remembered[filters] = found
    cases, positions, local = found
    return Selection(dataset, dataset.chosen(cases), positions, local)


def _chosen(dataset: Dataset, filters: Filters) -> tuple[np.ndarray, np.ndarray, int]:
    """The numbers of the cases, the positions of the figures, and how many of these are local."""
    index = dataset.index
    cases = np.ones(len(index.ids), bool)
    local = np.zeros(dataset.figures, bool)
    if filters.domain:
        cases &= index.set("domains")[:, [domain in filters.domain for domain in dataset.domains]].any(axis=1)
    if filters.city:
        there, local = index.at(filters.city)
        cases &= there
    keep = cases[index.case]
    for name in ("grade", "role"):
        if wanted := getattr(filters, name):
            keep &= index.within(name, wanted)
    words = folded(filters.search).split()
    if words:
        in_case, found = index.holding(words)
        keep &= found
    if filters.grade or filters.role or words:
        left = np.zeros(len(cases), bool)
        left[index.case[keep]] = True
        cases = left | (cases & in_case) if words and not (filters.grade or filters.role) else left
    own = keep & local
    numbers, positions = cases.nonzero()[0], np.concatenate([own.nonzero()[0], (keep & ~own).nonzero()[0]])
    for shared in (numbers, positions):
        shared.flags.writeable = False
    return numbers, positions, int(own.sum())
