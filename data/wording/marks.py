"""What the marks of charts mean: one legend for pages, images, the report and Word."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.schema import Lang
from data.wording.formatting import BOUND_NAMES
from data.wording.labels import MARK_MEANINGS, MARK_WORDS, t, upper_first
from data.wording.remarks import find_missing, has_derived_end, say_missing
from data.wording.rows import MetricRow
from data.wording.words import Mark

_AXES: tuple[Mark, ...] = ("baseline", "unnamed_baseline")
"""Marks whose meaning is what their axis is."""
_OF_BARS: tuple[Mark, ...] = ("bar", "open_end", "dotted")


def say_meaning(mark: Mark, lang: Lang) -> str:
    """Return what a mark means: `calculated`."""
    return MARK_MEANINGS[mark][lang].format(**{bound: name[lang] for bound, name in BOUND_NAMES.items()})


def explain_mark(mark: Mark, lang: Lang) -> str:
    """Return a mark with its meaning: `hollow: calculated`; of an axis, `before = 100, on a logarithmic scale`."""
    between = t(lang, "，", ", ") if mark in _AXES else t(lang, "：", ": ")
    return MARK_WORDS[mark][lang] + between + say_meaning(mark, lang)


def find_marks(rows: Iterable[MetricRow]) -> list[Mark]:
    """Return the marks that these metrics have where they are drawn, and no others: a legend."""
    drawn = list(rows)
    arrows = [row for row in drawn if row.rule.has_index and row.index is not None]
    seen: dict[Mark, bool] = {
        "arrow": bool(arrows),
        "improved": any(row.direction == "improved" for row in drawn),
        "worsened": any(row.direction == "worsened" for row in drawn),
        "unjudged": any(row.direction is None for row in arrows),
        "hollow": any(map(has_derived_end, drawn)),
        "open_head": any(row.index_bound in OPEN_BOUNDS for row in arrows),
        "dotted": any(row.index_bound in APPROXIMATE_BOUNDS for row in arrows),
        "dashed": any(row.doubtful for row in arrows),
    }
    return [mark for mark, is_seen in seen.items() if is_seen]


def is_bar(mark: Mark, legend: Collection[Mark]) -> bool:
    """Return whether a legend has this mark as a bar, as it is seen."""
    return "bar" in legend and (mark in _OF_BARS or "pair" not in legend)


def explain_index(row: MetricRow, lang: Lang) -> str:
    """Say below an index what is 100, what is missing, and what its dashes mean."""
    baseline = _find_baseline(row)
    sentences = (
        explain_mark(baseline, lang),
        row.after_label and t(lang, f"现为{row.after_label}", f"now {row.after_label}"),
        say_missing(row, lang) if baseline == "baseline" else "",
        explain_mark("dashed", lang) if row.doubtful else "",
    )
    return t(lang, "", " ").join(_write_sentence(text, lang) for text in sentences if text)


def _find_baseline(row: MetricRow) -> Mark:
    return "unnamed_baseline" if find_missing(row) == "compared" else "baseline"


def _write_sentence(text: str, lang: Lang) -> str:
    return upper_first(text) + t(lang, "。", ".")
