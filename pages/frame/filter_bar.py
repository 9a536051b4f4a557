"""The bar below the masthead: popovers with the filters, the search, what is kept, and what is chosen.

Its words and their order are in data/wording/filters.py.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.query.filters import SEARCH_LIMIT, Filters
from data.wording.counts import name_metrics
from data.wording.filters import CLEAR, PAIRED, FilterBar, Popover, list_choices, remove_value, word_filter_bar
from pages.frame.elements import escape_markdown, format_link
from pages.frame.view import SCOPE_KEY, View, apply_filters, apply_paired, apply_scope, apply_search, set_control
from pages.markup.environment import render

_PAIRED_KEY = "paired"


def show_filter_bar(view: View) -> None:
    """Show the controls with the values of the URL, how much the filters keep, and below what is chosen."""
    bar = word_filter_bar(view.dataset, view.filters, view.lang, view.screen)
    with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small"):
        for popover in bar.popovers:
            _show_popover(view, popover)
        st.text_input(
            bar.search,
            key="search",
            placeholder=bar.placeholder,
            on_change=apply_search,
            max_chars=SEARCH_LIMIT,
            autocomplete="off",
            icon=":material/search:",
            label_visibility="collapsed",
        )
        st.html(render("bar", "status", view.lang, bar), width="content")
    with st.container(key="status", horizontal=True, vertical_alignment="center", gap="small"):
        if bar.chips:  # the container is there without any: what follows keeps its place and is not drawn again
            _show_chips(view, bar)
            show_clear_button(view, "clear-all")
            if bar.scope:
                show_scope_switch(view, bar.scope)
            if view.filters.search and view.screen != "overview":  # which has what the search has found
                way = view.t(f"查看搜到的 {count_metrics(view)}", f"See the {count_metrics(view)} found")
                st.html(format_link(view.href("overview"), way, after="arrow_forward"), width="content")


def _show_popover(view: View, popover: Popover) -> None:
    """Show the button of some filters, with their values behind it."""
    names, key = popover.names, "-".join(popover.names)
    choices = partial(list_choices, view.dataset, names, view.filters, view.lang)
    values = view.remember(f"values-{key}", lambda: render("bar", "values", view.lang, choices()))
    close = render("bar", "close", view.lang, count_metrics(view))
    with st.popover(popover.label, key=f"choose-{key}"):
        if len(names) > 1:
            st.html(values)
            _show_paired_switch(view)
            st.html(close)
        else:
            st.html(values + close)


def _show_paired_switch(view: View) -> None:
    """Show the switch that keeps the metrics of which both ends are known."""
    count = sum(view.option_counts["grade"][grade] for grade in PAIRED)
    key = set_control(_PAIRED_KEY, view.filters.grade == PAIRED, view.lang)
    st.toggle(
        view.t(f"只看前后都有数值的（{count:,}）", f"Only with both values ({count:,})"),
        key=key,
        on_change=apply_paired,
        args=(key, PAIRED),
    )


def count_metrics(view: View, count: int | None = None) -> str:
    """Return a number of metrics in words, by default of those that the filters keep."""
    return name_metrics(len(view.selection.positions) if count is None else count, view.lang)


def _show_chips(view: View, bar: FilterBar) -> None:
    """Show a button for each chosen value that removes it."""
    for chip in bar.chips:
        st.button(
            f"{escape_markdown(chip.words)} :material/close:",
            key=f"chip-{chip.name}-{chip.value}",
            on_click=apply_filters,
            args=(remove_value(view.filters, chip.name, chip.value),),
            help=view.t("取消这一项", "Remove this filter"),
        )


def show_clear_button(view: View, key: str) -> None:
    """Show the button that clears all filters; nothing without any."""
    if view.filters:
        st.button(
            CLEAR[view.lang],
            key=key,
            on_click=apply_filters,
            args=(Filters(),),
            icon=":material/filter_alt_off:",
            type="tertiary",
        )


def show_scope_switch(view: View, label: str) -> None:
    """Show the switch that adds metrics of the same cases in other places, as `name_elsewhere` words it."""
    st.session_state[SCOPE_KEY] = bool(view.filters.scope)
    st.toggle(label, key=SCOPE_KEY, on_change=apply_scope, width="content")
