"""What a search has found: the cases whose own text has its words, and a list of metrics, each a link to its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import streamlit as st

from data.model.schema import Case
from data.query.filters import Filters, select
from data.query.findings import sort_metrics
from data.query.search import find_terms, normalize_text
from data.query.table import LIST_SEPARATOR
from data.wording.openings import number_title
from data.wording.rows import MetricRow
from pages.frame.elements import escape_markdown, format_link, show_note
from pages.frame.filter_bar import count_cases, count_metrics
from pages.frame.view import View
from pages.markup.environment import render

MAX_CASES = 5
"""Maximum number of listed cases whose own text has the words."""
MAX_METRICS = 20
"""Maximum number of listed metrics; the Data page has all."""
Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is a word that was sought."""


class CaseHit(NamedTuple):
    """A case that was found by its own text: in its label, or else in its summary."""

    case_id: str
    label: Pieces
    in_label: bool


class Hit(NamedTuple):
    """A metric that was found; where neither its name nor its place has a word, a phrase of the source that has one, or
    its name in the other language.
    """

    row: MetricRow
    name: Pieces
    place: Pieces
    phrase: Pieces = ()
    translation: Pieces = ()
    other_name: Pieces = ()


def show_search_results(view: View) -> None:
    """Show what the search has found under the other filters, under the title of the page."""
    words, has_all = find_terms(view.dataset, view.filters.search)
    cases, found = view.selection.whole_cases, rank_found(view)
    count = count_cases(view, len(cases)) if len(cases) and not len(found) else count_metrics(view)
    st.title(escape_markdown(f"“{view.filters.search}”{view.t('：', ': ')}{count}"), anchor=False)
    if not has_all and (len(cases) or len(found)):
        show_note(
            view,
            "没有一处含有完整的搜索词；以下含有其中最多的部分。",
            "Nothing has all of these words; this is what has the most of them.",
        )
    if len(cases):
        hits = [find_in_case(view, case, words) for case in cases[:MAX_CASES]]
        st.html(render("search", "cases", view.lang, hits, view.links))
        if (more := len(cases) - MAX_CASES) > 0:
            show_note(view, f"另有{more:,}个案例。", f"{more:,} more cases.")
    if len(found):
        metrics = [find_in_metric(view, row, words) for row in view.rows(found[:MAX_METRICS])]
        st.html(render("search", "metrics", view.lang, metrics, view.links))
    if len(found) > MAX_METRICS:
        every = view.t(f"列出全部 {count_metrics(view)}", f"All {count_metrics(view)} as a table")
        st.html(format_link(view.href("data"), every, after="arrow_forward"))
    if not len(cases) and not len(found):
        show_without_hit(view)


def rank_found(view: View) -> np.ndarray:
    """Return the positions that the search has found: headlines first, then the better grade, then results."""
    return sort_metrics(view.dataset, view.selection.positions, "other", "grade", "role")


def find_in_case(view: View, case: Case, words: Sequence[str]) -> CaseHit:
    """Return a case that is found by its own text, with the words marked in its label."""
    label = mark_words(number_title(case, view.lang), words)
    return CaseHit(case.id, label, has_mark(label))


def find_in_metric(view: View, row: MetricRow, words: Sequence[str]) -> Hit:
    """Return a metric that was found, with the first of its texts in which a word stands."""
    name, place = mark_words(row.name, words), mark_words(row.place, words)
    if has_mark(name) or has_mark(place):
        return Hit(row, name, place)
    phrases = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
    for phrase, translation in (tuple(mark_words(text, words) for text in pair) for pair in phrases):
        if has_mark(phrase) or (view.lang == "en" and has_mark(translation)):
            return Hit(row, name, place, phrase, translation)
    metric = next(metric for metric in view.dataset.by_id[row.case_id].metrics if metric.id == row.metric_id)
    other = mark_words(metric.name["zh" if view.lang == "en" else "en"], words)
    return Hit(row, name, place, other_name=other if has_mark(other) else ())


def has_mark(pieces: Pieces) -> bool:
    """Whether a word stands in a text."""
    return any(is_sought for _, is_sought in pieces)


def mark_words(text: str, words: Sequence[str]) -> Pieces:
    """Return a text in pieces, each with whether it is one of these normalized words, wherever they stand."""
    letters = [normalize_text(letter) for letter in text]
    origin = [at for at, letter in enumerate(letters) for _ in letter]
    normalized, marked = "".join(letters), [False] * len(text)
    for word in words:
        start = normalized.find(word)
        while start >= 0:
            end = start + len(word)
            marked[origin[start] : origin[end - 1] + 1] = [True] * (origin[end - 1] + 1 - origin[start])
            start = normalized.find(word, end)
    runs = groupby(zip(text, marked, strict=True), itemgetter(1))
    return tuple(("".join(letter for letter, _ in run), is_sought) for is_sought, run in runs)


def show_without_hit(view: View) -> None:
    """Show that nothing was found, and what the other filters hide or what else to try."""
    sought = f"“{view.filters.search}”"
    alone = replace(view, filters=Filters(search=view.filters.search))
    count = len(select(view.dataset, alone.filters).positions)
    if alone.filters == view.filters or not count:
        text = view.t(
            f"没有找到{sought}。可换一个词试试，中英文均可。",
            f"Nothing found for {sought}. Try another word; Chinese and English both work.",
        )
        st.info(escape_markdown(text), icon=":material/search_off:")
        return
    text = view.t(f"当前筛选下没有找到{sought}。", f"Nothing found for {sought} under these filters.")
    st.info(escape_markdown(text), icon=":material/search_off:")
    link = view.t(f"不加其他筛选：{count_metrics(view, count)}", f"Without the others: {count_metrics(view, count)}")
    st.html(format_link(alone.href("overview"), link, after="arrow_forward"))
