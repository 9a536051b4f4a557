"""`python -m data.audit SOURCE`: is every numeral of the document accounted for? Exit 1 while one is not, or while a phrase is wrong; otherwise 0.

The document is split at its lines `案例1`, `案例2` … and each part is held against the case of that number. A numeral is accounted for when an entry
cites it and holds it:

- a metric holds the numbers of its ends, change and yardstick, the dates of its periods and the numerals of its words (数十倍); what it
  `excludes` inside a phrase it has read and left to others;
- an event holds its date and the numerals of its words, a conflict those of its note and its metrics;
- a `not_measured` entry holds its whole phrase, a repetition only what the repeated metric holds.

So a long phrase around four numbers with one of them typed covers one; and where a metric cites a number that it neither holds nor excludes, neither a
conflict nor the exclusion of another metric makes up for it: it may be mistyped. Numbers are compared with their multiplier: 2300多万亩 is held by 2300 in 万亩
or by 23,000,000 in 亩. Blanks are left out on both sides, except between two digits.
What counts as a numeral is defined in `data.model.numerals`.
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

Cover = Literal["metric", "event", "not_measured", "excluded", "conflict", "cited"]
Span = tuple[int, int]

FIRM: tuple[Cover, ...] = ("metric", "event", "not_measured")
WEAK: tuple[Cover, ...] = ("excluded", "conflict")
"""What accounts for a numeral, the first that applies; the weak ones only where no metric cites it without holding it."""
AROUND = 14

_BLANK = re.compile(r"(?<!\d)[^\S\n]+|[^\S\n]+(?!\d)")
_PART = re.compile(r"^案例(\d+)$", re.MULTILINE)
_HEADING = re.compile(rf"^(?:推荐词|正文|[{LIST_MARKS}]+、|[(（][{LIST_MARKS}]+[)）])", re.MULTILINE)


@dataclass(frozen=True)
class Uncovered:
    """A numeral nobody accounts for, the line of the document it stands in, and its surroundings."""

    numeral: str
    line: int
    around: str


@dataclass(frozen=True)
class CaseAudit:
    """What the document's part of one case and the case's file say of one another.

    `line` is where the part begins, None where the document has none. `covered`, `dated` and `not_measured` count the numerals that a metric, an event or
    conflict, or a not_measured entry accounts for, each numeral once. The last three fields name the entry and its phrase.
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
        return self.covered + self.dated + self.not_measured + len(self.uncovered)

    @property
    def clean(self) -> bool:
        return self.line is not None and not (self.uncovered or self.not_verbatim or self.ambiguous or self.too_long)


@dataclass(frozen=True)
class _Citation:
    """One phrase of one entry. `holds` are the readings it covers, None for all; `section` is None where the phrase may stand anywhere in the part."""

    entry: str
    phrase: Phrase
    cover: Cover
    holds: frozenset[str] | None
    section: str | None = None


def audit(dataset: Dataset, document: str) -> tuple[CaseAudit, ...]:
    """The audit of every case of the document's year and of every part without a case file, by number."""
    source = _Document(document, dataset)
    cases = {case.number: case for case in dataset.cases if case.year == dataset.source.year}
    return tuple(_audit_case(dataset, source, number, cases.get(number)) for number in sorted({*cases, *source.parts}))


class _Document:
    """The text without its blanks, its numerals, and where the parts of its cases are."""

    def __init__(self, document: str, dataset: Dataset) -> None:
        self.text = _without_blanks(document)
        self.numerals = find_numerals(self.text, _names(dataset))
        headings = list(_PART.finditer(self.text))
        ends = [*(heading.start() for heading in headings), len(self.text)][1:]
        self.parts = {int(heading[1]): (heading.start(), end) for heading, end in zip(headings, ends, strict=True)}

    @cached_property
    def inner(self) -> frozenset[int]:
        """Positions inside a numeral: a phrase that begins or ends there cites another number."""
        return frozenset(position for numeral in self.numerals for position in range(numeral.start + 1, numeral.end))

    def within(self, span: Span) -> list[Numeral]:
        return [numeral for numeral in self.numerals if span[0] <= numeral.start and numeral.end <= span[1]]

    def section(self, heading: str, part: Span) -> Span:
        """From the heading to the next one; the whole part where it is not found."""
        found = re.compile(f"^{re.escape(_without_blanks(heading))}", re.MULTILINE).search(self.text, *part)
        if found is None:
            return part
        following = _HEADING.search(self.text, found.end(), part[1])
        return found.start(), following.start() if following else part[1]

    def find(self, phrase: str, scope: Span) -> list[Span]:
        found = re.compile(re.escape(_without_blanks(phrase))).finditer(self.text, *scope)
        return [match.span() for match in found if self.inner.isdisjoint(match.span())]

    def line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def uncovered(self, numeral: Numeral) -> Uncovered:
        before, after = (
            self.text[max(0, numeral.start - AROUND) : numeral.start],
            self.text[numeral.end : numeral.end + AROUND],
        )
        return Uncovered(
            numeral.text,
            self.line(numeral.start),
            f"{before.rpartition(chr(10))[2]}[{numeral.text}]{after.partition(chr(10))[0]}",
        )


def _names(dataset: Dataset) -> frozenset[str]:
    """The names of the known places, 三门峡 for 三门峡市."""
    return frozenset(re.sub("(?<=..)[省市县区镇]$", "", place.name.zh) for place in dataset.places.values())


def _without_blanks(text: str) -> str:
    return _BLANK.sub("", text)


def _audit_case(dataset: Dataset, source: _Document, number: int, case: Case | None) -> CaseAudit:
    part = source.parts.get(number)
    scope = part or (0, 0)
    covers: dict[Numeral, set[Cover]] = {numeral: set() for numeral in source.within(scope)}
    faults: dict[str, list[str]] = {"not_verbatim": [], "ambiguous": [], "too_long": []}
    for citation in _citations(case, dataset) if case else ():
        if len(citation.phrase.text) > PHRASE_LIMIT:
            faults["too_long"].append(
                f"{_label(citation)}: {len(citation.phrase.text)} characters, at most {PHRASE_LIMIT}"
            )
        place = _locate(source, citation, scope, faults)
        for numeral, cover in _covers(source, citation, place, faults) if place else ():
            covers[numeral].add(cover)
    counted = [_counted(found) for found in covers.values()]
    return CaseAudit(
        case_id=case.id if case else f"案例{number} (no case file)",
        line=source.line(part[0]) if part else None,
        covered=counted.count("metric") + counted.count("excluded"),
        dated=counted.count("event") + counted.count("conflict"),
        not_measured=counted.count("not_measured"),
        uncovered=tuple(
            source.uncovered(numeral) for numeral, cover in zip(covers, counted, strict=True) if cover is None
        ),
        **{kind: tuple(found) for kind, found in faults.items()},
    )


def _counted(found: set[Cover]) -> Cover | None:
    return next((cover for cover in (*FIRM, *(() if "cited" in found else WEAK)) if cover in found), None)


def _label(citation: _Citation) -> str:
    return f'{citation.entry} "{citation.phrase.text}"'


def _locate(source: _Document, citation: _Citation, part: Span, faults: dict[str, list[str]]) -> Span | None:
    """Where the phrase stands; None, and a fault, where it stands nowhere or it is not said which place is meant."""
    scope = source.section(citation.section, part) if citation.section else part
    found, wanted = source.find(citation.phrase.text, scope), citation.phrase.occurrence
    if len(found) >= (wanted or 1) and (wanted or len(found) == 1):
        return found[(wanted or 1) - 1]
    where = "its part" if scope == part else f"its section {citation.section}"
    if len(found) > 1 and wanted is None:
        faults["ambiguous"].append(f"{_label(citation)}: stands {len(found)} times in {where}. Write its occurrence")
    else:
        elsewhere = ", but elsewhere in the part" if len(found) < len(source.find(citation.phrase.text, part)) else ""
        faults["not_verbatim"].append(
            f"{_label(citation)}: stands {len(found) or 'no'} time{'s' * (len(found) != 1)} in {where}{elsewhere}"
        )
    return None


def _covers(
    source: _Document, citation: _Citation, place: Span, faults: dict[str, list[str]]
) -> Iterator[tuple[Numeral, Cover]]:
    """What the entry does with the numerals of its phrase."""
    numerals = source.within(place)
    excluded: set[Numeral] = set()
    for exclusion in citation.phrase.excludes:
        found = {
            numeral
            for span in source.find(exclusion, place)
            for numeral in numerals
            if numeral.start < span[1] and span[0] < numeral.end
        }
        if not found:
            faults["not_verbatim"].append(
                f'{_label(citation)}: excludes "{exclusion}", which is no numeral of the phrase'
            )
        excluded |= found
    for numeral in numerals:
        if citation.holds is None or not citation.holds.isdisjoint(numeral.readings):
            yield numeral, citation.cover
        elif numeral in excluded:
            yield numeral, "excluded"
        elif citation.cover == "metric":
            yield numeral, "cited"


def _citations(case: Case, dataset: Dataset) -> Iterator[_Citation]:
    held = {metric.id: _held_by_metric(metric, dataset) for metric in case.metrics}
    for metric in case.metrics:
        yield from (
            _Citation(f"metrics {metric.id}", phrase, "metric", held[metric.id], metric.section)
            for phrase in metric.phrases
        )
    for index, event in enumerate(case.events):
        holds = (
            _words(event.what.zh, dataset)
            | date_keys(event.date)
            | date_keys(event.end)
            | number_keys(*(float(date[:4]) for date in (event.date, event.end) if date))
        )
        yield from (_Citation(f"events[{index}]", phrase, "event", holds) for phrase in event.phrases)
    for conflict in case.conflicts:
        holds = _words(conflict.note.zh, dataset).union(*(held[metric] for metric in conflict.metrics))
        yield from (_Citation(f"conflicts {conflict.id}", phrase, "conflict", holds) for phrase in conflict.phrases)
    for index, entry in enumerate(case.not_measured):
        yield _Citation(
            f"not_measured[{index}]", entry.phrase, "not_measured", held[entry.metric] if entry.metric else None
        )


def _held_by_metric(metric: Metric, dataset: Dataset) -> frozenset[str]:
    ends = [end for end in (metric.before, metric.after, metric.compared_with and metric.compared_with.end) if end]
    units = [dataset.units[end.unit or metric.unit] for end in ends]
    held = [_held_by_quantity(end, unit.scale, dataset) for end, unit in zip(ends, units, strict=True)]
    held += [date_keys(end.period.start) | date_keys(end.period.end) for end in ends if end.period]
    if metric.change:
        held.append(
            _held_by_quantity(
                metric.change, dataset.units[metric.unit].scale if metric.change.kind == "difference" else 1, dataset
            )
        )
    return frozenset[str]().union(*held)


def _held_by_quantity(quantity: Quantity, scale: float, dataset: Dataset) -> frozenset[str]:
    return (
        _words(quantity.text.zh, dataset)
        if quantity.text
        else number_keys(*(value * scale for value in quantity.span or ()))
    )


def _words(text: str, dataset: Dataset) -> frozenset[str]:
    return frozenset[str]().union(
        *(numeral.readings for numeral in find_numerals(_without_blanks(text), _names(dataset)))
    )


def report(case: CaseAudit) -> str:
    """One case in plain lines: the counts, then what is uncovered and what is wrong."""
    counts = f"{case.numerals} numerals: {case.covered} in metrics, {case.dated} in events and conflicts, {case.not_measured} not measured, {len(case.uncovered)} uncovered"
    lines = [f"{case.case_id}: {counts if case.line else 'the document has no part of this number'}"]
    lines += [f"  uncovered, line {found.line}: {found.around}" for found in case.uncovered]
    for kind, faults in (
        ("not verbatim", case.not_verbatim),
        ("which place", case.ambiguous),
        ("too long", case.too_long),
    ):
        lines += [f"  {kind}: {fault}" for fault in faults]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = Parser(prog="python -m data.audit", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", type=Path, help="the document as UTF-8 text; it is read and never kept")
    parser.add_folder()
    given = parser.parse_args(arguments)
    try:
        document = given.source.read_text(encoding="utf-8-sig")
    except OSError as error:
        parser.refuse(f"source: found {quoted(given.source)}. It cannot be read ({error.strerror}). Write a text file")
    except UnicodeDecodeError as error:
        parser.refuse(
            f"source: found {quoted(given.source)}. It is not UTF-8 (byte {error.start}). Save the file as UTF-8"
        )
    dataset, problems = read_dataset(parser.data_folder(given.folder))
    if dataset is None:
        show(*problems)
        return 1
    audits = audit(dataset, document)
    show(*map(report, audits))
    return 0 if all(case.clean for case in audits) else 1


if __name__ == "__main__":
    sys.exit(main())
