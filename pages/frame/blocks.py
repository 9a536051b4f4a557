"""A compact list of metrics."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.labels import DIFFERS
from data.wording.rows import MetricRow
from pages.frame.elements import format_list


def format_compact(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return metrics in small print, each in a line with its grade and flags."""
    item = Markup("<b>{}</b> {} <small>{}{}</small>")
    return format_list(
        (
            item.format(
                _main_value(row),
                row.name,
                " · ".join((row.grade if row.rule.is_evidence else row.grade_word, *row.doubt_words)),
                f" ≠ {DIFFERS[lang]}" if row.differing else "",
            )
            for row in rows
        ),
        "compact",
    )


def _main_value(row: MetricRow) -> str:
    return row.change_label or row.after_label or row.before_label
