"""The command `python -m data.draft SOURCE --case NUMBER`: writes the skeleton of a case from the document.

What is drafted is in `data.drafting`; how the document is divided, in `data.model.source_text`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from data.command import Parser, show
from data.drafting.figures import FigureReader
from data.drafting.skeleton import write_case
from data.drafting.unit_words import split_names
from data.model.numerals import proper_names
from data.model.problems import quoted
from data.model.source_text import DIVISION, SourceText
from data.query.dataset import Dataset
from data.reading.load import read_dataset

DESCRIPTION = f"""\
`python -m data.draft SOURCE --case NUMBER`: writes a case file to fill in. What looks like a figure is drafted with its
number, unit, bound, phrase and section; what only a reader can decide is a gap that the check refuses.

{DIVISION}
"""


def draft(dataset: Dataset, document: str, number: int, year: int) -> str:
    """Return the skeleton of a case as YAML. KeyError if the document has no part of this number."""
    source = SourceText(document, proper_names(frozenset(place.name.zh for place in dataset.places.values())))
    usage = Counter(metric.unit for case in dataset.cases for metric in case.metrics)
    translations = {metric.section.zh: metric.section.en for case in dataset.cases for metric in case.metrics}
    reader = FigureReader(source, dataset.units, split_names(dataset.units.values()), usage)
    return write_case(reader, source.parts[number], year, number, translations)


def main(arguments: list[str] | None = None) -> int:
    """Write the draft and return the exit status: 1 if the dataset cannot be read, 2 for wrong arguments, or 0."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="python -m data.draft", description=DESCRIPTION, formatter_class=layout)
    parser.add_argument("source", type=Path, help="the document as UTF-8 text; it is read and never kept")
    parser.add_folder()
    parser.add_argument("--case", metavar="NUMBER", type=int, required=True, help="the number after 案例")
    parser.add_argument("--year", type=int, help="the year of the case (default: that of reference/source.yaml)")
    parser.add_argument("--to", metavar="FILE", type=Path, help="a new file to write (default: standard output)")
    options = parser.parse_intermixed_args(arguments)  # the folder may stand behind an option
    document = parser.read_document(options.source)
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*problems)
        return 1
    try:
        text = draft(dataset, document, options.case, options.year or dataset.source.year)
    except KeyError:
        parser.reject(
            f"--case: found {options.case}. The document has no line 案例{options.case}. Write it, or its number"
        )
    if options.to is None:
        show(text.removesuffix("\n"))
        return 0
    try:
        with options.to.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        parser.reject(f"--to: found {quoted(options.to)}. It cannot be written ({error.strerror}). Write a new file")
    return 0


if __name__ == "__main__":
    sys.exit(main())
