"""Many cases: read by all cores, held packed beside their columns, and unpacked when one is looked at.

A case is one row of an Arrow table (`ROW`). What was read is known by the state of the file it stands in: a file that has not changed is not read again.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from threading import local
from typing import Any, NamedTuple, get_args

import orjson
import pyarrow as pa

from data.model.problems import Problem
from data.model.schema import Case, Lang, Source
from data.query.columns import SCHEMA
from data.query.dataset import Dataset, Tables
from data.reading.store import Store, by_year
from data.reading.validate import read_case
from data.reading.yaml_file import File, content, relative
from data.wording.rows import worded_rows

ROOT = Path(__file__).parents[2]
SAID = 2000
"""So many characters of what a process said before it ended are told."""
MANY = 100
"""From so many case files on they are read by all cores and kept; fewer are read in less time than that takes."""
ALONE = 8
"""So few changed files are read in this process: another would not have started by then."""
OPEN = 512
"""So many unpacked cases are remembered; one takes about 120 kB."""
PIECES = 1000
"""A table in more pieces than this is put together anew."""
PRINT = ("inode", "modified", "changed", "size")
ROW = pa.schema(
    [
        *SCHEMA,
        ("file", pa.string()),
        ("digest", pa.string()),
        *((name, pa.int64()) for name in PRINT),
        *((name, pa.int32()) for name in ("line", "column")),
        ("warnings", pa.binary()),
        ("packed", pa.binary()),
    ]
)
"""A case by its columns, the state of its file, where that says its number, the warnings about it, and all of it."""

logger = logging.getLogger(__name__)
Print = tuple[int, ...]
Progress = Callable[[int, int], None]
"""Is told how many files of how many are read."""
Rows = dict[str, tuple[pa.Table, int]]
"""Where the row of a file is."""


class Shelf(Sequence[Case]):
    """The cases of a table of `ROW`, in its order."""

    def __init__(self, table: pa.Table, store: Store | None = None) -> None:
        self.table, self.store = table, store
        self._case = lru_cache(maxsize=OPEN)(partial(_case, table["packed"]))

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, at: Any) -> Any:
        return (
            tuple(map(self._case, range(len(self))[at])) if isinstance(at, slice) else self._case(range(len(self))[at])
        )

    def figures(self, tables: Tables, source: Source) -> pa.Table:
        """The metrics table, of each year as the store has it; what that has not is made from the cases."""
        kept = ((self.store and self.store.figures(year, rows), rows) for year, rows in by_year(self.table))
        return pa.concat_tables(
            _figures(_unpacked(rows, tables, source)) if found is None else found for found, rows in kept
        )

    def keep(self, tables: Tables, source: Source) -> None:
        """Brings the store to what the table holds, year by year."""
        if self.store:
            for year, rows in by_year(self.table):
                if not self.store.holds(year, rows):
                    self.store.write(year, rows, _figures(_unpacked(rows, tables, source)))
            self.store.forget({year for year, _ in by_year(self.table)})


def packed(case: Case) -> bytes:
    return zlib.compress(case.model_dump_json(exclude_unset=True).encode(), 3)


def unpacked(case: bytes) -> Case:
    """The case as it was packed. JSON has no tuples, so that the shape is read less strictly than from a file, which was checked."""
    return Case.model_validate_json(zlib.decompress(case), strict=False)


def _case(column: pa.ChunkedArray, number: int) -> Case:
    return unpacked(column[number].as_py())


def _unpacked(rows: pa.Table, tables: Tables, source: Source) -> Dataset:
    """The cases of these rows alone."""
    return Dataset(tuple(map(unpacked, rows["packed"].to_pylist())), source=source, **tables)


def _figures(dataset: Dataset) -> pa.Table:
    """The metrics table in the form in which it is kept."""
    return pa.Table.from_pandas(dataset.table, preserve_index=False).replace_schema_metadata()


class Claim(NamedTuple):
    """Which number of which year a file says that it is, and where; whatever stands there."""

    file: str
    year: Any
    number: Any
    line: int
    column: int


@dataclass(frozen=True, eq=False)
class Held:
    """What case files hold: the sound cases in order, all problems, the number each file claims, and the digest of each."""

    cases: Sequence[Case]
    problems: tuple[Problem, ...]
    claims: tuple[Claim, ...]
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Part:
    """What some of many files hold: the sound cases as a table of `ROW`; the problems and claims of the others."""

    table: pa.Table
    problems: tuple[Problem, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, eq=False)
class Work:
    """How files are read: from which folder, against which tables; `source` is None, and no case is kept, where a reference table holds an error."""

    folder: Path
    tables: Tables
    source: Source | None
    store: Store | None


def read_many(work: Work, paths: Sequence[Path], known: pa.Table | None, progress: Progress) -> Held:
    """What these files hold, in their order. A file that `known`, otherwise the store, has in its present state is not read."""
    if known is None:
        known = work.store.read(ROW) if work.store and work.source else ROW.empty_table()
    rows = _unchanged(known, paths)
    fresh = [path for path in paths if path.name not in rows]
    parts = list(_read(work, fresh, {name[:4] for name in rows}, progress))
    for part in parts:
        rows |= {name: (part.table, at) for at, name in enumerate(part.table["file"].to_pylist())}
    table = _merged(rows[path.name] for path in paths if path.name in rows)
    cases = relative(work.folder / "cases", work.folder)
    names = [f"{cases}/{name}" for name in table["file"].to_pylist()]
    warnings = (
        Problem(*entry) for entries in table["warnings"].to_pylist() if entries for entry in orjson.loads(entries)
    )
    return Held(
        Shelf(table, work.store),
        (*warnings, *(problem for part in parts for problem in part.problems)),
        (*_claims(table, names), *(claim for part in parts for claim in part.claims)),
        tuple(zip((name.partition("/")[2] for name in names), table["digest"].to_pylist(), strict=True)),
    )


def _print(path: Path) -> Print:
    """What tells one state of a file from another without reading it."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _unchanged(known: pa.Table, paths: Iterable[Path]) -> Rows:
    """The known rows of files that are as they were; those that were only touched or copied, with their new state."""
    before = {
        name: (at, tuple(state), digest)
        for at, (name, digest, *state) in enumerate(
            zip(*(known[name].to_pylist() for name in ("file", "digest", *PRINT)), strict=True)
        )
    }
    rows: Rows = {}
    touched: list[tuple[int, Print]] = []
    for path in paths if before else ():
        at, state, digest = before.get(path.name, (0, (), ""))
        now = _print(path)
        if state and state == now:
            rows[path.name] = known, at
        elif state and _digest(path) == digest:
            touched.append((at, now))
    if touched:
        table = known.take([at for at, _ in touched])
        for name, values in zip(PRINT, zip(*(now for _, now in touched), strict=True), strict=True):
            table = table.set_column(table.schema.get_field_index(name), name, pa.array(values, pa.int64()))
        rows |= {name: (table, at) for at, name in enumerate(table["file"].to_pylist())}
    return rows


def _digest(path: Path) -> str:
    try:
        return sha256(content(path)).hexdigest()
    except OSError:
        return ""


def _read(work: Work, paths: Sequence[Path], begun: set[str], progress: Progress) -> Iterator[Part]:
    """Reads files, a year at a time. A year of which nothing was known goes straight into the store."""
    years = [list(group) for _, group in groupby(paths, key=lambda path: path.name[:4])]
    done = 0
    for found, count in (
        _together(work, years, begun)
        if len(paths) > ALONE
        else ((_read_year(work, year, False), len(year)) for year in years)
    ):
        done += count
        progress(done, len(paths))
        yield found


def _together(work: Work, years: Sequence[Sequence[Path]], begun: set[str]) -> Iterator[tuple[Part, int]]:
    """Reads years by all cores; what other processes leave because they cannot be started, or end, is read in this one."""
    own, others, left = local(), ExitStack(), list(years)

    def asked(year: Sequence[Path]) -> Part:
        if not hasattr(own, "ask"):
            own.ask = others.enter_context(_other(work))
        return own.ask(year, year[0].name[:4] not in begun)

    with others, ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = {pool.submit(asked, year): year for year in years}
        try:
            for answer in as_completed(answers):
                part = answer.result()
                left.remove(answers[answer])
                yield part, len(answers[answer])
        except OSError as error:
            logger.warning(f"Other processes do not read: {error}")
            for year in left:
                yield _read_year(work, year, False), len(year)
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _other(work: Work) -> Iterator[Callable[[Sequence[Path], bool], Part]]:
    """Another Python that reads files for this one.

    It is started plainly: what Python's own pool of processes starts runs the main script again, which in a server of Streamlit is the page that somebody has just opened.
    """
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from data.reading.shelf import serve; serve()"
    # In a group of its own: Ctrl+C in a terminal is for the server, which then ends this process.
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as process:

        def ask(*asked: Any) -> Part:
            try:
                pickle.dump(asked, process.stdin)
                process.stdin.flush()
                return pickle.load(process.stdout)
            except (BrokenPipeError, EOFError, pickle.UnpicklingError):
                said = process.stderr.read().decode(errors="replace")[-SAID:].strip()
                raise ChildProcessError(said or f"one ended with {process.wait()}") from None

        try:
            ask(work)
            yield ask
        finally:
            process.kill()
            with suppress(BrokenPipeError):
                process.stdin.close()


def serve() -> None:
    """Reads what is asked for on the standard input, until that ends."""
    asked, answer, sys.stdout = sys.stdin.buffer, sys.stdout.buffer, sys.stderr
    (work,) = pickle.load(asked)
    part = _read_year(work, (), False)
    with suppress(EOFError):
        while True:
            pickle.dump(part, answer)
            answer.flush()
            part = _read_year(work, *pickle.load(asked))


def _read_year(work: Work, paths: Sequence[Path], keep: bool) -> Part:
    """Reads these files, and makes sure that all of their figures can be put into words."""
    cases: list[Case] = []
    more: list[dict[str, Any]] = []
    problems: list[Problem] = []
    claims: list[Claim] = []
    for path in paths:
        state = _print(path)
        file = File.read(path, work.folder)
        case = read_case(file, work.tables)
        line, column = file.place(("number",))
        if case is None or work.source is None:
            problems += file.problems
            claims.append(Claim(file.name, file.at(("year",)), file.at(("number",)), line, column))
        else:
            warnings = orjson.dumps([[*vars(problem).values()] for problem in file.problems]) if file.problems else b""
            about = {
                "file": path.name,
                "digest": file.digest,
                "line": line,
                "column": column,
                "warnings": warnings,
                "packed": packed(case),
            }
            more.append({**about, **dict(zip(PRINT, state, strict=True))})
            cases.append(case)
    return Part(_rows(work, cases, more, keep), tuple(problems), tuple(claims))


def _rows(work: Work, cases: Sequence[Case], more: Sequence[Mapping[str, Any]], keep: bool) -> pa.Table:
    if not cases or work.source is None:
        return ROW.empty_table()
    dataset = Dataset(tuple(cases), source=work.source, **work.tables)
    for lang in get_args(Lang):
        list(worded_rows(dataset, lang))
    table = dataset.index.table
    for name in ROW.names[len(SCHEMA) :]:
        table = table.append_column(ROW.field(name), pa.array([row[name] for row in more], ROW.field(name).type))
    if keep and work.store:
        work.store.write(more[0]["file"][:4], table, _figures(dataset))
    return table


def _merged(rows: Iterable[tuple[pa.Table, int]]) -> pa.Table:
    """These rows in one table: runs of one table are taken as they are."""
    runs: list[tuple[pa.Table, int, int]] = []
    for table, at in rows:
        if runs and runs[-1][0] is table and runs[-1][2] == at:
            runs[-1] = table, runs[-1][1], at + 1
        else:
            runs.append((table, at, at + 1))
    merged = pa.concat_tables([ROW.empty_table(), *(table.slice(start, end - start) for table, start, end in runs)])
    return merged.combine_chunks() if merged["file"].num_chunks > PIECES else merged


def _claims(table: pa.Table, names: Sequence[str]) -> Iterator[Claim]:
    """The numbers of sound cases, which stand in their ids."""
    for name, case_id, line, column in zip(
        names, *(table[column].to_pylist() for column in ("id", "line", "column")), strict=True
    ):
        yield Claim(name, int(case_id[:4]), int(case_id[5:7]), line, column)
