"""The limit on the files, sockets among them, that this process may have open."""

from __future__ import annotations

from contextlib import suppress

MAX_OPEN_FILES = 65_536
"""Maximum number of open files. A reader takes four, and Streamlit keeps three of them for a while after they left."""


def raise_limit() -> None:
    """Raises the soft limit to the hard one, at most to MAX_OPEN_FILES. The usual 1024 are used up by some 200 readers.

    Windows has no such limit.
    """
    with suppress(ImportError):
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

        soft, hard = getrlimit(RLIMIT_NOFILE)
        allowed = MAX_OPEN_FILES if hard == RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
        if soft != RLIM_INFINITY and soft < allowed:
            setrlimit(RLIMIT_NOFILE, (allowed, hard))
