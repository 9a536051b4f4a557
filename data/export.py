"""The command `python -m data.export`: writes the whole dataset to a file, in any of the download formats."""

from __future__ import annotations

import sys
from pathlib import Path

from data.command import Parser, show
from data.downloads.extract import Extract
from data.downloads.formats import FORMATS
from data.model.problems import quoted
from data.reading.load import read_dataset

_FIRST, *_OTHERS = (f".{ending}" for ending in FORMATS)
DESCRIPTION = (
    f"Every form in which the dataset is handed out. `python -m data.export metrics{_FIRST}` (or {', '.join(_OTHERS)}) "
    "writes it without a server."
)


def main(arguments: list[str] | None = None) -> int:
    """Write the file and return the exit status: 1 if the dataset has errors, 2 for wrong arguments, otherwise 0."""
    parser = Parser(prog="python -m data.export", description=DESCRIPTION)
    parser.add_argument(
        "file", type=Path, help=f"where to write, for example metrics{_FIRST}; the ending chooses the form"
    )
    parser.add_folder()
    options = parser.parse_args(arguments)
    target: Path = options.file
    chosen = FORMATS.get(target.suffix.removeprefix(".").lower())
    if chosen is None:
        endings = ", ".join((_FIRST, *_OTHERS))
        parser.reject(f"file: found {quoted(target)}. Write a file whose name ends in one of: {endings}")
    if not target.parent.is_dir():
        parser.reject(f"file: found {quoted(target)}. There is no folder {quoted(target.parent)}. Make it first")
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*(problem for problem in problems if problem.severity == "error"), stream=sys.stderr)
        return 1
    extract = Extract(dataset)
    try:
        target.write_bytes(chosen.write(extract))
    except OSError as error:
        parser.reject(f"file: found {quoted(target)}. It cannot be written ({error.strerror}). Write another file")
    table = extract.table("metrics")
    show(f"{target}: {len(table)} rows, {len(table.columns)} columns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
