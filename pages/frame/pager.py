"""A long list by pages. The page number is in the URL (`page`, from 1); other filters start at the first page again."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.query.paging import page_range
from pages.frame.view import PAGE_NUMBER, View

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
    number, last = shown.start // size + 1, -(-total // size)
    steps = [
        _format_step(view, view.say("上一页", "Previous"), number - 1, last, parameters),
        *_format_numbers(view, number, last, parameters),
        _format_step(view, view.say("下一页", "Next"), number + 1, last, parameters),
    ]
    words = view.say(
        f"第{shown.start + 1:,}–{shown.stop:,}项，共{total:,}项",
        f"{shown.start + 1:,}–{shown.stop:,} of {total:,}",
    )
    st.html(
        Markup('<nav class="pager" aria-label="{}">{}<span class="status">{}</span></nav>').format(
            view.say("分页", "Pages of the list"), Markup("").join(steps), words
        )
    )


def _format_step(view: View, label: str, target: int, last: int, parameters: dict[str, str]) -> Markup:
    """Return the link to the page before or after; at the end of the list its words alone."""
    if not 1 <= target <= last:
        return Markup('<span class="step">{}</span>').format(label)
    return Markup('<a class="step" href="{}">{}</a>').format(_href(view, target, parameters), label)


def _format_numbers(view: View, number: int, last: int, parameters: dict[str, str]) -> list[Markup]:
    """Return links to the first page, the last and those around the one shown, with a gap where others are between."""
    targets = sorted({1, last, *range(max(1, number - _AROUND), min(last, number + _AROUND) + 1)})
    parts = []
    for before, target in zip([0, *targets], targets, strict=False):
        if target > before + 1:
            parts.append(Markup('<span aria-hidden="true">…</span>'))
        current = "page" if target == number else "false"
        name = view.say(f"第 {target:,} 页", f"Page {target:,}")
        link = Markup('<a href="{}" aria-label="{}" aria-current="{}">{:,}</a>')
        parts.append(link.format(_href(view, target, parameters), name, current, target))
    return parts


def _href(view: View, number: int, parameters: dict[str, str]) -> str:
    page = {PAGE_NUMBER: str(number)} if number > 1 else {}
    return view.href(view.screen, **parameters, **page)
