"""Method: what the data cannot show, how to read a grade, what is calculated, where the source does not agree with
itself, and how to cite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby

import numpy as np
import streamlit as st

from data.model.grades import GRADES
from data.model.schema import Document, Lang
from data.query.findings import sort_metrics
from data.wording.citation import cite_document, write_bibtex
from data.wording.conflicts import find_heading, list_conflicts
from data.wording.labels import GRADES_NOTE, t
from data.wording.method import DERIVATIONS, LIMITS
from data.wording.rows import MetricRow
from pages.frame.elements import current_range, show_opening, show_pager, show_paragraph
from pages.frame.view import View, current_view
from pages.markup.environment import render

CONFLICTS_PER_PAGE = 50


def show_limits(view: View) -> None:
    """Show what the data cannot show."""
    st.header(view.t("这些数据不能说明什么", "What this cannot show"), anchor=False)
    st.html(render("method", "limits", view.lang, LIMITS))


def show_grades(view: View) -> None:
    """Show what each grade means and how it is shown, with an example."""
    st.header(view.t("怎样读完整度等级", "How to read a grade"), anchor=False)
    show_paragraph(GRADES_NOTE[view.lang], "lede")
    st.html(view.remember("grades", lambda: render("method", "grades", view.lang, find_examples(view), view.links)))


def find_examples(view: View) -> Mapping[str, MetricRow | None]:
    """Return the best example of each grade that can be drawn: a headline if there is one, otherwise an outcome."""
    ordered = sort_metrics(view.dataset, np.arange(len(view.dataset.metrics)), "headline", "role")
    grades = view.dataset.table["grade"].iloc[ordered]
    rows = {grade: view.rows(ordered[grades == grade]) for grade in GRADES}
    return {grade: next(filter(can_be_drawn, own), None) for grade, own in rows.items()}


def can_be_drawn(row: MetricRow) -> bool:
    """Return whether a metric has all that the drawing of its grade needs."""
    if row.rule.drawing == "ends":
        return row.before_value is not None and row.after_value is not None and row.index is not None
    return row.rule.drawing != "index" or row.index is not None


def show_derivations(view: View) -> None:
    """Show the rules by which missing ends, indices and directions are calculated."""
    st.header(view.t("推算了什么，怎样算", "What is calculated, and how"), anchor=False)
    st.html(render("method", "derivations", view.lang, DERIVATIONS))


def show_conflicts(view: View) -> None:
    """Show the contradictions of all cases, and then where passages name or delimit one thing in two ways, by pages."""
    found = list_conflicts(view.dataset)
    shown = current_range(len(found), CONFLICTS_PER_PAGE)
    for heading, own in groupby(found[shown.start : shown.stop], lambda pair: find_heading(pair[1])):
        count = sum(find_heading(conflict) == heading for _, conflict in found)
        st.header(view.t(f"{heading.zh}（{count}处）", f"{heading.en} ({count})"), anchor=False)
        write = partial(render, "method", "conflicts", view.lang, list(own), view.links)
        st.html(view.remember(f"conflicts {heading.en}", write))
    show_pager(view, shown, len(found), CONFLICTS_PER_PAGE)


def show_citation(view: View) -> None:
    """Show the citations of the documents, and what is known about them."""
    st.header(view.t("怎样引用", "How to cite"), anchor=False)
    citations = write_citations(view.documents, view.lang)
    st.html(view.remember("citation", partial(render, "method", "citation", view.lang, citations, view.documents)))


def write_citations(documents: Sequence[Document], lang: Lang) -> Mapping[str, str]:
    """Return the citations of documents in each style."""
    return {
        t(lang, "GB/T 7714 格式", "Plain text"): "\n".join(cite_document(source, lang) for source in documents),
        "BibTeX": "\n".join(write_bibtex(source, lang) for source in documents),
    }


view = current_view()
show_opening(view, "method")
show_limits(view)
show_grades(view)
show_derivations(view)
show_conflicts(view)
show_citation(view)
