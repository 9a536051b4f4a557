"""Reads the case files and reference tables into a dataset, or reports everything that is wrong with them.

There is one path for ten files and for ten thousand: what was read of an unchanged file is taken from the previous
dataset or from the cache; the other files are read, many of them by all cores. A case is unpacked on access.
"""

from __future__ import annotations

import logging
import signal
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from hashlib import sha256
from itertools import chain
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar, overload

import orjson
import pandas as pd
from joblib.externals.loky import ProcessPoolExecutor, cpu_count
from pydantic import Base64Bytes, TypeAdapter

from data.model.problems import Problem
from data.model.schema import Case, Source
from data.model.tables import Tables
from data.query import table
from data.query.columns import CaseEntry, build_entry, derive_all
from data.query.dataset import Dataset
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
from data.reading.validate import (
    Entries,
    find_copies,
    hash_parts,
    map_codes,
    read_boundaries,
    read_case,
    read_population,
    read_tables,
)
from data.reading.yaml_file import File

SERIAL_MAX = 48
"""Maximum number of files read by this process alone; starting others takes as long."""
BATCH_SIZE = 32
"""Number of files that a process reads at a time."""
CASE_CACHE_SIZE = 512
"""Maximum number of unpacked cases kept in memory (about 120 kB each)."""
CHUNK_SIZE = 512
"""Number of cases whose rows are put into the metrics table at a time."""

logger = logging.getLogger(__name__)
T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Callback with the number of files read so far and of all files."""


class DatasetError(Exception):
    """The files hold errors. `problems` lists every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read of one case file; without `entry` and `packed` if it or a reference table is wrong."""

    name: str
    state: FileState
    digest: str
    declared: tuple[int, int, int, int] | None
    """The year and number that the case declares, and the line and column of the number."""
    problems: tuple[Problem, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    """What `find_copies` compares."""
    entry: CaseEntry | None = None
    packed: Base64Bytes = b""
    """The case as compressed JSON, and behind it, from `cells_at`, its rows in the metrics table in the same form."""
    cells_at: int = 0

    def case(self) -> Case:
        """Unpack the case. JSON has no tuples, so its types are checked less strictly than those of a file."""
        return Case.model_validate_json(zlib.decompress(self.packed[: self.cells_at]), strict=False)

    def cells(self) -> Any:
        """Unpack the rows of the case in the metrics table."""
        return orjson.loads(zlib.decompress(self.packed[self.cells_at :]))


_RESULT, _RESULTS = TypeAdapter(ReadResult), TypeAdapter(list[ReadResult])


def _to_row(result: ReadResult, key: str) -> Row:
    """The result as a row: a line of JSON, and behind it what is packed, which a start need not look at."""
    return Row(result.name, key, b"\n".join((_RESULT.dump_json(result, exclude={"packed"}), result.packed)))


def _from_row(row: Row) -> ReadResult:
    line, _, packed = row.content.partition(b"\n")
    return replace(_RESULT.validate_json(line), packed=packed)


class LazyCases(Sequence[Case]):
    """The cases of these results, each unpacked on access."""

    def __init__(self, results: Sequence[ReadResult]) -> None:
        self.results = results
        self._case = lru_cache(maxsize=CASE_CACHE_SIZE)(lambda position: results[position].case())

    def __len__(self) -> int:
        return len(self.results)

    @overload
    def __getitem__(self, at: int) -> Case: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Case, ...]: ...
    def __getitem__(self, at: int | slice) -> Case | tuple[Case, ...]:
        found = range(len(self))[at]
        return tuple(map(self._case, found)) if isinstance(found, range) else self._case(found)


class ReadJob(NamedTuple):
    """What case files are read with. `tables` is None if one of the reference tables, or the source, holds an error."""

    folder: Path
    entries: Entries
    source: Source | None
    tables: Tables | None
    version: str
    """Hash of the reference tables."""


_job: ReadJob
"""The job of a worker process."""


def load_dataset(folder: str | Path | None = None) -> Dataset:
    """The dataset in `folder`, otherwise in the folder that HENAN_DATA names, otherwise this project's own.

    Raises DatasetError with every problem of every file, and ValueError where the folder holds no cases/ or reference/.
    """
    dataset, problems = read_dataset(choose_folder(folder))
    if dataset is None:
        raise DatasetError([problem for problem in problems if problem.severity == "error"])
    return dataset


def no_progress(done: int, total: int) -> None:
    """Progress callback that does nothing."""


def read_dataset(
    folder: Path = FOLDER, cache: Cache | None = None, before: Dataset | None = None, progress: Progress = no_progress
) -> tuple[Dataset | None, list[Problem]]:
    """The dataset, or None if any file holds an error; and all problems, warnings included, by file and line.

    Files that have not changed since `before` was read, otherwise since the cache was written, are not read again.
    """
    reference = {name: File.read(folder / "reference" / f"{name}.yaml", folder) for name in REFERENCE}
    source, entries = reference["source"].validated(Source), read_tables(reference)
    population = read_population(reference, entries)
    boundaries, problems = read_boundaries(folder, map_codes(entries))
    version = _hash((file.name.partition("/")[2], file.digest) for file in reference.values())
    sound = not any(file.errors for file in reference.values())
    tables = None
    if sound and source and population:
        tables = Tables(**entries, source=source, population=population, version=version)
    results = _read_cases(ReadJob(folder, entries, source, tables, version), cache, before, progress)
    problems += chain.from_iterable(file.problems for file in reference.values())
    problems += chain.from_iterable(result.problems for result in results)
    problems += _repeated_numbers(results, relative(folder / "cases", folder))
    problems += _copies(results, relative(folder / "cases", folder))
    problems = [*check_folder(folder, bool(results)), *sorted(problems)]
    if tables is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    return Dataset(
        LazyCases(results),
        tables,
        warnings=tuple(problems),
        version=_hash([("reference", version), *((f"cases/{result.name}", result.digest) for result in results)]),
        boundaries=boundaries,
        entries=[result.entry for result in results if result.entry],
        load_table=partial(_load_table, results),
    ), problems


def _read_cases(job: ReadJob, cache: Cache | None, before: Dataset | None, progress: Progress) -> list[ReadResult]:
    """The results of all case files, in their order. Each batch is cached at once, for a start that is interrupted."""
    key = f"{CODE} {job.version}"

    def store(batch: Iterable[ReadResult]) -> None:
        if cache:
            cache.write("cases", [_to_row(each, key) for each in batch if each.entry])

    if before and before.tables.version == job.version and isinstance(before.cases, LazyCases):
        known = {result.name: result for result in before.cases.results}
    else:
        rows = cache.rows("cases") if cache else ()
        known = {row.name: _from_row(row) for row in rows if row.key == key}
    paths = case_files(job.folder)
    unchanged = (_update_state(known[path.name], path) for path in paths if path.name in known)
    results = {result.name: result for result in unchanged if result}
    store(result for result in results.values() if result is not known[result.name])
    for batch in _read(job, [path for path in paths if path.name not in results], progress):
        results |= {result.name: result for result in batch}
        store(batch)
    if cache and known.keys() - results.keys():
        cache.remove_others("cases", results)
    return [results[path.name] for path in paths]


def _update_state(result: ReadResult, path: Path) -> ReadResult | None:
    """The result with the present state of its file, which may be touched or copied; None if the content differs."""
    state = file_state(path)
    if state and state != result.state:
        with suppress(OSError):
            return replace(result, state=state) if sha256(content(path)).hexdigest() == result.digest else None
    return result if state and state == result.state else None


def _read(job: ReadJob, paths: Sequence[Path], progress: Progress) -> Iterator[list[ReadResult]]:
    """Read files in batches: few in this process, many by all cores, and in this process what those have left."""
    if len(paths) <= SERIAL_MAX:
        yield read_batch(job, paths)
        return
    left = {path.name: path for path in paths}
    progress(0, len(paths))
    for read in (_read_by_workers, lambda job, batches: (read_batch(job, batch) for batch in batches)):
        for results in read(job, _split([*left.values()], BATCH_SIZE)):
            for result in results:
                del left[result.name]
            progress(len(paths) - len(left), len(paths))
            yield results


def _read_by_workers(job: ReadJob, batches: Sequence[Sequence[Path]]) -> Iterator[list[ReadResult]]:
    """The batches as they are finished, until all are or the worker processes cannot start or end early.

    The workers are loky's: those of the standard library would run the main script, here the open page, again. Results
    come as files: a process that is killed while it sends more than a pipe holds leaves its reader waiting.
    """
    try:
        with TemporaryDirectory() as scratch, ExitStack() as stack:
            pool = ProcessPoolExecutor(min(cpu_count(), len(batches)), initializer=_start_worker, initargs=(job,))
            stack.callback(pool.shutdown, kill_workers=True)
            targets = (Path(scratch, str(at)) for at in range(len(batches)))
            with _blocking_interrupts():
                futures = [*map(partial(pool.submit, _write_batch), batches, targets)]
            for future in as_completed(futures):
                target = future.result()
                yield _RESULTS.validate_json(target.read_bytes())
                target.unlink()
    except Exception as error:  # noqa: BLE001 this process reads the rest, and meets the error again if it is in our code
        logger.warning(f"Other processes do not read: {str(error).partition('.')[0]}")


@contextmanager
def _blocking_interrupts() -> Iterator[None]:
    """Block the interrupts of a terminal; the processes that are started meanwhile never get them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # as it starts it unblocks them
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _start_worker(job: ReadJob) -> None:
    """Prepare a worker process; an interrupt from the terminal is for the server alone."""
    global _job
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write_batch(paths: Sequence[Path], target: Path) -> Path:
    target.write_bytes(_RESULTS.dump_json(read_batch(_job, paths)))
    return target


def read_batch(job: ReadJob, paths: Iterable[Path]) -> list[ReadResult]:
    """Read these files in this process."""
    return [_read_file(job, path) for path in paths]


def _read_file(job: ReadJob, path: Path) -> ReadResult:
    state, file = file_state(path), File.read(path, job.folder)
    case = read_case(file, job.entries, job.source)
    year, number = file.values.get(("year",)), file.values.get(("number",))
    declared = (year, number, *file.places["number",]) if type(year) is type(number) is int else None
    result = ReadResult(path.name, state, file.digest, declared, tuple(file.problems), hash_parts(file))
    if case is None or job.tables is None:
        return result
    evidence = derive_all(case, job.tables)
    packed = zlib.compress(case.model_dump_json(exclude_unset=True).encode(), 3)
    cells = zlib.compress(orjson.dumps(table.cells_of(case, evidence, job.tables)), 3)
    entry = build_entry(case, evidence, job.tables)
    return replace(result, entry=entry, packed=packed + cells, cells_at=len(packed))


def _load_table(results: Sequence[ReadResult]) -> pd.DataFrame:
    """The metrics table of these cases."""
    chunks = ([each.cells() for each in chunk] for chunk in _split(results, CHUNK_SIZE))
    return pd.concat(map(table.from_cells, chunks), ignore_index=True)


def _split(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _hash(digests: Iterable[tuple[str, str]]) -> str:
    """Hash named digests. The names are relative: the result is the same for a copy of the folder."""
    return sha256("".join(f"{name}\0{digest}\0" for name, digest in digests).encode()).hexdigest()[:12]


def _repeated_numbers(results: Iterable[ReadResult], folder: str) -> Iterator[Problem]:
    """Find cases that declare the number of an earlier case of the year."""
    first: dict[tuple[int, int], str] = {}
    for name, declared in ((result.name, result.declared) for result in results):
        if declared and (earlier := first.setdefault(declared[:2], name)) != name:
            year, number, line, column = declared
            message = f"case {number} of {year} is already {earlier}. Write the printed number"
            yield Problem(f"{folder}/{name}", line, column, "number", message)


def _copies(results: Sequence[ReadResult], folder: str) -> Iterator[Problem]:
    """Find cases that repeat the texts or metrics of an earlier one."""
    for copy, original, what in find_copies(result.parts for result in results):
        case, earlier = results[copy], results[original].name
        line, column = case.declared[2:] if case.declared else (1, 1)
        message = f"repeats {earlier}: {what}. Remove the copy, or write what is this case's own"
        yield Problem(f"{folder}/{case.name}", line, column, "", message)
