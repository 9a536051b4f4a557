"""The figures of a section of the document: each numeral with its phrase, number, unit, bound and kind of change.

Nothing is decided here that only a reader can know: what a figure measures, whose it is, which way is better.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal, get_args

from data.drafting.dates import PrintedDate, find_dates
from data.drafting.unit_words import FoundUnit, UnitWords, read_size
from data.model.bounds import AFTER, bound_before
from data.model.numerals import Numeral
from data.model.schema import PHRASE_LIMIT, Bound, ChangeKind, Unit
from data.model.source_text import SourceText, Span

Slot = Literal["before", "after", "change"]
Ends = tuple[float, float]

CLAUSE_LIMIT = 200
"""Number of characters before and behind a numeral that are read with it."""
COVERED = "全覆盖"
"""Words that imply 100 %."""

_MARK = re.compile(r"[，。;；:：!！?？\n]|(?<!\d),|,(?!\d{3}(?!\d))")
_TAIL = re.compile(r"(?P<vague>[余多来几])?(?P<size>[百千]?万?亿?)(?P<later>[余多来几])?")
_BARE = re.compile("[、)）—~至到提上升下降-]|$")
_RANGE = re.compile(r"[-–—~～至到]+")
_FILLER = "[了近约超过达逾]*"
_RISE = re.compile(rf"(?:增加|增长|提高|提升|上升|上涨|前移|(?<!新)增){_FILLER}$")
_FALL = re.compile(rf"(?:减少|下降|降低|缩短|压缩|压减|节水|节约|节省|提前|后移|降|减){_FILLER}$")
_RATE = re.compile("率|占比|比重|比例")
_CHANGED = re.compile("[由从][^#]*#.*[至到为]|(?:合并|精简|整合|缩减|压缩|压减)[至到为]")
"""The words around a number, #, that say what it became."""
_ORDINAL = re.compile("第$")
_SHARE = re.compile(f"/|分之|[一过]半|{COVERED}")
_BOUND = re.compile("|".join(AFTER))
_QUOTED = re.compile(r"“[^”\n]*$|《[^》\n]*$")
_NAME_BEHIND = re.compile("[号届+＋]|次会议|次全会")
_NO_START = "、“”《》()（）的和及"
_FIXED_UNITS: tuple[tuple[re.Pattern[str], str, ChangeKind | None], ...] = (
    (re.compile("方阵|星级|梯队|强"), "grade", None),
    (re.compile("个?百分点"), "percent", "points"),
    (re.compile("个?位次"), "rank", "places"),
    (re.compile("[%％成]"), "percent", None),
    (re.compile("倍"), "times", "multiple"),
    (re.compile("[位名]|(?=[、)）]|$)"), "rank", None),
)
"""Words behind a number with their unit and the kind of change that they mean; a rank needs 第 before it."""
_LIMIT = re.compile("时限|不低于|不超过|最长|控制在|以内")
_FUTURE = re.compile("计划|力争|目标|预计|拟建|到20[2-9][0-9]年(?!底?的)")


@dataclass(frozen=True)
class Quantity:
    """A range (of one number: low is high), number-like words or nothing but a date in one of the places of a metric.

    `unit` only where an end has its own; `implied` where the words imply the number: 全覆盖 is 100 %.
    """

    slot: Slot
    number: Ends | str | None
    bound: Bound = "exact"
    kind: ChangeKind | None = None
    unit: str | None = None
    implied: bool = False
    date: PrintedDate | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Remark:
    """A numeral that is neither figure nor date. `excludes` are those of its phrase that belong to other entries."""

    phrase: str
    span: Span
    excludes: tuple[str, ...]


@dataclass(frozen=True)
class Figure(Remark):
    """A drafted metric. `unit` is None where no unit of the table stands beside the number; `doubts` are comments."""

    unit: str | None
    quantities: tuple[Quantity, ...]
    limit: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class _Number:
    """A numeral as far as it is understood: NaN for words; `end` is behind its unit and bound, `before` its clause."""

    start: int
    end: int
    clause: Span
    before: str
    value: float
    found: FoundUnit
    quantity: Quantity


class FigureReader:
    """Reads the figures of sections with a table of units."""

    def __init__(self, source: SourceText, units: Mapping[str, Unit]) -> None:
        self.source, self._units, self._words = source, units, UnitWords(units.values())

    def read(self, section: Span) -> list[Figure | Remark | PrintedDate]:
        """Return the figures of a section and the numerals that are none, in order."""
        dates = list(find_dates(self.source, section))
        taken = {position for date in dates for position in range(*date.span)}
        numerals = [numeral for numeral in self.source.numerals_in(section) if numeral.start not in taken]
        numerals += (
            Numeral(COVERED, *words, frozenset({"100"})) for words in self.source.find_phrase(COVERED, section)
        )
        numerals.sort(key=lambda numeral: numeral.start)
        figures = list(self._figures([number for each in numerals if (number := self._number(each, section))]))
        taken.update(position for figure in figures for position in range(*figure.span))
        others = [each for each in numerals if each.start not in taken and each.text != COVERED]
        return sorted([*dates, *figures, *self._remarks(others, section)], key=lambda entry: entry.span)

    def _remarks(self, numerals: list[Numeral], section: Span) -> Iterator[Remark]:
        """Yield a phrase around each numeral that no earlier phrase holds."""
        own, last = {numeral.start for numeral in numerals}, 0
        for numeral in numerals:
            if numeral.end > last:
                start, end = self._clause((numeral.start, numeral.end), section)
                span = self._clip((max(start, numeral.start - 6), min(end, numeral.end + 6)))
                yield Remark(self.source.text[slice(*span)], span, self._excluded(span, own))
                last = span[1]

    def _excluded(self, span: Span, own: Collection[int]) -> tuple[str, ...]:
        """Return the numerals of a phrase that start elsewhere than its own, each with the word character behind it."""
        others = (numeral for numeral in self.source.numerals_in(span) if numeral.start not in own)
        ends = ((each.start, each.end + (each.end + 1 not in self.source.inner)) for each in others)
        printed = (self.source.text[start : min(end, span[1])] for start, end in ends)
        return tuple(re.sub(r"\W$", "", words) for words in printed)

    def _clause(self, span: Span, section: Span) -> Span:
        """Return the span between two punctuation marks that a numeral lies in."""
        before = self.source.text[max(section[0], span[0] - CLAUSE_LIMIT) : span[0]]
        after = self.source.text[span[1] : min(section[1], span[1] + CLAUSE_LIMIT)]
        return span[0] - len(_MARK.split(before)[-1]), span[1] + len(_MARK.split(after)[0])

    def _clip(self, span: Span) -> Span:
        """Change a span so that it is short enough, begins with no mark and cuts no numeral."""
        text, inner = self.source.text, self.source.inner
        end = next(end for end in count(span[1]) if end not in inner)
        start = max(span[0], end - PHRASE_LIMIT)
        while start < end and (start in inner or text[start] in _NO_START or text[start].isspace()):
            start += 1
        return start, end

    def _number(self, numeral: Numeral, section: Span) -> _Number | None:
        """Understand a numeral; None if it looks like no figure."""
        text, clause = self.source.text, self._clause((numeral.start, numeral.end), section)
        before, value, tail = text[clause[0] : numeral.start], _value(numeral), _TAIL.match(text, numeral.end)
        assert tail is not None
        behind = text[tail.end() : clause[1]]
        if _NAME_BEHIND.match(behind) or _QUOTED.search(text, max(0, numeral.start - CLAUSE_LIMIT), numeral.start):
            return None
        found = self._read_unit(numeral.text, before, behind, read_size(tail["size"]))
        if _is_manner(numeral, value, before, found.unit):
            return None
        if found.unit is None and "." in numeral.text and not tail["size"] and _BARE.match(behind):
            found = FoundUnit(self._units.get("ratio"))
        end, vague = tail.end() + found.length, tail["vague"] or tail["later"]
        bound: Bound = "over" if vague else bound_before(before) or "exact"
        if said := _BOUND.match(text, end):
            bound, end = min(AFTER[said[0]]), said.end()
        value *= found.size
        quantity = _place(before, (value, value), found.unit, bound, found.kind)
        quantity = replace(quantity, implied=numeral.text == COVERED)
        if math.isnan(value) or (found.unit and found.unit.dimension == "grade"):
            verb = _RISE.search(before) or _FALL.search(before) or _ORDINAL.search(before)
            value, words = math.nan, (verb[0] if verb else "") + text[numeral.start : end]
            quantity = replace(quantity, number=words, bound="exact")
        return _Number(numeral.start, end, clause, before, value, found, quantity)

    def _read_unit(self, numeral: str, before: str, behind: str, size: float) -> FoundUnit:
        if _SHARE.search(numeral):
            return FoundUnit(self._units.get("percent"))
        if numeral.startswith("翻"):
            return FoundUnit(self._units.get("times"), kind="multiple")
        if behind.startswith("位") and (_RISE.search(before) or _FALL.search(before)):
            return FoundUnit(self._units.get("rank"), 1, size, "places")
        for pattern, name, kind in _FIXED_UNITS:
            if (match := pattern.match(behind)) and (name != "rank" or kind or before.endswith("第")):
                return FoundUnit(self._units.get(name), match.end(), size, kind)
        return self._words.find(size, before, behind)

    def _figures(self, numbers: list[_Number]) -> Iterator[Figure]:
        """Yield a figure for each number, range, or pair of before and after."""
        last = 0
        for first, other in zip(numbers, [*numbers[1:], *numbers[-1:]], strict=True):
            if first.start >= last:
                joined = self._join(first, other)
                number = other if joined else first
                yield self._figure(first, number, joined or [first.quantity], last)
                last = number.end

    def _join(self, first: _Number, other: _Number) -> list[Quantity]:
        """Return the one quantity of a range, those of 由100天压缩至50天 or 32个事项合并为9个, or none."""
        between, second = self.source.text[first.end : other.start], other.quantity
        if first.clause != other.clause:
            return []
        if _RANGE.fullmatch(between) and first.value < other.value:
            return [_place(first.before, (first.value, other.value), other.found.unit, second.bound, second.kind)]
        units = [number.found.unit for number in (first, other) if number.found.unit]
        levels = not (first.quantity.kind or second.kind) and len({unit.dimension for unit in units}) < 2
        if not levels or not _CHANGED.search(f"{first.before}#{between}"):
            return []
        own = units[0].id if len(set(units)) > 1 else None
        return [replace(first.quantity, slot="before", unit=own), second]

    def _figure(self, first: _Number, number: _Number, quantities: list[Quantity], last: int) -> Figure:
        text, unit, kind = self.source.text, number.found.unit, quantities[0].kind
        span = self._clip((max(first.clause[0], last), number.end))
        if first.start - span[0] < 2:  # no words before the number
            following = [numeral.start for numeral in self.source.numerals_in((span[1], number.clause[1]))]
            span = span[0], min(number.clause[1], span[0] + PHRASE_LIMIT, *following)
        sentence = max(span[0] - CLAUSE_LIMIT, *(text.rfind(mark, 0, span[0]) + 1 for mark in "。\n"))
        near = list(find_dates(self.source, (sentence, span[1])))
        dated = self._add_dates(first, number, quantities, [date for date in near if span[0] <= date.span[0]])
        own = {position for quantity in dated if quantity.date for position in range(*quantity.date.span)}
        excludes = self._excluded(span, {first.start, number.start, *own})
        if kind == "relative" and not _RATE.search(first.before):
            unit = None  # that of what changes by so many per cent
        clause, others = text[slice(*first.clause)], number.found.others
        doubts = {
            f"period: {', '.join(date.phrase for date in near)}?": near,
            f"unit: {', '.join((unit.id, *others))}?" if unit else "": unit and others,
            "unit: none of reference/units.yaml stands beside the number; add one if none fits": not unit,
            "status: target or planned?": _FUTURE.search(clause),
            "multiple: after ÷ before; 增长3倍 is 4": kind == "multiple",
        }
        told, limit = tuple(doubt for doubt, holds in doubts.items() if holds), bool(_LIMIT.search(clause))
        return Figure(text[slice(*span)], span, excludes, unit.id if unit else None, dated, limit, told)

    def _add_dates(
        self, first: _Number, number: _Number, quantities: list[Quantity], dates: list[PrintedDate]
    ) -> tuple[Quantity, ...]:
        """Return the quantities with the dates of their phrase; before, with the one that is compared with."""
        slot, ends = quantities[0].slot, {quantity.slot: quantity for quantity in quantities}
        for date in dates:
            leading, behind = self.source.text[date.span[0] - 1], self.source.text[date.span[1] : number.start]
            compared, later = leading in "较比是为", date.span[0] > first.start or leading not in "较比是为由从自"
            ahead = self.source.text[date.span[1] : first.start] if date.span[1] <= first.start else "none"
            if slot == "before" and (ahead in ("", "的") or behind[:1] in tuple(")）")):  # 2018年的65%, 65%(2018年)
                later = False
            if date.end and (later or slot == "before" or (slot == "change" and compared)):
                end: Slot = "after" if later else "before"
                ends[end] = replace(ends.get(end, Quantity(end, None)), date=date)
        return tuple(ends[each] for each in get_args(Slot) if each in ends)


def _value(numeral: Numeral) -> float:
    """The printed number, a share in per cent; NaN for words without one value or with no finite decimal."""
    text = numeral.text
    if text[0].isdecimal() and "/" not in text:
        return float(text.replace(",", ""))
    value = max((float(key) for key in numeral.readings - {text} if key[0].isdecimal()), default=math.nan)
    return value if value == round(value, 4) else math.nan


def _is_manner(numeral: Numeral, value: float, before: str, unit: Unit | None) -> bool:
    """Whether a number in Chinese counts nothing (一项, 五年规划), or an ordinal is no rank."""
    if before.endswith("第"):
        return unit is None or unit.dimension not in ("rank", "grade")
    if unit is None or numeral.text[0].isdecimal():
        return not numeral.text[0].isdecimal()
    one = value == 1 and unit.dimension not in ("share", "ratio", "rank", "grade") and not before.endswith("唯一")
    return one or (unit.id == "year" and "近" not in before)


def _place(before: str, ends: Ends, unit: Unit | None, bound: Bound, kind: ChangeKind | None) -> Quantity:
    """Put a number where the words before it say: a change after a verb of change, otherwise the state after."""
    fall = not _RISE.search(before) and _FALL.search(before)
    if kind is None and unit and unit.dimension != "grade" and (fall or _RISE.search(before)):
        kind = "relative" if unit.id == "percent" else "difference"
    if fall and kind not in (None, "multiple"):
        ends = -ends[1], -ends[0]
    return Quantity("change" if kind else "after", ends, bound, kind)
