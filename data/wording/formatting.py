"""Numbers, changes, dates and periods as text, in Chinese and in English.

Chinese keeps the printed 万 and 亿; English writes them out (398 亿元 is CNY 39.8 bn). Printed numbers are not rounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.model.evidence import DerivedEnd
from data.model.schema import Bound, Change, ChangeKind, End, Lang, Period, Text, Unit
from data.wording.labels import BOUND_WORDS, t

BOUND_NAMES: Mapping[str, Text] = {
    bound: Text(zh=words.zh.format(""), en=words.en.format("").strip()) for bound, words in BOUND_WORDS.items()
}
"""The words of each bound without a number: 超过 / over."""
_BOUND_MARKS: Mapping[Bound, str] = {
    "exact": "", "over": ">", "at_least": "≥", "under": "<", "nearly": "≈", "about": "≈", "at_most": "≤",
}  # fmt: skip
_MIRRORED = str.maketrans("<>≤≥", "><≥≤")
"""Turns the mark of a size into that of a negative change: a fall by over 15 % is a change below −15 %."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_number(value: float, places: int = 9) -> str:
    """Format a number with thousands separators and a minus sign: −15.79, 224,782."""
    rounded = round(value, places)
    text = f"{abs(rounded):,.{places}f}".rstrip("0").rstrip(".")
    return f"−{text}" if rounded < 0 else text


def format_value(value: float, unit: Unit, lang: Lang, places: int = 9) -> str:
    """Format a number with its unit: 第16位 / 16th, 398亿元 / CNY 39.8 bn, 1,860处 / 1,860 sites."""
    if unit.form == "rank":
        return t(lang, f"第{format_number(value)}位", _ordinal(int(value)))
    if unit.form == "bare":
        return format_number(value, places)
    if lang == "zh":
        gap = " " if re.match("[A-Za-z]", unit.name.zh) else ""
        return f"{format_number(value, places)}{gap}{unit.name.zh}"
    number = _english_number(value * unit.scale, unit, places)
    if unit.form == "money":
        return f"CNY {number}{unit.name.en.removeprefix('CNY')}"
    name = unit.one if unit.one and abs(value * unit.scale) == 1 else unit.name.en
    return f"{number}{'' if name.startswith('%') else ' '}{name}"


def _english_number(value: float, unit: Unit, places: int) -> str:
    money = unit.form == "money"
    for size, word in (1e9, "bn" if money else "billion"), (1e6, "million"):
        if abs(value) >= size and (unit.scale > 1 or money):
            return f"{format_number(value / size, places)} {word}"
    return format_number(value, places)


def _ordinal(value: int) -> str:
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def add_bound(text: str, bound: Bound, lang: Lang) -> str:
    """Put the words of a bound around a number: 超过5% / over 5%."""
    return text if bound == "exact" else BOUND_WORDS[bound][lang].format(text)


def format_end(end: End | None, derived: DerivedEnd, unit: Unit, lang: Lang) -> str:
    """Format an end with unit and bound; the source's words where it has no number, empty where it is missing."""
    if derived.span is None:
        return end.text[lang] if end and end.text else ""
    places = 9 if derived.origin == "stated" else 2
    return add_bound(_range_text(*derived.span, unit, lang, places), derived.bound, lang)


def _range_text(low: float, high: float, unit: Unit, lang: Lang, places: int = 9) -> str:
    """Format a value or a range with its unit once: 2–3个月 / 2–3 months.

    A unit before or around the number is written twice: CNY 3 bn–CNY 5 bn.
    """
    if low == high:
        return format_value(low, unit, lang, places)
    if unit.form == "rank" or (unit.form == "money" and lang == "en"):
        start = format_value(low, unit, lang, places)
    else:
        start = format_number(low, places) if lang == "zh" else _english_number(low * unit.scale, unit, places)
    return f"{start}–{format_value(high, unit, lang, places)}"


def format_change(change: Change, unit: Unit, lang: Lang) -> str:
    """Format a stated change: −15.79%, −2至−3个月 / −2 to −3 months, 3.1倍 / ×3.1, 上升8位 / up 8 places.

    Of a moment it says how far it moved: 提前2–3个月 / 2–3 months earlier.
    """
    if change.span is None:
        return change.text[lang] if change.text else ""
    size = format_size(change, unit, lang)
    if change.kind == "multiple":
        return add_bound(t(lang, size, f"×{size.removesuffix(' times')}"), change.bound, lang)
    if change.kind == "places":
        way = t(lang, "上升", "up ") if change.span[0] > 0 else t(lang, "下降", "down ")
        return way + add_bound(size, change.bound, lang)
    falls = change.span[0] < 0
    if unit.form == "moment" and change.kind == "difference":
        moved = add_bound(size, change.bound, lang)
        return t(lang, f"{'提前' if falls else '推迟'}{moved}", f"{moved} {'earlier' if falls else 'later'}")
    mark = _BOUND_MARKS[change.bound].translate(_MIRRORED if falls else {})
    sign = "−" if falls else "+" if change.span[1] > 0 else ""
    return f"{mark}{sign}{size.replace('–', t(lang, '至', ' to ') + sign)}"


def shown_kind(change: Change, unit: Unit) -> ChangeKind:
    """Return the kind a change is shown as: a difference between two shares is one of percentage points."""
    return "points" if change.kind == "difference" and unit.dimension == "share" else change.kind


def format_size(change: Change, unit: Unit, lang: Lang) -> str:
    """Format the size of a change, without sign and bound: 15.79%, 55 m³ per mu, 6 places."""
    assert change.span is not None
    low, high = sorted(map(abs, change.span))
    kind = shown_kind(change, unit)
    if kind == "difference":
        return _range_text(low, high, unit, lang)
    size = "–".join(dict.fromkeys(map(format_number, (low, high))))
    if kind == "relative":
        return f"{size}%"
    if kind == "points":
        return t(lang, f"{size}个百分点", f"{size} pp")
    if kind == "places":
        return t(lang, f"{size}位", f"{size} place{'s' * (size != '1')}")
    return t(lang, f"{size}倍", f"{size} times")


def format_index_change(index: float, bound: Bound, lang: Lang) -> str:
    """Format the change that an index implies: −50%, +60.7%; from three times on as a multiple."""
    mark = _BOUND_MARKS[bound]
    if index >= 300:
        multiple = format_number(index / 100, 1)
        return mark + t(lang, f"{multiple}倍", f"×{multiple}")
    change = round(index - 100, 1)
    return f"{mark}{'+' if change > 0 else ''}{format_number(change, 1)}%"


def format_date(date: str, lang: Lang) -> str:
    """Format an ISO date of a year, a month or a day: 2020年12月 / Dec 2020."""
    year, month, day = (date.split("-") + ["", ""])[:3]
    if lang == "zh":
        return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    return " ".join(filter(None, (day.lstrip("0"), _MONTHS[int(month) - 1] if month else "", year)))


def format_period(period: Period | None, lang: Lang) -> str:
    """Format a period, as printed where the dates alone do not say it; empty where none is stated."""
    if period is None:
        return ""
    if period.words is not None:
        return period.words[lang]
    end = format_date(period.end, lang)
    if period.kind == "as_of":
        return t(lang, f"截至{end}", f"as of {end}")
    if period.start is None:
        return t(lang, f"截至{end}累计", f"cumulative to {end}")
    span = _span_text(period.start, period.end, lang)
    return span if period.kind == "during" else t(lang, f"{span}累计", f"cumulative, {span}")


def _span_text(start: str, end: str, lang: Lang) -> str:
    if start == end:
        return format_date(start, lang)
    if lang == "zh":
        same_year = start[:4] == end[:4] and len(end) > 4
        return f"{format_date(start, lang)}至{format_date(end, lang)[5 if same_year else 0 :]}"
    if start[:4] == end[:4] and len(start) == len(end) == 7:
        return f"{_MONTHS[int(start[5:]) - 1]}–{format_date(end, lang)}"
    return f"{format_date(start, lang)}–{format_date(end, lang)}"
