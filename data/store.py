"""What a server keeps on the disk, in a subfolder of its own: the last good source files, and what was read of many cases.

Of many cases it is a Parquet file a year, one row a case, with its figures as the metrics table has them. A file is put in its place whole and carries its
checksum: one that was torn or spoilt is as good as none, and its year is read again. The folder is named by what made it, this code and the reference tables,
so that nothing is taken from another version; the last `VERSIONS` of them are kept. The source files are kept as they were, for any version to read.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NAME = "henan-reform-outcomes"
"""The subfolder that is used of the folder given by HENAN_CACHE; nothing else in there is read, written or removed."""
MARKER = "CACHEDIR.TAG"
TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# Kept by Henan Reform Outcomes between two starts. It may be removed at any time; see https://bford.info/cachedir/
"""
"""What the marker holds, which also tells backup programs that this is a cache."""
VERSIONS = 3
FIGURES = "figures"
_DIGEST, _SIGNATURE = 32, 64
"""The bytes before the Parquet file: the SHA-256 of all that follows, and which state of which files it holds."""
_CODE = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()

logger = logging.getLogger(__name__)


class Store:
    """The files of one version below `root`. Where they cannot be read or written, that is logged and nothing is kept."""

    def __init__(self, root: Path, made_of: str) -> None:
        self.root = root
        self.folder = root / NAME / sha256(f"{_CODE}{made_of}{pa.__version__}".encode()).hexdigest()[:16]

    def read(self, schema: pa.Schema) -> pa.Table:
        """All rows, in the order of their files' names; without their figures."""
        with ThreadPoolExecutor() as pool:
            tables = [table for table in pool.map(lambda year: self._table(year, schema.names), self._years()) if table]
        return pa.concat_tables(tables) if tables else schema.empty_table()

    def figures(self, year: str, rows: pa.Table) -> pa.Table | None:
        """The figures of a year as the metrics table has them; None where it is not kept as these rows have it."""
        found = self._table(year, [FIGURES]) if self.holds(year, rows) else None
        return found and pa.Table.from_struct_array(found[FIGURES].combine_chunks().flatten())

    def holds(self, year: str, rows: pa.Table) -> bool:
        """Whether a year is kept as these rows have it."""
        try:
            with (self.folder / f"{year}.parquet").open("rb") as file:
                return _is_own(self.root / NAME) and file.read(_DIGEST + _SIGNATURE)[_DIGEST:] == signature(rows)
        except OSError:
            return False

    def write(self, year: str, rows: pa.Table, figures: pa.Table) -> None:
        """Keeps a year: its rows, and its figures as the metrics table has them, in the same order."""
        lists = pa.ListArray.from_arrays(_starts(rows), figures.to_struct_array().combine_chunks())
        table = rows.append_column(FIGURES, lists)
        path = self.folder / f"{year}.parquet"
        part = path.with_suffix(f".{os.getpid()}")
        repeating = [f"{FIGURES}.list.element.{name}" for name in figures.schema.names]
        made = pa.BufferOutputStream()
        pq.write_table(table, made, compression=_compression(table.schema), use_dictionary=repeating)
        body = signature(rows) + made.getvalue().to_pybytes()
        try:
            self._begin()
            part.write_bytes(sha256(body).digest() + body)
            os.replace(part, path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            _not_kept(path, error)

    def forget(self, years: set[str]) -> None:
        """Removes what is kept of all other years."""
        for year in set(self._years()) - years:
            with suppress(OSError):
                (self.folder / f"{year}.parquet").unlink()

    def _begin(self) -> None:
        """Makes the folder, and removes those of versions long gone."""
        own = own_folder(self.root)
        if not self.folder.is_dir():
            self.folder.mkdir(exist_ok=True)
            others = sorted(
                (path for path in own.iterdir() if _VERSION.fullmatch(path.name)), key=lambda path: path.stat().st_mtime
            )
            for old in others[:-VERSIONS]:
                shutil.rmtree(old, ignore_errors=True)

    def _years(self) -> list[str]:
        try:
            names = os.listdir(self.folder) if _is_own(self.root / NAME) else []
        except OSError:
            return []
        return sorted(name.removesuffix(".parquet") for name in names if name.endswith(".parquet"))

    def _table(self, year: str, columns: list[str]) -> pa.Table | None:
        """These columns of a year; None, and the file is gone, where it cannot be read."""
        path = self.folder / f"{year}.parquet"
        try:
            with pa.memory_map(str(path)) as file:
                whole = file.read_buffer()
            body = whole[_DIGEST:]
            if sha256(body).digest() == whole[:_DIGEST].to_pybytes():
                return pq.ParquetFile(pa.BufferReader(body[_SIGNATURE:])).read(columns=columns)
        except (OSError, ValueError, pa.ArrowException):
            pass
        with suppress(OSError):
            path.unlink()
        return None


_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}
"""Errors that say nothing about what is kept."""


class Sources:
    """The last good files of one data folder, byte for byte, in an SQLite database. Each row carries its checksum, and one row that of all."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.path = root / NAME / f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.sqlite"

    def keep(
        self, states: Mapping[str, str], read: Callable[[str], bytes], loaded_at: float, same: Callable[[], bool]
    ) -> None:
        """Keeps the files with these names and states; what is kept stays where they are not the `same` any longer after that.

        Those that are kept in their state already are not read. A database that is spoilt is made anew.
        """
        try:
            own_folder(self.root)
            try:
                self._write(states, read, loaded_at, same)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", None) in _PASSING:
                    raise
                self.path.unlink()
                self._write(states, read, loaded_at, same)
        except sqlite3.Error as error:
            logger.warning(f"The source files are not kept: {self.path} cannot be written ({error}).")
        except OSError as error:
            _not_kept(self.path, error)

    def _write(
        self, states: Mapping[str, str], read: Callable[[str], bytes], loaded_at: float, same: Callable[[], bool]
    ) -> None:
        with closing(self._opened()) as database, database:
            kept = {name: digest for name, state, digest in _sound(database) if states.get(name) == state}
            there = database.execute("SELECT name FROM files").fetchall()
            database.executemany(
                "DELETE FROM files WHERE name IS ?", [row for row in there if _decoded(*row) not in kept]
            )
            changed = sorted(states.keys() - kept.keys())
            for name in changed:
                row = (os.fsencode(name), states[name], zlib.compress(read(name), 3))
                kept[name] = _row_digest(*row)
                database.execute("INSERT INTO files VALUES (?, ?, ?, ?)", (*row, kept[name]))
            database.execute("DELETE FROM whole")
            database.execute("INSERT INTO whole VALUES (?, ?)", (loaded_at, _whole_digest(loaded_at, kept)))
            if not same():
                database.rollback()
            else:
                logger.info("source files kept", extra={"fields": {"files": len(kept), "changed": len(changed)}})

    def restore(self, target: Path) -> float | None:
        """Writes the files below `target`; the time at which they were loaded. None, and nothing is written, where they are not kept or any of them is spoilt."""
        if not _is_own(self.root / NAME) or not self.path.is_file():
            return None
        try:
            with closing(self._opened()) as database:
                kept = {name: digest for name, _, digest in _sound(database)}
                contents = dict(database.execute("SELECT name, content FROM files"))
                ((loaded_at, digest),) = database.execute("SELECT loaded_at, digest FROM whole").fetchall()
                if digest != _whole_digest(loaded_at, kept):
                    return None
                for name in kept:
                    path = target / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(zlib.decompress(contents[os.fsencode(name)]))
                return float(loaded_at)
        except (sqlite3.Error, LookupError, ValueError, TypeError, zlib.error):
            return None

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path)
        database.text_factory = os.fsdecode
        database.execute(
            "CREATE TABLE IF NOT EXISTS files (name BLOB PRIMARY KEY, state TEXT, content BLOB, digest BLOB)"
        )
        database.execute("CREATE TABLE IF NOT EXISTS whole (loaded_at REAL, digest BLOB)")
        return database


_VERSION = re.compile("[0-9a-f]{16}")
_SOURCE = re.compile(r"(?:cases|reference)/[^./\\][^/\\]*", re.DOTALL)


def _sound(database: sqlite3.Connection) -> Iterator[tuple[str, str, bytes]]:
    """Name, state and checksum of the rows that are as they were written."""
    for name, state, content, digest in database.execute("SELECT name, state, content, digest FROM files"):
        with suppress(TypeError):
            if _row_digest(name, state, content) == digest and _SOURCE.fullmatch(_decoded(name)):
                yield _decoded(name), state, digest


def _decoded(name: object) -> str:
    return os.fsdecode(name) if isinstance(name, bytes) else ""


def _row_digest(name: bytes, state: str, content: bytes) -> bytes:
    return sha256(b"\0".join([name, os.fsencode(state), content])).digest()


def _whole_digest(loaded_at: float, digests: Mapping[str, bytes]) -> bytes:
    return sha256(b"".join([repr(loaded_at).encode(), *sorted(digests.values())])).digest()


def own_folder(root: Path) -> Path:
    """The subfolder of `root` that is this program's own, made where it is missing. OSError where that fails, or the name is taken by something else."""
    folder = root / NAME
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not folder.is_symlink() and folder.is_dir() and not os.listdir(folder):
        folder.chmod(0o700)
        (folder / MARKER).write_bytes(TAG)
    if not _is_own(folder):
        raise FileExistsError(errno.EEXIST, f"it is there already without the {MARKER} of this program", str(folder))
    return folder


def _is_own(folder: Path) -> bool:
    try:
        return not folder.is_symlink() and (folder / MARKER).read_bytes() == TAG
    except OSError:
        return False


def _not_kept(path: Path, error: OSError) -> None:
    logger.warning(f"What was read is not kept: {error.filename or path} cannot be written ({error.strerror}).")


def _compression(schema: pa.Schema) -> dict[str, str]:
    """By Parquet's names of the columns. Bytes are packed already, or short; left as they are, they are read twice as fast."""
    kinds: dict[str, str] = {}
    for field in schema:
        if not pa.types.is_list(field.type):
            kinds[field.name] = "none" if pa.types.is_binary(field.type) else "zstd"
        elif pa.types.is_struct(field.type.value_type):
            kinds |= {f"{field.name}.list.element.{inner.name}": "zstd" for inner in field.type.value_type}
        else:
            kinds[f"{field.name}.list.element"] = "zstd"
    return kinds


def by_year(cases: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each year, in their order."""
    names = cases["file"].to_pylist()
    start = 0
    for end in range(1, len(names) + 1):
        if end == len(names) or names[end][:4] != names[start][:4]:
            yield names[start][:4], cases.slice(start, end - start)
            start = end


def signature(rows: pa.Table) -> bytes:
    """Differs when a file of these rows does."""
    return (
        sha256(repr(rows.select(["file", "digest", "inode", "modified", "changed", "size"]).to_pydict()).encode())
        .hexdigest()
        .encode()
    )


def _starts(rows: pa.Table) -> pa.Array:
    ends = pa.compute.cumulative_sum(pa.compute.binary_length(rows["grade"]).combine_chunks().cast(pa.int32()))
    return pa.concat_arrays([pa.array([0], pa.int32()), ends])
