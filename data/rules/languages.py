"""The two languages of a text say the same: each in its own script, with the same numbers, and nothing around it."""

from __future__ import annotations

import re
from itertools import accumulate
from math import prod

from data.model.numerals import LIST_MARKS, find_numerals, number_keys, strip_blanks
from data.model.problems import describe
from data.model.schema import Case
from data.rules.rule import Facts, Found, list_found, rule

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]*[a-z]{2}")
"""A word, not an acronym: GDP and 5G may stand alone in a Chinese text."""
_QUOTES = dict(zip("“‘「『\"'", "”’」』\"'", strict=True))
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_HIGHER = [f"{ten}-{one}".rstrip("-") for ten in _TENS for one in ("", *_ONES)]
_WORDS = dict(zip([*_ONES, *_TEENS, *_HIGHER][2:], range(3, 100), strict=True))
"""The English words of numbers; "one" and "the two" are also pronouns."""
_SIZES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_PART = "-(?:first|second)|[ -](?:third|quarter|[efnst][a-z]{2,4}th)s?"
_SPELT = rf"(?<!\d )(?<!hundred and )\b(?>{'|'.join(reversed(_WORDS))})\b(?!(?:{_PART})\b)"
_NUMBER = re.compile(
    rf"(?P<number>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?|{_SPELT})(?:/(?P<divisor>[2-9]|10)\b)?"
    rf"(?=(?P<range>\s?(?:[-–—]|to|or|and)\s?[\d.,]*\d)?(?P<sizes>(?:[\s-]?(?:{'|'.join(_SIZES)})\b)*))"
)
"""A number, and the range or size behind it; a word is none within another: twenty-first, three quarters."""
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
_PAIR = re.compile("(?<=[一二两三四五六七八九])(?=[一二三四五六七八九])")
"""Between two numbers of which either may be meant: 七八个."""


@rule
def numbers_of_both_languages(case: Case, facts: Facts) -> Found:
    """The Chinese text, the verbatim one for a phrase, has every number of the English one."""
    for path, english in facts.texts.items():
        matches = _find_numbers(english) if path[-1] == "en" else []
        if not matches:
            continue
        text = _spell_out(strip_blanks(facts.texts.get((*path[:-1], "zh")) or facts.texts[*path[:-1], "text"]))
        numerals = find_numerals(text)
        held = {key.rstrip("年月日") for numeral in numerals for key in numeral.readings}
        held |= number_keys(*(100 * float(times) for times in _TIMES.findall(text)))
        for match in matches:
            if held.isdisjoint(_keys(match)):
                found = describe(match[0] if match["range"] else match[0] + match["sizes"])
                there = list_found(each.text + re.findall("^[百千万亿]*", text[each.end :])[0] for each in numerals)
                advice = "Write the same numbers in both languages, with 万 as 10 thousand and 亿 as 100 million"
                yield path, f"{found} is not in the Chinese text, which holds {there or 'no number'}. {advice}"


def _find_numbers(english: str) -> list[re.Match[str]]:
    """Find the numbers of a text, in digits and in words; most texts have none."""
    text = english.lower().replace("covid-19", "")  # a name with a number in English alone
    likely = any(map(str.isdigit, text)) or not _WORDS.keys().isdisjoint(re.findall("[a-z]+", text))
    return list(_NUMBER.finditer(text)) if likely else []


def _spell_out(chinese: str) -> str:
    """Write what states a number only in its place as any other number."""
    text = _YEAR.sub(lambda year: "".join(str(_DIGITS.index(digit)) for digit in year[0]), chinese)
    text = _BARE.sub(r"一\1", _MARK.sub(r"第\1", text))
    return _PAIR.sub("或", _PLAN.sub(r"\1个五年", text))


def _keys(match: re.Match[str]) -> frozenset[str]:
    number = match["number"].replace(",", "")
    value = float(_WORDS.get(number, number))
    size = prod(_SIZES[word] for word in re.findall("[a-z]+", match["sizes"]))
    part = [value / int(match["divisor"])] if match["divisor"] else []
    return number_keys(value * size, *part, *([value] if match["range"] else []))


@rule
def plain_text(case: Case, facts: Facts) -> Found:
    """A text has words, in Chinese not English ones alone but for acronyms, and neither blanks nor quotes around it."""
    for path, text in facts.texts.items():
        if text != text.strip():
            yield path, f"{describe(text)} has blanks around it. Remove them"
        elif not re.search(r"\w", text):
            yield path, f"{describe(text)} holds no word. Write the text"
        elif path[-1] == "zh" and _WORD.search(text) and not _HAN.search(text):
            yield path, f"{describe(text)} holds no Chinese character. Write the Chinese text"
        elif path[-1] in ("zh", "en") and _is_quoted(text):
            yield path, f"{describe(text)} stands in quotation marks as a whole. Leave them out"


def _is_quoted(text: str) -> bool:
    """Whether one pair of marks stands around a text: none closes within it that did not open there."""
    opening, closing = text[0], _QUOTES.get(text[0])
    depths = accumulate((mark == opening) - (mark == closing) for mark in text[:-1])
    return text[-1] == closing and (opening not in text[1:-1] if opening == closing else all(depths))
