"""One case: problem, actions and result, its metrics by grade, its events and contradictions, and its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.downloads.extract import Extract, find_conflicts
from data.downloads.file_names import name_case_document
from data.downloads.geojson import CREDIT
from data.downloads.word import MEDIA_TYPE, write_case
from data.model.schema import Case, Place
from data.query.columns import PROVINCE, all_places, own_places
from data.query.dataset import CaseSubset, Dataset
from data.query.filters import Filters
from data.query.geography import list_map_units
from data.reading.live import boundaries
from data.wording.citation import quote_metric
from data.wording.formatting import format_date
from data.wording.rows import MetricRow
from pages.figures.chart_for import chart_for
from pages.figures.export_figure import export_figure
from pages.figures.locator import locator
from pages.figures.timeline import timeline
from pages.frame.blocks import (
    format_compact,
    format_levels,
    format_metrics_table,
    format_quote,
    show_metric,
)
from pages.frame.chart_export import ChartExport, show_export
from pages.frame.elements import format_list, show_chart, show_note, show_paragraph, show_warning
from pages.frame.embed import show_embedded
from pages.frame.escape_markdown import escape_markdown
from pages.frame.filter_bar import show_scope_switch
from pages.frame.links import format_case_link, format_link
from pages.frame.print_view import find_today
from pages.frame.view import RESULTS, View, apply_choice, current_view

MAX_LISTED = 12
"""Maximum number of cases before and after this one in the list; a filter or a search finds the others."""
EXPORT_HEIGHT = 440
"""Height of the exported map in px."""
LOCATOR_MARKS = {"area": ("■", "sw chosen"), "point": ("●", "pt"), "named": ("○", "pt named")}
"""Marks of the small map: a filled area, a filled point and a hollow one, each as (sign, CSS class in the legend)."""


def choose_case(view: View) -> Case:
    """Return the case of the URL, otherwise the one to which most of the selection belongs."""
    case_id = st.query_params.get("case", "")
    if case_id in view.dataset.by_id:
        case = view.dataset.by_id[case_id]
        st.set_page_config(page_title=f" · {case.title[view.lang]} · ".join(view.page.title.split(" · ")))
        if case not in view.selection.cases:
            text = view.say(
                "当前筛选不包含这个案例；因为链接直接指向它，仍予显示。",
                "The filters would hide this case; it is shown because the link names it.",
            )
            st.info(text)
        return case
    if case_id:
        show_warning(
            view,
            "链接所指的案例不存在，改为显示第一个。",
            "The link names a case that does not exist; the first one is shown.",
        )
    return find_fullest(view)


def find_fullest(view: View) -> Case:
    """Return the case with most of the metrics that the filters keep; the first case if they keep none."""
    if not view.filters or not len(view.selection.positions):
        return (view.selection.cases or view.dataset.cases)[0]
    return view.dataset.cases[int(np.bincount(view.dataset.index.case[view.selection.positions]).argmax())]


def list_siblings(view: View, case: Case) -> tuple[CaseSubset, int]:
    """Return the cases of the selection if this one is among them, otherwise all; and this one's position in them."""
    cases = view.selection.cases if case in view.selection.cases else view.dataset.all_cases
    return cases, cases.find(case.id) or 0


def show_picker(view: View, case: Case) -> None:
    """Show the list of cases, the link to the printed edition and the download of this case as a document."""
    cases, at = list_siblings(view, case)
    labels = view.case_labels(cases[max(0, at - MAX_LISTED) : at + MAX_LISTED + 1])
    st.session_state["case"] = case.id
    with st.container(horizontal=True, vertical_alignment="center", key="picker"):
        st.selectbox(
            view.say("案例", "Case"),
            list(labels),
            format_func=labels.__getitem__,
            key="case",
            on_change=apply_choice,
            args=("case",),
            label_visibility="collapsed",
            filter_mode=None,
        )
        href = view.href("case", case=case.id, view="print")
        st.html(format_link(href, view.say("打印版", "Print"), before="print"), width="content")
        show_document_download(view, case)


def show_document_download(view: View, case: Case) -> None:
    """Show the button for the case as a Word document with the metrics of the page, written when it is pressed."""
    city = view.filters.city if view.describe_omitted(case) else ()
    st.download_button(
        "Word",
        data=partial(write_case, view.dataset, case, view.lang, city, find_today(), view.url("case", case=case.id)),
        file_name=name_case_document(Extract(view.dataset, Filters(city=city)), case, view.lang),
        mime=MEDIA_TYPE,
        on_click="ignore",
        key="brief",
        icon=":material/download:",
        type="tertiary",
        help=view.say("第一页是结论，其后为附件；可编辑", "A first page with the answer, then an annex; to edit"),
    )


def show_top(view: View, case: Case) -> None:
    """Show what a city filter omits of the case, with the switch that adds it; the head of the case and its story."""
    if elsewhere := view.count_elsewhere(case):
        with st.container(horizontal=True, vertical_alignment="center", key="scope"):
            if omitted := view.describe_omitted(case):
                st.html(Markup('<p class="quiet">{}</p>').format(omitted), width="content")
            if not view.printing:
                show_scope_switch(view, elsewhere)
    number = view.say(f"案例 {case.number}", f"Case {case.number}")
    submitted = view.say(f"{case.submitted_by.zh}报送", f"submitted by {case.submitted_by.en}")
    kicker = " · ".join([number, view.case_places(case), view.case_domains(case), submitted])
    with st.container(key="head"):
        with st.container(gap="small"):
            st.title(escape_markdown(case.title[view.lang]), anchor=False)
            st.html(Markup('<p class="kicker">{}</p><p class="lede">{}</p>').format(kicker, case.summary[view.lang]))
        show_locator(view, case)
    show_story(view, case)


def show_locator(view: View, case: Case) -> None:
    """Show a small map of the places that the case names; nothing for a case of the whole province alone."""
    dataset, own = view.dataset, own_places(case)
    codes = {code for name in own if (code := dataset.prefecture_code(name)) and code != PROVINCE}
    places = (dataset.places[name] for name in sorted(all_places(case)))
    points = [place for place in places if place.lon is not None and place.code not in codes]
    if not codes and not points:
        return
    figure = locator(
        boundaries(), codes, [(*place.point, place.name[view.lang], place.id not in own) for place in points]
    )
    marked = [
        *((place, "area") for place in list_map_units(dataset) if place.code in codes),
        *((place, "point" if place.id in own else "named") for place in points),
    ]
    names = view.join(place.name[view.lang] for place, _ in marked)
    signs = (f"{LOCATOR_MARKS[mark][0]} {place.name[view.lang]}" for place, mark in marked)
    subtitle = " · ".join([*signs, CREDIT[view.lang]])
    with st.container(key="where", gap="small"):
        show_chart(figure, "locator", view.say(f"河南示意图，标出{names}", f"Outline of Henan with {names} marked"))
        st.html(format_legend(view, marked))
    title = f"{case.title[view.lang]}{view.say('：所在地', ': where it is')}"
    table = partial(tabulate_locator, dataset, marked)
    path = "places.geojson"
    show_export(
        view, ChartExport("locator", title, subtitle, figure, render_locator, table=table, cases=[case], path=path)
    )


def tabulate_locator(dataset: Dataset, marked: Iterable[tuple[Place, str]]) -> pd.DataFrame:
    rows = [
        (place.id, place.name.zh, place.name.en, dataset.prefecture_code(place.id), place.lon, place.lat, mark)
        for place, mark in marked
    ]
    return pd.DataFrame(rows, columns=["place_id", "name_zh", "name_en", "prefecture_code", "lon", "lat", "mark"])


def format_legend(view: View, marked: Sequence[tuple[Place, str]]) -> Markup:
    """Return the names of the filled areas, the filled points and the hollow ones, with the credit of the outlines."""
    item = Markup('<span class="{}"></span>{}{}')
    lines = []
    for mark, (_, css_class) in LOCATOR_MARKS.items():
        if names := view.join(place.name[view.lang] for place, own in marked if own == mark):
            before = view.say("只提到：", "only named: ") if mark == "named" else ""
            lines.append(item.format(css_class, before, names))
    return format_list([*lines, CREDIT[view.lang]], "legend small")


def render_locator(figure: go.Figure, title: str, subtitle: str, footer: Sequence[str]) -> go.Figure:
    """Return the export edition of the small map."""
    larger = go.Figure(figure).update_layout(height=EXPORT_HEIGHT, margin={"l": 0, "r": 0, "t": 8, "b": 8})
    return export_figure(larger, title, subtitle, footer)


def show_story(view: View, case: Case) -> None:
    """Show problem, actions and result side by side."""
    actions = Markup("").join(Markup("<li>{}</li>").format(action[view.lang]) for action in case.actions)
    columns = (
        (view.say("问题", "The problem"), Markup("<p>{}</p>").format(case.problem[view.lang])),
        (view.say("做法", "What was done"), Markup("<ol>{}</ol>").format(actions)),
        (view.say("变化", "What changed"), Markup("<p>{}</p>").format(case.result[view.lang])),
    )
    sections = Markup("").join(Markup("<section><h2>{}</h2>{}</section>").format(*column) for column in columns)
    st.html(Markup('<div class="triple">{}</div>').format(sections))


def show_metrics(view: View, rows: Sequence[MetricRow]) -> None:
    """Show the metrics by what their grade allows to draw; inputs, background and rules folded at the end."""
    results = [row for row in rows if row.role in RESULTS]
    show_changes(view, [row for row in results if row.rule.has_change])
    show_levels(view, [row for row in results if row.rule.drawing == "level"])
    words = [row for row in results if row.rule.drawing == "words"]
    show_in_words(view, words, view.say("以文字表述的结果", "Results in words"))
    plans = [row for row in results if row.rule.drawing == "plan"]
    show_in_words(view, plans, view.say("目标与规划，不作为成效", "Targets and plans, not counted as results"))
    if others := [row for row in rows if row.role not in RESULTS]:
        label = view.say(f"投入、背景与制度参数（{len(others)}）", f"Inputs, background and rules ({len(others)})")
        with st.expander(label):
            st.html(format_levels(others, view.lang))


def show_changes(view: View, rows: Sequence[MetricRow]) -> None:
    """Show every metric with a change: with its chart if its grade allows one, otherwise in words."""
    st.header(view.say("变化", "What changed"), anchor=False)
    if not rows:
        zh, en = "材料没有给出这些指标的前后变化。", "The source states no change of these figures."
        show_note(view, zh, en, css_class="lede")
        return
    indices = list_indices(rows)
    with st.container(key="changes"):
        for row in rows:
            show_metric(row, chart_for(row, view.lang, indices), view, f"figure-{row.metric_id}", export_figure)


def list_indices(rows: Iterable[MetricRow]) -> list[float]:
    """Return the indices of the metrics that are drawn as one, for their common axis."""
    return [row.index for row in rows if row.rule.drawing == "index" and row.index is not None]


def show_levels(view: View, rows: Sequence[MetricRow]) -> None:
    """Show present levels openly and delivered amounts in an expander, which is closed if they are many."""
    if not rows:
        return
    st.header(view.say("只有水平值的指标", "Levels and amounts delivered"), anchor=False)
    show_note(
        view,
        "材料只写明当前值或完成量，没有改革前的数值，不能说明变化。",
        "The source states a present value or an amount delivered and no earlier value; these show no change.",
    )
    outcomes, outputs = ([row for row in rows if row.role == role] for role in RESULTS)
    if outcomes:
        st.html(format_levels(outcomes, view.lang))
    if outputs:
        label = view.say(f"完成量（{len(outputs)}）", f"Amounts delivered ({len(outputs)})")
        with st.expander(label, expanded=len(outputs) <= 6):
            st.html(format_levels(outputs, view.lang))


def show_in_words(view: View, rows: Sequence[MetricRow], heading: str) -> None:
    if rows:
        st.header(heading, anchor=False)
    for row in rows:
        show_metric(row, None, view, f"figure-{row.metric_id}")


def show_events(view: View, case: Case) -> None:
    """Show the dated events on a time line and as a list."""
    if not case.events:
        return
    title, colon = view.say("大事", "Dated events"), view.say("：", ": ")
    st.header(title, anchor=False)
    spans = [
        format_date(event.date, view.lang) + (f"–{format_date(event.end, view.lang)}" if event.end else "")
        for event in case.events
    ]
    texts = [event.what[view.lang] for event in case.events]
    figure = timeline(case.events, view.lang)
    show_chart(figure, "timeline", view.say("大事的时间线，下方逐条列出", "The events on a line of time; listed below"))
    events = list(zip(spans, texts, strict=True))
    item = Markup("<time>{}</time><span>{}</span>")
    st.html(format_list((item.format(*event) for event in events), "events", ordered=True))
    rows = [(event.date, event.end, event.what[view.lang]) for event in case.events]
    subtitle = " · ".join(f"{span}{colon}{text}" for span, text in events)
    title = f"{case.title[view.lang]}{colon}{title}"
    table = partial(pd.DataFrame, rows, columns=["date", "end", "event"])
    path = f"cases/{case.id}.json"
    show_export(
        view, ChartExport("timeline", title, subtitle, figure, export_figure, table=table, cases=[case], path=path)
    )


def show_contradictions(view: View, case: Case, rows: Sequence[MetricRow]) -> None:
    """Show the contradictions that concern the whole case or one of these metrics."""
    conflicts = find_conflicts(case, {row.metric_id for row in rows})
    if not conflicts:
        return
    st.header(view.say("材料自身的矛盾", "Where the source contradicts itself"), anchor=False)
    for conflict in conflicts:
        quotes = Markup("").join(
            Markup("<blockquote>{}</blockquote>").format(format_quote(phrase.text, phrase.en, view.lang))
            for phrase in conflict.phrases
        )
        st.html(Markup('<div class="conflict">{}<p>{}</p></div>').format(quotes, conflict.note[view.lang]))


def show_quote(view: View, case: Case, rows: Sequence[MetricRow]) -> None:
    """Show a list of metrics; the chosen one as a text with its source, to copy."""
    names = [row.name for row in rows]
    chosen = st.selectbox(
        view.say("复制一项指标及其出处", "Copy one figure with its source"),
        range(len(rows)),
        index=None,
        format_func=names.__getitem__,
        placeholder=view.say("选择指标", "Choose a figure"),
        key=f"quote-{case.id}",
        filter_mode=None,
    )
    if chosen is not None:
        st.code(
            quote_metric(rows[chosen], view.dataset.source_of(case.id), view.lang, view.url()),
            language=None,
            wrap_lines=True,
        )


def show_neighbors(view: View, case: Case) -> None:
    """Show links to the previous and the next case."""
    cases, at = list_siblings(view, case)
    before = format_case_link(view, cases[at - 1], before="arrow_back") if at else ""
    after = format_case_link(view, cases[at + 1], after="arrow_forward") if at + 1 < len(cases) else ""
    if before or after:
        label = view.say("上一个与下一个案例", "Previous and next case")
        st.html(Markup('<nav class="neighbours" aria-label="{}">{}{}</nav>').format(label, before, after))


def add_linked(view: View, case: Case, rows: Sequence[MetricRow]) -> Sequence[MetricRow]:
    """Return the rows, with the metric of the link (`figure=<metric id>`) and a notice if the filters would hide it."""
    metric_id = st.query_params.get("figure", "")
    if not metric_id or any(row.metric_id == metric_id for row in rows):
        return rows
    linked = [row for row in view.rows(view.dataset.positions(case.id)) if row.metric_id == metric_id]
    if linked:
        text = view.say(
            "当前筛选不包含这项指标；因为链接直接指向它，仍予显示。",
            "The filters would hide this figure; it is shown because the link names it.",
        )
        st.info(text)
    else:
        zh, en = "链接所指的指标在这个案例中不存在。", "The link names a figure that this case does not have."
        show_warning(view, zh, en)
    return (*linked, *rows)


def show_page(view: View, case: Case) -> None:
    rows = add_linked(view, case, view.case_rows(case))
    show_picker(view, case)
    show_top(view, case)
    show_metrics(view, rows)
    show_events(view, case)
    show_contradictions(view, case, rows)
    st.header(view.say("全部指标与原文", "All figures with source text"), anchor=False)
    st.html(format_metrics_table(rows, view.lang))
    show_quote(view, case, rows)
    show_neighbors(view, case)


def show_printed(view: View, case: Case) -> None:
    """Show the case for two sheets of paper: static charts, all levels in one list, no controls."""
    rows = view.case_rows(case)
    results = [row for row in rows if row.role in RESULTS]
    show_top(view, case)
    show_changes(view, [row for row in results if row.rule.has_change])
    if others := [row for row in results if not row.rule.has_change]:
        st.header(view.say("水平、完成量与文字表述", "Levels, amounts delivered and results in words"), anchor=False)
        st.html(format_compact(others, view.lang))
    show_contradictions(view, case, rows)


def show_one_chart(view: View, case: Case) -> None:
    """Show one metric of the case, whatever the filters, its events or its map, under the case's title."""
    show_paragraph(case.title[view.lang], "kicker")
    rows = view.rows(view.dataset.positions(case.id))
    indices = list_indices(rows)

    def show(row: MetricRow) -> None:
        show_metric(row, chart_for(row, view.lang, indices), view, f"figure-{row.metric_id}")

    charts = {row.metric_id: partial(show, row) for row in rows}
    whole = {"timeline": partial(show_events, view, case), "locator": partial(show_locator, view, case)}
    show_embedded(view, {**charts, **whole})


view = current_view()
case = choose_case(view)
if view.embedded:
    show_one_chart(view, case)
else:
    (show_printed if view.printing else show_page)(view, case)
