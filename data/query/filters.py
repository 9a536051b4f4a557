"""The filters: read from a query and applied to the dataset, for pages, downloads and data links alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from data.model.gaps import FLAGS
from data.model.grades import GRADES
from data.model.schema import Case, Role
from data.query.dataset import CACHE_SIZE, Dataset, Mask, cache_by_dataset
from data.query.search import search_texts
from data.query.table import LIST_SEPARATOR

PROVINCE = "410000"
ROLES: tuple[str, ...] = get_args(Role)
SCOPES = ("case",)
SEARCH_LIMIT = 100
"""Maximum number of characters of a search."""
_COLUMNS = {"city": "prefecture_code", "domain": "domains", "grade": "grade", "role": "role", "flag": "flags"}
"""The column of the metrics table that each filter looks at."""


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
        return any(vars(self).values())

    def query(self) -> dict[str, str]:
        """Return the filters that are set as query parameters."""
        chosen = {name: value for name, value in vars(self).items() if value}
        return {name: value if isinstance(value, str) else ",".join(value) for name, value in chosen.items()}


@dataclass(frozen=True, eq=False)
class Selection:
    """The cases and metrics that filters select.

    `positions` are those of the metrics in the dataset. With a city, the first `own_count` of them are located there.
    `whole_cases` are the cases that the filters select by themselves, by their places and texts; `cases` are these and
    the cases of the metrics.
    """

    dataset: Dataset
    cases: tuple[Case, ...]
    positions: np.ndarray
    own_count: int
    whole_cases: tuple[Case, ...]

    @property
    def rows(self) -> pd.DataFrame:
        """The selected rows of the metrics table, labelled by their positions."""
        return self.dataset.table.iloc[self.positions]

    def split_case(self, case_id: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the selected positions of a case: the cities' own, and the others."""
        inside = self.dataset.positions[case_id]
        own, others = np.split(self.positions, [self.own_count])
        ends = inside.start, inside.stop
        return own[slice(*np.searchsorted(own, ends))], others[slice(*np.searchsorted(others, ends))]


def own_places(case: Case) -> set[str]:
    """Return the ids of the places of a case and of its metrics."""
    return {*case.places, *(metric.place for metric in case.metrics)}


def list_options(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the values of each filter in the order in which they are offered, province-wide as the first city."""
    units = sorted(dataset.map_units.keys() - {PROVINCE})
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


@cache_by_dataset(CACHE_SIZE)
def select(dataset: Dataset, filters: Filters, only: tuple[str, ...] = ()) -> Selection:
    """Apply the filters to the dataset, or to these cases (by id) and metrics (by `case id.metric id`) of it.

    Every metric is selected by itself: by the place it is located at (with the scope of its case, by any place of the
    case), by its grade, role and flags, by the domains of its case, and by its texts, which contain all words of a
    search or, if nothing does, the most of them (`search_texts`). A case is selected with its metrics; without any of
    them by its own places, domains and texts, unless the filters ask for a grade, role or flag.
    """
    masks = [*_list_masks(dataset, filters).values(), *([_mark_named(dataset, only)] if only else [])]
    whole = _intersect(len(dataset.cases), (cases for cases, _ in masks))
    keep = _intersect(len(dataset.metrics), (metrics for _, metrics in masks))
    _, own = _mark(dataset, "city", filters.city)
    positions = np.concatenate([np.flatnonzero(keep & own), np.flatnonzero(keep & ~own)])
    positions.flags.writeable = False
    cases = whole.copy()
    cases[dataset.case_numbers[positions]] = True
    chosen, wholly = (tuple(dataset.cases[at] for at in np.flatnonzero(found)) for found in (cases, whole))
    return Selection(dataset, chosen, positions, int((keep & own).sum()), wholly)


def select_in_case(dataset: Dataset, filters: Filters, case: Case) -> list[int]:
    """Return the positions of one case that the city filter selects, whatever the other filters.

    All of them are selected with the scope of the case, and if nothing of the case is in the city.
    """
    inside = {dataset.prefecture_code(place) for place in own_places(case)}.intersection(filters.city)
    everything = not inside or filters.scope
    metrics = zip(dataset.positions[case.id], case.metrics, strict=True)
    return [at for at, metric in metrics if everything or dataset.prefecture_code(metric.place) in inside]


@cache_by_dataset(CACHE_SIZE)
def count_options(dataset: Dataset, filters: Filters) -> Mapping[str, Mapping[str, int]]:
    """Return for each value of each filter how many metrics it has under the other filters.

    A city has the metrics that are located there, whatever the scope.
    """
    masks = _list_masks(dataset, filters)
    found = {}
    for name in _COLUMNS:
        others = (metrics for other, (_, metrics) in masks.items() if other != name)
        found[name] = tabulate_values(dataset, name)[_intersect(len(dataset.metrics), others)].sum().to_dict()
    return found


@cache_by_dataset(len(_COLUMNS))
def tabulate_values(dataset: Dataset, name: str) -> pd.DataFrame:
    """Return which of the metrics (rows) has which of the values of a filter (columns), as true or false."""
    cells = [cell.split(LIST_SEPARATOR) for cell in dataset.table[_COLUMNS[name]].fillna("")]
    return pd.DataFrame({value: [value in cell for cell in cells] for value in list_options(dataset)[name]}, dtype=bool)


def _list_masks(dataset: Dataset, filters: Filters) -> dict[str, tuple[Mask, Mask]]:
    """Return the cases and the metrics that each filter selects by itself; nothing for a filter that is empty."""
    masks = {name: _mark(dataset, name, values) for name in _COLUMNS if (values := getattr(filters, name))}
    if filters.scope:
        cases, _ = masks["city"]
        masks["city"] = cases, cases[dataset.case_numbers]
    if filters.search:
        masks["search"] = search_texts(dataset, filters.search)
    return masks


@cache_by_dataset(CACHE_SIZE)
def _mark(dataset: Dataset, name: str, values: tuple[str, ...]) -> tuple[Mask, Mask]:
    """Return the cases and the metrics that have one of these values of a filter."""
    cases = np.array([not _values_of(dataset, case, name).isdisjoint(values) for case in dataset.cases], np.bool_)
    return cases, tabulate_values(dataset, name)[list(values)].any(axis=1).to_numpy(np.bool_)


def _values_of(dataset: Dataset, case: Case, name: str) -> set[str | None]:
    """Return the values of a filter that a case has by itself: its domains, or the units of its own places."""
    if name == "domain":
        return {*case.domains}
    return {dataset.prefecture_code(place) for place in own_places(case)} if name == "city" else set()


def _mark_named(dataset: Dataset, names: Collection[str]) -> tuple[Mask, Mask]:
    """Return the cases and the metrics that these ids name."""
    metrics = np.zeros(len(dataset.metrics), np.bool_)
    metrics[[position for name in names for position in dataset.positions.get(name, ())]] = True
    return np.array([case.id in names for case in dataset.cases], np.bool_), metrics


def _intersect(length: int, masks: Iterable[Mask]) -> Mask:
    """Return what all of these masks of one length select; without any, everything."""
    found: Mask = np.logical_and.reduce([np.ones(length, bool), *masks])
    return found
