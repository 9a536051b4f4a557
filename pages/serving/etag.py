"""Entity tags: whether a client already has a response."""

from __future__ import annotations

from starlette.requests import Request


def is_current(request: Request, tag: str) -> bool:
    """Whether If-None-Match holds the tag or `*`; weak and strong tags are equal (RFC 9110, section 13.1.2)."""
    tags = request.headers.get("if-none-match", "").split(",")
    return not {"*", tag.removeprefix("W/")}.isdisjoint(known.strip().removeprefix("W/") for known in tags)
