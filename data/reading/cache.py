"""What is kept on disk between two starts: the results of reading the case files, and the last good source files.

A data folder has one SQLite database, in a subfolder of HENAN_CACHE that carries the marker of this program and that
only its user may open. Rows carry a checksum. One of another version, or with a changed bit, counts as missing.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import sqlite3
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import orjson

NAME = "henan-reform-outcomes"
"""The subfolder of HENAN_CACHE; nothing beside it is read, written or removed."""
MARKER = "CACHEDIR.TAG"
TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# Kept by Henan Reform Outcomes between two starts. It may be removed at any time; see https://bford.info/cachedir/
"""
"""Content of the marker. It tells backup programs as well that this is a cache."""
CODE = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py")))).hexdigest()
"""Hash of the code that reads."""
Kind = Literal["cases", "sources", "complete"]
"""A result of reading a case file, a source file, or the one row that lists all source files."""
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
    """What is kept of `folder` below `root`. If it cannot be read or written, that is logged and nothing is kept."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.path = root / NAME / f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.sqlite"

    def rows(self, kind: Kind) -> Iterator[Row]:
        """The intact rows of a kind."""
        if _is_own(self.root / NAME) and self.path.is_file():
            with suppress(sqlite3.Error), self._open() as database:
                yield from _intact(database, kind)

    def write(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Add and replace rows, all of them or none."""
        if rows:
            self._change(lambda database: _insert(database, kind, rows))

    def remove_others(self, kind: Kind, names: Container[str]) -> None:
        """Remove the rows of all but these files."""
        self._change(lambda database: _remove(database, kind, names))

    def keep_sources(
        self, states: Mapping[str, str], read: Callable[[str], bytes], loaded_at: float, unchanged: Callable[[], bool]
    ) -> None:
        """Keep the source files with these names and states, byte for byte, unless they have changed meanwhile.

        A file that is kept in its state is not read.
        """

        def change(database: sqlite3.Connection) -> None:
            kept = {row.name for row in _intact(database, "sources") if states.get(row.name) == row.key}
            changed = sorted(states.keys() - kept)
            _remove(database, "sources", kept)
            _insert(database, "sources", (Row(name, states[name], zlib.compress(read(name), 3)) for name in changed))
            _insert(database, "complete", [Row("", repr(loaded_at), orjson.dumps(states))])
            if unchanged():
                logger.info("source files kept", extra={"fields": {"files": len(states), "changed": len(changed)}})
            else:
                database.rollback()

        self._change(change)

    def restore_sources(self, target: Path) -> float | None:
        """Write the source files below `target` and return when they were loaded.

        None, and nothing is written, where none are kept or one is not as it was.
        """
        complete, kept = next(self.rows("complete"), None), list(self.rows("sources"))
        if complete is None or orjson.loads(complete.content) != {row.name: row.key for row in kept}:
            return None
        for row in kept:
            path = target / row.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(zlib.decompress(row.content))
        return float(complete.key)

    def own_folder(self) -> Path:
        """The subfolder of `root` that belongs to this program, made if it is missing.

        Raises OSError if that fails, or something else has its name.
        """
        folder = self.root / NAME
        self.root.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if not folder.is_symlink() and folder.is_dir() and not os.listdir(folder):
            folder.chmod(0o700)
            (folder / MARKER).write_bytes(TAG)
        if not _is_own(folder):
            reason = f"it is there already without the {MARKER} of this program"
            raise FileExistsError(errno.EEXIST, reason, str(folder))
        return folder

    def _change(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Change the database in one transaction. A spoilt database is replaced by a new one."""
        try:
            self.own_folder()
            try:
                with self._open() as database:
                    change(database)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", None) in _TEMPORARY:
                    raise
                for spoilt in (self.path, self.path.with_suffix(".sqlite-journal")):
                    spoilt.unlink(missing_ok=True)
                with self._open() as database:
                    change(database)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            logger.warning(f"What was read is not kept: {self.path} cannot be written ({reason}).")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("PRAGMA synchronous = NORMAL")
            columns = "kind, name BLOB, key BLOB, content BLOB, checksum BLOB, PRIMARY KEY (kind, name)"
            database.execute(f"CREATE TABLE IF NOT EXISTS kept ({columns})")
            yield database


def _intact(database: sqlite3.Connection, kind: Kind) -> Iterator[Row]:
    """The rows that are as they were written."""
    found = database.execute("SELECT name, key, content, checksum FROM kept WHERE kind = ?", (kind,))
    for name, key, content, checksum in found:
        if isinstance(name, bytes) and isinstance(key, bytes) and isinstance(content, bytes):
            row = Row(os.fsdecode(name), key.decode(errors="replace"), content)
            if _checksum(kind, row) == checksum and (kind != "sources" or _SOURCE.fullmatch(row.name)):
                yield row


def _insert(database: sqlite3.Connection, kind: Kind, rows: Iterable[Row]) -> None:
    values = ((kind, os.fsencode(row.name), row.key.encode(), row.content, _checksum(kind, row)) for row in rows)
    database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", values)


def _remove(database: sqlite3.Connection, kind: Kind, names: Container[str]) -> None:
    """Remove the rows of a kind but those with these names."""
    found = [name for (name,) in database.execute("SELECT name FROM kept WHERE kind = ?", (kind,))]
    others = [(kind, name) for name in found if not isinstance(name, bytes) or os.fsdecode(name) not in names]
    database.executemany("DELETE FROM kept WHERE kind = ? AND name IS ?", others)


def _checksum(kind: Kind, row: Row) -> bytes:
    checksum = sha256(b"\0".join([kind.encode(), os.fsencode(row.name), row.key.encode(), b""]))
    checksum.update(row.content)
    return checksum.digest()


def _is_own(folder: Path) -> bool:
    try:
        return not folder.is_symlink() and (folder / MARKER).read_bytes() == TAG
    except OSError:
        return False
