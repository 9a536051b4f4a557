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

Arabic numbers all count. Chinese numerals count unless they mark a list (一是, 一、, (一), 1.), stand in a word of `NO_NUMBER`, or in the name of a place;
一 before a measure word (一项, 一条, 一次) counts, because only a reader can tell whether it is a quantity.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from data.command import Parser, show
from data.dataset import Dataset
from data.load import read_dataset
from data.problems import quoted
from data.schema import PHRASE_LIMIT, Case, Metric, Phrase, Quantity

Cover = Literal["metric", "event", "not_measured", "excluded", "conflict", "cited"]
Span = tuple[int, int]

FIRM: tuple[Cover, ...] = ("metric", "event", "not_measured")
WEAK: tuple[Cover, ...] = ("excluded", "conflict")
"""What accounts for a numeral, the first that applies; the weak ones only where no metric cites it without holding it."""
AROUND = 14

NO_NUMBER: tuple[str, ...] = (
    # 一 as a part of an adverb, conjunction or verb
    *(
        "进一步",
        "逐一",
        "一直",
        "一定",
        "一般",
        "一旦",
        "一律",
        "一起",
        "一向",
        "一致",
        "一样",
        "一切",
        "统一",
        "唯一",
        "万一",
    ),
    # 一 as a pronoun or determiner: this, each, another, the same, one of
    *("这一", "那一", "每一", "另一", "某一", "同一", "单一", "之一", "一方面"),
    # 一 as an unspecified number: some, a number of, a whole set
    *("一些", "一批", "一大批", "一系列", "一揽子", "一整套"),
    # 一 as a rank or whole within a noun
    *("一线", "一流", "一体", "一把手"),
    # 一, 十 and 百 that only say wholly, very or all
    *("焕然一新", "十分", "百姓", "百花"),
    # percent and percentage points are units
    *("百分点", "百分比"),
)
"""Words whose numeral is none. 十分之一 and 第一批 hold one all the same."""

_ONES = dict(zip("零〇一二三四五六七八九两", (0, *range(10), 2), strict=True))
_SIZES = {"亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2, "十": 1e1}
_MARKS = "一二三四五六七八九十"
_CHINESE = "[一二三四五六七八九两十百千][零〇一二三四五六七八九两十百千万亿]*"
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_MARKER = rf"^案例\d+$|^\d+[.．、](?!\d)|^[{_MARKS}]+、|^[(（][{_MARKS}]+[)）]|(?:^|(?<=[。;；]))[{_MARKS}]+是"
_FRACTION = rf"(?P<fraction>(?P<whole>{_CHINESE})分之(?P<part>{_CHINESE}|{_ARABIC}))"
_NUMERAL = (
    rf"(?P<half>[一过减]半)|(?P<doubled>翻[一两二三四]?番)|(?P<vague>[数几][十百千万亿]+)"
    rf"|(?P<arabic>{_ARABIC})|(?<!\d)(?P<chinese>{_CHINESE})"
)
_TAIL = re.compile(rf"(?:[-–—~～至、]+{_ARABIC})?[余多来几]?(?P<size>[百千]?万?亿?)(?P<date>[年月日]?)")
"""What follows an Arabic number: its multiplier and whether it is a date, behind the second number of a range too (1-10月)."""
_BLANK = re.compile(r"(?<!\d)[^\S\n]+|[^\S\n]+(?!\d)")
_PART = re.compile(r"^案例(\d+)$", re.MULTILINE)
_HEADING = re.compile(rf"^(?:推荐词|正文|[{_MARKS}]+、|[(（][{_MARKS}]+[)）])", re.MULTILINE)


@dataclass(frozen=True)
class Numeral:
    """A numeral as printed. `readings`: what an entry may hold to cover it, as `10000`, `2020年` or `数十`."""

    text: str
    start: int
    end: int
    readings: frozenset[str]


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


def find_numerals(text: str, names: frozenset[str] = frozenset()) -> tuple[Numeral, ...]:
    """The numerals of a text, in order. `names`: proper names whose numerals are none."""
    words = "|".join(map(re.escape, sorted({*NO_NUMBER, *names}, key=len, reverse=True)))
    tokens = re.compile(rf"{_MARKER}|{_FRACTION}|(?<!第)(?:{words})|{_NUMERAL}", re.MULTILINE)
    return tuple(
        Numeral(token[0], *token.span(), _readings(token)) for token in tokens.finditer(text) if any(token.groups())
    )


def _readings(token: re.Match[str]) -> frozenset[str]:
    if token["arabic"]:
        return _arabic_readings(token)
    words = frozenset([token[0]])
    if token["half"]:
        return words | _share(0.5)
    if token["fraction"]:
        return words | _share(_number(token["part"]) / _number(token["whole"]))
    if token["doubled"]:
        return words | _keys(2 ** _number(token[0][1:-1] or "一"))
    return words if token["vague"] else words | _keys(_number(token[0]))


def _arabic_readings(token: re.Match[str]) -> frozenset[str]:
    tail = _TAIL.match(token.string, token.end())
    assert tail is not None
    value = float(token[0].replace(",", ""))
    if tail["date"] == "年" and re.fullmatch(r"(?:19|20)\d\d", token[0]):
        return frozenset([f"{token[0]}年"])
    if tail["date"] == "月":
        return frozenset([f"{value:g}月"])
    size = math.prod(_SIZES[word] for word in tail["size"])
    return _keys(value * size) | ({f"{value:g}日"} if tail["date"] == "日" else set())


def _keys(*values: float) -> frozenset[str]:
    """Numbers as they are compared: by ten digits and without their sign."""
    return frozenset(f"{abs(value):.10g}" for value in values if not math.isnan(value))


def _share(value: float) -> frozenset[str]:
    return _keys(value, value * 100)


def _number(text: str) -> float:
    """The value of a number: 两 is 2, 千亿 is 1e11. Not a number for 三五 and the like, which only their own words hold."""
    for word, size in _SIZES.items():
        head, found, rest = text.rpartition(word)
        if found:
            return (_number(head) if head else 1) * size + (_number(rest.lstrip("零〇")) if rest else 0)
    if text[0].isascii():
        return float(text)
    return float(_ONES[text]) if len(text) == 1 else math.nan


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
            | _dates(event.date)
            | _dates(event.end)
            | _keys(*(float(date[:4]) for date in (event.date, event.end) if date))
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
    held += [_dates(end.period.start) | _dates(end.period.end) for end in ends if end.period]
    if metric.change:
        held.append(
            _held_by_quantity(
                metric.change, dataset.units[metric.unit].scale if metric.change.kind == "difference" else 1, dataset
            )
        )
    return frozenset[str]().union(*held)


def _held_by_quantity(quantity: Quantity, scale: float, dataset: Dataset) -> frozenset[str]:
    return (
        _words(quantity.text.zh, dataset) if quantity.text else _keys(*(value * scale for value in quantity.span or ()))
    )


def _words(text: str, dataset: Dataset) -> frozenset[str]:
    return frozenset[str]().union(
        *(numeral.readings for numeral in find_numerals(_without_blanks(text), _names(dataset)))
    )


def _dates(date: str | None) -> frozenset[str]:
    """2020-12-31 as 2020年, 12月 and 31日."""
    return frozenset(
        f"{int(number)}{unit}" for number, unit in zip((date or "").split("-"), "年月日", strict=False) if number
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
