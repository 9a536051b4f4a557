"""A cache for chart functions, shared by all sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

CACHE_SIZE = 128
"""Maximum number of figures kept in memory for each function; the largest take about 250 kB each."""

P = ParamSpec("P")
Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True, eq=False)
class ByIdentity:
    """An argument that is too large to compare by value, such as a parsed GeoJSON file."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True, slots=True)
class _Call:
    """The arguments of a call, compared by `key` alone."""

    key: Hashable
    args: tuple[Any, ...] = field(compare=False)
    kwargs: Mapping[str, Any] = field(compare=False)


def memoize(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Caches the figures of `draw` by the values of its arguments, which may hold lists and mappings.

    The same figure is returned to all callers: copy it before changing it.
    """

    @lru_cache(maxsize=CACHE_SIZE)
    def cached(call: _Call) -> Figure:
        return draw(*call.args, **call.kwargs)

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Figure:
        return cached(_Call((_freeze(args), _freeze(kwargs)), args, kwargs))

    return wrapper


def _freeze(value: Any) -> Hashable:
    """`value` with its lists and mappings, at any depth, as tuples."""
    if isinstance(value, Mapping):
        return tuple((name, _freeze(part)) for name, part in value.items())
    return tuple(map(_freeze, value)) if type(value) in (list, tuple) else value
