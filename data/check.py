"""`python -m data.check`: every problem of every file, or one line that says how much is sound. Exit 1 when there is an error, otherwise 0."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.load import FOLDER, read_dataset


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m data.check", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="the folder that holds cases/ and reference/ (default: this project's)")
    dataset, problems = read_dataset(parser.parse_args(arguments).folder.resolve())
    for problem in problems:
        print(problem)
    if dataset is None:
        errors = sum(problem.severity == "error" for problem in problems)
        print(f"{errors} problem{'s' * (errors != 1)} in {len({problem.file for problem in problems})} file{'s' * (len({p.file for p in problems}) != 1)}")
        return 1
    found = f"{len(problems)} warning{'s' * (len(problems) != 1)}" if problems else "no problems"
    print(f"{len(dataset.cases)} cases, {len(dataset.table)} metrics, {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
