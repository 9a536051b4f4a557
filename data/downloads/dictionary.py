"""The dictionary of all columns of all downloaded tables: their types, units, values and meanings in both languages.

The Data page, the workbook, the data package and the data links show it. The tables themselves are built elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from data.model.evidence import Direction, Origin
from data.model.gaps import Side
from data.model.grades import GRADES
from data.model.schema import Basis, Better, Bound, ChangeKind, PeriodKind, PlaceKind, Relation, Role, Status, Text
from data.query.table import COLUMNS, INTEGERS, NUMBERS
from data.wording.formatting import BOUND_NAMES
from data.wording.labels import (
    DERIVED_WORDS,
    DIRECTION_WORDS,
    FLAG_WORDS,
    MISSING_WORDS,
    PLAN_WORDS,
    RELATION_WORDS,
    ROLE_WORDS,
)

Kind = Literal["string", "integer", "number"]


class Column(NamedTuple):
    """One column. `unit` is its unit, or says which column holds it; `values` are all its values if they are few."""

    name: str
    meaning: Text
    kind: Kind = "string"
    unit: Text | None = None
    values: tuple[str, ...] = ()


def _list(words: Mapping[str, Text]) -> str:
    """Return values with their Chinese words."""
    return "，".join(f"{value} {word.zh}" for value, word in words.items())


_CALCULATED, _UNSTATED = DERIVED_WORDS["title"].zh, MISSING_WORDS["value"].zh
# fmt: off
_END_MEANINGS = {
    "value": ("数值，按原文单位", "the value, in the printed unit"),
    "low": ("区间下限", "lower end of a range"),
    "high": ("区间上限", "upper end of a range"),
    "text": ("文字表述（中文 / 英文）", "the words, where there is no number (Chinese / English)"),
    "unit_id": ("单位编号", "unit id"),
    "bound": (f"界限词：exact 准确，{_list(BOUND_NAMES)}",
        "bound: exact, over, under, nearly, about, at_least, at_most"),
    "period": ("时间，ISO 区间，.. 表示起点不明", "period as an ISO interval; .. is an unknown start"),
    "period_kind": ("时间性质：during 期间，as_of 时点，cumulative 累计", "kind of period: during, as_of, cumulative"),
    "origin": (f"来历：stated 写明，derived {_CALCULATED}，missing {_UNSTATED}", "origin: stated, derived or missing"),
    "value_basis": (f"数值依据：stated 写明，implied 隐含，unstated {_UNSTATED}",
        "basis of the value: stated, implied, unstated"),
    "period_basis": (f"时间依据：stated 写明，implied 隐含，unstated {_UNSTATED}",
        "basis of the period: stated, implied, unstated"),
    "base": ("数值乘以 unit_factor，单位为 base_unit_zh；区间、文字和用另一单位的数值为空",
        "the value times unit_factor, in base_unit_en; empty for a range, for words and for a value in another unit"),
}
"""The meanings of the columns of both ends, in Chinese and English, by their names after `before_` or `after_`."""
_BILINGUAL_MEANINGS = {
    "case_title": ("案例名称，{}", "case title in {}"),
    "place": ("地点，{}", "place in {}"),
    "prefecture": ("所属地市，{}", "unit it lies in, in {}"),
    "metric": ("指标名称，{}", "figure in {}"),
    "subject": ("具体主体，{}", "whom it is about, if narrower than the place, in {}"),
    "source_title": ("所据文件，{}", "the document it comes from, in {}"),
    "source_issuer": ("文件的发布单位，{}", "issuer of that document, in {}"),
    "caveat_notes": ("注意事项，{}", "caveats in {}"),
    "publisher": ("发布者，{}", "publisher in {}"),
    "needed": ("要成为 A 级所缺的数值，{}", "the value that would make it an A, in {}"),
    "submitted_by": ("报送单位，{}", "who submitted it, in {}"),
    "summary": ("摘要，{}，编者所写", "summary in {}, in the curators' words"),
    "problem": ("问题，{}", "the problem, in {}"),
    "actions": ("做法，{}，以 | 分隔", "what was done, in {}, joined by |"),
    "result": ("小结，{}", "what is reported of it and what was not measured, in {}"),
    "note": ("说明，{}", "what a reader should do about it, in {}"),
    "name": ("名称，{}", "name in {}"),
    "base_unit": ("单位，不含倍数，{}", "unit without its multiplier, in {}"),
}
"""The meanings of the columns that exist in both languages, by their names without `_zh` or `_en`."""
_MEANINGS = {
    "case_id": ("案例编号", "case id"),
    "case_number": ("案例序号，同文件", "number of the case in the document"),
    "source_date": ("文件的日期", "date of that document"),
    "year": ("年度", "year of the document's cases"),
    "domains": ("领域编号，以 | 分隔", "domain ids, joined by |"),
    "place_id": ("地点编号", "place id"),
    "prefecture_code": ("所属地市的六位代码，410000 为全省",
        "six-digit code of the unit it lies in; 410000 is province-wide"),
    "metric_id": ("指标编号，案例内唯一", "figure id, unique within its case"),
    "role": (f"类别：{_list(ROLE_WORDS)}",
        "role: outcome, output, input, context, rule"),
    "status": (f"状态：observed 已发生，{_list(PLAN_WORDS)}", "status: observed, target, planned"),
    "better": ("怎样算改善：higher 越高越好，lower 越低越好，neutral 不分",
        "which way is improvement: higher, lower, neutral"),
    "headline": ("在案例要点中的次序", "order among the case's headlines"),
    "unit_id": ("单位编号", "unit id"),
    "unit_zh": ("单位，中文", "unit in Chinese"),
    "unit_en": ("单位，英文，含倍数：亿元为 CNY 100 million",
        "unit in English with its multiplier, as in CNY 100 million"),
    "unit_factor": ("单位所含的倍数：亿为 100000000，没有则为 1",
        "the multiplier that the unit contains: 100000000 for CNY 100 million; 1 where there is none"),
    "before_low": ("前：区间下限；目前都为空，此列保留",
        "Before: lower end of a range; empty in every row so far, the column stays"),
    "before_high": ("前：区间上限；目前都为空，此列保留",
        "Before: upper end of a range; empty in every row so far, the column stays"),
    "change_value": ("变化量，后减前；名次上升为正", "change, after minus before; places above 0 moved up"),
    "change_low": ("变化量下限", "lower end of the change"),
    "change_high": ("变化量上限", "upper end of the change"),
    "change_base": ("变化量乘以 unit_factor，单位为 base_unit_zh；只有差值才有，区间为空",
        "the change times unit_factor, in base_unit_en; only for a difference, empty for a range"),
    "change_text": ("变化的文字表述（中文 / 英文）", "the change in words (Chinese / English)"),
    "change_kind": (
        "变化的种类：relative 百分比，points 百分点，difference 差值，multiple 倍数，places 名次，words 文字",
        "kind of the change: relative (%), points, difference, multiple, places, words",
    ),
    "change_bound": ("变化的界限词", "bound of the change"),
    "change_origin": (
        f"变化的来历：stated 写明，derived 由前后值{_CALCULATED}（占比的百分点、系数的差），missing {_UNSTATED}",
        "origin of the change: stated, derived (from both ends: points of a share, difference of a ratio), missing",
    ),
    "index": ("指数，前值为 100；占比只在材料自己写明百分比变化或倍数时才有",
        "index, earlier value = 100; of a share only where the source itself states a relative change or a multiple"),
    "index_bound": ("指数的界限", "bound of the index"),
    "direction": (
        f"方向：{_list(DIRECTION_WORDS)}；未作判断、没有前后可比、目标或规划的为空；"
        "F 级（中→高）也可能有，变化的项数只计 A–D 级",
        "direction: improved, worsened, unchanged, unclear; empty if not judged, nothing is compared, or a target or "
        "plan; an F (medium to high) may have one, but counts of changes are of A to D alone",
    ),
    "grade": ("完整度 A–F：数字写得是否完整，P 为目标或规划", "completeness A–F, of what is stated; P is a plan"),
    "formula": ("推算公式", "how numbers were calculated"),
    "compared_with": ("材料所引的外部参照", "an outside yardstick named by the source"),
    "caveats": ("注意事项的种类，以 | 分隔", "kinds of caveat, joined by |"),
    "conflict_ids": ("所涉矛盾或不一之处的编号", "ids of the passages that do not agree about it"),
    "section": ("原文所在标题", "printed heading it stands under"),
    "phrases": ("原文词语，每条不超过40字", "words of the source, at most 40 characters each"),
    "flags": (
        f"疑点，以 | 分隔：{_list(FLAG_WORDS)}",
        "doubts, joined by |: contradicted (two passages cannot both hold), naming, scope (one thing named or "
        "delimited in two ways), mixed_units, undated, unclear, partial, prescribed",
    ),
    "elsewhere_relations": ("其他材料与它相比，逐条，以 | 分隔；differs 为数字不同，详见 elsewhere 表",
        "how each reading in another document compares with it, joined by |; differs: it prints another number; "
        "see the table elsewhere"),
    "missing": ("要成为 A 级所缺的一端及其时期，以 | 分隔",
        "the ends that would make it an A and their periods, joined by |: before, after"),
    "phrases_en": ("原文词语的英译，为本项目所译", "the words of the source in English, our translation"),
    "section_en": ("原文所在标题的英译", "the printed heading in English, our translation"),
    "end": ("缺哪一端：before 前，after 后", "the end that is not stated: before, after"),
    "reading": ("其他材料的序号，指标内唯一", "number of the other document's reading, unique within its figure"),
    "date": ("发布日期", "date of publication"),
    "address": ("网址或出处", "address"),
    "phrase": ("该材料的词语，不超过40字", "words of that document, at most 40 characters"),
    "phrase_en": ("该材料词语的英译，为本项目所译", "these words in English, our translation"),
    "relation": (f"与本材料相比：{_list(RELATION_WORDS)}",
        "compared with the source: agrees, differs, adds, earlier, later, other_scope"),
    "places": ("地点编号，以 | 分隔", "place ids, joined by |"),
    "period": _END_MEANINGS["period"],
    "period_kind": _END_MEANINGS["period_kind"],
    "headlines": ("要点指标的编号，以 | 分隔", "ids of its telling figures, joined by |"),
    "figures": ("指标数，不受筛选影响", "number of its figures, whatever the filters"),
    "conflict_id": ("矛盾或不一之处的编号，案例内唯一", "id of the passages that do not agree, unique within its case"),
    "conflict_kind": ("性质：contradiction 不能同时成立，naming 名称不一，scope 口径不一",
        "kind: contradiction (they cannot both hold), naming or scope (one thing named or delimited in two ways)"),
    "metric_ids": ("所涉指标的编号，以 | 分隔", "ids of the figures concerned, joined by |"),
    "code": ("六位行政区划代码", "six-digit division code, where there is one"),
    "kind": ("级别", "kind of place"),
    "lon": ("经度，约等于 WGS 84", "longitude, about WGS 84"),
    "lat": ("纬度，约等于 WGS 84", "latitude, about WGS 84"),
    "population": ("常住人口（2020年11月1日，第七次全国人口普查），只有全省和18个地市",
        "residents on 1 November 2020 (seventh national census), of the province and its 18 units only"),
    "dimension": ("量纲", "dimension"),
    "scale": ("原文单位所含的倍数，万为 10000", "the printed multiplier that the unit contains, such as 10,000"),
    "factor": ("换算为该量纲基本单位所乘的系数", "factor to the base unit of the dimension"),
}
"""The meanings of all other columns by name."""
# fmt: on
_VALUES: Mapping[str, tuple[str, ...]] = {
    "role": get_args(Role),
    "status": get_args(Status),
    "better": get_args(Better),
    **dict.fromkeys(("bound", "change_bound", "index_bound"), get_args(Bound)),
    "period_kind": get_args(PeriodKind),
    **dict.fromkeys(("origin", "change_origin"), get_args(Origin)),
    **dict.fromkeys(("value_basis", "period_basis"), get_args(Basis)),
    "change_kind": get_args(ChangeKind),
    "direction": get_args(Direction),
    "grade": GRADES,
    "kind": get_args(PlaceKind),
    "end": get_args(Side),
    "relation": get_args(Relation),
}
_INTEGERS = (*INTEGERS, "figures", "reading", "population")
_NUMBERS = (*NUMBERS, "lon", "lat", "scale", "factor")
_DEGREES = Text(zh="度", en="degrees")
_PEOPLE = Text(zh="人", en="people")
_UNITS = {"index": Text(zh="前 = 100", en="earlier = 100"), "lon": _DEGREES, "lat": _DEGREES, "population": _PEOPLE}


def describe_column(name: str) -> Column:
    """Return the column of this name, which means the same in every table. Raise KeyError if no table has it."""
    side, _, rest = name.partition("_")
    stem, _, lang = name.rpartition("_")
    values = _VALUES.get(rest if side in ("before", "after") else name, ())
    if name in _MEANINGS:
        zh, en = _MEANINGS[name]
    elif side in ("before", "after"):
        zh, en = _END_MEANINGS[rest]
        zh, en = f"{'前' if side == 'before' else '后'}：{zh}", f"{side.capitalize()}: {en}"
    else:
        languages = ("中文", "Chinese") if lang == "zh" else ("英文", "English")
        zh, en = map(str.format, _BILINGUAL_MEANINGS[stem], languages)
    kind: Kind = "integer" if name in _INTEGERS else "number" if name in _NUMBERS else "string"
    return Column(name, Text(zh=zh, en=en), kind, _find_unit(name), values)


def _find_unit(name: str) -> Text | None:
    """Return the unit of the index or a coordinate, or the column that holds the unit of a value, if it has one."""
    if name in _UNITS:
        return _UNITS[name]
    side, _, rest = name.partition("_")
    if rest == "base":
        return Text(zh="见 base_unit_zh", en="as in base_unit_en")
    if rest not in ("value", "low", "high"):
        return None
    column = "change_kind, unit_id" if side == "change" else f"{side}_unit_id"
    return Text(zh=f"见 {column}", en=f"as in {column}")


_CASE = ("case_id", "case_number", "year", "case_title_zh", "case_title_en", "submitted_by_zh", "submitted_by_en")
_TEXTS = (f"{part}_{lang}" for part in ("summary", "problem", "actions", "result") for lang in ("zh", "en"))
_SOURCE = ("source_title_zh", "source_title_en", "source_issuer_zh", "source_issuer_en", "source_date")
_MISSING = (
    *("case_id", "case_title_zh", "case_title_en", "prefecture_code", "prefecture_zh", "prefecture_en"),
    *("place_zh", "place_en", "metric_id", "metric_zh", "metric_en", "subject_zh", "subject_en", "grade"),
)
_CONFLICT = ("case_id", "conflict_id", "metric_ids", "phrases")
_UNIT = ("name_zh", "name_en", "dimension", "scale", "factor")
_ELSEWHERE = ("case_id", "metric_id", "reading", "publisher_zh", "publisher_en", "date", "address")
TABLES: Mapping[str, tuple[Column, ...]] = {
    table: tuple(map(describe_column, columns))
    for table, columns in {
        "metrics": COLUMNS,
        "cases": (*_CASE, "places", "domains", "period", "period_kind", *_TEXTS, "headlines", "figures", *_SOURCE),
        "conflicts": (*_CONFLICT, "note_zh", "note_en", "phrases_en", "conflict_kind"),
        "missing": (*_MISSING, "end", "period", "needed_zh", "needed_en"),
        "elsewhere": (*_ELSEWHERE, "phrase", "phrase_en", "relation", "note_zh", "note_en"),
        "places": ("place_id", "code", "name_zh", "name_en", "kind", "prefecture_code", "lon", "lat", "population"),
        "units": ("unit_id", *_UNIT, "base_unit_zh", "base_unit_en"),
    }.items()
}
"""The columns of each table, in their order."""
PRESETS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "short": (
        *("case_id", "metric_id", "metric_zh", "metric_en", "before_period", "before_base"),
        *("after_period", "after_base", "after_bound", "index", "base_unit_zh", "base_unit_en"),
        *("grade", "flags", "phrases"),
    ),
}
"""The choices of columns of the metrics table; empty for all of them.

The short one is for sums and charts: its values have their multiplier and bound, and `index` has the changes on one
scale, as those of `change_value` are in the printed unit, in percent, points or places. What has no such number (words,
a range, an end in another unit, a change in points or places) is left to `phrases`, that a value is planned or
calculated to `grade`.
"""
_COUNT = len(PRESETS["short"])
SHORT_MEANING = Text(
    zh=f"columns=short：供合计和作图的{_COUNT}列，数值已乘上倍数；其余（文字、区间、另一单位、百分点、名次）见 phrases",
    en=f"columns=short: {_COUNT} columns for sums and charts, values times their multiplier; what has no such value "
    "(words, ranges, another unit, percentage points, places) stands in phrases",
)
"""What the short choice of columns is."""
KEYS: Mapping[str, tuple[str, ...]] = {
    "metrics": ("case_id", "metric_id"),
    "cases": ("case_id",),
    "conflicts": ("case_id", "conflict_id"),
    "missing": ("case_id", "metric_id", "end"),
    "elsewhere": ("case_id", "metric_id", "reading"),
    "places": ("place_id",),
    "units": ("unit_id",),
}
"""The primary key of each table: the columns that identify a row."""


def list_columns(table: str) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    return tuple(column.name for column in TABLES[table])
