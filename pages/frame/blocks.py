"""A compact list of metrics."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.markup.environment import render


def format_compact(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return metrics in small print, each in a line with its grade and flags."""
    return render("card", "compact", lang, rows)
