"""The forms in which the metrics table is handed out, each with what writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from data.downloads.csv_json import csv_bytes, json_bytes
from data.downloads.excel import workbook
from data.downloads.extract import Extract
from data.downloads.package import package


class Format(NamedTuple):
    """One form: what readers call it, its media type, and what writes it."""

    name: str
    media_type: str
    write: Callable[[Extract], bytes]


FORMATS: Mapping[str, Format] = {
    "csv": Format("CSV", "text/csv", lambda extract: csv_bytes(extract.table("metrics"))),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
    "json": Format("JSON", "application/json", json_bytes),
    "zip": Format("ZIP", "application/zip", package),
}
"""The forms of the metrics table, by the ending of their files."""
