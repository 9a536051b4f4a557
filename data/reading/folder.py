"""A data folder: which one it is, its files and their states, and the content of a file up to SIZE_LIMIT."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from data.model.problems import Problem, describe, quoted

FOLDER = Path(__file__).parents[1]
"""The data folder of this project."""
VARIABLE = "HENAN_DATA"
REFERENCE = ("source", "places", "domains", "units", "population")
"""The names of the tables in reference/."""
BOUNDARIES = "henan.geojson"
"""The outlines of the map, in reference/."""
SIZE_LIMIT = 1_000_000
"""Maximum number of bytes of a file."""
_ENDINGS = (".yaml", ".yml", ".geojson")

FileState = tuple[int, ...]
"""Inode, times of modification and change in ns, and size in bytes; empty if the file cannot be examined."""
FolderState = tuple[tuple[str | int | None, ...], ...]


def choose_folder(folder: str | Path | None = None) -> Path:
    """The given folder, otherwise the one that HENAN_DATA names, otherwise FOLDER.

    Raises ValueError, with what to write instead, if that is no data folder.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if folder is None and not text:
        return FOLDER
    try:
        return variable_folder(text) if folder is None else _data_folder(Path(folder))
    except ValueError as error:
        found = f"{VARIABLE}: found {describe(text)}" if folder is None else f"folder: found {quoted(folder)}"
        raise ValueError(f"{found}. {error}") from error


def variable_folder(text: str) -> Path:
    """The folder that a value of HENAN_DATA names; a relative path starts at the folder of this project.

    Raises ValueError, with what to write instead, if that is no data folder.
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
    """The state of a file, which differs after a change. Does not read it."""
    try:
        return _state(path)
    except OSError:
        return ()


def _state(path: str | Path) -> FileState:
    found = os.stat(path)
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def folder_state(folder: Path) -> FolderState:
    """The states of all files of the folder that count; the error number of what cannot be examined."""
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
                yield part.name, name, *_state(f"{part}/{name}")
            except OSError as error:
                yield part.name, name, error.errno


def source_states(state: FolderState) -> Iterator[tuple[str, FileState]]:
    """The files that a dataset is read from, as paths relative to the folder, with their states."""
    reference = {BOUNDARIES, *(f"{name}.yaml" for name in REFERENCE)}
    for part, name, *state_of_file in state:
        if part == "cases" or name in reference:
            yield f"{part}/{name}", tuple(state_of_file)  # type: ignore[arg-type]


def case_files(folder: Path) -> list[Path]:
    """The case files in order; none if they cannot be listed."""
    return [folder / "cases" / name for name in _listed(folder / "cases") if name.endswith(".yaml")]


def check_folder(folder: Path, any_case: bool) -> Iterator[Problem]:
    """Find case files whose names are not read, and a folder without cases."""
    cases = folder / "cases"
    if not any_case:
        yield Problem(relative(cases, folder), 1, 1, "", _why_none(cases))
    for name in _listed(cases):
        if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
            yield Problem(relative(cases / name, folder), 1, 1, "", "is not read. Rename it to end in .yaml")


def _listed(folder: Path) -> list[str]:
    """The names in a folder but those of hidden files, which editors make: Emacs marks an open case by `.#….yaml`."""
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
    """Read a file up to one byte more than SIZE_LIMIT. Does not wait for a pipe that has just replaced the file."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as stream:
        return stream.read(SIZE_LIMIT + 1) or b""


def relative(path: Path, folder: Path) -> str:
    """The path relative to the parent of the folder."""
    return (Path(folder.name) / path.relative_to(folder)).as_posix()
