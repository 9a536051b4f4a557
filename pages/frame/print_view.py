"""What is shown only on paper, and the edition of a page that is made for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st


def find_today() -> str:
    """Return the date where the reader is, as the browser tells its time zone; that of UTC without one."""
    zone: tzinfo = UTC
    with suppress(ValueError, KeyError, OSError):  # no such zone, or a computer that has no list of them
        zone = ZoneInfo(st.context.timezone or "UTC")
    return datetime.now(zone).date().isoformat()
