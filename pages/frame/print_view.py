"""The edition of a page for paper (`view=print`): what only it shows on screen, and the date that is printed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st
from markupsafe import Markup

from pages.frame.links import format_link
from pages.frame.view import View


def show_print_bar(view: View, back: str, label: str) -> None:
    """Show the way back to the page, at the address `back`, and the button that opens the browser's print dialog.

    Neither is printed. The dialog never opens by itself: somebody else's link would surprise its reader.
    """
    button = Markup('<button type="button" data-print>{}</button>').format(view.say("打印", "Print"))
    st.html(Markup('<div class="print-bar no-paper">{}{}</div>').format(format_link(back, label, "arrow_back"), button))


def find_today() -> str:
    """Return the date where the reader is, as the browser tells its time zone; that of UTC without one."""
    zone: tzinfo = UTC
    with suppress(ValueError, KeyError, OSError):  # no such zone, or a computer that has no list of them
        zone = ZoneInfo(st.context.timezone or "UTC")
    return datetime.now(zone).date().isoformat()
