"""The metrics table: one row a figure, the columns stable, the same for pages, downloads and data links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

import pandas as pd

from data.model.evidence import DerivedEnd, Evidence, Origin, number
from data.model.gaps import flags_of, missing_ends
from data.model.schema import Case, Change, End, Lang, Metric, Text
from data.model.tables import Tables

_FIRST = """
case_id case_number year case_title_zh case_title_en domains place_id place_zh place_en
prefecture_code prefecture_zh prefecture_en metric_id metric_zh metric_en subject_zh subject_en
role status better headline unit_id unit_zh unit_en
"""
_END = "value low high text unit_id bound period period_kind origin value_basis period_basis"
_LAST = """
change_value change_low change_high change_text change_kind change_bound change_origin
index index_bound direction grade formula compared_with caveats caveat_notes_zh caveat_notes_en
conflict_ids section phrases flags missing phrases_en section_en
source_title_zh source_title_en source_date elsewhere_relations
unit_factor base_unit_zh base_unit_en before_base after_base change_base
"""
COLUMNS: tuple[str, ...] = (
    *_FIRST.split(),
    *(f"{side}_{name}" for side in ("before", "after") for name in _END.split()),
    *_LAST.split(),
)
LIST_SEPARATOR = " | "
NUMBERS = tuple(name for name in COLUMNS if name.endswith(("_value", "_low", "_high", "_base")) or name == "index")
INTEGERS = ("case_number", "year", "headline", "unit_factor")
_TYPES: Mapping[str, str] = {**dict.fromkeys(NUMBERS, "float64"), **dict.fromkeys(INTEGERS, "Int64")}
Row = dict[str, Any]


def sort_rows(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return a table in the order of these columns; `-name` is descending. What is missing comes last."""
    names, ascending = [key.removeprefix("-") for key in keys], [not key.startswith("-") for key in keys]
    return rows.sort_values(names, ascending=ascending, kind="stable", na_position="last")


def build(metrics: Iterable[tuple[Case, Metric, Evidence]], tables: Tables) -> pd.DataFrame:
    """Return the table of these metrics, each with its case and evidence; columns as in COLUMNS.

    Numbers are in the printed unit, those of the columns `…_base` times its multiplier; nothing missing is filled.
    """
    rows = [row(*metric, tables) for metric in metrics]
    columns = {name: [cells.get(name) for cells in rows] for name in COLUMNS}
    return pd.DataFrame({name: pd.array(cells, _TYPES.get(name, "string")) for name, cells in columns.items()})


def split_languages(name: str, text: Text | None) -> Row:
    """Return a text as the cells of two columns, one a language."""
    return {f"{name}_{lang}": text[lang] if text else None for lang in get_args(Lang)}


def row(case: Case, metric: Metric, evidence: Evidence, tables: Tables) -> Row:
    """One figure by column; a column that holds nothing may be left out."""
    source = tables.source_of(case)
    place, unit = tables.places[metric.place], tables.units[metric.unit]
    code = tables.prefecture_code(metric.place)
    prefecture = tables.map_units.get(code or "")
    cells: Row = {
        "case_id": case.id,
        "case_number": case.number,
        "year": case.year,
        "domains": LIST_SEPARATOR.join(case.domains),
        "place_id": place.id,
        "prefecture_code": code,
        "metric_id": metric.id,
        "role": metric.role,
        "status": metric.status,
        "better": metric.better,
        "headline": case.headlines.index(metric.id) + 1 if metric.id in case.headlines else None,
        "unit_id": unit.id,
        "unit_factor": int(unit.scale),
        "index": evidence.index,
        "index_bound": evidence.index_bound,
        "direction": evidence.direction,
        "grade": evidence.grade,
        "formula": evidence.formula or None,
        "compared_with": _yardstick(metric),
        "caveats": join_values(caveat.kind for caveat in metric.caveats),
        "conflict_ids": join_values(conflict.id for conflict in case.conflicts if metric.id in conflict.metrics),
        "section": metric.section.zh,
        "section_en": metric.section.en,
        "phrases": join_values(phrase.text for phrase in metric.phrases),
        "phrases_en": join_values(phrase.en for phrase in metric.phrases),
        "flags": join_values(flags_of(case, metric)),
        "source_date": source.date,
        "elsewhere_relations": join_values(reading.relation for reading in metric.elsewhere),
        "missing": join_values(map(str, missing_ends(metric, evidence))),
    }
    cells |= split_languages("case_title", case.title) | split_languages("place", place.name)
    cells |= split_languages("prefecture", prefecture.name if prefecture else None)
    cells |= split_languages("metric", metric.name) | split_languages("subject", metric.subject)
    cells |= split_languages("unit", unit.printed_name) | split_languages("base_unit", unit.base_name)
    cells |= split_languages("source_title", source.title)
    for lang in get_args(Lang):
        cells[f"caveat_notes_{lang}"] = join_values(caveat.note[lang] for caveat in metric.caveats)
    cells |= _end("before", metric.before, evidence.before, metric.unit)
    cells |= _end("after", metric.after, evidence.after, metric.unit)
    cells |= _change(metric.change or evidence.derived_change, "derived" if evidence.derived_change else "stated")
    for side in ("before", "after", "change"):
        in_unit = cells.get("change_kind") == "difference" if side == "change" else cells[f"{side}_unit_id"] == unit.id
        value = cells.get(f"{side}_value") if in_unit else None
        cells[f"{side}_base"] = None if value is None else float(Decimal(str(value)) * int(unit.scale))
    return cells


def _end(side: str, printed: End | None, drawn: DerivedEnd, unit_id: str) -> Row:
    low, high = drawn.span or (None, None)
    single = low == high
    period = printed.period if printed else None
    present = drawn.origin != "missing"
    values = {
        "value": low if single else None,
        "low": None if single else low,
        "high": None if single else high,
        "text": _both(printed.text) if printed and printed.text else None,
        "unit_id": ((printed.unit if printed else None) or unit_id) if present else None,
        "bound": drawn.bound if drawn.span else None,
        "period": period.iso() if period else None,
        "period_kind": period.kind if period else None,
        "origin": drawn.origin,
        "value_basis": printed.basis_of_value if printed and present else "unstated",
        "period_basis": printed.basis_of_period if printed else "unstated",
    }
    return {f"{side}_{name}": value for name, value in values.items()}


def _change(change: Change | None, origin: Origin) -> Row:
    if change is None:
        return {"change_origin": "missing"}
    return {
        "change_value": change.value,
        "change_low": change.low,
        "change_high": change.high,
        "change_text": _both(change.text) if change.text else None,
        "change_kind": change.kind,
        "change_bound": change.bound if change.numeric else None,
        "change_origin": origin,
    }


def _both(text: Any) -> str:
    return f"{text.zh} / {text.en}"


def join_values(values: Iterable[str]) -> str | None:
    """Return values as one cell."""
    return LIST_SEPARATOR.join(values) or None


def _yardstick(metric: Metric) -> str | None:
    if metric.compared_with is None:
        return None
    label, end = metric.compared_with.label, metric.compared_with.end
    value = _both(end.text) if end.text else "–".join(dict.fromkeys(map(number, end.span or ())))
    return f"{_both(label)}: {value}".rstrip(": ")
