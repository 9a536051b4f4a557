"""The audit of the dataset against its document: what counts as a numeral, what covers one, and mistakes in phrases.

The findings are shown on a made-up document. The real one is not part of the project: it is audited where
`HENAN_SOURCE` names it, or if it is beside the project.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from data.audit import CaseAudit, audit, main
from data.model.numerals import find_numerals
from data.model.schema import Case, Domain, Model, Place, Population, Source, Unit
from data.model.source_text import DIVISION
from data.query.dataset import Dataset

PROJECT = Path(__file__).parents[1]
WORDS = {"zh": "文字", "en": "words"}
CASE: dict[str, Any] = {
    "id": "2020-01-made-up",
    "year": 2020,
    "number": 1,
    **dict.fromkeys(("title", "submitted_by", "summary", "problem", "result"), WORDS),
    "places": ["town"],
    "domains": ["industry"],
    "period": {"end": "2020", "kind": "as_of"},
    "actions": [WORDS],
    "no_headline": WORDS,
}
REFERENCE: dict[str, Any] = {
    "source": {"title": WORDS, "issuer": WORDS, "date": "2021-07-09", "year": 2020},
    "population": {
        "title": WORDS,
        "issuer": WORDS,
        "date": "2021-05-14",
        "counted": "2020-11-01",
        "residents": {"411200": 2034872},
    },
    "places": [
        {
            "id": "town",
            "code": "411200",
            "name": {"zh": "三门峡市", "en": "Sanmenxia"},
            "kind": "prefecture",
            "prefecture": "town",
            "lon": 111.2,
            "lat": 34.8,
        }
    ],
    "domains": [{"id": "industry", "name": WORDS}],
    "units": [
        {"id": "day", "name": WORDS, "dimension": "time", "factor": 1},
        {"id": "percent", "name": WORDS, "dimension": "share", "factor": 0.01},
        {"id": "rank", "name": WORDS, "dimension": "rank", "factor": 1},
        {"id": "times", "name": WORDS, "dimension": "ratio", "factor": 1},
        {"id": "mu-10k", "name": {"zh": "万亩", "en": "mu"}, "dimension": "area", "scale": 10000, "factor": 6666666},
    ],
}
OUTLINE = {"type": "Polygon", "coordinates": [[[111.0, 34.7], [111.3, 34.9], [111.3, 34.7], [111.0, 34.7]]]}
OUTLINES = {"type": "FeatureCollection", "features": [{"type": "Feature", "id": "411200", "geometry": OUTLINE}]}
PHRASE = {"text": "由100天压缩至50天"}
DAYS = {"unit": "day", "before": {"value": 100}, "after": {"value": 50}}


def cited(phrase: str | dict[str, Any]) -> dict[str, Any]:
    return {"en": "words", **(phrase if isinstance(phrase, dict) else {"text": phrase})}


def metric(phrase: str | dict[str, Any], section: str = "推荐词", **fields: Any) -> dict[str, Any]:
    """A metric with one phrase, in days unless given otherwise."""
    rest = {"unit": "day", **fields}
    return {
        "id": "figure",
        "name": WORDS,
        "place": "town",
        "role": "outcome",
        "better": "neutral",
        "phrases": [cited(phrase)],
        "section": {"zh": section, "en": "Section"},
        **rest,
    }


def event(phrase: str, date: str = "2020", zh: str = "文字", **fields: Any) -> dict[str, Any]:
    return {"date": date, "what": {"zh": zh, "en": "words"}, "phrases": [cited(phrase)], **fields}


def left_out(phrase: str | dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"phrase": phrase, "reason": "name", **fields}


def made_up(**entries: Any) -> Dataset:
    """A dataset of one case with these entries."""
    tables = {
        name: {row["id"]: parsed(kind, row) for row in REFERENCE[name]}
        for name, kind in (("places", Place), ("domains", Domain), ("units", Unit))
    }
    documents = {name: parsed(kind, REFERENCE[name]) for name, kind in (("source", Source), ("population", Population))}
    return Dataset(cases=(parsed(Case, CASE | entries),), **tables, **documents)


def parsed(kind: type[Model], content: dict[str, Any]) -> Any:
    return kind.model_validate(frozen(content))


def frozen(value: Any) -> Any:
    """Lists as the tuples of a loaded file."""
    if isinstance(value, dict):
        return {key: frozen(inner) for key, inner in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, (list, tuple)) else value


def audited(text: str, **entries: Any) -> CaseAudit:
    """The audit of a document with one part, `text` under its heading."""
    [found] = audit(made_up(**entries), f"说明3条\n案例1\n{text}\n")
    return found


def uncovered_in(found: CaseAudit) -> list[str]:
    """The uncovered numerals of a case."""
    return [re.findall(r"\[(.+?)\]", fault)[0] for fault in found.faults if fault.startswith("uncovered, ")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("共120户、7.5个百分点,12,519家,30多家", ["120", "7.5", "12,519", "30"], id="arabic"),
        pytest.param("发达地区0.7-0.8,提前2—3个月", ["0.7", "0.8", "2", "3"], id="ranges"),
        pytest.param(
            "2300多万亩、3.85万人、9814亿元", ["2300", "3.85", "9814"], id="multiplier-is-no-numeral-of-its-own"
        ),
        pytest.param("上升12.4 %,2020年7月9 日", ["12.4", "2020", "7", "9"], id="blanks-behind"),
        pytest.param("5百万元,3千户", ["5", "3"], id="chinese-multiplier-behind-digits"),
        pytest.param(
            "翻两番、数十倍、一半以上、五分之一、十分之三",
            ["翻两番", "数十", "一半", "五分之一", "十分之三"],
            id="quantities-in-words",
        ),
        pytest.param("减少1/3,占2/10以上,24/7,1/3日", ["1/3", "2/10", "24", "7", "1", "3"], id="fraction-in-digits"),
        pytest.param(
            "第一,第二,两个,四级,十大,百强,千亿,二十八",
            ["一", "二", "两", "四", "十", "百", "千亿", "二十八"],
            id="chinese",
        ),
        pytest.param("第一批,一批", ["一"], id="ordinal-before-a-fixed-word"),
        pytest.param("一些地区进一步统一管理,一线十分突出,百姓满意,之一", [], id="fixed-words"),
        pytest.param("唯一一条", ["一"], id="number-after-a-fixed-word"),
        pytest.param("一项任务、一次报告会", ["一", "一"], id="measure-words-count"),
        pytest.param("一、背景\n(二)做法\n（三）成效\n1.备案\n2.5万元", ["2.5"], id="headings"),
        pytest.param("一是提速。二是减负;三是便民,凡四是数", ["四"], id="list-marks"),
        pytest.param(
            "一百零个,百分之五十零,十三五" + "百" * 40,
            ["一百零", "百分之五十零", "十三五" + "百" * 28, "百" * 12],
            id="odd",
        ),
    ],
)
def test_numerals_are_found(text: str, expected: list[str]) -> None:
    assert [numeral.text for numeral in find_numerals(text)] == expected


def test_the_name_of_a_place_holds_no_numeral() -> None:
    assert uncovered_in(audited("三门峡分局有三个窗口")) == ["三"]


YEARS = {
    "before": {"period": {"start": "2018", "end": "2018", "kind": "during"}},
    "after": {"value": 3, "period": {"start": "2020-01", "end": "2020-10", "kind": "during"}},
}
TWO_BOUNDS = {
    "unit": "percent",
    "after": {"value": 0.6},
    "compared_with": {"label": WORDS, "end": {"low": 0.7, "high": 0.8}},
}


@pytest.mark.parametrize(
    ("text", "entries", "uncovered"),
    [
        pytest.param("共有120户", {}, ["120"], id="nothing-cites-it"),
        pytest.param("时限由100天压缩至50天", {"metrics": [metric("由100天压缩至50天", **DAYS)]}, [], id="both-ends"),
        pytest.param(
            "时限由100天压缩至50天",
            {"metrics": [metric("由100天压缩至50天", after={"value": 50})]},
            ["100"],
            id="long-phrase-around-one-typed-number",
        ),
        pytest.param(
            "时限由100天压缩至50天",
            {"metrics": [metric({"text": "由100天压缩至50天", "excludes": ["100"]}, after={"value": 50})]},
            [],
            id="exclusion",
        ),
        pytest.param(
            "时限由100天压缩至50天", {"metrics": [metric("至50天", **DAYS)]}, ["100"], id="held-but-not-cited"
        ),
        pytest.param(
            "时限由100天压缩至50天",
            {"metrics": [metric("100天压缩至50", after={"value": 5}, before={"value": 10})]},
            ["100", "50"],
            id="other-numbers",
        ),
        pytest.param(
            "2018年的5天",
            {"metrics": [metric({"text": "2018年的5天", "excludes": ["5"]}, after={"value": 3})]},
            ["2018"],
            id="exclusion-of-another-number",
        ),
        pytest.param(
            "提前2—3个月",
            {"metrics": [metric("提前2—3个月", change={"low": -3, "high": -2, "kind": "difference"})]},
            [],
            id="range-of-a-change",
        ),
        pytest.param("0.6,低于0.7-0.8", {"metrics": [metric("0.6,低于0.7-0.8", **TWO_BOUNDS)]}, [], id="yardstick"),
        pytest.param(
            "2020年1-10月较2018年为3天", {"metrics": [metric("2020年1-10月较2018年为3天", **YEARS)]}, [], id="periods"
        ),
        pytest.param(
            "2020年有10户,共3天", {"metrics": [metric("2020年有10户,共3天", **YEARS)]}, ["10"], id="month-is-no-count"
        ),
        pytest.param(
            "面积2300多万亩",
            {"metrics": [metric("2300多万亩", unit="mu-10k", after={"value": 2300})]},
            [],
            id="printed-unit",
        ),
        pytest.param(
            "面积2300多亩",
            {"metrics": [metric("2300多亩", unit="mu-10k", after={"value": 2300})]},
            ["2300"],
            id="multiplier-of-the-unit-not-printed",
        ),
        pytest.param(
            "有2—3万亩",
            {"metrics": [metric("2—3万亩", unit="mu-10k", after={"low": 2, "high": 3})]},
            [],
            id="multiplier-behind-a-range",
        ),
        pytest.param(
            "有5百万亩",
            {"metrics": [metric("5百万亩", unit="mu-10k", after={"value": 500})]},
            [],
            id="chinese-multiplier-behind-digits",
        ),
        pytest.param(
            "由2万亩", {"metrics": [metric("2万亩", before={"value": 2, "unit": "mu-10k"})]}, [], id="unit-of-the-end"
        ),
        pytest.param(
            "增加5万亩",
            {"metrics": [metric("5万亩", unit="mu-10k", change={"value": 5, "kind": "difference"})]},
            [],
            id="difference-in-the-unit",
        ),
        pytest.param(
            "增长5%",
            {"metrics": [metric("5%", unit="mu-10k", change={"value": 5, "kind": "relative"})]},
            [],
            id="relative-change-has-no-unit",
        ),
        pytest.param(
            "共一百零五天", {"metrics": [metric("一百零五天", after={"value": 105})]}, [], id="chinese-number"
        ),
        pytest.param(
            "占一半以上", {"metrics": [metric("一半以上", unit="percent", after={"value": 50})]}, [], id="half"
        ),
        pytest.param(
            "减少五分之一",
            {"metrics": [metric("五分之一", unit="percent", change={"value": -20, "kind": "relative"})]},
            [],
            id="fraction",
        ),
        pytest.param(
            "效率翻两番",
            {"metrics": [metric("翻两番", unit="times", change={"value": 4, "kind": "multiple"})]},
            [],
            id="twice-doubled",
        ),
        pytest.param(
            "效率翻两番",
            {"metrics": [metric("翻两番", unit="times", change={"value": 2, "kind": "multiple"})]},
            ["翻两番"],
            id="twice-doubled-is-not-two",
        ),
        pytest.param(
            "增长1.8倍",
            {"metrics": [metric("增长1.8倍", unit="times", change={"value": 2.8, "kind": "multiple"})]},
            [],
            id="growth-by-times",
        ),
        pytest.param(
            "增长数十倍",
            {
                "metrics": [
                    metric("数十倍", unit="times", change={"text": {"zh": "数十倍", "en": "tens"}, "kind": "multiple"})
                ]
            },
            [],
            id="words-of-a-text",
        ),
        pytest.param("全省第五位", {"metrics": [metric("第五位", unit="rank", after={"value": 5})]}, [], id="ordinal"),
        pytest.param(
            "规模达千亿",
            {"metrics": [metric("千亿", unit="mu-10k", after={"value": 10000000})]},
            [],
            id="chinese-multiplier",
        ),
        pytest.param(
            "上升12.4 %",
            {"metrics": [metric("上升12.4%", unit="percent", change={"value": 12.4, "kind": "points"})]},
            [],
            id="blank-in-the-source",
        ),
        pytest.param(
            "上升12.4%",
            {"metrics": [metric("上升12.4 %", unit="percent", change={"value": 12.4, "kind": "points"})]},
            [],
            id="blank-in-the-phrase",
        ),
        pytest.param("共12 34户", {"not_measured": [left_out("12")]}, ["34"], id="blank-between-two-numbers-stays"),
        pytest.param("2020年7月9日发证", {"events": [event("2020年7月9日", "2020-07-09")]}, [], id="date-of-an-event"),
        pytest.param(
            "2020年7月发证89张",
            {"events": [event("2020年7月发证89张", "2020-07")]},
            ["89"],
            id="event-holds-its-date-only",
        ),
        pytest.param("2019全国大会", {"events": [event("2019全国大会", "2019")]}, [], id="bare-year-of-an-event"),
        pytest.param(
            "2020年第六次会议", {"events": [event("2020年第六次会议", zh="第六次会议召开")]}, [], id="words-of-an-event"
        ),
        pytest.param(
            "甲说8户,乙说9户,丙说7户",
            {
                "conflicts": [
                    {
                        "id": "households",
                        "kind": "contradiction",
                        "phrases": [cited("甲说8户"), cited("乙说9户,丙说7户")],
                        "note": {"zh": "一处8户,一处9户", "en": "eight or nine"},
                    }
                ]
            },
            ["7"],
            id="conflict-holds-its-note",
        ),
        pytest.param(
            "甲说8天,乙说9天",
            {
                "metrics": [metric({"text": "乙说9天", "occurrence": 1}, after={"value": 8})],
                "conflicts": [
                    {
                        "id": "days",
                        "kind": "contradiction",
                        "metrics": ["figure"],
                        "phrases": [cited("甲说8天"), cited("乙说9天")],
                        "note": WORDS,
                    }
                ],
            },
            ["9"],
            id="conflict-holds-its-metrics",
        ),
        pytest.param(
            "甲说8天,乙说9天",
            {
                "metrics": [metric("甲说8天", after={"value": 88})],
                "conflicts": [
                    {
                        "id": "days",
                        "kind": "contradiction",
                        "phrases": [cited("甲说8天"), cited("乙说9天")],
                        "note": {"zh": "8天和9天", "en": "eight and nine"},
                    }
                ],
            },
            ["8"],
            id="conflict-does-not-make-up-for-a-mistyped-number",
        ),
        pytest.param(
            "26县100天",
            {
                "metrics": [
                    metric("26县", after={"value": 27}),
                    metric({"text": "26县100天", "excludes": ["26"]}, id="other", after={"value": 100}),
                ]
            },
            ["26"],
            id="exclusion-does-not-make-up-for-a-mistyped-number",
        ),
        pytest.param(
            "2020年发证89张,后称90张",
            {
                "events": [event("2020年发证89张")],
                "conflicts": [
                    {
                        "id": "n",
                        "kind": "contradiction",
                        "phrases": [cited("89张"), cited("90张")],
                        "note": {"zh": "89张与90张", "en": "two counts"},
                    }
                ],
            },
            [],
            id="conflict-beside-an-event",
        ),
        pytest.param(
            "五年来26天",
            {"metrics": [metric("五年来26天", after={"value": 26})], "not_measured": [left_out("五年来")]},
            [],
            id="rest-of-a-phrase-not-measured",
        ),
        pytest.param(
            "2019年、2020年获奖", {"events": [event("2019年、2020年", "2019", end="2020")]}, [], id="span-of-an-event"
        ),
        pytest.param(
            "2020年三五家", {"events": [event("2020年三五家", zh="七八家")]}, ["三五"], id="vague-numbers-differ"
        ),
        pytest.param(
            "2020年三家",
            {"events": [event("2020年三家", zh="三门峡开会")]},
            ["三"],
            id="place-name-in-the-words-of-an-event",
        ),
        pytest.param(
            "第51号文件和“五减一优”",
            {"not_measured": [left_out("第51号文件"), left_out("“五减一优”")]},
            [],
            id="not-measured",
        ),
        pytest.param(
            "时限50天。再说时限50天,共9户",
            {
                "metrics": [metric({"text": "时限50天", "occurrence": 1}, after={"value": 50})],
                "not_measured": [left_out("再说时限50天,共9户", reason="repetition", metric="figure")],
            },
            ["9"],
            id="repetition-holds-what-its-metric-holds",
        ),
        pytest.param(
            "共15户,5户", {"not_measured": [left_out("5户")]}, ["15"], id="end-of-a-longer-number-is-another-number"
        ),
    ],
)
def test_a_numeral_is_covered_only_by_an_entry_that_cites_and_holds_it(
    text: str, entries: dict[str, Any], uncovered: list[str]
) -> None:
    found = audited(text, **entries)
    assert uncovered_in(found) == uncovered
    assert len(found.faults) == len(uncovered)
    assert found.clean is not bool(uncovered)


SECTIONS = "推荐词:时限50天。\n一、背景\n(一)做法\n时限50天。\n二、成效\n时限50天,时限50天。"


@pytest.mark.parametrize(
    ("phrase", "section", "uncovered", "kind"),
    [
        pytest.param("时限50天", "推荐词", 3, None, id="alone-in-its-section"),
        pytest.param("时限50天", "(一) 做法", 3, None, id="section-ends-at-the-next-heading"),
        pytest.param("时限50天", "一、背景", 4, "not verbatim", id="not-under-the-heading-above"),
        pytest.param("时限50天", "二、成效", 4, "which place", id="twice-in-its-section"),
        pytest.param({"text": "时限50天", "occurrence": 2}, "二、成效", 3, None, id="occurrence-within-the-section"),
        pytest.param({"text": "时限50天", "occurrence": 3}, "二、成效", 4, "not verbatim", id="no-third-time"),
        pytest.param({"text": "时限50天", "occurrence": "all"}, "二、成效", 2, None, id="every-occurrence"),
        pytest.param({"text": "时限50天", "occurrence": "all"}, "三、没有的标题", 0, None, id="every-one-of-the-part"),
        pytest.param({"text": "时限50天", "occurrence": "all"}, "推荐词", 4, "not verbatim", id="all-of-one"),
        pytest.param({"text": "时限50天", "occurrence": "all"}, "一、背景", 4, "not verbatim", id="all-of-none"),
        pytest.param("时限50天", "三、没有的标题", 4, "which place", id="unknown-heading-means-the-whole-part"),
        pytest.param({"text": "时限50天", "occurrence": 4}, "三、没有的标题", 3, None, id="occurrence-within-the-part"),
        pytest.param("时限为50天", "推荐词", 4, "not verbatim", id="other-words"),
        pytest.param(
            {"text": "时限50天", "excludes": ["60"]}, "推荐词", 3, "not verbatim", id="exclusion-that-is-not-there"
        ),
    ],
)
def test_a_phrase_stands_once_in_its_section_or_says_which(
    phrase: str | dict[str, Any], section: str, uncovered: int, kind: str | None
) -> None:
    found = audited(SECTIONS, metrics=[metric(phrase, section, after={"value": 50})])
    assert len(uncovered_in(found)) == uncovered
    assert [fault.partition(" figure ")[0] for fault in found.faults[uncovered:]] == [f"{kind}: metric"] * bool(kind)


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        pytest.param({"not_measured": [left_out("三轮")]}, "which place", id="not-measured"),
        pytest.param({"events": [event("三轮")]}, "which place", id="event"),
        pytest.param(
            {
                "conflicts": [
                    {"id": "wheels", "kind": "contradiction", "phrases": [cited("三轮"), cited("四轮")], "note": WORDS}
                ]
            },
            "which place",
            id="conflict",
        ),
        pytest.param({"not_measured": [left_out("九轮")]}, "not verbatim", id="not-there"),
    ],
)
def test_phrases_of_every_entry_are_located(entries: dict[str, Any], kind: str) -> None:
    found = audited("三轮驱动\n四轮\n三轮驱动", **entries)
    assert len([fault for fault in found.faults if fault.startswith(f"{kind}: ")]) == 1
    assert not found.clean


def test_occurrence_of_a_not_measured_phrase_counts_within_the_part() -> None:
    found = audited("三轮驱动\n推荐词\n三轮驱动", not_measured=[left_out({"text": "三轮", "occurrence": 2})])
    assert found.faults == ["uncovered, line 3: [三]轮驱动"]


def test_counts_name_each_numeral_once() -> None:
    found = audited(
        "推荐词:2020年时限50天,共3户,另有8户",
        metrics=[metric("时限50天", after={"value": 50})],
        events=[event("2020年")],
        not_measured=[left_out("时限50天,共3户")],
    )
    assert found.counts == "4 numerals: 1 in metrics, 1 in events and conflicts, 1 not measured, 1 uncovered"


def test_parts_and_cases_without_one_another_are_reported() -> None:
    first, second = audit(made_up(), "案例2\n共120户")
    assert (str(first), first.clean) == ("2020-01-made-up: the document has no part of this number", False)
    assert (second.case_id, second.clean) == ("案例2 (no case file)", False)
    assert uncovered_in(second) == ["120"]


def test_a_case_with_its_own_document_is_not_held_against_another() -> None:
    own = {"title": WORDS, "issuer": WORDS, "date": "2021-05"}
    [found] = audit(made_up(source=own), "案例1\n共120户")
    assert found.case_id == "案例1 (no case file)"


def test_a_case_of_another_year_is_not_held_against_the_document() -> None:
    [found] = audit(made_up(id="2021-01-made-up", year=2021), "案例1\n共120户")
    assert "案例1" in found.case_id


def test_a_phrase_under_another_heading_says_so() -> None:
    found = audited(SECTIONS, metrics=[metric("时限50天", "一、背景", after={"value": 50})])
    assert found.faults[-1].endswith("stands no times in its section 一、背景, but elsewhere in the part")


def test_the_report_shows_where_an_uncovered_numeral_stands() -> None:
    lines = str(audited("前一行\n全市共有120户参加", not_measured=[left_out("九轮")])).splitlines()
    assert (
        lines[0] == "2020-01-made-up: 2 numerals: 0 in metrics, 0 in events and conflicts, 0 not measured, 2 uncovered"
    )
    assert "  uncovered, line 4: 全市共有[120]户参加" in lines
    assert lines[-1] == '  not verbatim: not_measured[0] "九轮": stands no times in its part'


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        pytest.param(
            {"metrics": [metric("时限50天", "二、成效", after={"value": 50})]},
            'which place: metric figure "时限50天": stands 2 times in its section 二、成效. '
            "Write its occurrence, or occurrence: all if it means the same each time",
            id="ambiguous",
        ),
        pytest.param(
            {"metrics": [metric({"text": "时限50天", "occurrence": "all"}, after={"value": 50})]},
            'not verbatim: metric figure "时限50天": stands 1 time in its section 推荐词, but elsewhere in the part. '
            "Leave out occurrence: all",
            id="all-of-one",
        ),
        pytest.param(
            {
                "metrics": [metric("时限50天", after={"value": 50})],
                "not_measured": [left_out("时限60天", reason="repetition", metric="figure")],
            },
            'not verbatim: not_measured[0] (metric figure) "时限60天": stands no times in its part',
            id="the-metric-that-is-repeated",
        ),
    ],
)
def test_a_fault_of_a_phrase_names_its_metric_and_what_to_write(entries: dict[str, Any], fault: str) -> None:
    assert f"  {fault}" in str(audited(SECTIONS, **entries)).splitlines()


def test_an_uncovered_numeral_names_the_metric_that_cites_it() -> None:
    found = audited("时限由100天压缩至50天", metrics=[metric("由100天压缩至50天", after={"value": 50})])
    assert str(found).splitlines()[1] == (
        "  uncovered, line 3: 时限由[100]天压缩至50天. Cited by metric figure, which does not hold it. "
        "Write its number or date there, or excludes: ['100']"
    )


SENTENCE = "把审批时限由法定的一百天压缩到五十天以内,并在全市推行。"


@pytest.mark.parametrize(
    ("field", "text", "copied"),
    [
        pytest.param("summary", SENTENCE, "summary.zh", id="summary"),
        pytest.param("problem", f"改革前：{SENTENCE[:21]}", "problem.zh", id="problem"),
        pytest.param("actions", SENTENCE.replace(",", "，"), "actions[0].zh", id="action-with-other-punctuation"),
        pytest.param("result", SENTENCE[:19], None, id="nineteen-characters"),
        pytest.param("result", "时限缩短了一半。", None, id="own-words"),
    ],
)
def test_a_text_copied_from_the_document_is_a_warning(field: str, text: str, copied: str | None) -> None:
    entry = {"zh": text, "en": "words"}
    found = audited(SENTENCE, **{field: [entry] if field == "actions" else entry}, not_measured=[left_out(SENTENCE)])
    lines = [f'{copied}: "{SENTENCE[:20]}" stands in the document. Write it in your own words'] if copied else []
    assert found.copied == lines
    assert str(found).splitlines()[1:] == [f"  warning: {line}" for line in lines]
    assert found.clean


def write(folder: Path, text: str, **entries: Any) -> list[str]:
    """The command's arguments for a made-up folder and document on disk; JSON is YAML."""
    files = {f"cases/{CASE['id']}.yaml": CASE | entries} | {
        f"reference/{name}.yaml": table for name, table in REFERENCE.items()
    }
    files["reference/henan.geojson"] = OUTLINES
    for name, content in files.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    (folder / "document.txt").write_text(text, encoding="utf-8")
    return [str(folder / "document.txt"), str(folder / "data")]


@pytest.mark.parametrize(
    ("text", "entries", "code", "printed"),
    [
        pytest.param(
            "案例1\n共120户", {"not_measured": [left_out("120户")]}, 0, "1 not measured, 0 uncovered", id="clean"
        ),
        pytest.param("案例1\n共120户", {}, 1, "line 2: 共[120]户", id="uncovered"),
        pytest.param("案例1\n没有数", {"not_measured": [left_out("120户")]}, 1, "not verbatim", id="wrong-phrase"),
        pytest.param("没有案例", {}, 1, "the document has no part", id="no-part"),
        pytest.param("案例1\n没有数", {"nunber": 1}, 1, 'unknown key "nunber"', id="broken-case-file"),
    ],
)
def test_the_command_says_it_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, entries: dict[str, Any], code: int, printed: str
) -> None:
    assert main(write(tmp_path, text, **entries)) == code
    assert printed in capsys.readouterr().out


def test_one_case_is_reported_alone_and_decides_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = write(tmp_path, "案例1\n共120户\n案例2\n共8户", not_measured=[left_out("120户")])
    assert main(arguments) == 1
    assert "案例2 (no case file)" in capsys.readouterr().out
    source, folder = arguments
    assert main([source, "--case", CASE["id"], folder]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{CASE['id']}: 1 numerals: 0 in metrics, 0 in events and conflicts, 1 not measured, 0 uncovered"
    ]


def test_a_case_of_another_document_is_audited_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = {"title": WORDS, "issuer": WORDS, "date": "2021-01-02"}
    arguments = write(tmp_path, "案例1\n共120户", source=own, not_measured=[left_out("120户")])
    assert main(arguments) == 1
    assert "案例1 (no case file)" in capsys.readouterr().out
    assert main([*arguments, "--case", CASE["id"]]) == 0


def test_an_unknown_case_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*write(tmp_path, "案例1"), "--case", "2020-01-made-down"])
    message = '--case: found "2020-01-made-down". Did you mean "2020-01-made-up"?\n'
    assert capsys.readouterr().err == message


def test_the_help_says_how_a_document_is_divided(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert DIVISION in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "It cannot be read (No such file or directory). Write a text file", id="missing"),
        pytest.param("案例1".encode("gb18030"), "It is not UTF-8 (byte 0). Save the file as UTF-8", id="not-utf-8"),
    ],
)
def test_a_document_that_cannot_be_read_gets_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
) -> None:
    path = tmp_path / "document.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit, match="2"):
        main([str(path)])
    assert capsys.readouterr().err == f'source: found "{path}". {message}\n'


def real_documents() -> list[Path]:
    """The document named by the variable, or the one beside the project, if there is one."""
    named = os.environ.get("HENAN_SOURCE")
    beside = PROJECT.parent / "shared" / "source" / "henan-2020.txt"
    return [Path(named)] if named else [path for path in (beside,) if path.exists()]


@pytest.mark.parametrize("document", [None, *real_documents()], ids=lambda path: path.stem if path else "made-up")
def test_every_numeral_of_the_document_is_accounted_for(document: Path | None, dataset: Dataset) -> None:
    if document is None:
        audits = audit(made_up(metrics=[metric(PHRASE["text"], **DAYS)]), f"案例1\n推荐词:时限{PHRASE['text']}")
    else:
        audits = audit(dataset, document.read_text(encoding="utf-8-sig"))
    assert sum(int(case.counts.split()[2]) for case in audits) >= 2
    assert [str(case) for case in audits if case.copied or not case.clean] == []
