"""TCP_NODELAY for the server's connections.

Streamlit 1.67.0 opens its listening socket without naming the protocol TCP, and asyncio sets TCP_NODELAY only on
sockets that name it (Kludex/uvicorn#3149). The end of a response then waits for the acknowledgement of its beginning:
40 ms for every file and every run of a page.

Remove when asyncio or uvicorn sets the option on such sockets, or Streamlit names the protocol.
"""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

DESCRIPTORS = Path("/dev/fd")
"""The directory in which Linux and macOS list the open file descriptors of a process."""


def set_no_delay() -> None:
    """Sets TCP_NODELAY on the TCP sockets of this process; connections to a listening socket inherit it."""
    for descriptor in map(int, os.listdir(DESCRIPTORS) if DESCRIPTORS.is_dir() else ()):
        with suppress(OSError):
            if stat.S_ISSOCK(os.stat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as found:
                    if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
