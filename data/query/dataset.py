"""The dataset that everything is made from: all cases with the reference tables, immutable, one object for every
reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data.model.evidence import Evidence, derive
from data.model.problems import Problem
from data.model.schema import Case, Domain, Lang, Metric, Place, Source, Unit
from data.model.tables import Tables
from data.query import table
from data.query.columns import CaseEntry, Index, Positions, derive_all, entry_of

TABLE_MIN = 5000
"""More rows than this are taken from the table of all metrics; fewer are built from their cases while that is not
built.
"""
EVIDENCE_CACHE_SIZE = 8192
"""Maximum number of metrics whose evidence is kept in memory (about 1 kB each)."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """All cases, in the order of the document, with the reference tables by id.

    A metric is known by its position: those of the first case come first.
    """

    cases: Sequence[Case]
    tables: Tables
    warnings: tuple[Problem, ...] = ()
    version: str = ""
    """Twelve digits that differ when the content of any file differs."""
    entries: Sequence[CaseEntry] | None = None
    """The columns of the cases, where they are known already."""
    boundaries: Mapping[str, Any] = field(default_factory=dict)
    """The outlines of the units of the map as GeoJSON."""
    load_table: Callable[[], pd.DataFrame] | None = None
    """Gives the metrics table faster than the cases do."""

    @cached_property
    def index(self) -> Index:
        """Its columns."""
        entries = self.entries
        if entries is None:
            entries = [entry_of(case, derive_all(case, self.tables), self.tables) for case in self.cases]
        return Index(entries, self.tables)

    @property
    def places(self) -> Mapping[str, Place]:
        return self.tables.places

    @property
    def domains(self) -> Mapping[str, Domain]:
        return self.tables.domains

    @property
    def units(self) -> Mapping[str, Unit]:
        return self.tables.units

    @property
    def source(self) -> Source:
        return self.tables.source

    @property
    def figures(self) -> int:
        """Number of metrics."""
        return int(self.index.starts[-1])

    @cached_property
    def remembered(self) -> dict[Any, Any]:
        """What `data.filters` remembers of it."""
        return {}

    @cached_property
    def by_id(self) -> Mapping[str, Case]:
        return _ById(self.cases, self.index.numbers)

    def chosen(self, numbers: np.ndarray) -> Chosen:
        """Some of its cases, by their numbers in its order."""
        return Chosen(self, numbers)

    def figure(self, position: int) -> tuple[Case, Metric]:
        """A figure, and the case it belongs to."""
        at = int(self.index.case[position])
        case = self.cases[at]
        return case, case.metrics[position - int(self.index.starts[at])]

    @cached_property
    def evidence(self) -> Callable[[int], Evidence]:
        """Returns the evidence of the metric at a position, derived once for all who use it."""
        return lru_cache(EVIDENCE_CACHE_SIZE)(lambda position: derive(self.figure(position)[1], self.units))

    def positions(self, case_id: str) -> range:
        """Where the figures of a case are."""
        at = self.index.numbers[case_id]
        return range(int(self.index.starts[at]), int(self.index.starts[at + 1]))

    @property
    def everything(self) -> Chosen:
        """All its cases."""
        return self.chosen(np.arange(len(self.cases)))

    def named(self, name: str) -> Sequence[int]:
        """The positions that a case id or `case id.metric id` means; none where there is no such case or figure."""
        case_id, _, metric_id = name.partition(".")
        if case_id not in self.index.numbers:
            return ()
        found = self.positions(case_id)
        return (
            found
            if not metric_id
            else [found[at] for at, metric in enumerate(self.by_id[case_id].metrics) if metric.id == metric_id]
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """The metrics table: one row a metric, with the COLUMNS of data.query.table. Shared: copy before changing."""
        if self.load_table:
            return self.load_table()
        return self._build_table(range(self.figures))

    def rows(self, positions: Positions) -> pd.DataFrame:
        """These rows of the metrics table, in this order, with their positions as labels."""
        if "table" in self.__dict__ or self.figures <= TABLE_MIN or len(positions) > TABLE_MIN:
            return self.table.iloc[positions]
        return self._build_table(positions)

    def _build_table(self, positions: Positions) -> pd.DataFrame:
        metrics = ((*self.figure(position), self.evidence(position)) for position in map(int, positions))
        return table.build(metrics, self.tables, positions)

    @property
    def units_of_map(self) -> Mapping[str, Place]:
        """The province and its 18 units by six-digit code."""
        return self.tables.map_units

    def prefecture_code(self, place_id: str) -> str | None:
        """The six-digit code of the unit a place lies in; `410000` for the province, None outside."""
        return self.tables.prefecture_code(place_id)


class Chosen(Sequence[Case]):
    """Some cases of a dataset in its order. A case is read when it is looked at; `ids` and `titles` read none."""

    def __init__(self, dataset: Dataset, numbers: np.ndarray) -> None:
        self.dataset, self.numbers = dataset, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, at: Any) -> Any:
        return (
            Chosen(self.dataset, self.numbers[at])
            if isinstance(at, slice)
            else self.dataset.cases[int(self.numbers[at])]
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(other) == len(self)
            and all(one == another for one, another in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]

    def __contains__(self, case: object) -> bool:
        return isinstance(case, Case) and self.find(case.id) is not None

    def find(self, case_id: str) -> int | None:
        """Which of them has this id."""
        number = self.dataset.index.numbers.get(case_id, -1)
        at = int(np.searchsorted(self.numbers, number))
        return at if at < len(self) and self.numbers[at] == number else None

    @property
    def ids(self) -> list[str]:
        return [self.dataset.index.ids[number] for number in self.numbers]

    def titles(self, lang: Lang) -> list[str]:
        """What each is called."""
        titles = self.dataset.index.titles[lang]
        return [titles[number] for number in self.numbers]

    def numbered(self, lang: Lang, between: str = " ") -> list[str]:
        """The number and title of each."""
        return [
            f"{int(case_id[5:7])}{between}{title}" for case_id, title in zip(self.ids, self.titles(lang), strict=True)
        ]


class _ById(Mapping[str, Case]):
    """The cases of a dataset by id, each read when it is looked at."""

    def __init__(self, cases: Sequence[Case], numbers: Mapping[str, int]) -> None:
        self.cases, self.numbers = cases, numbers

    def __getitem__(self, name: str) -> Case:
        return self.cases[self.numbers[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.cases)

    def __contains__(self, name: object) -> bool:
        return name in self.numbers
