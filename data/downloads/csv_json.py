"""Tables and cases as text that any program reads: CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import orjson
import pandas as pd

from data.downloads.extract import Extract
from data.model.schema import Case, Model

CHUNK_ROWS = 1000
"""Number of rows that are written at a time: all rows of a large table at once take three times its memory."""
_FORMULA_PREFIXES = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def write_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with a byte order mark, which Excel needs to read Chinese.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    parts = [_write_lines([table.columns]).encode("utf-8-sig")]
    for start in range(0, len(table), CHUNK_ROWS):
        chunk = table.iloc[start : start + CHUNK_ROWS]
        rows = zip(*(_format_column(chunk[name]) for name in chunk.columns), strict=True)
        parts.append(_write_lines(rows).encode())
    return b"".join(parts)


def _write_lines(rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _format_column(column: pd.Series[Any]) -> list[object]:
    """Return the cells of a column: missing ones empty, whole numbers without a point, formulas as text."""
    values = _list_values(column)
    if pd.api.types.is_numeric_dtype(column):
        return ["" if value is None else _format_number(value) for value in values]
    return ["" if value is None else value if value[:1].isalnum() else _escape_formula(value) for value in values]


def _format_number(value: float) -> float | str:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value


def _escape_formula(value: str) -> str:
    is_formula = value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(_FORMULA_PREFIXES)
    return f"'{value}" if is_formula else value


def write_json(extract: Extract) -> bytes:
    """Return the extract's table as a list of objects, with its source, licence and filters.

    `matching` is the number of rows before `limit` and `offset`; missing values are null.
    """
    table = extract.table(extract.table_name)
    return _dump(
        {
            **extract.provenance,
            "matching": len(extract.full_table(extract.table_name)),
            "rows": len(table),
            "columns": list(table.columns),
            extract.table_name: to_records(table),
        }
    )


def to_records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows as dictionaries of Python values, with None for missing ones."""
    names = list(table.columns)
    columns = [_list_values(table[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _list_values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column as Python values, with None for missing ones. Columns are read faster than rows."""
    return [None if value is None or value is pd.NA or value != value else value for value in column.to_list()]


def write_case_json(extract: Extract, case: Case) -> bytes:
    """Return one case with the fields of its file, the evidence derived for each metric, and its source."""
    at = extract.dataset.positions[case.id]
    own = extract.dataset.metrics[at.start : at.stop]
    metrics = [{**_to_dict(metric), "evidence": evidence} for _, metric, evidence in own]
    provenance = extract.provenance
    return _dump(
        {
            "source": extract.dataset.source_of(case).model_dump(),
            "licence": provenance["licence"],
            "rights": provenance["rights"],
            **({"page": extract.link_case(case.id)} if extract.address else {}),
            "case": {**_to_dict(case), "metrics": metrics},
        }
    )


def _dump(value: object) -> bytes:
    return orjson.dumps(value, _to_dict, option=orjson.OPT_APPEND_NEWLINE)


def _to_dict(part: Model) -> dict[str, object]:
    """Return a part of a case with the fields that a case file would have."""
    return part.model_dump(exclude_none=True)
