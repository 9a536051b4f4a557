"""The words of metrics in both languages: numbers, bounds, periods, changes and findings; no printed digit is lost."""

from __future__ import annotations

import re
from itertools import product
from typing import Any, get_args

import pandas as pd
import pytest

from data.model.evidence import DerivedEnd, derive
from data.model.schema import Bound, Change, End, Metric, Period
from data.reading.live import current
from data.wording.formatting import format_change, format_end, format_index_change, format_period, format_value
from data.wording.rows import Rows
from data.wording.sentences import translate_formula, write_finding

DATASET = current().dataset
UNITS = DATASET.units
WORDS = {lang: pd.DataFrame(Rows(DATASET, lang)) for lang in ("zh", "en")}
SENTENCES = (
    "case_title",
    "place",
    "name",
    "unit",
    "before_label",
    "after_label",
    "change_label",
    "finding",
    "periods",
    "grade_word",
    "direction_word",
    "role_word",
    "yardstick",
)
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
FUNCTION_WORD = re.compile(
    r"\b(?:the|of|and|to|from|by|in|as|over|under|about|nearly|at|rose|fell|than|with|bn|million|billion|not|no)\b",
    re.IGNORECASE,
)
MISSING = re.compile(r"\b(?:None|nan|NA)\b")

VALUES = {
    "money-bn": (398, "cny-100m", "398亿元", "CNY 39.8 bn"),
    "money-million": (8626.68, "cny-10k", "8,626.68万元", "CNY 86.2668 million"),
    "money-small": (600, "cny-per-m2", "600元/平方米", "CNY 600 per m²"),
    "money-a-year": (4000, "cny-10k-per-year", "4,000万元/年", "CNY 40 million a year"),
    "area": (2300, "mu-10k", "2,300万亩", "23 million mu"),
    "volume": (120, "m3-100m", "120亿m³", "12 billion m³"),
    "below-a-million": (22, "transaction-10k", "22万笔", "220,000 transactions"),
    "count": (224782, "parking-space", "224,782个泊位", "224,782 parking spaces"),
    "count-without-a-multiplier": (2000000, "person", "2,000,000人", "2,000,000 people"),
    "one": (1, "person", "1人", "1 person"),
    "ten-thousand-are-many": (1, "person-10k", "1万人", "10,000 people"),
    "share": (15.79, "percent", "15.79%", "15.79%"),
    "ratio": (0.6, "ratio", "0.6", "0.6"),
    "below-zero": (-5, "site", "−5处", "−5 sites"),
    "zero": (0, "site", "0处", "0 sites"),
    "latin-unit": (370, "m3-per-person", "370 m³/人", "370 m³ per person"),
    "binary-noise": (0.1 + 0.2, "ratio", "0.3", "0.3"),
    **{
        f"rank-{rank}": (rank, "rank", f"第{rank}位", ordinal)
        for rank, ordinal in ((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"))
    },
    **{
        f"rank-{rank}": (rank, "rank", f"第{rank}位", ordinal)
        for rank, ordinal in ((21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th"))
    },
}


@pytest.mark.parametrize(("value", "unit", "zh", "en"), VALUES.values(), ids=VALUES)
def test_value(value, unit, zh, en):
    assert (format_value(value, UNITS[unit], "zh"), format_value(value, UNITS[unit], "en")) == (zh, en)


def said(
    span: tuple[float, float] | None, unit: str, bound: Bound = "exact", origin: str = "stated", end: End | None = None
) -> tuple[str, str]:
    drawn = DerivedEnd(span, bound, origin)  # type: ignore[arg-type]
    return format_end(end, drawn, UNITS[unit], "zh"), format_end(end, drawn, UNITS[unit], "en")


BOUNDED = {
    "exact": ("2,300万亩", "23 million mu"),
    "over": ("超过2,300万亩", "over 23 million mu"),
    "under": ("不足2,300万亩", "under 23 million mu"),
    "nearly": ("近2,300万亩", "nearly 23 million mu"),
    "about": ("约2,300万亩", "about 23 million mu"),
    "at_least": ("2,300万亩以上", "at least 23 million mu"),
    "at_most": ("不超过2,300万亩", "at most 23 million mu"),
}


def test_every_bound_has_its_words():
    assert set(BOUNDED) == set(get_args(Bound))


@pytest.mark.parametrize(("bound", "texts"), BOUNDED.items(), ids=BOUNDED)
def test_bound(bound, texts):
    assert said((2300, 2300), "mu-10k", bound) == texts


RANGES = {
    "months": ((2, 3), "month", ("2–3个月", "2–3 months")),
    "ratio": ((0.7, 0.8), "ratio", ("0.7–0.8", "0.7–0.8")),
    "share": ((70, 80), "percent", ("70–80%", "70–80%")),
    "money": ((3, 5), "cny-100m", ("3–5亿元", "CNY 300 million–CNY 500 million")),
    "scaled": ((2, 3), "person-10k", ("2–3万人", "20,000–30,000 people")),
    "scaled-to-millions": ((100, 200), "mu-10k", ("100–200万亩", "1 million–2 million mu")),
    "ranks": ((3, 5), "rank", ("第3位–第5位", "3rd–5th")),
}


@pytest.mark.parametrize(("span", "unit", "texts"), RANGES.values(), ids=RANGES)
def test_range(span, unit, texts):
    assert said(span, unit) == texts


def test_an_end_in_words_or_missing():
    words = End.model_validate({"text": {"zh": "中", "en": "medium"}})
    assert said(None, "rank", end=words) == ("中", "medium")
    assert said(None, "rank") == ("", "")


def test_a_derived_end_is_rounded_to_two_places_and_a_stated_one_never():
    assert said((1.23456, 1.23456), "ratio", origin="derived") == ("1.23", "1.23")
    assert said((1.23456, 1.23456), "ratio") == ("1.23456", "1.23456")


PERIODS = {
    "year": ({"start": "2018", "end": "2018", "kind": "during"}, "2018年", "2018"),
    "years": ({"start": "2019", "end": "2020", "kind": "during"}, "2019年至2020年", "2019–2020"),
    "months": ({"start": "2020-01", "end": "2020-10", "kind": "during"}, "2020年1月至10月", "Jan–Oct 2020"),
    "months-over-new-year": (
        {"start": "2019-11", "end": "2020-02", "kind": "during"},
        "2019年11月至2020年2月",
        "Nov 2019–Feb 2020",
    ),
    "days": (
        {"start": "2020-08-01", "end": "2020-08-18", "kind": "during"},
        "2020年8月1日至8月18日",
        "1 Aug 2020–18 Aug 2020",
    ),
    "month": ({"end": "2020-11", "kind": "as_of"}, "截至2020年11月", "as of Nov 2020"),
    "day": ({"end": "2019-11-07", "kind": "as_of"}, "截至2019年11月7日", "as of 7 Nov 2019"),
    "cumulative": ({"end": "2020-12", "kind": "cumulative"}, "截至2020年12月累计", "cumulative to Dec 2020"),
    "cumulative-since": (
        {"start": "2016", "end": "2020", "kind": "cumulative"},
        "2016年至2020年累计",
        "cumulative, 2016–2020",
    ),
}


@pytest.mark.parametrize(("period", "zh", "en"), PERIODS.values(), ids=PERIODS)
def test_period(period, zh, en):
    read = Period.model_validate(period)
    assert (format_period(read, "zh"), format_period(read, "en")) == (zh, en)


def test_no_period_is_no_text():
    assert (format_period(None, "zh"), format_period(None, "en")) == ("", "")


CHANGES = {
    "relative-fall": ({"kind": "relative", "value": -15.79}, "percent", "−15.79%", "−15.79%"),
    "relative-rise": ({"kind": "relative", "value": 68.3}, "visit", "+68.3%", "+68.3%"),
    "rise-over": ({"kind": "relative", "value": 20, "bound": "over"}, "visit", ">+20%", ">+20%"),
    "fall-over": ({"kind": "relative", "value": -20, "bound": "over"}, "visit", "<−20%", "<−20%"),
    "fall-at-least": ({"kind": "relative", "value": -20, "bound": "at_least"}, "visit", "≤−20%", "≤−20%"),
    "fall-nearly": ({"kind": "relative", "value": -40, "bound": "nearly"}, "visit", "≈−40%", "≈−40%"),
    "relative-range": ({"kind": "relative", "low": -10, "high": -5}, "visit", "−5至−10%", "−5 to −10%"),
    "points": ({"kind": "points", "value": 7.5}, "percent", "+7.5个百分点", "+7.5 pp"),
    "no-points": ({"kind": "points", "value": 0}, "percent", "0个百分点", "0 pp"),
    "difference-of-shares": ({"kind": "difference", "value": -7.5}, "percent", "−7.5个百分点", "−7.5 pp"),
    "difference": ({"kind": "difference", "value": -55}, "m3-per-mu", "−55 m³/亩", "−55 m³ per mu"),
    "difference-in-money": ({"kind": "difference", "value": 881}, "cny-100m", "+881亿元", "+CNY 88.1 bn"),
    "difference-range": ({"kind": "difference", "low": -3, "high": -2}, "month", "−2至−3个月", "−2 to −3 months"),
    "difference-range-scaled": (
        {"kind": "difference", "low": 2, "high": 3},
        "person-10k",
        "+2至+3万人",
        "+20,000 to +30,000 people",
    ),
    "multiple": ({"kind": "multiple", "value": 3.1}, "times", "3.1倍", "×3.1"),
    "multiple-over": ({"kind": "multiple", "value": 3, "bound": "over"}, "times", "超过3倍", "over ×3"),
    "places-up": ({"kind": "places", "value": 8}, "rank", "上升8位", "up 8 places"),
    "place-down": ({"kind": "places", "value": -1}, "rank", "下降1位", "down 1 place"),
    "places-over": ({"kind": "places", "value": 6, "bound": "over"}, "rank", "上升超过6位", "up over 6 places"),
    "words": (
        {"kind": "multiple", "text": {"zh": "数十倍", "en": "dozens of times"}},
        "times",
        "数十倍",
        "dozens of times",
    ),
}


@pytest.mark.parametrize(("change", "unit", "zh", "en"), CHANGES.values(), ids=CHANGES)
def test_change(change, unit, zh, en):
    read = Change.model_validate(change)
    assert (format_change(read, UNITS[unit], "zh"), format_change(read, UNITS[unit], "en")) == (zh, en)


@pytest.mark.parametrize(
    ("index", "bound", "zh", "en"),
    [
        (50, "exact", "−50%", "−50%"),
        (160.6749, "exact", "+60.7%", "+60.7%"),
        (100, "exact", "0%", "0%"),
        (310, "exact", "3.1倍", "×3.1"),
        (60, "over", ">−40%", ">−40%"),
    ],
)
def test_change_that_an_index_says(index, bound, zh, en):
    assert (format_index_change(index, bound, "zh"), format_index_change(index, bound, "en")) == (zh, en)


EARLIER = {"period": {"start": "2018", "end": "2018", "kind": "during"}}
FINDINGS = {
    "A": (
        {"before": {"value": 100}, "after": {"value": 50}, "unit": "day"},
        "数由100天缩短至50天（−50%）",
        "Figure fell from 100 to 50 days (−50%)",
    ),
    "A-same": ({"before": {"value": 7}, "after": {"value": 7}}, "数保持在7处", "Figure stayed at 7 sites"),
    "A-two-units": (
        {"before": {"value": 2, "unit": "month"}, "after": {"value": 3}, "unit": "working-day", "better": "lower"},
        "数由2个月缩短至3个工作日",
        "Figure fell from 2 months to 3 working days",
    ),
    "A-shares": (
        {"before": {"value": 78.82}, "after": {"value": 81.22}, "unit": "percent"},
        "数由78.82%升至81.22%（+2.4个百分点，推算）",
        "Figure rose from 78.82% to 81.22% (+2.4 pp, calculated)",
    ),
    "A-shares-fall-over": (
        {"before": {"value": 50}, "after": {"value": 20, "bound": "under"}, "unit": "percent"},
        "数由50%降至不足20%（<−30个百分点，推算）",
        "Figure fell from 50% to under 20% (<−30 pp, calculated)",
    ),
    "A-shares-with-points": (
        {
            "before": {"value": 89.3},
            "after": {"value": 96.8},
            "change": {"kind": "points", "value": 7.5},
            "unit": "percent",
        },
        "数由89.3%升至96.8%（+7.5个百分点）",
        "Figure rose from 89.3% to 96.8% (+7.5 pp)",
    ),
    "A-shares-with-a-stated-relative-change": (
        {
            "before": {"value": 50},
            "after": {"value": 62.34},
            "change": {"kind": "relative", "value": 24.68},
            "unit": "percent",
        },
        "数由50%升至62.34%（+24.68%）",
        "Figure rose from 50% to 62.34% (+24.68%)",
    ),
    "B": (
        {"after": {"value": 2333}, "change": {"kind": "difference", "value": 881}, "unit": "cny-100m"},
        "数由1,452亿元增至2,333亿元（+60.7%）",
        "Figure rose from CNY 145.2 bn to CNY 233.3 bn (+60.7%)",
    ),
    "B-rank": (
        {"after": {"value": 16}, "change": {"kind": "places", "value": 6}, "unit": "rank", "better": "lower"},
        "数由第22位升至第16位（上升6位）",
        "Figure rose from 22nd to 16th (up 6 places)",
    ),
    "C": (
        {"before": EARLIER, "change": {"kind": "relative", "value": -15.79}, "unit": "percent"},
        "数较2018年下降15.79%",
        "Figure fell by 15.79% from 2018",
    ),
    "C-nearly": (
        {"change": {"kind": "relative", "value": -40, "bound": "nearly"}},
        "数下降近40%",
        "Figure fell by nearly 40%",
    ),
    "C-multiple": (
        {"before": EARLIER, "change": {"kind": "multiple", "value": 3.1}},
        "数为2018年的3.1倍",
        "Figure reached 3.1 times that of 2018",
    ),
    "C-multiple-undated": (
        {"change": {"kind": "multiple", "value": 4}},
        "数达到4倍，比较对象未写明",
        "Figure reached ×4; comparison not stated",
    ),
    "D": (
        {"change": {"kind": "difference", "value": -55}, "unit": "m3-per-mu"},
        "数减少55 m³/亩",
        "Figure fell by 55 m³ per mu",
    ),
    "D-points": (
        {"before": EARLIER, "change": {"kind": "points", "value": 7.5}, "unit": "percent"},
        "数较2018年上升7.5个百分点",
        "Figure rose by 7.5 pp from 2018",
    ),
    "D-points-from-words": (
        {
            "before": {"period": {"end": "2016-12", "kind": "as_of", "words": {"zh": "2016年底", "en": "end of 2016"}}},
            "change": {"kind": "points", "value": 19},
            "unit": "percent",
        },
        "数较2016年底上升19个百分点",
        "Figure rose by 19 pp from the end of 2016",
    ),
    "E": (
        {"after": {"value": 2300, "bound": "over"}, "unit": "mu-10k"},
        "数：超过2,300万亩",
        "Figure: over 23 million mu",
    ),
    "F": (
        {"after": {"text": {"zh": "前列", "en": "among the first"}}, "unit": "rank", "better": "lower"},
        "数：前列",
        "Figure: among the first",
    ),
    "F-change": (
        {"change": {"kind": "multiple", "text": {"zh": "数十倍", "en": "dozens of times"}}},
        "数：数十倍",
        "Figure: dozens of times",
    ),
    "P-rise": (
        {"before": {"value": 26}, "after": {"value": 138}, "unit": "county", "status": "target"},
        "目标：数计划由26个县增至138个县（5.3倍）",
        "Target: Figure to rise from 26 to 138 counties (×5.3)",
    ),
    "P-fall": (
        {
            "before": {"value": 20},
            "after": {"value": 3, "bound": "at_most"},
            "unit": "day",
            "better": "lower",
            "status": "planned",
        },
        "规划：数计划由20天缩短至不超过3天（≤−85%）",
        "Plan: Figure to fall from 20 to at most 3 days (≤−85%)",
    ),
    "P-same": (
        {"before": {"value": 7}, "after": {"value": 7}, "status": "target"},
        "目标：数计划保持在7处",
        "Target: Figure to stay at 7 sites",
    ),
    "P-lower": (
        {"after": {"value": 3, "bound": "at_most"}, "unit": "day", "better": "lower", "status": "target"},
        "目标：数计划为不超过3天",
        "Target: Figure to be at most 3 days",
    ),
    "P-difference": (
        {"change": {"kind": "difference", "value": 55}, "unit": "m3-per-mu", "status": "planned"},
        "规划：数计划增加55 m³/亩",
        "Plan: Figure to rise by 55 m³ per mu",
    ),
    "P-multiple": (
        {"before": EARLIER, "change": {"kind": "multiple", "value": 3.1}, "status": "planned"},
        "规划：数计划达到2018年的3.1倍",
        "Plan: Figure to reach 3.1 times that of 2018",
    ),
    "P-places": (
        {"change": {"kind": "places", "value": 3}, "unit": "rank", "better": "lower", "status": "target"},
        "目标：数计划上升3位",
        "Target: Figure to move up 3 places",
    ),
    "P-words-twice": (
        {
            "before": {"text": {"zh": "中", "en": "medium"}},
            "after": {"text": {"zh": "高", "en": "high"}},
            "unit": "rank",
            "better": "lower",
            "status": "target",
        },
        "目标：数计划由中变为高",
        "Target: Figure to change from medium to high",
    ),
    "P-change-in-words": (
        {"change": {"kind": "multiple", "text": {"zh": "数十倍", "en": "dozens of times"}}, "status": "planned"},
        "规划：数的计划变化：数十倍",
        "Plan: Figure, planned change: dozens of times",
    ),
    "P-counted-in-its-name": (
        {
            "name": {"zh": "平台", "en": "Platforms"},
            "after": {"value": 5},
            "unit": "platform",
            "better": "neutral",
            "status": "planned",
        },
        "规划：平台计划为5个平台",
        "Plan: Platforms to number 5",
    ),
    "P-plan": (
        {"after": {"value": 7}, "unit": "cny-100m", "status": "planned", "subject": {"zh": "园区", "en": "City Park"}},
        "规划：园区：数计划达到7亿元",
        "Plan: City Park: figure to reach CNY 700 million",
    ),
}


@pytest.mark.parametrize(("name", "given", "zh", "en"), [(name, *row) for name, row in FINDINGS.items()], ids=FINDINGS)
def test_finding(name, given, zh, en):
    known: dict[str, Any] = {
        "id": "figure",
        "name": {"zh": "数", "en": "Figure"},
        "place": "henan",
        "role": "outcome",
        "unit": "site",
        "better": "higher",
    }
    metric = Metric.model_validate(
        {**known, "phrases": ({"text": "数", "en": "number"},), "section": {"zh": "一", "en": "1"}, **given}
    )
    evidence = derive(metric, UNITS)
    assert evidence.grade == name[0]
    assert (write_finding(metric, evidence, UNITS, "zh"), write_finding(metric, evidence, UNITS, "en")) == (zh, en)


def test_a_formula_in_the_readers_words():
    formula = "before = 2333 − 881 = 1452; index = 2333 ÷ 1452 × 100 = 160.7"
    assert translate_formula(formula, "en") == formula
    assert translate_formula(formula, "zh") == "前值 = 2333 − 881 = 1452；指数 = 2333 ÷ 1452 × 100 = 160.7"
    assert translate_formula("change = 81.22 − 78.82 = 2.4", "zh") == "变化 = 81.22 − 78.82 = 2.4"


def test_every_text_is_in_the_readers_language():
    columns = [*SENTENCES, "formula_label", "caveat_words", "caveat_notes"]
    for lang, alien in (("en", CJK), ("zh", FUNCTION_WORD)):
        texts = {(name, text) for name in columns for text in WORDS[lang][name].explode().dropna()}
        assert len(texts) > 1000
        assert not [found for found in texts if alien.search(found[1])]


def texts_of(value: Any):
    """Every bilingual text in a model."""
    if hasattr(value, "zh"):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_of(part)
    elif hasattr(value, "model_fields_set"):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name))


def test_no_english_function_word_in_the_chinese_texts_of_cases_and_reference_tables():
    known = (
        *DATASET.cases,
        *DATASET.places.values(),
        *DATASET.domains.values(),
        *DATASET.units.values(),
        DATASET.source,
    )
    texts = [text.zh for model in known for text in texts_of(model)]
    assert len(texts) > 500
    assert not [text for text in texts if FUNCTION_WORD.search(text)]


def test_every_figure_is_said(lang):
    words = WORDS[lang]
    assert (
        words[["name", "finding", "periods", "grade_word", "role_word", "unit", "place", "case_title"]]
        .map(bool)
        .all(axis=None)
    )
    assert not [text for text in words["finding"] if text.endswith((".", "。")) or "  " in text or MISSING.search(text)]
    assert words.index.equals(DATASET.table.index)
    for name in words.columns.intersection(DATASET.table.columns):
        assert words[name].dropna().tolist() == DATASET.table[name].dropna().tolist()


def test_a_subject_is_said_as_written():
    metrics = [metric for case in DATASET.cases for metric in case.metrics]
    for lang in ("zh", "en"):
        assert not [
            metric.id
            for metric, text in zip(metrics, WORDS[lang]["finding"], strict=True)
            if metric.subject and metric.subject[lang] not in text
        ]


SIZES = {"bn": 1e9, "billion": 1e9, "million": 1e6, "": 1.0}
NUMBER = re.compile(r"(−?\d[\d,]*(?:\.\d+)?)(?:st|nd|rd|th)?(?: (bn|billion|million)\b)?")


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "").replace("−", "-")) * SIZES[size] for number, size in NUMBER.findall(text)]


LABELS = {
    lang: {(row.case_number - 1, row.metric_id): row for row in words.itertuples()} for lang, words in WORDS.items()
}


@pytest.mark.parametrize("case", DATASET.cases, ids=lambda case: case.id)
def test_no_printed_digit_is_lost(case):
    lost = []
    for metric, side in product(case.metrics, ("before", "after")):
        if (end := getattr(metric, side)) and end.span:
            unit = UNITS[end.unit or metric.unit]
            printed = sorted(set(end.span))
            english, chinese = (
                getattr(LABELS[lang][case.number - 1, metric.id], f"{side}_label") for lang in ("en", "zh")
            )
            scaled = pytest.approx([value * unit.scale for value in printed], rel=1e-12)
            if numbers(english.removesuffix(unit.name.en))[: len(printed)] != scaled:
                lost.append((metric.id, side, english))
            if numbers(chinese)[: len(printed)] != printed:
                lost.append((metric.id, side, chinese))
    assert not lost


def test_no_digit_of_a_stated_change_is_lost():
    changed = [
        (case.number - 1, metric)
        for case in DATASET.cases
        for metric in case.metrics
        if metric.change and metric.change.span
    ]
    assert changed
    for case, metric in changed:
        sizes = sorted({abs(value) for value in metric.change.span})
        row = LABELS["zh"][case, metric.id]
        assert set(sizes) <= {
            abs(number) for number in numbers(f"{row.change_label} {row.finding} {row.formula_label}")
        }, metric.id
