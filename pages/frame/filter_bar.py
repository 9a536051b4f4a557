"""The bar below the masthead: popovers with the filters, the search, what is kept, and what is chosen."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.query.filters import SEARCH_LIMIT, Filters
from data.wording.counts import count_selection, name_cases, name_elsewhere, name_metrics
from data.wording.filters import (
    CLEAR,
    FILTERS,
    MORE,
    PAIRED,
    POPOVERS,
    describe_filters,
    list_values,
    remove_value,
)
from pages.frame.escape_markdown import escape_markdown
from pages.frame.links import format_link
from pages.frame.view import SCOPE_KEY, View, apply_filters, apply_paired, apply_scope, apply_search, set_control
from pages.markup.filter_values import format_values

_PAIRED_KEY = "paired"


def show_filter_bar(view: View) -> None:
    """Show the controls with the values of the URL, how much the filters keep, and below what is chosen."""
    with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small"):
        for names in POPOVERS:
            _show_popover(view, names)
        search = FILTERS["search"]
        st.text_input(
            search.name[view.lang],
            key="search",
            placeholder=search.placeholder[view.lang] if search.placeholder else None,
            on_change=apply_search,
            max_chars=SEARCH_LIMIT,
            autocomplete="off",
            icon=":material/search:",
            label_visibility="collapsed",
        )
        st.html(_format_status(view), width="content")
    with st.container(key="status", horizontal=True, vertical_alignment="center", gap="small"):
        if view.filters:  # the container is there without any: what follows keeps its place and is not drawn again
            _show_chips(view)
            show_clear_button(view, "clear-all")
            if view.screen != "case":
                show_scope_switch(view, view.elsewhere, len(view.selection.cases))
            if view.filters.search and view.screen != "overview":
                st.html(_format_way_to_results(view), width="content")


def _show_popover(view: View, names: tuple[str, ...]) -> None:
    """Show the button of some filters, which says how many of their values are chosen, with their values behind it."""
    label = (MORE if len(names) > 1 else FILTERS[names[0]].name)[view.lang]
    if chosen := sum(len(list_values(view.filters, name)) for name in names):
        label = view.say(f"{label}（{chosen}）", f"{label} ({chosen})")
    values = format_values(view.dataset, names, view.filters, view.lang)
    closing = view.say(f"显示{count_metrics(view)}", f"Show {count_metrics(view)}")
    close = Markup('<button type="button" class="close" data-close>{}</button>').format(closing)
    with st.popover(label, key=f"choose-{'-'.join(names)}"):
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
        view.say(f"只看前后都有数值的（{count:,}）", f"Only with both values ({count:,})"),
        key=key,
        on_change=apply_paired,
        args=(key, PAIRED),
    )


def count_metrics(view: View, count: int | None = None) -> str:
    """Return a number of metrics in words, by default of those that the filters keep."""
    return name_metrics(len(view.selection.positions) if count is None else count, view.lang)


def count_cases(view: View, count: int | None = None) -> str:
    """Return a number of cases in words, by default of those that the filters keep."""
    return name_cases(len(view.selection.cases) if count is None else count, view.lang)


def _format_status(view: View) -> Markup:
    """Return how much the filters keep, and on paper, which has no controls, what they are."""
    chosen = describe_filters(view.dataset, view.filters, view.lang)
    return Markup('<p class="status" role="status">{}<span class="on-paper">{}</span></p>').format(
        count_selection(view.selection, view.filters.city, view.filters.scope, view.lang),
        f" · {chosen}" if chosen else "",
    )


def _show_chips(view: View) -> None:
    """Show a button for each chosen value that removes it."""
    for name, entry in FILTERS.items():
        if entry.control == "switch":
            continue
        for value in list_values(view.filters, name):
            st.button(
                f"{escape_markdown(entry.describe(view.dataset, value, view.lang))} :material/close:",
                key=f"chip-{name}-{value}",
                on_click=apply_filters,
                args=(remove_value(view.filters, name, value),),
                help=view.say("取消这一项", "Remove this filter"),
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


def show_scope_switch(view: View, elsewhere: int, cases: int = 1) -> None:
    """Show the switch that adds the `elsewhere` metrics of these cases in other places; nothing if there are none."""
    if elsewhere:
        st.session_state[SCOPE_KEY] = bool(view.filters.scope)
        st.toggle(
            name_elsewhere(elsewhere, cases, view.lang),
            key=SCOPE_KEY,
            on_change=apply_scope,
            width="content",
        )


def _format_way_to_results(view: View) -> Markup:
    """Return the link to what a search has found, which stands on the overview."""
    return format_link(
        view.href("overview"),
        view.say(f"查看搜到的 {count_metrics(view)}", f"See the {count_metrics(view)} found"),
        after="arrow_forward",
    )
