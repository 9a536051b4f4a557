"""What is kept of a page for other readers of the same address."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from data.query.filters import Filters
from data.reading.live import current
from pages.frame.view import MAX_KEPT_ADDRESS, View


def write_twice(query: dict[str, str]) -> int:
    """How often a part of a page is written that two readers ask for."""
    written: list[str] = []
    page = cast(Any, SimpleNamespace(url_path="map"))
    for _ in range(2):
        view = View(current(), "en", Filters(), (), {}, page, query)
        assert view.remember("part", lambda: written.append("part") or "part") == "part"  # type: ignore[func-returns-value]
    return len(written)


@pytest.mark.parametrize(("length", "times"), [(10, 1), (MAX_KEPT_ADDRESS, 2), (1_000_000, 2)])
def test_a_page_is_written_once_but_never_kept_by_an_address_that_no_browser_has(length, times):
    assert write_twice({"unknown": "x" * length}) == times
