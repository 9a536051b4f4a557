"""The filters: read from a query and applied to the dataset, for pages, downloads and data links alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from data.model.gaps import FLAGS
from data.model.grades import GRADES
from data.model.schema import Case
from data.query.columns import PROVINCE, ROLES, Mask, own_places
from data.query.dataset import CaseSubset, Dataset
from data.query.memory import cache_by_dataset
from data.query.search import split_parts, split_words

SCOPES = ("case",)
SEARCH_LIMIT = 100
"""Maximum number of characters of a search."""
SELECTION_CACHE_SIZE = 32
"""Maximum number of filters whose selections are kept in memory."""
Selected = tuple[np.ndarray, np.ndarray, int, np.ndarray]
"""The fields of a Selection after its dataset; cases and metrics by their positions."""


@dataclass(frozen=True)
class Filters:
    """The values that each filter accepts, as ids that do not depend on the language; empty means all.

    `city` contains six-digit codes, 410000 for province-wide. A city selects the metrics located there; `scope="case"`
    adds the other metrics of the same cases, and is dropped without a city.
    """

    city: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    search: str = ""
    scope: str = ""

    def __post_init__(self) -> None:
        if self.scope and not self.city:
            object.__setattr__(self, "scope", "")

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def query(self) -> dict[str, str]:
        """Return the filters that are set as query parameters."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value if isinstance(value, str) else ",".join(value) for name, value in values.items() if value}

    def without(self, name: str) -> Filters:
        """Return the filters with one of them empty."""
        return replace(self, **{name: getattr(Filters(), name)})


@dataclass(frozen=True, eq=False)
class Selection:
    """The cases and metrics that filters select.

    `positions` are those of the metrics in the dataset. With a city, the first `own_count` of them are located there.
    `whole_cases` are the cases that the filters select by themselves, by their places and texts; `cases` are these and
    the cases of the metrics.
    """

    dataset: Dataset
    cases: CaseSubset
    positions: np.ndarray
    own_count: int
    whole_cases: CaseSubset

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The selected rows of the metrics table."""
        return self.dataset.rows(self.positions)

    @property
    def grades(self) -> Counter[str]:
        """Number of metrics by grade."""
        counts = np.bincount(self.dataset.index.column("grade")[self.positions], minlength=len(GRADES))
        return Counter({grade: int(count) for grade, count in zip(GRADES, counts, strict=True) if count})

    def split_case(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the selected positions of the case at `number` in the dataset: the cities' own, and the others."""
        ends = self.dataset.index.starts[number : number + 2]
        own, others = np.split(self.positions, [self.own_count])
        return own[slice(*np.searchsorted(own, ends))], others[slice(*np.searchsorted(others, ends))]

    def rank(self, roles: Collection[str], grades: Collection[str]) -> np.ndarray:
        """Return the positions with one of these roles and grades, the cities' own first, then by grade."""
        index = self.dataset.index
        kept = self.positions[(index.isin("role", roles) & index.isin("grade", grades))[self.positions]]
        elsewhere = ~np.isin(kept, self.positions[: self.own_count])
        ranked: np.ndarray = kept[np.lexsort((index.column("grade")[kept], elsewhere))]
        return ranked

    def restrict(self, names: Collection[str]) -> Selection:
        """Return the part of the selection with these cases (by id) and metrics (by `case id.metric id`)."""
        dataset, index = self.dataset, self.dataset.index
        kept = np.isin(self.positions, [position for name in names for position in dataset.resolve_id(name)])
        positions = self.positions[kept]
        case_positions = [index.case_positions[name] for name in names if name in index.case_positions]
        cases, whole_cases = self.cases.positions, self.whole_cases.positions
        return Selection(
            dataset,
            dataset.subset(cases[np.isin(cases, [*case_positions, *index.case[positions]])]),
            positions,
            int(kept[: self.own_count].sum()),
            dataset.subset(whole_cases[np.isin(whole_cases, case_positions)]),
        )


def list_options(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the values of each filter in the order in which they are offered, province-wide as the first city."""
    units = sorted(dataset.tables.map_units.keys() - {PROVINCE})
    return {"city": (PROVINCE, *units), "domain": tuple(dataset.domains), "grade": GRADES, "role": ROLES, "flag": FLAGS}


def parse(query: Mapping[str, str], dataset: Dataset) -> tuple[Filters, tuple[tuple[str, str], ...]]:
    """Return the filters of a query, and its unknown values as (name, value)."""
    kept: dict[str, tuple[str, ...]] = {}
    unknown: list[tuple[str, str]] = []
    for name, known in {**list_options(dataset), "scope": SCOPES}.items():
        values = [value for value in query.get(name, "").split(",") if value]
        kept[name] = tuple(value for value in known if value in values)
        unknown += [(name, value) for value in dict.fromkeys(values) if value not in known]
    visible = "".join(" " if c.isspace() else c for c in query.get("search", "") if c.isprintable() or c.isspace())
    scope = "".join(kept.pop("scope"))
    return Filters(**kept, scope=scope, search=visible.strip()[:SEARCH_LIMIT].strip()), tuple(unknown)


def select(dataset: Dataset, filters: Filters) -> Selection:
    """Apply the filters to the dataset.

    Every metric is selected by itself: by the place it is located at (with the scope of its case, by any place of the
    case), by its grade, role and flags, by the domains of its case, and by its texts, which contain all words of a
    search or, if nothing does, the most of them (`find_terms`). A case is selected with its metrics; without any of
    them by its own places, domains and texts, unless the filters ask for a grade, role or flag.
    """
    cases, positions, own_count, whole_cases = _select(dataset, filters)
    return Selection(dataset, dataset.subset(cases), positions, own_count, dataset.subset(whole_cases))


def select_in_case(dataset: Dataset, filters: Filters, case: Case) -> list[int]:
    """Return the positions of one case that the city filter selects, whatever the other filters.

    All of them are selected with the scope of the case, and if nothing of the case is in the city.
    """
    inside = {dataset.prefecture_code(place) for place in own_places(case)}.intersection(filters.city)
    everything = not inside or filters.scope
    metrics = zip(dataset.positions(case.id), case.metrics, strict=True)
    return [at for at, metric in metrics if everything or dataset.prefecture_code(metric.place) in inside]


def find_terms(dataset: Dataset, search: str) -> tuple[tuple[str, ...], bool]:
    """Return what is sought in the texts, and whether all of it must be found: the words of the search, or parts of
    them if no text of the dataset has all the words.
    """
    words = split_words(search)
    if any(found.any() for found in dataset.index.search(words)):
        return words, True
    return split_parts(words), False


@cache_by_dataset(SELECTION_CACHE_SIZE)
def _select(dataset: Dataset, filters: Filters) -> Selected:
    index, masks = dataset.index, _build_masks(dataset, filters)
    whole = _intersect(len(index.ids), (cases for cases, _ in masks.values()))
    keep = _intersect(dataset.metric_count, (metrics for _, metrics in masks.values()))
    own = index.in_units(filters.city)[1] if filters.city else np.zeros(dataset.metric_count, bool)
    first, others = np.flatnonzero(keep & own), np.flatnonzero(keep & ~own)
    positions = np.concatenate([first, others])
    cases = whole.copy()
    cases[index.case[positions]] = True
    found = np.flatnonzero(cases), positions, len(first), np.flatnonzero(whole)
    for shared in (found[0], positions, found[3]):
        shared.flags.writeable = False
    return found


@cache_by_dataset(SELECTION_CACHE_SIZE)
def count_options(dataset: Dataset, filters: Filters) -> Mapping[str, Mapping[str, int]]:
    """Return for each value of each filter how many metrics it has under the other filters.

    A city has the metrics that are located there, whatever the scope.
    """
    index, masks = dataset.index, _build_masks(dataset, filters)
    columns = {"city": "place", "domain": "domains", "grade": "grade", "role": "role", "flag": "flags"}
    found = {}
    for name, values in list_options(dataset).items():
        others = (metrics for other, (_, metrics) in masks.items() if other != name)
        counts = index.count(columns[name], _intersect(dataset.metric_count, others))
        if name == "city":
            counts = np.array([counts[index.places_in(code)].sum() for code in values])
        found[name] = dict(zip(values, counts.tolist(), strict=True))
    return found


def _intersect(length: int, masks: Iterable[Mask]) -> Mask:
    """What all of these masks of one length select; without any, everything."""
    found: Mask = np.logical_and.reduce([np.ones(length, bool), *masks])
    return found


def _build_masks(dataset: Dataset, filters: Filters) -> dict[str, tuple[Mask, Mask]]:
    """Return the cases and the metrics that each filter selects by itself; nothing for a filter that is empty."""
    index = dataset.index
    masks: dict[str, tuple[Mask, Mask]] = {}
    if filters.domain:
        wanted = [domain in filters.domain for domain in dataset.domains]
        cases: Mask = np.any(index.membership("domains")[:, wanted], axis=1)
        masks["domain"] = cases, cases[index.case]
    if filters.city:
        inside, own = index.in_units(filters.city)
        masks["city"] = inside, inside[index.case] if filters.scope else own
    if filters.grade:
        masks["grade"] = np.zeros(len(index.ids), bool), index.isin("grade", filters.grade)
    if filters.role:
        masks["role"] = np.zeros(len(index.ids), bool), index.isin("role", filters.role)
    if filters.flag:
        masks["flag"] = np.zeros(len(index.ids), bool), index.flagged(filters.flag)
    if filters.search:
        terms, all_of_them = find_terms(dataset, filters.search)
        masks["search"] = index.search(terms) if all_of_them else index.search_most(terms)
    return masks
