"""What is missing from a metric, and what of it is calculated: which reason holds, and its words."""

from __future__ import annotations

from data.model.gaps import Side
from data.model.schema import Lang
from data.query.table import LIST_SEPARATOR
from data.wording.labels import DERIVED_WORDS, MISSING_WORDS, t
from data.wording.rows import MetricRow
from data.wording.words import Missing


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
    """Return why a result has no value at one end; None if it has one, and where none is to be expected."""
    lacking = [end.partition(" ")[0] for end in (row.missing or "").split(LIST_SEPARATOR)]
    stated = row.before_label if side == "before" else row.after_label
    return "value" if side in lacking and not stated else None


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
