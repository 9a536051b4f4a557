"""`python -m tests.bench.office [folder]`: LibreOffice opens and saves the workbook and the Word documents; every cell,
link and paragraph must be the same, and a brief has two pages at most. The documents stay in the folder as PDF.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import docx
import openpyxl

from data import load_dataset
from data.downloads.excel import write_workbook
from data.downloads.extract import Extract
from data.downloads.word import write_case, write_selection
from data.model.schema import Lang
from data.query.filters import Filters, select
from data.reading.load import Dataset

ANNEX = "annex"
SHEETS = re.compile(rb"/Type\s*/Page\b(?!s)")
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
    documents = {}
    for lang in get_args(Lang):
        for case in dataset.cases:
            documents[f"{case.id}_{lang}.docx"] = write_case(dataset, case, lang)
            documents[f"{case.id}_{ANNEX}_{lang}.docx"] = write_case(dataset, case, lang, annex=True)
        for city in ("", *sorted(dataset.map_units)):
            filters = Filters(city=(city,) if city else ())
            if (selection := select(dataset, filters)).cases:
                documents[f"brief_{city}_{lang}.docx"] = write_selection(selection, filters, lang)
    return books | documents


def saved_anew(given: Sequence[Path], kind: str, folder: Path) -> None:
    """LibreOffice's copies of files as this kind, in `folder`. RuntimeError if it cannot open one."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", folder, *given],
        check=True,
        capture_output=True,
    )
    if lost := [path.name for path in given if not (folder / path.with_suffix(f".{kind}").name).exists()]:
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
        printed = Path(sys.argv[1]) if sys.argv[1:] else folder / "printed"
        given = folder / "given"
        given.mkdir()
        for file, content in files(load_dataset()).items():
            (given / file).write_bytes(content)
        documents = sorted(given.glob("*.docx"))
        saved_anew(sorted(given.glob("*.xlsx")), "xlsx", folder)
        saved_anew(documents, "docx", folder)
        saved_anew(documents, "pdf", printed)
        different = 0
        for path in documents:
            pages = len(SHEETS.findall((printed / path.with_suffix(".pdf").name).read_bytes()))
            print(f"{path.name}: {pages} pages")
            different += ANNEX not in path.name and pages > 2
        for path in sorted(given.iterdir()):
            ours, theirs = held(path), held(folder / path.name)
            differ = abs(len(ours) - len(theirs)) + sum(one != other for one, other in zip(ours, theirs, strict=False))
            print(f"{path.name}: {len(ours)} parts, {differ} differ")
            different += differ
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
