"""The command `python -m data.check`: prints the problems of all files, on request with a summary of each case.

It also writes the files that help with cases. What a problem is, is defined in `data.model` and `data.reading`.
"""

from __future__ import annotations

import sys
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from data.command import Parser, show
from data.model.grades import GRADES
from data.model.problems import Problem
from data.query.dataset import Dataset
from data.query.filters import ROLES
from data.reading.case_schema import make_files
from data.reading.folder import read_content
from data.reading.load import read_dataset

DESCRIPTION = """\
`python -m data.check`: every problem of every file, or one line that says how much is sound. \
Exit 1 when there is an error, otherwise 0.

With --report a summary of each case; with --schema the JSON Schema that helps an editor with case files, and \
the description of every field, are written anew.
"""


def report(dataset: Dataset) -> str:
    """Return a table with a line a case and a line of totals.

    Its columns: the number of metrics, in all, by grade and by role; conflicts; numerals that are not measured; the
    share of metrics with a period.
    """
    lines = [["case", "figures", *GRADES, *ROLES, "conflicts", "not measured", "dated"]]
    for name, cases in [*((case.id, (case,)) for case in dataset.cases), ("total", dataset.cases)]:
        metrics = [dataset.metrics[position] for case in cases for position in dataset.positions[case.id]]
        kinds = Counter[str](kind for _, metric, evidence in metrics for kind in (evidence.grade, metric.role))
        dated = sum(any(end and end.period for end in (metric.before, metric.after)) for _, metric, _ in metrics)
        counts = [len(metrics), *(kinds[kind] for kind in (*GRADES, *ROLES))]
        counts += [sum(len(case.conflicts) for case in cases), sum(len(case.not_measured) for case in cases)]
        lines.append([name, *map(str, counts), f"{dated / len(metrics):.0%}" if metrics else "-"])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])]) for name, *cells in lines)


def write_files(parser: Parser, folder: Path) -> int:
    """Write what helps with the cases of a folder, where it differs, and return 0; with faulty tables nothing and 1."""
    files, problems = make_files(folder)
    if problems:
        show(*problems)
        return 1
    for path, content in files.items():
        name = f"{folder.name}/{path}"
        if read_content(folder / path) == content:
            show(f"{name} is up to date")
        else:
            parser.write(folder / path, content, f"{name}:", "Make it and its folder writable")
            show(f"{name}: written")
    return 0


def _count_noun(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _summarize(problems: Sequence[Problem]) -> str:
    """Return the number of errors that are told, of their files, and of warnings."""
    problems = [problem for problem in problems if problem.rank == 1]
    errors = [problem for problem in problems if problem.severity == "error"]
    files, warnings = len({problem.file for problem in errors}), len(problems) - len(errors)
    parts = [f"{_count_noun(len(errors), 'problem')} in {_count_noun(files, 'file')}"]
    return ", ".join([*parts, *([_count_noun(warnings, "warning")] if warnings else [])])


def main(arguments: list[str] | None = None) -> int:
    """Print the problems and return the exit status: 1 if there is an error, 2 for wrong arguments, otherwise 0."""
    parser = Parser(prog="python -m data.check", description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter)
    parser.add_folder()
    parser.add_argument("--report", action="store_true", help="print a summary of each case as well")
    parser.add_argument(
        "--schema", action="store_true", help="write data/case.schema.json and data/cases/README.md, nothing else"
    )
    options = parser.parse_args(arguments)
    folder = parser.choose_folder(options.folder)
    if options.schema:
        return write_files(parser, folder)
    dataset, problems = read_dataset(folder)
    if problems:
        show(*problems)
    if dataset is None:
        show(_summarize(problems))
        return 1
    if options.report:
        show(report(dataset))
    found = _count_noun(len(problems), "warning") if problems else "no problems"
    show(f"{len(dataset.cases)} cases, {len(dataset.metrics)} metrics, {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
