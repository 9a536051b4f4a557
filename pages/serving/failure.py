"""What a reader sees when a page fails. Why it did stands in the log alone."""

from __future__ import annotations

import streamlit as st

SENTENCE = ("这一页未能显示，原因已记入日志。", "This page could not be shown; the log says why.")


def tell(error: Exception) -> bool:
    """Says it in both languages, in place of Streamlit's own words; that is what the answer True means to it."""
    st.error("  \n".join(SENTENCE), icon=":material/error:")
    return True
