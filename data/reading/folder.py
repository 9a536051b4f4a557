"""A data folder: which one it is, which files it holds, in which state they are, and their content within bounds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from data.model.problems import Problem, describe, quoted

FOLDER = Path(__file__).parents[1]
"""This project's own."""
VARIABLE = "HENAN_DATA"
REFERENCE = ("source", "places", "domains", "units")
"""The names of the tables in reference/."""
BOUNDARIES = "henan.geojson"
"""The outlines of the map, in reference/."""
SIZE_LIMIT = 1_000_000
"""Maximum number of bytes of a file."""
_ENDINGS = (".yaml", ".yml", ".geojson")

FileState = tuple[int, ...]
"""Inode, times of modification and change in ns, and size; empty where the file cannot be looked at."""
FolderState = tuple[tuple[str | int | None, ...], ...]


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


def file_state(path: str | Path) -> FileState:
    """Tells one state of a file from another without reading it."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def folder_state(folder: Path) -> FolderState:
    """The same of all files that count. What cannot be looked at counts by the reason why."""
    return tuple(entry for part in ("cases", "reference") for entry in _states(folder / part))


def _states(part: Path) -> Iterator[tuple[str | int | None, ...]]:
    try:
        names = sorted(os.listdir(part))
    except OSError as error:
        names = []
        yield part.name, error.errno
    for name in names:
        if name.lower().endswith(_ENDINGS) and not name.startswith("."):
            try:
                found = os.stat(f"{part}/{name}")
                yield part.name, name, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
            except OSError as error:
                yield part.name, name, error.errno


def source_states(state: FolderState) -> Iterator[tuple[str, FileState]]:
    """The files that a dataset is read from, below the folder, with their states."""
    reference = {BOUNDARIES, *(f"{name}.yaml" for name in REFERENCE)}
    for part, name, *state_of_file in state:
        if part == "cases" or name in reference:
            yield f"{part}/{name}", tuple(state_of_file)  # type: ignore[arg-type]


def case_files(folder: Path) -> list[Path]:
    """The case files in order; none where they cannot be listed."""
    return [folder / "cases" / name for name in _listed(folder / "cases") if name.endswith(".yaml")]


def check_folder(folder: Path, any_case: bool) -> Iterator[Problem]:
    """Case files under a name that is never read, and a folder without cases."""
    cases = folder / "cases"
    if not any_case:
        yield Problem(relative(cases, folder), 1, 1, "", _why_none(cases))
    for name in _listed(cases):
        if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
            yield Problem(relative(cases / name, folder), 1, 1, "", "is not read. Rename it to end in .yaml")


def _listed(folder: Path) -> list[str]:
    """The names in a folder.

    A hidden file is an editor's own: Emacs marks a case that is being edited by `.#….yaml`.
    """
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return []


def _why_none(cases: Path) -> str:
    try:
        os.listdir(cases)
    except OSError as error:
        return f"cannot be read ({error.strerror}). Restore the folder or its permissions"
    return "holds no case file. Copy template.yaml there and fill it in"


def content(path: Path) -> bytes:
    """At most one byte more than SIZE_LIMIT of a file. A pipe that has just taken its place is not waited for."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as stream:
        return stream.read(SIZE_LIMIT + 1) or b""


def relative(path: Path, folder: Path) -> str:
    """The path from the folder on, with the folder's own name."""
    return (Path(folder.name) / path.relative_to(folder)).as_posix()
