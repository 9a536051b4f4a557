"""A long list a part at a time. Which part is shown stands in the address (`page`, from 1); another filter begins with the first again."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from pages.frame.view import PART, View


def part(total: int, size: int) -> range:
    """Which entries of a list of `total` are shown; all where they fit one part. A part that does not exist is the nearest that does."""
    wanted = st.query_params.get(PART, "1")
    last = max(1, -(-total // size))
    number = min(max(int(wanted), 1), last) if wanted.isdecimal() and len(wanted) < 10 else 1
    return range((number - 1) * size, min(number * size, total))


def turn(view: View, shown: range, total: int, size: int) -> None:
    """The controls below the list; nothing where all of it is shown."""
    if total <= size:
        return
    number, last = shown.start // size + 1, -(-total // size)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pager"):
        for label, icon, to in (
            (view.say("上一页", "Previous"), "arrow_back", number - 1),
            (view.say("下一页", "Next"), "arrow_forward", number + 1),
        ):
            st.button(
                label,
                key=f"turn-{icon}",
                icon=f":material/{icon}:",
                on_click=_go,
                args=(to,),
                disabled=not 1 <= to <= last,
            )
        words = view.say(
            f"第 {shown.start + 1:,}–{shown.stop:,} 项，共 {total:,} 项",
            f"{shown.start + 1:,}–{shown.stop:,} of {total:,}",
        )
        st.html(Markup('<p class="status" role="status">{}</p>').format(words), width="content")


def _go(number: int) -> None:
    st.query_params[PART] = str(number)
