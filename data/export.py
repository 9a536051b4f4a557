"""Every form in which the dataset is handed out. `python -m data.export metrics.csv` (or .xlsx, .json, .zip) writes it without a server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.downloads.extract import Extract
from data.downloads.formats import FORMATS
from data.reading.load import DatasetError, load_dataset


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m data.export", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write, for example metrics.csv; the ending chooses the form")
    target = parser.parse_args(arguments).file
    form = FORMATS.get(target.suffix.removeprefix(".").lower())
    if form is None:
        parser.error(
            f"{target}: no form is called {target.suffix or 'nothing'}. Write one of: {', '.join(f'.{ending}' for ending in FORMATS)}"
        )
    try:
        extract = Extract(load_dataset())
        target.write_bytes(form.write(extract))
    except (DatasetError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    table = extract.table("metrics")
    print(f"{target}: {len(table)} rows, {len(table.columns)} columns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
