"""Long lists by pages."""

from __future__ import annotations


def page_range(total: int, size: int, number: int) -> range:
    """Return the entries of a page, counted from 1, or of the nearest that exists, with `size` of `total` a page."""
    number = min(max(number, 1), max(1, -(-total // size)))
    return range((number - 1) * size, min(number * size, total))


def cases_per_page(total: int) -> int:
    """Return how many of `total` cases stand in one table: up to 12 together, as the ten of 2020; of more 10 a page."""
    return 10 if total > 12 else 12
