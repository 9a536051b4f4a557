"""The command `python -m data.audit SOURCE`: finds the numerals of the document that no case file accounts for.

Each part of the document (how it is divided is in `data.model.source_text`) is compared with the case of that number.
An entry of the case accounts for a numeral if one of its phrases contains the numeral and the entry holds it:

- a metric holds the numbers of its ends, change and yardstick, the dates of its periods and the numerals of its words
  (数十倍); those that a phrase `excludes` are accounted for as well;
- an event holds its dates and the numerals of its words, a conflict those of its note and of its metrics;
- a `not_measured` entry holds all numerals of its phrase, or, if it repeats a metric, those that the metric holds.

So a phrase with four numbers, one of them typed, accounts for one. A number that a metric cites without holding or
excluding it may be mistyped: no conflict and no exclusion of another metric accounts for it. Numbers are compared with
their multiplier: 2300多万亩 is held by 2300 in 万亩 and by 23,000,000 in 亩. What counts as a numeral is defined in
`data.model.numerals`. A text of the case that repeats a long run of the document is shown as a warning.
"""

from __future__ import annotations

import sys
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from data.command import Parser, show
from data.model.numerals import Numeral, date_keys, number_keys, proper_names
from data.model.problems import quoted, suggest
from data.model.quantities import metric_keys, text_keys
from data.model.schema import Case, Phrase
from data.model.source_text import DIVISION, SourceText, Span
from data.query.dataset import Dataset
from data.reading.load import read_dataset

DESCRIPTION = f"""\
`python -m data.audit SOURCE`: is every numeral of the document accounted for? Exit 1 while one is not, or while a
phrase is wrong; otherwise 0. With --case only one case counts.

{DIVISION}
"""
Cover = Literal["metric", "event", "not_measured", "uncovered", "excluded", "conflict"]
"""How an entry treats a numeral of its phrase; of several, the first in this order decides.

`uncovered` is what a metric cites and neither holds nor excludes: no exclusion or conflict of another makes up for it.
"""
CONTEXT = 14
"""Number of characters shown before and after an uncovered numeral."""
COPY_LENGTH = 20
"""Letters and digits in a row, without punctuation, that a text may not have in common with the document."""


class CaseAudit(NamedTuple):
    """The result of comparing a case file with its part of the document.

    `counts` says what accounts for how many numerals, empty if the document has no such part; `faults` are uncovered
    numerals and wrong phrases; `copied` are the texts that repeat the document, which is a warning.
    """

    case_id: str
    counts: str
    faults: list[str]
    copied: list[str]

    @property
    def clean(self) -> bool:
        """Whether every numeral is accounted for and every phrase is right."""
        return bool(self.counts) and not self.faults

    def __str__(self) -> str:
        counts = self.counts or "the document has no part of this number"
        return "\n  ".join([f"{self.case_id}: {counts}", *self.faults, *(f"warning: {copy}" for copy in self.copied)])


class _Entry(NamedTuple):
    """An entry of a case, its phrases, the cover it gives to the readings that it holds (None: all), its section."""

    name: str
    phrases: tuple[Phrase, ...]
    cover: Cover
    readings: frozenset[str] | None
    section: str = ""


def audit(dataset: Dataset, document: str, only: Case | None = None) -> list[CaseAudit]:
    """Audit every case of the dataset's document and every part without a case file, in the order of their numbers.

    With `only`, that case alone is audited, of whichever document it is.
    """
    source = SourceText(document, proper_names(frozenset(place.name.zh for place in dataset.places.values())))
    if only:
        return [_audit_case(dataset, source, only.number, only)]
    cases = {case.number: case for case in dataset.cases if case.year == dataset.source.year and not case.source}
    return [_audit_case(dataset, source, number, cases.get(number)) for number in sorted({*cases, *source.parts})]


def _audit_case(dataset: Dataset, source: SourceText, number: int, case: Case | None) -> CaseAudit:
    part = source.parts.get(number, (0, 0))
    covers: dict[Numeral, list[tuple[Cover, str]]] = {numeral: [] for numeral in source.numerals_in(part)}
    wrong: dict[str, list[str]] = {"not verbatim": [], "which place": []}
    for entry in _find_entries(dataset, source.names, case) if case else ():
        for phrase in entry.phrases:
            for place in _locate(source, entry, phrase, part, wrong):
                for numeral, cover in _cover_numerals(source, entry, phrase, place, wrong):
                    covers[numeral].append((cover, entry.name))
    decisive = {
        numeral: min((cover for cover, _ in found), key=get_args(Cover).index, default="uncovered")
        for numeral, found in covers.items()
    }
    numbers = Counter(decisive.values())
    counts = (
        f"{len(covers)} numerals: {numbers['metric'] + numbers['excluded']} in metrics, "
        f"{numbers['event'] + numbers['conflict']} in events and conflicts, "
        f"{numbers['not_measured']} not measured, {numbers['uncovered']} uncovered"
    )
    uncovered = [numeral for numeral, cover in decisive.items() if cover == "uncovered"]
    return CaseAudit(
        case_id=case.id if case else f"案例{number} (no case file)",
        counts=counts if number in source.parts else "",
        faults=[_describe(source, numeral, covers[numeral]) for numeral in uncovered]
        + [f"{kind}: {fault}" for kind, faults in wrong.items() for fault in faults],
        copied=list(_find_copies(source, case)) if case else [],
    )


def _describe(source: SourceText, numeral: Numeral, covers: list[tuple[Cover, str]]) -> str:
    """Show an uncovered numeral where it stands; say what to write if metrics cite it without holding it."""
    before = source.text[max(0, numeral.start - CONTEXT) : numeral.start].rpartition("\n")[2]
    after = source.text[numeral.end : numeral.end + CONTEXT].partition("\n")[0]
    shown = f"uncovered, line {source.find_line(numeral.start)}: {before}[{numeral.text}]{after}"
    cited_by = ", ".join(dict.fromkeys(name for cover, name in covers if cover == "uncovered"))
    advice = f"Write its number or date there, or excludes: ['{numeral.text}']"
    return f"{shown}. Cited by {cited_by}, which does not hold it. {advice}" if cited_by else shown


def _find_copies(source: SourceText, case: Case) -> Iterator[str]:
    """Describe the texts of a case that should be the curator's own words and repeat the document."""
    actions = {f"actions[{position}]": action for position, action in enumerate(case.actions)}
    for field, text in {"summary": case.summary, "problem": case.problem, **actions, "result": case.result}.items():
        if run := source.find_copied(text.zh, COPY_LENGTH):
            yield f'{field}.zh: "{run}" stands in the document. Write it in your own words'


def _locate(source: SourceText, entry: _Entry, phrase: Phrase, part: Span, wrong: dict[str, list[str]]) -> list[Span]:
    """Return the spans of the phrase; none, with a fault, if it is not found or its occurrence is not stated."""
    scope = source.find_section(entry.section, part) if entry.section else part
    where = "its part" if scope == part else f"its section {entry.section}"
    found, occurrence = source.find_phrase(phrase.text, scope), phrase.occurrence
    if isinstance(occurrence, int):
        chosen = found[occurrence - 1 : occurrence]
    else:  # all of several, otherwise the only one
        chosen = found if (occurrence == "all") == (len(found) > 1) else []
    if not chosen:
        kind, advice = "not verbatim", ". Leave out occurrence: all" if occurrence == "all" and found else ""
        if found and occurrence is None:
            kind, advice = "which place", ". Write its occurrence, or occurrence: all if it means the same each time"
        elif len(found) < len(source.find_phrase(phrase.text, part)):
            where += ", but elsewhere in the part"
        times = f"{len(found) or 'no'} time{'s' * (len(found) != 1)}"
        wrong[kind].append(f'{entry.name} "{phrase.text}": stands {times} in {where}{advice}')
    return chosen


def _cover_numerals(
    source: SourceText, entry: _Entry, phrase: Phrase, place: Span, wrong: dict[str, list[str]]
) -> Iterator[tuple[Numeral, Cover]]:
    """Yield the numerals of the phrase that the entry holds, excludes or, if it is a metric, leaves uncovered."""
    excluded: set[Numeral] = set()
    for exclusion in phrase.excludes:
        found = {each for span in source.find_phrase(exclusion, place) for each in source.numerals_in(span)}
        if not found:
            what = f'excludes "{exclusion}", which is no numeral of the phrase'
            wrong["not verbatim"].append(f'{entry.name} "{phrase.text}": {what}')
        excluded |= found
    for numeral in source.numerals_in(place):
        if entry.readings is None or not entry.readings.isdisjoint(numeral.readings):
            yield numeral, entry.cover
        elif numeral in excluded:
            yield numeral, "excluded"
        elif entry.cover == "metric":
            yield numeral, "uncovered"


def _find_entries(dataset: Dataset, names: frozenset[str], case: Case) -> Iterator[_Entry]:
    """Yield the entries of a case that may have phrases."""
    held_by = {metric.id: metric_keys(metric, dataset.units, names) for metric in case.metrics}
    for metric in case.metrics:
        yield _Entry(f"metric {metric.id}", metric.phrases, "metric", held_by[metric.id], metric.section.zh)
    for at, event in enumerate(case.events):
        years = number_keys(*(float(date[:4]) for date in (event.date, event.end) if date))
        readings = text_keys(event.what.zh, names) | date_keys(event.date) | date_keys(event.end) | years
        yield _Entry(f"events[{at}]", event.phrases, "event", readings)
    for conflict in case.conflicts:
        readings = text_keys(conflict.note.zh, names).union(*(held_by[metric] for metric in conflict.metrics))
        yield _Entry(f"conflict {conflict.id}", conflict.phrases, "conflict", readings)
    for at, entry in enumerate(case.not_measured):
        name = f"not_measured[{at}]" + (f" (metric {entry.metric})" if entry.metric else "")
        yield _Entry(name, (entry.phrase,), "not_measured", held_by[entry.metric] if entry.metric else None)


def main(arguments: list[str] | None = None) -> int:
    """Print the audit and return the exit status: 1 if a case that counts is not clean, 2 for wrong arguments, or 0."""
    parser = Parser(prog="python -m data.audit", description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the document as UTF-8 text; it is read and never kept")
    parser.add_folder()
    parser.add_argument("--case", metavar="ID", help="the id of the only case to compare with the part of its number")
    options = parser.parse_intermixed_args(arguments)  # the folder may stand behind an option
    document = parser.read_document(options.source)
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*problems)
        return 1
    only = dataset.by_id.get(options.case)
    if options.case and not only:
        known = {name: name for name in dataset.by_id}
        parser.reject(f"--case: found {quoted(options.case)}.{suggest(options.case, known, 'the ids of the cases')}")
    audits = audit(dataset, document, only)
    show(*audits)
    return 0 if all(case.clean for case in audits) else 1


if __name__ == "__main__":
    sys.exit(main())
