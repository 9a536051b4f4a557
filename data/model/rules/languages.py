"""The two languages of a text say the same: each in its own script, with the same numbers, and nothing around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from math import prod

from data.model.numerals import LIST_MARKS, Numeral, find_numerals, number_keys, strip_blanks
from data.model.problems import Fault, FieldPath, describe
from data.model.rules.rule import CaseRule, CaseView

LISTED = 6
"""Maximum number of numerals that a message lists."""
ENGLISH_NAMES = ("COVID-19",)
"""Names with a number in English alone."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]*[a-z]{2}")
"""A word, not an acronym: GDP and 5G may stand alone in a Chinese text."""
_QUOTES = ("“”", "‘’", "「」", "『』", '""', "''")
_SIZES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_SIZE = "|".join(sorted(_SIZES, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<decimals>\.\d+)?(?:/(?P<divisor>[2-9]|10)\b)?"
    rf"(?=(?P<range>\s?(?:[-–—]|to|or|and)\s?[\d.,]*\d)?(?P<sizes>(?:[\s-]?(?:{_SIZE})\b)*))"
)
_MARK = re.compile(rf"^[(（]?([{LIST_MARKS}]+|\d+)[、)）.．](?!\d)")
"""The mark of a heading, which is no numeral in Chinese: 三、 is 3, 1. is 1."""
_PLAN = re.compile("(十[一二三四])五(?!年)")
"""A five-year plan: 十三五 is the 13th."""
_DIGITS = "〇一二三四五六七八九"
_YEAR = re.compile(rf"[一二][{_DIGITS}]{{3}}(?=年)")
_TIMES = re.compile(r"(\d+(?:\.\d+)?)倍")
"""Times, also as percent: 增长2倍 is growth by 200 %."""
_NAMES = re.compile("|".join(map(re.escape, ENGLISH_NAMES)), re.IGNORECASE)


def _pairs(case: CaseView) -> Iterator[tuple[FieldPath, str, str]]:
    """Yield each English text with its path and its Chinese text, the verbatim one for a phrase."""
    for path, english in case.texts:
        if path[-1:] == ("en",):
            chinese = case.value((*path[:-1], "zh")) or case.value((*path[:-1], "text"))
            if isinstance(chinese, str):
                yield path, chinese, english


def _script(case: CaseView) -> Iterator[Fault]:
    """Find Chinese texts without a Chinese character, but for acronyms and numbers. English is refused by its field."""
    for path, text in case.texts:
        if path[-1:] == ("zh",) and _WORD.search(text) and not _HAN.search(text):
            yield Fault(path, f"{describe(text)} holds no Chinese character. Write the Chinese text")


def _numbers(case: CaseView) -> Iterator[Fault]:
    """Find numbers in English that the Chinese text does not hold."""
    for path, chinese, english in _pairs(case):
        if not any(map(str.isdigit, english)):
            continue
        text = _spell_out(strip_blanks(chinese))
        numerals = find_numerals(text)
        held = {re.sub("[年月日]$", "", key) for numeral in numerals for key in numeral.readings}
        held |= number_keys(*(100 * float(times) for times in _TIMES.findall(text)))
        for match in _NUMBER.finditer(_NAMES.sub("", english)):
            if held.isdisjoint(_keys(match)):
                found = describe(match[0] if match["range"] else match[0] + match["sizes"])
                there = f"which holds {_list(text, numerals)}" if numerals else "which holds no number"
                advice = "Write the same numbers in both languages, with 万 as 10 thousand and 亿 as 100 million"
                yield Fault(path, f"{found} is not in the Chinese text, {there}. {advice}")


def _spell_out(chinese: str) -> str:
    """Write what states a number only in its place as any other number."""
    text = _YEAR.sub(lambda year: "".join(str(_DIGITS.index(digit)) for digit in year[0]), chinese)
    return _PLAN.sub(r"\1个五年", _MARK.sub(r"第\1", text))


def _list(text: str, numerals: Iterable[Numeral]) -> str:
    """List numerals with the multipliers behind them: 398亿."""
    printed = [numeral.text + re.sub("[^百千万亿].*", "", text[numeral.end :], flags=re.DOTALL) for numeral in numerals]
    return ", ".join([*dict.fromkeys(printed)][:LISTED])


def _keys(match: re.Match[str]) -> frozenset[str]:
    size = prod(_SIZES[word] for word in re.findall("[a-z]+", match["sizes"]))
    value = float(match["number"].replace(",", "") + (match["decimals"] or ""))
    divided = [value / int(match["divisor"]), value] if match["divisor"] else []
    return number_keys(value * size, *divided, *([value] if match["range"] else []))


def _edges(case: CaseView) -> Iterator[Fault]:
    """Find texts with blanks around them, and texts that stand in quotation marks as a whole."""
    for path, text in case.texts:
        if text != text.strip():
            yield Fault(path, f"{describe(text)} has blanks around it. Remove them")
        elif path[-1:] in (("zh",), ("en",)) and any(_is_within(text, *marks) for marks in _QUOTES):
            yield Fault(path, f"{describe(text)} stands in quotation marks as a whole. Leave them out")


def _is_within(text: str, opening: str, closing: str) -> bool:
    """Whether a pair of marks stands around a text: no mark closes in it that does not open in it."""
    if len(text) <= 2 or text[0] != opening or text[-1] != closing:
        return False
    if opening == closing:
        return opening not in text[1:-1]
    depths = accumulate((mark == opening) - (mark == closing) for mark in text[:-1])
    return all(depth > 0 for depth in depths)


RULES = (
    CaseRule("chinese-text", _script),
    CaseRule("numbers-of-both-languages", _numbers),
    CaseRule("blanks-and-quotes", _edges),
)
