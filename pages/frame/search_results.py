"""What a search has found: the cases whose own text has its words, and a list of metrics, each a link to its figure;
where nothing has, what to search for instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

import streamlit as st

from data.query.filters import Filters, select
from data.query.findings import sort_metrics
from data.query.search import ENDING, find_sets, find_terms, list_set_words, normalize_text
from data.query.sets import SET_NAMES, mark_set
from data.query.table import LIST_SEPARATOR
from data.wording.counts import name_cases
from data.wording.openings import number_title
from data.wording.rows import MetricRow
from pages.frame.elements import escape_markdown
from pages.frame.filter_bar import count_metrics
from pages.frame.view import View
from pages.markup.environment import render
from pages.markup.links import NamedLink

MAX_CASES = 5
"""Maximum number of listed cases whose own text has the words."""
MAX_METRICS = 20
"""Maximum number of listed metrics; the Data page has all."""
SUGGESTED = 3
"""Number of words to search for that are named where nothing was found."""
Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is a word that was sought."""


class Hit(NamedTuple):
    """A metric that was found. Where its name has no word, `sets` are those that were sought and it is in; where its
    place and these have none, there is a phrase of the source that has one, or its name in the other language.
    """

    row: MetricRow
    name: Pieces
    place: Pieces
    sets: Pieces = ()
    phrase: Pieces = ()
    translation: Pieces = ()
    other_name: Pieces = ()


def show_search_results(view: View) -> None:
    """Show what the search has found under the other filters, under the title of the page."""
    terms, has_all = find_terms(view.dataset, view.filters.search)
    words = [*terms, *chain.from_iterable(map(list_set_words, find_sets(terms)))]
    cases, found = view.selection.whole_cases, view.selection.positions
    count = count_metrics(view) if len(found) or not cases else name_cases(len(cases), view.lang)
    st.title(escape_markdown(f"“{view.filters.search}”{view.t('：', ': ')}{count}"), anchor=False)
    if not cases and not len(found):
        show_without_hit(view)
        return
    titles = [(case.id, mark_words(number_title(case, view.lang), words)) for case in cases[:MAX_CASES]]
    ranked = sort_metrics(view.dataset, found, "other", "grade", "role")[:MAX_METRICS]
    hits = [find_in_metric(view, int(position), words) for position in ranked]
    every = count_metrics(view) if len(found) > len(hits) else ""
    more = len(cases) - len(titles)
    st.html(render("search", "results", view.lang, titles, more, hits, every, view.links, partly=not has_all))


def find_in_metric(view: View, position: int, words: Sequence[str]) -> Hit:
    """Return a metric that was found, with the first of its texts in which a word stands."""
    (row,) = view.rows([position])
    sought = [SET_NAMES[name][view.lang] for name in find_sets(words) if mark_set(view.dataset, name)[position]]
    name, place, sets = (mark_words(text, words) for text in (row.name, row.place, view.join(sought)))
    if has_mark(name + place + sets):
        return Hit(row, name, place, () if has_mark(name) else sets)
    phrases = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
    for phrase, translation in (tuple(mark_words(text, words) for text in pair) for pair in phrases):
        if has_mark(phrase) or (view.lang == "en" and has_mark(translation)):
            return Hit(row, name, place, (), phrase, translation)
    _, metric, _ = view.dataset.metrics[position]
    other = mark_words(metric.name["zh" if view.lang == "en" else "en"], words)
    return Hit(row, name, place, other_name=other if has_mark(other) else ())


def has_mark(pieces: Pieces) -> bool:
    """Whether a word stands in a text."""
    return any(is_sought for _, is_sought in pieces)


def mark_words(text: str, words: Sequence[str]) -> Pieces:
    """Return a text in pieces, each with whether it is one of these normalized words, wherever they stand, or its
    plural.
    """
    letters = [normalize_text(letter) for letter in text]
    origin = [at for at, letter in enumerate(letters) for _ in letter]
    marked = [False] * len(text)
    for word in words:
        for found in re.finditer(re.escape(word) + ENDING, "".join(letters)):
            start, end = origin[found.start()], origin[found.end() - 1] + 1
            marked[start:end] = [True] * (end - start)
    runs = groupby(zip(text, marked, strict=True), itemgetter(1))
    return tuple(("".join(letter for letter, _ in run), is_sought) for is_sought, run in runs)


def show_without_hit(view: View) -> None:
    """Show in one sentence that nothing was found, what would find something, and what the other filters hide."""
    alone = Filters(search=view.filters.search)
    count = len(select(view.dataset, alone).positions)
    hidden = NamedLink(view.links.under(alone).screen(""), count_metrics(view, count)) if count else None
    st.html(render("search", "nothing", view.lang, suggest_words(view), hidden, filtered=alone != view.filters))


def suggest_words(view: View) -> list[NamedLink]:
    """Return the names of the most completely stated headlines as links that search for them: those that the other
    filters keep, then those of all data.
    """
    words: dict[str, Filters] = {}
    for filters in (replace(view.filters, search=""), Filters()):
        kept = select(view.dataset, filters).positions
        for position in sort_metrics(view.dataset, kept, "other", "grade", "role")[:MAX_METRICS]:
            _, metric, _ = view.dataset.metrics[position]
            words.setdefault((metric.short or metric.name)[view.lang], filters)
    links = ((word, view.links.under(replace(filters, search=word))) for word, filters in words.items())
    return [NamedLink(link.screen(""), word) for word, link in islice(links, SUGGESTED)]
