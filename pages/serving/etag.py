"""Entity tags: whether a client already has a response."""

from __future__ import annotations

from starlette.requests import Request


def is_current(request: Request, tag: str) -> bool:
    """Whether the request's If-None-Match holds the tag."""
    return matches(request.headers.get("if-none-match", ""), tag)


def matches(known: str, tag: str) -> bool:
    """Whether a value of If-None-Match holds the tag or `*`; weak and strong tags are equal (RFC 9110, 13.1.2)."""
    return not {"*", tag.removeprefix("W/")}.isdisjoint(each.strip().removeprefix("W/") for each in known.split(","))
