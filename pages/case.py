"""One case: its key figures, its story, its metrics by grade with their words, its events and conflicts; its brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from data.downloads.extract import Extract
from data.downloads.file_names import name_case_document
from data.downloads.word import write_case
from data.model.schema import Case
from data.query.filters import Filters, select
from data.wording.brief import brief_case
from data.wording.counts import name_elsewhere
from data.wording.findings import CaseFindings, describe_finding, list_findings, say_undated
from data.wording.labels import MAP_CREDIT
from data.wording.openings import title_findings
from data.wording.rows import MetricRow
from pages.frame.chart_export import ChartExport, PageChart, chart_metric, show_embedded
from pages.frame.elements import escape_markdown, show_paragraph, show_print_bar, show_warning, show_word_download
from pages.frame.filter_bar import show_scope_switch
from pages.frame.share_dialog import show_share_dialog
from pages.frame.view import ANNEX, View, current_view
from pages.markup.case import CasePage, map_place
from pages.markup.environment import render
from pages.markup.geometry import share_axis
from pages.markup.links import NamedLink
from pages.plots import draw_findings


def choose_case(view: View) -> Case:
    """Return the case of the URL, otherwise the one to which most of the selection belongs."""
    case_id = view.params.get("case", "")
    if case_id in view.dataset.by_id:
        case = view.dataset.by_id[case_id]
        st.set_page_config(page_title=f" · {case.title[view.lang]} · ".join(view.page.title.split(" · ")))
        if case not in view.selection.cases:
            text = view.t(
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
    return view.dataset.cases[int(np.bincount(view.dataset.case_numbers[view.selection.positions]).argmax())]


def build_page(view: View, case: Case, rows: Sequence[MetricRow]) -> CasePage:
    """Return what is shown of a case. One goes on from it to the cases of the selection if it is among them, otherwise
    to all.
    """
    siblings = view.selection.cases if case in view.selection.cases else view.dataset.cases
    return CasePage(view.dataset, case, rows, view.lang, view.links, siblings)


def show_line(view: View, page: CasePage) -> None:
    """Show which case this is and the ways from it, with the download of the case as a document."""
    line = view.remember("line", partial(render, "case", "line", view.lang, page, page.links))
    with st.container(horizontal=True, vertical_alignment="center", key="case-line"):
        st.html(line)
        show_document(view, page.case)


def show_document(view: View, case: Case, annex: bool = False) -> None:
    """Show the button for the case as a Word document, with `annex` followed by all metrics of the page."""
    city = view.filters.city if view.describe_omitted(case) else ()
    address = view.url("case", case=case.id)
    write = partial(write_case, view.dataset, case, view.lang, city, annex, date=view.today, address=address)
    show_word_download(view, write, name_case_document(Extract(view.dataset, Filters(city=city)), case, view.lang))


def show_edition(view: View, case: Case) -> None:
    """Show the case for paper: its brief on two pages, and on request all of its metrics."""
    whole = view.params.get(ANNEX) == "all"
    editions = [
        NamedLink(view.href("case", case=case.id, view="print"), view.t("两页简报", "Two pages"), not whole),
        NamedLink(
            view.href("case", case=case.id, view="print", **{ANNEX: "all"}),
            view.t("附全部指标", "With all figures"),
            whole,
        ),
    ]
    back = view.href("case", case=case.id)
    show_print_bar(
        view, back, view.t("返回案例", "Back to the case"), editions, partial(show_document, view, case, whole)
    )
    brief = brief_case(view.dataset, view.filters, case, view.lang)
    annex = CasePage(view.dataset, case, view.case_rows(case), view.lang, None, ()) if whole else None
    st.html(render("brief", "body", view.lang, brief, view.url("case", case=case.id), annex))


def show_top(view: View, page: CasePage) -> None:
    """Show the line above the title, the title, and what a city filter omits with the switch that adds it."""
    case = page.case
    show_line(view, page)
    st.title(escape_markdown(case.title[view.lang]), anchor=False)
    elsewhere = view.count_elsewhere(case)
    with st.container(horizontal=True, vertical_alignment="center", key="scope"):
        if omitted := view.describe_omitted(case):
            st.html(render("frame", "paragraph", view.lang, omitted, "quiet"), width="content")
        if elsewhere:
            show_scope_switch(view, name_elsewhere(elsewhere, 1, view.lang))


def add_linked(view: View, case: Case, rows: tuple[MetricRow, ...]) -> tuple[MetricRow, ...]:
    """Return the rows, with the metric of the link (`figure=<metric id>`) and a notice if the filters would hide it."""
    metric_id = view.params.get("figure", "")
    if not metric_id or any(row.metric_id == metric_id for row in rows):
        return rows
    linked = [row for row in view.rows(view.dataset.positions[case.id]) if row.metric_id == metric_id]
    if linked:
        text = view.t(
            "当前筛选不包含这项指标；因为链接直接指向它，仍予显示。",
            "The filters would hide this figure; it is shown because the link names it.",
        )
        st.info(text)
    else:
        zh, en = "链接所指的指标在这个案例中不存在。", "The link names a figure that this case does not have."
        show_warning(view, zh, en)
    return (*linked, *rows)


def show_case(view: View, case: Case) -> None:
    """Show the case."""
    page = build_page(view, case, add_linked(view, case, view.case_rows(case)))
    show_top(view, page)
    st.html(view.remember("body", partial(render, "case", "body", view.lang, page, MAP_CREDIT[view.lang])))


def list_charts(view: View, case: Case) -> dict[str, PageChart]:
    """Return the charts of the case, whatever the filters: one a metric, and what the case reports."""
    rows = view.rows(view.dataset.positions[case.id])
    axis = share_axis(rows)
    charts = {row.metric_id: chart_metric(view, row, axis) for row in rows}
    if case.headlines:
        charts[CasePage.image] = PageChart(partial(show_findings, view, case), partial(export_findings, view, case))
    return charts


def find_case(view: View, case: Case) -> CaseFindings:
    """Return what the case reports, of the chosen cities if it has any figure there."""
    selection = select(view.dataset, Filters(city=view.filters.city))
    if case not in selection.cases:
        selection = select(view.dataset, Filters())
    position = selection.cases.index(case)
    (found,) = list_findings(selection, range(position, position + 1), view.lang)
    more = (describe_finding(finding.row, view.lang, dated=finding.row.rule.has_change) for finding in found.more)
    return replace(found, first=(*found.first, *more), more=())


def show_findings(view: View, case: Case) -> None:
    """Show what the case reports as a table of its own."""
    st.html(render("findings", "overview", view.lang, None, [find_case(view, case)], view.links))


def export_findings(view: View, case: Case) -> ChartExport:
    """Build the picture of what the case reports."""
    cases = [find_case(view, case)]
    return ChartExport(
        CasePage.image,
        title_findings(view.dataset, view.filters, cases, view.lang),
        say_undated(cases, view.lang),
        partial(draw_findings, cases, view.lang),
        [finding.row for finding in cases[0].first],
        {"case": case.id},
    )


def show_part(view: View, case: Case) -> None:
    """Show one metric of the case, its events or its map, under its title, for a frame in another site's page."""
    place = map_place(view.dataset, case, view.lang)
    shown = {
        "timeline": render("case", "events", view.lang, case.events),
        "locator": render("case", "credited_map", view.lang, place, MAP_CREDIT[view.lang]) if place else "",
    }
    show_paragraph(case.title[view.lang], "kicker")
    parts = {name: partial(st.html, part) for name, part in shown.items() if part}
    show_embedded(view, {**list_charts(view, case), **parts})


view = current_view()
case = choose_case(view)
if view.embedded:
    show_part(view, case)
elif view.printing:
    show_edition(view, case)
else:
    show_case(view, case)
    show_share_dialog(view, list_charts(view, case))
