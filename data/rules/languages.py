"""The two languages of a text say the same: each in its own script, with the same numbers, and nothing around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from math import prod

from data.model.numerals import LIST_MARKS, Numeral, find_numerals, number_keys, strip_blanks
from data.model.problems import describe
from data.model.schema import Case
from data.rules.rule import Facts, Found, rule

LISTED = 6
"""Maximum number of numerals that a message lists."""
ENGLISH_NAMES = ("COVID-19",)
"""Names with a number in English alone."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]*[a-z]{2}")
"""A word, not an acronym: GDP and 5G may stand alone in a Chinese text."""
_QUOTES = dict(zip("“‘「『\"'", "”’」』\"'", strict=True))
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {name: value for value, name in enumerate(_ONES, start=1) if value > 2}
for _value, _name in zip(range(20, 100, 10), _TENS, strict=True):
    _WORDS |= {_name: _value, **{f"{_name}-{one}": _value + at for at, one in enumerate(_ONES[:9], start=1)}}
"""The English words of numbers; "one" and "the two" are also pronouns."""
_SIZES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_SIZE = "|".join(sorted(_SIZES, key=len, reverse=True))
_BEHIND = rf"(?=(?P<range>\s?(?:[-–—]|to|or|and)\s?[\d.,]*\d)?(?P<sizes>(?:[\s-]?(?:{_SIZE})\b)*))"
_NUMBER = re.compile(
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?P<decimals>\.\d+)?(?:/(?P<divisor>[2-9]|10)\b)?{_BEHIND}"
)
_NUMBER_WORD = re.compile(
    rf"(?<!\d )\b(?P<number>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b(?P<decimals>)(?P<divisor>)?{_BEHIND}",
    re.IGNORECASE,
)
_MARK = re.compile(rf"^[(（]?([{LIST_MARKS}]+|\d+)[、)）.．](?!\d)")
"""The mark of a heading, which is no numeral in Chinese: 三、 is 3, 1. is 1."""
_BARE = re.compile(r"(?<![\d一二三四五六七八九十百千几数])([万亿])(?=[余多])")
"""A multiplier alone: 万余 is over ten thousand."""
_PLAN = re.compile("(十[一二三四])五(?!年)")
"""A five-year plan: 十三五 is the 13th."""
_DIGITS = "〇一二三四五六七八九"
_YEAR = re.compile(rf"[一二][{_DIGITS}]{{3}}(?=年)")
_TIMES = re.compile(r"(\d+(?:\.\d+)?)倍")
"""Times, also as percent: 增长2倍 is growth by 200 %."""
_NAMES = re.compile("|".join(map(re.escape, ENGLISH_NAMES)), re.IGNORECASE)


@rule
def chinese_text(case: Case, facts: Facts) -> Found:
    """A Chinese text has a Chinese character, but for acronyms and numbers. English is refused by its field."""
    for path, text in facts.texts.items():
        if path[-1] == "zh" and _WORD.search(text) and not _HAN.search(text):
            yield path, f"{describe(text)} holds no Chinese character. Write the Chinese text"


@rule
def numbers_of_both_languages(case: Case, facts: Facts) -> Found:
    """The Chinese text, the verbatim one for a phrase, has every number of the English one."""
    texts = facts.texts
    for path, english in texts.items():
        matches = list(_find_numbers(english)) if path[-1] == "en" else []
        if not matches:
            continue
        text = _spell_out(strip_blanks(texts.get((*path[:-1], "zh")) or texts[*path[:-1], "text"]))
        numerals = find_numerals(text)
        held = {key.rstrip("年月日") for numeral in numerals for key in numeral.readings}
        held |= number_keys(*(100 * float(times) for times in _TIMES.findall(text)))
        for match in matches:
            if held.isdisjoint(_keys(match)):
                found = describe(match[0] if match["range"] else match[0] + match["sizes"])
                there = f"which holds {_list(text, numerals)}" if numerals else "which holds no number"
                advice = "Write the same numbers in both languages, with 万 as 10 thousand and 亿 as 100 million"
                yield path, f"{found} is not in the Chinese text, {there}. {advice}"


def _find_numbers(english: str) -> Iterator[re.Match[str]]:
    """Find the numbers of a text, in digits and in words; most texts have none."""
    if any(map(str.isdigit, english)):
        yield from _NUMBER.finditer(_NAMES.sub("", english))
    if not _WORDS.keys().isdisjoint(re.findall("[a-z]+", english.lower())):
        yield from _NUMBER_WORD.finditer(english)


def _spell_out(chinese: str) -> str:
    """Write what states a number only in its place as any other number."""
    text = _YEAR.sub(lambda year: "".join(str(_DIGITS.index(digit)) for digit in year[0]), chinese)
    text = _BARE.sub(r"一\1", _MARK.sub(r"第\1", text))
    return _PLAN.sub(r"\1个五年", text)


def _list(text: str, numerals: Iterable[Numeral]) -> str:
    """List numerals with the multipliers behind them: 398亿."""
    printed = [numeral.text + re.sub("[^百千万亿].*", "", text[numeral.end :], flags=re.DOTALL) for numeral in numerals]
    return ", ".join([*dict.fromkeys(printed)][:LISTED])


def _keys(match: re.Match[str]) -> frozenset[str]:
    size = prod(_SIZES[word] for word in re.findall("[a-z]+", match["sizes"].lower()))
    word = _WORDS.get(match["number"].lower())
    value = float(word or match["number"].replace(",", "") + (match["decimals"] or ""))
    divided = [value / int(match["divisor"]), value] if match["divisor"] else []
    return number_keys(value * size, *divided, *([value] if match["range"] else []))


@rule
def blanks_and_quotes(case: Case, facts: Facts) -> Found:
    """A text has words, and neither blanks nor, as a whole, quotation marks around it."""
    for path, text in facts.texts.items():
        if text != text.strip():
            yield path, f"{describe(text)} has blanks around it. Remove them"
        elif path[-1] in ("zh", "en") and _is_quoted(text):
            yield path, f"{describe(text)} stands in quotation marks as a whole. Leave them out"
        elif not re.search(r"\w", text):
            yield path, f"{describe(text)} holds no word. Write the text"


def _is_quoted(text: str) -> bool:
    """Whether a pair of marks stands around a text: no mark closes in it that does not open in it."""
    opening, closing = text[0], _QUOTES.get(text[0])
    if len(text) <= 2 or text[-1] != closing:
        return False
    if opening == closing:
        return opening not in text[1:-1]
    depths = accumulate((mark == opening) - (mark == closing) for mark in text[:-1])
    return all(depth > 0 for depth in depths)
