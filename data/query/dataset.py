"""The dataset: all cases with the reference tables. Immutable, and shared by all readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import eq
from typing import Any, overload

import numpy as np
import pandas as pd

from data.model.evidence import Evidence, derive
from data.model.problems import Problem
from data.model.schema import Case, Document, Domain, Lang, Metric, Place, Source, Unit
from data.model.tables import Tables
from data.query import table
from data.query.columns import CaseEntry, Index, Positions, build_entry, derive_all

TABLE_MIN = 5000
"""Up to this many rows are built from their cases as long as the table of all metrics is not built."""
GeoJson = Mapping[str, Any]
EVIDENCE_CACHE_SIZE = 8192
"""Maximum number of metrics whose evidence is kept in memory (about 1 kB each)."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """All cases in the order of the document, with the reference tables by id.

    A case is identified by its position in this order as well, and so is a metric: those of the first case come first.
    """

    cases: Sequence[Case]
    tables: Tables
    warnings: tuple[Problem, ...] = ()
    version: str = ""
    """Hash of the content of all files but the boundaries, twelve hexadecimal digits."""
    entries: Sequence[CaseEntry] | None = None
    """The columns of the cases; None derives them from the cases."""
    boundaries: GeoJson = field(default_factory=dict)
    """The outlines of the 18 units; the id of a feature is the unit's six-digit code."""
    load_table: Callable[[], pd.DataFrame] | None = None
    """Loads the metrics table; None builds it from the cases, which takes longer."""

    @cached_property
    def index(self) -> Index:
        """The columns by which the dataset is filtered, counted and searched."""
        entries = self.entries
        if entries is None:
            entries = [build_entry(case, derive_all(case, self.tables), self.tables) for case in self.cases]
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

    def source_of(self, case_id: str) -> Document:
        """The document that a case comes from."""
        return self.index.documents[int(self.index.document[self.index.case_positions[case_id]])]

    def documents_of(self, positions: Positions) -> tuple[Document, ...]:
        """The documents of the cases at these positions, in the order of the dataset; without a case, its own."""
        numbers = np.unique(self.index.document[np.asarray(positions, int)])
        return tuple(self.index.documents[number] for number in numbers) or (self.source,)

    def group_by_source(self, case_ids: Iterable[str]) -> dict[Document, list[int]]:
        """The printed numbers of cases by the document that they come from."""
        numbers: dict[Document, list[int]] = {}
        for case_id in case_ids:
            number = self.index.numbers[self.index.case_positions[case_id]]
            numbers.setdefault(self.source_of(case_id), []).append(number)
        return numbers

    @property
    def metric_count(self) -> int:
        return int(self.index.starts[-1])

    @cached_property
    def by_id(self) -> Mapping[str, Case]:
        """The cases by id; a case is unpacked on access."""
        return _CasesById(self)

    def subset(self, positions: np.ndarray) -> CaseSubset:
        """The cases at these ascending positions."""
        return CaseSubset(self, positions)

    @property
    def all_cases(self) -> CaseSubset:
        return self.subset(np.arange(len(self.cases)))

    def metric(self, position: int) -> tuple[Case, Metric]:
        """The metric at a position, and its case."""
        case_position = int(self.index.case[position])
        case = self.cases[case_position]
        return case, case.metrics[position - int(self.index.starts[case_position])]

    @cached_property
    def evidence(self) -> Callable[[int], Evidence]:
        """Function that returns the evidence of the metric at a position; what it has derived is kept."""
        return lru_cache(EVIDENCE_CACHE_SIZE)(lambda position: derive(self.metric(position)[1], self.units))

    def positions(self, case_id: str) -> range:
        """The positions of the metrics of a case."""
        start, stop = self.index.starts[self.index.case_positions[case_id] :][:2]
        return range(int(start), int(stop))

    def resolve_id(self, name: str) -> Sequence[int]:
        """The positions of the metrics of `case id` or `case id.metric id`; empty for an unknown id."""
        case_id, _, metric_id = name.partition(".")
        if case_id not in self.index.case_positions:
            return ()
        positions = self.positions(case_id)
        if not metric_id:
            return positions
        metrics = zip(positions, self.by_id[case_id].metrics, strict=True)
        return [position for position, metric in metrics if metric.id == metric_id]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The metrics table: one row a metric, with the COLUMNS of data.query.table. Shared: copy before changing."""
        if self.load_table:
            return self.load_table()
        return self._build_table(range(self.metric_count))

    def rows(self, positions: Positions) -> pd.DataFrame:
        """These rows of the metrics table, in this order, with their positions as labels."""
        if "table" in self.__dict__ or self.metric_count <= TABLE_MIN or len(positions) > TABLE_MIN:
            return self.table.iloc[positions]
        return self._build_table(positions)

    def _build_table(self, positions: Positions) -> pd.DataFrame:
        metrics = ((*self.metric(position), self.evidence(position)) for position in map(int, positions))
        return table.build(metrics, self.tables, positions)

    def prefecture_code(self, place_id: str) -> str | None:
        """The six-digit code of the unit a place lies in; `410000` for the province, None outside."""
        return self.tables.prefecture_code(place_id)


class CaseSubset(Sequence[Case]):
    """Some cases of a dataset, in its order. A case is unpacked on access; `ids`, `years` and `titles` unpack none."""

    def __init__(self, dataset: Dataset, positions: np.ndarray) -> None:
        self.dataset, self.positions = dataset, positions

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, at: int) -> Case: ...
    @overload
    def __getitem__(self, at: slice) -> CaseSubset: ...
    def __getitem__(self, at: int | slice) -> Case | CaseSubset:
        found = self.positions[at]
        return CaseSubset(self.dataset, found) if isinstance(at, slice) else self.dataset.cases[int(found)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(other) == len(self) and all(map(eq, self, other))

    def __contains__(self, case: object) -> bool:
        return isinstance(case, Case) and self.find(case.id) is not None

    def find(self, case_id: str) -> int | None:
        """The place of a case in this subset, None if it is not part of it."""
        position = self.dataset.index.case_positions.get(case_id, -1)
        at = int(np.searchsorted(self.positions, position))
        return at if at < len(self) and self.positions[at] == position else None

    @property
    def ids(self) -> list[str]:
        return [self.dataset.index.ids[position] for position in self.positions]

    @property
    def years(self) -> list[int]:
        return [self.dataset.index.years[position] for position in self.positions]

    def titles(self, lang: Lang) -> list[str]:
        titles = self.dataset.index.titles[lang]
        return [titles[position] for position in self.positions]

    def numbered_titles(self, lang: Lang, between: str = " ") -> list[str]:
        """The printed number and the title of each case."""
        numbers = self.dataset.index.numbers
        titles = zip(self.positions, self.titles(lang), strict=True)
        return [f"{numbers[position]}{between}{title}" for position, title in titles]


class _CasesById(Mapping[str, Case]):
    def __init__(self, dataset: Dataset) -> None:
        self.cases, self.positions = dataset.cases, dataset.index.case_positions

    def __getitem__(self, case_id: str) -> Case:
        return self.cases[self.positions[case_id]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.positions)

    def __len__(self) -> int:
        return len(self.positions)

    def __contains__(self, case_id: object) -> bool:
        return case_id in self.positions
