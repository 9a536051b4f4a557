"""Compare: up to four cases or eight figures side by side; what shares a scale shares an axis, what does not is refused in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.model.grades import GRADES, grades_drawn_as
from data.model.schema import Case
from data.query.filters import Filters, select
from data.wording.compare import MAX_METRICS, Comparison, Group, compare
from data.wording.rows import MetricRow
from pages.figures.difference_bar import difference_bar
from pages.figures.export_figure import export_figure
from pages.figures.index_arrows import index_arrows
from pages.figures.level_bars import level_bars
from pages.frame.blocks import as_table, chart, figure_block, plain_table
from pages.frame.chart_export import Taken, take
from pages.frame.embed import embed
from pages.frame.escape_markdown import literal
from pages.frame.links import link
from pages.frame.view import View, the_view

CASES = 4
RESULTS = ("outcome", "output")
ALL = 300
"""Where the filters leave no more cases or figures than this, all of these are offered."""
OFFERED = 150
"""So many of more are."""


def chosen(name: str, known: Callable[[str], bool], limit: int) -> tuple[list[str], list[str]]:
    """The ids of a query parameter that exist, at most `limit` of them; and those that were left out."""
    wanted = list(dict.fromkeys(value for value in st.query_params.get(name, "").split(",") if value))
    kept = [value for value in wanted if known(value)][:limit]
    return kept, [value for value in wanted if value not in kept]


def keep(name: str) -> None:
    values = st.session_state[f"chosen {name}"]
    if values:
        st.query_params[name] = ",".join(values)
    else:
        st.query_params.pop(name, None)


def picker(view: View, name: str, label: str, labels: dict[str, str], limit: int) -> None:
    kept, left_out = chosen(name, labels.__contains__, limit)
    st.session_state[f"chosen {name}"] = kept
    st.multiselect(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=f"chosen {name}",
        placeholder=view.say(f"最多 {limit} 个", f"up to {limit}"),
        on_change=keep,
        args=(name,),
        select_all=False,
    )
    if left_out:
        st.warning(
            view.say(
                f"有 {len(left_out)} 个选择不存在或超出上限，已略去。",
                f"Left out: {len(left_out)}, unknown or above the limit.",
            ),
            icon=":material/filter_list_off:",
        )


def is_result(view: View, name: str) -> bool:
    """Whether this is the id of an outcome or output."""
    positions = view.dataset.named(name) if "." in name else ()
    return any(view.dataset.figure(position)[1].role in RESULTS for position in positions)


def offer(view: View, chosen: Sequence[Any]) -> list[Any]:
    """The results a reader may choose among: those that the filters leave, the first of them where they are many; and those that are chosen."""
    left = view.selection.positions
    positions = left[view.dataset.index.within("role", RESULTS)[left]]
    if len(positions) > ALL:
        positions = positions[:OFFERED]
    offered = {figure_id(row): row for row in (*view.words(positions), *chosen)}
    return list(offered.values())


def titles(view: View, chosen: Sequence[Case]) -> dict[str, str]:
    """The cases a reader may choose among, in the same way."""
    cases = view.selection.cases
    offered = cases if len(cases) <= ALL else cases[:OFFERED]
    names = dict(zip(offered.ids, offered.numbered(view.lang, " · "), strict=True))
    return {**names, **{case.id: f"{case.number} · {case.title[view.lang]}" for case in chosen}}


def figure_id(row) -> str:
    return f"{row.case_id}.{row.metric_id}"


def suggestion(view: View) -> None:
    """Where to begin when nothing is chosen yet."""
    st.html(
        Markup('<p class="lede">{}</p>').format(
            view.say(
                "选择二至四个案例，或者二至八项指标。可比的共用一条坐标轴；不可比的会说明原因。",
                "Choose two to four cases, or two to eight figures. What can be compared shares an axis; what cannot is told why.",
            )
        )
    )
    index = view.dataset.index
    paired = (
        index.within("grade", grades_drawn_as("ends"))
        & index.within("role", ("outcome",))
        & ~np.isnan(index.figure("index"))
    ).nonzero()[0][:4]
    ids = ",".join(figure_id(row) for row in view.words(paired))
    both_ends = view.say("例如：前后成对的指标", "For example: figures with both ends")
    st.html(link(view.href("compare", figures=ids), both_ends, before="stacked_line_chart"))
    business = select(view.dataset, Filters(domain=("business",)))
    pair = ",".join(case.id for case in business.cases[: 2 * CASES] if case.headlines)
    on_business = view.say("例如：营商环境案例", "For example: the cases on business environment")
    st.html(link(view.href("compare", cases=pair), on_business, before="compare"))


def side_by_side(view: View, cases: list[Case]) -> None:
    rows = {case.id: view.rows_of(case) for case in cases}
    grades = {case.id: Counter(row.grade for row in rows[case.id]) for case in cases}
    places = view.say("、", ", ")
    lines = [
        (
            view.say("地点", "Place"),
            *(places.join(view.dataset.places[place].name[view.lang] for place in case.places) for case in cases),
        ),
        (
            view.say("领域", "Domains"),
            *(places.join(view.dataset.domains[domain].name[view.lang] for domain in case.domains) for case in cases),
        ),
        (view.say("问题", "The problem"), *(case.problem[view.lang] for case in cases)),
        (view.say("变化", "What changed"), *(case.result[view.lang] for case in cases)),
        (
            view.say("指标数（按等级）", "Figures by grade"),
            *(
                " · ".join(
                    [
                        *(f"{grade} {grades[case.id][grade]}" for grade in GRADES if grades[case.id][grade]),
                        *([left_out] if (left_out := view.left_out(case)) else []),
                    ]
                )
                for case in cases
            ),
        ),
    ]
    st.html(
        plain_table(
            (view.say("项目", "Item"), *(f"{case.number} · {case.title[view.lang]}" for case in cases)),
            lines,
            view.say("并列", "Side by side"),
        )
    )
    shared_index(view, comparable(view, cases), cases)


def comparable(view: View, cases: list[Case]) -> list:
    """The results of these cases that have an index, best evidence first within a case."""
    ordered = (row for case in cases for row in sorted(view.rows_of(case), key=lambda row: row.grade))
    return [row for row in ordered if row.index is not None and row.rule.is_evidence and row.role in RESULTS]


def shared_index(view: View, rows: list, cases: list[Case]) -> None:
    drawn = {row.case_id for row in rows}
    words = {
        case.id: view.say("所列指标都不能换算为指数。", "None of the figures here has an index.")
        for case in cases
        if case.id not in drawn
    }
    headings = {case.id: f"{case.number}  {case.title[view.lang]}" for case in cases}
    figure = index_arrows(rows, view.lang, headings, words)
    together(
        view, "cases", view.say("可换算为指数的成效", "Results with an index"), figure, rows, tuple(words.values())
    )


def together(
    view: View, chart_id: str, title: str, figure: go.Figure, rows: Sequence[MetricRow], words: Sequence[str] = ()
) -> None:
    """Figures on one axis under their title, to take away."""
    st.header(literal(title), anchor=False)
    chart(figure, f"compare-{chart_id}", view.say("；", "; ").join([*(row.finding for row in rows), *words]))
    take(
        view,
        Taken(chart_id, title, " · ".join(dict.fromkeys(row.case_title for row in rows)), figure, export_figure, rows),
    )


def group_chart(view: View, group: Group) -> None:
    units = view.dataset.units
    if group.kind == "index":
        headings = {row.case_id: f"{row.case_number}  {row.case_title}" for row in group.rows}
        together(
            view,
            chart_id(group),
            view.say("以改革前为100", "With the earlier level as 100"),
            index_arrows(group.rows, view.lang, headings, {}),
            group.rows,
        )
    elif group.kind == "level":
        sizes = [row.after_value * units[row.after_unit_id].factor for row in group.rows]
        title = view.say(f"同一单位的水平：{group.rows[0].unit}", f"Levels in one unit: {group.rows[0].unit}")
        together(view, chart_id(group), title, level_bars(group.rows, sizes, view.lang), group.rows)
    else:
        st.header(view.say("同一单位的差值", "Differences in one unit"), anchor=False)
        reach = max(abs(row.change_value) for row in group.rows)
        for row in group.rows:
            figure_block(
                row, difference_bar(row, view.lang, reach), view, f"compare-difference-{figure_id(row)}", export_figure
            )


def chart_id(group: Group) -> str:
    return "index" if group.kind == "index" else f"{group.kind}-{group.key}"


def refusals(view: View, found: Comparison) -> None:
    reasons = {
        "plan": view.say("目标或规划不与已发生的事相比。", "A target or a plan is not compared with what happened."),
        "words": view.say("材料只有文字，没有数字。", "The source gives words and no number."),
        "rank": view.say(
            "名次属于各自的排名，与占比、金额或别的排名没有共同的尺度。",
            "A rank belongs to its own ranking and shares no scale with shares, money or another ranking.",
        ),
        "time": view.say(
            "工作日、天和月之间没有固定的换算。", "Working days, days and months have no fixed conversion."
        ),
        "share": view.say(
            "占比的变化以百分点计；材料没有写明百分比变化的，不换算为指数。",
            "A share changes in percentage points; it has no index, unless the source itself states a relative change.",
        ),
        "range": view.say(
            "材料给的是区间或名次变化，无法落在共同的坐标上。",
            "The source gives a range or a change of places, which fits no common axis.",
        ),
        "alone": view.say(
            "所选指标中没有与它同一单位或同可换算为指数的。",
            "No other chosen figure has its unit, or an index as well.",
        ),
    }
    if found.refusals:
        st.header(view.say("不能放在一起比较的", "Cannot be put beside the others"), anchor=False)
    for refusal in found.refusals:
        st.html(
            Markup('<p class="finding">{}</p><p class="quiet">{}</p>').format(
                refusal.row.finding, reasons[refusal.reason]
            )
        )
        for other in refusal.instead:
            ids = f"{figure_id(refusal.row)},{figure_id(other)}"
            with_other = view.say(f"可与之比较：{other.name}", f"Could be compared with: {other.name}")
            st.html(link(view.href("compare", figures=ids), with_other, before="compare_arrows"))


def page(
    view: View, titles: dict[str, str], offered: Sequence[Any], cases: list[Case], rows: list, found: Comparison
) -> None:
    st.title(view.say("比较", "Compare"), anchor=False)
    left, right = st.columns(2)
    with left:
        picker(view, "cases", view.say("案例", "Cases"), titles, CASES)
    with right:
        picker(
            view,
            "figures",
            view.say("指标", "Figures"),
            {figure_id(row): f"{row.case_number} · {row.name}" for row in offered},
            MAX_METRICS,
        )
    results = view.dataset.index.within("role", RESULTS)
    if results[view.selection.positions].sum() > ALL:
        narrower = view.say(
            "这里列出筛选结果中的前一部分；用筛选或搜索可找到其他。",
            "The lists offer the first of what the filters leave; filter or search to find others.",
        )
        st.html(Markup('<p class="quiet">{}</p>').format(narrower))
    elif len(offered) < results.sum():
        narrower = view.say(
            "这里只列出筛选结果；改变筛选或搜索可找到其他。",
            "The lists offer what the filters leave; change the filters or the search to find others.",
        )
        st.html(Markup('<p class="quiet">{}</p>').format(narrower))
    if len(cases) < 2 and len(rows) < 2:
        suggestion(view)
    if len(cases) > 1:
        side_by_side(view, cases)
    if len(rows) > 1:
        for group in found.groups:
            group_chart(view, group)
        refusals(view, found)
        st.header(view.say("列表", "As a table"), anchor=False)
        st.html(as_table(rows, view.lang))


view = the_view()
cases = [view.dataset.by_id[case_id] for case_id in chosen("cases", lambda name: name in view.dataset.by_id, CASES)[0]]
rows = [view.words(view.dataset.named(name))[0] for name in chosen("figures", partial(is_result, view), MAX_METRICS)[0]]
offered = offer(view, rows)
found = compare(rows, offered)
if view.embedded:
    embed(
        view,
        {
            "cases": partial(shared_index, view, comparable(view, cases), cases),
            **{chart_id(group): partial(group_chart, view, group) for group in found.groups},
        },
    )
else:
    page(view, titles(view, cases), offered, cases, rows, found)
