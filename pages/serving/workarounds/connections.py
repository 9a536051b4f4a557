"""The connections of many readers: enough of them, and messages that leave when they are written."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

OPEN = Path("/dev/fd")
"""Where Linux and macOS list what a process has open."""
ENOUGH = 65_536
"""Open files. A reader takes four, and Streamlit keeps three of them for a while after they left."""


def allow_many() -> None:
    """Raises the number of files that may be open to what the system allows at most. Most give a process 1024 unasked, which ends at some 200 readers."""
    with suppress(ImportError):
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

        soft, hard = getrlimit(RLIMIT_NOFILE)
        allowed = ENOUGH if hard == RLIM_INFINITY else min(hard, ENOUGH)
        if soft != RLIM_INFINITY and soft < allowed:
            setrlimit(RLIMIT_NOFILE, (allowed, hard))


def send_at_once() -> None:
    """Sets TCP_NODELAY on the sockets this process listens on; every connection to them inherits it.

    Streamlit makes its socket without naming TCP, and asyncio sets the option only where TCP is named (Kludex/uvicorn#3149): the end of an answer then waits until the
    reader's system has acknowledged its beginning, which takes 40 ms, with every file and every run of a page.
    """
    for descriptor in map(int, os.listdir(OPEN) if OPEN.is_dir() else ()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.stat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as found:
                    if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
