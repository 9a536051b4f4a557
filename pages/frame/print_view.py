"""The edition of a page for paper (`view=print`): what only it shows on screen, and the date that is printed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from pages.frame.view import View
from pages.markup.environment import render


def show_print_bar(view: View, back: str, label: str) -> None:
    """Show the way back to the page, at the address `back`, and the button that opens the browser's print dialog.

    Neither is printed. The dialog never opens by itself: somebody else's link would surprise its reader.
    """
    st.html(render("frame", "print_bar", view.lang, back, label))


def find_today() -> str:
    """Return the date where the reader is, as the browser tells its time zone; that of UTC without one."""
    zone: tzinfo = UTC
    with suppress(ValueError, KeyError, OSError):  # no such zone, or a computer that has no list of them
        zone = ZoneInfo(st.context.timezone or "UTC")
    return datetime.now(zone).date().isoformat()
