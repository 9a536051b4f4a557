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

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data.command import Parser, show
from data.model.numerals import Numeral, date_keys, number_keys, proper_names
from data.model.problems import quoted, suggest
from data.model.quantities import find_quantities, quantity_keys, text_keys
from data.model.schema import PHRASE_LIMIT, Case, Metric, Phrase
from data.model.source_text import DIVISION, SourceText, Span
from data.query.dataset import Dataset
from data.reading.load import read_dataset

DESCRIPTION = f"""\
`python -m data.audit SOURCE`: is every numeral of the document accounted for? Exit 1 while one is not, or while a
phrase is wrong; otherwise 0. With --case only one case counts.

{DIVISION}
"""
Cover = Literal["metric", "event", "not_measured", "excluded", "conflict", "cited"]
"""How an entry treats a numeral of its phrase; `cited` accounts for nothing."""
Faults = dict[Literal["not_verbatim", "ambiguous", "too_long"], list[str]]

STRONG: tuple[Cover, ...] = ("metric", "event", "not_measured")
"""The covers that account for a numeral, the first one that it has."""
FALLBACK: tuple[Cover, ...] = ("excluded", "conflict")
"""The covers that account for a numeral without a strong one, unless a metric cites it without holding it."""
CONTEXT = 14
"""Number of characters shown before and after an uncovered numeral."""
COPY_LENGTH = 20
"""Letters and digits in a row, without punctuation, that a text may not have in common with the document."""


@dataclass(frozen=True)
class Uncovered:
    """A numeral that no entry accounts for, its line in the document, and the text around it.

    `cited_by` are the metrics with a phrase that contains it and no number that it states.
    """

    numeral: str
    line: int
    around: str
    cited_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseAudit:
    """The result of comparing a case file with its part of the document.

    `line` is the first line of the part, None if the document has none. `covered`, `dated` and `not_measured` are the
    numbers of numerals that a metric, an event or conflict, or a not_measured entry accounts for; each numeral counts
    once. `not_verbatim`, `ambiguous` and `too_long` describe wrong phrases, with their entries; `copied` are the texts
    that repeat the document, which is a warning.
    """

    case_id: str
    line: int | None
    covered: int
    dated: int
    not_measured: int
    uncovered: tuple[Uncovered, ...]
    not_verbatim: tuple[str, ...]
    ambiguous: tuple[str, ...]
    too_long: tuple[str, ...]
    copied: tuple[str, ...]

    @property
    def numerals(self) -> int:
        """Number of numerals in the part."""
        return self.covered + self.dated + self.not_measured + len(self.uncovered)

    @property
    def clean(self) -> bool:
        """Whether every numeral is accounted for and every phrase is right."""
        return self.line is not None and not (self.uncovered or self.not_verbatim or self.ambiguous or self.too_long)


@dataclass(frozen=True)
class _Citation:
    """One phrase of an entry, the cover it gives to the readings that the entry holds (None: all), and its section."""

    entry: str
    phrase: Phrase
    cover: Cover
    readings: frozenset[str] | None
    section: str | None = None

    def __str__(self) -> str:
        return f'{self.entry} "{self.phrase.text}"'


def audit(dataset: Dataset, document: str) -> tuple[CaseAudit, ...]:
    """Audit every case of the dataset's document and every part without a case file, in the order of their numbers."""
    source = SourceText(document, _place_names(dataset))
    cases = {case.number: case for case in dataset.cases if case.year == dataset.source.year and not case.source}
    return tuple(_audit_case(dataset, source, number, cases.get(number)) for number in sorted({*cases, *source.parts}))


def audit_case(dataset: Dataset, document: str, case: Case) -> CaseAudit:
    """Audit one case, of whichever document, against the part of its number."""
    return _audit_case(dataset, SourceText(document, _place_names(dataset)), case.number, case)


def _place_names(dataset: Dataset) -> frozenset[str]:
    return proper_names(frozenset(place.name.zh for place in dataset.places.values()))


def _audit_case(dataset: Dataset, source: SourceText, number: int, case: Case | None) -> CaseAudit:
    part = source.parts.get(number)
    scope = part or (0, 0)
    covers: dict[Numeral, dict[str, Cover]] = {numeral: {} for numeral in source.numerals_in(scope)}
    faults: Faults = {"not_verbatim": [], "ambiguous": [], "too_long": []}
    for citation in _find_citations(case, dataset) if case else ():
        length = len(citation.phrase.text)
        if length > PHRASE_LIMIT:
            faults["too_long"].append(f"{citation}: {length} characters, at most {PHRASE_LIMIT}")
        for place in _locate(source, citation, scope, faults):
            for numeral, cover in _cover_numerals(source, citation, place, faults):
                covers[numeral][f"{citation.entry} {cover}"] = cover
    counted = {numeral: _choose_cover(set(found.values())) for numeral, found in covers.items()}
    kinds = list(counted.values())
    return CaseAudit(
        case_id=case.id if case else f"案例{number} (no case file)",
        line=source.find_line(part[0]) if part else None,
        covered=kinds.count("metric") + kinds.count("excluded"),
        dated=kinds.count("event") + kinds.count("conflict"),
        not_measured=kinds.count("not_measured"),
        uncovered=tuple(_describe(source, each, covers[each]) for each, cover in counted.items() if cover is None),
        copied=tuple(_find_copies(source, case)) if case else (),
        **{kind: tuple(found) for kind, found in faults.items()},
    )


def _describe(source: SourceText, numeral: Numeral, covers: dict[str, Cover]) -> Uncovered:
    before = source.text[max(0, numeral.start - CONTEXT) : numeral.start].rpartition("\n")[2]
    after = source.text[numeral.end : numeral.end + CONTEXT].partition("\n")[0]
    cited_by = tuple(entry.removesuffix(" cited") for entry, cover in covers.items() if cover == "cited")
    around = f"{before}[{numeral.text}]{after}"
    return Uncovered(numeral.text, source.find_line(numeral.start), around, cited_by)


def _find_copies(source: SourceText, case: Case) -> Iterator[str]:
    """Describe the texts of a case that should be the curator's own words and repeat the document."""
    actions = {f"actions[{position}]": action for position, action in enumerate(case.actions)}
    for field, text in {"summary": case.summary, "problem": case.problem, **actions, "result": case.result}.items():
        if run := source.find_copied(text.zh, COPY_LENGTH):
            yield f'{field}.zh: "{run}" stands in the document. Write it in your own words'


def _choose_cover(covers: set[Cover]) -> Cover | None:
    accepted = STRONG if "cited" in covers else (*STRONG, *FALLBACK)
    return next((cover for cover in accepted if cover in covers), None)


def _locate(source: SourceText, citation: _Citation, part: Span, faults: Faults) -> list[Span]:
    """Return the spans of the phrase; none, with a fault, if it is not found or its occurrence is not stated."""
    scope = source.find_section(citation.section, part) if citation.section else part
    found, occurrence = source.find_phrase(citation.phrase.text, scope), citation.phrase.occurrence
    where = "its part" if scope == part else f"its section {citation.section}"
    if occurrence == "all":
        if len(found) > 1:
            return found
    elif len(found) >= (occurrence or 1) and (occurrence or len(found) == 1):
        return [found[(occurrence or 1) - 1]]
    elif len(found) > 1 and occurrence is None:
        advice = "Write its occurrence, or occurrence: all if it means the same each time"
        faults["ambiguous"].append(f"{citation}: stands {len(found)} times in {where}. {advice}")
        return []
    if len(found) < len(source.find_phrase(citation.phrase.text, part)):
        where += ", but elsewhere in the part"
    times = f"{len(found) or 'no'} time{'s' * (len(found) != 1)}"
    advice = ". Leave out occurrence: all" if occurrence == "all" and found else ""
    faults["not_verbatim"].append(f"{citation}: stands {times} in {where}{advice}")
    return []


def _cover_numerals(
    source: SourceText, citation: _Citation, place: Span, faults: Faults
) -> Iterator[tuple[Numeral, Cover]]:
    """Yield the numerals of the phrase that the entry holds, excludes or, if it is a metric, cites."""
    numerals = source.numerals_in(place)
    excluded: set[Numeral] = set()
    for exclusion in citation.phrase.excludes:
        spans = source.find_phrase(exclusion, place)
        found = {each for start, end in spans for each in numerals if each.start < end and start < each.end}
        if not found:
            faults["not_verbatim"].append(f'{citation}: excludes "{exclusion}", which is no numeral of the phrase')
        excluded |= found
    for numeral in numerals:
        if citation.readings is None or not citation.readings.isdisjoint(numeral.readings):
            yield numeral, citation.cover
        elif numeral in excluded:
            yield numeral, "excluded"
        elif citation.cover == "metric":
            yield numeral, "cited"


def _find_citations(case: Case, dataset: Dataset) -> Iterator[_Citation]:
    """Yield the phrases of all entries of a case."""
    held_by = {metric.id: _read_metric(metric, dataset) for metric in case.metrics}
    for metric in case.metrics:
        for phrase in metric.phrases:
            yield _Citation(f"metric {metric.id}", phrase, "metric", held_by[metric.id], metric.section.zh)
    for at, event in enumerate(case.events):
        years = number_keys(*(float(date[:4]) for date in (event.date, event.end) if date))
        readings = (
            text_keys(event.what.zh, _place_names(dataset)) | date_keys(event.date) | date_keys(event.end) | years
        )
        for phrase in event.phrases:
            yield _Citation(f"events[{at}]", phrase, "event", readings)
    for conflict in case.conflicts:
        readings = text_keys(conflict.note.zh, _place_names(dataset)).union(
            *(held_by[metric] for metric in conflict.metrics)
        )
        for phrase in conflict.phrases:
            yield _Citation(f"conflict {conflict.id}", phrase, "conflict", readings)
    for at, entry in enumerate(case.not_measured):
        repeated = held_by[entry.metric] if entry.metric else None
        name = f"not_measured[{at}]" + (f" (metric {entry.metric})" if entry.metric else "")
        yield _Citation(name, entry.phrase, "not_measured", repeated)


def _read_metric(metric: Metric, dataset: Dataset) -> frozenset[str]:
    """Return the readings of the numbers, dates and words of a metric."""
    readings = set[str]()
    for printed in find_quantities(metric, dataset.units):
        readings |= quantity_keys(printed, _place_names(dataset))
    for end in (metric.before, metric.after, metric.compared_with and metric.compared_with.end):
        if end and end.period:
            readings |= date_keys(end.period.start) | date_keys(end.period.end)
    return frozenset(readings)


def report(case: CaseAudit) -> str:
    """Return the audit of one case as lines: its counts, its uncovered numerals, its wrong phrases, its warnings."""
    counts = (
        f"{case.numerals} numerals: {case.covered} in metrics, {case.dated} in events and conflicts, "
        f"{case.not_measured} not measured, {len(case.uncovered)} uncovered"
    )
    faults = {"not verbatim": case.not_verbatim, "which place": case.ambiguous, "too long": case.too_long}
    return "\n".join(
        [
            f"{case.case_id}: {counts if case.line else 'the document has no part of this number'}",
            *(f"  uncovered, line {found.line}: {found.around}{_advise(found)}" for found in case.uncovered),
            *(f"  {kind}: {fault}" for kind, found in faults.items() for fault in found),
            *(f"  warning: {copy}" for copy in case.copied),
        ]
    )


def _advise(found: Uncovered) -> str:
    """Say what to write about a numeral that metrics cite without holding it; empty for another."""
    if not found.cited_by:
        return ""
    advice = f"Write its number there, or excludes: ['{found.numeral}']"
    return f". Cited by {', '.join(found.cited_by)}, which does not hold it. {advice}"


def main(arguments: list[str] | None = None) -> int:
    """Print the audit and return the exit status: 1 if a case that counts is not clean, 2 for wrong arguments, or 0."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="python -m data.audit", description=DESCRIPTION, formatter_class=layout)
    parser.add_argument("source", type=Path, help="the document as UTF-8 text; it is read and never kept")
    parser.add_folder()
    parser.add_argument("--case", metavar="ID", help="the id of the only case to compare with the part of its number")
    options = parser.parse_intermixed_args(arguments)  # the folder may stand behind an option
    document = parser.read_document(options.source)
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*problems)
        return 1
    cases = {case.id: case for case in dataset.cases} if options.case else {}
    if options.case and options.case not in cases:
        known = {name: name for name in cases}
        parser.reject(f"--case: found {quoted(options.case)}.{suggest(options.case, known, 'the ids of the cases')}")
    audits = [audit_case(dataset, document, cases[options.case])] if options.case else audit(dataset, document)
    show(*map(report, audits))
    return 0 if all(case.clean for case in audits) else 1


if __name__ == "__main__":
    sys.exit(main())
