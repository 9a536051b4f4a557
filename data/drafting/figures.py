"""The figures of a section of the document: each numeral with its phrase, number, unit, bound and kind of change.

Nothing is decided here that only a reader can know: what a figure measures, whose it is, which way is better.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from data.drafting.unit_words import MEASURES, UnitWord, find_unit
from data.model.numerals import MULTIPLIERS, Numeral
from data.model.schema import PHRASE_LIMIT, Bound, ChangeKind, Unit
from data.model.source_text import SourceText, Span

Slot = Literal["before", "after", "change"]

_MARK = re.compile(r"[,，。;；:：!！?？\n]")
_TAIL = re.compile(r"(?P<vague>[余多来几])?(?P<size>[百千]?万?亿?)(?P<later>[余多来几])?")
_BARE = re.compile("[、)）—~至到提上升下降-]|$")
"""What stands behind a decimal without a unit."""
_RANGE = re.compile(r"[-–—~～至到]+")
_FILLER = "[了近约超过达逾]*"
_RISE = re.compile(rf"(?:增加|增长|提高|提升|上升|上涨|前移|(?<!新)增){_FILLER}$")
_FALL = re.compile(rf"(?:减少|下降|降低|缩短|压缩|压减|节水|节约|节省|提前|后移|降|减){_FILLER}$")
_RATE = re.compile("率|占比|比重|比例")
_FROM = re.compile("[由从]")
_TO = re.compile("[至到为]")
_MERGED = re.compile("(?:合并|精简|整合|缩减|压缩|压减)[至到为]")
_WORDS_BEHIND = re.compile("方阵|星级|梯队|强")
_COVERED = re.compile("全覆盖")
_BOUNDS_BEFORE: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (re.compile("(?:不低于|不少于|不小于|至少)$"), "at_least"),
    (re.compile("(?:不超过|不高于|不多于|最多|最长至?)$"), "at_most"),
    (re.compile("(?:超过?|突破|逾|高于)$"), "over"),
    (re.compile("(?:不到|不足|低于)$"), "under"),
    (re.compile("近$"), "nearly"),
    (re.compile("约为?$"), "about"),
)
_BOUNDS_BEHIND: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (re.compile("以上"), "at_least"),
    (re.compile("以内|以下|之内"), "at_most"),
    (re.compile("左右"), "about"),
)
_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)年(?:(?P<month>\d{1,2})月)?(?:(?P<day>\d{1,2})日)?")
_DATE_JOIN = re.compile("[年月日份、至到—-]*")
_DATE_END = re.compile("[年月日]?份?[底末初]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_END = re.compile(r"[-—)）年全]|\Z")
_NAME_BEHIND = re.compile("[号届+＋]|次会议|次全会")
_NO_START = "、“”《》()（）的和及"
_FIXED_UNITS: tuple[tuple[re.Pattern[str], str, ChangeKind | None], ...] = (
    (re.compile("个?百分点"), "percent", "points"),
    (re.compile("个?位次"), "rank", "places"),
    (re.compile("[%％成]"), "percent", None),
    (re.compile("倍"), "times", "multiple"),
    (re.compile("[位名]|(?=[、)）]|$)"), "rank", None),
)
"""Words behind a number with their unit and the kind of change that they mean; a rank needs 第 before it."""
_LIMIT = re.compile("时限|不低于|不超过|最长|控制在|以内")
_FUTURE = re.compile("计划|力争|目标|预计|拟建|到20[2-9][0-9]年")


@dataclass(frozen=True)
class Quantity:
    """A range (of one number: low is high) or number-like words in one of the places of a metric.

    `unit` only where an end has its own; `implied` where the words imply the number: 全覆盖 is 100 %.
    """

    slot: Slot
    number: tuple[float, float] | str
    bound: Bound = "exact"
    kind: ChangeKind | None = None
    unit: str | None = None
    implied: bool = False


@dataclass(frozen=True)
class Figure:
    """A drafted metric. `unit` is None where no unit of the table stands beside the number; `doubts` are comments."""

    phrase: str
    span: Span
    unit: str | None
    quantities: tuple[Quantity, ...]
    limit: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """A numeral that is no figure: a date (ISO, where its year is printed), a name or a manner of speaking."""

    phrase: str
    span: Span
    is_date: bool
    date: str | None = None


@dataclass(frozen=True)
class _Number:
    """A numeral as far as it is understood; `end` is behind its unit and bound, `before` is its clause before it.

    `words` are what stands in place of a value.
    """

    start: int
    end: int
    clause: Span
    before: str
    value: float
    unit: Unit | None
    bound: Bound = "exact"
    kind: ChangeKind | None = None
    others: tuple[str, ...] = ()
    words: str = ""
    implied: bool = False


@dataclass(frozen=True)
class FigureReader:
    """Reads the figures of sections with a table of units. `usage` counts how often the cases use each unit."""

    source: SourceText
    units: Mapping[str, Unit]
    words: tuple[UnitWord, ...]
    usage: Mapping[str, int]

    def read(self, section: Span) -> list[Figure | Remark]:
        """Return the figures of a section and the numerals that are none, in order."""
        found: list[Figure | Remark] = []
        dates: list[Numeral] = []
        numbers: list[_Number] = []
        for numeral in self.source.numerals_in(section):
            if self._is_date(numeral):
                dates.append(numeral)
            elif number := self._number(numeral, section):
                numbers.append(number)
            elif not (found and numeral.end <= found[-1].span[1]):
                found.append(self._remark(numeral, section))
        numbers = sorted([*numbers, *self._covered(section)], key=lambda number: number.start)
        found += [*self._dates(dates), *self._figures(numbers, section)]
        return sorted(found, key=lambda entry: entry.span)

    def _is_date(self, numeral: Numeral) -> bool:
        dated = any(reading[-1] in "年月日" for reading in numeral.readings)
        return dated or bool(_YEAR.fullmatch(numeral.text) and _YEAR_END.match(self.source.text, numeral.end))

    def _dates(self, numerals: list[Numeral]) -> Iterator[Remark]:
        """Yield the dates, those that stand together (2020年1-10月) as one."""
        text, groups = self.source.text, list[list[Numeral]]()
        for numeral in numerals:
            if groups and _DATE_JOIN.fullmatch(text, groups[-1][-1].end, numeral.start):
                groups[-1].append(numeral)
            else:
                groups.append([numeral])
        for group in groups:
            behind = _DATE_END.match(text, group[-1].end)
            span = group[0].start, behind.end() if behind else group[-1].end
            found = _DATE.search(text, *span)
            parts = [part.zfill(2) for part in found.groups() if part] if found else []
            yield Remark(text[slice(*span)], span, is_date=True, date="-".join(parts) or None)

    def _covered(self, section: Span) -> Iterator[_Number]:
        """Yield the words that imply 100 %."""
        for words in _COVERED.finditer(self.source.text, *section):
            clause = self._clause(words.span(), section)
            before = self.source.text[clause[0] : words.start()]
            yield _Number(*words.span(), clause, before, 100, self.units.get("percent"), implied=True)

    def _remark(self, numeral: Numeral, section: Span) -> Remark:
        start, end = self._clause((numeral.start, numeral.end), section)
        span = self._clip((max(start, numeral.start - 6), min(end, numeral.end + 6)))
        return Remark(self.source.text[slice(*span)], span, is_date=False)

    def _clause(self, span: Span, section: Span) -> Span:
        """Return the span between two punctuation marks that a numeral lies in."""
        marks = [mark.end() for mark in _MARK.finditer(self.source.text, section[0], span[0])]
        following = _MARK.search(self.source.text, span[1], section[1])
        return (marks or [section[0]])[-1], following.start() if following else section[1]

    def _clip(self, span: Span) -> Span:
        """Change a span so that it is short enough, begins with no mark and cuts no numeral."""
        end = next(end for end in count(span[1]) if end not in self.source.inner)
        start = max(span[0], end - PHRASE_LIMIT)
        while start < end and (start in self.source.inner or self.source.text[start] in _NO_START):
            start += 1
        return start, end

    def _number(self, numeral: Numeral, section: Span) -> _Number | None:
        """Understand a numeral; None if it looks like no figure."""
        text, clause = self.source.text, self._clause((numeral.start, numeral.end), section)
        before, value = text[clause[0] : numeral.start], _value(numeral)
        tail = _TAIL.match(text, numeral.end)
        assert tail is not None
        behind = text[tail.end() : clause[1]]
        if _NAME_BEHIND.match(behind) or _is_quoted(text, numeral.start):
            return None
        start = _Number(numeral.start, numeral.end, clause, before, value or 0, None)
        if value is None or _WORDS_BEHIND.match(behind):
            return self._in_words(start, behind)
        if numeral.text.startswith("翻"):
            return replace(start, unit=self.units.get("times"), kind="multiple")
        share = any(word in numeral.text for word in ("半", "分之"))
        unit, length, size, kind, others = self._read_unit(before, behind, _size(tail["size"]), share)
        if unit is None and "." in numeral.text and not tail["size"] and _BARE.match(behind):
            unit = self.units.get("ratio")
        ordinal = before.endswith("第")
        one = value == 1 and not share and kind is None and not ordinal and not before.endswith("唯一")
        chinese = not numeral.text[0].isascii()
        if chinese and (unit is None or one or (unit.id == "year" and "近" not in before)):
            return None
        if ordinal and (unit is None or unit.dimension != "rank"):
            return None
        if unit is None and behind[:1] in tuple(MEASURES):
            length = 1
        bound, end = _read_bound(before, bool(tail["vague"] or tail["later"]), text, tail.end() + length)
        return replace(start, end=end, value=value * size, unit=unit, bound=bound, kind=kind, others=others)

    def _in_words(self, number: _Number, behind: str) -> _Number | None:
        """Understand words in place of a number: 数十倍, 第二方阵, 百强; None for others."""
        ordinal = "第" if number.before.endswith("第") else ""
        numeral = self.source.text[number.start : number.end]
        words = _WORDS_BEHIND.match(behind)
        if words:
            end, unit = number.end + words.end(), self.units.get("grade")
            return replace(number, end=end, unit=unit, words=f"{ordinal}{numeral}{words[0]}")
        if behind.startswith("倍"):
            unit = self.units.get("times")
            return replace(number, end=number.end + 1, unit=unit, kind="multiple", words=f"{numeral}倍")
        found = find_unit(self.words, _size(numeral), number.before, behind, self.usage)
        if numeral[0] in "数几" and found:
            end = number.end + found.length
            return replace(number, end=end, unit=found.unit, words=self.source.text[number.start : end])
        return None

    def _read_unit(
        self, before: str, behind: str, size: float, share: bool
    ) -> tuple[Unit | None, int, float, ChangeKind | None, tuple[str, ...]]:
        """Return the unit, its length, the multiplier that it does not contain, the kind of change, and other units."""
        if share:
            return self.units.get("percent"), 0, 1, None, ()
        if behind.startswith("位") and (_RISE.search(before) or _FALL.search(before)):
            return self.units.get("rank"), 1, size, "places", ()
        for pattern, name, kind in _FIXED_UNITS:
            if (match := pattern.match(behind)) and (name != "rank" or kind or before.endswith("第")):
                return self.units.get(name), match.end(), size, kind, ()
        found = find_unit(self.words, size, before, behind, self.usage)
        return (found.unit, found.length, found.value_size, None, found.others) if found else (None, 0, size, None, ())

    def _figures(self, numbers: list[_Number], section: Span) -> Iterator[Figure]:
        """Yield a figure for each number, range, or pair of before and after."""
        position, last = 0, 0
        while position < len(numbers):
            first = numbers[position]
            other = numbers[position + 1] if position + 1 < len(numbers) else None
            pair = other and first.clause == other.clause
            between = self.source.text[first.end : other.start] if other else ""
            if pair and other and _RANGE.fullmatch(between) and first.value < other.value:
                number, quantities = other, [_place(replace(other, before=first.before), first.value)]
                position += 1
            elif pair and other and _is_pair(first, other, between):
                number, quantities = other, _pair(first, other)
                position += 1
            else:
                number, quantities = first, [_place(first, first.value)]
            yield self._figure(first, number, quantities, last, section)
            last, position = number.end, position + 1

    def _figure(self, first: _Number, number: _Number, quantities: list[Quantity], last: int, section: Span) -> Figure:
        text = self.source.text
        span = self._clip((max(first.clause[0], last), number.end))
        if first.start - span[0] < 2:
            span = span[0], self._extend(span, number.clause[1])
        phrase, clause = text[slice(*span)], text[slice(*first.clause)]
        unit = number.unit
        if quantities[0].kind == "relative" and not _RATE.search(first.before):
            unit = self._unit_named(first.before)
        doubts = [f"unit: {', '.join((unit.id, *number.others))}?"] if unit and number.others else []
        if _FUTURE.search(clause):
            doubts.append("status: target or planned?")
        if quantities[0].kind == "multiple":
            doubts.append("multiple: after ÷ before; 增长3倍 is 4")
        return Figure(
            phrase, span, unit.id if unit else None, tuple(quantities), bool(_LIMIT.search(clause)), tuple(doubts)
        )

    def _unit_named(self, before: str) -> Unit | None:
        """Return the unit whose measure word is a part of what a relative change speaks of: 门急诊人次上升68.3%."""
        named = [
            word.unit for word in self.words if len(word.measure) > 1 and not word.nouns and word.measure in before
        ]
        return max(named, key=lambda unit: self.usage.get(unit.id, 0), default=None)

    def _extend(self, span: Span, limit: int) -> int:
        """Return the end of a phrase that has no words before its number: the clause's, or the next numeral."""
        following = [numeral.start for numeral in self.source.numerals_in((span[1], limit))]
        return min([limit, span[0] + PHRASE_LIMIT, *following])


def _size(text: str) -> float:
    """The multiplier that a text holds: 1e6 for 百万, 1e5 for 数十万, 1 for none."""
    return math.prod(MULTIPLIERS.get(character, 1) for character in text)


def _value(numeral: Numeral) -> float | None:
    """The printed number, a share in per cent; None for words without one value."""
    text = numeral.text
    if text[0].isascii():
        return float(text.replace(",", ""))
    values = [float(reading) for reading in numeral.readings if reading[0].isascii()]
    return max(values) if values and text != "减半" else None


def _is_quoted(text: str, position: int) -> bool:
    """Whether a position lies within quotation marks or the title of a document."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return any(line.rfind(opened) > line.rfind(closed) for opened, closed in ("“”", "《》"))


def _read_bound(before: str, vague: bool, text: str, end: int) -> tuple[Bound, int]:
    """Return the bound by the words around a number, and the position behind them."""
    for words, bound in _BOUNDS_BEHIND:
        if match := words.match(text, end):
            return bound, match.end()
    if vague:
        return "over", end
    return next((bound for words, bound in _BOUNDS_BEFORE if words.search(before)), "exact"), end


def _place(number: _Number, low: float) -> Quantity:
    """Put a number where the words before it say: a change after a verb of change, otherwise the state after."""
    sign = 1 if _RISE.search(number.before) else -1 if _FALL.search(number.before) else 0
    kind = number.kind
    if kind is None and sign and number.unit and not number.words:
        kind = "relative" if number.unit.id == "percent" else "difference"
    slot: Slot = "change" if kind else "after"
    if number.words:
        return Quantity(slot, number.words, kind=kind)
    low, high = sorted((low, number.value)) if kind in (None, "multiple") or sign >= 0 else (-number.value, -low)
    return Quantity(slot, (low, high), number.bound, kind, implied=number.implied)


def _is_pair(first: _Number, other: _Number, between: str) -> bool:
    """Whether two numbers are the state before and after: 由100天压缩至50天, 32个事项合并为9个."""
    if first.kind or other.kind or first.words or other.words:
        return False
    units = {number.unit.dimension for number in (first, other) if number.unit}
    related = _FROM.search(first.before) and _TO.search(between) or _MERGED.search(between)
    return bool(related) and len(units) < 2


def _pair(first: _Number, other: _Number) -> list[Quantity]:
    own = first.unit.id if first.unit and other.unit and first.unit != other.unit else None
    return [
        Quantity("before", (first.value, first.value), first.bound, unit=own),
        Quantity("after", (other.value, other.value), other.bound),
    ]
