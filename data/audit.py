"""The command `python -m data.audit SOURCE`: finds the numerals of the document that no case file accounts for.

The document is split at its lines `案例1`, `案例2` …, and each part is compared with the case of that number. An entry
of the case accounts for a numeral if one of its phrases contains the numeral and the entry holds it:

- a metric holds the numbers of its ends, change and yardstick, the dates of its periods and the numerals of its words
  (数十倍); those that a phrase `excludes` are accounted for as well;
- an event holds its dates and the numerals of its words, a conflict those of its note and of its metrics;
- a `not_measured` entry holds all numerals of its phrase, or, if it repeats a metric, those that the metric holds.

So a phrase with four numbers, one of them typed, accounts for one. A number that a metric cites without holding or
excluding it may be mistyped: no conflict and no exclusion of another metric accounts for it. Numbers are compared with
their multiplier: 2300多万亩 is held by 2300 in 万亩 and by 23,000,000 in 亩. Blanks are ignored on both sides, except
between two digits. What counts as a numeral is defined in `data.model.numerals`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from data.command import Parser, show
from data.model.numerals import LIST_MARKS, Numeral, date_keys, find_numerals, number_keys
from data.model.problems import quoted
from data.model.schema import PHRASE_LIMIT, Case, Metric, Phrase, Quantity
from data.query.dataset import Dataset
from data.reading.load import read_dataset

DESCRIPTION = (
    "`python -m data.audit SOURCE`: is every numeral of the document accounted for? "
    "Exit 1 while one is not, or while a phrase is wrong; otherwise 0."
)
Cover = Literal["metric", "event", "not_measured", "excluded", "conflict", "cited"]
"""How an entry treats a numeral of its phrase; `cited` accounts for nothing."""
Span = tuple[int, int]
Faults = dict[Literal["not_verbatim", "ambiguous", "too_long"], list[str]]

STRONG: tuple[Cover, ...] = ("metric", "event", "not_measured")
"""The covers that account for a numeral, the first one that it has."""
FALLBACK: tuple[Cover, ...] = ("excluded", "conflict")
"""The covers that account for a numeral without a strong one, unless a metric cites it without holding it."""
CONTEXT = 14
"""Number of characters shown before and after an uncovered numeral."""

_BLANK = re.compile(r"(?<!\d)[^\S\n]+|[^\S\n]+(?!\d)")
_PART = re.compile(r"^案例(\d+)$", re.MULTILINE)
_HEADING = re.compile(rf"^(?:推荐词|正文|[{LIST_MARKS}]+、|[(（][{LIST_MARKS}]+[)）])", re.MULTILINE)


@dataclass(frozen=True)
class Uncovered:
    """A numeral that no entry accounts for, its line in the document, and the text around it."""

    numeral: str
    line: int
    around: str


@dataclass(frozen=True)
class CaseAudit:
    """The result of comparing a case file with its part of the document.

    `line` is the first line of the part, None if the document has none. `covered`, `dated` and `not_measured` are the
    numbers of numerals that a metric, an event or conflict, or a not_measured entry accounts for; each numeral counts
    once. `not_verbatim`, `ambiguous` and `too_long` describe wrong phrases, with their entries.
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
    """Audit every case of the document's year and every part without a case file, in the order of their numbers."""
    source = _Document(document, dataset)
    cases = {case.number: case for case in dataset.cases if case.year == dataset.source.year}
    return tuple(_audit_case(dataset, source, number, cases.get(number)) for number in sorted({*cases, *source.parts}))


class _Document:
    """The document without blanks, its numerals, and the span of each case's part by the case's number."""

    def __init__(self, document: str, dataset: Dataset) -> None:
        self.text = _BLANK.sub("", document)
        self.numerals = find_numerals(self.text, _place_names(dataset))
        headings = list(_PART.finditer(self.text))
        ends = [*(heading.start() for heading in headings), len(self.text)][1:]
        self.parts = {int(heading[1]): (heading.start(), end) for heading, end in zip(headings, ends, strict=True)}

    @cached_property
    def inner(self) -> frozenset[int]:
        """The positions inside numerals: a phrase that starts or ends there contains a part of a number."""
        return frozenset(position for numeral in self.numerals for position in range(numeral.start + 1, numeral.end))

    def numerals_in(self, span: Span) -> list[Numeral]:
        return [numeral for numeral in self.numerals if span[0] <= numeral.start and numeral.end <= span[1]]

    def find_section(self, heading: str, part: Span) -> Span:
        """Return the span from the heading to the next one, or the whole part if the heading is not found."""
        found = re.compile(f"^{re.escape(_BLANK.sub('', heading))}", re.MULTILINE).search(self.text, *part)
        if found is None:
            return part
        following = _HEADING.search(self.text, found.end(), part[1])
        return found.start(), following.start() if following else part[1]

    def find_phrase(self, phrase: str, scope: Span) -> list[Span]:
        found = re.compile(re.escape(_BLANK.sub("", phrase))).finditer(self.text, *scope)
        return [match.span() for match in found if self.inner.isdisjoint(match.span())]

    def find_line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def describe(self, numeral: Numeral) -> Uncovered:
        before = self.text[max(0, numeral.start - CONTEXT) : numeral.start].rpartition("\n")[2]
        after = self.text[numeral.end : numeral.end + CONTEXT].partition("\n")[0]
        return Uncovered(numeral.text, self.find_line(numeral.start), f"{before}[{numeral.text}]{after}")


def _place_names(dataset: Dataset) -> frozenset[str]:
    """Return the names of the known places without their kind: 三门峡 for 三门峡市."""
    return frozenset(re.sub("(?<=..)[省市县区镇]$", "", place.name.zh) for place in dataset.places.values())


def _audit_case(dataset: Dataset, source: _Document, number: int, case: Case | None) -> CaseAudit:
    part = source.parts.get(number)
    scope = part or (0, 0)
    covers: dict[Numeral, set[Cover]] = {numeral: set() for numeral in source.numerals_in(scope)}
    faults: Faults = {"not_verbatim": [], "ambiguous": [], "too_long": []}
    for citation in _find_citations(case, dataset) if case else ():
        length = len(citation.phrase.text)
        if length > PHRASE_LIMIT:
            faults["too_long"].append(f"{citation}: {length} characters, at most {PHRASE_LIMIT}")
        place = _locate(source, citation, scope, faults)
        for numeral, cover in _cover_numerals(source, citation, place, faults) if place else ():
            covers[numeral].add(cover)
    counted = {numeral: _choose_cover(found) for numeral, found in covers.items()}
    kinds = list(counted.values())
    return CaseAudit(
        case_id=case.id if case else f"案例{number} (no case file)",
        line=source.find_line(part[0]) if part else None,
        covered=kinds.count("metric") + kinds.count("excluded"),
        dated=kinds.count("event") + kinds.count("conflict"),
        not_measured=kinds.count("not_measured"),
        uncovered=tuple(source.describe(numeral) for numeral, cover in counted.items() if cover is None),
        **{kind: tuple(found) for kind, found in faults.items()},
    )


def _choose_cover(covers: set[Cover]) -> Cover | None:
    accepted = STRONG if "cited" in covers else (*STRONG, *FALLBACK)
    return next((cover for cover in accepted if cover in covers), None)


def _locate(source: _Document, citation: _Citation, part: Span, faults: Faults) -> Span | None:
    """Return the span of the phrase; None, with a fault, if it is not found or its occurrence is not stated."""
    scope = source.find_section(citation.section, part) if citation.section else part
    found, occurrence = source.find_phrase(citation.phrase.text, scope), citation.phrase.occurrence
    if len(found) >= (occurrence or 1) and (occurrence or len(found) == 1):
        return found[(occurrence or 1) - 1]
    where = "its part" if scope == part else f"its section {citation.section}"
    if len(found) > 1 and occurrence is None:
        faults["ambiguous"].append(f"{citation}: stands {len(found)} times in {where}. Write its occurrence")
        return None
    if len(found) < len(source.find_phrase(citation.phrase.text, part)):
        where += ", but elsewhere in the part"
    times = f"{len(found) or 'no'} time{'s' * (len(found) != 1)}"
    faults["not_verbatim"].append(f"{citation}: stands {times} in {where}")
    return None


def _cover_numerals(
    source: _Document, citation: _Citation, place: Span, faults: Faults
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
            yield _Citation(f"metrics {metric.id}", phrase, "metric", held_by[metric.id], metric.section)
    for at, event in enumerate(case.events):
        years = number_keys(*(float(date[:4]) for date in (event.date, event.end) if date))
        readings = _read_text(event.what.zh, dataset) | date_keys(event.date) | date_keys(event.end) | years
        for phrase in event.phrases:
            yield _Citation(f"events[{at}]", phrase, "event", readings)
    for conflict in case.conflicts:
        readings = _read_text(conflict.note.zh, dataset).union(*(held_by[metric] for metric in conflict.metrics))
        for phrase in conflict.phrases:
            yield _Citation(f"conflicts {conflict.id}", phrase, "conflict", readings)
    for at, entry in enumerate(case.not_measured):
        repeated = held_by[entry.metric] if entry.metric else None
        yield _Citation(f"not_measured[{at}]", entry.phrase, "not_measured", repeated)


def _read_metric(metric: Metric, dataset: Dataset) -> frozenset[str]:
    """Return the readings of the numbers, dates and words of a metric."""
    readings = set[str]()
    for end in (metric.before, metric.after, metric.compared_with and metric.compared_with.end):
        if end:
            readings |= _read_quantity(end, dataset.units[metric.unit_of(end)].scale, dataset)
        if end and end.period:
            readings |= date_keys(end.period.start) | date_keys(end.period.end)
    if metric.change:
        scale = dataset.units[metric.unit].scale if metric.change.kind == "difference" else 1
        readings |= _read_quantity(metric.change, scale, dataset)
    return frozenset(readings)


def _read_quantity(quantity: Quantity, scale: float, dataset: Dataset) -> frozenset[str]:
    if quantity.text:
        return _read_text(quantity.text.zh, dataset)
    return number_keys(*(value * scale for value in quantity.span or ()))


def _read_text(text: str, dataset: Dataset) -> frozenset[str]:
    numerals = find_numerals(_BLANK.sub("", text), _place_names(dataset))
    return frozenset(reading for numeral in numerals for reading in numeral.readings)


def report(case: CaseAudit) -> str:
    """Return the audit of one case as lines: its counts, its uncovered numerals and its wrong phrases."""
    counts = (
        f"{case.numerals} numerals: {case.covered} in metrics, {case.dated} in events and conflicts, "
        f"{case.not_measured} not measured, {len(case.uncovered)} uncovered"
    )
    faults = {"not verbatim": case.not_verbatim, "which place": case.ambiguous, "too long": case.too_long}
    return "\n".join(
        [
            f"{case.case_id}: {counts if case.line else 'the document has no part of this number'}",
            *(f"  uncovered, line {found.line}: {found.around}" for found in case.uncovered),
            *(f"  {kind}: {fault}" for kind, found in faults.items() for fault in found),
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Print the audit of every case and return the exit status: 1 if one is not clean, 2 for wrong arguments, or 0."""
    parser = Parser(prog="python -m data.audit", description=DESCRIPTION)
    parser.add_argument("source", type=Path, help="the document as UTF-8 text; it is read and never kept")
    parser.add_folder()
    options = parser.parse_args(arguments)
    source: Path = options.source
    try:
        document = source.read_text(encoding="utf-8-sig")
    except OSError as error:
        parser.reject(f"source: found {quoted(source)}. It cannot be read ({error.strerror}). Write a text file")
    except UnicodeDecodeError as error:
        parser.reject(f"source: found {quoted(source)}. It is not UTF-8 (byte {error.start}). Save the file as UTF-8")
    dataset, problems = read_dataset(parser.choose_folder(options.folder))
    if dataset is None:
        show(*problems)
        return 1
    audits = audit(dataset, document)
    show(*map(report, audits))
    return 0 if all(case.clean for case in audits) else 1


if __name__ == "__main__":
    sys.exit(main())
