"""The fixed words of the dataset in both languages: grades, roles, directions, caveats."""

from __future__ import annotations

from collections.abc import Mapping

from data.model.schema import Lang, Text


def say(lang: Lang, zh: str, en: str) -> str:
    """The text in the reader's language; both are always written side by side."""
    return zh if lang == "zh" else en


def pairs(**words: tuple[str, str]) -> Mapping[str, Text]:
    return {name: Text(zh=zh, en=en) for name, (zh, en) in words.items()}


GRADE_WORDS = pairs(
    A=("前后成对", "Paired"),
    B=("一端推算", "Derived"),
    C=("仅有变幅", "Indexed"),
    D=("仅有差值", "Difference"),
    E=("仅有水平", "Level"),
    F=("文字表述", "In words"),
    P=("目标或规划", "Plan"),
)
GRADE_MEANINGS = pairs(
    A=("材料写明前、后两个数值", "the source states both ends"),
    B=("材料写明一端和变化量，另一端由此算出", "one end and the change are stated; the other end follows"),
    C=("材料只写明百分比变化或倍数", "only a relative change or a multiple is stated"),
    D=("材料只写明与此前相差多少", "only a difference from an earlier time is stated"),
    E=("材料只写明当前值或完成量", "only a present value or an amount delivered is stated"),
    F=("材料没有数字，或只有约数词语", "there is no number, or only a number-like word"),
    P=("年度任务或尚未建成的项目，不作为成效证据", "a task or a plan, not counted as evidence"),
)
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
"""What a figure is called that has not happened yet, by its status."""
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
