"""Whether the units of a metric fit one another, and the words beside the printed numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from data.model.problems import FieldPath
from data.model.schema import Case, End, Metric, Unit
from data.rules.cited import CitedNumeral, StatedNumber
from data.rules.rule import Facts, Found, metrics_of, rule, warning

_WORDS: Mapping[str, tuple[str, ...]] = {
    "money": ("元", "美元", "欧元"),
    "share": ("%", "％"),
    "points": ("个百分点", "百分点"),
    "ratio": ("倍",),
    "area": ("亩", "公顷", "平方公里", "平方千米", "平方米", "平米", "m²", "㎡", "km²"),
    "volume": ("立方米", "m³"),
    "length": ("公里", "千米", "米"),
    "mass": ("吨", "公斤", "千克"),
    "time": ("个工作日", "工作日", "天", "日", "个月", "年", "个小时", "小时", "分钟"),
    "rank": ("个位次", "位次"),
    "count": (
        *("个", "人", "名", "位", "人次", "家", "户", "件", "笔", "项", "条", "台", "辆", "种", "类", "座", "栋"),
        *("处", "款", "次", "期", "页", "株", "册", "份", "县", "市", "村", "大"),
    ),
}  # fmt: skip
"""The words that follow a number of each dimension; those of counts are the measure words."""
_FAMILIES = {word: dimension for dimension, words in _WORDS.items() for word in words}
_WORD = re.compile(rf"({'|'.join(sorted(map(re.escape, _FAMILIES), key=len, reverse=True))})(?![均籍庭])")
"""A word of a family, but none that begins another one: 人均, 户籍, 家庭."""
_TAIL = re.compile(r"(?:[-–—~～至]+\d[\d.]*)?[余多来几]?[百千]?万?亿?[余多来几]?")
"""What stands between a number and its word: the second number of a range, 多 or 余, the multiplier."""
_WITHOUT_WORD = re.compile("[半番/]|分之")
_OF_RANKS, _OF_ANYTHING = frozenset("位名"), frozenset("个大")
"""The measure words that a rank may have, and those that fit every count: 三个, 三大."""
_ORDINAL = "位次"
"""The word that a numeral behind 第 has where no other follows it."""
_PEOPLE = str.maketrans("名位", "人人")
_OF_CHANGES: Mapping[str, frozenset[str]] = {
    "relative": frozenset({"share", "ratio"}),
    "points": frozenset({"points", "share"}),
    "multiple": frozenset({"ratio", "share"}),
    "places": frozenset({"rank"}),
}
"""The families of the words beside a change. Points may be printed as %: that is what percent_or_points is for."""


@rule
def unit_of_ends(case: Case, facts: Facts) -> Found:
    """Both ends are in one unit, or in two of one dimension with a caveat; words and dates are in no unit."""
    for path, metric in metrics_of(case):
        units = [facts.units[metric.unit_of(end)] for end in (metric.before, metric.after) if end and end.numeric]
        if len(units) < 2 or units[0].id == units[1].id:
            continue
        before, after = units
        at = (*path, *_unit_path("after" if metric.after and metric.after.unit else "before", metric))
        if before.dimension != after.dimension:
            found = f"{before.id} is a unit of {before.dimension}, {after.id} of {after.dimension}"
            yield at, f"{found}. Correct one of them, or write two figures"
        elif not metric.has_caveat("mixed_units"):
            advice = "Write both ends in one unit, or the caveat mixed_units"
            yield at, f"the ends are in two units, {before.id} and {after.id}. {advice}"


@rule
def unit_beside_number(case: Case, facts: Facts) -> Found:
    """A unit, or a kind of change, is of the dimension of the words beside its number."""
    for path, each, found, words in _words_beside(facts):
        kind = getattr(each.printed.quantity, "kind", "difference")
        if path[-1] == "kind":
            expected, wrong, advice = _OF_CHANGES[kind], f"a change of kind {kind}", "another kind"
        else:
            unit = each.printed.unit
            expected, wrong, advice = _families_of(unit), f"the unit {unit.id}", "a unit of that word"
        of_rank = "rank" in expected and not _OF_RANKS.isdisjoint(words)
        if not of_rank and expected.isdisjoint(_FAMILIES[word] for word in words):
            yield path, f'{wrong} does not fit "{found}". Write {advice}, or cite other words'


@warning
def measure_word(case: Case, facts: Facts) -> Found:
    """A count is in the measure word beside its number; 个 and 大 fit every count."""
    for path, each, found, words in _words_beside(facts):
        unit = each.printed.unit
        own = _WORD.match(unit.base_name.zh) if path[-1] == "unit" else None
        if own and own[1] != "个" and {"count"} == {_FAMILIES[word] for word in (own[1], *words)}:
            fitting = {*_OF_ANYTHING, own[1].translate(_PEOPLE)}
            if fitting.isdisjoint(word.translate(_PEOPLE) for word in words):
                yield path, f'the unit {unit.id} ({unit.name.zh}) does not fit "{found}". Write a unit of that word'


def _families_of(unit: Unit) -> frozenset[str]:
    """The families of the words that may follow a number of a unit."""
    if unit.dimension == "rate":
        return frozenset(_FAMILIES[word] for word in _WORD.findall(unit.name.zh))
    more = {"share": ("points",), "points": ("share",)}
    return frozenset((unit.dimension, *more.get(unit.dimension, ())))


def _words_beside(facts: Facts) -> Iterator[tuple[FieldPath, StatedNumber, str, list[str]]]:
    """Yield the numbers that have known words beside them, the first of each unit of a metric.

    Each with the path of its unit, of its kind where it is a change of no unit; the first numeral with its word; and
    the words.
    """
    seen = set[FieldPath]()
    for each in facts.numbers:
        if each.side == "compared_with":
            continue
        kind = getattr(each.printed.quantity, "kind", "difference")
        at = _unit_path(each.side, each.metric) if kind == "difference" else ("change", "kind")
        path = (*each.path[:2], *at)
        found = [(cited, word) for cited in each.cited if (word := _word_beside(cited))]
        if found and path not in seen:
            seen.add(path)
            cited, word = found[0]
            printed = f"第{cited.numeral.text}" if word == _ORDINAL else f"{cited.numeral.text}{word}"
            yield path, each, printed, [word for _, word in found]


def _word_beside(cited: CitedNumeral) -> str:
    """Return the known word behind a numeral and its multiplier, "" if there is none; 第七 without a word is a rank."""
    tail = _TAIL.match(cited.after)
    found = None if _WITHOUT_WORD.search(cited.numeral.text) else _WORD.match(cited.after, tail.end() if tail else 0)
    return found[1] if found else _ORDINAL if cited.before.endswith("第") else ""


def _unit_path(side: str, metric: Metric) -> FieldPath:
    end: End | None = getattr(metric, side) if side != "change" else None
    return (side, "unit") if end and end.unit else ("unit",)
