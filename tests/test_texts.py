"""The texts of a case: what the check says of the two languages, of gaps, and of the template.

Every row breaks a good case in one way; what it says is compared as a whole.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.model.fields import describe_field, known_keys
from data.model.schema import Case
from data.query.dataset import Dataset
from data.reading.folder import FOLDER
from data.reading.load import read_dataset
from data.reading.yaml_file import File
from data.rules.rule import parts_of
from tests.folders import copy_data
from tests.hostile import find_faulty_texts

STEM = "2020-01-short-name"
GOOD = (Path(__file__).parent / "good_case.yaml").read_text(encoding="utf-8")
SAME = "Write the same numbers in both languages, with 万 as 10 thousand and 亿 as 100 million"
TEMPLATE = (FOLDER / "template.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_data(tmp_path / "data", ())


def problems_of(folder: Path, text: str) -> list[str]:
    """What the check says of a case, each line without the file's name and the place."""
    (folder / "cases" / f"{STEM}.yaml").write_text(text, encoding="utf-8")
    return [str(problem).split(" ", 1)[1] for problem in read_dataset(folder)[1]]


def replaced(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


MISTAKES: dict[str, tuple[str, str, str]] = {
    "chinese-in-english": (
        "zh: 合并了审批。",
        "zh: Approvals were merged.",
        'actions[0].zh: "Approvals were merged." holds no Chinese character. Write the Chinese text',
    ),
    "number-only-in-english": (
        "en: Approvals took long.",
        "en: Approvals took 100 days.",
        f'problem.en: "100" is not in the Chinese text, which holds no number. {SAME}',
    ),
    "number-that-differs": (
        "en: time limit cut from 100 days to 50",
        "en: time limit cut from 100 days to 60",
        f'metrics[0].phrases[0].en: "60" is not in the Chinese text, which holds 100, 50. {SAME}',
    ),
    "wrong-multiplier": (
        "{zh: 审批时间长。, en: Approvals took long.}",
        "{zh: 涉及398亿元。, en: CNY 39.8 million were at stake.}",
        f'problem.en: "39.8 million" is not in the Chinese text, which holds 398亿. {SAME}',
    ),
    "wrong-number-of-a-heading": (
        "section: {zh: 推荐词, en: Citation}",
        "section: {zh: 三、主要成效, en: 2. Main results}",
        f'metrics[0].section.en: "2" is not in the Chinese text, which holds 三. {SAME}',
    ),
    "blank-before": (
        "zh: 审批时限,",
        "zh: ' 审批时限',",
        'metrics[0].name.zh: " 审批时限" has blanks around it. Remove them',
    ),
    "blank-behind-a-phrase": (
        "text: 2020年9月,",
        "text: '2020年9月 ',",
        'events[0].phrases[0].text: "2020年9月 " has blanks around it. Remove them',
    ),
    "quotes": (
        "en: Approval time limit",
        "en: '\"Approval time limit\"'",
        'metrics[0].name.en: ""Approval time limit"" stands in quotation marks as a whole. Leave them out',
    ),
    "quotes-in-chinese": (
        "title: {zh: 测试案例,",
        "title: {zh: “测试案例”,",
        'title.zh: "“测试案例”" stands in quotation marks as a whole. Leave them out',
    ),
    "zero-width": (
        "en: Test case",
        'en: "Test\\u200bcase"',
        "title.en: holds the invisible or broken character U+200B. "
        "Write it on one line, in visible characters and plain blanks",
    ),
    "title-too-long": (
        "en: Test case",
        f"en: {'Test ' * 12}case",
        "title.en: 64 characters, at most 60 are allowed. Shorten it",
    ),
    "chinese-title-too-long": (
        "zh: 测试案例",
        f"zh: {'测' * 17}",
        "title.zh: 17 characters, at most 16 are allowed. Shorten it",
    ),
    "gap": (
        "en: Approvals took long.",
        "en: TODO",
        'problem.en: "TODO" is a gap. Write the English text: what was wrong at first, in a sentence or two',
    ),
    "gap-within-a-text": (
        "zh: 审批时间长。",
        "zh: 审批时间长，todo补充。",
        'problem.zh: "审批时间长，todo补充。" is a gap. '
        "Write the Chinese text: what was wrong at first, in a sentence or two",
    ),
    "gap-of-dots": (
        "en: Citation",
        "en: …",
        'metrics[0].section.en: "…" holds no word. Write the text',
    ),
    "gap-in-a-phrase": (
        "text: 2020年9月, en: September 2020",
        "text: TODO, en: September",
        'events[0].phrases[0].text: "TODO" is a gap. '
        "Write the shortest run of the source that carries the figure, verbatim",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_text(old: str, new: str, message: str, folder: Path) -> None:
    assert problems_of(folder, replaced(old, new)) == [message]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        pytest.param("从398亿元增加到476亿元。", "From CNY 39.8 bn to 47.6 billion.", id="hundred-million"),
        pytest.param("万余户中有3.5万户。", "Of over ten thousand households, 35,000.", id="ten-thousand"),
        pytest.param("3—5万人。", "Between 30 and 50 thousand people, 30-50 thousand.", id="range-of-thousands"),
        pytest.param("2016年至2019年，1-10月。", "From 2016 to 2019, in months 1-10.", id="dates"),
        pytest.param("新冠疫情三年，占三成。", "3 years of Covid-19, 30%.", id="covid-and-tenths"),
        pytest.param("“十三五”时期，二〇一九年。", "In the 13th plan, in 2019.", id="plan-and-spelt-year"),
        pytest.param("增长2倍，占三分之一。", "Up by 200%, 1/3 of all.", id="times-and-fraction"),
        pytest.param("《关于改革的通知》第51号。", "No. 51 on reform.", id="number-of-a-document"),
        pytest.param("减少一半。", "Down by 50%.", id="half"),
        pytest.param(
            "21世纪有三百户，占四分之三，在七八个县、两三年内。",
            "In the twenty-first century three hundred households, three quarters, in seven or eight counties, for 2 or three years.",
            id="number-words",
        ),
        pytest.param("GDP和5G。", "GDP and 5G.", id="acronyms"),
        pytest.param("“放管服”和“一网通办”", '"Streamlining" and "one network"', id="quotes-within"),
    ],
)
def test_what_both_languages_say_is_right(zh: str, en: str, folder: Path) -> None:
    texts = f"{{zh: '{zh}', en: '{en}'}}"
    assert problems_of(folder, replaced("{zh: 审批时间长。, en: Approvals took long.}", texts)) == []


FILLED = {
    'id: "TODO"  # year': f'id: "{STEM}"  # year',
    "year: TODO": "year: 2020",
    "number: TODO": "number: 1",
    "start: TODO, end: TODO": "start: 2016, end: 2020",
    'places: ["TODO"]': 'places: ["henan"]',
    'domains: ["TODO"]': 'domains: ["agriculture"]',
    'headlines: ["TODO"]': 'headlines: ["approval-time"]',
    '- id: "TODO"': '- id: "approval-time"',
    'place: "TODO"': 'place: "anyang"',
    'role: "TODO"': 'role: "outcome"',
    'unit: "TODO"': 'unit: "day"',
    'better: "TODO"': 'better: "lower"',
    "value: TODO": "value: 50",
    "end: TODO, kind: as_of": "end: 2020, kind: as_of",
    'text: "TODO"': 'text: "2020年时限为50天"',
}


def test_the_template_is_good_once_it_is_filled_in_and_a_comma_or_colon_breaks_nothing(folder: Path) -> None:
    text = TEMPLATE
    for gap, value in FILLED.items():
        assert text.count(gap) == 1, gap
        text = text.replace(gap, value)
    text = text.replace('zh: "TODO"', 'zh: "时限, 缩短: 写明"').replace('en: "TODO"', 'en: "Limit, cut: as written"')
    assert "TODO" not in text.split("\n", 3)[3]
    assert problems_of(folder, text) == []


def test_every_gap_of_the_template_is_refused(folder: Path) -> None:
    path = folder / "cases" / f"{STEM}.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    located = {problem.line for problem in read_dataset(folder)[1]}
    lines = enumerate(TEMPLATE.splitlines(), 1)
    gaps = {number for number, line in lines if "TODO" in line.partition("#")[0] and "headlines" not in line}
    assert located == gaps, "the headline is that of the metric, which has no id yet"
    assert len(gaps) > 25


def test_the_template_has_every_required_field_and_no_other_key_than_the_schema() -> None:
    file = File("template.yaml", TEMPLATE.encode())
    written = {tuple(key for key in path if isinstance(key, str)) for path in file.keys}
    assert written <= {(*group, key) for group, keys in known_keys(Case).items() for key in keys}
    assert {(name,) for name, field in Case.model_fields.items() if field.is_required()} <= written


def test_every_field_that_a_gap_may_stand_in_is_described() -> None:
    for group, keys in known_keys(Case).items():
        for key in keys:
            assert describe_field((*group, key)), (*group, key)


def test_a_digit_changed_in_english_is_noticed_in_the_real_cases(dataset: Dataset) -> None:
    """The last digit of each English text with a number is raised by one; at least 97 of 100 are noticed."""
    changed, noticed = 0, 0
    for case in dataset.cases:
        texts = {path: part for path, part in parts_of(case) if isinstance(part, str)}
        raised = {path: more for path, text in texts.items() if path[-1] == "en" and (more := raise_last(text))}
        changed += len(raised)
        noticed += len(find_faulty_texts((texts | raised).items()))
    assert changed > 600
    assert noticed / changed > 0.97


def raise_last(text: str) -> str:
    """The text with its last digit raised by one; empty without a digit."""
    found = re.search(r"(\d)(?=\D*$)", text)
    return f"{text[: found.start()]}{(int(found[0]) + 1) % 10}{text[found.end() :]}" if found else ""
