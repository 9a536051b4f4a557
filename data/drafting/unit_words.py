"""The unit of a number by the words around it, from the Chinese names of the units.

A name is a multiplier (万), a measure word (家, 公里), a noun (企业) and, of a rate, what it is per (元/平方米).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from data.model.numerals import MULTIPLIERS
from data.model.schema import ChangeKind, Unit

GENERIC = tuple("个家位大")
"""Measure words that stand for one another before the same noun: 4家研究中心, 五大平台."""
MEASURES = (*GENERIC, *"名条座款种类批笔户次期台辆栋件份册株页处项")
"""Measure words of one character, behind which a unit's noun may stand."""
NOUN_DISTANCE, BEFORE_DISTANCE, CHAIN_GAP = 16, 6, 3
"""Number of characters within which a noun is sought after the number, before it, and after another noun."""

_NAME = re.compile(
    rf"(?P<size>[十百千]?[万亿]?)(?P<measure>[{''.join(MEASURES)}](?!/)|[^/]*?)"
    r"(?P<noun>(?<=[个家位条])[^/]+)?(?:/(?P<per>.+))?"
)
_SPELLINGS = {
    "人": "人口|人员|人|名|群众|贫困人口|农村群众",
    "项": "项|个[^、(（]{0,4}?(?:事项|子项)(?!目)",
    "m³": "m³|立方米",
    "座（处）": "座[(（]处[)）]",
}
"""What is printed for a measure."""
_COUNTED = {"人": "人口", "件": "件"}
"""What stands before the number instead of its measure: 总人口120万, 办件2024个."""
_OTHER_WORD = "[市县村][级直委域]"


class UnitWord(NamedTuple):
    """The Chinese name of a unit in its parts; `printed` matches its measure."""

    unit: Unit
    size: float
    measure: str
    printed: re.Pattern[str]
    nouns: tuple[str, ...]
    per: str


class FoundUnit(NamedTuple):
    """The likeliest unit of a number, if any; `length` is how many characters of the text after the number it takes.

    `size` is the printed multiplier that the unit does not contain, `kind` the kind of change that its words mean.
    `others` are as likely by the words alone.
    """

    unit: Unit | None
    length: int = 0
    size: float = 1
    kind: ChangeKind | None = None
    others: tuple[str, ...] = ()


class UnitWords:
    """Finds the units of a table by their words."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._words = list(_split_names(units))
        nouns = sorted({re.escape(noun) for word in self._words for noun in word.nouns}, key=len, reverse=True)
        near, far = ("|".join(found) or "(?!)" for found in (nouns, [noun for noun in nouns if len(noun) > 1]))
        self._near = re.compile(rf"[{''.join(MEASURES)}]??(?!{_OTHER_WORD})({near})")
        self._chain = re.compile(rf"({far})(?:.{{0,{CHAIN_GAP}}}?({far}))*")
        self._before = re.compile(rf"(?:{far})(?=.{{,{BEFORE_DISTANCE}}}$)")

    def find(self, size: float, before: str, after: str) -> FoundUnit:
        """Find the unit of a number from its clause before it and behind its multiplier: the first of the best."""
        before, after = before.replace("公司", "企业"), after.replace("公司", "企业")
        noun = self._find_noun(before, after)
        fits = [(fit, word) for word in self._words if (fit := _fit(word, size, before, after, noun))]
        if not fits:
            return FoundUnit(None, int(after.startswith(MEASURES)), size)
        best, first = max(fits, key=lambda each: each[0])
        alike = tuple(word.unit.id for fit, word in fits if fit == best and word is not first)
        return FoundUnit(first.unit, best[1], size / first.size, None, alike)

    def _find_noun(self, before: str, after: str) -> tuple[str, int]:
        """Return the noun that is counted and how near it is: 3 right behind the measure word, 2 later, 1 before.

        Of nouns that follow one another the last is counted: 企业技术中心 is a 中心.
        """
        if near := self._near.match(after):
            return near[1], 3
        if chain := self._chain.search(after[:NOUN_DISTANCE]):
            return chain[2] or chain[1], 2
        found = self._before.findall(before)
        return (found[-1], 1) if found else ("", 0)


def read_size(text: str) -> float:
    """Return the multiplier that the characters of a text make: 1e6 for 百万, 1 for none."""
    return math.prod(MULTIPLIERS[character] for character in text)


def _split_names(units: Iterable[Unit]) -> Iterator[UnitWord]:
    """Split the Chinese names of the units behind a number; only a person sees that months are those of a moment."""
    for unit in units:
        parts = _NAME.fullmatch(unit.name.zh)
        if parts and unit.dimension not in ("grade", "rank") and unit.form not in ("bare", "moment"):
            nouns = tuple(filter(None, (parts["noun"] or "").split("和")))
            measure = parts["measure"]
            printed = re.compile(_SPELLINGS.get(measure, re.escape(measure)))
            yield UnitWord(unit, read_size(parts["size"]), measure, printed, nouns, parts["per"] or "")


def _fit(word: UnitWord, size: float, before: str, after: str, noun: tuple[str, int]) -> tuple[int, int, bool] | None:
    """How well a unit fits the words, to be compared, and the length of its own; None if it does not fit."""
    printed, generic = word.printed.match(after), bool(word.nouns) and word.measure in GENERIC
    fits = printed or (generic and after.startswith((*GENERIC, *word.nouns)))
    counted = word.measure in _COUNTED and before.endswith(_COUNTED[word.measure])
    if word.size not in (size, 1) or not (fits or counted) or (word.nouns and noun[0] not in word.nouns):
        return None
    if word.per and not re.search(f"每{re.escape(word.per)}|{re.escape(word.per)}均", before):
        return None
    length = printed.end() if printed else int(after.startswith(GENERIC))
    length += len(next((each for each in word.nouns if after.startswith(each, length)), ""))
    return noun[1] if word.nouns else 4 if word.per else length > 1, length, word.size == size
