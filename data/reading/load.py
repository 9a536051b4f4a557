"""Reads the case files and reference tables into a dataset, or reports everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from data.model.problems import Problem
from data.model.schema import Case, Source
from data.query.dataset import Dataset
from data.reading.folder import BOUNDARIES, FOLDER, REFERENCE, Files, choose_folder, read_files
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


class DatasetError(Exception):
    """The files hold errors. `problems` lists every one of them, without the warnings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problem for problem in problems if problem.severity == "error")
        super().__init__("\n".join(map(str, self.problems)))


class CaseFile(NamedTuple):
    """What was read of one case file: the case, unless it holds an error; the year and number that it declares, and
    their line and column; what `find_copies` compares. The name is that in its problems.
    """

    name: str
    digest: str
    case: Case | None
    problems: tuple[Problem, ...]
    number: tuple[int, int] | None
    place: tuple[int, int]
    parts: Mapping[str, str]


Known = dict[tuple[str, bytes | str, str], CaseFile]
"""Case files by their name, what they hold and the hash of the reference tables; those used last come last."""


def load_dataset(folder: str | Path | None = None) -> Dataset:
    """The dataset in `folder`, otherwise in the folder that HENAN_DATA names, otherwise this project's own.

    Raises DatasetError with every problem of every file, and ValueError where the folder holds no cases/ or reference/.
    """
    dataset, problems = read_dataset(choose_folder(folder))
    if dataset is None:
        raise DatasetError(problems)
    return dataset


def read_dataset(folder: Path = FOLDER) -> tuple[Dataset | None, list[Problem]]:
    """The dataset, or None if any file holds an error; and all problems, warnings included, by file and line."""
    return build_dataset(read_files(folder), folder.name, {})


def build_dataset(files: Files, folder: str, known: Known) -> tuple[Dataset | None, list[Problem]]:
    """The dataset of these files, as `read_dataset`; problems name them in this folder.

    A case file in `known` is not read again; the others are added to it.
    """
    reference = {name: File(f"{folder}/reference/{name}.yaml", files[f"reference/{name}.yaml"]) for name in REFERENCE}
    source, entries = reference["source"].validated(Source), read_tables(reference)
    population = read_population(reference, entries)
    boundaries, fault = read_boundaries(files[f"reference/{BOUNDARIES}"], map_codes(entries))
    version = _hash(reference.values())
    cases: list[CaseFile] = []
    problems = [problem for file in reference.values() for problem in file.problems]
    problems += [Problem(f"{folder}/reference/{BOUNDARIES}", 1, 1, "", fault)] if fault else []
    for name, content in files.items():
        if name.startswith("cases/") and name.endswith(".yaml"):
            key = name, content, version
            case = known.pop(key, None) or _read_case(File(f"{folder}/{name}", content), entries, source)
            known[key] = case
            cases.append(case)
            problems += case.problems
        elif name.startswith("cases"):
            problems.append(Problem(f"{folder}/{name}", 1, 1, "", str(content)))
    for key in list(known)[: -2 * len(cases)]:  # a repair brings back what was before the mistake
        del known[key]
    problems = sorted([*problems, *_repetitions(cases)])
    if not (source and population) or any(problem.severity == "error" for problem in problems):
        return None, problems
    tables = entries["places"], entries["domains"], entries["units"], source, population
    return Dataset(
        *tables,
        cases=tuple(file.case for file in cases if file.case),
        version=_hash(cases, f"reference\0{version}\0"),
        boundaries=boundaries,
    ), problems


def _hash(files: Iterable[File | CaseFile], first: str = "") -> str:
    """The hash of the content of files. Their names are relative: it is the same for a copy of the folder."""
    named = "".join(f"{file.name.partition('/')[2]}\0{file.digest}\0" for file in files)
    return sha256(f"{first}{named}".encode()).hexdigest()[:12]


def _read_case(file: File, entries: Entries, source: Source | None) -> CaseFile:
    case, place = read_case(file, entries, source), file.places.get(("number",), (1, 1))
    year, number = file.values.get(("year",)), file.values.get(("number",))
    declared = (year, number) if type(year) is type(number) is int else None
    return CaseFile(file.name, file.digest, case, tuple(file.problems), declared, place, hash_parts(file))


def _repetitions(files: Sequence[CaseFile]) -> Iterator[Problem]:
    """Find cases that declare the number of an earlier case of the year, or repeat texts or metrics of one."""
    names, first = [file.name.rpartition("/")[2] for file in files], dict[tuple[int, int], str]()
    for name, file in zip(names, files, strict=True):
        if file.number and (earlier := first.setdefault(file.number, name)) != name:
            message = f"case {file.number[1]} of {file.number[0]} is already {earlier}. Write the printed number"
            yield Problem(file.name, *file.place, "number", message)
    for copy, original, what in find_copies([file.parts for file in files]):
        message = f"repeats {names[original]}: {what}. Remove the copy, or write what is this case's own"
        yield Problem(files[copy].name, *files[copy].place, "", message)
