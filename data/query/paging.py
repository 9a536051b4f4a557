"""Long lists by pages."""

from __future__ import annotations

MAX_ALL_CASES = 12
"""Maximum number of cases that stand in one table; the ten of 2020 do."""
CASES_PER_PAGE = 10
"""Number of cases a page if there are more than MAX_ALL_CASES."""


def page_range(total: int, size: int, number: int) -> range:
    """Return the entries of a page, counted from 1, or of the nearest that exists, with `size` of `total` a page."""
    number = min(max(number, 1), max(1, -(-total // size)))
    return range((number - 1) * size, min(number * size, total))


def cases_per_page(total: int) -> int:
    """Return how many of `total` cases stand in one table."""
    return CASES_PER_PAGE if total > MAX_ALL_CASES else MAX_ALL_CASES
