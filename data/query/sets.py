"""The sets of results that can be compared: what they are called, the words for them, and which metrics each has."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data.model.grades import CHANGED
from data.model.schema import Text
from data.query.dataset import Dataset, Mask, cache_by_dataset

RESULTS = ("outcome", "output")
"""Roles of the metrics that are results; the others are inputs, background and rules."""
GROWTH = "change"
"""Id of the set of the metrics that state a change; the others have the id of their dimension."""
TIME = "time"
"""Id of the set of times: days, working days and months have no scale in common but that of their change."""
SET_NAMES: Mapping[str, Text] = {
    GROWTH: Text(zh="变化幅度", en="Sizes of change"),
    TIME: Text(zh="办理与等待时间", en="Waiting times"),
    "rank": Text(zh="名次", en="Ranks"),
    "share": Text(zh="占比", en="Shares"),
    "money": Text(zh="金额", en="Money"),
    "area": Text(zh="面积", en="Areas"),
    "length": Text(zh="长度", en="Lengths"),
    "volume": Text(zh="体积", en="Volumes"),
    "mass": Text(zh="重量", en="Weights"),
}
SYNONYMS = {GROWTH: "变化", TIME: "等待 等待时间 办理时间 办理时限 时间 时限 wait"}
"""Words for a set beside those of its name, in either language."""


@cache_by_dataset(len(SET_NAMES))
def mark_set(dataset: Dataset, name: str) -> Mask:
    """Return which metrics are in a set."""
    found = (
        (evidence.grade in CHANGED if name == GROWTH else dataset.units[metric.unit].dimension == name)
        and metric.role in RESULTS
        for _, metric, evidence in dataset.metrics
    )
    return np.fromiter(found, np.bool_, len(dataset.metrics))
