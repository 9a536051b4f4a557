"""The command `python -m data.export`: writes the whole dataset to a file, in any of the download formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

from data.command import Parser, show
from data.downloads.dictionary import PRESETS
from data.downloads.extract import Extract
from data.downloads.formats import Format
from data.model.problems import quoted
from data.model.schema import Lang
from data.reading.load import read_dataset
from pages.markup.report import FORMATS

_FIRST, *_OTHERS = (f".{ending}" for ending in FORMATS)
DESCRIPTION = (
    f"Every form in which the dataset is handed out. `python -m data.export metrics{_FIRST}` (or {', '.join(_OTHERS)}) "
    "writes it without a server."
)


def main(arguments: list[str] | None = None) -> int:
    """Write the file and return the exit status: 1 if the dataset has errors, 2 for wrong arguments, otherwise 0."""
    parser = Parser(prog="python -m data.export", description=DESCRIPTION)
    parser.add_argument(
        "file", type=Path, help=f"where to write, for example metrics{_FIRST}; the ending chooses the form"
    )
    parser.add_argument(
        "--lang",
        choices=get_args(Lang),
        help="language of a report (.html) or workbook (.xlsx), if its name does not end in _zh or _en",
    )
    parser.add_argument("--columns", choices=PRESETS, help="columns of the table; default: all", default="all")
    parser.add_folder()
    options = parser.parse_args(arguments)
    target: Path = options.file
    chosen = FORMATS.get(target.suffix.removeprefix(".").lower())
    if chosen is None:
        endings = ", ".join((_FIRST, *_OTHERS))
        parser.reject(f"file: found {quoted(target)}. Write a file whose name ends in one of: {endings}")
    lang = choose_language(parser, chosen, target, options.lang)
    if chosen.contents != "metrics" and options.columns != "all":
        message = f"--columns: found {options.columns}. A file of the form .{chosen.ending} has no choice of columns"
        parser.reject(f"{message}. Leave it out")
    if not target.parent.is_dir():
        parser.reject(f"file: found {quoted(target)}. There is no folder {quoted(target.parent)}. Make it first")
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*(problem for problem in problems if problem.severity == "error"), stream=sys.stderr)
        return 1
    extract = Extract(dataset, lang=lang, columns=PRESETS[options.columns])
    parser.write(target, chosen.write(extract), f"file: found {quoted(target)}. It", "Write another file")
    table = extract.table("metrics")
    contents = f"{len(dataset.cases)} cases" if chosen.contents == "report" else f"{len(table.columns)} columns"
    show(f"{target}: {len(table)} rows, {contents}")
    return 0


def choose_language(parser: Parser, form: Format, target: Path, given: Lang | None) -> Lang:
    """Return the language of a file by the end of its name or by the option; exit with a message if none can be told.

    A format of both languages needs none and refuses the option. Only a report must name one.
    """
    if not form.in_language:
        if given:
            parser.reject(f"--lang: found {given}. A file of the form .{form.ending} has both languages. Leave it out")
        return Extract.lang
    file = quoted(target)
    named = next((lang for lang in get_args(Lang) if target.stem.lower().endswith(f"_{lang}")), None)
    if given and named and given != named:
        parser.reject(f"--lang: found {given}, but the name of {file} ends in _{named}. Leave one of them out")
    if not (given or named) and form.contents == "report":
        example = target.with_name(f"{target.stem}_zh{target.suffix}")
        parser.reject(
            f"file: found {file}. A report has one language. Write a name that ends in _zh or _en, such as "
            f"{quoted(example)}, or add --lang zh or --lang en"
        )
    return given or named or Extract.lang


if __name__ == "__main__":
    sys.exit(main())
