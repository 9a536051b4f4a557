"""Every form in which the dataset is handed out. `python -m data.export metrics.csv` (or .xlsx, .json, .zip) writes it without a server."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from data.command import Parser, show
from data.extract import Extract
from data.load import read_dataset
from data.package import package
from data.plain import csv_bytes, json_bytes
from data.problems import quoted
from data.workbook import workbook

__all__ = ["FORMATS", "Format", "csv_bytes", "file_name", "filter_parts", "name_part"]


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


def file_name(extract: Extract, ending: str = "csv") -> str:
    """What a download is called: the filter is in the name, `henan-reforms_2020_luoyang_health.csv`."""
    return "_".join(["henan-reforms", str(extract.dataset.source.year), *filter_parts(extract)]) + f".{ending}"


def filter_parts(extract: Extract) -> list[str]:
    """What was asked for as parts of a file's name, four at most."""
    asked = extract.filters
    cities = {
        place.code: place.id for place in extract.dataset.places.values() if place.kind in ("province", "prefecture")
    }
    parts = [
        *(cities[code] for code in asked.city),
        *asked.domain,
        *asked.grade,
        *asked.role,
        *(name_part(name.rpartition(".")[2]) for name in (asked.search, *extract.only) if name),
    ]
    return parts if len(parts) <= 4 else [*parts[:3], f"and-{len(parts) - 3}-more"]


def name_part(text: str) -> str:
    """Text as a part of a file's name: letters and digits of any script, at most 40 of them."""
    return "-".join(re.findall(r"[^\W_]+", text[:40])) or "search"


def main(arguments: list[str] | None = None) -> int:
    parser = Parser(prog="python -m data.export", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write, for example metrics.csv; the ending chooses the form")
    parser.add_folder()
    given = parser.parse_args(arguments)
    target: Path = given.file
    form = FORMATS.get(target.suffix.removeprefix(".").lower())
    if form is None:
        endings = ", ".join(f".{ending}" for ending in FORMATS)
        parser.refuse(f"file: found {quoted(target)}. Write a file whose name ends in one of: {endings}")
    if not target.parent.is_dir():
        parser.refuse(f"file: found {quoted(target)}. There is no folder {quoted(target.parent)}. Make it first")
    dataset, problems = read_dataset(parser.data_folder(given.folder))
    if dataset is None:
        show(*(problem for problem in problems if problem.severity == "error"), stream=sys.stderr)
        return 1
    extract = Extract(dataset)
    try:
        target.write_bytes(form.write(extract))
    except OSError as error:
        parser.refuse(f"file: found {quoted(target)}. It cannot be written ({error.strerror}). Write another file")
    table = extract.table("metrics")
    show(f"{target}: {len(table)} rows, {len(table.columns)} columns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
