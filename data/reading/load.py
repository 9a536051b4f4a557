"""Reads the case files and reference tables into one dataset, or says everything that is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from data.model.problems import Problem
from data.model.schema import Source
from data.query.dataset import Dataset, Tables
from data.reading.boundaries import read_boundaries
from data.reading.folder import FOLDER, choose_folder
from data.reading.shelf import MANY, Claim, Held, Progress, Shelf, Work, read_many
from data.reading.store import Store
from data.reading.validate import map_codes, read_case, read_tables
from data.reading.yaml_file import File, relative

REFERENCE = ("source", "places", "domains", "units")
"""The names of the tables that are read from the folder reference/."""


class DatasetError(Exception):
    """The files hold errors. `problems` lists every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load_dataset(folder: str | Path | None = None) -> Dataset:
    """The dataset in `folder`, otherwise in the folder that HENAN_DATA names, otherwise this project's own.

    Raises DatasetError with every problem of every file, and ValueError where the folder holds no cases/ or reference/.
    """
    dataset, problems = read_dataset(choose_folder(folder))
    if dataset is None:
        raise DatasetError([problem for problem in problems if problem.severity == "error"])
    return dataset


def unheard(done: int, total: int) -> None:
    """Nobody is told how far reading is."""


def read_dataset(
    folder: Path = FOLDER, cache: Path | None = None, before: Dataset | None = None, progress: Progress = unheard
) -> tuple[Dataset | None, list[Problem]]:
    """The dataset, or None when any file holds an error; and all problems, warnings included, in the order of files and lines.

    Many cases are read by all cores. Of these, what `before` holds of a file that has not changed is taken from there, and from the folder `cache` at the beginning.
    """
    reference = {name: File.read(folder / "reference" / f"{name}.yaml", folder) for name in REFERENCE}
    source, tables = reference["source"].validated(Source), read_tables(reference)
    boundaries, wrong = read_boundaries(folder, map_codes(tables))
    sound = source if not any(file.errors for file in reference.values()) else None
    frozen = {name: MappingProxyType(dict(entries)) for name, entries in tables.items()}
    paths = case_files(folder)
    made_of = _hashed((file.name.partition("/")[2], file.digest) for file in reference.values())
    if len(paths) < MANY:
        held = _held([File.read(path, folder) for path in paths], tables)
    else:
        known = (
            before.cases.table if before and isinstance(before.cases, Shelf) and before.reference == made_of else None
        )
        held = read_many(Work(folder, tables, sound, Store(cache, made_of) if cache else None), paths, known, progress)
    found = sorted(
        [
            *(problem for file in reference.values() for problem in file.problems),
            *wrong,
            *held.problems,
            *_same_numbers(held.claims),
        ]
    )
    problems = [*_check_folder(folder, bool(paths)), *found]
    if sound is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    return Dataset(
        held.cases,
        source=sound,
        warnings=tuple(problems),
        version=_hashed([("reference", made_of), *held.digests]),
        reference=made_of,
        boundaries=boundaries,
        **frozen,
    ), problems


def _held(files: Sequence[File], tables: Tables) -> Held:
    """What a few files hold."""
    cases = [case for file in files if (case := read_case(file, tables))]
    claims = tuple(
        Claim(file.name, file.at(("year",)), file.at(("number",)), *file.place(("number",))) for file in files
    )
    ordered = tuple(sorted(cases, key=lambda case: (case.year, case.number)))
    return Held(
        ordered,
        tuple(problem for file in files for problem in file.problems),
        claims,
        tuple((file.name.partition("/")[2], file.digest) for file in files),
    )


def case_files(folder: Path) -> list[Path]:
    """The case files in order; none where they cannot be listed."""
    return [folder / "cases" / name for name in _listed(folder / "cases") if name.endswith(".yaml")]


def _listed(folder: Path) -> list[str]:
    """What stands in a folder. A hidden file is an editor's own: Emacs marks a case that is being edited by `.#….yaml`."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return []


def _hashed(digests: Iterable[tuple[str, str]]) -> str:
    """The same wherever the folder stands."""
    return sha256("".join(f"{name}\0{digest}\0" for name, digest in digests).encode()).hexdigest()[:12]


def _same_numbers(claims: Iterable[Claim]) -> Iterator[Problem]:
    """Two cases with one printed number."""
    first: dict[tuple[int, int], str] = {}
    for file, year, number, line, column in sorted(claims, key=lambda claim: claim.file):
        if type(year) is type(number) is int and first.setdefault((year, number), file) != file:
            yield Problem(
                file,
                line,
                column,
                "number",
                f"case {number} of {year} is already {Path(first[year, number]).name}. Write the printed number",
            )


def _check_folder(folder: Path, any_case: bool) -> Iterator[Problem]:
    """Case files under a name that is never read, and a folder without cases."""
    cases = folder / "cases"
    if not any_case:
        yield Problem(relative(cases, folder), 1, 1, "", _why_none(cases))
    for name in _listed(cases):
        if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
            yield Problem(relative(cases / name, folder), 1, 1, "", "is not read. Rename it to end in .yaml")


def _why_none(cases: Path) -> str:
    try:
        os.listdir(cases)
    except OSError as error:
        return f"cannot be read ({error.strerror}). Restore the folder or its permissions"
    return "holds no case file. Copy template.yaml there and fill it in"
