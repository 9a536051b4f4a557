"""The sidebar with a control for each filter, and the button that clears all of them."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.query.filters import SEARCH_LIMIT, Filters, list_options
from pages.frame.escape_markdown import escape_markdown
from pages.frame.view import View, apply_controls, apply_filters
from pages.site.filters import FILTERS, SIDEBAR


def show_sidebar(view: View) -> None:
    """Show the controls, which have the values of the URL and write what a reader chooses into it."""
    with st.sidebar:
        st.html(Markup('<h2 class="side">{}</h2>').format(view.say("筛选", "Filter")))
        for name in SIDEBAR:
            _show_control(view, name)
        show_clear_button(view, "clear-side")


def _show_control(view: View, name: str) -> None:
    entry = FILTERS[name]
    label, placeholder = entry.name[view.lang], entry.placeholder[view.lang] if entry.placeholder else None
    if entry.control == "text":
        st.text_input(
            label,
            key=name,
            placeholder=placeholder,
            on_change=apply_controls,
            max_chars=SEARCH_LIMIT,
            autocomplete="off",
        )
        return
    values = list_options(view.dataset)[name]
    if entry.control == "list":
        st.multiselect(
            label,
            values,
            format_func=lambda value: entry.describe(view.dataset, value, view.lang),
            key=name,
            placeholder=placeholder,
            on_change=apply_controls,
            select_all=False,
        )
    else:
        st.pills(
            label,
            values,
            selection_mode="multi",
            format_func=lambda value: escape_markdown(entry.describe(view.dataset, value, view.lang)),
            key=name,
            on_change=apply_controls,
            wrap=True,
        )


def show_clear_button(view: View, key: str) -> None:
    """Show the button that clears all filters; nothing without any."""
    if view.filters:
        st.button(
            view.say("清除全部筛选", "Clear all filters"),
            key=key,
            on_click=apply_filters,
            args=(Filters(),),
            icon=":material/filter_alt_off:",
        )
