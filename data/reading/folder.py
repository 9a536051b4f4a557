"""A data folder: which one it is, the states of its files, and what they hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from data.model.problems import describe, quoted

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

Files = Mapping[str, bytes | str]
"""The files of a data folder by their paths in it: what each holds or, as text, what is wrong with it."""
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


def read_files(folder: Path) -> Files:
    """Read all files that a dataset is made from; among them stands what is wrong with the folder itself."""
    names, error = _list(folder / "cases")
    files: dict[str, bytes | str] = {}
    if error:
        files["cases"] = f"cannot be read ({error.strerror}). Restore the folder or its permissions"
    elif not any(name.endswith(".yaml") for name in names):
        files["cases"] = "holds no case file. Copy template.yaml there and fill it in"
    for name in names:
        if name.endswith(".yaml"):
            files[f"cases/{name}"] = read_content(folder / "cases" / name)
        elif name.lower().endswith((".yml", ".yaml")):
            files[f"cases/{name}"] = "is not read. Rename it to end in .yaml"
    for name in (BOUNDARIES, *(f"{name}.yaml" for name in REFERENCE)):
        files[f"reference/{name}"] = read_content(folder / "reference" / name)
    return files


def read_content(path: Path) -> bytes | str:
    """Read a file, or return what is wrong with it."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return "is a folder or a device. Only files may be named .yaml here"
        if status.st_size > SIZE_LIMIT:
            if path.name == BOUNDARIES:
                return f"has more than {SIZE_LIMIT} bytes. Simplify the outlines"
            return f"{status.st_size} bytes, at most {SIZE_LIMIT} are read. Is this a case file?"
        with path.open("rb") as stream:
            return stream.read(SIZE_LIMIT)
    except OSError as error:
        return f"cannot be read ({error.strerror}). Restore the file or its permissions"
