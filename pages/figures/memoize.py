"""Figures that were drawn before are not drawn again: one bounded store a drawing function, shared by all readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

CACHE_SIZE = 128
"""Figures a function; the largest take about 250 kB each."""

P = ParamSpec("P")
Figure = TypeVar("Figure")


class Unchanged(dict[str, Any]):
    """A large mapping that nobody changes: equal to one that holds the very same objects, and its own copy."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unchanged) and self._held() == other._held()

    def __hash__(self) -> int:
        return hash(self._held())

    def __deepcopy__(self, _: Any) -> Unchanged:
        return self

    def _held(self) -> tuple[int, ...]:
        return tuple(map(id, self.values()))


class _Call:
    """The arguments of a drawing, equal to others that hold the same."""

    __slots__ = ("arguments", "named", "values")

    def __init__(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        self.arguments, self.named = arguments, named
        self.values = (_frozen(arguments), _frozen(named))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Call) and self.values == other.values

    def __hash__(self) -> int:
        return hash(self.values)


def memoize(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Keeps the last CACHE_SIZE figures of a drawing function by the values it was given, not by whose they are: rows of a changed dataset are other values.

    A figure is shared by all who ask for it: copy before changing.
    """

    @lru_cache(maxsize=CACHE_SIZE)
    def kept(call: _Call) -> Figure:
        return draw(*call.arguments, **call.named)

    @wraps(draw)
    def drawing(*arguments: P.args, **named: P.kwargs) -> Figure:
        return kept(_Call(arguments, named))

    return drawing


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping) and not isinstance(value, Unchanged):
        return tuple((name, _frozen(part)) for name, part in value.items())
    return tuple(map(_frozen, value)) if type(value) in (list, tuple) else value
