"""What a reader asked to see: read from a query, applied to the dataset. Pages, downloads and data links share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from data.model.grades import GRADES
from data.model.schema import Case
from data.query.columns import PROVINCE, ROLES, folded, homes
from data.query.dataset import Chosen, Dataset

SCOPES = ("case",)
SEARCH_LIMIT = 100
REMEMBERED = 32


@dataclass(frozen=True)
class Filters:
    """Empty means everything. `city` holds six-digit codes, with 410000 for province-wide; all values are language-neutral ids.

    A city leaves its own figures. `scope`, which means nothing without a city, is "case" where the other figures of the
    same cases are wanted as well.
    """

    city: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    search: str = ""
    scope: str = ""

    def __post_init__(self) -> None:
        if self.scope and not self.city:
            object.__setattr__(self, "scope", "")

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
    """What the filters leave.

    `cases` are the cases of the figures at `positions` and those that are left by themselves (`whole`), for their own
    place and words. Of the positions the first `local` are the chosen cities' own.
    """

    dataset: Dataset
    cases: Chosen
    positions: np.ndarray
    local: int
    whole: Chosen

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The selected rows of the metrics table."""
        return self.dataset.rows(self.positions)

    @property
    def grades(self) -> Counter[str]:
        """How many of the figures have each grade."""
        counts = np.bincount(self.dataset.index.figure("grade")[self.positions], minlength=len(GRADES))
        return Counter({grade: int(count) for grade, count in zip(GRADES, counts, strict=True) if count})

    def of(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The positions left of one case, by its number: the chosen cities' own, and the others."""
        ends = self.dataset.index.starts[number : number + 2]
        own, others = np.split(self.positions, [self.local])
        return own[slice(*np.searchsorted(own, ends))], others[slice(*np.searchsorted(others, ends))]

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
        asked = [self.dataset.index.numbers[name] for name in names if name in self.dataset.index.numbers]
        cases = self.cases.numbers[np.isin(self.cases.numbers, [*asked, *self.dataset.index.case[positions]])]
        return replace(
            self,
            cases=self.dataset.chosen(cases),
            positions=positions,
            local=int(kept[: self.local].sum()),
            whole=self.dataset.chosen(self.whole.numbers[np.isin(self.whole.numbers, asked)]),
        )


def options(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """The values each filter knows, in the order they are offered; province-wide first."""
    units = sorted(place.code for place in dataset.places.values() if place.kind == "prefecture" and place.code)
    return {"city": (PROVINCE, *units), "domain": tuple(dataset.domains), "grade": GRADES, "role": ROLES}


def parse(query: Mapping[str, str], dataset: Dataset) -> tuple[Filters, tuple[tuple[str, str], ...]]:
    """The filters of a query, and what was dropped from it because it does not exist, as (name, value)."""
    kept: dict[str, tuple[str, ...]] = {}
    dropped: list[tuple[str, str]] = []
    for name, known in {**options(dataset), "scope": SCOPES}.items():
        wanted = [value for value in query.get(name, "").split(",") if value]
        kept[name] = tuple(value for value in known if value in wanted)
        dropped += [(name, value) for value in dict.fromkeys(wanted) if value not in known]
    visible = "".join(" " if c.isspace() else c for c in query.get("search", "") if c.isprintable() or c.isspace())
    scope = "".join(kept.pop("scope"))
    return Filters(**kept, scope=scope, search=visible.strip()[:SEARCH_LIMIT].strip()), tuple(dropped)


def select(dataset: Dataset, filters: Filters) -> Selection:
    """Applies the filters, each to every figure by itself: a city leaves its own figures, or with scope=case all of the
    cases that are or have a figure there; a search leaves the figures that hold all its words.

    A case is left with its figures. Without any it is left where it is in the city and its own text holds the words,
    unless a grade or role is asked for. What the last REMEMBERED filters leave is shared by all readers.
    """
    found = dataset.remembered.get(filters)
    if found is None:
        found = _chosen(dataset, filters)
        if len(dataset.remembered) >= REMEMBERED:
            dataset.remembered.clear()
        dataset.remembered[filters] = found
    cases, positions, local, whole = found
    return Selection(dataset, dataset.chosen(cases), positions, local, dataset.chosen(whole))


def figures_of(dataset: Dataset, filters: Filters, case: Case) -> list[int]:
    """The positions that a city filter leaves of one case, whatever else is asked for: all of them with scope=case, and
    of a case that has nothing there.
    """
    there = {dataset.prefecture_code(place) for place in homes(case)}.intersection(filters.city)
    own = zip(dataset.positions(case.id), case.metrics, strict=True)
    return [at for at, metric in own if not there or filters.scope or dataset.prefecture_code(metric.place) in there]


def _chosen(dataset: Dataset, filters: Filters) -> tuple[np.ndarray, np.ndarray, int, np.ndarray]:
    """The fields of a Selection, the cases by their numbers."""
    index = dataset.index
    whole = np.ones(len(index.ids), bool)
    local = np.zeros(dataset.figures, bool)
    if filters.domain:
        whole &= index.set("domains")[:, [domain in filters.domain for domain in dataset.domains]].any(axis=1)
    if filters.city:
        there, local = index.at(filters.city)
        whole &= there
    keep = whole[index.case]
    for name in ("grade", "role"):
        if wanted := getattr(filters, name):
            keep &= index.within(name, wanted)
    if words := folded(filters.search).split():
        in_case, found = index.holding(words)
        whole &= in_case
        keep &= found
    if filters.grade or filters.role:
        whole[:] = False
    own, other = (keep & local).nonzero()[0], (keep & ~local).nonzero()[0]
    positions = own if filters.city and not filters.scope else np.concatenate([own, other])
    cases = whole.copy()
    cases[index.case[positions]] = True
    cases, whole = cases.nonzero()[0], whole.nonzero()[0]
    for shared in (cases, positions, whole):
        shared.flags.writeable = False
    return cases, positions, len(own), whole
