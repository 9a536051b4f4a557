"""The dataset: all cases with the reference tables, and their metrics as one table; a cache of what is made of it.

All readers share both, unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial, wraps
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.model.evidence import Evidence, derive
from data.model.schema import Case, Document, Metric
from data.model.tables import Tables
from data.query.table import build

GeoJson = Mapping[str, Any]
Positions = Sequence[int] | np.ndarray
Mask = NDArray[np.bool_]
"""What a filter keeps: an element for each case, or for each metric."""
CACHE_SIZE = 64
"""Maximum number of filters, of values of one filter and of words of searches whose results are kept in memory."""
P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Dataset(Tables):
    """The reference tables, and all cases in the order of the document.

    A metric is identified by its position in this order as well: those of the first case come first.
    """

    cases: tuple[Case, ...]
    version: str = ""
    """Hash of the content of all files but the boundaries, twelve hexadecimal digits."""
    boundaries: GeoJson = field(default_factory=dict)
    """The outlines of the 18 units; the id of a feature is the unit's six-digit code."""

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
        return build(self.metrics, self)

    @cached_property
    def case_numbers(self) -> np.ndarray:
        """For each metric the number of its case in `cases`."""
        return np.repeat(np.arange(len(self.cases)), [len(case.metrics) for case in self.cases])

    @cached_property
    def positions(self) -> Mapping[str, range]:
        """The positions of the metrics of each `case id`, and that of each `case id.metric id`."""
        single = {f"{case.id}.{metric.id}": range(at, at + 1) for at, (case, metric, _) in enumerate(self.metrics)}
        ends = np.cumsum([len(case.metrics) for case in self.cases]).tolist()
        return single | {
            case.id: range(end - len(case.metrics), end) for case, end in zip(self.cases, ends, strict=True)
        }

    def documents_of(self, cases: Iterable[Case]) -> dict[Document, list[int]]:
        """The documents of these cases, each with their printed numbers; without a case, that of the dataset."""
        numbers: dict[Document, list[int]] = {}
        for case in cases:
            numbers.setdefault(self.source_of(case), []).append(case.number)
        return numbers or {self.source: []}


Function = Callable[Concatenate[Dataset, P], Result]


def cache_by_dataset(size: int) -> Callable[[Function[P, Result]], Function[P, Result]]:
    """Return a decorator that keeps the latest `size` results of a function for one dataset.

    The other arguments must be hashable. Results of the dataset before an edit are kept until the next edit, for pages
    that still show it.
    """

    def decorate(function: Function[P, Result]) -> Function[P, Result]:
        @lru_cache(maxsize=2)
        def cache_for(dataset: Dataset) -> Callable[..., Result]:
            return lru_cache(maxsize=size)(partial(function, dataset))

        @wraps(function)
        def cached(dataset: Dataset, /, *args: P.args, **kwargs: P.kwargs) -> Result:
            return cache_for(dataset)(*args, **kwargs)

        return cached

    return decorate
