"""The style sheets of the page being run that its HTML does not link to, and the language of its document."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from data.model.schema import Lang
from pages.frame.view import base_path
from pages.serving.policy import LANGUAGE_SCRIPTS
from pages.serving.sheet import SHEET_PATH
from pages.site.screens import SCREENS, url_path
from pages.site.style_sheet import EMBED, PRINT

_PATHS = frozenset(f"/{url_path(name)}" for name in SCREENS)


def insert_styles(lang: Lang, printing: bool, embedded: bool) -> None:
    """Insert the style sheet for paper or a frame into the page, and set the document's language."""
    site = "" if _links_to_sheet() else f'@import url("{base_path()}{SHEET_PATH}");\n'
    sheet = site + (PRINT if printing else EMBED if embedded else "")
    st.html(f"<style>\n{sheet}</style><script>{LANGUAGE_SCRIPTS[lang]}</script>", unsafe_allow_javascript=True)


def _links_to_sheet() -> bool:
    """Whether the HTML of this page is ours: at addresses without a screen it is Streamlit's."""
    address = st.context.url
    return address is None or (urlsplit(address).path.removeprefix(base_path()) or "/") in _PATHS
