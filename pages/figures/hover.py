"""What a mark says when it is pointed at."""

from __future__ import annotations

from data.model.schema import Lang
from data.wording.labels import say
from data.wording.rows import MetricRow
from pages.figures.style import safe, wrapped


def hover_text(row: MetricRow, lang: Lang) -> str:
    """Finding, place, periods, grade, formula where an end or the index is derived, and the words of the source."""
    colon = say(lang, "：", ": ")
    lines = [
        *(f"<b>{safe(line)}</b>" for line in wrapped(row.finding, 30)),
        f"{safe(row.place)} · {safe(row.periods)}",
        f"{row.grade} {safe(row.grade_word)}" + (f" · {safe(row.direction_word)}" if row.direction_word else ""),
    ]
    if row.formula_label:
        lines += [safe(line) for line in wrapped(say(lang, "推算", "Derived") + colon + row.formula_label, 34)]
    quoted = say(lang, "原文", "Source words") + colon + "“" + row.phrases.replace(" | ", "” “") + "”"
    return "<br>".join([*lines, *(safe(line) for line in wrapped(quoted, 34))])
