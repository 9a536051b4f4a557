"""Every form in which the dataset is handed out. `python -m data.export metrics.csv` (or .xlsx, .json, .zip) writes it without a server."""

from __future__ import annotations

import sys
from pathlib import Path

from data.command import Parser, show
from data.downloads.extract import Extract
from data.downloads.formats import FORMATS
from data.model.problems import quoted
from data.reading.load import read_dataset


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
