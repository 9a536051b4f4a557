"""A long list by pages. The page number is in the URL (`page`, from 1); other filters start at the first page again."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.query.paging import page_range
from pages.frame.view import PAGE_NUMBER, View


def current_range(total: int, size: int) -> range:
    """Return the entries of the URL's page, or of the nearest that exists, of `total` entries with `size` a page."""
    requested = st.query_params.get(PAGE_NUMBER, "1")
    return page_range(total, size, int(requested) if requested.isdecimal() and len(requested) < 10 else 1)


def show_pager(view: View, shown: range, total: int, size: int) -> None:
    """Show the controls below a list; nothing if it has one page."""
    if total <= size:
        return
    number, last = shown.start // size + 1, -(-total // size)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pager"):
        for label, icon, target in (
            (view.say("上一页", "Previous"), "arrow_back", number - 1),
            (view.say("下一页", "Next"), "arrow_forward", number + 1),
        ):
            st.button(
                label,
                key=f"turn-{icon}",
                icon=f":material/{icon}:",
                on_click=_go_to,
                args=(target,),
                disabled=not 1 <= target <= last,
            )
        words = view.say(
            f"第 {shown.start + 1:,}–{shown.stop:,} 项，共 {total:,} 项",
            f"{shown.start + 1:,}–{shown.stop:,} of {total:,}",
        )
        st.html(Markup('<p class="status" role="status">{}</p>').format(words), width="content")


def _go_to(number: int) -> None:
    st.query_params[PAGE_NUMBER] = str(number)
