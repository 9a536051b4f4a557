"""What was read of many cases, kept on the disk: a Parquet file a year, one row a case, with its figures as the metrics table has them.

A file is put in its place whole, and its pages carry checksums: one that was torn or spoilt is as good as none, and its year is read again.
The folder is named by what made it, this code and the reference tables, so that nothing is taken from another version; the last `VERSIONS` of them are kept.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

VERSIONS = 3
FIGURES = "figures"
_OF = b"cases"
_CODE = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py")))).hexdigest()

logger = logging.getLogger(__name__)


class Store:
    """The files of one version in `root`. Where they cannot be read or written, that is logged and nothing is kept."""

    def __init__(self, root: Path, made_of: str) -> None:
        self.folder = root / sha256(f"{_CODE}{made_of}{pa.__version__}".encode()).hexdigest()[:16]

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
        return self._signature(year) == signature(rows)

    def write(self, year: str, rows: pa.Table, figures: pa.Table) -> None:
        """Keeps a year: its rows, and its figures as the metrics table has them, in the same order."""
        lists = pa.ListArray.from_arrays(_starts(rows), figures.to_struct_array().combine_chunks())
        table = rows.append_column(FIGURES, lists).replace_schema_metadata({_OF: signature(rows)})
        path = self.folder / f"{year}.parquet"
        part = path.with_suffix(f".{os.getpid()}")
        repeating = [f"{FIGURES}.list.element.{name}" for name in figures.schema.names]
        try:
            self._begin()
            pq.write_table(
                table, part, compression=_compression(table.schema), use_dictionary=repeating, write_page_checksum=True
            )
            os.replace(part, path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            logger.warning(f"What was read is not kept: {path} cannot be written ({error.strerror}).")

    def forget(self, years: set[str]) -> None:
        """Removes what is kept of all other years."""
        for year in set(self._years()) - years:
            with suppress(OSError):
                (self.folder / f"{year}.parquet").unlink()

    def _begin(self) -> None:
        """Makes the folder, and removes those of versions long gone."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            others = sorted(
                (path for path in self.folder.parent.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
            )
            for old in others[:-VERSIONS]:
                shutil.rmtree(old, ignore_errors=True)

    def _years(self) -> list[str]:
        try:
            return sorted(
                name.removesuffix(".parquet") for name in os.listdir(self.folder) if name.endswith(".parquet")
            )
        except OSError:
            return []

    def _table(self, year: str, columns: list[str]) -> pa.Table | None:
        """These columns of a year; None, and the file is gone, where it cannot be read."""
        path = self.folder / f"{year}.parquet"
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                return file.read(columns=columns)
        except (OSError, pa.ArrowException):
            with suppress(OSError):
                path.unlink()
            return None

    def _signature(self, year: str) -> bytes:
        try:
            return (pq.read_schema(self.folder / f"{year}.parquet").metadata or {}).get(_OF, b"")
        except (OSError, pa.ArrowException):
            return b""


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
