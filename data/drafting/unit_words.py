"""The unit of a number by the words around it, from the Chinese names of the units.

A name is a multiplier (万), a measure word (家, 公里), a noun (企业) and, of a rate, what it is per (元/平方米).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from data.model.numerals import MULTIPLIERS
from data.model.schema import ChangeKind, Unit

GENERIC = tuple("个家位名大")
"""Measure words that stand for one another before the same noun: 4家研究中心, 五大平台."""
MEASURES = (*GENERIC, *"条座款种类批笔户次期台辆栋件份册株页处项")
"""Measure words of one character, behind which a unit's noun may stand."""
NOUN_DISTANCE, BEFORE_DISTANCE, CHAIN_GAP = 16, 6, 3
"""Number of characters within which a noun is sought after the number, before it, and after another noun."""

_NAME = re.compile(
    rf"(?P<size>[十百千]?[万亿]?)(?P<measure>[{''.join(MEASURES)}](?!/)|[^/]*?)"
    r"(?P<noun>(?<=[个家位条])[^/]+)?(?:/(?P<per>.+))?"
)
_PEOPLE = re.compile("^(?:名|人口|群众|贫困人口|农村群众|人员)")
_ITEMS = re.compile("^个[^、(]{0,4}?(?:事项|子项)(?!目)")
_OTHER_WORD = re.compile("[市县村][级直委域]")
_SPELLINGS = (("立方米", "m³"), ("公司", "企业"), ("％", "%"), ("（", "("), ("）", ")"))


class UnitWord(NamedTuple):
    """The Chinese name of a unit in its parts."""

    unit: Unit
    size: float
    measure: str
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
    """Finds the units of a table by their words. `usage` counts how often the cases use each unit."""

    def __init__(self, units: Iterable[Unit], usage: Mapping[str, int]) -> None:
        self._usage, self._words = usage, list(_split_names(units))
        self._nouns = {noun for word in self._words for noun in word.nouns}
        longer = sorted((noun for noun in self._nouns if len(noun) > 1), key=len, reverse=True)
        self._noun = "|".join(map(re.escape, longer)) or "(?!)"
        self._chain = re.compile(rf"({self._noun})(?:.{{0,{CHAIN_GAP}}}?({self._noun}))*")

    def find(self, size: float, before: str, after: str) -> FoundUnit:
        """Find the unit of a number from the clause before it and after its multiplier `size`.

        Of units with the same words the one that is used most comes first.
        """
        cubic, before, spelled = after.startswith("立方米"), _respell(before), _respell(after)
        after = ("人" if before.endswith("人口") else "") + _PEOPLE.sub("人", spelled)
        noun, near = self._find_noun(before, after)
        if near < 3:
            after = _ITEMS.sub("项", after)
        if after.startswith("个") and before.endswith("件") and not noun:
            after = "件" + after[1:]  # 办件2024个
        ranks = ((_rank(word, size, before, after, (noun, near)), word) for word in self._words)
        ranked = [(rank, self._usage.get(word.unit.id, 0), word) for rank, word in ranks if rank]
        if not ranked:
            return FoundUnit(None, int(after.startswith(MEASURES)), size)
        (best, _, first), *others = sorted(ranked, key=lambda each: each[:2], reverse=True)
        length = _length(first, after) + len(spelled) - len(after) + cubic  # 立方米 is one longer than m³
        alike = tuple(word.unit.id for rank, _, word in others if rank == best)
        return FoundUnit(first.unit, length, size / first.size, None, alike)

    def _find_noun(self, before: str, after: str) -> tuple[str, int]:
        """Return the noun that is counted and how near it is: 3 right behind the measure word, 2 later, 1 before.

        Of nouns that follow one another the last is counted: 企业技术中心 is a 中心.
        """
        for start in range(1 + after.startswith(MEASURES)):
            near = [noun for noun in self._nouns if after.startswith(noun, start)]
            if near and not _OTHER_WORD.match(after, start):
                return max(near, key=len), 3
        if chain := self._chain.search(re.split("[、(]", after)[0][:NOUN_DISTANCE]):
            return chain[2] or chain[1], 2
        found = re.findall(rf"(?:{self._noun})(?=.{{,{BEFORE_DISTANCE}}}$)", before)
        return (found[-1], 1) if found else ("", 0)


def read_size(text: str) -> float:
    """Return the multiplier that the characters of a text make: 1e6 for 百万, 1 for none."""
    return math.prod(MULTIPLIERS[character] for character in text)


def _respell(text: str) -> str:
    """Write the units of a text as the table of units does."""
    for printed, usual in _SPELLINGS:
        text = text.replace(printed, usual)
    return text


def _split_names(units: Iterable[Unit]) -> Iterator[UnitWord]:
    """Split the Chinese names of the units behind a number; only a person sees that months are those of a moment."""
    for unit in units:
        parts = _NAME.fullmatch(_respell(unit.name.zh))
        if parts and unit.dimension not in ("grade", "rank") and unit.form not in ("bare", "moment"):
            nouns = tuple(filter(None, (parts["noun"] or "").split("和")))
            yield UnitWord(unit, read_size(parts["size"]), parts["measure"], nouns, parts["per"] or "")


def _rank(word: UnitWord, size: float, before: str, after: str, noun: tuple[str, int]) -> tuple[int, int, bool] | None:
    """How well a unit fits the words, to be compared; None if it does not."""
    same = after.startswith(word.measure)
    generic = bool(word.nouns) and word.measure in GENERIC and after.startswith((*GENERIC, *word.nouns))
    if word.size not in (size, 1) or not (same or generic) or (word.nouns and noun[0] not in word.nouns):
        return None
    if word.per and not re.search(f"每{re.escape(word.per)}|{re.escape(word.per)}均", before):
        return None
    rank = noun[1] if word.nouns else 4 if word.per else len(word.measure) > 1
    return rank, len(noun[0] if word.nouns else word.measure), word.size == size


def _length(word: UnitWord, after: str) -> int:
    """Number of characters of the measure word and of a noun right behind it."""
    length = len(word.measure) if after.startswith(word.measure) else int(after.startswith(GENERIC))
    return length + len(next((noun for noun in word.nouns if after.startswith(noun, length)), ""))
