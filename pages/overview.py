"""Overview: what the reforms report, as one table, and how completely it is stated, by domain."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from data.model.grades import GRADES
from data.query.findings import GapCounts, count_gaps
from data.query.paging import cases_per_page
from data.wording.findings import CaseFindings, describe_marks, explain_table, list_findings
from data.wording.labels import GRADE_MEANINGS
from data.wording.openings import open_overview, title_findings, title_gaps
from pages.figures.export_figure import export_figure
from pages.figures.findings_chart import findings_chart
from pages.figures.gap_chart import gap_chart
from pages.frame.chart_export import ChartExport, PageChart, show_embedded
from pages.frame.elements import current_range, escape_markdown, format_link, show_pager, show_paragraph
from pages.frame.layout import show_nothing_found
from pages.frame.search_results import show_search_results
from pages.frame.share_dialog import format_share_link, show_share_dialog
from pages.frame.view import View, current_view
from pages.markup.environment import render


def show_opening(view: View) -> None:
    opening = open_overview(view.selection, view.lang, view.filters)
    st.title(escape_markdown(opening.title), anchor=False)
    show_paragraph(opening.lede, "lede wide")


def shown_cases(view: View) -> range:
    """Return which of the selected cases this page of the table has."""
    total = len(view.selection.cases)
    return current_range(total, cases_per_page(total))


def find_cases(view: View) -> tuple[CaseFindings, ...]:
    """Return the findings of the cases on this page of the table."""
    return view.remember("findings", partial(list_findings, view.selection, shown_cases(view), view.lang))


def show_findings(view: View) -> None:
    """Show what each case reports, with the marks explained, and the ways to all figures and to the image."""
    shown, total = shown_cases(view), len(view.selection.cases)
    cases = find_cases(view)
    marks = explain_table(cases, view.lang)
    if view.embedded or view.filters.search:
        st.header(title_findings(view.dataset, view.filters, cases, view.lang), anchor=False)
    st.html(view.remember("table", partial(render, "findings", "findings", view.lang, cases, view.links)))
    if marks:
        st.html(render("marks", "legend", view.lang, marks))
    if view.embedded:
        return
    show_pager(view, shown, total, cases_per_page(total))
    count = len(view.selection.positions)
    label = view.t(f"全部{count:,}项指标", f"All {count:,} figures")
    if count == 1:
        label = view.t("查看这项指标的数据", "The figure in full")
    ways = [format_link(view.href("data"), label, after="arrow_forward")]
    if any(case.first for case in cases):
        ways.append(format_share_link(view, "findings", title_findings(view.dataset, view.filters, cases, view.lang)))
    st.html(render("marks", "ways", view.lang, ways))


def export_findings(view: View) -> ChartExport:
    """Build the image and the data of the findings on this page of the table."""
    cases = find_cases(view)
    drawn = [finding for case in cases for finding in case.first]
    doubts = view.t("⚠ 有疑点，见下", "⚠\N{NO-BREAK SPACE}with a doubt, see below")
    marks = [*describe_marks(drawn, view.lang), *([doubts] if any(finding.row.flags for finding in drawn) else [])]
    rows = [finding.row for finding in drawn]
    figure, subtitle = findings_chart(cases, view.lang), view.t("；", "; ").join(marks)
    height = 260 + 60 * sum(max(1, len(case.first)) for case in cases)
    title = title_findings(view.dataset, view.filters, cases, view.lang)
    return ChartExport("findings", title, subtitle, figure, export_figure, rows, frame_height=height)


def show_gaps(view: View) -> None:
    """Show how many figures of each domain are stated how completely, as links that filter."""
    counts = count_gaps(view.dataset, view.filters)
    if counts.total < 2:  # a single figure has its completeness in the table above
        return
    title = title_gaps(counts, view.lang, view.selection if view.embedded else None)
    st.header(title, anchor=False)
    names = {name: view.dataset.domains[name].name[view.lang] for name in counts.domains}
    st.html(view.remember("matrix", partial(render, "matrix", "matrix", view.lang, counts, names, view.links)))
    if link := format_share_link(view, "gaps", title):
        st.html(link)


def export_gaps(view: View) -> ChartExport:
    """Build the image and the data of the matrix; its subtitle explains the grades and marks that occur."""
    counts = count_gaps(view.dataset, view.filters)
    names = {domain: entry.name[view.lang] for domain, entry in view.dataset.domains.items()}
    grades = [grade for grade in GRADES if counts.grades[grade]]
    colon = view.t("：", ": ")
    explained = [f"{grade}{colon}{GRADE_MEANINGS[grade][view.lang]}" for grade in grades]
    title = title_gaps(counts, view.lang, view.selection)
    figure = gap_chart(counts.grades, counts.domains, names, view.lang)
    subtitle, table = view.t("；", "; ").join(explained), partial(tabulate_gaps, counts)
    height = 420 + 36 * len(counts.domains)
    return ChartExport(
        "gaps", title, subtitle, figure, export_figure, table=table, filters=counts.filters, frame_height=height
    )


def tabulate_gaps(counts: GapCounts) -> pd.DataFrame:
    """Return the matrix as a table with a row for each domain and grade; the totals have no domain."""
    rows = [("", grade, counts.grades[grade]) for grade in GRADES]
    rows += [(domain, grade, found[grade]) for domain, found in counts.domains.items() for grade in GRADES]
    return pd.DataFrame(rows, columns=["domain", "grade", "figures"])


def list_charts(view: View) -> dict[str, PageChart]:
    """Return the charts that the selection has, also by the names of those that they replaced."""
    if not view.selection.cases:
        return {}
    findings = PageChart(partial(show_findings, view), partial(export_findings, view))
    gaps = PageChart(partial(show_gaps, view), partial(export_gaps, view))
    return {"findings": findings, "gaps": gaps, "index": findings, "grades": gaps}


view = current_view()
if view.embedded:
    show_embedded(view, list_charts(view))
else:
    (show_search_results if view.filters.search else show_opening)(view)
    if view.selection.cases:
        show_findings(view)
        show_gaps(view)
    elif not view.filters.search:
        show_nothing_found(view)
    show_share_dialog(view, list_charts(view))
