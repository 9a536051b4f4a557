"""Which folder the data is read from: the one that is named, the one that HENAN_DATA names, or this project's own."""

from __future__ import annotations

import os
from pathlib import Path

from data.model.problems import describe, quoted

FOLDER = Path(__file__).parents[1]
"""This project's own."""
VARIABLE = "HENAN_DATA"


def choose_folder(named: str | Path | None = None) -> Path:
    """The folder `named`, otherwise the one that HENAN_DATA names, otherwise FOLDER.

    Raises ValueError, with what to write instead, where that is no data folder.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if named is None and not text:
        return FOLDER
    try:
        return variable_folder(text) if named is None else _data_folder(Path(named))
    except ValueError as error:
        found = f"{VARIABLE}: found {describe(text)}" if named is None else f"folder: found {quoted(named)}"
        raise ValueError(f"{found}. {error}") from error


def variable_folder(text: str) -> Path:
    """The folder that a value of HENAN_DATA names; a relative one is sought beside this package.

    Raises ValueError, with what to write instead, where that is no data folder.
    """
    return _data_folder(FOLDER.parent / text)


def _data_folder(path: Path) -> Path:
    try:
        for part in ("cases", "reference"):
            os.listdir(path / part)
        return path.resolve()
    except PermissionError as error:
        raise ValueError(f"It cannot be read ({error.strerror}). Restore its permissions") from error
    except (OSError, ValueError) as error:
        raise ValueError("Write a folder that holds cases/ and reference/ as this project's data does") from error
