"""A cache for chart functions, shared by all sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial, wraps
from typing import Generic, ParamSpec, TypeVar

CACHE_SIZE = 128
"""Maximum number of figures kept in memory for each function; the largest take about 250 kB each."""

P = ParamSpec("P")
Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True)
class _Call(Generic[Figure]):
    """A call, compared by `key` alone."""

    key: Hashable
    draw: Callable[[], Figure] = field(compare=False)


def memoize(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Caches the figures of `draw` by the values of its arguments, which may hold lists and mappings.

    The same figure is returned to all callers: copy it before changing it.
    """

    @lru_cache(maxsize=CACHE_SIZE)
    def cached(call: _Call[Figure]) -> Figure:
        return call.draw()

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Figure:
        return cached(_Call(_freeze((args, kwargs)), partial(draw, *args, **kwargs)))

    return wrapper


def _freeze(value: object) -> Hashable:
    """`value` with its lists and mappings, at any depth, as tuples."""
    if isinstance(value, Mapping):
        return tuple((name, _freeze(part)) for name, part in value.items())
    return tuple(map(_freeze, value)) if isinstance(value, list | tuple) else value
