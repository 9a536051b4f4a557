"""Whether the units of a metric fit one another, and the words beside the printed numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from data.model.problems import Fault, FieldPath
from data.model.rules.cited import CitedNumeral, find_stated
from data.model.rules.rule import CaseView, MetricRule, MetricView
from data.model.schema import End, Metric, Unit

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
_PEOPLE = str.maketrans("名位", "人人")
_OF_CHANGES: Mapping[str, frozenset[str]] = {
    "relative": frozenset({"share", "ratio"}),
    "points": frozenset({"points", "share"}),
    "multiple": frozenset({"ratio", "share"}),
    "places": frozenset({"rank"}),
}
"""The families of the words beside a change. Points may be printed as %: that is what percent_or_points is for."""


class _Beside(NamedTuple):
    """A number of a metric: its unit, None for a change of no unit, where that is written, and the words beside it.

    `printed` is the numeral with the first of these words.
    """

    unit: Unit | None
    path: FieldPath
    words: tuple[str, ...]
    printed: str


def _ends(view: MetricView, case: CaseView) -> Iterator[Fault]:
    """Compare the units of both ends; words and dates are in no unit."""
    metric = view.metric
    ends = [end for end in (metric.before, metric.after) if end and end.numeric]
    units = [unit for end in ends if (unit := case.units.get(metric.unit_of(end)))]
    if len(units) < 2 or units[0].id == units[1].id:
        return
    before, after = units
    path = _unit_path("after" if metric.after and metric.after.unit else "before", metric)
    if before.dimension != after.dimension:
        found = f"{before.id} is a unit of {before.dimension}, {after.id} of {after.dimension}"
        yield Fault(path, f"{found}. Correct one of them, or write two figures")
    elif not metric.has_caveat("mixed_units"):
        advice = "Write both ends in one unit, or the caveat mixed_units"
        yield Fault(path, f"the ends are in two units, {before.id} and {after.id}. {advice}")


def _dimension(view: MetricView, case: CaseView) -> Iterator[Fault]:
    """Refuse a unit, or a kind of change, of another dimension than the words beside its number."""
    for found in _words_beside(view.metric, case):
        if found.unit is None:
            expected = _OF_CHANGES[view.metric.change.kind] if view.metric.change else frozenset()
            wrong, advice = f"a change of kind {view.metric.change and view.metric.change.kind}", "another kind"
        else:
            expected, wrong, advice = _families_of(found.unit), f"the unit {found.unit.id}", "a unit of that word"
        of_rank = "rank" in expected and not _OF_RANKS.isdisjoint(found.words)
        if not of_rank and expected.isdisjoint(_FAMILIES[word] for word in found.words):
            yield Fault(found.path, f'{wrong} does not fit "{found.printed}". Write {advice}, or cite other words')


def _measure_word(view: MetricView, case: CaseView) -> Iterator[Fault]:
    """Warn of a count whose measure word is not the one beside its number; 个 and 大 fit every count."""
    for found in _words_beside(view.metric, case):
        own = found.unit and _WORD.match(found.unit.base_name.zh)
        if found.unit and own and {"count"} == {_FAMILIES[word] for word in (own[1], *found.words)}:
            words = {word.translate(_PEOPLE) for word in found.words}
            if own[1] != "个" and words.isdisjoint({*_OF_ANYTHING, own[1].translate(_PEOPLE)}):
                message = f'the unit {found.unit.id} ({found.unit.name.zh}) does not fit "{found.printed}"'
                yield Fault(found.path, f"{message}. Write a unit of that word", "warning")


def _families_of(unit: Unit) -> frozenset[str]:
    """The families of the words that may follow a number of a unit."""
    if unit.dimension == "rate":
        return frozenset(_FAMILIES[word] for word in _WORD.findall(unit.name.zh))
    more = {"share": ("points",), "points": ("share",)}
    return frozenset((unit.dimension, *more.get(unit.dimension, ())))


def _words_beside(metric: Metric, case: CaseView) -> Iterator[_Beside]:
    """Yield the numbers of the ends and of the change that have known words beside them, the first of each unit."""
    seen = set[FieldPath]()
    for stated in find_stated(metric, case):
        side, kind = stated.printed.path[0], getattr(stated.printed.quantity, "kind", "difference")
        if side == "compared_with":
            continue
        path = _unit_path(str(side), metric) if kind == "difference" else ("change", "kind")
        found = [beside for cited in stated.cited if (beside := _beside(cited))]
        if found and path not in seen:
            seen.add(path)
            unit = stated.printed.unit if kind == "difference" else None
            yield _Beside(unit, path, tuple(word for _, word in found), found[0][0])


def _beside(cited: CitedNumeral) -> tuple[str, str] | None:
    """Return the numeral with the known word behind it, and that word; 第七 without a word is a rank."""
    if word := _word_after(cited):
        return cited.numeral.text + word, word
    return (f"第{cited.numeral.text}", "位次") if cited.before.endswith("第") else None


def _word_after(cited: CitedNumeral) -> str:
    """Return the known word behind a numeral and its multiplier; "" if there is none, and for a fraction."""
    tail = _TAIL.match(cited.after)
    word = None if _WITHOUT_WORD.search(cited.numeral.text) else _WORD.match(cited.after, tail.end() if tail else 0)
    return word[1] if word else ""


def _unit_path(side: str, metric: Metric) -> FieldPath:
    end: End | None = getattr(metric, side) if side != "change" else None
    return (side, "unit") if end and end.unit else ("unit",)


RULES = (
    MetricRule("unit-of-ends", _ends),
    MetricRule("unit-beside-number", _dimension),
    MetricRule("measure-word", _measure_word),
)
