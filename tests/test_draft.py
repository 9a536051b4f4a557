"""The draft of a case: what it reads from a sentence, that its gaps are refused, and how much of the real cases it finds.

The document is made up; the real one, never part of the project, is drafted where `HENAN_SOURCE` names it or where it
stands beside the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from data import audit
from data.draft import draft, main
from data.drafting.dates import PrintedDate
from data.drafting.figures import Figure, FigureReader, Quantity, Remark
from data.model.numerals import proper_names
from data.model.schema import Metric
from data.model.source_text import SourceText
from data.query.dataset import Dataset
from data.reading.load import read_dataset
from tests.folders import copy_data
from tests.test_audit import real_documents, uncovered_in

STEM = "2020-11-water-supply"
DOCUMENT = """\
案例11
推进供水服务改革
让群众用上放心水
某市
推荐词:某市以供水服务改革为抓手,报装时限由15个工作日压缩至4个工作日。
正文
一、改革背景
改革前,供水报装环节多、时间长,全市管网漏损率达18.6%。
二、主要做法
(一)优化流程。2020年3月起,取消审批事项6项,推行“一窗受理”,企业提交材料由11份减少到3份。
(二)改造管网。2020年,改造老旧管网约320公里。
三、改革成效
截至2020年底,管网漏损率下降7.2个百分点,用户满意率达到98%以上,用水投诉较2019年下降41%。
"""
"""A made-up case of eight figures."""


def read(dataset: Dataset, text: str) -> list[Figure | Remark | PrintedDate]:
    """What is read from a section of one line."""
    source = SourceText(f"推荐词:{text}\n", proper_names(frozenset(place.name.zh for place in dataset.places.values())))
    return FigureReader(source, dataset.units).read((0, len(source.text)))


def figures(entries: list[Figure | Remark | PrintedDate]) -> list[Figure]:
    return [entry for entry in entries if isinstance(entry, Figure)]


def after(low: float, high: float | None = None, **fields: Any) -> Quantity:
    return Quantity("after", (low, low if high is None else high), **fields)


def change(value: float, kind: str, **fields: Any) -> Quantity:
    return Quantity("change", (value, value), kind=kind, **fields)


@pytest.mark.parametrize(
    ("text", "phrase", "unit", "quantities"),
    [
        pytest.param("面积2300多万亩", "面积2300多万亩", "mu-10k", [after(2300, bound="over")], id="vague-multiplier"),
        pytest.param("培训3500余人次", "培训3500余人次", "visit", [after(3500, bound="over")], id="longest-measure"),
        pytest.param("接待5万余人次", "接待5万余人次", "visit-10k", [after(5, bound="over")], id="vague-behind"),
        pytest.param("占比达70%以上", "占比达70%以上", "percent", [after(70, bound="at_least")], id="at-least"),
        pytest.param("控制在28天以内", "控制在28天以内", "day", [after(28, bound="at_most")], id="at-most"),
        pytest.param("整个过程不到1分钟", "整个过程不到1分钟", "minute", [after(1, bound="under")], id="under"),
        pytest.param("改造道路近300公里", "改造道路近300公里", "km", [after(300, bound="nearly")], id="nearly"),
        pytest.param("面积约3200平方公里", "面积约3200平方公里", "km2", [after(3200, bound="about")], id="about"),
        pytest.param("给予不低于3万元", "给予不低于3万元", "cny-10k", [after(3, bound="at_least")], id="not-below"),
        pytest.param("资金超过70亿元", "资金超过70亿元", "cny-100m", [after(70, bound="over")], id="over"),
        pytest.param("系数提前2—3个月", "系数提前2—3个月", "month", [Quantity("change", (-3, -2), kind="difference")], id="range"),
        pytest.param("占用水量的一半以上", "占用水量的一半以上", "percent", [after(50, bound="at_least")], id="half"),
        pytest.param("效率实现翻两番", "效率实现翻两番", "times", [change(4, "multiple")], id="twice-doubled"),
        pytest.param("余额是上年的3.1倍", "余额是上年的3.1倍", "times", [change(3.1, "multiple")], id="multiple"),
        pytest.param("绿化率提高了19个百分点", "绿化率提高了19个百分点", "percent", [change(19, "points")], id="points"),
        pytest.param("转诊率下降15.79%", "转诊率下降15.79%", "percent", [change(-15.79, "relative")], id="relative"),
        pytest.param("投诉下降41%", "投诉下降41%", None, [change(-41, "relative")], id="relative-of-what"),
        pytest.param("比上年增加881亿元", "比上年增加881亿元", "cny-100m", [change(881, "difference")], id="difference"),
        pytest.param("投诉率减少了1/4", "投诉率减少了1/4", "percent", [change(-25, "relative")], id="fraction-in-digits"),
        pytest.param("投诉减少了1/3", "投诉减少了1/3", None, [Quantity("change", "减少了1/3", kind="relative")], id="no-finite-decimal"),
        pytest.param("占三分之一以上", "占三分之一以上", "percent", [Quantity("after", "三分之一以上")], id="third-in-words"),
        pytest.param("绿化率提高到19%", "绿化率提高到19%", "percent", [after(19)], id="risen-to-is-a-level"),
        pytest.param("新增公共广场1860处", "新增公共广场1860处", "site", [after(1860)], id="newly-made-is-a-level"),
        pytest.param("排名前移3个位次", "排名前移3个位次", "rank", [change(3, "places")], id="places"),
        pytest.param("位列全省第五位", "位列全省第五位", "rank", [after(5)], id="rank"),
        pytest.param("进入第一方阵", "进入第一方阵", "grade", [Quantity("after", "第一方阵")], id="rank-in-words"),
        pytest.param("附加值呈数十倍增长", "附加值呈数十倍", "times", [Quantity("change", "数十倍", kind="multiple")], id="multiple-in-words"),
        pytest.param("实现园区全覆盖", "实现园区全覆盖", "percent", [after(100, implied=True)], id="implied"),
        pytest.param("建成５３家企业", "建成５３家企业", "enterprise", [after(53)], id="noun-behind"),
        pytest.param("机绣企业160余家", "机绣企业160余家", "enterprise", [after(160, bound="over")], id="noun-before"),
        pytest.param("建成2家省级企业技术中心", "建成2家", "centre", [after(2)], id="the-last-of-nouns-in-a-row"),
        pytest.param("整合46个市直委局", "整合46个", None, [after(46)], id="市直-is-no-city"),
        pytest.param("人均水量仅为370m³", "人均水量仅为370m³", "m3-per-person", [after(370)], id="rate"),
        pytest.param("新建蓄水池1.7万立方米", "新建蓄水池1.7万立方米", "m3-10k", [after(1.7)], id="other-spelling"),
        pytest.param("总人口120万", "总人口120万", "person-10k", [after(120)], id="people"),
        pytest.param("栽树5百万棵", "栽树5百万", None, [after(5000000)], id="unknown-unit"),
        pytest.param("发行债券5百亿元", "发行债券5百亿元", "cny", [after(5e10)], id="two-multipliers"),
        pytest.param("利用系数仅有0.6", "利用系数仅有0.6", "ratio", [after(0.6)], id="decimal-alone"),
        pytest.param("每亩2.5棵树", "每亩2.5", None, [after(2.5)], id="decimal-of-an-unknown-unit"),
        pytest.param("连续5年实施", "连续5年", "year", [after(5)], id="years"),
        pytest.param("时限由100天压缩至50天", "时限由100天压缩至50天", "day", [Quantity("before", (100, 100)), after(50)], id="before-and-after"),
        pytest.param("由2个月压缩至3个工作日", "由2个月压缩至3个工作日", "working-day", [Quantity("before", (2, 2), unit="month"), after(3)], id="two-units"),
    ],
)  # fmt: skip
def test_a_figure_is_read_from_its_words(
    dataset: Dataset, text: str, phrase: str, unit: str | None, quantities: list[Quantity]
) -> None:
    [figure] = figures(read(dataset, text))
    assert (figure.phrase, figure.unit, list(figure.quantities)) == (phrase, unit, quantities)


@pytest.mark.parametrize(
    "text",
    [
        "国发第51号文件,第51批",
        "党的十九大报告",
        "推行“1+10”平台",
        "《五年规划(2018)》",
        "一项战略部署",
        "三轮驱动",
        "第六次会议",
    ],
)
def test_a_name_or_a_manner_of_speaking_is_no_figure(dataset: Dataset, text: str) -> None:
    entries = read(dataset, text)
    assert entries
    assert figures(entries) == []


def test_dates_are_no_figures(dataset: Dataset) -> None:
    text = "2020年1-10月较2018年,2019年9月18日,截至2020年年底,规划(2018-2020),2019年、2020年,11月7日,2020年上半年"
    entries = read(dataset, text)
    assert [(entry.phrase, entry.start, entry.end) for entry in entries if isinstance(entry, PrintedDate)] == [
        ("2020年1-10月", "2020-01", "2020-10"),
        ("2018年", "2018", "2018"),
        ("2019年9月18日", "", "2019-09-18"),
        ("2020年年底", "", "2020-12"),
        ("2018-2020", "", ""),
        ("2019年、2020年", "2019", "2020"),
        ("11月7日", "", ""),
        ("2020年上半年", "", ""),
    ]
    assert figures(entries) == []


def test_units_of_the_same_words_are_a_doubt(dataset: Dataset) -> None:
    [figure] = figures(read(dataset, "举办活动18次"))
    assert figure.doubts[0].startswith("unit: meeting, event, ")


def test_a_number_with_a_comma_is_not_cut(dataset: Dataset) -> None:
    found = figures(read(dataset, "3家企业投资10,000万元"))
    assert [figure.phrase for figure in found] == ["3家企业投资", "投资10,000万元"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of one case, and the document beside it."""
    (tmp_path / "document.txt").write_text(DOCUMENT, encoding="utf-8")
    return copy_data(tmp_path / "data", ["2020-03-returns-warehouse"])


def problems_of(folder: Path, text: str) -> list[str]:
    (folder / "cases" / f"{STEM}.yaml").write_text(text, encoding="utf-8")
    return [str(problem) for problem in read_dataset(folder)[1]]


def test_the_check_refuses_every_gap_and_nothing_else_of_a_draft(dataset: Dataset, folder: Path) -> None:
    text = draft(dataset, DOCUMENT, 11, 2020)
    found = problems_of(folder, text)
    gaps = [number for number, line in enumerate(text.splitlines(), 1) if "TODO" in line.partition("#")[0]]
    located = {int(re.findall(r":(\d+):\d+ ", line)[0]) for line in found if " warning: " not in line}
    assert set(gaps) == located
    assert (
        f'data/cases/{STEM}.yaml:11:7 title.zh: "TODO" is a gap. Write the Chinese text: a short name of the reform'
        in found
    )


def test_a_draft_whose_gaps_are_filled_passes_the_check_and_the_audit(dataset: Dataset, folder: Path) -> None:
    assert [
        line for line in problems_of(folder, fill(draft(dataset, DOCUMENT, 11, 2020))) if "warning" not in line
    ] == []
    filled, _ = read_dataset(folder)
    assert filled is not None
    case = filled.cases[1]
    assert len(case.metrics) == 8
    [found] = audit.audit(filled, DOCUMENT, case)
    assert {*uncovered_in(found)} == {"2020", "3"}, "dates are the curator's"
    assert len(uncovered_in(found)) == len(found.faults), "no phrase is wrong"


FILLED = {
    "2020-11-TODO": STEM,
    '  start: "TODO"\n  end: "TODO"': "  start: 2020\n  end: 2020",
    'domains:\n  - "TODO"': "domains: [public-services]",
    'headlines:\n  - "TODO"': "headlines: [figure-1]",
    'prescribed: "TODO"': "prescribed: true",
    'role: "TODO"': "role: output",
    'better: "TODO"': "better: neutral",
    'unit: "TODO"': "unit: item",
    'reason: "TODO"': "reason: name",
    'place: "TODO"': "place: henan",
    'places:\n  - "TODO"': "places: [henan]",
    '"TODO-': '"figure-',
}


def fill(text: str) -> str:
    """Fill the gaps with what is allowed there, each text with another."""
    for gap, value in FILLED.items():
        text = text.replace(gap, value)
    numbers = iter("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")
    text = re.sub(r'zh: "TODO"', lambda _: f'zh: "某{next(numbers)}"', text)
    letters = product("ABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=2)
    return re.sub(r'en: "TODO"', lambda _: f'en: "Words {"".join(next(letters))}"', text)


def test_a_draft_is_in_block_style_with_quoted_texts(dataset: Dataset) -> None:
    text = draft(dataset, DOCUMENT.replace("供水服务改革", '供水: {服务}, "改革"\x07 #'), 11, 2021)
    assert not re.search(r"[{\[]", re.sub(r"\"(?:[^\"\\]|\\.)*\"|#.*", "", text))
    loaded = yaml.safe_load(text)
    assert [metric["section"] for metric in loaded["metrics"]][:2] == [
        {"zh": "推荐词", "en": "Citation"},
        {"zh": "一、改革背景", "en": "1. Background to the reform"},
    ]
    assert (loaded["metrics"][0]["prescribed"], loaded["source"]["date"]) == ("TODO", "TODO")


def test_ends_in_two_units_get_their_caveat(dataset: Dataset) -> None:
    [metric] = yaml.safe_load(draft(dataset, "案例1\n推荐词:由2个月压缩至3个工作日", 1, 2020))["metrics"]
    assert (metric["unit"], metric["before"]["unit"]) == ("working-day", "month")
    assert metric["caveats"] == [{"kind": "mixed_units", "note": {"zh": "TODO", "en": "TODO"}}]


def test_a_numeral_of_the_title_is_listed_as_not_measured(dataset: Dataset) -> None:
    case = yaml.safe_load(draft(dataset, "案例1\n强化“三轮驱动”\n办事10分钟\n推荐词:以“三网”用时50天", 1, 2020))
    assert [each["phrase"]["text"] for each in case["not_measured"]] == ["强化“三轮驱动”", "办事10分钟"]


def test_a_phrase_that_stands_twice_says_which_and_a_repeated_figure_is_a_doubt(dataset: Dataset) -> None:
    """In a part without headings, which is one section."""
    text = draft(dataset, "案例1\n时限50天。时限50天。", 1, 2020)
    metrics = yaml.safe_load(text)["metrics"]
    assert [(metric["section"]["zh"], metric["phrases"][0]["occurrence"]) for metric in metrics] == [
        ("案例1", 1),
        ("案例1", 2),
    ]
    assert "    # the same as TODO-1? If so, list its phrase with reason: repetition" in text.splitlines()


def test_a_date_of_the_sentence_is_a_doubt_of_its_figures(dataset: Dataset) -> None:
    assert draft(dataset, DOCUMENT, 11, 2020).count("    # period: 2020年底?\n") == 2


DURING_2018, DURING_2020 = ({"start": year, "end": year, "kind": "during"} for year in ("2018", "2020"))


@pytest.mark.parametrize(
    ("text", "before", "after", "excludes"),
    [
        ("由2018年的65%提高到2020年的90%", DURING_2018, DURING_2020, []),
        ("从2018年底的12家增加到2020年8月的30家", {"end": "2018-12", "kind": "as_of"}, {"end": "2020-08", "kind": "as_of"}, []),
        ("2020年由12家增加到30家", None, DURING_2020, []),
        ("2020年投诉率较2018年下降4%", DURING_2018, DURING_2020, []),
        ("自2020年建成30家", None, None, ["2020年"]),
        ("依托“三25网”于7月1日办结12笔", None, None, ["三", "25网", "7月", "1日"]),
    ],
)  # fmt: skip
def test_a_phrase_excludes_the_numerals_that_are_no_number_or_period_of_its_figure(
    dataset: Dataset, text: str, before: dict[str, str] | None, after: dict[str, str] | None, excludes: list[str]
) -> None:
    [metric] = yaml.safe_load(draft(dataset, f"案例1\n推荐词:{text}", 1, 2020))["metrics"]
    assert [metric.get(end, {}).get("period") for end in ("before", "after")] == [before, after]
    assert metric["phrases"][0].get("excludes", []) == excludes


@pytest.mark.parametrize(
    ("head", "submitted_by", "places", "mentions"),
    [
        ("创新乡村治理\n(申报单位：平顶山市汝州市政府)", "平顶山市汝州市政府", ["ruzhou"], ["lushi", "luoyang"]),
        ("安阳县与郑州片区的做法\n报送单位河南省商务厅", "河南省商务厅", ["zhengzhou-ftz"], ["lushi", "luoyang"]),
        ("放心水\n省财政厅\n", "省财政厅", ["henan"], ["lushi", "luoyang"]),
        ("大周与洛龙的放心水", "TODO", ["dazhou", "luolong"], ["lushi", "luoyang"]),
        ("放心水", "TODO", ["lushi"], ["luoyang"]),
    ],
)
def test_places_are_those_of_the_title_or_of_who_submitted_the_case(
    dataset: Dataset, head: str, submitted_by: str, places: list[str], mentions: list[str]
) -> None:
    case = yaml.safe_load(
        draft(dataset, f"案例1\n{head}\n推荐词:卢氏建成3家企业,洛阳市建成4家企业,卢氏县平安阳光,建成5家企业", 1, 2020)
    )
    assert (case["submitted_by"]["zh"], case["places"], case.get("mentions", [])) == (submitted_by, places, mentions)
    own = places[0] if len(places) == 1 else "TODO"
    assert [metric["place"] for metric in case["metrics"]] == ["lushi", "luoyang", own]


def test_the_command_writes_a_new_file_whose_name_is_the_id(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(folder.parent / "document.txt"), str(folder), "--case", "11"]
    named, other = folder / "cases" / f"{STEM}.yaml", folder / "draft.yaml"
    assert [main([*arguments, *to]) for to in ((), ("--to", str(other)), ("--to", str(named)))] == [0, 0, 0]
    printed = capsys.readouterr().out
    assert other.read_text(encoding="utf-8") == printed
    assert named.read_text(encoding="utf-8") == printed.replace("2020-11-TODO", STEM)
    named.unlink()
    assert refusal(folder, capsys, "11", "--to", str(other)) == (
        f'--to: found "{other}". It cannot be written (File exists). Write a new file\n'
    )
    assert other.read_text(encoding="utf-8") == printed


def refusal(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit, match="2"):
        main([str(folder.parent / "document.txt"), str(folder), "--case", *arguments])
    return capsys.readouterr().err


NO_ID = (
    '--to: found "{}", whose name is no id of this case. '
    "Name it 2020-11-short-name.yaml, in lower-case letters, digits and hyphens\n"
)


@pytest.mark.parametrize(
    ("case", "name", "message"),
    [
        ("12", "draft.yaml", "--case: found 12. The document has no line 案例12. Write it, or its number\n"),
        ("11", "draft.yaml", "source: line 3 of the document has 35,000 characters, at most 20,000 are drafted. Divide it at its full stops\n"),
        *(("11", name, NO_ID) for name in ("cases/a.yaml", "cases/2020-12-a.yaml", "cases/2020-11-A.yaml", "cases/2020-11-a.yml")),
    ],
)  # fmt: skip
def test_what_cannot_be_drafted_is_refused_before_anything_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], case: str, name: str, message: str
) -> None:
    (folder.parent / "document.txt").write_text(f"附件\n案例11\n{'建成3家企业,' * 5000}", encoding="utf-8")
    assert refusal(folder, capsys, case, "--to", str(folder / name)) == message.format(folder / name)
    assert not (folder / name).exists()


# --- how much of the real cases is drafted


def stated(metric: Metric) -> Iterator[tuple[object, ...]]:
    """The quantities of a metric as a draft writes them, with the unit of each."""
    for slot, end in (("before", metric.before), ("after", metric.after), ("change", metric.change)):
        if end and (end.span or end.text):
            unit = metric.unit if slot == "change" else metric.unit_of(end)  # type: ignore[arg-type]
            yield slot, end.span or (end.text and end.text.zh), end.bound, getattr(end, "kind", None), unit


def is_drafted(metric: Metric, drafted: set[tuple[object, ...]]) -> bool:
    """Whether every quantity of a metric is drafted with its number, unit, bound and kind of change; words may be
    fewer.
    """
    quantities = list(stated(metric))
    return bool(quantities) and all(
        entry in drafted
        or any(
            isinstance(number := other[1], str) and number in str(entry[1]) and other[::4] == entry[::4]
            for other in drafted
        )
        for entry in quantities
    )


def has_number(metric: Metric) -> bool:
    return any(each and each.numeric for each in (metric.before, metric.after, metric.change))


def share(dataset: Dataset, document: str) -> tuple[int, int]:
    """How many metrics with a number are drafted, of how many."""
    names = proper_names(frozenset(place.name.zh for place in dataset.places.values()))
    source = SourceText(document, names)
    reader = FigureReader(source, dataset.units)
    right = total = 0
    for case in dataset.cases:
        drafted = {
            (entry.slot, entry.number, entry.bound, entry.kind, entry.unit or figure.unit)
            for section in source.find_sections(source.parts[case.number])
            for figure in figures(reader.read(section))
            for entry in figure.quantities
        }
        numbered = [metric for metric in case.metrics if has_number(metric)]
        right += sum(is_drafted(metric, drafted) for metric in numbered)
        total += len(numbered)
    return right, total


@pytest.mark.parametrize("document", [None, *real_documents()], ids=lambda path: path.stem if path else "made-up")
def test_four_of_five_metrics_with_a_number_are_drafted(document: Path | None, dataset: Dataset, folder: Path) -> None:
    """As the curator wrote them; those told in words are not drafted."""
    if document is None:
        problems_of(folder, fill(draft(dataset, DOCUMENT, 11, 2020)))
        filled, _ = read_dataset(folder)
        assert filled is not None
        right, total = share(replace(filled, cases=filled.cases[1:]), DOCUMENT)
        assert (right, total) == (6, 8), "no unit of the table stands beside 份 and 投诉"
    else:
        right, total = share(dataset, document.read_text(encoding="utf-8-sig"))
        assert total == sum(has_number(metric) for case in dataset.cases for metric in case.metrics)
    print(f"{right} of {total} metrics are drafted: {right / total:.1%}")
    assert right >= (0.8 if document else 0.75) * total
