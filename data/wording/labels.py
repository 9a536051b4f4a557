"""The fixed words of the dataset in both languages: roles, directions, plans and caveats."""

from __future__ import annotations

from collections.abc import Mapping

from data.model.schema import Lang, Text


def say(lang: Lang, zh: str, en: str) -> str:
    """Return the text in the reader's language; both are always written side by side."""
    return zh if lang == "zh" else en


def pairs(**words: tuple[str, str]) -> Mapping[str, Text]:
    """Return a text by name for each pair (zh, en)."""
    return {name: Text(zh=zh, en=en) for name, (zh, en) in words.items()}


ROLE_WORDS = pairs(
    outcome=("成效", "Outcome"),
    output=("产出", "Output"),
    input=("投入", "Input"),
    context=("背景", "Context"),
    rule=("制度参数", "Rule"),
)
DIRECTION_WORDS = pairs(
    improved=("改善", "improved"),
    worsened=("变差", "worsened"),
    unchanged=("持平", "unchanged"),
    unclear=("方向不明", "unclear"),
)
PLAN_WORDS = pairs(target=("目标", "Target"), planned=("规划", "Plan"))
"""The words for a metric that has not happened yet, by its status."""
CAVEAT_WORDS = pairs(
    percent_or_points=("百分比或百分点不明", "percent or points"),
    conflicting=("材料前后不一", "conflicting"),
    mixed_units=("前后单位不同", "mixed units"),
    undated=("未注明时间", "undated"),
    scope_differs=("口径不同", "scope differs"),
    unequal_periods=("期间长短不同", "unequal periods"),
    of_the_increment=("说的是增量", "of the increment"),
    overlapping=("可能重复计算", "overlapping"),
    broad_aggregate=("全域总量", "broad aggregate"),
    unclear_denominator=("分母不明", "unclear denominator"),
    self_reported=("自报数据", "self-reported"),
    other=("说明", "note"),
)
