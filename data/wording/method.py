"""What the method page says: what the data cannot show, and what is calculated from it, and how."""

from __future__ import annotations

from data.model.schema import Text
from data.wording.formatting import BOUND_NAMES
from data.wording.labels import MISSING_WORDS

LIMITS = (
    Text(
        zh="不能说明变化由改革引起：没有对照组，同期的经济、疫情和其他政策也在起作用。",
        en="That a reform caused a change: there is no comparison group, and the economy, the epidemic and other "
        "policies were at work too.",
    ),
    Text(
        zh="不能代表全部改革：案例由发布单位选定，没有成效的改革不在其中；数值由报送单位自报。",
        en="How reforms went in general: those who published the cases chose them, none that failed is among them, and "
        "those who submitted them reported the figures.",
    ),
    Text(
        zh="不能用来排名：各项指标说的不是一回事，一条生产线的效率翻两番，不等于全省最大的成效。",
        en="Which reform did best: the figures measure different things, and one production line whose efficiency is "
        "said to have quadrupled is not the province's greatest result.",
    ),
    Text(
        zh="不能补上材料没写的数：缺的一端，只有材料写明了变化量才推算，并标明是推算的；"
        f"其余都写“{MISSING_WORDS['value'].zh}”。",
        en="What the source leaves out: a missing end is calculated only from a stated change, and marked so; "
        f"everything else says “{MISSING_WORDS['value'].en}”.",
    ),
)
"""What the data cannot show; in English each continues the heading."""
_CARRIED = ("over", "nearly", "about", "at_least")
DERIVATIONS = (
    (
        Text(zh="缺少的一端", en="A missing end"),
        Text(
            zh="差值、百分点：前 = 后 − 变化；百分比：前 = 后 ÷（1 + 变化）；倍数：前 = 后 ÷ 倍数（翻两番 = 4倍）；"
            "名次：前 = 后 + 上升位数。由前推后反过来算。",
            en="Difference or points: before = after − change. Percentage: before = after ÷ (1 + change). Multiple: "
            "before = after ÷ multiple (doubled twice = 4). Rank: before = after + places moved up. The later end the "
            "other way round.",
        ),
    ),
    (
        Text(zh="不推算的一端", en="An end left open"),
        Text(
            zh="百分比可能指百分点、倍数比较的是当年新增量、前后单位不同时，缺少的一端不推算。"
            "材料写明的百分比或倍数仍画成指数，可能指百分点的画成条纹；前后单位不同的没有指数。",
            en="Where a percentage may mean points, a multiple compares yearly additions, or the units differ, no end "
            "is calculated. A percentage or multiple that the source prints is still drawn as an index, dashed where "
            "it may mean points; two units have no index.",
        ),
    ),
    (
        Text(zh="指数", en="Index"),
        Text(
            zh="后 ÷ 前 × 100；只有变幅的，100 加变化的百分数，或倍数 × 100。名次、区间和只有百分点的占比没有指数。",
            en="after ÷ before × 100; with a change alone, 100 plus its percentage, or multiple × 100. None for ranks, "
            "ranges, and shares whose change is only in points.",
        ),
    ),
    (
        Text(zh="占比和系数的变化", en="Change of a share or a ratio"),
        Text(
            zh="后 − 前；占比以百分点计，从不自行算成百分比；系数只有一两位数字，百分比会显得过于精确。",
            en="after − before: of a share in percentage points, never as a percentage of ours; of a ratio as it is, "
            "for it has so few digits that a percentage would look too exact.",
        ),
    ),
    (
        Text(zh="方向", en="Direction"),
        Text(
            zh="由两端或变化，以及哪个方向算改善得出；界限词使两种可能并存时为“方向不明”；目标和规划没有方向；"
            "以文字说到的变化不计入变化的项数。",
            en="from the ends or the change, and which way is improvement; unclear where the bounds leave both open; a "
            "target or plan has none; a change told in words is in no count of changes.",
        ),
    ),
    (
        Text(zh="界限词", en="Bounds"),
        Text(
            zh="".join(f"“{BOUND_NAMES[bound].zh}”" for bound in _CARRIED) + "随推算传递；方向相反时为“约”。",
            en="over, nearly, about and at least carry over to what is calculated; opposite ones become about.",
        ),
    ),
)
"""What is calculated, and how."""
