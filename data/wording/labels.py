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


SITE_NAME = Text(zh="河南改革成效", en="Henan Reform Outcomes")
LANGUAGE = Text(zh="语言", en="Language")
"""The name of the switch between the languages."""
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
FLAG_WORDS = pairs(
    contradicted=("材料自相矛盾", "contradicted"),
    naming=("名称不一", "named in two ways"),
    scope=("口径不一", "delimited in two ways"),
    mixed_units=("前后单位不同", "two units"),
    undated=("无时间", "undated"),
    unclear=("含义不明", "unclear"),
    partial=("仅为局部", "partial"),
    prescribed=("规定的限额", "prescribed"),
)
FLAG_MEANINGS = pairs(
    contradicted=("材料的两处说法不能同时成立", "two passages of the source about it cannot both hold"),
    naming=("材料的两处用了不同的名称", "two passages of the source name it in two ways"),
    scope=("材料的两处写了不同的范围", "two passages of the source delimit it in two ways"),
    mixed_units=("前后两个数的单位不同，不能直接相比",
        "the two values are in two units and cannot be compared as they stand"),
    undated=("材料没有写明时间，或只写明一端", "the source gives no date for it, or for one end alone"),
    unclear=("数字含义不清，如是百分比还是百分点、分母为何、是否只是增量",
        "what the number means is unclear: percent or points, a share of what, or yearly additions alone"),
    partial=("说的范围比所在地小，如一家企业、一个项目",
        "it is about less than its place, such as one firm or project"),
    prescribed=("这是规定的限额，不是实际测得的数", "a limit that was set, not a time or count that was measured"),
)  # fmt: skip
PERCENT_OR_POINTS = Text(zh="百分比或百分点？", en="% or points?")
"""The words of the flag `unclear` where that is the doubt."""
RELATION_WORDS = pairs(
    agrees=("一致", "agrees"),
    differs=("数字不同", "differs"),
    adds=("补充", "adds"),
    earlier=("更早的情况", "earlier"),
    later=("后来的情况", "later"),
    other_scope=("口径不同", "another scope"),
)
"""What another document says of a figure, compared with the source."""
ELSEWHERE = Text(zh="其他材料", en="Elsewhere")
"""Label of what another document says."""
DIFFERS = Text(zh="其他材料数字不同", en="Another document differs")
"""Label of a figure for which another document prints another number."""
CAVEAT_WORDS = pairs(
    percent_or_points=("百分比或百分点不明", "percent or points"),
    conflicting=("材料自相矛盾", "contradicted"),
    naming=("名称不一", "named in two ways"),
    mixed_units=("前后单位不同", "two units"),
    undated=("未注明时间", "undated"),
    scope_differs=("口径不同", "scope differs"),
    unequal_periods=("期间长短不同", "unequal periods"),
    of_the_increment=("比较的是当年新增量", "compares yearly additions, not totals"),
    overlapping=("可能重复计算", "overlapping"),
    broad_aggregate=("全市总量，不限于本改革", "citywide total, not this reform alone"),
    unclear_denominator=("分母不明", "unclear denominator"),
    self_reported=("自报数据", "self-reported"),
    other=("说明", "note"),
)
