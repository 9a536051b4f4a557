"""How a figure is said, in Chinese and in English: numbers with their units and bounds, changes, periods, and the finding as a sentence.

Chinese keeps the printed 万 and 亿; English writes them out (398 亿元 is CNY 39.8 bn). No digit is rounded away from a printed number.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from data.dataset import Dataset
from data.evidence import DerivedEnd, Evidence, derive, is_share
from data.filters import Filters, figures_of
from data.geography import area_name
from data.schema import Bound, Case, Change, ChangeKind, End, Lang, Metric, Period, Text, Unit
from data.table import COLUMNS, NUMBERS, row

ROWS = 4096
"""So many rows of a language are remembered; one takes about 4 kB."""


def say(lang: Lang, zh: str, en: str) -> str:
    """The text in the reader's language; both are always written side by side."""
    return zh if lang == "zh" else en


def _pairs(**words: tuple[str, str]) -> Mapping[str, Text]:
    return {name: Text(zh=zh, en=en) for name, (zh, en) in words.items()}


GRADE_WORDS = _pairs(
    A=("前后成对", "Paired"),
    B=("一端推算", "Derived"),
    C=("仅有变幅", "Indexed"),
    D=("仅有差值", "Difference"),
    E=("仅有水平", "Level"),
    F=("文字表述", "In words"),
    P=("目标或规划", "Plan"),
)
GRADE_MEANINGS = _pairs(
    A=("材料写明前、后两个数值", "the source states both ends"),
    B=("材料写明一端和变化量，另一端由此算出", "one end and the change are stated; the other end follows"),
    C=("材料只写明百分比变化或倍数", "only a relative change or a multiple is stated"),
    D=("材料只写明与此前相差多少", "only a difference from an earlier time is stated"),
    E=("材料只写明当前值或完成量", "only a present value or an amount delivered is stated"),
    F=("材料没有数字，或只有约数词语", "there is no number, or only a number-like word"),
    P=("年度任务或尚未建成的项目，不作为成效证据", "a task or a plan, not counted as evidence"),
)
ROLE_WORDS = _pairs(
    outcome=("成效", "Outcome"),
    output=("产出", "Output"),
    input=("投入", "Input"),
    context=("背景", "Context"),
    rule=("制度参数", "Rule"),
)
DIRECTION_WORDS = _pairs(
    improved=("改善", "improved"),
    worsened=("变差", "worsened"),
    unchanged=("持平", "unchanged"),
    unclear=("方向不明", "unclear"),
)
PLAN_WORDS = _pairs(target=("目标", "Target"), planned=("规划", "Plan"))
"""What a figure is called that has not happened yet, by its status."""
CAVEAT_WORDS = _pairs(
    percent_or_points=("百分比或百分点不明", "percent or points"),
    conflicting=("材料前后不一", "conflicting"),
    mixed_units=("前后单位不同", "mixed units"),
    undated=("未注明时间", "undated"),
    scope_differs=("口径不同", "scope differs"),
    unequal_periods=("期间长短不同", "unequal periods"),
    of_the_increment=("说的是增量", "of the increment"),
    overlapping=("可能重复计算", "overlapping"),
    broad_aggregate=("全域总量", "broad aggregate"),
    unclear_denominator=("分母不明", "unclear denominator"),
    self_reported=("自报数据", "self-reported"),
    other=("说明", "note"),
)
_BOUNDS = _pairs(
    over=("超过{}", "over {}"),
    under=("不足{}", "under {}"),
    nearly=("近{}", "nearly {}"),
    about=("约{}", "about {}"),
    at_least=("{}以上", "at least {}"),
    at_most=("不超过{}", "at most {}"),
)
_BOUND_MARKS: Mapping[Bound, str] = {
    "exact": "",
    "over": ">",
    "at_least": "≥",
    "under": "<",
    "nearly": "≈",
    "about": "≈",
    "at_most": "≤",
}
_MIRRORED = str.maketrans("<>≤≥", "><≥≤")
"""A bound speaks of the size: a fall by over 15 % is a change below −15 %."""
_INFINITIVES = {
    "rose": "to rise",
    "fell": "to fall",
    "went": "to go",
    "changed": "to change",
    "stayed": "to stay",
    "reached": "to reach",
    "moved": "to move",
}
"""How each verb of a finding is said of a target or a plan."""
_COUNTED = ("count", "money", "area", "volume", "mass", "length")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def digits(value: float, places: int = 9) -> str:
    """A number with thousands separators and a true minus sign: −15.79, 224,782."""
    rounded = round(value, places)
    text = f"{abs(rounded):,.{places}f}".rstrip("0").rstrip(".")
    return f"−{text}" if rounded < 0 else text


def value_text(value: float, unit: Unit, lang: Lang, places: int = 9) -> str:
    """One number with its unit: 第16位 / 16th, 398亿元 / CNY 39.8 bn, 1,860处 / 1,860 sites."""
    if unit.form == "rank":
        return say(lang, f"第{digits(value)}位", _ordinal(int(value)))
    if unit.form == "bare":
        return digits(value, places)
    if lang == "zh":
        return f"{digits(value, places)}{_gap(unit.name.zh)}{unit.name.zh}"
    number = _english_number(value * unit.scale, unit, places)
    if unit.form == "money":
        return f"CNY {number}{unit.name.en.removeprefix('CNY')}"
    name = unit.one if unit.one and abs(value * unit.scale) == 1 else unit.name.en
    return f"{number}{'' if name.startswith('%') else ' '}{name}"


def _gap(name: str) -> str:
    return " " if name[:1].isascii() and name[:1].isalpha() else ""


def _english_number(value: float, unit: Unit, places: int) -> str:
    words = (1e9, "bn"), (1e6, "million")
    for size, word in words:
        if abs(value) >= size and (unit.scale > 1 or unit.form == "money"):
            word = "billion" if word == "bn" and unit.form != "money" else word
            return f"{digits(value / size, places)} {word}"
    return digits(value, places)


def _ordinal(value: int) -> str:
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def bounded(text: str, bound: Bound, lang: Lang) -> str:
    return text if bound == "exact" else _BOUNDS[bound][lang].format(text)


def end_text(end: End | None, drawn: DerivedEnd, unit: Unit, lang: Lang) -> str:
    """One end as read: with unit and bound; the words where it has no number; empty where it is missing."""
    if drawn.span is None:
        return end.text[lang] if end and end.text else ""
    places = 9 if drawn.origin == "stated" else 2
    return bounded(_range_text(*drawn.span, unit, lang, places), drawn.bound, lang)


def _range_text(low: float, high: float, unit: Unit, lang: Lang, places: int = 9) -> str:
    """A value or a range with its unit once: 2–3个月 / 2–3 months; twice where it stands before or around the number: CNY 3 bn–CNY 5 bn."""
    if low == high:
        return value_text(low, unit, lang, places)
    if unit.form == "rank" or (unit.form == "money" and lang == "en"):
        start = value_text(low, unit, lang, places)
    else:
        start = digits(low, places) if lang == "zh" else _english_number(low * unit.scale, unit, places)
    return f"{start}–{value_text(high, unit, lang, places)}"


def change_text(change: Change, unit: Unit, lang: Lang) -> str:
    """A stated change as read: −15.79%, +7.5个百分点, 3.1倍 / 3.1 times, 上升8位 / up 8 places."""
    if change.span is None:
        return change.text[lang] if change.text else ""
    size = _size_text(change, unit, lang)
    if change.kind == "multiple":
        return bounded(size, change.bound, lang)
    if change.kind == "places":
        way = say(lang, "上升", "up ") if change.span[0] > 0 else say(lang, "下降", "down ")
        return way + bounded(size, change.bound, lang)
    falls = change.span[0] < 0
    mark = _BOUND_MARKS[change.bound].translate(_MIRRORED if falls else {})
    sign = "−" if falls else "+" if change.span[1] > 0 else ""
    return f"{mark}{sign}{size}"


def _kind_said(change: Change, unit: Unit) -> ChangeKind:
    """The kind of a change as read: a difference between two shares is one of percentage points."""
    return "points" if change.kind == "difference" and unit.dimension == "share" else change.kind


def _size_text(change: Change, unit: Unit, lang: Lang) -> str:
    """How large a change is, without its sign and bound: 15.79%, 55 m³ per mu, 6 places."""
    assert change.span is not None
    low, high = sorted(map(abs, change.span))
    kind = _kind_said(change, unit)
    if kind == "difference":
        return _range_text(low, high, unit, lang)
    size = _sizes(low, high)
    if kind == "relative":
        return f"{size}%"
    if kind == "points":
        return say(lang, f"{size}个百分点", f"{size} pp")
    if kind == "places":
        return say(lang, f"{size}位", f"{size} place{'s' * (size != '1')}")
    return say(lang, f"{size}倍", f"{size} times")


def _sizes(low: float, high: float) -> str:
    return digits(low) if low == high else f"{digits(low)}–{digits(high)}"


def index_change(index: float, bound: Bound, lang: Lang) -> str:
    """A change derived from an index: −50%, +60.7%, from three times on as a multiple."""
    mark = _BOUND_MARKS[bound]
    if index >= 300:
        return f"{mark}{digits(index / 100, 1)}{say(lang, '倍', ' times')}"
    change = round(index - 100, 1)
    return f"{mark}{'+' if change > 0 else ''}{digits(change, 1)}%"


def date_text(date: str, lang: Lang) -> str:
    """2020, 2020-12 or 2020-12-31 as read."""
    year, month, day = (date.split("-") + ["", ""])[:3]
    if lang == "zh":
        return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    return " ".join(
        part for part in (str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year) if part
    )


def period_text(period: Period | None, lang: Lang) -> str:
    """A period as read; empty where none is stated."""
    if period is None:
        return ""
    end = date_text(period.end, lang)
    if period.kind == "as_of":
        return say(lang, f"截至{end}", f"as of {end}")
    if period.start is None:
        return say(lang, f"截至{end}累计", f"cumulative to {end}")
    span = _span_text(period.start, period.end, lang)
    return span if period.kind == "during" else say(lang, f"{span}累计", f"cumulative, {span}")


def _span_text(start: str, end: str, lang: Lang) -> str:
    if start == end:
        return date_text(start, lang)
    if lang == "zh":
        same_year = start[:4] == end[:4] and len(end) > 4
        return f"{date_text(start, lang)}至{date_text(end, lang)[5 if same_year else 0 :]}"
    if start[:4] == end[:4] and len(start) == len(end) == 7:
        return f"{_MONTHS[int(start[5:]) - 1]}–{date_text(end, lang)}"
    return f"{date_text(start, lang)}–{date_text(end, lang)}"


def _periods(metric: Metric, lang: Lang) -> str:
    before, after = (period_text(end.period if end else None, lang) for end in (metric.before, metric.after))
    unstated = say(lang, "未注明", "not stated")
    if metric.before is None and metric.change is None:
        return after or say(lang, "未注明时间", "no date stated")
    if not before and not after:
        return say(lang, "前后时间均未注明", "neither date stated")
    if metric.after is None and metric.change is None:
        return before
    return f"{before or unstated} → {after or unstated}"


def finding(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang, where: Text | None = None) -> str:
    """The figure as one sentence without a full stop: what changed, from what to what, by how much. `where` is named as in `name_of`."""
    sentence = _plain_finding(metric, name_of(metric, lang, where), found, units, lang)
    if metric.status == "observed":
        return sentence
    label = PLAN_WORDS[metric.status][lang]
    return say(lang, f"{label}：{sentence}", f"{label}: {sentence}")


def _ahead(metric: Metric) -> str:
    """What Chinese puts before the verb of a target or plan, which lies ahead: 计划增至."""
    return "" if metric.status == "observed" else "计划"


def _told(metric: Metric, verb: str) -> str:
    """An English verb as it is said of what happened, or of a target or plan: rose from, to rise from."""
    first, gap, rest = verb.partition(" ")
    return verb if metric.status == "observed" else _INFINITIVES[first] + gap + rest


def name_of(metric: Metric, lang: Lang, where: Text | None = None) -> str:
    """The figure's name, with whom it is about, and with its place where that is not the case's own: 济源市亩均用水量 / Jiyuan: water use per mu."""
    if metric.subject is not None:
        return say(lang, f"{metric.subject.zh}：{metric.name.zh}", f"{metric.subject.en}: {_inside(metric.name.en)}")
    if where is not None:
        return say(lang, f"{where.zh}{metric.name.zh}", f"{where.en}: {_inside(metric.name.en)}")
    return metric.name[lang]


def _inside(text: str) -> str:
    """English text as it stands inside a sentence: a capital stays only in a name or an acronym of several capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _plain_finding(metric: Metric, name: str, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    before, after = ends_text(metric, found, units, lang)
    if before and before == after:
        return say(lang, f"{name}{_ahead(metric)}保持在{after}", f"{name} {_told(metric, 'stayed at')} {after}")
    if before and after:
        verb = _verb(metric, found, units, lang)
        size = _by_how_much(metric, found, units, lang)
        if lang == "zh":
            return f"{name}{_ahead(metric)}由{before}{verb}{after}{size}"
        return f"{name} {_told(metric, verb)} {_without_unit(before, after, units[metric.unit])} to {after}{size}"
    if metric.change is None:
        return _level_sentence(metric, name, before, after, lang)
    change, unit = metric.change, units[metric.unit]
    if change.span is None:
        planned = "" if metric.status == "observed" else say(lang, "的计划变化", ", planned change")
        return f"{name}{planned}{say(lang, '：', ': ')}{change_text(change, unit, lang)}"
    since = _since(metric.before, lang)
    level = say(lang, f"，达到{after}", f", to {after}") if after else ""
    return _change_sentence(metric, name, change, unit, since, lang) + level


def _level_sentence(metric: Metric, name: str, before: str, after: str, lang: Lang) -> str:
    """A level without a change; a plan is to reach what is better the higher it is, and to be anything else."""
    if metric.status == "observed" or not after:
        return f"{name}{say(lang, '：', ': ')}{after or before}"
    if metric.better == "higher" and metric.after and metric.after.numeric:
        return say(lang, f"{name}计划达到{after}", f"{name} to reach {after}")
    return say(lang, f"{name}计划为{after}", f"{name} to be {after}")


def _since(before: End | None, lang: Lang) -> str:
    """The earlier time a change is measured against: a moment without its "as of"."""
    period = before.period if before else None
    return date_text(period.end, lang) if period and period.kind == "as_of" else period_text(period, lang)


def _without_unit(before: str, after: str, unit: Unit) -> str:
    """English names a shared unit once: from 32 to 9 items."""
    ending = f" {unit.name.en}"
    return before.removesuffix(ending) if after.endswith(ending) else before


def _change_sentence(metric: Metric, name: str, change: Change, unit: Unit, since: str, lang: Lang) -> str:
    assert change.span is not None
    than_zh, than_en = (f"较{since}", f" from {since}") if since else ("", "")
    size = bounded(_size_text(change, unit, lang), change.bound, lang)
    ahead = _ahead(metric)
    if change.kind == "multiple":
        earlier_zh, earlier_en = (since, f"that of {since}") if since else ("原来", "its earlier level")
        reached = f"{ahead}达到" if ahead else "为"
        return say(
            lang,
            f"{name}{reached}{earlier_zh}的{size}",
            f"{name} {_told(metric, 'reached')} {size} {earlier_en}",
        )
    if change.kind == "places":
        moved = change_text(change, unit, lang)
        return say(lang, f"{name}{ahead}{than_zh}{moved}", f"{name} {_told(metric, 'moved')} {moved}{than_en}")
    falls = change.span[1] <= 0
    verb = say(lang, "下降" if falls else "上升", _told(metric, "fell by" if falls else "rose by"))
    if _kind_said(change, unit) == "difference":
        verb = say(lang, "减少" if falls else "增加", verb)
    return say(lang, f"{name}{ahead}{than_zh}{verb}{size}", f"{name} {verb} {size}{than_en}")


def formula_text(formula: str, lang: Lang) -> str:
    """How derived numbers were computed, in the reader's words."""
    if lang == "en":
        return formula
    for word, zh in (("before", "前值"), ("after", "后值"), ("change", "变化"), ("index", "指数"), ("; ", "；")):
        formula = formula.replace(word, zh)
    return formula


def ends_text(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> tuple[str, str]:
    """Both ends as read."""
    own = [units[(end.unit if end else None) or metric.unit] for end in (metric.before, metric.after)]
    return end_text(metric.before, found.before, own[0], lang), end_text(metric.after, found.after, own[1], lang)


def _verb(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    if found.direction in (None, "unclear", "unchanged") and not (found.before.span and found.after.span):
        return say(lang, "变为", "changed from")
    unit = units[metric.unit]
    upward = _upward(metric, found, units)
    if upward is None:
        return say(lang, "变为", "went from")
    if unit.dimension == "rank":
        return say(lang, "升至" if not upward else "降至", "rose from" if not upward else "fell from")
    if unit.dimension == "time":
        return say(lang, "延长至" if upward else "缩短至", "rose from" if upward else "fell from")
    if unit.dimension in _COUNTED:
        return say(lang, "增至" if upward else "减至", "rose from" if upward else "fell from")
    return say(lang, "升至" if upward else "降至", "rose from" if upward else "fell from")


def _upward(metric: Metric, found: Evidence, units: Mapping[str, Unit]) -> bool | None:
    if not (found.before.span and found.after.span):
        return None
    factors = [units[(end.unit if end else None) or metric.unit].factor for end in (metric.before, metric.after)]
    start, end = found.before.span[1] * factors[0], found.after.span[1] * factors[1]
    return None if start == end else end > start


def _by_how_much(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """The change after both ends, in brackets; points that were calculated say so."""
    if found.index is None and units[metric.unit].dimension != "rank" and not is_share(metric, units):
        return ""
    text = short_change(metric, found, units, lang)
    if found.derived_change is not None:
        text += say(lang, "，由前后值算出", ", calculated")
    return say(lang, f"（{text}）", f" ({text})") if text else ""


def short_change(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """The change as a label on a mark: the printed one, the one the index says, or the points of a share."""
    change = metric.change or found.derived_change
    ends_known = found.before.span is not None and found.after.span is not None
    if change is not None and (is_share(metric, units) or not (ends_known and found.index is not None)):
        return change_text(change, units[metric.unit], lang)
    if found.index is None or found.index_bound is None:
        return ""
    return index_change(found.index, found.index_bound, lang)


class Rows(Sequence[Any]):
    """Figures with the words of one language, each made when it is looked at: an immutable row with an attribute a column of `Row`, None where one is missing."""

    def __init__(self, dataset: Dataset, lang: Lang, positions: Sequence[int]) -> None:
        self.dataset, self.lang, self.positions = dataset, lang, positions
        self._row = _rows(dataset, lang)

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, at: Any) -> Any:
        return (
            Rows(self.dataset, self.lang, self.positions[at])
            if isinstance(at, slice)
            else self._row(int(self.positions[at]))
        )

    def __iter__(self) -> Iterator[Any]:
        return (self._row(int(position)) for position in self.positions)


def worded_rows(dataset: Dataset, lang: Lang, positions: Sequence[int] | None = None) -> Rows:
    """The figures at these positions, or all. Shared by all readers."""
    return Rows(dataset, lang, range(dataset.figures) if positions is None else positions)


@lru_cache(maxsize=2)
def _rows(dataset: Dataset, lang: Lang) -> Callable[[int], Any]:
    @lru_cache(maxsize=ROWS)
    def made(position: int) -> Any:
        case, metric = dataset.figure(position)
        cells = row(dataset, case, metric)
        numbers = {name: float(cells[name]) for name in NUMBERS if cells.get(name) is not None}
        return Row(**{**dict.fromkeys(COLUMNS), **cells, **numbers, **_words(dataset, case, metric, lang)})

    return made


WORDS = (
    *(
        "case_title",
        "place",
        "name",
        "unit",
        "dimension",
        "before_label",
        "after_label",
        "change_label",
        "finding",
        "periods",
    ),
    *(
        "grade_word",
        "direction_word",
        "role_word",
        "caveat_words",
        "caveat_notes",
        "formula_label",
        "doubtful",
        "yardstick",
    ),
)
Row = namedtuple("Row", (*COLUMNS, *WORDS))  # noqa: PYI024 its fields are the table's columns
"""The columns of the metrics table, and WORDS: `name` has the subject or place, `caveat_words` and `caveat_notes` are tuples, `doubtful` is a "%" that may mean points."""


def _words(dataset: Dataset, case: Case, metric: Metric, lang: Lang) -> dict[str, Any]:
    units = dataset.units
    found = derive(metric, units)
    before, after = ends_text(metric, found, units, lang)
    change = short_change(metric, found, units, lang)
    place = dataset.places[metric.place]
    where = None if metric.place in case.places else place.name
    return {
        "case_title": case.title[lang],
        "place": place.name[lang],
        "name": name_of(metric, lang, where),
        "unit": units[metric.unit].name[lang],
        "dimension": units[metric.unit].dimension,
        "before_label": before,
        "after_label": _marked(metric, after, lang),
        "change_label": _marked(metric, change, lang),
        "finding": finding(metric, found, units, lang, where),
        "periods": _periods(metric, lang),
        "grade_word": GRADE_WORDS[found.grade][lang],
        "direction_word": DIRECTION_WORDS[found.direction][lang] if found.direction else "",
        "role_word": ROLE_WORDS[metric.role][lang],
        "caveat_words": tuple(CAVEAT_WORDS[caveat.kind][lang] for caveat in metric.caveats),
        "caveat_notes": tuple(caveat.note[lang] for caveat in metric.caveats),
        "formula_label": formula_text(found.formula, lang),
        "doubtful": any(caveat.kind == "percent_or_points" for caveat in metric.caveats),
        "yardstick": _yardstick(metric, units, lang),
    }


def _marked(metric: Metric, text: str, lang: Lang) -> str:
    """A value or change as it stands alone: that of a target or plan says that it is one."""
    if metric.status == "observed" or not text:
        return text
    status = PLAN_WORDS[metric.status][lang]
    return say(lang, f"{text}（{status}）", f"{text} ({status.lower()})")


def _yardstick(metric: Metric, units: Mapping[str, Unit], lang: Lang) -> str:
    if metric.compared_with is None:
        return ""
    end = metric.compared_with.end
    drawn = DerivedEnd(end.span, end.bound, "stated")
    value = end_text(end, drawn, units[end.unit or metric.unit], lang)
    return say(lang, f"{metric.compared_with.label.zh}：{value}", f"{metric.compared_with.label.en}: {value}")


def left_out(dataset: Dataset, filters: Filters, case: Case, lang: Lang) -> str:
    """What a city filter leaves of a case and what it leaves out, as a sentence; empty where it leaves all of it."""
    own = len(figures_of(dataset, filters, case))
    elsewhere = len(case.metrics) - own
    if not elsewhere:
        return ""
    places = say(lang, "、", ", ").join(area_name(dataset, code)[lang] for code in filters.city)
    return say(
        lang,
        f"{places}：{own} 项指标；同案例的其他 {elsewhere} 项未列出。",
        f"{places}: {own} figure{'s' if own != 1 else ''}; the {elsewhere} figure{'s' if elsewhere != 1 else ''} of the "
        "same case elsewhere are left out.",
    )
