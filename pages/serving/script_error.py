"""The notice in place of a page whose script failed. The traceback is in the log alone."""

from __future__ import annotations

import streamlit as st

MESSAGE = ("这一页未能显示，原因已记入日志。", "This page could not be shown; the log says why.")


def show_message(error: Exception) -> bool:
    """Shows MESSAGE in both languages. Returns True, so that Streamlit does not show its own."""
    st.error("  \n".join(MESSAGE), icon=":material/error:")
    return True
