"""What a search has found: the cases whose own text has its words, and a list of metrics, each a link to its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from markupsafe import Markup

from data.model.schema import Lang
from data.query.filters import Filters, find_terms, select
from data.query.search import normalize_text
from data.query.table import LIST_SEPARATOR
from data.wording.rows import MetricRow
from pages.frame.elements import format_list, show_note
from pages.frame.escape_markdown import escape_markdown
from pages.frame.filter_bar import count_cases, count_metrics
from pages.frame.links import format_link, metric_href
from pages.frame.view import View
from pages.markup.environment import render, tone
from pages.markup.marks import format_flag_words

MAX_CASES = 5
"""Maximum number of listed cases whose own text has the words."""
MAX_METRICS = 20
"""Maximum number of listed metrics; the Data page has all."""


def show_search_results(view: View) -> None:
    """Show what the search has found under the other filters, under the title of the page."""
    words, has_all = find_terms(view.dataset, view.filters.search)
    cases, found = view.selection.whole_cases, rank_found(view)
    count = count_cases(view, len(cases)) if len(cases) and not len(found) else count_metrics(view)
    st.title(escape_markdown(f"“{view.filters.search}”{view.say('：', ': ')}{count}"), anchor=False)
    if not has_all and (len(cases) or len(found)):
        show_note(
            view,
            "没有一处含有完整的搜索词；以下含有其中最多的部分。",
            "Nothing has all of these words; this is what has the most of them.",
        )
    if len(cases):
        st.html(format_list([format_case_hit(view, case_id, words) for case_id in cases[:MAX_CASES].ids], "casehits"))
        if (more := len(cases) - MAX_CASES) > 0:
            show_note(view, f"另有{more:,}个案例。", f"{more:,} more cases.")
    if len(found):
        rows = view.rows(found[:MAX_METRICS])
        label = view.say("搜到的指标", "The figures found")
        st.html(format_list((format_hit(view, row, words) for row in rows), "hits", label, ordered=True))
    if len(found) > MAX_METRICS:
        every = view.say(f"列出全部 {count_metrics(view)}", f"All {count_metrics(view)} as a table")
        st.html(format_link(view.href("data"), every, after="arrow_forward"))
    if not len(cases) and not len(found):
        show_without_hit(view)


def rank_found(view: View) -> np.ndarray:
    """Return the positions that the search has found: headlines first, then the better grade, then results."""
    index, kept = view.dataset.index, view.selection.positions
    role, headline, grade = (index.column(name)[kept] for name in ("role", "headline", "grade"))
    ranked: np.ndarray = kept[np.lexsort((role, grade, headline == 0))]
    return ranked


def format_case_hit(view: View, case_id: str, words: Sequence[str]) -> Markup:
    """Return the link to a case that is found by its own text, with the words marked."""
    case = view.dataset.by_id[case_id]
    label = mark_words(view.case_label(case), words)
    where = "" if "<mark>" in label else view.say("（案例简介中提到）", "(in the summary of the case)")
    return Markup('<a href="{}">{}</a> <small>{}</small>').format(view.href("case", case=case_id), label, where)


def format_hit(view: View, row: MetricRow, words: Sequence[str]) -> Markup:
    """Return a metric that was found: its name, the words of the source if only these have it, value, badge, case."""
    name, place = mark_words(row.name, words), mark_words(row.place, words)
    quote = Markup("")
    if "<mark>" not in name + place:
        quote = format_phrase(row, view.lang, words) or format_other_name(view, row, words)
    badges = render("marks", "badge", view.lang, row.grade, worded=True) + Markup(" ") + format_flag_words(row)
    left = Markup('<div><a href="{}">{}</a>{}<small>{} · {} {}</small></div>').format(
        metric_href(view, row), name, quote, place, row.case_number, row.case_title
    )
    right = Markup('<div><b class="{}">{}</b><span>{}</span></div>')
    return left + right.format(tone(row), format_value(row), badges)


def format_phrase(row: MetricRow, lang: Lang, words: Sequence[str]) -> Markup:
    """Return the first phrase of the source in which a word stands, in English with its translation; or nothing."""
    for phrase, translation in zip(
        row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True
    ):
        quote = Markup('<q lang="zh">{}</q>').format(mark_words(phrase, words))
        if lang == "en":
            quote += Markup(" “{}”").format(mark_words(translation, words))
        if "<mark>" in quote:
            return Markup('<span class="quote">{}</span>').format(quote)
    return Markup("")


def format_other_name(view: View, row: MetricRow, words: Sequence[str]) -> Markup:
    """Return the name in the other language if a word stands in it; or nothing."""
    other: Lang = "zh" if view.lang == "en" else "en"
    metric = next(metric for metric in view.dataset.by_id[row.case_id].metrics if metric.id == row.metric_id)
    name = mark_words(metric.name[other], words)
    return Markup('<span class="quote" lang="{}">{}</span>').format(other, name) if "<mark>" in name else Markup("")


def format_value(row: MetricRow) -> str:
    """Return both ends with the change, or what there is of them."""
    if row.before_label and row.after_label:
        return f"{row.before_label} → {row.after_label}"
    return row.change_label or row.after_label or row.before_label


def mark_words(text: str, words: Sequence[str]) -> Markup:
    """Return a text in which these normalized words are marked wherever they stand."""
    letters = [normalize_text(letter) for letter in text]
    origin = [at for at, letter in enumerate(letters) for _ in letter]
    normalized, marked = "".join(letters), [False] * len(text)
    for word in words:
        start = normalized.find(word)
        while start >= 0:
            end = start + len(word)
            marked[origin[start] : origin[end - 1] + 1] = [True] * (origin[end - 1] + 1 - origin[start])
            start = normalized.find(word, end)
    parts, at = Markup(""), 0
    while at < len(text):
        end = next((other for other in range(at, len(text)) if marked[other] != marked[at]), len(text))
        parts += Markup("<mark>{}</mark>" if marked[at] else "{}").format(text[at:end])
        at = end
    return parts


def show_without_hit(view: View) -> None:
    """Show that nothing was found, and what the other filters hide or what else to try."""
    sought = f"“{view.filters.search}”"
    alone = replace(view, filters=Filters(search=view.filters.search))
    count = len(select(view.dataset, alone.filters).positions)
    if alone.filters == view.filters or not count:
        text = view.say(
            f"没有找到{sought}。可换一个词试试，中英文均可。",
            f"Nothing found for {sought}. Try another word; Chinese and English both work.",
        )
        st.info(escape_markdown(text), icon=":material/search_off:")
        return
    text = view.say(f"当前筛选下没有找到{sought}。", f"Nothing found for {sought} under these filters.")
    st.info(escape_markdown(text), icon=":material/search_off:")
    link = view.say(f"不加其他筛选：{count_metrics(view, count)}", f"Without the others: {count_metrics(view, count)}")
    st.html(format_link(alone.href("overview"), link, after="arrow_forward"))
