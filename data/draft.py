"""The command `python -m data.draft SOURCE --case NUMBER`: writes the skeleton of a case from the document.

What is drafted is in `data.drafting`; how the document is divided, in `data.model.source_text`.
"""

from __future__ import annotations

import re
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path

from data.command import Parser, show
from data.drafting.figures import FigureReader
from data.drafting.places import PlaceNames
from data.drafting.skeleton import CaseWriter
from data.model.numerals import proper_names
from data.model.problems import quoted
from data.model.source_text import DIVISION, SourceText
from data.query.dataset import Dataset
from data.reading.load import read_dataset

DESCRIPTION = f"""\
`python -m data.draft SOURCE --case NUMBER`: writes a case file, with gaps for what only a reader can decide.

{DIVISION}
"""


def draft(dataset: Dataset, document: str, number: int, year: int, name: str | None = None) -> str:
    """Return the skeleton of a case as YAML, `name` being its id; ValueError for a part that cannot be drafted."""
    source = SourceText(document, proper_names(frozenset(place.name.zh for place in dataset.places.values())))
    translations = {metric.section.zh: metric.section.en for case in dataset.cases for metric in case.metrics}
    reader, places = FigureReader(source, dataset.units), PlaceNames(dataset.places)
    writer = CaseWriter(reader, places, translations, dataset.source.year)
    return writer.write(source.find_part(number), year, number, name)


def main(arguments: list[str] | None = None) -> int:
    """Write the draft and return the exit status: 1 if the dataset cannot be read, 2 for wrong arguments, or 0."""
    parser = Parser("python -m data.draft", description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the document as UTF-8 text; it is read and never kept")
    parser.add_folder()
    parser.add_argument("--case", metavar="NUMBER", type=int, required=True, help="the number after 案例")
    parser.add_argument("--year", type=int, help="the year of the case (default: that of reference/source.yaml)")
    parser.add_argument("--to", metavar="FILE", type=Path, help="a new file (default: standard output)")
    options = parser.parse_intermixed_args(arguments)  # the folder may stand behind an option
    document = parser.read_document(options.source)
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*problems)
        return 1
    year, file = options.year or dataset.source.year, options.to
    named = file and file.absolute().parent.name == "cases"
    begin = f"{year}-{options.case:02d}-"
    if named and not re.fullmatch(rf"(?=.{{,65}}$){begin}[a-z0-9]+(-[a-z0-9]+)*\.yaml", file.name):
        advice = f"Name it {begin}short-name.yaml, in lower-case letters, digits and hyphens"
        parser.reject(f"--to: found {quoted(file)}, whose name is no id of this case. {advice}")
    try:
        text = draft(dataset, document, options.case, year, file.stem if named else None)
        if file:
            with file.open("x", encoding="utf-8", newline="\n") as new:
                new.write(text)
    except ValueError as error:
        parser.reject(str(error))
    except OSError as error:
        parser.reject(f"--to: found {quoted(file)}. It cannot be written ({error.strerror}). Write a new file")
    if not file:
        show(text.removesuffix("\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
