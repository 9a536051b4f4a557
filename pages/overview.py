"""Overview: what the reforms report, as one table, and how completely it is stated, by domain."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from data.downloads.extract import Extract
from data.downloads.file_names import name_brief
from data.downloads.word import write_selection
from data.model.grades import GRADES
from data.query.findings import GapCounts, count_gaps
from data.query.paging import cases_per_page
from data.wording.brief import brief_selection
from data.wording.findings import CaseFindings, GapRow, describe_changes, list_findings, list_gaps, say_undated
from data.wording.labels import STATES_NOTE
from data.wording.openings import Opening, open_overview, title_findings, title_gaps
from pages.frame.chart_export import ChartExport, PageChart, show_embedded
from pages.frame.elements import (
    current_range,
    escape_markdown,
    format_link,
    show_pager,
    show_paragraph,
    show_print_bar,
    show_word_download,
)
from pages.frame.layout import show_nothing_found
from pages.frame.search_results import show_search_results
from pages.frame.share_dialog import format_share_link, show_share_dialog
from pages.frame.view import View, current_view
from pages.markup.environment import render
from pages.plots import draw_findings, draw_matrix


def open_page(view: View) -> Opening:
    """Return the title of the page and its first words."""
    return view.remember("opening", partial(open_overview, view.selection, view.lang, view.filters))


def shown_cases(view: View) -> range:
    """Return which of the selected cases this page of the table has."""
    total = len(view.selection.cases)
    return current_range(total, cases_per_page(total))


def find_cases(view: View) -> tuple[CaseFindings, ...]:
    """Return the findings of the cases on this page of the table."""
    return view.remember("findings", partial(list_findings, view.selection, shown_cases(view), view.lang))


def show_findings(view: View) -> None:
    """Show how many results state what, what each case reports, and the ways to all figures and to the picture."""
    shown, total = shown_cases(view), len(view.selection.cases)
    cases, opening = find_cases(view), None if view.filters.search else open_page(view)
    if view.embedded:
        st.header(title_findings(view.dataset, view.filters, cases, view.lang), anchor=False)
        if opening:
            show_paragraph(opening.lede)
    write = partial(render, "findings", "overview", view.lang, opening, cases, view.links, bar=not view.embedded)
    st.html(view.remember("table", write))
    if view.embedded:
        return
    show_pager(view, shown, total, cases_per_page(total))
    count = len(view.selection.positions)
    label = view.t(f"全部{count:,}项指标", f"All {count:,} figures")
    if count == 1:
        label = view.t("查看这项指标的数据", "The figure in full")
    brief = view.t("两页简报：打印、Word", "Brief of two pages: print, Word")
    ways = [
        format_link(view.href("data"), label, after="arrow_forward"),
        format_link(view.href("overview", view="print"), brief, before="description"),
    ]
    if any(case.first for case in cases):
        ways.append(format_share_link(view, "findings", title_findings(view.dataset, view.filters, cases, view.lang)))
    st.html(render("marks", "ways", view.lang, ways))


def export_findings(view: View) -> ChartExport:
    """Build the picture and the data of the findings on this page of the table."""
    cases, opening = find_cases(view), open_page(view)
    counted = describe_changes(opening.counts, view.lang) if opening.counts else ""
    return ChartExport(
        "findings",
        title_findings(view.dataset, view.filters, cases, view.lang),
        view.t("", " ").join(filter(None, (counted, opening.kinds, say_undated(cases, view.lang)))),
        partial(draw_findings, cases, view.lang),
        [finding.row for case in cases for finding in case.first],
        cited=[view.dataset.by_id[case.case_id] for case in cases],
        frame_height=420 + 68 * sum(case.lines for case in cases),
    )


def count_rows(view: View) -> tuple[GapCounts, list[GapRow]]:
    """Return the counts of the matrix and its rows."""
    counts = count_gaps(view.dataset, view.filters)
    return counts, list_gaps(counts, view.dataset.domains, view.lang)


def show_gaps(view: View) -> None:
    """Show how many figures of each domain are stated how completely, as links to these figures."""
    counts, rows = count_rows(view)
    if counts.total < 2:  # a single figure has its completeness in the table above
        return
    title = title_gaps(counts, view.lang, view.selection if view.embedded else None)
    st.header(title, anchor=False)
    write = partial(render, "matrix", "matrix", view.lang, rows, view.links.under(counts.filters))
    st.html(view.remember("matrix", write))
    if link := format_share_link(view, "gaps", title):
        st.html(link)


def export_gaps(view: View) -> ChartExport:
    """Build the picture and the data of the matrix."""
    counts, rows = count_rows(view)
    return ChartExport(
        "gaps",
        title_gaps(counts, view.lang, view.selection),
        STATES_NOTE[view.lang],
        partial(draw_matrix, rows, view.lang),
        table=partial(tabulate_gaps, counts),
        filters=counts.filters,
        frame_height=420 + 36 * len(counts.domains),
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


def show_brief(view: View) -> None:
    """Show what the filters keep on two pages, for paper and as a Word document."""
    address, label = view.url(), view.t("返回总览", "Back to the overview")
    write = partial(write_selection, view.selection, view.filters, view.lang, date=view.today, address=address)
    name = name_brief(Extract(view.dataset, view.filters, lang=view.lang))
    show_print_bar(view, view.href("overview"), label, show_file=partial(show_word_download, view, write, name))
    brief = brief_selection(view.selection, view.filters, view.lang)
    st.html(view.remember("brief", partial(render, "brief", "body", view.lang, brief, address)))


view = current_view()
if view.embedded:
    show_embedded(view, list_charts(view))
elif view.printing:
    show_brief(view)
elif view.filters.search:
    show_search_results(view)
else:
    st.title(escape_markdown(open_page(view).title), anchor=False)
    show_paragraph(open_page(view).lede, "lede wide")
    if view.selection.cases:
        show_findings(view)
        show_gaps(view)
    else:
        show_nothing_found(view)
show_share_dialog(view, list_charts(view))
