"""What is doubtful about a metric, as sentences: its caveats, and the meaning of each flag that no caveat explains."""

from __future__ import annotations

from collections.abc import Mapping

from data.model.gaps import Flag
from data.model.schema import CaveatKind, Lang
from data.query.table import LIST_SEPARATOR
from data.wording.labels import FLAG_MEANINGS, t, upper_first
from data.wording.rows import MetricRow

EXPLAINED_BY: Mapping[Flag, tuple[CaveatKind, ...]] = {
    "contradicted": ("conflicting",),
    "naming": ("naming",),
    "scope": ("scope_differs",),
    "mixed_units": ("mixed_units",),
    "undated": ("undated",),
    "unclear": ("percent_or_points", "unclear_denominator", "of_the_increment"),
}
"""The caveats whose notes say what a flag means for this metric."""
_NOTE_ALONE: tuple[CaveatKind, ...] = ("undated", "conflicting", "naming", "other")
"""Caveats whose note needs no heading, because it would say the same again."""


def list_doubts(row: MetricRow, lang: Lang) -> list[str]:
    """Return the doubts about a metric, a sentence each, none of them twice."""
    kinds = _list_kinds(row)
    flags = (flag for flag in row.flag_ids if not any(kind in kinds for kind in EXPLAINED_BY.get(flag, ())))
    told = (FLAG_MEANINGS[flag][lang] for flag in flags)
    meanings = [upper_first(meaning) + t(lang, "。", ".") for meaning in told]
    return list(dict.fromkeys([*meanings, *write_caveats(row, lang)]))


def write_caveats(row: MetricRow, lang: Lang) -> list[str]:
    """Return the notes of a metric's caveats, after the word for the kind where a note does not say it itself."""
    colon = t(lang, "：", ": ")
    return [
        note if kind in _NOTE_ALONE else f"{upper_first(word)}{colon}{note}"
        for kind, word, note in zip(_list_kinds(row), row.caveat_words, row.caveat_notes, strict=True)
    ]


def _list_kinds(row: MetricRow) -> list[str]:
    return row.caveats.split(LIST_SEPARATOR) if row.caveats else []
