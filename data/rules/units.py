"""Whether the units of a metric fit one another, and the words beside the printed numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from data.model.problems import FieldPath
from data.model.quantities import PrintedQuantity
from data.model.schema import Case, End
from data.rules.cited import CitedNumeral
from data.rules.rule import Facts, Found, rule, warning

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
    "rank": ("个位次", "位次", "位", "名"),
    "count": ("人次", *"个人名位家户件笔项条台辆种类座栋处款次期页株册份县市村大"),
}
"""The words that follow a number of each dimension; those of counts are the measure words."""
_WORD = re.compile(rf"({'|'.join(sorted(chain(*_WORDS.values()), key=len, reverse=True))})(?![均籍庭])")
"""A word of a family, but none that begins another one: 人均, 户籍, 家庭."""
_BESIDE = re.compile(rf"(?:[-–—~～至]+\d[\d.]*)?[余多来几]?[百千]?万?亿?[余多来几]?{_WORD.pattern}")
"""A word behind a number, and what stands between: the second number of a range, 多 or 余, the multiplier."""
_WITHOUT_WORD = re.compile("[半番/]|分之")
_ORDINAL = "位次"
"""The word that a numeral behind 第 has where no other follows it."""
_PEOPLE = str.maketrans("名位", "人人")
_SHARES, _TIMES = frozenset({"points", "share"}), frozenset({"ratio", "share"})
_FITTING = {"share": _SHARES, "points": _SHARES, "relative": _TIMES, "multiple": _TIMES, "places": frozenset({"rank"})}
"""The families of the words beside a number of a dimension or a change of a kind: points may be printed as %."""


@rule
def unit_of_ends(case: Case, facts: Facts) -> Found:
    """Both ends are in one unit, or in two of one dimension with a caveat; words and dates are in no unit."""
    for path, metric in facts.metrics.items():
        units = [facts.units[metric.unit_of(end)] for end in (metric.before, metric.after) if end and end.numeric]
        if len({unit.id for unit in units}) < 2:
            continue
        before, after = units
        at = (*path, "after" if metric.after and metric.after.unit else "before", "unit")
        if before.dimension != after.dimension:
            found = f"{before.id} is a unit of {before.dimension}, {after.id} of {after.dimension}"
            yield at, f"{found}. Correct one of them, or write two figures"
        elif not metric.has_caveat("mixed_units"):
            advice = "Write both ends in one unit, or the caveat mixed_units"
            yield at, f"the ends are in two units, {before.id} and {after.id}. {advice}"


@rule
def unit_beside_number(case: Case, facts: Facts) -> Found:
    """A unit, or a kind of change, is of the dimension of the words beside its number."""
    for path, printed, found, words in _words_beside(facts):
        if _fitting(printed).isdisjoint(_families_of(words)):
            in_unit = printed.kind == "difference"
            wrong = f"the unit {printed.unit.id}" if in_unit else f"a change of kind {printed.kind}"
            advice = "a unit of that word" if in_unit else "another kind"
            yield path, f'{wrong} does not fit "{found}". Write {advice}, or cite other words'


def _fitting(printed: PrintedQuantity) -> frozenset[str]:
    """Return the families of the words that may follow a number."""
    name = printed.unit.dimension if printed.kind == "difference" else printed.kind
    if name == "rate":
        return _families_of(_WORD.findall(printed.unit.name.zh))
    return _FITTING.get(name, frozenset({name}))


def _families_of(words: Iterable[str]) -> frozenset[str]:
    return frozenset(dimension for word in words for dimension, known in _WORDS.items() if word in known)


@warning
def measure_word(case: Case, facts: Facts) -> Found:
    """A count is in the measure word beside its number; 个 and 大 fit every count."""
    for path, printed, found, words in _words_beside(facts):
        unit = printed.unit
        own = _WORD.match(unit.base_name.zh) if printed.kind == "difference" else None
        if own and own[1] != "个" and {own[1], *words}.issubset(_WORDS["count"]):
            fitting = {"个", "大", own[1].translate(_PEOPLE)}
            if fitting.isdisjoint(word.translate(_PEOPLE) for word in words):
                yield path, f'the unit {unit.id} ({unit.name.zh}) does not fit "{found}". Write a unit of that word'


def _words_beside(facts: Facts) -> Iterator[tuple[FieldPath, PrintedQuantity, str, list[str]]]:
    """Yield the quantities that have known words beside a number, the first of each unit of a metric.

    Each with the path of its unit, of its kind where it is a change of no unit; the first numeral with its word; and
    the words.
    """
    seen = set[FieldPath]()
    for each in facts.numbers:
        found = [(cited, word) for cited in each.cited if (word := _word_beside(cited))]
        kind, quantity = each.printed.kind, each.printed.quantity
        own = kind != "difference" or (isinstance(quantity, End) and quantity.unit)
        path = (*each.path[: -1 if own else 2], "unit" if kind == "difference" else "kind")
        if found and each.side != "compared_with" and path not in seen:
            seen.add(path)
            cited, word = found[0]
            shown = f"第{cited.numeral.text}" if word == _ORDINAL else f"{cited.numeral.text}{word}"
            yield path, each.printed, shown, [word for _, word in found]


def _word_beside(cited: CitedNumeral) -> str:
    """Return the known word behind a numeral and its multiplier, "" if there is none; 第七 without a word is a rank."""
    found = None if _WITHOUT_WORD.search(cited.numeral.text) else _BESIDE.match(cited.after)
    return found[1] if found else _ORDINAL if cited.before.endswith("第") else ""
