"""The hover text of a mark."""

from __future__ import annotations

from data.model.schema import Lang
from data.wording.labels import DERIVED_WORDS, t
from data.wording.rows import MetricRow
from pages.figures.text import escape, wrap


def hover_text(row: MetricRow, lang: Lang) -> str:
    """Finding, place, periods, grade, formula of what is derived, and the words of the source, as markup."""
    colon = t(lang, "：", ": ")
    lines = [
        *(f"<b>{escape(line)}</b>" for line in wrap(row.finding, 30)),
        f"{escape(row.place)} · {escape(row.periods)}",
        f"{row.grade} {escape(row.grade_word)}" + (f" · {escape(row.direction_word)}" if row.direction_word else ""),
    ]
    if row.formula_label:
        lines += map(escape, wrap(DERIVED_WORDS["title"][lang] + colon + row.formula_label, 34))
    quoted = t(lang, "原文", "Source words") + colon + "“" + row.phrases.replace(" | ", "” “") + "”"
    return "<br>".join([*lines, *map(escape, wrap(quoted, 34))])
