"""What is kept on the disk between two starts: what was read of the case files, and the last good source files.

It is one SQLite database a data folder, in a subfolder of HENAN_CACHE that carries the marker of this program and only
its
user may open. Each row carries its checksum. A row of another version, or with a changed bit, is none.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

NAME = "henan-reform-outcomes"
"""The subfolder of HENAN_CACHE; nothing beside it is read, written or removed."""
MARKER = "CACHEDIR.TAG"
TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# Kept by Henan Reform Outcomes between two starts. It may be removed at any time; see https://bford.info/cachedir/
"""
"""Content of the marker, which tells backup programs as well that this is a cache."""
CODE = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py")))).hexdigest()
"""Differs when the code that reads does."""
Kind = Literal["cases", "cells", "sources", "complete"]
KINDS: tuple[Kind, ...] = ("cases", "cells", "sources", "complete")
"""The tables: a case without its metrics table, its rows of that, a source file, and the checksum of all source files.
"""
_TEMPORARY = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
}
"""Errors that say nothing about the content."""
_SOURCE = re.compile(r"(?:cases|reference)/[^./\\][^/\\]*", re.DOTALL)

logger = logging.getLogger(__name__)


class Row(NamedTuple):
    """`key` says which version of its file, or of the program, the content was made from."""

    name: str
    key: str
    content: bytes


class Cache:
    """What is kept of `folder` below `root`. Where it cannot be read or written, that is logged and nothing is kept."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.path = root / NAME / f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.sqlite"

    def rows(self, kind: Kind) -> Iterator[Row]:
        """The sound rows of a table."""
        if not (_is_own(self.root / NAME) and self.path.is_file()):
            return
        with suppress(sqlite3.Error), self._opened() as database:
            yield from _sound(database, kind)

    def write(self, rows: Mapping[Kind, Sequence[Row]]) -> None:
        """Adds and replaces rows, all of them or none."""

        def change(database: sqlite3.Connection) -> None:
            for kind, made in rows.items():
                _insert(database, kind, made)

        if any(rows.values()):
            self._change(change)

    def remove_others(self, kinds: Iterable[Kind], names: Collection[str]) -> None:
        """Removes the rows of all but these files."""

        def change(database: sqlite3.Connection) -> None:
            for kind in kinds:
                _remove(database, kind, names)

        self._change(change)

    def keep_sources(
        self, states: Mapping[str, str], read: Callable[[str], bytes], loaded_at: float, unchanged: Callable[[], bool]
    ) -> None:
        """Keeps the source files with these names and states, byte for byte, unless they changed meanwhile.

        A file that is kept in its state is not read.
        """

        def change(database: sqlite3.Connection) -> None:
            kept = {row.name for row in _sound(database, "sources") if states.get(row.name) == row.key}
            _remove(database, "sources", kept)
            changed = sorted(states.keys() - kept)
            _insert(database, "sources", (Row(name, states[name], zlib.compress(read(name), 3)) for name in changed))
            database.execute("DELETE FROM complete")
            _insert(database, "complete", [Row("sources", repr(loaded_at), _checksum_of_all(database))])
            if unchanged():
                logger.info("source files kept", extra={"fields": {"files": len(states), "changed": len(changed)}})
            else:
                database.rollback()

        self._change(change)

    def restore_sources(self, target: Path) -> float | None:
        """Writes the source files below `target` and returns when they were loaded.

        None, and nothing is written, where none are kept or one is not as it was.
        """
        complete, kept = list(self.rows("complete")), list(self.rows("sources"))
        if len(complete) != 1 or complete[0].content != _checksum(sorted(_check("sources", row) for row in kept)):
            return None
        for row in kept:
            path = target / row.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(zlib.decompress(row.content))
        return float(complete[0].key)

    def own_folder(self) -> Path:
        """The subfolder of `root` that is this program's own, made where it is missing.

        OSError where that fails, or the name is taken by something else.
        """
        folder = self.root / NAME
        self.root.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if not folder.is_symlink() and folder.is_dir() and not os.listdir(folder):
            folder.chmod(0o700)
            (folder / MARKER).write_bytes(TAG)
        if not _is_own(folder):
            raise FileExistsError(
                errno.EEXIST, f"it is there already without the {MARKER} of this program", str(folder)
            )
        return folder

    def _change(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Changes the database in one transaction. One that is spoilt is made anew."""
        try:
            self.own_folder()
            try:
                with self._opened() as database:
                    change(database)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", None) in _TEMPORARY:
                    raise
                for spoilt in (self.path, self.path.with_suffix(".sqlite-journal")):
                    spoilt.unlink(missing_ok=True)
                with self._opened() as database:
                    change(database)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            logger.warning(f"What was read is not kept: {self.path} cannot be written ({reason}).")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("PRAGMA synchronous = NORMAL")
            for kind in KINDS:
                columns = "name BLOB PRIMARY KEY, key BLOB, content BLOB, checksum BLOB"
                database.execute(f"CREATE TABLE IF NOT EXISTS {kind} ({columns})")
            yield database


def _sound(database: sqlite3.Connection, kind: Kind) -> Iterator[Row]:
    """The rows that are as they were written."""
    for name, key, content, checksum in database.execute(f"SELECT name, key, content, checksum FROM {kind}"):
        if isinstance(key, bytes) and isinstance(content, bytes):
            row = Row(_decoded(name), key.decode(errors="replace"), content)
            if _check(kind, row) == checksum and (kind != "sources" or _SOURCE.fullmatch(row.name)):
                yield row


def _insert(database: sqlite3.Connection, kind: Kind, rows: Iterable[Row]) -> None:
    for row in rows:
        values = (os.fsencode(row.name), row.key.encode(), row.content, _check(kind, row))
        database.execute(f"INSERT OR REPLACE INTO {kind} VALUES (?, ?, ?, ?)", values)


def _remove(database: sqlite3.Connection, kind: Kind, names: Collection[str]) -> None:
    gone = [row for row in database.execute(f"SELECT name FROM {kind}") if _decoded(row[0]) not in names]
    database.executemany(f"DELETE FROM {kind} WHERE name IS ?", gone)


def _check(kind: Kind, row: Row) -> bytes:
    return sha256(b"\0".join([kind.encode(), os.fsencode(row.name), row.key.encode(), row.content])).digest()


def _checksum_of_all(database: sqlite3.Connection) -> bytes:
    return _checksum(sorted(checksum for (checksum,) in database.execute("SELECT checksum FROM sources")))


def _checksum(checks: Iterable[bytes]) -> bytes:
    return sha256(b"".join(checks)).digest()


def _decoded(name: object) -> str:
    return os.fsdecode(name) if isinstance(name, bytes) else ""


def _is_own(folder: Path) -> bool:
    try:
        return not folder.is_symlink() and (folder / MARKER).read_bytes() == TAG
    except OSError:
        return False
