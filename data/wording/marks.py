"""What the marks of charts mean: one legend for pages, images, the report and Word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.schema import Lang
from data.wording.formatting import BOUND_NAMES
from data.wording.labels import MARK_MEANINGS, MARK_WORDS, t, upper_first
from data.wording.remarks import find_missing, has_derived_end, say_missing
from data.wording.rows import MetricRow
from data.wording.words import Mark

_AXES: tuple[Mark, ...] = ("arrow", "baseline", "unnamed_baseline")
"""Marks whose meaning is what their axis is."""


def explain_mark(mark: Mark, lang: Lang) -> str:
    """Return a mark with its meaning: `hollow: calculated`; of an axis, `before = 100, on a logarithmic scale`."""
    between = t(lang, "，", ", ") if mark in _AXES else t(lang, "：", ": ")
    meaning = MARK_MEANINGS[mark][lang].format(**{bound: name[lang] for bound, name in BOUND_NAMES.items()})
    return MARK_WORDS[mark][lang] + between + meaning


def find_marks(rows: Sequence[MetricRow]) -> list[Mark]:
    """Return the colors and the kinds of marks that these metrics have where they are drawn, and no others."""
    drawn: dict[Mark, bool] = {
        "improved": any(row.direction == "improved" for row in rows),
        "worsened": any(row.direction == "worsened" for row in rows),
        "unjudged": any(row.direction is None for row in rows),
        "hollow": any(map(has_derived_end, rows)),
        "open_head": any(row.index_bound in OPEN_BOUNDS for row in rows),
        "dotted": any(row.index_bound in APPROXIMATE_BOUNDS for row in rows),
        "striped": any(row.doubtful for row in rows),
    }
    return [mark for mark, seen in drawn.items() if seen]


def explain_marks(rows: Sequence[MetricRow], lang: Lang) -> list[str]:
    """Explain the marks that these metrics have."""
    return [explain_mark(mark, lang) for mark in find_marks(rows)]


def explain_chart(row: MetricRow, lang: Lang) -> list[str]:
    """Explain the marks of the chart of one metric; an index has a baseline."""
    baseline = [explain_mark(_find_baseline(row), lang)] if row.rule.drawing == "index" else []
    return [*baseline, *explain_marks([row], lang)]


def explain_index(row: MetricRow, lang: Lang) -> str:
    """Say below an index what is 100, what is missing, and what its stripes mean."""
    baseline = _find_baseline(row)
    sentences = (
        explain_mark(baseline, lang),
        row.after_label and t(lang, f"现为{row.after_label}", f"now {row.after_label}"),
        say_missing(row, lang) if baseline == "baseline" else "",
        explain_mark("striped", lang) if row.doubtful else "",
    )
    return t(lang, "", " ").join(_write_sentence(text, lang) for text in sentences if text)


def join_marks(marks: Iterable[Mark], lang: Lang) -> str:
    """Explain some marks in a sentence."""
    return _write_sentence(t(lang, "；", "; ").join(explain_mark(mark, lang) for mark in marks), lang)


def _find_baseline(row: MetricRow) -> Mark:
    return "unnamed_baseline" if find_missing(row) == "compared" else "baseline"


def _write_sentence(text: str, lang: Lang) -> str:
    return upper_first(text) + t(lang, "。", ".")
