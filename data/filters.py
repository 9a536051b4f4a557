"""What a reader asked to see: read from a query, applied to the dataset. Pages, downloads and data links share it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, get_args

import pandas as pd

from data.evidence import GRADES
from data.load import Dataset
from data.schema import Case, Role

PROVINCE = "410000"
ROLES: tuple[str, ...] = get_args(Role)
SEARCH_LIMIT = 100


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
    """What the filters leave: the cases, the positions of their rows in the metrics table (the chosen cities' first), and how many rows are those cities' own."""

    dataset: Dataset
    cases: tuple[Case, ...]
    positions: tuple[int, ...]
    local: int

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The selected rows of the metrics table."""
        return self.dataset.table.iloc[list(self.positions)]

    def only(self, names: Collection[str]) -> Selection:
        """What is left of these cases (by their id) and figures (by `case id.metric id`)."""
        own = self.dataset.table[["case_id", "metric_id"]].iloc[list(self.positions)].itertuples(index=False, name=None)
        kept = [(position, case_id) for position, (case_id, metric_id) in zip(self.positions, own, strict=True) if case_id in names or f"{case_id}.{metric_id}" in names]
        homes = {case_id for _, case_id in kept}.union(names)
        local = {position for position, _ in kept} & set(self.positions[: self.local])
        return Selection(self.dataset, tuple(case for case in self.cases if case.id in homes), tuple(position for position, _ in kept), len(local))


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
    """Applies the filters. A city keeps a case when the case or one of its figures is there; grade, role and search then choose among its figures."""
    table = dataset.table
    cases = [case for case in dataset.cases if _has_domain(case, filters) and _is_there(dataset, case, filters)]
    keep = table["case_id"].isin([case.id for case in cases]).to_numpy()
    if filters.grade:
        keep = keep & table["grade"].isin(filters.grade).to_numpy()
    if filters.role:
        keep = keep & table["role"].isin(filters.role).to_numpy()
    if filters.search:
        keep = keep & _found(dataset, filters.search)
    if filters.grade or filters.role or filters.search:
        left = set(table["case_id"][keep])
        matching = set() if filters.grade or filters.role else {case.id for case in cases if _matches(_case_words(dataset, case), filters.search)}
        cases = [case for case in cases if case.id in left | matching]
    local = keep & table["prefecture_code"].isin(filters.city).to_numpy()
    positions = (*local.nonzero()[0], *(keep & ~local).nonzero()[0])
    return Selection(dataset, tuple(cases), tuple(map(int, positions)), int(local.sum()))


def _has_domain(case: Case, filters: Filters) -> bool:
    return not filters.domain or not set(filters.domain).isdisjoint(case.domains)


def _is_there(dataset: Dataset, case: Case, filters: Filters) -> bool:
    if not filters.city:
        return True
    codes = {dataset.prefecture_code(place) for place in (*case.places, *(metric.place for metric in case.metrics))}
    return not codes.isdisjoint(filters.city)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _matches(text: str, search: str) -> bool:
    return all(word in text for word in _folded(search).split())


def _case_words(dataset: Dataset, case: Case) -> str:
    texts = [case.title, case.submitted_by, case.summary, *(dataset.places[place].name for place in case.places), *(dataset.domains[domain].name for domain in case.domains)]
    return _folded(" ".join(f"{text.zh} {text.en}" for text in texts))


def _found(dataset: Dataset, search: str) -> Any:
    """A mask over the table: the rows whose figure or case holds every word of the search."""
    words = _folded(search).split()
    in_case = {case.id: _case_words(dataset, case) for case in dataset.cases}
    texts = [f"{own} {in_case[case_id]}" for own, case_id in zip(dataset.search_texts, dataset.table["case_id"], strict=True)]
    return pd.Series([all(word in text for word in words) for text in texts], dtype=bool).to_numpy()
