"""General elements of a page: paragraphs, notes, links, downloads, the pages of a long list, the bar of a print."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import streamlit as st
from markupsafe import Markup

from data.downloads.word import MEDIA_TYPE
from data.query.paging import page_range
from data.wording.openings import DESCRIPTIONS, TITLES
from pages.frame.view import PAGE_NUMBER, View
from pages.markup.environment import render
from pages.markup.links import NamedLink

_SYNTAX = re.compile(r"[\\`*_\[\]<>&$~|:]|^[#+=-]|(?<=[0-9])[.)](?=\s|$)")
"""Characters of CommonMark, its tables and strikethrough, formulas and directives; a backslash escapes them."""
_REPLACED_LATER = re.compile(
    r"^(?=[\xa9\xae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]|[0-9#*]\ufe0f)"
    r"|:(?=material/|material_\w+:|streamlit:)|https?:(?=//)|www(?=\.)|@(?=[\w-])"
    r"|(?<!\S)(?:<-(?=>)|[<>~](?==)|-(?=[->])|<(?=-))(?=\S\S?(?!\S))",
    re.IGNORECASE,
)
"""What Streamlit replaces despite a backslash: a symbol at the beginning, which becomes the icon, and in the rendered
text icon names, addresses and arrows. An invisible joiner splits it.
"""
_JOINER = "\u2060"
_AROUND = 1
"""Number of pages on either side of the one shown that the pager links to, beside the first and the last."""


def escape_markdown(text: str) -> str:
    """Return Markdown that shows exactly this text."""
    return _SYNTAX.sub(r"\\\g<0>", _REPLACED_LATER.sub(rf"\g<0>{_JOINER}", text.strip()))


def show_paragraph(text: str, css_class: str = "quiet") -> None:
    """Show a paragraph, in small grey print unless another class is given."""
    st.html(render("frame", "paragraph", "en", text, css_class))  # it has no words of its own, in any language


def show_opening(view: View, screen: str) -> None:
    """Show the title and lede of a screen that has the same for every selection."""
    st.title(TITLES[screen][view.lang], anchor=False)
    show_paragraph(DESCRIPTIONS[screen][view.lang], "lede wide")


def show_note(view: View, zh: str, en: str, *, css_class: str = "quiet") -> None:
    """Show a paragraph in the reader's language."""
    show_paragraph(view.t(zh, en), css_class)


def show_warning(view: View, zh: str, en: str, *, icon: str = "link_off") -> None:
    """Show a notice about what could not be used, by default a part of the link."""
    st.warning(view.t(zh, en), icon=f":material/{icon}:")


def show_download(
    label: str, write: Callable[[], bytes], file_name: str, media_type: str, key: str, icon: str = "download"
) -> None:
    """Show the button for a file, which is written when it is pressed."""
    st.download_button(label, write, file_name, media_type, key, on_click="ignore", icon=f":material/{icon}:")


def show_word_download(view: View, write: Callable[[], bytes], file_name: str) -> None:
    """Show the button for a brief as a Word document, which is written when it is pressed."""
    st.download_button(
        "Word",
        data=write,
        file_name=file_name,
        mime=MEDIA_TYPE,
        on_click="ignore",
        key="brief",
        icon=":material/download:",
        type="tertiary",
        help=view.t("可编辑的简报", "The brief, to edit"),
    )


def format_link(href: str, label: str, before: str = "", after: str = "") -> Markup:
    """Return a link with the names of Material symbols before or after its label."""
    return render("frame", "link", "en", href, label, before, after)  # it has no words of its own, in any language


def current_range(total: int, size: int) -> range:
    """Return the entries of the URL's page, or of the nearest that exists, of `total` entries with `size` a page."""
    requested = st.query_params.get(PAGE_NUMBER, "1")
    return page_range(total, size, int(requested) if requested.isdecimal() and len(requested) < 10 else 1)


def show_pager(view: View, shown: range, total: int, size: int, /, **parameters: str) -> None:
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


def show_print_bar(
    view: View, back: str, label: str, editions: Sequence[NamedLink] = (), show_file: Callable[[], None] | None = None
) -> None:
    """Show the way back to the page, at the address `back`, the editions to choose from, the button for a file with the
    same, and the one that opens the browser's print dialog.

    None of them is printed. The dialog never opens by itself: somebody else's link would surprise its reader.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="print-bar"):
        st.html(render("frame", "print_ways", view.lang, back, label, editions))
        if show_file:
            show_file()
        st.html(render("frame", "print_button", view.lang), width="content")
