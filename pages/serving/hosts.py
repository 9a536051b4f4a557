"""The names under which the server answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HOST = re.compile(r"(?P<name>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])\.?(?::[0-9]{1,5})?")


def read_name(host: str) -> str:
    """The name in a Host header or an origin without its scheme; empty if it is malformed."""
    found = _HOST.fullmatch(host.lower())
    return found["name"] if found else ""


def is_allowed(name: str, allowed: Iterable[str]) -> bool:
    """Whether the server answers under this name: one of those allowed, below one that begins with `*.`, or any."""
    return any(host in ("*", name) or (host.startswith("*.") and name.endswith(host[1:])) for host in allowed)


def is_named(name: str, allowed: Iterable[str]) -> bool:
    """Whether the operator names this host. Where any is allowed a request may claim to be for any other site."""
    return is_allowed(name, (host for host in allowed if host != "*"))
