"""`python -m data.check`: every problem of every file, or one line that says how much is sound. Exit 1 when there is an error, otherwise 0.

With --report a summary of each case; with --schema the JSON Schema that helps an editor with case files is written anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from data.command import Parser, show
from data.dataset import Dataset
from data.evidence import GRADES, derive
from data.folder import FOLDER
from data.load import read_dataset
from data.problems import Problem
from data.schema import Case, Role, Text

SCHEMA_FILE = FOLDER / "case.schema.json"


class _Schema(GenerateJsonSchema):
    """What may be left out is never written empty: no null, no default. Titles would only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schema_text() -> str:
    """The JSON Schema of a case file, as data/case.schema.json holds it."""
    schema = {"$schema": GenerateJsonSchema.schema_dialect, **Case.model_json_schema(schema_generator=_Schema)}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def report(dataset: Dataset) -> str:
    """A line a case and a line of totals: figures by grade and by role, texts in both languages, conflicts, numerals not measured, share of figures with a period."""
    header = ["case", "figures", *GRADES, *get_args(Role), "zh+en", "conflicts", "not measured", "dated"]
    rows = [
        header,
        *([case.id, *_counts(dataset, [case])] for case in dataset.cases),
        ["total", *_counts(dataset, dataset.cases)],
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])]) for name, *cells in rows)


def _counts(dataset: Dataset, cases: Sequence[Case]) -> list[str]:
    figures = [metric for case in cases for metric in case.metrics]
    grades = Counter(derive(metric, dataset.units).grade for metric in figures)
    roles = Counter(metric.role for metric in figures)
    texts = [text for case in cases for text in _texts(case)]
    complete = sum(bool(text.zh.strip() and text.en.strip()) for text in texts)
    dated = sum(any(end and end.period for end in (metric.before, metric.after)) for metric in figures)
    counts = [len(figures), *(grades[grade] for grade in GRADES), *(roles[role] for role in get_args(Role))]
    told = [sum(len(case.conflicts) for case in cases), sum(len(case.not_measured) for case in cases)]
    return [
        *map(str, counts),
        f"{complete}/{len(texts)}",
        *map(str, told),
        f"{dated / len(figures):.0%}" if figures else "-",
    ]


def _texts(value: object) -> Iterator[Text]:
    """Every text that a reader reads."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, (tuple, BaseModel)):
        for inner in value if isinstance(value, tuple) else dict(value).values():
            yield from _texts(inner)


def _said(problems: list[Problem]) -> str:
    errors = [problem for problem in problems if problem.severity == "error"]
    files = len({problem.file for problem in errors})
    warnings = len(problems) - len(errors)
    also = f", {warnings} warning{'s' * (warnings != 1)}" if warnings else ""
    return f"{len(errors)} problem{'s' * (len(errors) != 1)} in {files} file{'s' * (files != 1)}{also}"


def _told(done: int, total: int) -> None:
    """How far reading many files is, in one line that a terminal overwrites."""
    if sys.stderr.isatty():
        print(f"\r{done:,} of {total:,} files read", end="\n" if done == total else "", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = Parser(
        prog="python -m data.check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_folder()
    parser.add_argument("--report", action="store_true", help="print a summary of each case as well")
    parser.add_argument("--schema", action="store_true", help="write data/case.schema.json and do nothing else")
    chosen = parser.parse_args(arguments)
    if chosen.schema:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8", newline="\n")
        return 0
    dataset, problems = read_dataset(parser.data_folder(chosen.folder), progress=_told)
    if problems:
        show(*problems)
    if dataset is None:
        show(_said(problems))
        return 1
    if chosen.report:
        show(report(dataset))
    found = f"{len(problems)} warning{'s' * (len(problems) != 1)}" if problems else "no problems"
    show(f"{len(dataset.cases)} cases, {dataset.figures} metrics, {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
