"""The unit of a number by the words around it, from the Chinese names of the units.

A name is a multiplier (万), a measure word (家, 公里), a noun (企业) and, of a rate, what it is per (元/平方米).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from data.model.numerals import MULTIPLIERS
from data.model.schema import Unit

GENERIC = "个家位名大"
"""Measure words that stand for one another before the same noun: 4家研究中心, 五大平台."""
PEOPLE = "名|人口|群众|贫困人口|农村群众|人员"
"""Words for people after a number that a table of units calls 人."""
MEASURES = f"{GENERIC}条座款种类批笔户次期台辆栋件份册株页处项"
"""Measure words of one character, behind which a unit's noun may stand."""
NOUN_DISTANCE, BEFORE_DISTANCE, CHAIN_GAP = 16, 6, 3
"""Number of characters within which a noun is sought after the number, before it, and after another noun."""

_NAME = re.compile(
    rf"(?P<size>[十百千]?[万亿]?)(?P<measure>[{MEASURES}](?!/)|[^/]*?)"
    r"(?P<noun>(?<=[个家位条])[^/]+)?(?:/(?P<per>.+))?"
)
_ITEMS = re.compile("个[^、(]{0,4}?(?:事项|子项)(?!目)")
_OTHER_WORD = re.compile("[市县村][级直委域]")
_SPELLINGS = (("立方米", "m³"), ("公司", "企业"), ("％", "%"), ("（", "("), ("）", ")"))


@dataclass(frozen=True)
class UnitWord:
    """The Chinese name of a unit in its parts."""

    unit: Unit
    size: float
    measure: str
    nouns: tuple[str, ...]
    per: str


@dataclass(frozen=True)
class FoundUnit:
    """The likeliest unit of a number; `length` is how many characters of the text after the number it takes.

    `value_size` is the printed multiplier that the unit does not contain. `others` are as likely by the words alone.
    """

    unit: Unit
    length: int
    value_size: float
    others: tuple[str, ...]


def split_names(units: Iterable[Unit]) -> tuple[UnitWord, ...]:
    """Split the Chinese names of the units behind a number; only a person sees that months are those of a moment."""
    found = []
    for unit in units:
        parts = _NAME.fullmatch(respell(unit.name.zh))
        if parts and unit.dimension not in ("grade", "rank") and unit.form not in ("bare", "moment"):
            size = math.prod(MULTIPLIERS[character] for character in parts["size"])
            nouns = tuple(filter(None, re.split("和", parts["noun"] or "")))
            found.append(UnitWord(unit, size, parts["measure"], nouns, parts["per"] or ""))
    return tuple(found)


def respell(text: str) -> str:
    """Write the units of a text as the table of units does."""
    for printed, usual in _SPELLINGS:
        text = text.replace(printed, usual)
    return text


def find_unit(
    words: Iterable[UnitWord], size: float, before: str, after: str, usage: Mapping[str, int]
) -> FoundUnit | None:
    """Find the unit of a number from the clause before it and after its multiplier `size`.

    Of units with the same words the one that is used most comes first.
    """
    words, printed, before, after = tuple(words), after, respell(before), respell(after)
    people = re.match(PEOPLE, after)
    if people or before.endswith("人口"):
        after = "人" + after[people.end() if people else 0 :]
    noun = _find_noun({noun for word in words for noun in word.nouns}, before, after)
    items = _ITEMS.match(after) if noun[1] < 3 else None
    after = "项" + after[items.end() :] if items else after
    if after.startswith("个") and before.endswith("件") and not noun[0]:
        after = "件" + after[1:]  # 办件2024个
    ranked = [
        (rank, word) for word in words if word.size in (size, 1) and (rank := _rank(word, size, before, after, noun))
    ]
    if not ranked:
        return None
    best = max(rank for rank, _ in ranked)
    likeliest = sorted((word for rank, word in ranked if rank == best), key=lambda word: -usage.get(word.unit.id, 0))
    replaced = items or people
    length = replaced.end() if replaced else 0 if before.endswith("人口") else _length(likeliest[0], after, printed)
    others = tuple(word.unit.id for word in likeliest[1:])
    return FoundUnit(likeliest[0].unit, length, size / likeliest[0].size, others)


def _find_noun(nouns: Collection[str], before: str, after: str) -> tuple[str, int]:
    """Return the noun that is counted and how near it is: 3 right behind the measure word, 2 later, 1 before.

    Of nouns that follow one another the last is counted: 企业技术中心 is a 中心.
    """
    for start in range(2):
        near = [noun for noun in nouns if after.startswith(noun, start) and not _OTHER_WORD.match(after, start)]
        if near and (start == 0 or after[0] in MEASURES):
            return max(near, key=len), 3
    longer = "|".join(sorted((re.escape(noun) for noun in nouns if len(noun) > 1), key=len, reverse=True)) or "(?!)"
    chain = ""
    end = 0
    for found in re.finditer(longer, re.split("[、(]", after)[0][:NOUN_DISTANCE]):
        if chain and found.start() - end > CHAIN_GAP:
            break
        chain, end = found[0], found.end()
    if chain:
        return chain, 2
    last = [found for found in re.finditer(longer, before) if len(before) - found.end() <= BEFORE_DISTANCE]
    return (last[-1][0], 1) if last else ("", 0)


def _rank(word: UnitWord, size: float, before: str, after: str, noun: tuple[str, int]) -> tuple[int, int, bool] | None:
    """How well a unit fits the words, to be compared; None if it does not."""
    exact = word.size == size
    if word.nouns:
        generic = word.measure in GENERIC and (after[:1] in tuple(GENERIC) or after.startswith(word.nouns))
        fits = noun[0] in word.nouns and (after.startswith(word.measure) or generic)
        return (noun[1], len(noun[0]), exact) if fits else None
    if not after.startswith(word.measure):
        return None
    if word.per:
        per = re.search(f"每{re.escape(word.per)}|{re.escape(word.per)}均", before)
        return (4, len(word.measure), exact) if per else None
    return len(word.measure) > 1, len(word.measure), exact


def _length(word: UnitWord, after: str, printed: str) -> int:
    """Number of printed characters of the measure word and of a noun right behind it."""
    length = len(word.measure) if after.startswith(word.measure) else int(after[:1] in tuple(GENERIC))
    noun = next((noun for noun in word.nouns if after.startswith(noun, length)), "")
    length += len(noun)
    return length + printed.startswith("立方米")  # one character longer than m³
