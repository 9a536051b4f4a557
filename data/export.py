"""The metrics table as a file. `python -m data.export metrics.csv` writes it without a server."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

import pandas as pd

from data.filters import Filters
from data.load import Dataset, DatasetError, load_dataset

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs for Chinese; text that a spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.astype(object).itertuples(index=False, name=None))
    return out.getvalue().encode("utf-8-sig")


def file_name(dataset: Dataset, filters: Filters, ending: str = "csv") -> str:
    """What a download is called: the filter is in the name, `henan-reforms_2020_410300_health.csv`."""
    parts = [*filters.city, *filters.domain, *filters.grade, *filters.role, *(["search"] if filters.search else [])]
    kept = parts if len(parts) <= 4 else [*parts[:3], f"and-{len(parts) - 3}-more"]
    return "_".join(["henan-reforms", str(dataset.source.year), *kept]) + f".{ending}"


def _cell(value: object) -> object:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str) and (value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(_FORMULA)):
        return f"'{value}"
    return value


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m data.export", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write, for example metrics.csv")
    target = parser.parse_args(arguments).file
    try:
        table = load_dataset().table
        target.write_bytes(csv_bytes(table))
    except (DatasetError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target}: {len(table)} rows, {len(table.columns)} columns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
