"""The numbers in Chinese text: Arabic numerals, Chinese numerals and number words, with the values they stand for.

Arabic numbers all count. Chinese numerals count unless they mark a list (一是, 一、, (一), 1.) or are part of a word of
`NO_NUMBER` or of a proper name; 一 before a measure word (一项, 一条, 一次) counts, because only a reader can tell
whether it is a quantity.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

NO_NUMBER: tuple[str, ...] = (
    # 一 as a part of an adverb, conjunction or verb
    "进一步", "逐一", "一直", "一定", "一般", "一旦", "一律", "一起", "一向", "一致", "一样", "一切",
    "统一", "唯一", "万一",
    # 一 as a pronoun or determiner: this, each, another, the same, one of
    "这一", "那一", "每一", "另一", "某一", "同一", "单一", "之一", "一方面",
    # 一 as an unspecified number: some, a number of, a whole set
    "一些", "一批", "一大批", "一系列", "一揽子", "一整套",
    # 一 as a rank or whole within a noun
    "一线", "一流", "一体", "一把手",
    # 一, 十 and 百 that only say wholly, very or all
    "焕然一新", "十分", "百姓", "百花",
    # percent and percentage points are units
    "百分点", "百分比",
)  # fmt: skip
"""Words with a numeral character that states no number. 十分之一 and 第一批 do state one."""

LIST_MARKS = "一二三四五六七八九十"
"""Characters of the Chinese numbers that mark the entries of a list."""

_ONES = dict(zip("零〇一二三四五六七八九两", (0, *range(10), 2), strict=True))
MULTIPLIERS = {"亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2, "十": 1e1}
_CHINESE = "[一二三四五六七八九两十百千][零〇一二三四五六七八九两十百千万亿]{0,30}"
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_MARKER = (
    rf"^案例\d+$|^\d+[.．、](?!\d)|^[{LIST_MARKS}]+、|^[(（][{LIST_MARKS}]+[)）]|(?:^|(?<=[。;；]))[{LIST_MARKS}]+是"
)
_FRACTION = rf"(?P<fraction>{_CHINESE}分之(?:{_CHINESE}|{_ARABIC})|(?<![\d./])[1-9]/(?:[2-9]|10)(?![\d./年月日号]))"
"""三分之一, 1/3."""
_NUMERAL = (
    rf"(?P<half>[一过减]半)|(?P<doubled>翻[一两二三四]?番)|(?P<vague>[数几][十百千万亿]+)"
    rf"|(?P<arabic>{_ARABIC})|(?<!\d)(?P<chinese>{_CHINESE})"
)
_TAIL = re.compile(rf"(?:[-–—~～至、]+{_ARABIC})?[余多来几]?(?P<size>[百千]?万?亿?)(?P<date>[年月日]?)")
"""What follows an Arabic number, or a range of two (1-10月): the multiplier and the unit of a date."""
_VAGUE_TAIL = re.compile("[余多来几](?P<size>[百千]?万?亿?)")
"""The multiplier behind a Chinese number that is not exact: 十多万. Without 多, it is part of the number."""
_TENTHS = re.compile("成(?![为立本果功效员长交品都熟年人])")
"""What follows a number of tenths: 三成 is 30 %."""
_BLANK = re.compile(r"(?<!\d)[^\S\n]+|[^\S\n]+(?!\d)")


@dataclass(frozen=True)
class Numeral:
    """A numeral as printed, with its offsets in the text.

    `readings` are the keys it can be compared by: `10000`, `2020年` or `数十`.
    """

    text: str
    start: int
    end: int
    readings: frozenset[str]


def find_numerals(text: str, names: frozenset[str] = frozenset()) -> tuple[Numeral, ...]:
    """Find the numerals of a text, in order. Numerals inside `names`, the proper names, are left out."""
    return tuple(
        Numeral(token[0], *token.span(), _readings(token))
        for token in _tokens(names).finditer(text)
        if any(token.groups())
    )


@lru_cache(maxsize=8)
def _tokens(names: frozenset[str]) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted({*NO_NUMBER, *names}, key=len, reverse=True)))
    return re.compile(rf"{_MARKER}|{_FRACTION}|(?<!第)(?:{words})|{_NUMERAL}", re.MULTILINE)


def strip_blanks(text: str) -> str:
    """Leave out the blanks of a text, except between two digits."""
    return _BLANK.sub("", text)


@lru_cache(maxsize=8)
def proper_names(places: frozenset[str]) -> frozenset[str]:
    """Return Chinese names of places without their kind: 三门峡 for 三门峡市."""
    return frozenset(re.sub("(?<=..)[省市县区镇]$", "", place) for place in places)


def number_keys(*values: float) -> frozenset[str]:
    """Return the keys that numbers are compared by: ten significant digits, no sign. NaN has none."""
    return frozenset(f"{abs(value):.10g}" for value in values if not math.isnan(value))


def date_keys(date: str | None) -> frozenset[str]:
    """Return the keys of an ISO date: 2020-12-31 as 2020年, 12月 and 31日."""
    return frozenset(
        f"{int(number)}{unit}" for number, unit in zip((date or "").split("-"), "年月日", strict=False) if number
    )


def _readings(token: re.Match[str]) -> frozenset[str]:
    if token["arabic"]:
        return _arabic_readings(token)
    words = frozenset([token[0]])
    if token["half"]:
        return words | _share_keys(0.5)
    if token["fraction"]:
        over, slash, under = token[0].partition("/")
        whole, _, part = (under, "", over) if slash else token[0].partition("分之")
        return words | _share_keys(_value(part) / _value(whole))
    if token["doubled"]:
        return words | number_keys(2 ** _value(token[0][1:-1] or "一"))
    return words if token["vague"] else words | _chinese_keys(token)


def _arabic_readings(token: re.Match[str]) -> frozenset[str]:
    tail = _TAIL.match(token.string, token.end())
    assert tail is not None
    value = float(token[0].replace(",", ""))
    if tail["date"] == "年" and re.fullmatch(r"(?:19|20)\d\d", token[0]):
        return frozenset([f"{token[0]}年"])
    if tail["date"] == "月":
        return frozenset([f"{value:g}月"])
    size = math.prod(MULTIPLIERS[word] for word in tail["size"])
    days = {f"{value:g}日"} if tail["date"] == "日" else set()
    return number_keys(value * size) | _tenth_keys(value, token) | days


def _chinese_keys(token: re.Match[str]) -> frozenset[str]:
    value, tail = _value(token[0]), _VAGUE_TAIL.match(token.string, token.end())
    size = math.prod(MULTIPLIERS[word] for word in tail["size"]) if tail else 1
    return number_keys(value * size) | _tenth_keys(value, token)


def _tenth_keys(value: float, token: re.Match[str]) -> frozenset[str]:
    return _share_keys(value / 10) if _TENTHS.match(token.string, token.end()) else frozenset()


def _share_keys(value: float) -> frozenset[str]:
    return number_keys(value, value * 100)


def _value(text: str) -> float:
    """Return the value of a number: 2 for 两, 1e11 for 千亿; NaN for 三五 and the like, which have no single value."""
    for word, size in MULTIPLIERS.items():
        head, found, rest = text.rpartition(word)
        if found:
            return (_value(head) if head else 1) * size + (_value(rest.lstrip("零〇") or "零") if rest else 0)
    if text[0].isascii():
        return float(text)
    return float(_ONES[text]) if len(text) == 1 else math.nan
