"""The logarithmic axis that figures with an index share: where each lies on it, and the words of its ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from data.model.schema import Lang
from data.wording.labels import TICK_WORDS

BASELINE = 100.0
"""The index of the earlier level."""
TICKS = tuple(map(float, TICK_WORDS))
"""The indices that can have a tick."""


def log_index(index: float) -> float:
    """The place of an index on the axis; a fall to nothing, which has no logarithm, is placed at the index 1."""
    return math.log10(max(index, 1.0))


class IndexAxis(NamedTuple):
    """An axis from `low` to `high`, logarithms of indices, with `room` at both ends for the labels of the arrows."""

    low: float
    high: float
    room: float

    @property
    def ticks(self) -> list[float]:
        """The indices that have a tick: those the arrows span."""
        slack = 0.05
        inside = self.low + self.room - slack, self.high - self.room + slack
        return [index for index in TICKS if inside[0] <= log_index(index) <= inside[1]]

    def place(self, index: float) -> float:
        """Where an index lies between the ends of the axis, in per cent."""
        return 100 * (log_index(index) - self.low) / (self.high - self.low)


def span_axis(indices: Iterable[float]) -> IndexAxis:
    """The axis of these indices, at least from halved to doubled; at either end is a fifth of it for labels."""
    ends = [log_index(index) for index in (*indices, 50, 200)]
    room = (max(ends) - min(ends)) / 3
    return IndexAxis(min(ends) - room, max(ends) + room, room)


def name_tick(index: float, lang: Lang) -> str:
    """The words of a tick: halved, same, doubled."""
    return TICK_WORDS[f"{index:g}"][lang]
