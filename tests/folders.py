"""Data folders that a test may change."""

from __future__ import annotations

import shutil
from collections.abc import Container
from pathlib import Path

from data.reading.folder import FOLDER


def copy_data(folder: Path, cases: Container[str] | None = None) -> Path:
    """Copy the project's reference tables and its cases, or only those of these ids, to a folder, and return it."""
    shutil.copytree(FOLDER / "reference", folder / "reference")
    (folder / "cases").mkdir()
    for path in (FOLDER / "cases").glob("*.yaml"):
        if cases is None or path.stem in cases:
            shutil.copy(path, folder / "cases")
    return folder


def move_case(text: str, year: int) -> str:
    """Return the text of a case of 2020 as that of a case of another year, from a document of its own."""
    title, issuer = f"{{zh: {year}年的通知, en: Notice of {year}}}", "{zh: 改革办公室, en: Reform Office}"
    source = f"source: {{title: {title}, issuer: {issuer}, date: {max(year, 2021)}-07-09}}"
    return text.replace("id: 2020-", f"id: {year}-", 1).replace("year: 2020\n", f"year: {year}\n{source}\n", 1)
