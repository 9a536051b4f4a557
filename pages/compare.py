"""Compare: metrics of several cases on one scale, as a set made from the data or as a reader chooses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

import streamlit as st
from markupsafe import Markup

from data.model.grades import STATES
from data.model.schema import Case
from data.query.findings import keep_results
from data.wording.compare import (
    MAX_METRICS,
    Choice,
    Comparison,
    Group,
    compare,
    explain_group,
    explain_refusals,
    find_partners,
    group_refusals,
    name_group,
    order_group,
)
from data.wording.findings import describe_finding
from data.wording.labels import STATE_WORDS
from data.wording.openings import number_title
from data.wording.ready_sets import ReadySet, list_ready_sets
from data.wording.rows import MetricRow, format_id
from pages.frame.chart_export import ChartExport, PageChart, show_embedded
from pages.frame.elements import escape_markdown, format_link, show_note, show_opening, show_paragraph, show_warning
from pages.frame.layout import show_nothing_found
from pages.frame.share_dialog import format_share_link, show_share_dialog
from pages.frame.view import RESULTS, View, current_view
from pages.markup.environment import render
from pages.markup.geometry import list_marks, scale_group
from pages.plots import draw_group

MAX_CASES = 4
"""Maximum number of cases that a reader compares at once."""
MAX_OPTIONS = 300
"""Maximum number of cases, and of metrics, that are offered to be added."""
SET = "set"
"""Query parameter with the id of a set made from the data."""


def read_ids(view: View, name: str, exists: Callable[[str], bool], limit: int) -> tuple[list[str], int]:
    """Return the first `limit` ids of a query parameter that exist, and how many others it has."""
    requested = list(dict.fromkeys(value for value in view.params.get(name, "").split(",") if value))
    kept = [value for value in requested if exists(value)][:limit]
    return kept, len(requested) - len(kept)


def read_choice(view: View) -> Choice:
    case_ids, unknown_cases = read_ids(view, "cases", view.dataset.by_id.__contains__, MAX_CASES)
    metric_ids, unknown_metrics = read_ids(view, "figures", partial(is_result, view), MAX_METRICS)
    return Choice(
        tuple(view.dataset.by_id[case_id] for case_id in case_ids),
        tuple(view.rows(view.dataset.positions[name])[0] for name in metric_ids),
        unknown_cases + unknown_metrics,
    )


def is_result(view: View, name: str) -> bool:
    """Return whether this is the id of an outcome or output."""
    positions = view.dataset.positions.get(name, ()) if "." in name else ()
    return any(view.dataset.metrics[position][1].role in RESULTS for position in positions)


def list_metrics(view: View) -> list[MetricRow]:
    """Return the results that the filters keep, the first of them if they are many."""
    return list(view.rows(keep_results(view.dataset, view.selection.positions)[:MAX_OPTIONS]))


def name_metric(row: MetricRow) -> str:
    return f"{row.case_number} · {row.name}"


def find_set(view: View, sets: Sequence[ReadySet]) -> ReadySet | None:
    """Return the set that the address names, otherwise the first; None where there is none."""
    named = view.params.get(SET)
    return next((each for each in sets if each.id == named), sets[0] if sets else None)


def show_controls(view: View, choice: Choice) -> None:
    """Show the controls that add a case or a metric, and what is chosen with links that remove it."""
    cases = {case.id: number_title(case, view.lang) for case in view.selection.cases[:MAX_OPTIONS]}
    metrics = {format_id(row): name_metric(row) for row in list_metrics(view)}
    with st.container(key="own-choice", horizontal=True, gap="small"):
        show_adder(view, "cases", view.t("加案例", "Add a case"), cases, [case.id for case in choice.cases], MAX_CASES)
        chosen = list(map(format_id, choice.rows))
        show_adder(view, "figures", view.t("加指标", "Add a figure"), metrics, chosen, MAX_METRICS)
    with st.container(key="chosen-figures"):
        if choice:
            named = [(case.id, number_title(case, view.lang)) for case in choice.cases]
            named += [(format_id(row), name_metric(row)) for row in choice.rows]
            entries = [(words, view.href("compare", **choice.query(without=name))) for name, words in named]
            st.html(render("compare", "chosen", view.lang, entries, view.links))
        if len(metrics) == MAX_OPTIONS:
            show_note(
                view,
                "这里列出筛选结果中的前一部分；用筛选或搜索可找到其他。",
                "The lists offer the first of what the filters leave; filter or search to find others.",
            )


def show_adder(
    view: View, name: str, label: str, options: Mapping[str, str], chosen: Collection[str], limit: int
) -> None:
    """Show the control that adds an id to those chosen in a query parameter, up to a limit."""
    room = limit - len(chosen)
    st.selectbox(
        label,
        [value for value in options if value not in chosen],
        index=None,
        format_func=lambda value: options.get(value, value),
        placeholder=label if room > 0 else view.t("已满", "No more"),
        key=f"add {name}",
        on_change=add_id,
        args=(name,),
        label_visibility="collapsed",
        disabled=room <= 0,
        filter_mode="contains",
    )


def add_id(name: str) -> None:
    """Write the id chosen in a control behind those in the URL, and empty the control for the next one."""
    chosen, key = st.session_state[f"add {name}"], f"add {name}"
    st.session_state[key] = None
    if chosen:
        ids = [value for value in st.query_params.get(name, "").split(",") if value and value != chosen]
        others = {key: value for key, value in st.query_params.items() if key not in (name, SET)}
        st.query_params.from_dict({**others, name: ",".join([*ids, chosen])})


def show_single(view: View, choice: Choice) -> None:
    """Show that one more is needed, and for a metric what shares a scale with it."""
    show_note(view, "再加一个即可比较。", "Add one more to compare.", css_class="lede")
    for row in choice.rows[:1]:
        for other in find_partners(row, list_metrics(view)):
            ids = f"{format_id(row)},{format_id(other)}"
            label = view.t(f"可与之比较：{other.name}", f"Could be compared with: {other.name}")
            st.html(format_link(view.href("compare", figures=ids), label, before="compare_arrows"))


def describe_grades(view: View, case: Case) -> str:
    """Return how many of a case's metrics are stated how completely, and what a city filter omits."""
    counts = Counter(row.grade for row in view.case_rows(case))
    found = [(STATE_WORDS[state[0]][view.lang], sum(counts[grade] for grade in state)) for state in STATES]
    parts = [f"{words} {count}" for words, count in found if count]
    return " · ".join(filter(None, [*parts, view.describe_omitted(case)]))


def show_part(view: View, found: Comparison, total: int | None = None) -> None:
    """Show each group on its scale, and every metric on none. `total` counts those that are left out as well."""
    said = ""
    for chart_id, group in found.charts().items():
        limit = explain_group(group, view.lang)
        show_group(view, chart_id, group, "" if limit == said else limit)
        said = limit
    if found.refusals:
        show_left_out(view, found)
    shown = len({format_id(row) for group in found.groups for row in group.rows})
    if total and (more := total - shown - len(found.refusals)) > 0:
        show_note(
            view,
            f"另有{more:,}项写得较不完整，未列出；筛选后可见。",
            f"{more:,} more, stated less completely, are not listed; filter to see them.",
        )


def show_group(view: View, chart_id: str, group: Group, limit: str) -> None:
    """Show the metrics of one scale with what limits their comparison, and the link to its image. `chart_id` is unique
    here.
    """
    title = name_group(group, view.lang)
    st.header(escape_markdown(title), anchor=False)
    st.html(view.remember(f"group {chart_id}", partial(write_group, view, group)))
    if limit:
        show_paragraph(limit)
    if link := format_share_link(view, chart_id, title):
        st.html(link)


def write_group(view: View, group: Group) -> Markup:
    """Return the metrics of one scale as a table, by their cases."""
    scale = scale_group(group, view.dataset.units, view.lang)
    rows = [(describe_finding(group.rows[at], view.lang), scale.marks[at]) for at in order_group(group)]
    cases = [list(found) for _, found in groupby(rows, key=lambda pair: pair[0].row.case_id)]
    names = list_marks(group, scale)
    return render("findings", "group", view.lang, name_group(group, view.lang), cases, scale, names, view.links)


def show_left_out(view: View, found: Comparison) -> None:
    """Show every metric that shares no scale with the others, with the reason; as cards where none of them do."""
    refusals = found.refusals
    if not found.groups and not found.of_cases:
        sentence, rows = explain_refusals(refusals, view.lang), [refusal.row for refusal in refusals]
        st.html(view.remember("apart", partial(render, "compare", "apart", view.lang, sentence, rows, view.links)))
        return
    count, reasons = len(refusals), group_refusals(refusals, view.lang)
    st.header(view.t(f"不在同一尺度上（{count}项）", f"Not on a common scale ({count})"), anchor=False)
    write = partial(render, "compare", "left_out", view.lang, reasons, view.links)
    st.html(view.remember(f"left out, {found.of_cases}", write))


def export_group(view: View, chart_id: str, group: Group, names: Mapping[str, str]) -> ChartExport:
    """Build the picture and the data of a group; `names` are the parameters that name what is compared."""
    return ChartExport(
        chart_id,
        view.t("河南改革案例比较：", "Reforms in Henan compared: ") + name_group(group, view.lang),
        explain_group(group, view.lang),
        partial(draw_group, group, view.dataset.units, view.lang),
        group.rows,
        names,
        frame_height=280 + 85 * len(group.rows),
    )


def list_parts(view: View, choice: Choice, ready: ReadySet | None) -> list[Comparison]:
    """Return what is compared: what the reader chooses, otherwise a set made from the data.

    Of chosen cases all results are compared; a scale counts if two of them have metrics on it.
    """
    if not choice:
        return [ready.found] if ready else []
    parts = []
    if len(choice.cases) > 1:
        rows = [row for case in choice.cases for row in view.case_rows(case) if row.role in RESULTS]
        parts.append(replace(compare(rows, 2), of_cases=True))
    return [*parts, *([compare(choice.rows)] if len(choice.rows) > 1 else [])]


def list_charts(view: View, parts: Iterable[Comparison], names: Mapping[str, str]) -> dict[str, PageChart]:
    """Return the charts of this page by their ids."""
    return {
        chart_id: PageChart(
            partial(show_group, view, chart_id, group, explain_group(group, view.lang)),
            partial(export_group, view, chart_id, group, names),
        )
        for part in parts
        for chart_id, group in part.charts().items()
    }


view = current_view()
choice, sets = read_choice(view), list_ready_sets(view.dataset, view.filters, view.lang)
ready = None if choice else find_set(view, sets)
parts = list_parts(view, choice, ready)
charts = list_charts(view, parts, {SET: ready.id} if ready else choice.query())
if view.embedded:
    show_embedded(view, charts)
else:
    show_opening(view, "compare")
    named = view.params.get(SET, "")
    if unknown := choice.dropped + bool(named and named not in [each.id for each in sets]):
        show_warning(
            view,
            f"有{unknown}个选择不存在或超出上限，已略去。",
            f"Left out: {unknown}, unknown or above the limit.",
            icon="filter_list_off",
        )
    st.html(view.remember("sets", partial(render, "compare", "sets", view.lang, sets, ready, view.links)))
    show_controls(view, choice)
    if choice and not parts:
        show_single(view, choice)
    if len(choice.cases) > 1:
        told = [
            (case, view.case_places(case), view.case_domains(case), describe_grades(view, case))
            for case in choice.cases
        ]
        st.html(render("compare", "cases", view.lang, told, view.links))
    for part in parts:
        show_part(view, part, ready.total if ready else None)
    if not choice and not sets:
        show_nothing_found(view) if not len(view.selection.positions) else show_note(
            view,
            "筛选后没有两个案例的指标在同一尺度上。放宽筛选，或在上面自选。",
            "Under these filters no two cases have figures on one scale. Widen the filters, or choose above.",
            css_class="lede",
        )
    show_share_dialog(view, charts)
