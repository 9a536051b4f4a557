"""`python -m tests.bench.office`: LibreOffice opens and saves the workbook and the Word documents; every cell, link and
paragraph must be the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import docx
import openpyxl

from data import load_dataset
from data.downloads.excel import write_workbook
from data.downloads.extract import Extract
from data.downloads.word import write_case
from data.query.filters import Filters
from data.reading.load import Dataset

FILTERS = {
    "all": Filters(),
    "filtered": Filters(city=("411200",), domain=("finance",)),
    "nothing": Filters(search="zzz"),
}


def files(dataset: Dataset) -> Mapping[str, bytes]:
    """The workbook of all, filtered and no rows, and every case document in both languages, by file name."""
    books = {
        f"{name}.xlsx": write_workbook(Extract(dataset, filters, "http://localhost:8501"))
        for name, filters in FILTERS.items()
    }
    return books | {
        f"{case.id}_{lang}.docx": write_case(dataset, case, lang) for case in dataset.cases for lang in ("zh", "en")
    }


def saved_anew(given: Iterable[Path], folder: Path) -> None:
    """LibreOffice's copies of files of one kind, in `folder`. RuntimeError if it cannot open one."""
    given = list(given)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", given[0].suffix[1:], "--outdir", folder, *given],
        check=True,
        capture_output=True,
    )
    if lost := [path.name for path in given if not (folder / path.name).exists()]:
        raise RuntimeError(f"not opened: {', '.join(lost)}")


def held(path: Path) -> list[Any]:
    """Everything that a reader finds in a file, in order."""
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        return [paragraph.text for paragraph in document.paragraphs] + [
            cell.text for table in document.tables for row in table.rows for cell in row.cells
        ]
    return [
        (
            sheet.title,
            cell.coordinate,
            cell.value,
            cell.value is not None and cell.data_type,
            cell.hyperlink and cell.hyperlink.target,
        )
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
    ]


def main() -> int:
    with TemporaryDirectory() as name:
        folder = Path(name)
        given = folder / "given"
        given.mkdir()
        for file, content in files(load_dataset()).items():
            (given / file).write_bytes(content)
        for ending in ("xlsx", "docx"):
            saved_anew(sorted(given.glob(f"*.{ending}")), folder)
        different = 0
        for path in sorted(given.iterdir()):
            ours, theirs = held(path), held(folder / path.name)
            differ = abs(len(ours) - len(theirs)) + sum(one != other for one, other in zip(ours, theirs, strict=False))
            print(f"{path.name}: {len(ours)} parts, {differ} differ")
            different += differ
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
