"""Tables as text that any program reads: CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson
import pandas as pd

from data.evidence import derive
from data.extract import Extract
from data.schema import Case, Model

ROWS_AT_ONCE = 1000
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs for Chinese; text that a spreadsheet would run as a formula begins with an apostrophe."""
    return b"".join(csv_parts(table))


def csv_parts(table: pd.DataFrame) -> Iterator[bytes]:
    """The same in parts of ROWS_AT_ONCE rows: a large table is never held twice."""
    yield _lines([table.columns]).encode("utf-8-sig")
    for start in range(0, len(table), ROWS_AT_ONCE):
        rows = table.iloc[start : start + ROWS_AT_ONCE].astype(object).itertuples(index=False, name=None)
        yield _lines([_cell(value) for value in row] for row in rows).encode()


def _lines(rows: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str) and (value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(_FORMULA)):
        return f"'{value}"
    return value


def json_bytes(extract: Extract) -> bytes:
    """The table that the extract is of, as objects beside their source, licence and filter. `matching` counts the rows before `limit`; missing is null."""
    table = extract.table(extract.of)
    return _json(
        {
            **extract.provenance,
            "matching": len(extract.whole(extract.of)),
            "rows": len(table),
            "columns": list(table.columns),
            extract.of: records(table),
        }
    )


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries of plain values, None where one is missing."""
    plain = table.astype(object)
    found: list[dict[str, Any]] = plain.where(table.notna(), None).to_dict("records")
    return found


def case_bytes(extract: Extract, case: Case) -> bytes:
    """One case as its file has it, each figure with the evidence that follows from it, and the document it comes from."""
    metrics = [
        {**metric.model_dump(exclude_none=True), "evidence": derive(metric, extract.dataset.units)}
        for metric in case.metrics
    ]
    body = {**case.model_dump(exclude_none=True), "metrics": metrics}
    page = {"page": extract.page(case.id)} if extract.address else {}
    return _json(
        {"source": extract.provenance["source"], "licence": extract.provenance["licence"], **page, "case": body}
    )


def _json(value: Any) -> bytes:
    return orjson.dumps(value, _as_in_a_file, option=orjson.OPT_APPEND_NEWLINE)


def _as_in_a_file(value: Model) -> dict[str, Any]:
    """A part of a case as a case file has it."""
    return value.model_dump(exclude_none=True)
