"""The words beside a number that say on which side of it the true value lies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.model.schema import Bound

BEFORE: Mapping[str, Bound] = {
    "不超过": "at_most", "不高于": "at_most", "不多于": "at_most", "不大于": "at_most", "至多": "at_most",
    "最多": "at_most", "不低于": "at_least", "不少于": "at_least", "不小于": "at_least", "至少": "at_least",
    "最少": "at_least", "超过": "over", "超出": "over", "超": "over", "突破": "over", "逾": "over", "多于": "over",
    "高于": "over", "大于": "over", "不到": "under", "不足": "under", "不满": "under", "未满": "under",
    "低于": "under", "少于": "under", "小于": "under", "将近": "nearly", "接近": "nearly", "近": "nearly",
    "大约": "about", "大概": "about", "约为": "about", "约": "about",
}  # fmt: skip
"""The bound that a word in front of a number means."""
AFTER: Mapping[str, frozenset[Bound]] = {
    "以上": frozenset({"at_least"}), "以内": frozenset({"at_most"}), "之内": frozenset({"at_most"}),
    "以下": frozenset({"at_most", "under"}), "左右": frozenset({"about"}), "上下": frozenset({"about"}),
}  # fmt: skip
"""The bounds that a word behind a number and its unit may mean."""
_BEFORE = re.compile(rf"(?<![附最临新节集条合制契公])(?:{'|'.join(BEFORE)})$")
"""Such a word at the end of a text, but not as a part of another: 附近, 节约."""


def bound_before(text: str) -> Bound | None:
    """Return the bound that the word at the end of a text means."""
    found = _BEFORE.search(text)
    return BEFORE[found[0]] if found else None
