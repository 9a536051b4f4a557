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
