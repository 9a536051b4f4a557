"""A data folder: which one it is, its files and their states, and the content of a file up to SIZE_LIMIT."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from data.model.problems import Problem, describe, quoted

FOLDER = Path(__file__).parents[1]
"""The data folder of this project."""
VARIABLE = "HENAN_DATA"
PARTS = ("cases", "reference")
"""The folders that a data folder holds."""
REFERENCE = ("source", "places", "domains", "units", "population")
"""The names of the tables in reference/."""
BOUNDARIES = "henan.geojson"
"""The outlines of the map, in reference/."""
SIZE_LIMIT = 1_000_000
"""Maximum number of bytes of a file."""
_ENDINGS = (".yaml", ".yml", ".geojson")

FolderState = tuple[tuple[str | int | None, ...], ...]
"""An entry for each folder with its error number, and one for each file with its inode, times and size."""


def choose_folder(folder: str | Path | None = None) -> Path:
    """The given folder, otherwise the one that HENAN_DATA names, otherwise FOLDER.

    Raises ValueError, with what to write instead, if that is no data folder.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if folder is not None:
        return data_folder(folder, f"folder: found {quoted(folder)}. ")
    return data_folder(FOLDER.parent / named, f"{VARIABLE}: found {describe(named)}. ") if named else FOLDER


def data_folder(path: str | Path, found: str = "") -> Path:
    """The folder with its whole path. Raises ValueError, with `found` and what to write instead, if it is none."""
    try:
        for part in PARTS:
            os.listdir(Path(path, part))
        return Path(path).resolve()
    except PermissionError as error:
        advice = f"It cannot be read ({error.strerror}). Restore its permissions"
    except (OSError, ValueError):
        advice = "Write a folder that holds cases/ and reference/ as this project's data does"
    raise ValueError(f"{found}{advice}")


def folder_state(folder: Path) -> FolderState:
    """The states of all files of the folder that count, which differ after a change. Reads none of them."""
    return tuple(entry for part in PARTS for entry in _states(folder / part))


def _states(part: Path) -> Iterator[tuple[str | int | None, ...]]:
    names, error = _list(part)
    yield part.name, error.errno if error else None
    for name in names:
        if name.lower().endswith(_ENDINGS):
            try:
                found = os.stat(f"{part}/{name}")
                yield part.name, name, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
            except OSError as failure:
                yield part.name, name, failure.errno


def _list(folder: Path) -> tuple[list[str], OSError | None]:
    """The names in a folder but those of hidden files, which editors make: Emacs marks an open case by `.#….yaml`."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith(".")), None
    except OSError as error:
        return [], error


def case_files(folder: Path) -> list[Path]:
    """The case files in order; none if they cannot be listed."""
    return [folder / "cases" / name for name in _list(folder / "cases")[0] if name.endswith(".yaml")]


def source_files(folder: Path) -> list[Path]:
    """All files that a dataset is read from."""
    reference = (BOUNDARIES, *(f"{name}.yaml" for name in REFERENCE))
    return [*case_files(folder), *(folder / "reference" / name for name in reference)]


def check_folder(folder: Path) -> Iterator[Problem]:
    """Find case files whose names are not read, and a folder without cases."""
    cases, (names, error) = relative(folder / "cases", folder), _list(folder / "cases")
    if error:
        message = f"cannot be read ({error.strerror}). Restore the folder or its permissions"
        yield Problem(cases, 1, 1, "", message)
    elif not any(name.endswith(".yaml") for name in names):
        yield Problem(cases, 1, 1, "", "holds no case file. Copy template.yaml there and fill it in")
    for name in names:
        if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
            yield Problem(f"{cases}/{name}", 1, 1, "", "is not read. Rename it to end in .yaml")


def content(path: Path) -> bytes:
    """Read a file up to one byte more than SIZE_LIMIT. Does not wait for a pipe that has just replaced the file."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as stream:
        return stream.read(SIZE_LIMIT + 1) or b""


def relative(path: Path, folder: Path) -> str:
    """The path relative to the parent of the folder."""
    return (Path(folder.name) / path.relative_to(folder)).as_posix()
