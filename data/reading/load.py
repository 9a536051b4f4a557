"""Reads the case files and reference tables into one dataset, or says everything that is wrong with them.

There is one way for ten files and for ten thousand: a file that has not changed is taken from the dataset before or
from the
cache, the others are read, many of them by all cores. A case is kept packed beside its columns, and unpacked on access.
"""

from __future__ import annotations

import logging
import signal
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, overload

import numpy as np
import orjson
import pandas as pd
from joblib.externals.loky import ProcessPoolExecutor, cpu_count

from data.model.problems import Problem
from data.model.schema import Case, Source
from data.model.tables import Tables
from data.query import table
from data.query.columns import METRIC, CaseEntry, build_entry, derive_all
from data.query.dataset import Dataset
from data.reading.boundaries import read_boundaries
from data.reading.cache import CODE, Cache, Row
from data.reading.folder import (
    FOLDER,
    REFERENCE,
    FileState,
    case_files,
    check_folder,
    choose_folder,
    content,
    file_state,
    relative,
)
from data.reading.validate import Entries, map_codes, read_case, read_tables
from data.reading.yaml_file import File

SERIAL_MAX = 48
"""Maximum number of files read by this process alone; others take as long to start."""
BATCH_SIZE = 32
"""Number of files that a process reads at a time."""
CASE_CACHE_SIZE = 512
"""Maximum number of unpacked cases kept in memory (about 120 kB each)."""
CHUNK_SIZE = 512
"""Number of cases whose rows are put into the metrics table at a time."""

logger = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
"""Callback with the number of files read so far and of all files."""


class DatasetError(Exception):
    """The files hold errors. `problems` lists every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class DeclaredNumber(NamedTuple):
    """The year and number that a case file gives itself, whatever is written there, and where the number is."""

    year: Any
    number: Any
    line: int
    column: int


class ReadResult(NamedTuple):
    """What one case file holds. A file with an error has problems, and neither columns nor a case."""

    name: str
    state: FileState
    digest: str
    declared: DeclaredNumber
    problems: tuple[Problem, ...]
    entry: CaseEntry | None
    packed: bytes
    """The case as compressed JSON."""

    def to_json(self) -> bytes:
        entry = self.entry
        columns = [*entry[:-1], b64encode(entry.metrics.tobytes()).decode()] if entry else None
        return orjson.dumps([*self[:3], [*self.declared], self.problems, columns, b64encode(self.packed).decode()])

    @classmethod
    def from_json(cls, kept: bytes | str) -> ReadResult:
        name, state, digest, declared, problems, columns, packed = orjson.loads(kept)
        entry = CaseEntry._make([*columns[:-1], np.frombuffer(b64decode(columns[-1]), METRIC)]) if columns else None
        found = tuple(Problem(**problem) for problem in problems)
        return cls(name, tuple(state), digest, DeclaredNumber(*declared), found, entry, b64decode(packed))

    def case(self) -> Case:
        """The case, which was checked. JSON has no tuples, so that its shape is read less strictly than from a file."""
        return Case.model_validate_json(zlib.decompress(self.packed), strict=False)


class LazyCases(Sequence[Case]):
    """The cases of some files, in their order, each unpacked on access."""

    def __init__(self, results: Sequence[ReadResult]) -> None:
        self.results = results
        self._case = lru_cache(maxsize=CASE_CACHE_SIZE)(lambda number: results[number].case())

    def __len__(self) -> int:
        return len(self.results)

    @overload
    def __getitem__(self, at: int) -> Case: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Case, ...]: ...
    def __getitem__(self, at: int | slice) -> Case | tuple[Case, ...]:
        numbers = range(len(self))
        return tuple(map(self._case, numbers[at])) if isinstance(at, slice) else self._case(numbers[at])


class ReadJob(NamedTuple):
    """How case files are read: from which folder, and against which entries of the reference tables.

    `tables` is None, and nothing is kept of a case, where one of them holds an error.
    """

    folder: Path
    entries: Entries
    source: Source | None
    tables: Tables | None


_job: ReadJob
"""What a reading process was started for."""
Batch = list[tuple[ReadResult, bytes]]
"""What some files hold, each with its rows of the metrics table as compressed JSON."""


def load_dataset(folder: str | Path | None = None) -> Dataset:
    """The dataset in `folder`, otherwise in the folder that HENAN_DATA names, otherwise this project's own.

    Raises DatasetError with every problem of every file, and ValueError where the folder holds no cases/ or reference/.
    """
    dataset, problems = read_dataset(choose_folder(folder))
    if dataset is None:
        raise DatasetError([problem for problem in problems if problem.severity == "error"])
    return dataset


def no_progress(done: int, total: int) -> None:
    """Tells nobody how far reading is."""


def read_dataset(
    folder: Path = FOLDER, cache: Cache | None = None, before: Dataset | None = None, progress: Progress = no_progress
) -> tuple[Dataset | None, list[Problem]]:
    """The dataset, or None when any file holds an error; and all problems, warnings included, by file and line.

    What `before`, otherwise the cache, holds of a file that has not changed is taken from there.
    """
    reference = {name: File.read(folder / "reference" / f"{name}.yaml", folder) for name in REFERENCE}
    source, entries = reference["source"].validated(Source), read_tables(reference)
    boundaries, wrong = read_boundaries(folder, map_codes(entries))
    version = _hashed((file.name.partition("/")[2], file.digest) for file in reference.values())
    sound = source is not None and not any(file.errors for file in reference.values())
    tables = Tables(**entries, source=source, version=version) if sound and source else None
    results = _read_cases(ReadJob(folder, entries, source, tables), cache if tables else None, before, progress)
    found = [*wrong, *(problem for file in reference.values() for problem in file.problems)]
    found += [problem for result in results for problem in result.problems]
    found += _same_numbers(results, relative(folder / "cases", folder))
    problems = [*check_folder(folder, bool(results)), *sorted(found)]
    if tables is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    return Dataset(
        LazyCases(results),
        tables,
        warnings=tuple(problems),
        version=_hashed([("reference", version), *((f"cases/{result.name}", result.digest) for result in results)]),
        boundaries=boundaries,
        entries=[result.entry for result in results if result.entry],
        load_table=partial(_load_table, results, tables, cache),
    ), problems


def _read_cases(job: ReadJob, cache: Cache | None, before: Dataset | None, progress: Progress) -> list[ReadResult]:
    """What the case files hold, in their order.

    Each batch is kept at once: a start that is cut off goes on from there.
    """
    paths, known = case_files(job.folder), _known(job.tables, cache, before)
    results, touched = _unchanged(known, paths)
    for batch in _read(job, [path for path in paths if path.name not in results], progress):
        results |= {result.name: result for result, _ in batch}
        if cache and job.tables:
            _keep(cache, job.tables, batch)
    if cache and job.tables:
        _keep(cache, job.tables, [(result, b"") for result in touched])
        if known.keys() - results.keys():
            cache.remove_others(("cases", "cells"), results)
    return [results[path.name] for path in paths]


def _known(tables: Tables | None, cache: Cache | None, before: Dataset | None) -> dict[str, ReadResult]:
    """What was read before against the same reference tables, by the names of the files."""
    if tables and before and before.tables.version == tables.version and isinstance(before.cases, LazyCases):
        return {result.name: result for result in before.cases.results}
    rows = cache.rows("cases") if tables and cache else ()
    return {row.name: ReadResult.from_json(row.content) for row in rows if tables and row.key == _key(tables)}


def _key(tables: Tables) -> str:
    """What a row of the cache was made from besides the case file."""
    return f"{CODE} {tables.version}"


def _keep(cache: Cache, tables: Tables, batch: Batch) -> None:
    key = _key(tables)
    cases = [Row(result.name, key, result.to_json()) for result, _ in batch if result.entry]
    cells = [Row(result.name, f"{key} {result.digest}", cells) for result, cells in batch if cells]
    cache.write({"cases": cases, "cells": cells})


def _unchanged(
    known: Mapping[str, ReadResult], paths: Iterable[Path]
) -> tuple[dict[str, ReadResult], list[ReadResult]]:
    """The results of files that are as they were, and those of them that were only touched or copied, in their new
    state.
    """
    results, touched = {}, []
    for path in paths if known else ():
        result, state = known.get(path.name), file_state(path)
        if result and state and result.state != state:
            result = result._replace(state=state) if result.digest == _digest(path) else None
            touched += [result] if result else []
        if result and state:
            results[path.name] = result
    return results, touched


def _digest(path: Path) -> str:
    try:
        return sha256(content(path)).hexdigest()
    except OSError:
        return ""


def _read(job: ReadJob, paths: Sequence[Path], progress: Progress) -> Iterator[Batch]:
    """Reads files, many of them by all cores, and tells how far that is."""
    if len(paths) <= SERIAL_MAX:
        yield read_batch(job, paths)
        return
    left, done = {at: paths[at : at + BATCH_SIZE] for at in range(0, len(paths), BATCH_SIZE)}, 0
    progress(0, len(paths))
    for at, batch in _batches(job, left):
        done += len(left.pop(at))
        progress(done, len(paths))
        yield batch


def _batches(job: ReadJob, left: Mapping[int, Sequence[Path]]) -> Iterator[tuple[int, Batch]]:
    """Each batch by its key, as long as it is left when its turn comes."""
    yield from _by_all_cores(job, dict(left))
    for at in [*left]:
        yield at, read_batch(job, left[at])


def _by_all_cores(job: ReadJob, batches: Mapping[int, Sequence[Path]]) -> Iterator[tuple[int, Batch]]:
    """The batches as they are ready; none any more where other processes cannot be started, or end.

    They come as files: a process that is killed while it sends more than a pipe takes at once leaves its reader
    waiting.
    """
    try:
        with TemporaryDirectory() as scratch, _processes(min(cpu_count(), len(batches)), job) as pool:
            waiting = {pool.submit(_write_batch, paths, Path(scratch, str(at))): at for at, paths in batches.items()}
            for done in as_completed(waiting):
                yield waiting.pop(done), _taken(done.result())
    except Exception as error:  # noqa: BLE001 whatever it is, this process reads the rest, and meets it again if it is our own
        logger.warning(f"Other processes do not read: {str(error).partition('.')[0]}")


@contextmanager
def _processes(count: int, job: ReadJob) -> Iterator[ProcessPoolExecutor]:
    """Start loky's processes: those of the standard library would run the main script again, here the open page."""
    pool = ProcessPoolExecutor(count, initializer=_begin, initargs=(job,))
    try:
        yield pool
    finally:
        pool.shutdown(kill_workers=True)


def _begin(job: ReadJob) -> None:
    """Prepares a process to read; the signal of a terminal is for the server alone."""
    global _job
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write_batch(paths: Sequence[Path], target: Path) -> Path:
    parts = [(result.to_json().decode(), b64encode(cells).decode()) for result, cells in read_batch(_job, paths)]
    target.write_bytes(orjson.dumps(parts))
    return target


def _taken(path: Path) -> Batch:
    batch = [(ReadResult.from_json(result), b64decode(cells)) for result, cells in orjson.loads(path.read_bytes())]
    path.unlink()
    return batch


def read_batch(job: ReadJob, paths: Sequence[Path]) -> Batch:
    """Reads these files."""
    return [_read_file(job, path) for path in paths]


def _read_file(job: ReadJob, path: Path) -> tuple[ReadResult, bytes]:
    state, file = file_state(path), File.read(path, job.folder)
    case = read_case(file, job.entries, job.source)
    declared = DeclaredNumber(file.at(("year",)), file.at(("number",)), *file.place(("number",)))
    about = path.name, state, file.digest, declared, tuple(file.problems)
    if case is None or job.tables is None:
        return ReadResult(*about, None, b""), b""
    packed = zlib.compress(case.model_dump_json(exclude_unset=True).encode(), 3)
    evidence = derive_all(case, job.tables)
    cells = zlib.compress(orjson.dumps(table.cells_of(case, evidence, job.tables)), 3)
    return ReadResult(*about, build_entry(case, evidence, job.tables), packed), cells


def _load_table(results: Sequence[ReadResult], tables: Tables, cache: Cache | None) -> pd.DataFrame:
    """The metrics table of these cases. Rows that the cache does not hold are made from the case."""
    key = _key(tables)
    kept = {(row.name, row.key): row.content for row in (cache.rows("cells") if cache else ())}

    def cells(result: ReadResult) -> table.Cells:
        found = kept.get((result.name, f"{key} {result.digest}"))
        if found:
            cells: table.Cells = orjson.loads(zlib.decompress(found))
            return cells
        case = result.case()
        return table.cells_of(case, derive_all(case, tables), tables)

    chunks = [results[start : start + CHUNK_SIZE] for start in range(0, len(results), CHUNK_SIZE)]
    return pd.concat([table.from_cells([*map(cells, chunk)]) for chunk in chunks], ignore_index=True)


def _hashed(digests: Iterable[tuple[str, str]]) -> str:
    """The same wherever the folder stands."""
    return sha256("".join(f"{name}\0{digest}\0" for name, digest in digests).encode()).hexdigest()[:12]


def _same_numbers(results: Iterable[ReadResult], folder: str) -> Iterator[Problem]:
    """Two cases with one printed number."""
    first: dict[tuple[int, int], str] = {}
    for result in results:
        year, number, line, column = result.declared
        if type(year) is type(number) is int and first.setdefault((year, number), result.name) != result.name:
            message = f"case {number} of {year} is already {first[year, number]}. Write the printed number"
            yield Problem(f"{folder}/{result.name}", line, column, "number", message)
