"""A long list by pages. The page number is in the URL (`page`, from 1); other filters start at the first page again."""

from __future__ import annotations

import streamlit as st

from data.query.paging import page_range
from pages.frame.view import PAGE_NUMBER, View
from pages.markup.environment import render

_AROUND = 1
"""Number of pages on either side of the one shown that the pager links to, beside the first and the last."""


def current_range(total: int, size: int) -> range:
    """Return the entries of the URL's page, or of the nearest that exists, of `total` entries with `size` a page."""
    requested = st.query_params.get(PAGE_NUMBER, "1")
    return page_range(total, size, int(requested) if requested.isdecimal() and len(requested) < 10 else 1)


def show_pager(view: View, shown: range, total: int, size: int, **parameters: str) -> None:
    """Show the links below a list; nothing if it has one page. `parameters` are kept in the address beside the view."""
    if total <= size:
        return
    current, last = shown.start // size + 1, -(-total // size)
    near = range(max(1, current - _AROUND), min(last, current + _AROUND) + 1)
    pages = {number: _href(view, number, parameters) for number in sorted({1, *near, last})}
    st.html(render("frame", "pager", view.lang, pages, current, shown, total))


def _href(view: View, number: int, parameters: dict[str, str]) -> str:
    page = {PAGE_NUMBER: str(number)} if number > 1 else {}
    return view.href(view.screen, **parameters, **page)
