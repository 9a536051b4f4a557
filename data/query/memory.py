"""A cache of what is computed from a dataset, for all readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from data.query.dataset import Dataset

CACHE_SIZE = 64
"""Maximum number of filters, of values of one filter and of words of searches whose results are kept in memory."""
Mask = NDArray[np.bool_]
"""What a filter keeps: an element for each case, or for each metric."""
P = ParamSpec("P")
Result = TypeVar("Result")
Function = Callable[Concatenate[Dataset, P], Result]


def cache_by_dataset(size: int) -> Callable[[Function[P, Result]], Function[P, Result]]:
    """Return a decorator that keeps the latest `size` results of a function for one dataset.

    The other arguments must be hashable. After an edit there are the results of the dataset before until all readers
    have the new one; then they are dropped with it.
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
