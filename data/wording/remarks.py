"""What is said beside a metric: what is missing of it, what of it is calculated, and what is doubtful.

The words are in words.yaml; here is decided which of them hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.model.gaps import Flag, Side
from data.model.schema import CaveatKind, Lang
from data.query.table import LIST_SEPARATOR
from data.wording.labels import DERIVED_WORDS, FLAG_MEANINGS, MISSING_WORDS, t, upper_first
from data.wording.rows import MetricRow
from data.wording.words import Missing

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


def find_missing(row: MetricRow) -> Missing | None:
    """Return why a metric has not two values that can be compared; None if it has them."""
    if row.before_label and row.after_label:
        return "units" if in_two_units(row) else None
    if not row.rule.is_evidence:
        return "plan"
    if row.rule.drawing == "words":
        return "words"
    if row.change_kind == "multiple" and not row.since and not row.before_label:
        return "compared"
    if row.before_label or row.after_label:
        return "later" if row.before_label else "earlier"
    return "neither_rank" if row.dimension == "rank" else "neither"


def find_missing_end(row: MetricRow, side: Side) -> Missing | None:
    """Return why a result has no value at one end; None if it has one, and where no change is meant: a single value."""
    stated = row.before_label if side == "before" else row.after_label
    tells_change = row.change_label or row.before_label
    return "value" if row.missing and tells_change and not stated else None


def find_missing_change(row: MetricRow) -> Missing | None:
    """Return why a metric has no change; None if it has one."""
    if row.change_label:
        return None
    if row.before_label and row.after_label:
        return "units" if in_two_units(row) else "change"
    return "value"


def in_two_units(row: MetricRow) -> bool:
    """Whether its ends are in two units."""
    return len({row.before_unit_id, row.after_unit_id} - {None}) > 1


def say_missing(row: MetricRow, lang: Lang) -> str:
    """Return the words of `find_missing`; empty if nothing is missing."""
    reason = find_missing(row)
    return MISSING_WORDS[reason][lang] if reason else ""


def has_derived_end(row: MetricRow) -> bool:
    """Whether one of its ends is calculated from the other."""
    return "derived" in (row.before_origin, row.after_origin)


def say_calculated(row: MetricRow, lang: Lang) -> str:
    """Return which end of a metric is calculated, or that its change is; empty if neither is."""
    if has_derived_end(row):
        return DERIVED_WORDS["before" if row.before_origin == "derived" else "after"][lang]
    return DERIVED_WORDS["change"][lang] if row.change_origin == "derived" else ""


def say_remark(row: MetricRow, lang: Lang) -> str:
    """Return what is calculated and what is missing, for beside its values."""
    return t(lang, "；", "; ").join(filter(None, (say_calculated(row, lang), say_missing(row, lang))))


def group_needed(rows: Iterable[MetricRow]) -> dict[str, list[str]]:
    """Return what would complete metrics, with the names of those that lack it."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.needed:
            names.setdefault(row.needed, []).append(row.name)
    return names


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
