"""Data: the table on screen, and to take away, all of it or as filtered."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from data.export import csv_bytes, file_name
from data.filters import Filters
from data.table import COLUMNS
from pages.frame.bars import nothing_found
from pages.frame.blocks import plain_table
from pages.frame.view import View, the_view

SHOWN = ("case_title", "name", "place", "before_label", "after_label", "change_label", "periods", "grade", "direction_word", "role_word", "phrases")


def headings(view: View) -> dict[str, str]:
    words = (
        ("案例", "Case"),
        ("指标", "Figure"),
        ("地点", "Place"),
        ("前", "Before"),
        ("后", "After"),
        ("变化", "Change"),
        ("时间", "Periods"),
        ("等级", "Grade"),
        ("方向", "Direction"),
        ("类别", "Kind"),
        ("原文", "Source words"),
    )
    return {name: view.say(*pair) for name, pair in zip(SHOWN, words, strict=True)}


def downloads(view: View) -> None:
    everything, chosen = view.dataset.table, view.selection.rows
    with st.container(horizontal=True, gap="small", key="downloads"):
        if view.filters:
            _button(view, chosen, view.filters, "chosen", view.say(f"下载筛选结果（CSV，{len(chosen)} 行）", f"Download as filtered (CSV, {len(chosen)} rows)"))
        _button(view, everything, Filters(), "everything", view.say(f"下载全部（CSV，{len(everything)} 行）", f"Download all (CSV, {len(everything)} rows)"))


def _button(view: View, rows, filters: Filters, key: str, label: str) -> None:
    st.download_button(
        label,
        data=partial(csv_bytes, rows),
        file_name=file_name(view.dataset, filters),
        mime="text/csv",
        on_click="ignore",
        key=f"download-{key}",
        icon=":material/download:",
        disabled=rows.empty,
    )


def table(view: View) -> None:
    names = headings(view)
    rows = view.table(SHOWN).rename(columns=names)
    st.dataframe(rows, hide_index=True, height=520, key="table", lazy=False, alt=view.say("筛选后的指标表", "The table of figures as filtered"))


def data_link(view: View) -> None:
    query, base = urlencode(view.filters.query(), safe=","), st.get_option("server.baseUrlPath").strip("/")
    st.header(view.say("数据链接", "Data link"), anchor=False)
    st.html(
        Markup('<p class="quiet">{}</p>').format(
            view.say("同样的筛选条件，供程序读取；与网页同一地址，路径如下。", "The same filters for a program to read, at this site's address with this path.")
        )
    )
    st.code(f"{'/' if base else ''}{base}/api/metrics.csv{'?' if query else ''}{query}", language=None)


def dictionary(view: View) -> None:
    pairs = [(name, meaning(name)) for name in COLUMNS]
    rows = [(name, view.say(*words)) for name, words in pairs]
    with st.expander(view.say(f"字段说明（{len(COLUMNS)} 个）", f"What the {len(COLUMNS)} columns hold")):
        st.html(plain_table((view.say("字段", "Column"), view.say("含义", "Meaning")), rows, view.say(f"{len(COLUMNS)} 个字段", f"{len(COLUMNS)} columns")))


def meaning(column: str) -> tuple[str, str]:
    """What a column holds, in both languages."""
    side, _, rest = column.partition("_")
    if side in ("before", "after") and rest in END_COLUMNS:
        zh, en = END_COLUMNS[rest]
        return (f"{'改革前' if side == 'before' else '改革后'}：{zh}", f"{side.capitalize()}: {en}")
    return OTHER_COLUMNS[column]


END_COLUMNS = {
    "value": ("数值，按原文单位", "the value, in the printed unit"),
    "low": ("区间下限", "lower end of a range"),
    "high": ("区间上限", "upper end of a range"),
    "text": ("文字表述（中文 / 英文）", "the words, where there is no number (Chinese / English)"),
    "unit_id": ("单位编号", "unit id"),
    "bound": ("界限词：exact 准确，over 超过，under 不足，nearly 近，about 约，at_least 以上，at_most 以内", "bound: exact, over, under, nearly, about, at_least, at_most"),
    "period": ("时间，ISO 区间，.. 表示起点不明", "period as an ISO interval; .. is an unknown start"),
    "period_kind": ("时间性质：during 期间，as_of 时点，cumulative 累计", "kind of period: during, as_of, cumulative"),
    "origin": ("来历：stated 写明，derived 推算，missing 缺失", "origin: stated, derived or missing"),
    "value_basis": ("数值依据：stated 写明，implied 隐含，unstated 未写", "basis of the value: stated, implied, unstated"),
    "period_basis": ("时间依据：stated 写明，implied 隐含，unstated 未写", "basis of the period: stated, implied, unstated"),
}
OTHER_COLUMNS = {
    "case_id": ("案例编号", "case id"),
    "case_number": ("案例序号，同文件", "number of the case in the document"),
    "year": ("年度", "year of the document's cases"),
    "case_title_zh": ("案例名称，中文", "case title in Chinese"),
    "case_title_en": ("案例名称，英文", "case title in English"),
    "domains": ("领域编号，以 | 分隔", "domain ids, joined by |"),
    "place_id": ("地点编号", "place id"),
    "place_zh": ("地点，中文", "place in Chinese"),
    "place_en": ("地点，英文", "place in English"),
    "prefecture_code": ("所属地市的六位代码，410000 为全省", "six-digit code of the unit it lies in; 410000 is province-wide"),
    "prefecture_zh": ("所属地市，中文", "unit it lies in, in Chinese"),
    "prefecture_en": ("所属地市，英文", "unit it lies in, in English"),
    "metric_id": ("指标编号，案例内唯一", "figure id, unique within its case"),
    "metric_zh": ("指标名称，中文", "figure in Chinese"),
    "metric_en": ("指标名称，英文", "figure in English"),
    "subject_zh": ("具体主体，中文", "whom it is about, if narrower than the place, in Chinese"),
    "subject_en": ("具体主体，英文", "whom it is about, if narrower than the place, in English"),
    "role": ("类别：outcome 成效，output 产出，input 投入，context 背景，rule 制度参数", "role: outcome, output, input, context, rule"),
    "status": ("状态：observed 已发生，target 任务，planned 规划", "status: observed, target, planned"),
    "better": ("怎样算改善：higher 越高越好，lower 越低越好，neutral 不分", "which way is improvement: higher, lower, neutral"),
    "headline": ("在案例要点中的次序", "order among the case's headlines"),
    "unit_id": ("单位编号", "unit id"),
    "unit_zh": ("单位，中文", "unit in Chinese"),
    "unit_en": ("单位，英文（不含万、亿）", "unit in English, without the printed multiplier"),
    "change_value": ("写明的变化量，后减前；名次上升为正", "stated change, after minus before; places above 0 moved up"),
    "change_low": ("变化量下限", "lower end of the change"),
    "change_high": ("变化量上限", "upper end of the change"),
    "change_text": ("变化的文字表述（中文 / 英文）", "the change in words (Chinese / English)"),
    "change_kind": (
        "变化的种类：relative 百分比，points 百分点，difference 差值，multiple 倍数，places 名次",
        "kind of the change: relative (%), points, difference, multiple, places",
    ),
    "change_bound": ("变化的界限词", "bound of the change"),
    "change_origin": ("变化的来历：stated 写明，missing 缺失", "origin of the change: stated or missing"),
    "index": ("指数，改革前为 100", "index, before = 100"),
    "index_bound": ("指数的界限", "bound of the index"),
    "direction": ("方向：improved 改善，worsened 变差，unchanged 持平，unclear 不明", "direction: improved, worsened, unchanged, unclear"),
    "grade": ("证据等级 A–F，P 为目标或规划", "grade of evidence A–F; P is a target or plan"),
    "formula": ("推算公式", "how derived numbers were computed"),
    "compared_with": ("材料所引的外部参照", "an outside yardstick named by the source"),
    "caveats": ("注意事项的种类，以 | 分隔", "kinds of caveat, joined by |"),
    "caveat_notes_zh": ("注意事项，中文", "caveats in Chinese"),
    "caveat_notes_en": ("注意事项，英文", "caveats in English"),
    "conflict_ids": ("所涉矛盾的编号", "contradictions of the source that concern it"),
    "section": ("原文所在标题", "printed heading it stands under"),
    "phrases": ("原文词语，每条不超过40字", "words of the source, at most 40 characters each"),
}

view = the_view()
st.title(view.say("数据", "The data"), anchor=False)
downloads(view)
if not view.rows:
    nothing_found(view)
else:
    table(view)
data_link(view)
dictionary(view)
