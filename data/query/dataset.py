"""The dataset: all cases with the reference tables, and their metrics as one table. All readers share it, unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from data.model.evidence import Evidence, derive
from data.model.problems import Problem
from data.model.schema import Case, Document, Domain, Metric, Place, Source, Unit
from data.model.tables import Tables
from data.query.table import build

GeoJson = Mapping[str, Any]
Positions = Sequence[int] | np.ndarray


@dataclass(frozen=True, eq=False)
class Dataset:
    """All cases in the order of the document, with the reference tables by id.

    A metric is identified by its position in this order as well: those of the first case come first.
    """

    cases: tuple[Case, ...]
    tables: Tables
    warnings: tuple[Problem, ...] = ()
    version: str = ""
    """Hash of the content of all files but the boundaries, twelve hexadecimal digits."""
    boundaries: GeoJson = field(default_factory=dict)
    """The outlines of the 18 units; the id of a feature is the unit's six-digit code."""

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

    @cached_property
    def by_id(self) -> Mapping[str, Case]:
        """The cases by id."""
        return MappingProxyType({case.id: case for case in self.cases})

    @cached_property
    def metrics(self) -> tuple[tuple[Case, Metric, Evidence], ...]:
        """Each metric with its case and what is derived from it, by position."""
        return tuple((case, metric, derive(metric, self.units)) for case in self.cases for metric in case.metrics)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The metrics table: one row a metric, with the COLUMNS of data.query.table. Shared: copy before changing."""
        return build(self.metrics, self.tables)

    @cached_property
    def case_numbers(self) -> np.ndarray:
        """For each metric the number of its case in `cases`."""
        return np.repeat(np.arange(len(self.cases)), [len(case.metrics) for case in self.cases])

    @cached_property
    def _positions(self) -> Mapping[str, range]:
        ends = np.cumsum([0, *(len(case.metrics) for case in self.cases)]).tolist()
        return {case.id: range(*ends[number : number + 2]) for number, case in enumerate(self.cases)}

    def positions(self, case_id: str) -> range:
        """The positions of the metrics of a case."""
        return self._positions[case_id]

    def resolve_id(self, name: str) -> Sequence[int]:
        """The positions of the metrics of `case id` or `case id.metric id`; empty for an unknown id."""
        case_id, _, metric_id = name.partition(".")
        positions = self._positions.get(case_id, range(0))
        return [at for at in positions if self.metrics[at][1].id == metric_id] if metric_id else positions

    def source_of(self, case_id: str) -> Document:
        """The document that a case comes from."""
        return self.tables.source_of(self.by_id[case_id].source)

    def documents_of(self, cases: Iterable[Case]) -> tuple[Document, ...]:
        """The documents of these cases in the order of their first cases; without a case, that of the dataset."""
        return tuple(dict.fromkeys(self.tables.source_of(case.source) for case in cases)) or (self.source,)

    def group_by_source(self, case_ids: Iterable[str]) -> dict[Document, list[int]]:
        """The printed numbers of cases by the document that they come from."""
        numbers: dict[Document, list[int]] = {}
        for case_id in case_ids:
            numbers.setdefault(self.source_of(case_id), []).append(self.by_id[case_id].number)
        return numbers

    def prefecture_code(self, place_id: str) -> str | None:
        """The six-digit code of the unit a place lies in; `410000` for the province, None outside."""
        return self.tables.prefecture_code(place_id)
