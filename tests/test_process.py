"""What the process does for the connections of many readers."""

from __future__ import annotations

import resource
import socket

from pages.serving.open_files import MAX_OPEN_FILES, raise_limit
from pages.serving.workarounds.no_delay import set_no_delay


def test_every_connection_sends_at_once():
    with socket.socket() as listening:
        listening.bind(("localhost", 0))
        listening.listen()
        set_no_delay()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_as_many_files_may_be_open_as_the_system_allows():
    given = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given[0] // 2, given[1]))
    try:
        raise_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (
            max(given[0] // 2, min(given[1], MAX_OPEN_FILES)),
            given[1],
        )
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, given)
