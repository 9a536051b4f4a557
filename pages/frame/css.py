"""The style sheet of the page being run, and the language of its document."""

from __future__ import annotations

import streamlit as st

from data.model.schema import Lang
from pages.serving.policy import LANGUAGE_SCRIPTS
from pages.site.style_sheet import EMBED, PRINT, SHEET


def insert_styles(lang: Lang, printing: bool, embedded: bool) -> None:
    """Insert the style sheet into the page, with the one for paper or a frame, and set the document's language."""
    sheet = SHEET + (PRINT if printing else EMBED if embedded else "")
    st.html(f"<style>\n{sheet}</style><script>{LANGUAGE_SCRIPTS[lang]}</script>", unsafe_allow_javascript=True)
