"""Compare: up to four cases or eight metrics side by side, on one axis where they share a scale, otherwise in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.markup.metrics_table import format_metrics_table
from data.model.grades import GRADES, grades_drawn_as
from data.model.schema import Case
from data.query.filters import Filters, select
from data.wording.compare import MAX_METRICS, Comparison, Group, compare
from data.wording.openings import TITLES
from data.wording.rows import MetricRow
from pages.figures.difference_bar import difference_bar
from pages.figures.export_figure import export_figure
from pages.figures.index_arrows import index_arrows
from pages.figures.level_bars import level_bars
from pages.frame.blocks import show_metric
from pages.frame.chart_export import ChartExport, show_export
from pages.frame.elements import format_table, show_chart, show_note, show_warning
from pages.frame.embed import show_embedded
from pages.frame.escape_markdown import escape_markdown
from pages.frame.links import format_link
from pages.frame.view import RESULTS, View, current_view, format_id

MAX_CASES = 4
"""Maximum number of cases compared at once."""
MAX_ALL_OPTIONS = 300
"""Maximum number of cases or metrics that are all offered."""
MAX_OPTIONS = 150
"""Number of options offered if there are more than MAX_ALL_OPTIONS."""


def read_ids(name: str, exists: Callable[[str], bool], limit: int) -> tuple[list[str], list[str]]:
    """Return the first `limit` ids of a query parameter that exist, and the other ids in it."""
    requested = list(dict.fromkeys(value for value in st.query_params.get(name, "").split(",") if value))
    kept = [value for value in requested if exists(value)][:limit]
    return kept, [value for value in requested if value not in kept]


def apply_ids(name: str) -> None:
    """Write the chosen ids into the URL."""
    if ids := st.session_state[f"chosen {name}"]:
        st.query_params[name] = ",".join(ids)
    else:
        st.query_params.pop(name, None)


def show_picker(view: View, name: str, label: str, labels: Mapping[str, str], limit: int) -> None:
    """Show the control for the ids of a query parameter, with a notice if it has others."""
    kept, others = read_ids(name, labels.__contains__, limit)
    st.session_state[f"chosen {name}"] = kept
    st.multiselect(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=f"chosen {name}",
        placeholder=view.say(f"最多 {limit} 个", f"up to {limit}"),
        on_change=apply_ids,
        args=(name,),
        select_all=False,
    )
    if others:
        show_warning(
            view,
            f"有 {len(others)} 个选择不存在或超出上限，已略去。",
            f"Left out: {len(others)}, unknown or above the limit.",
            icon="filter_list_off",
        )


def is_result(view: View, name: str) -> bool:
    """Return whether this is the id of an outcome or output."""
    positions = view.dataset.resolve_id(name) if "." in name else ()
    return any(view.dataset.metric(position)[1].role in RESULTS for position in positions)


def list_metrics(view: View, chosen: Iterable[MetricRow]) -> list[MetricRow]:
    """Return the results that the filters keep, the first of them if they are many, and the chosen ones."""
    kept = view.selection.positions
    positions = kept[view.dataset.index.isin("role", RESULTS)[kept]]
    offered = positions if len(positions) <= MAX_ALL_OPTIONS else positions[:MAX_OPTIONS]
    return list({format_id(row): row for row in (*view.rows(offered), *chosen)}.values())


def list_cases(view: View, chosen: Iterable[Case]) -> dict[str, str]:
    """Return the titles of the cases to choose from by id, as in `list_metrics`."""
    cases = view.selection.cases
    offered = cases if len(cases) <= MAX_ALL_OPTIONS else cases[:MAX_OPTIONS]
    return view.case_labels(offered) | {case.id: view.case_label(case) for case in chosen}


def show_suggestions(view: View) -> None:
    """Show where to begin while nothing is chosen."""
    show_note(
        view,
        "选择二至四个案例，或者二至八项指标。可比的共用一条坐标轴；不可比的会说明原因。",
        "Choose two to four cases, or two to eight figures. What can be compared shares an axis; what cannot is told "
        "why.",
        css_class="lede",
    )
    index = view.dataset.index
    paired = (
        index.isin("grade", grades_drawn_as("ends"))
        & index.isin("role", ("outcome",))
        & ~np.isnan(index.column("index"))
    ).nonzero()[0][:4]
    ids = ",".join(format_id(row) for row in view.rows(paired))
    both_ends = view.say("例如：前后成对的指标", "For example: figures with both ends")
    st.html(format_link(view.href("compare", figures=ids), both_ends, before="stacked_line_chart"))
    domain = list(view.dataset.domains.values())[int(index.membership("domains").sum(axis=0).argmax())]
    cases = select(view.dataset, Filters(domain=(domain.id,))).cases[: 2 * MAX_CASES]
    ids = ",".join(case.id for case in cases if case.headlines)
    in_domain = view.say(f"例如：{domain.name.zh}案例", f"For example: the cases on {domain.name.en.lower()}")
    st.html(format_link(view.href("compare", cases=ids), in_domain, before="compare"))


def show_side_by_side(view: View, cases: Sequence[Case]) -> None:
    """Show the cases as columns of a table, and their results with an index on one axis."""
    rows = [
        (view.say("地点", "Place"), *map(view.case_places, cases)),
        (view.say("领域", "Domains"), *map(view.case_domains, cases)),
        (view.say("问题", "The problem"), *(case.problem[view.lang] for case in cases)),
        (view.say("变化", "What changed"), *(case.result[view.lang] for case in cases)),
        (view.say("指标数（按等级）", "Figures by grade"), *(describe_grades(view, case) for case in cases)),
    ]
    headings = (view.say("项目", "Item"), *map(view.case_label, cases))
    st.html(format_table(headings, rows, view.say("并列", "Side by side")))
    show_shared_index(view, cases)


def describe_grades(view: View, case: Case) -> str:
    """Return how many of a case's metrics each grade has, and what a city filter omits."""
    counts = Counter(row.grade for row in view.case_rows(case))
    parts = [f"{grade} {counts[grade]}" for grade in GRADES if counts[grade]]
    return " · ".join(filter(None, [*parts, view.describe_omitted(case)]))


def show_shared_index(view: View, cases: Sequence[Case]) -> None:
    """Show the results of these cases that have an index on one axis, the most completely stated of a case first."""
    ordered = (row for case in cases for row in sorted(view.case_rows(case), key=lambda row: row.grade))
    rows = [row for row in ordered if row.index is not None and row.rule.is_evidence and row.role in RESULTS]
    drawn = {row.case_id for row in rows}
    without = view.say("所列指标都不能换算为指数。", "None of the figures here has an index.")
    words = {case.id: without for case in cases if case.id not in drawn}
    headings = {case.id: f"{case.number}  {case.title[view.lang]}" for case in cases}
    figure = index_arrows(rows, view.lang, headings, words)
    title = view.say("可换算为指数的成效", "Results with an index")
    show_shared_axis(view, "cases", title, figure, rows, tuple(words.values()))


def show_shared_axis(
    view: View, chart_id: str, title: str, figure: go.Figure, rows: Sequence[MetricRow], words: Sequence[str] = ()
) -> None:
    """Show a chart with several metrics on one axis, its title and its export."""
    st.header(escape_markdown(title), anchor=False)
    show_chart(figure, f"compare-{chart_id}", view.say("；", "; ").join([*(row.finding for row in rows), *words]))
    subtitle = " · ".join(dict.fromkeys(row.case_title for row in rows))
    show_export(view, ChartExport(chart_id, title, subtitle, figure, export_figure, rows))


def show_group(view: View, group: Group) -> None:
    """Show the metrics of one scale: on one axis, or differences below each other with bars of one scale."""
    if group.kind == "index":
        headings = {row.case_id: f"{row.case_number}  {row.case_title}" for row in group.rows}
        figure = index_arrows(group.rows, view.lang, headings, {})
        show_shared_axis(view, "index", view.say("以改革前为100", "Before = 100"), figure, group.rows)
    elif group.kind == "level":
        units = view.dataset.units
        values = ((row.after_value, row.after_unit_id) for row in group.rows)
        sizes = [value * units[unit_id].factor for value, unit_id in values if value is not None and unit_id]
        title = view.say(f"同一单位的水平：{group.rows[0].unit}", f"Levels in one unit: {group.rows[0].unit}")
        show_shared_axis(view, format_chart_id(group), title, level_bars(group.rows, sizes, view.lang), group.rows)
    else:
        st.header(view.say("同一单位的差值", "Differences in one unit"), anchor=False)
        reach = max(abs(row.change_value) for row in group.rows if row.change_value is not None)
        for row in group.rows:
            figure = difference_bar(row, view.lang, reach)
            show_metric(row, figure, view, f"compare-difference-{format_id(row)}", export_figure)


def format_chart_id(group: Group) -> str:
    return "index" if group.kind == "index" else f"{group.kind}-{group.key}"


def show_refusals(view: View, found: Comparison) -> None:
    """Show each metric that shares no scale with the others, with the reason and what it could be compared with."""
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
        reason = Markup('<p class="finding">{}</p><p class="quiet">{}</p>')
        st.html(reason.format(refusal.row.finding, reasons[refusal.reason]))
        for other in refusal.instead:
            ids = f"{format_id(refusal.row)},{format_id(other)}"
            with_other = view.say(f"可与之比较：{other.name}", f"Could be compared with: {other.name}")
            st.html(format_link(view.href("compare", figures=ids), with_other, before="compare_arrows"))


def show_pickers(view: View, cases: Sequence[Case], options: Sequence[MetricRow]) -> None:
    """Show the controls for cases and metrics, and a note if they do not offer all."""
    left, right = st.columns(2)
    with left:
        show_picker(view, "cases", view.say("案例", "Cases"), list_cases(view, cases), MAX_CASES)
    with right:
        labels = {format_id(row): f"{row.case_number} · {row.name}" for row in options}
        show_picker(view, "figures", view.say("指标", "Figures"), labels, MAX_METRICS)
    results = view.dataset.index.isin("role", RESULTS)
    if results[view.selection.positions].sum() > MAX_ALL_OPTIONS:
        show_note(
            view,
            "这里列出筛选结果中的前一部分；用筛选或搜索可找到其他。",
            "The lists offer the first of what the filters leave; filter or search to find others.",
        )
    elif len(options) < results.sum():
        show_note(
            view,
            "这里只列出筛选结果；改变筛选或搜索可找到其他。",
            "The lists offer what the filters leave; change the filters or the search to find others.",
        )


view = current_view()
cases = [view.dataset.by_id[case_id] for case_id in read_ids("cases", view.dataset.by_id.__contains__, MAX_CASES)[0]]
ids, _ = read_ids("figures", partial(is_result, view), MAX_METRICS)
rows = [view.rows(view.dataset.resolve_id(name))[0] for name in ids]
options = list_metrics(view, rows)
found = compare(rows, options)
if view.embedded:
    groups = {format_chart_id(group): partial(show_group, view, group) for group in found.groups}
    show_embedded(view, {"cases": partial(show_shared_index, view, cases), **groups})
else:
    st.title(TITLES["compare"][view.lang], anchor=False)
    show_pickers(view, cases, options)
    if len(cases) < 2 and len(rows) < 2:
        show_suggestions(view)
    if len(cases) > 1:
        show_side_by_side(view, cases)
    if len(rows) > 1:
        for group in found.groups:
            show_group(view, group)
        show_refusals(view, found)
        title = view.say("列表", "As a table")
        st.header(title, anchor=False)
        st.html(format_metrics_table(rows, view.lang, title, anchored=False))
