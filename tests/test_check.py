"""The messages for a curator: each mistake in a case file or a reference table gives one line with its place, what was
found and what to write.

Every row breaks a good case in one way. The mark ¦ is removed before the file is written; its line and column are those
that the message must begin with.
"""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema  # comes with streamlit, by way of altair
import pytest

from data.check import main, report
from data.model.grades import GRADES
from data.model.schema import UNDATED
from data.query.dataset import Dataset
from data.reading.case_schema import FIELDS_FILE, SCHEMA_FILE, make_files
from data.reading.folder import FOLDER, SIZE_LIMIT
from data.reading.load import load_dataset, read_dataset
from data.reading.yaml_file import PROBLEM_LIMIT, File
from tests.folders import copy_data

STEM = "2020-01-short-name"
NAME = f"data/cases/{STEM}.yaml"
FIGURE = "  - {{id: {0}, name: {{zh: 量{0}, en: Amount {0}}}, place: henan, role: output, unit: day, better: lower, after: {{value: 1}}, phrases: [{{text: {0}共1天, en: 1 day in all}}], section: {{zh: 推荐词, en: Citation}}}}\n"
PHRASE = "{text: 时限由100天压缩至50天, en: time limit cut from 100 days to 50}"
BY_40 = {PHRASE: "{text: 时限由100天压缩至50天、缩减40%, en: time limit cut by 40% from 100 days to 50}"}
SOURCE = "source: {title: {zh: 通知, en: Notice}, issuer: {zh: 办公室, en: Office}, date: 2022-05}"
SPAN = "{start: 2016, end: 2020, kind: during}"
NOTE = "\n        note: {zh: 未注明起止时间。, en: The source gives no dates for either end.}"
BARE_PHRASE = "{text: 由100至50, en: from 100 to 50}"
ACCEPT = ". If it is right as it is, write accepted: [{{rule: {}, why: …}}]"
REPEATS = f"repeats {STEM}.yaml: title, summary, problem, actions, result, 1 figure. Remove the copy, or write what is this case's own"
ELSEWHERE = "    elsewhere: [{publisher: {zh: 统计局, en: Bureau}, date: 2021, address: https://www.henan.gov.cn, phrase: {text: 共50天, en: 50 days}, relation: agrees}]\n"
NO_YEAR = {"text: 2020年9月, en: September 2020": "text: 9月, en: September"}
OTHER_TITLE = {"zh: 测试案例, en: Test case": "zh: 另一案例, en: Another case"}
A_UNIT = ", as in - {id: tonne, name: {zh: 吨, en: tonnes}, one: tonne, dimension: mass, factor: 1000}"
A_PLACE = ", as in - {id: linzhou, code: '410581', name: {zh: 林州市, en: Linzhou}, kind: county, prefecture: anyang, lon: 113.8, lat: 36.1}"
CASE_FILES = sorted((FOLDER / "cases").glob("*.yaml"))


def good() -> str:
    """A valid case."""
    return (Path(__file__).parent / "good_case.yaml").read_text(encoding="utf-8")


def edited(text: str, edits: dict[str, str]) -> str:
    for old, new in edits.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the good case"
        text = text.replace(old, new)
    return text


def marked(text: str) -> tuple[str, str]:
    """The text without its mark, and `line:column` of the mark."""
    before, mark, after = text.partition("¦")
    assert mark, "the row has no mark"
    return before + after, f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset of one valid case and the real reference tables."""
    made = copy_data(tmp_path / "data", ())
    (made / "cases" / f"{STEM}.yaml").write_text(good(), encoding="utf-8")
    return made


def said(folder: Path) -> list[str]:
    """Every problem as the command prints it; there is a dataset exactly if none is an error."""
    dataset, problems = read_dataset(folder)
    assert (dataset is None) == any(problem.severity == "error" for problem in problems)
    return [str(problem) for problem in problems]


def test_the_good_case_is_good(folder: Path) -> None:
    assert said(folder) == []


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({SPAN: "{during: 2019}"}, {SPAN: "{start: 2019, end: 2019, kind: during}"}),
        (
            {SPAN: "{during: 2019-05, words: {zh: 五月, en: in May}}"},
            {SPAN: "{start: 2019-05, end: 2019-05, kind: during, words: {zh: 五月, en: in May}}"},
        ),
        ({NOTE: ""}, {NOTE: f"\n        note: {{zh: {UNDATED.zh}, en: {UNDATED.en}}}"}),
    ],
    ids=["year", "month-in-words", "undated"],
)
def test_a_short_form_says_the_same_as_the_long_one(short: dict[str, str], long: dict[str, str], folder: Path) -> None:
    read = []
    for edits in (short, long):
        (folder / "cases" / f"{STEM}.yaml").write_text(edited(good(), edits), encoding="utf-8")
        read.append(load_dataset(folder).cases)
    assert read[0] == read[1]


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "unknown-key": (
        {"value: 100": "¦valeu: 100"},
        'metrics[0].before.valeu: unknown key "valeu". Did you mean "value"?',
    ),
    "unknown-key-of-the-case": (
        {"submitted_by: {": "¦submited_by: {"},
        'submited_by: unknown key "submited_by". Did you mean "submitted_by"?',
    ),
    "key-unlike-any": (
        {"    place: anyang": "    place: anyang\n    ¦备注: 推荐词"},
        'metrics[0].备注: unknown key "备注". Write one of the keys of cases/README.md',
    ),
    "duplicate-key": (
        {"role: outcome": "role: outcome\n    ¦role: output"},
        "metrics[0].role: duplicate key, first written in line 25. Keep one",
    ),
    "number-as-words": (
        {"value: 100": "value: ¦约30"},
        'metrics[0].before.value: expected a number, got "约30". Write value: 30 and bound: about',
    ),
    "number-with-more": (
        {"value: 100": "value: ¦1860余处"},
        'metrics[0].before.value: expected a number, got "1860余处". Write value: 1860 and bound: over',
    ),
    "number-with-percent": (
        {"value: 100": "value: ¦30%"},
        'metrics[0].before.value: expected a number, got "30%". Write 30 without quotes, words or unit',
    ),
    "number-with-comma": (
        {"value: 100": "value: ¦3,000"},
        'metrics[0].before.value: expected a number, got "3,000". Write 3000 without quotes, words or unit',
    ),
    "number-with-zero": (
        {"value: 100": "value: ¦01"},
        'metrics[0].before.value: expected a number, got "01". Write 1 without quotes, words or unit',
    ),
    "number-in-quotes": (
        {"value: 100": "value: ¦'30'"},
        'metrics[0].before.value: expected a number, got "30". Write 30 without quotes, words or unit',
    ),
    "number-full-width": (
        {"value: 100": "value: ¦３０"},
        'metrics[0].before.value: expected a number, got "３０". Write 30 without quotes, words or unit',
    ),
    "number-with-wan": (
        {"value: 100": "value: ¦1.5万"},
        'metrics[0].before.value: expected a number, got "1.5万". Write 1.5 without quotes, words or unit; 万 belongs to the unit',
    ),
    "number-as-range": (
        {"value: 100": "value: ¦0.7-0.8"},
        'metrics[0].before.value: expected a number, got "0.7-0.8". Write low: 0.7 and high: 0.8',
    ),
    "number-as-chinese": (
        {"value: 100": "value: ¦一半"},
        'metrics[0].before.value: expected a number, got "一半". Write the printed number, or text: {zh: …, en: …} for number-like words',
    ),
    "number-as-no": (
        {"value: 100": "value: ¦no"},
        'metrics[0].before.value: expected a number, got "no". Write the printed number, or text: {zh: …, en: …} for number-like words',
    ),
    "number-as-true": (
        {"value: 100": "value: ¦true"},
        "metrics[0].before.value: expected a number, got true. Write the printed number",
    ),
    "number-as-date": (
        {"value: 100": "value: ¦2020-1-5"},
        'metrics[0].before.value: expected a number, got "2020-1-5". Write one number; dates belong to a period',
    ),
    "number-as-list": (
        {"value: 100": "value: ¦[100]"},
        "metrics[0].before.value: expected a number, got a list. Write the printed number",
    ),
    "number-not-a-number": (
        {"value: 100": "value: ¦.nan"},
        'metrics[0].before.value: expected a number, got ".nan". Write the printed number, or text: {zh: …, en: …} for number-like words',
    ),
    "number-infinite": (
        {"value: 100": "value: ¦.inf"},
        'metrics[0].before.value: expected a number, got ".inf". Write the printed number, or text: {zh: …, en: …} for number-like words',
    ),
    "number-exponent": (
        {"value: 100": "value: ¦1.5e3"},
        'metrics[0].before.value: expected a number, got "1.5e3". Write it without an exponent',
    ),
    "number-too-long": (
        {"value: 100": "value: ¦12345678901234567890"},
        "metrics[0].before.value: a number of 20 digits, at most 15 are kept exactly. Write the printed number",
    ),
    "value-empty": (
        {"value: 100": "value:¦"},
        "metrics[0].before.value: is empty. Write a value, or leave the key out",
    ),
    "whole-number": (
        {"number: 1\n": "number: ¦1.0\n"},
        "number: expected a whole number, got 1.0. Write the printed number",
    ),
    "number-below-its-limit": (
        {PHRASE: "{text: 时限由100天压缩至50天, en: limit, occurrence: ¦0}"},
        "metrics[0].phrases[0].occurrence: expected 1 or more, or all, got 0. Write 2 for the second, all for every one",
    ),
    "date-without-zeros": (
        {"date: 2020-09": "date: ¦2020-1-5"},
        'events[0].date: expected a date, got "2020-1-5". Write 2020-01-05',
    ),
    "date-impossible-of-another-year": (
        {"date: 2020-09": "date: ¦2021-02-30"},
        'events[0].date: expected a date, got "2021-02-30". Write 2021, 2021-12 or 2021-12-31',
    ),
    "date-in-chinese": (
        {"date: 2020-09": "date: ¦2020年9月"},
        'events[0].date: expected a date, got "2020年9月". Write 2020-09',
    ),
    "date-impossible": (
        {"date: 2020-09": "date: ¦2020-02-30"},
        'events[0].date: expected a date, got "2020-02-30". Write 2020, 2020-12 or 2020-12-31',
    ),
    "date-as-number": (
        {"date: 2020-09": "date: ¦2020.9"},
        "events[0].date: expected a date, got 2020.9. Write 2020, 2020-12 or 2020-12-31",
    ),
    "date-as-list": (
        {"date: 2020-09": "date: ¦[2020]"},
        "events[0].date: expected a date, got a list. Write 2020, 2020-12 or 2020-12-31",
    ),
    "list-for-text": (
        {"section: {zh: 推荐词": "section: {zh: ¦[推荐词]"},
        "metrics[0].section.zh: expected text, got a list. Write one text",
    ),
    "number-for-text": (
        {"section: {zh: 推荐词": "section: {zh: ¦2020"},
        "metrics[0].section.zh: expected text, got 2020. Put it in quotes",
    ),
    "text-for-list": ({"places: [henan]": "places: ¦henan"}, 'places: expected a list, got "henan". Write [henan]'),
    "text-for-group": (
        {"    before:\n      value: 100": "    before: ¦100天"},
        'metrics[0].before: expected a group of keys, got "100天". Write {value: …, low: …, high: …, …}',
    ),
    "text-for-both-languages": (
        {"name: {zh: 审批时限, en: Approval time limit}": "name: ¦审批时限"},
        'metrics[0].name: expected a group of keys, got "审批时限". Write {zh: …, en: …}',
    ),
    "text-empty": (
        {"section: {zh: 推荐词": "section: {zh: ¦''"},
        "metrics[0].section.zh: expected text, got nothing. Write the text or leave the field out",
    ),
    "phrase-as-number": (
        {PHRASE: "¦2020"},
        "metrics[0].phrases[0]: expected a phrase, got 2020. Put it in quotes",
    ),
    "missing-key": (
        {"  - id: approval-time\n    name": "  - ¦id: approval-time\n    name", "    role: outcome\n": ""},
        "metrics[0].role: is missing. Write role: …",
    ),
    "missing-language": (
        {"{zh: 审批时限, en: Approval time limit}": "¦{zh: 审批时限}"},
        "metrics[0].name.en: is missing. Write the English text",
    ),
    "english-with-chinese": (
        {"en: Approval time limit": "en: ¦Approval 时限 limit"},
        "metrics[0].name.en: the English text holds Chinese characters (时限). Translate them or write them in pinyin",
    ),
    "line-break": (
        {"en: Approval time limit": 'en: ¦"Approval\\ntime"'},
        "metrics[0].name.en: holds the invisible or broken character U+000A. Write it on one line, in visible characters and plain blanks",
    ),
    "invisible-character": (
        {"zh: 审批时限": "zh: ¦审批\u200b时限"},
        "metrics[0].name.zh: holds the invisible or broken character U+200B. Write it on one line, in visible characters and plain blanks",
    ),
    "control-character": ({"zh: 审批时限": "zh: 审批¦\x07时限"}, "holds the control character U+0007. Remove it"),
    "unknown-place": (
        {"places: [henan]": "places: [¦henann]"},
        'places[0]: unknown place "henann". Did you mean "henan"? If not, add a line to reference/places.yaml'
        f"{A_PLACE}",
    ),
    "place-by-its-name": (
        {"place: anyang": "place: ¦安阳"},
        'metrics[0].place: unknown place "安阳". Did you mean "anyang"? If not, add a line to reference/places.yaml'
        f"{A_PLACE}",
    ),
    "place-unlike-any": (
        {"mentions: []\ndomains": "mentions: [¦xyz-qqq]\ndomains"},
        'mentions[0]: unknown place "xyz-qqq". Write one of the ids of reference/places.yaml, or add a line to reference/places.yaml'
        f"{A_PLACE}",
    ),
    "unknown-domain": (
        {"domains: [agriculture]": "domains: [¦farming]"},
        'domains[0]: unknown domain "farming". Write one of: agriculture, environment, finance, business, industry, trade, digital, public-services, jobs',
    ),
    "unknown-unit": (
        {"unit: day": "unit: ¦days"},
        f'metrics[0].unit: unknown unit "days". Did you mean "day"? If not, add a line to reference/units.yaml{A_UNIT}',
    ),
    "unit-unlike-any": (
        {"unit: day": "unit: ¦卡路里"},
        'metrics[0].unit: unknown unit "卡路里". Write one of the ids of reference/units.yaml, or add a line to reference/units.yaml'
        f"{A_UNIT}",
    ),
    "phrase-far-too-long": (
        {PHRASE: "{text: ¦" + "时" * 1200 + ", en: limit}"},
        "metrics[0].phrases[0].text: 1200 characters, at most 40 are allowed. Cite the shortest run that carries the figure",
    ),
    "translation-far-too-long": (
        {PHRASE: "{text: 时限由100天压缩至50天, en: ¦" + "limit " * 200 + "end}"},
        "metrics[0].phrases[0].en: 1203 characters, at most 160 are allowed. Cite the shortest run that carries the figure",
    ),
    "unknown-unit-of-an-end": (
        {"value: 100": "value: 100\n      unit: ¦monht"},
        'metrics[0].before.unit: unknown unit "monht". Did you mean "month"? If not, add a line to reference/units.yaml'
        f"{A_UNIT}",
    ),
    "unknown-headline": (
        {"headlines: [approval-time]": "headlines: [¦aproval-time]"},
        'headlines[0]: unknown metric "aproval-time". Did you mean "approval-time"?',
    ),
    "unknown-metric-of-a-conflict": (
        {"    metrics: []": "    metrics: [¦approval]"},
        'conflicts[0].metrics[0]: unknown metric "approval". Did you mean "approval-time"?',
    ),
    "unknown-metric-of-a-repetition": (
        {"reason: name}": "reason: repetition, metric: ¦time-of-approval}"},
        'not_measured[0].metric: unknown metric "time-of-approval". Write one of: approval-time',
    ),
    "no-place": ({"places: [henan]": "places: ¦[]"}, "places: expected at least 1, got 0. Add one"),
    "too-many-headlines": (
        {
            "headlines: [approval-time]": "headlines: ¦[approval-time, a, b, c, d]",
            "conflicts:\n": "".join(map(FIGURE.format, "abcd")) + "conflicts:\n",
        },
        "headlines: expected at most 4, got 5. Keep the most telling",
    ),
    "headline-twice": (
        {"headlines: [approval-time]": "headlines: [approval-time, ¦approval-time]"},
        'headlines[1]: "approval-time" stands twice in this list. Keep one',
    ),
    "id-is-not-the-stem": (
        {"id: 2020-01-short-name": "id: ¦2020-01-other-name"},
        'id: "2020-01-other-name" is not the file\'s name "2020-01-short-name". Write id: 2020-01-short-name, or rename the file',
    ),
    "number-disagrees": (
        {"id: 2020-01-short-name": "id: ¦2020-01-short-name", "number: 1\n": "number: 2\n"},
        'id: "2020-01-short-name" does not begin with 2020-02-. Make id, year and number agree',
    ),
    "year-disagrees": (
        {"id: 2020-01-short-name": "id: ¦2020-01-short-name", "year: 2020\n": f"year: 2021\n{SOURCE}\n"},
        'id: "2020-01-short-name" does not begin with 2021-01-. Make id, year and number agree',
    ),
    "case-id-pattern": (
        {"id: 2020-01-short-name": "id: ¦2020-01_Short"},
        'id: got "2020-01_Short". Write year, number and a short name, as in 2020-01-water-pricing',
    ),
    "case-id-pattern-of-another-year": (
        {"id: 2020-01-short-name": "id: ¦2021-01_Short"},
        'id: got "2021-01_Short". Write year, number and a short name, as in 2021-01-water-pricing',
    ),
    "prescribed-in-words": (
        {"    better: lower\n": "    better: lower\n    prescribed: ¦maybe\n"},
        'metrics[0].prescribed: expected true or false, got "maybe". Write one of them',
    ),
    "prescribed-left-open": (
        {"    better: lower\n": "    better: lower\n    prescribed: ¦TODO\n"},
        'metrics[0].prescribed: "TODO" is a gap. Write true or false: whether the number is a limit that was set, not a '
        "time or count that was measured",
    ),
    "role-left-open": (
        {"role: outcome": "role: ¦TODO"},
        'metrics[0].role: "TODO" is a gap. Write outcome, output, input, context or rule',
    ),
    "place-left-open": (
        {"    place: anyang": "    place: ¦TODO"},
        'metrics[0].place: "TODO" is a gap. Write whose figure it is; may be narrower than the places of the case',
    ),
    "metric-id-pattern": (
        {"id: approval-time": "id: ¦Approval time", "[approval-time]": "[]\nno_headline: {zh: 无, en: None}"},
        'metrics[0].id: got "Approval time". Write lower-case letters, digits and single hyphens, as in water-use-per-mu',
    ),
    "metric-id-twice": (
        {"conflicts:\n": "  - ¦" + FIGURE.format("approval-time")[4:] + "conflicts:\n"},
        'metrics[1]: "approval-time" stands twice in this list. Choose another id',
    ),
    "figure-twice": (
        {
            "conflicts:\n": FIGURE.format("a")
            + FIGURE.format("b").replace("zh: 量b, en: Amount b", "zh: ¦量 a, en: Another amount")
            + "conflicts:\n"
        },
        'metrics[2].name.zh: the same name, place and subject as those of "a". Say in the name what differs, or remove one of them',
    ),
    "figure-twice-in-english": (
        {
            "conflicts:\n": FIGURE.format("a")
            + FIGURE.format("b").replace("en: Amount b", "en: ¦amount A")
            + "conflicts:\n"
        },
        'metrics[2].name.en: the same name, place and subject as those of "a". Say in the name what differs, or remove one of them',
    ),
    "number-twice": (
        {
            "conflicts:\n": FIGURE.format("a")
            + FIGURE.format("b").replace("phrases: [{text: b共", "phrases: ¦[{text: 全年a共")
            + "conflicts:\n"
        },
        'warning: metrics[2].phrases: its phrases state 1 in the same place for "a" already. Remove one of them, or cite for each its own words'
        f"{ACCEPT.format('number-twice')}",
    ),
    "conflict-of-others": (
        {"  - id: approval-time": "  - ¦id: approval-time", "    metrics: []": "    metrics: [approval-time]"},
        'warning: metrics[0]: the conflict "which-years" cites no words of this figure. Take this figure out of its metrics, or cite there the words that concern it'
        f"{ACCEPT.format('conflict-of-others')}",
    ),
    "conflict-missing": (
        {"kind: undated": "kind: undated\n        note: {zh: 注, en: Note}\n      - kind: ¦conflicting"},
        "warning: metrics[0].caveats[1].kind: conflicting, but no such conflict names this figure. Name it in the metrics of a conflict of kind: contradiction, or choose another kind"
        f"{ACCEPT.format('conflict-missing')}",
    ),
    "conflict-of-another-kind": (
        {
            "kind: undated": "kind: undated\n        note: {zh: 注, en: Note}\n      - kind: ¦naming",
            "metrics: []": "metrics: [approval-time]",
        },
        "warning: metrics[0].caveats[1].kind: naming, but no such conflict names this figure. Name it in the metrics of a conflict of kind: naming, or choose another kind"
        f"{ACCEPT.format('conflict-missing')}",
    ),
    "conflict-without-a-kind": (
        {"  - id: which-years\n    kind: contradiction\n": "  - ¦id: which-years\n"},
        "conflicts[0].kind: is missing. Write kind: contradiction if the passages cannot both hold, naming or scope if they name or delimit one thing in two ways",
    ),
    "unknown-conflict-kind": (
        {"kind: contradiction": "kind: ¦contradicted"},
        'conflicts[0].kind: unknown kind "contradicted". Did you mean "contradiction"?',
    ),
    "doubt-too-long": (
        {
            "    phrases: [{text: 时限": "    doubt: {zh: 规定, en: ¦a limit that was set long before}\n    phrases: [{text: 时限"
        },
        "metrics[0].doubt.en: 32 characters, at most 30 are allowed. Shorten it",
    ),
    "short-name-too-long": (
        {"    place: anyang": "    short: {zh: ¦工程建设项目审批的最长时限, en: Limit}\n    place: anyang"},
        "metrics[0].short.zh: 13 characters, at most 12 are allowed. Shorten it",
    ),
    "words-with-a-number": (
        {"    phrases: [{text: 时限": "    change: ¦{value: -50, kind: words}\n    phrases: [{text: 时限"},
        "metrics[0].change: kind: words, but there is a number. Write the kind of change that the number is",
    ),
    "headlines-without-a-change": (
        {"headlines: [approval-time]": "headlines: ¦[a]", "conflicts:\n": FIGURE.format("a") + "conflicts:\n"},
        "headlines: none of the headlines states a change, which readers look for first. Name one that does: approval-time",
    ),
    "no-headline": (
        {"headlines: [approval-time]": "headlines: ¦[]"},
        "headlines: a case without a headline says why. Name one to four metrics, or write no_headline: {zh: …, en: …}",
    ),
    "no-headline-key": (
        {"id: 2020-01-short-name": "¦id: 2020-01-short-name", "headlines: [approval-time]\n": ""},
        "headlines: a case without a headline says why. Name one to four metrics, or write no_headline: {zh: …, en: …}",
    ),
    "headlines-misspelt": (
        {"headlines: [approval-time]": "¦headline: [approval-time]"},
        'headline: unknown key "headline". Did you mean "headlines"?',
    ),
    "headline-and-none": (
        {
            "headlines: [approval-time]": "headlines: [approval-time]\nno_headline: ¦{zh: 没有测量。, en: Nothing measured.}"
        },
        "no_headline: says why there is no headline, but there are headlines. Remove it, or the headlines",
    ),
    "headline-of-a-rule": (
        {"headlines: [approval-time]": "headlines: [¦approval-time]", "role: outcome": "role: rule"},
        'headlines[0]: "approval-time" has role: rule and status: observed. A headline is what happened or was delivered. Choose another figure',
    ),
    "headline-of-a-plan": (
        {
            "headlines: [approval-time]": "headlines: [¦approval-time]",
            "status: observed": "status: planned",
        },
        'headlines[0]: "approval-time" has role: outcome and status: planned. A headline is what happened or was delivered. Choose another figure',
    ),
    "place-outside": (
        {"places: [henan]": "places: [luoyang]", "place: anyang": "place: ¦anyang"},
        'metrics[0].place: "anyang" lies in no place of the case. Add it to its places where the reform happened there, otherwise to its mentions',
    ),
    "place-outside-the-province": (
        {"place: anyang": "place: ¦keqiao"},
        'metrics[0].place: "keqiao" lies in no place of the case. Add it to its places where the reform happened there, otherwise to its mentions',
    ),
    "place-wider-than-the-case": (
        {"places: [henan]": "places: [ruzhou]", "place: anyang": "place: ¦pingdingshan"},
        'metrics[0].place: "pingdingshan" lies in no place of the case. Add it to its places where the reform happened there, otherwise to its mentions',
    ),
    "bad-role": ({"role: outcome": "role: ¦result"}, 'metrics[0].role: unknown role "result". Did you mean "rule"?'),
    "bad-status": (
        {"status: observed": "status: ¦observe"},
        'metrics[0].status: unknown status "observe". Did you mean "observed"?',
    ),
    "bad-better": ({"better: lower": "better: ¦low"}, 'metrics[0].better: unknown better "low". Did you mean "lower"?'),
    "bad-caveat": (
        {"kind: undated": "kind: ¦undatd"},
        'metrics[0].caveats[0].kind: unknown kind "undatd". Did you mean "undated"?',
    ),
    "caveat-without-note": (
        {f"kind: undated{NOTE}": "¦kind: other"},
        "metrics[0].caveats[0].note: is missing. Write note: …",
    ),
    "undated-without-note-and-a-date": (
        {"  - id: approval-time": "  - ¦id: approval-time", "value: 100": "period: {during: 2018}", NOTE: ""},
        "metrics[0]: an end has a period, so undated needs a note. Write which date is not stated",
    ),
    "bad-reason": (
        {"reason: name}": "reason: ¦slogan}"},
        'not_measured[0].reason: unknown reason "slogan". Write one of: document_date, list_number, name, repetition, event',
    ),
    "bad-period-kind": (
        {"kind: during}": "kind: ¦throughout}"},
        'period.kind: unknown kind "throughout". Write one of: during, as_of, cumulative',
    ),
    "end-before-start": (
        {SPAN: "¦{start: 2021, end: 2020, kind: during}"},
        "period: the end 2020 lies before the start 2021. Exchange them",
    ),
    "during-without-start": (
        {SPAN: "¦{end: 2020, kind: during}"},
        "period: a period of kind during needs its start. For one year write {during: 2020}",
    ),
    "during-with-end": (
        {SPAN: "¦{during: 2019, end: 2020}"},
        "period: during stands alone. Write {during: …}, or {start: …, end: …, kind: during}",
    ),
    "during-no-date": (
        {SPAN: "{during: ¦2019-5}"},
        'period.during: expected a date, got "2019-5". Write 2019-05',
    ),
    "during-with-unknown-key": (
        {SPAN: "{during: 2019, ¦word: 1}"},
        'period.word: unknown key "word". Did you mean "words"?',
    ),
    "as-of-with-start": (
        {SPAN: "¦{start: 2016, end: 2020, kind: as_of}"},
        "period: a period of kind as_of has no start. Write only end, or kind: during",
    ),
    "accepted-of-no-warning": (
        {"    section: {zh: 推荐词": "    accepted: [{rule: ¦xyz, why: 如此}]\n    section: {zh: 推荐词"},
        'metrics[0].accepted[0].rule: unknown rule "xyz". Write one of: conflict-of-others, conflict-missing, '
        "undated-outcome, number-twice, words-not-stated, measure-word, bound-and-words, better-and-words",
    ),
    "accepted-twice": (
        {
            "kind: undated": "kind: self_reported",
            "    section: {zh: 推荐词": "    accepted:\n      - {rule: undated-outcome, why: 如此}\n      - ¦{rule: undated-outcome, why: 还是}\n    section: {zh: 推荐词",
        },
        'metrics[0].accepted[1]: "undated-outcome" stands twice in this list. Keep one',
    ),
    "year-after-the-document": (
        {
            "status: observed": "status: observed\n    compared_with: {label: {zh: 省, en: Henan}, end: {period: ¦{during: 2022}}}"
        },
        "metrics[0].compared_with.end.period.end: 2022 lies after the date of the document, 2021-07-09. "
        "Correct the date, or write status: target or planned for what was still to come",
    ),
    "both-ends-at-one-time": (
        {
            "value: 100": "value: 100\n      period: {during: 2019}",
            "value: 50": "value: 50\n      period: ¦{during: 2019}",
        },
        "metrics[0].after.period: both ends are of this period. Correct one of them, or move what is no earlier value to "
        "compared_with",
    ),
    "document-of-tomorrow": (
        {"year: 2020\n": f"year: 2020\n{SOURCE.replace('2022-05', '¦2098-05')}\n"},
        "source.date: 2098-05 lies in the future. Correct the date",
    ),
    "address-without-a-host": (
        {"    section: {zh: 推荐词": ELSEWHERE.replace("https://", "¦") + "    section: {zh: 推荐词"},
        'metrics[0].elsewhere[0].address: "www.henan.gov.cn" is no address. Write it as in https://www.henan.gov.cn/page.html',
    ),
    "reading-of-tomorrow": (
        {"    section: {zh: 推荐词": ELSEWHERE.replace("2021", "¦2098") + "    section: {zh: 推荐词"},
        "metrics[0].elsewhere[0].date: 2098 lies in the future. Correct the date",
    ),
    "number-word-in-english": (
        {"en: Approvals took long.": "en: ¦Approvals took thirty-five days."},
        'problem.en: "thirty-five" is not in the Chinese text, which holds no number. '
        "Write the same numbers in both languages, with 万 as 10 thousand and 亿 as 100 million",
    ),
    "caveat-twice": (
        {
            "kind: undated": "kind: other\n        note: {zh: 注, en: Note}\n      - ¦kind: undated\n        note: {zh: 注, en: Other}\n      - kind: self_reported"
        },
        'metrics[0].caveats[1]: "undated: 注" stands twice in this list. Keep one',
    ),
    "phrase-twice": (
        {f"phrases: [{PHRASE}]": f"phrases: [{PHRASE}, ¦{PHRASE}]"},
        'metrics[0].phrases[1]: "时限由100天压缩至50天" stands twice in this list. Keep one, or say with occurrence which one each is',
    ),
    "mention-of-the-own-place": (
        {"mentions: []\ndomains": "mentions: [¦henan]\ndomains"},
        'mentions[0]: "henan" is its own place already. Remove it',
    ),
    "mention-of-the-place-of-a-figure": (
        {"    mentions: []\n    role": "    mentions: [¦anyang]\n    role"},
        'metrics[0].mentions[0]: "anyang" is its own place already. Remove it',
    ),
    "event-that-its-phrase-does-not-date": (
        {"date: 2020-09": "date: ¦2020-08"},
        'events[0].date: 2020-08 is not in "2020年9月". Correct the date, or cite the words with it',
    ),
    "event-of-another-year-than-its-phrase": (
        {"date: 2020-09": "date: ¦2019-09"},
        'events[0].date: 2019-09 is not in "2020年9月". Correct the date, or cite the words with it',
    ),
    "not-measured-without-a-numeral": (
        {"phrase: 国发2014第51号文件": "phrase: ¦国发文件"},
        'not_measured[0].phrase: "国发文件" holds no numeral. Cite the words with the number, say why it is listed, or remove it',
    ),
    "not-measured-but-a-figure": (
        {"phrase: 国发2014第51号文件": "phrase: ¦时限由100天压缩至50天"},
        'not_measured[0].phrase: the metric "approval-time" cites the same words. Remove it here, or say with occurrence which one each is',
    ),
    "event-ends-before-it-begins": (
        {"  - date: 2020-09": "  - ¦date: 2020-09\n    end: 2019"},
        "events[0]: the end 2019 lies before the date 2020-09. Exchange them",
    ),
    "after-before-before": (
        {
            "  - id: approval-time": "  - ¦id: approval-time",
            "value: 100": "value: 100\n      period: {end: 2020, kind: as_of}",
            "value: 50": "value: 50\n      period: {end: 2019, kind: as_of}",
        },
        "metrics[0]: after (2019/2019) lies before before (2020/2020). Exchange the ends",
    ),
    "range-with-one-side": (
        {"value: 100": "¦low: 100"},
        "metrics[0].before: a range needs both low and high. Write both, or value with bound: at_least or at_most",
    ),
    "range-upside-down": (
        {"value: 100": "¦low: 100\n      high: 90"},
        "metrics[0].before: low 100 is not below high 90. Exchange them, or write value",
    ),
    "value-and-range": (
        {"value: 100": "¦value: 100\n      low: 90\n      high: 110"},
        "metrics[0].before: value, low/high and text exclude one another. Keep one of them",
    ),
    "outcome-without-a-period": (
        {"  - id: approval-time": "  - ¦id: approval-time", "kind: undated": "kind: self_reported"},
        "warning: metrics[0]: an observed outcome without any period. Write the period of an end, or the caveat undated"
        f"{ACCEPT.format('undated-outcome')}",
    ),
    "value-and-text": (
        {"value: 100": "¦value: 100\n      text: {zh: 中, en: Medium}"},
        "metrics[0].before: value, low/high and text exclude one another. Keep one of them",
    ),
    "bound-without-number": (
        {"value: 100": "¦bound: over\n      text: {zh: 中, en: Medium}"},
        "metrics[0].before: bound: over qualifies a number, and there is none. Write value, or remove bound",
    ),
    "end-without-anything": (
        {"    before:\n      value: 100": "    before: ¦{}"},
        "metrics[0].before: an end needs a value, a text or a period. Write one of them, or leave the end out",
    ),
    "value-basis-without-value": (
        {"value: 100": "¦period: {end: 2019, kind: as_of}\n      value_basis: stated"},
        "metrics[0].before: value_basis: stated, but there is no value. Write unstated, or leave it out",
    ),
    "period-basis-with-period": (
        {"value: 100": "¦value: 100\n      period: {end: 2019, kind: as_of}\n      period_basis: unstated"},
        "metrics[0].before: period_basis: unstated, but there is a period. Write stated or implied",
    ),
    "figure-without-value": (
        {
            "  - id: approval-time": "  - ¦id: approval-time",
            "    before:\n      value: 100\n    after:\n      value: 50\n": "",
        },
        "metrics[0]: a figure needs a value in before or after, or a change. Write what the source says, or list the phrase under not_measured",
    ),
    "change-disagrees": (
        {"value: 50": "value: 50\n    change: ¦{value: -40, kind: relative}", **BY_40},
        "metrics[0].change: the ends give -50, the change says -40. Correct one of them, or declare a conflict that names this figure",
    ),
    "change-empty": (
        {"value: 50": "value: 50\n    change: ¦{kind: relative}"},
        "metrics[0].change: a change needs a value, low and high, or a text. Write what the source says",
    ),
    "places-without-rank": (
        {PHRASE: BARE_PHRASE, "value: 50": "value: 50\n    change: {value: -50, kind: ¦places}"},
        "metrics[0].change.kind: places belong to a rank, but the unit is day. Write unit: rank, or another kind",
    ),
    "points-without-share": (
        {PHRASE: BARE_PHRASE, "value: 50": "value: 50\n    change: {value: -50, kind: ¦points}"},
        "metrics[0].change.kind: percentage points belong to a share, but the unit is day. Write unit: percent, or kind: difference",
    ),
    "rank-better-higher": (
        {PHRASE: BARE_PHRASE, "unit: day": "unit: rank", "better: lower": "better: ¦higher"},
        "metrics[0].better: a rank improves towards 1. Write better: lower",
    ),
    "rank-with-percent": (
        {
            PHRASE: BARE_PHRASE,
            "unit: day": "unit: rank",
            "value: 50": "value: 50\n    change: {value: -50, kind: ¦relative}",
        },
        "metrics[0].change.kind: a rank has no relative change. Write kind: places",
    ),
    "multiple-not-above-0": (
        {"value: 50": "value: 50\n    change: ¦{value: -0.5, kind: multiple}"},
        "metrics[0].change: a multiple is after ÷ before and above 0, got -0.5. Write 0.5 for halved, 4 for twice doubled",
    ),
    "relative-below-100": (
        {"value: 50": "value: 50\n    change: ¦{value: -150, kind: relative}"},
        "metrics[0].change: a relative change of -150 % is below -100 %. Check the sign and the kind",
    ),
    "phrase-too-long": (
        {
            PHRASE: "{text: ¦时限由100天压缩至50天时限由100天压缩至50天时限由100天压缩至50天时限由100天压缩至50天, en: limit}"
        },
        "metrics[0].phrases[0].text: 52 characters, at most 40 are allowed. Cite the shortest run that carries the figure",
    ),
    "no-phrase": (
        {f"phrases: [{PHRASE}]": "phrases: ¦[]"},
        "metrics[0].phrases: expected at least 1, got 0. Add one",
    ),
    "conflict-with-one-phrase": (
        {
            ", {text: 在2018年、2019年, en: in 2018 and 2019}]": "]",
            "phrases: [{text: 在2019年": "phrases: ¦[{text: 在2019年",
        },
        "conflicts[0].phrases: expected at least 2, got 1. Add the others",
    ),
    "repetition-without-metric": (
        {"{phrase: 国发2014第51号文件, reason: name}": "¦{phrase: 国发2014第51号文件, reason: repetition}"},
        "not_measured[0]: reason: repetition and metric belong together. Name the repeated metric, or choose another reason",
    ),
    "alias": (
        {"place: anyang": "place: ¦*anyang"},
        'metrics[0].place: the alias "*anyang" is not allowed. Write the value out',
    ),
    "merge-key": (
        {"    place: anyang": "    ¦<<: {role: output}\n    place: anyang"},
        'metrics[0].<<: unknown key "<<". Write one of the keys of cases/README.md',
    ),
    "tag": ({"value: 100": "value: ¦!!int 100"}, 'metrics[0].before.value: the tag "!!int" is not allowed. Remove it'),
    "tag-of-python": (
        {"[henan]": "¦!!python/object/apply:os.system [henan]"},
        'places: the tag "!!python/object/apply:os.system" is not allowed. Remove it',
    ),
    "group-as-key": (
        {"{zh: 审批时限, en: Approval time limit}": "{zh: 审批时限, en: Approval time limit, ¦[a]: 1}"},
        "metrics[0].name.?: a key must be a plain word. Put quotes around text that begins with { [ * & or !",
    ),
    "tab": ({"    place: anyang": "¦\tplace: anyang"}, "is not valid YAML: a tab. Write blanks instead"),
    "bracket-not-closed": (
        {"places: [henan]\nmentions: []": "places: [henan\nmentions¦: []"},
        "is not valid YAML: a bracket is not closed (opened in line 6, column 9). Write a , between its parts and its second bracket",
    ),
    "quote-not-closed": (
        {"reason: name}\n": "reason: name}\n¦", "zh: 审批时限": 'zh: "审批时限'},
        "is not valid YAML: a quoted text is not closed (opened in line 22, column 16). Write its second quote",
    ),
    "colon-in-text": (
        {"role: outcome": "role: 推荐词¦: 一"},
        'is not valid YAML: a second ": " in one line. Put the text in quotes',
    ),
    "colon-in-text-of-a-group": (
        {"problem: {zh: 审批时间长。, en: Approvals took long.}": "problem: {zh: 审批时间长。, en: Long¦: approvals}"},
        'is not valid YAML: a second ": " in one text. Put the text in quotes',
    ),
    "colon-in-a-phrase": (
        {f"phrases: [{PHRASE}]": "phrases:\n      - ¦时限: 由100天压缩至50天"},
        'metrics[0].phrases[0].时限: a ": " in a text, behind "时限". Put the text in quotes',
    ),
    "period-as-a-year": (
        {"{start: 2016, end: 2020, kind: during}": "¦2020"},
        "period: expected a group of keys, got 2020. Write {during: …} or {start: …, end: …, kind: …}",
    ),
    "full-width-colon-before-a-group": (
        {"title: {zh: 测试案例, en: Test case}": "title： {zh: 测试案例, en¦: Test case}"},
        "is not valid YAML: a full-width colon. Write key: value with a plain : and a blank",
    ),
    "full-width-comma": (
        {"title: {zh: 测试案例, en: Test case}": "title: {zh: 测试案例，en¦: Test case}"},
        "is not valid YAML: a full-width comma. Write a plain , and a blank",
    ),
    "colon-without-a-blank-in-a-list": (
        {
            "actions:\n  - {zh: 合并了审批。, en: Approvals were merged.}": "actions:\n  - zh:合并了审批。\n    en¦: Merged."
        },
        "is not valid YAML: no blank behind the colon in the line above. Write key: value",
    ),
    "colon-in-an-exclusion": (
        {PHRASE: PHRASE.replace("}", ", excludes: [¦时限: 50]}")},
        'metrics[0].phrases[0].excludes[0]: expected text, got a group of keys. Put a text with ": " in quotes',
    ),
    "full-width-colon": (
        {"    place: anyang": "    ¦place：anyang"},
        "is not valid YAML: a full-width colon. Write key: value with a plain : and a blank",
    ),
    "full-width-colon-in-a-list": (
        {
            "actions:\n  - {zh: 合并了审批。, en: Approvals were merged.}": "actions:\n  - zh：合并了审批。\n    en¦: Merged."
        },
        "is not valid YAML: a full-width colon in the line above. Write key: value with a plain : and a blank",
    ),
    "full-width-colon-in-a-group": (
        {"{zh: 审批时限, en: Approval time limit}": "{¦zh：审批时限, en: Approval time limit}"},
        'metrics[0].name.zh：审批时限: a full-width colon behind "zh". Write a plain : and a blank',
    ),
    "colon-without-a-blank": (
        {"    place: anyang": "    ¦place:anyang"},
        "is not valid YAML: no blank behind a colon. Write key: value",
    ),
    "colon-without-a-blank-in-a-group": (
        {"{zh: 审批时限, en: Approval time limit}": "{zh: 审批时限, ¦en:Approval time limit}"},
        'metrics[0].name.en:Approval time limit: a colon without a blank behind "en". Write a plain : and a blank',
    ),
    "text-behind-a-quote": (
        {"role: outcome": "role: '推荐词' ¦一"},
        "is not valid YAML: more text behind a quote or bracket. Put the whole text in quotes, or begin a new line",
    ),
    "bracket-too-many": (
        {"places: [henan]": "places: [henan]¦]"},
        "is not valid YAML: more text behind a quote or bracket. Put the whole text in quotes, or begin a new line",
    ),
    "dash-in-a-line": (
        {"role: outcome": "role: ¦- outcome"},
        "is not valid YAML: a - inside a line. Begin each entry of the list in a line of its own",
    ),
    "question-mark-first": (
        {"role: outcome": "role: ¦? outcome"},
        "is not valid YAML: a text cannot begin with ?. Put the text in quotes",
    ),
    "star-first": (
        {"role: outcome": "role: *¦ outcome"},
        "is not valid YAML: a text cannot begin with *. Put the text in quotes",
    ),
    "ampersand-first": (
        {"role: outcome": "role: &¦ outcome"},
        "is not valid YAML: a text cannot begin with &. Put the text in quotes",
    ),
    "exclamation-mark-first": (
        {"role: outcome": "role: ¦!a!b outcome"},
        "is not valid YAML: a text cannot begin with !. Put the text in quotes",
    ),
    "bar-first": (
        {"role: outcome": "role: |¦outcome"},
        "is not valid YAML: a text cannot begin with | or > in the same line. Put the text in quotes",
    ),
    "backslash-in-quotes": (
        {"en: Anyang}": 'en: "Any¦\\qang"}'},
        "is not valid YAML: a \\ in double quotes. Put the text in single quotes, or write the \\ twice",
    ),
    "comma-for-a-value": (
        {"role: outcome": "role: ¦, outcome"},
        "is not valid YAML: a value is missing. Write it here, or put the text in quotes",
    ),
    "key-under-a-value": (
        {"    place: anyang": "    place: anyang\n      note¦: x"},
        "is not valid YAML: the line is indented like no group above it. Indent it like its neighbours",
    ),
    "key-without-a-colon": (
        {"mentions: []\ndomains": "¦mentions\ndomains"},
        "is not valid YAML: a key without its colon. Write key: value",
    ),
    "percent-line": (
        {"id: 2020-01-short-name": "%TAG ¦推荐词\nid: 2020-01-short-name"},
        "is not valid YAML: a line cannot begin with %. Remove it",
    ),
    "three-dots": (
        {"events:": "...\n¦events:"},
        "is not valid YAML: the document has ended above this line. Indent it like its neighbours, or remove it",
    ),
    "percent-sign-first": (
        {"role: outcome": "role: ¦%推荐词"},
        "is not valid YAML: a text cannot begin with this character. Put the text in quotes",
    ),
    "indented-apart": (
        {"    place: anyang": "   ¦place: anyang"},
        "is not valid YAML: the line is indented like no group above it. Indent it like its neighbours",
    ),
    "nested-too-deep": (
        {"mentions: []\ndomains": "mentions: [[[[[[[[[[[[[[[[[[[¦[henan]]]]]]]]]]]]]]]]]]]]\ndomains"},
        "is not valid YAML: nested deeper than 20 levels. Check this line",
    ),
    "second-document": (
        {"events:": "¦---\nevents:"},
        "a second document begins here. Write one a file, without ---",
    ),
    "event-after-the-document": (
        {"date: 2020-09": "date: ¦2022-09", **NO_YEAR},
        "events[0].date: 2022-09 lies after the date of the document, 2021-07-09. Correct the date",
    ),
    "event-before-1949": (
        {"date: 2020-09": "date: ¦1920-09", **NO_YEAR},
        "events[0].date: 1920-09 lies before 1949. Correct the date, or cite the words with the year",
    ),
    "case-before-1949": (
        {"start: 2016": "start: ¦1916"},
        "period.start: 1916 lies before 1949. Correct the date",
    ),
    "event-before-the-one-above": (
        {"headlines:": "  - {date: ¦2019-12-01, what: {zh: 试行。, en: A trial.}}\nheadlines:"},
        "events[1].date: 2019-12-01 lies before 2020-09, the date of an event above it. "
        "Put the events in the order of their dates, or correct the date",
    ),
    "end-after-the-document": (
        {"value: 50": "value: 50\n      period: {end: ¦2022, kind: as_of}"},
        "metrics[0].after.period.end: 2022 lies after the date of the document, 2021-07-09. "
        "Correct the date, or write status: target or planned for what was still to come",
    ),
    "end-before-1949": (
        {"value: 100": "value: 100\n      period: {end: ¦1918-05, kind: as_of}"},
        "metrics[0].before.period.end: 1918-05 lies before 1949. Correct the date, or cite the words with the year",
    ),
    "document-older-than-the-case": (
        {
            "year: 2020\n": f"year: 2020\n{SOURCE.replace('2022-05', '¦2019')}\n",
            "  - date: 2020-09": "  - date: 2018",
            "text: 2020年9月": "text: 2018年",
            "en: September 2020": "en: in 2018",
            "end: 2020, kind: during": "end: 2018, kind: during",
        },
        "source.date: 2019 lies before the year of the case, 2020. Correct one of them",
    ),
    "rank-of-a-half": (
        {"unit: day": "unit: rank", PHRASE: "{text: 由100至50.5, en: from 100 to 50.5}", "value: 50": "value: ¦50.5"},
        "metrics[0].after.value: a rank is a whole number from 1, got 50.5. Write the printed rank",
    ),
    "level-below-0": (
        {PHRASE: BARE_PHRASE, "value: 50": "value: ¦-50"},
        "metrics[0].after.value: a level below 0 without a minus in its phrases: -50. "
        "Write it without the sign, or cite the words",
    ),
    "share-above-the-whole": (
        {PHRASE: BARE_PHRASE, "unit: day": "unit: percent", "value: 50": "value: ¦150\n      value_basis: implied"},
        "metrics[0].after.value: a share of more than the whole cannot be implied: 150. Correct it, or cite the words",
    ),
    "part-of-a-count": (
        {PHRASE: BARE_PHRASE, "unit: day": "unit: item", "value: 50": "value: ¦50.5\n      value_basis: implied"},
        "metrics[0].after.value: a count that is not whole cannot be implied: 50.5. Correct it, or cite the words",
    ),
    "ends-of-two-families": (
        {PHRASE: BARE_PHRASE, "value: 50": "value: 50\n      unit: ¦cny"},
        "metrics[0].after.unit: day is a unit of time, cny of money. Correct one of them, or write two figures",
    ),
    "ends-of-two-units": (
        {PHRASE: BARE_PHRASE, "value: 50": "value: 50\n      unit: ¦month"},
        "metrics[0].after.unit: the ends are in two units, day and month. "
        "Write both ends in one unit, or the caveat mixed_units",
    ),
    "unit-of-another-family": (
        {"unit: day": "unit: ¦cny"},
        'metrics[0].unit: the unit cny does not fit "100天". Write a unit of that word, or cite other words',
    ),
    "kind-of-another-family": (
        {"value: 50": "value: 50\n    change: {value: -50, kind: ¦relative}"},
        'metrics[0].change.kind: a change of kind relative does not fit "50天". Write another kind, or cite other words',
    ),
    "count-of-something-else": (
        {"unit: day": "unit: ¦person", PHRASE: "{text: 由100家压缩至50家, en: from 100 to 50}"},
        'warning: metrics[0].unit: the unit person (人) does not fit "100家". Write a unit of that word'
        f"{ACCEPT.format('measure-word')}",
    ),
    "status-as-yes": (
        {"status: observed": "status: ¦yes"},
        'metrics[0].status: unknown status "yes". Write one of: observed, target, planned',
    ),
}


@pytest.mark.parametrize(("edits", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_case(edits: dict[str, str], message: str, folder: Path) -> None:
    text, place = marked(edited(good(), edits))
    (folder / "cases" / f"{STEM}.yaml").write_text(text, encoding="utf-8")
    assert said(folder) == [f"{NAME}:{place} {message}"]


def test_a_message_in_full(folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(
        "# yaml\n" + good().replace("value: 100", "value: 约30"), encoding="utf-8"
    )
    (line,) = said(folder)
    assert (
        line
        == 'data/cases/2020-01-short-name.yaml:31:14 metrics[0].before.value: expected a number, got "约30". Write value: 30 and bound: about'
    )


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "1:1 is empty. Copy template.yaml and fill it in"),
    "only-comments": ("# 什么都没有\n".encode(), "1:1 is empty. Copy template.yaml and fill it in"),
    "only-a-gap": (b"TODO\n", '1:1 expected a group of keys, got "TODO". Write {id: …, year: …, number: …, …}'),
    "only-a-marker": (b"---\n", "2:1 is empty. Write a value, or leave the key out"),
    "a-list": (b"- id: 1\n", "1:1 expected a group of keys, got a list. Write {id: …, year: …, number: …, …}"),
    "a-text": (b"a case\n", '1:1 expected a group of keys, got "a case". Write {id: …, year: …, number: …, …}'),
    "gb18030": (good().encode("gb18030"), "4:1 is not UTF-8 (byte 56: 0xb2). Save the file as UTF-8"),
    "utf-16": (good().encode("utf-16"), "1:1 is not UTF-8 (byte 0: 0xff). Save the file as UTF-8"),
    "utf-16-without-a-mark": ("id: 1\n".encode("utf-16-le"), "1:2 holds the control character U+0000. Remove it"),
    "line-separator": ("id: 1\nyear: 2020 # \u2028\n".encode(), "2:14 holds the control character U+2028. Remove it"),
    "too-large": (b"# " + b"x" * 2_000_000, f"1:1 2000002 bytes, at most {SIZE_LIMIT} are read. Is this a case file?"),
    "deep-nesting": (
        b"id: " + b"[" * 900 + b"]" * 900,
        "1:24 is not valid YAML: nested deeper than 20 levels. Check this line",
    ),
    "deep-nesting-of-keys": (
        b"id: " + b"{a: " * 900 + b"}" * 900,
        "1:81 is not valid YAML: nested deeper than 20 levels. Check this line",
    ),
}


@pytest.mark.parametrize(("raw", "message"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_case(raw: bytes, message: str, folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_bytes(raw)
    assert f"{NAME}:{message}" in said(folder)


def test_nesting_that_the_parser_itself_gives_up_on(folder: Path) -> None:
    """libyaml reads ahead: it may stop at its own limit before the 20 levels are counted."""
    (folder / "cases" / f"{STEM}.yaml").write_bytes(b"id: " + b"[" * 100_000)
    (line,) = said(folder)
    assert re.fullmatch(
        rf"{re.escape(NAME)}:1:\d+ is not valid YAML: nested deeper than 20 levels\. Check this line", line
    )


def test_a_byte_order_mark_is_no_mistake(folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(good(), encoding="utf-8-sig")
    assert said(folder) == []
    (folder / "cases" / f"{STEM}.yaml").write_text(
        good().replace("id: 2020-01-short-name", "id: 1"), encoding="utf-8-sig"
    )
    assert said(folder) == [f"{NAME}:1:5 id: expected text, got 1. Put it in quotes"]


def test_an_alias_bomb(folder: Path) -> None:
    keys = ("places", "mentions", "domains", "actions", "events", "headlines", "metrics", "conflicts", "not_measured")
    levels = [f"{key}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level, key in enumerate(keys, 1)]
    (folder / "cases" / f"{STEM}.yaml").write_text("a0: &a0 [x]\n" + "".join(levels), encoding="utf-8")
    lines = said(folder)
    assert f'{NAME}:2:14 places[0]: the alias "*a0" is not allowed. Write the value out' in lines
    assert sum("is not allowed" in line for line in lines) == 81


def test_an_alias_stands_where_it_is_written_not_where_its_anchor_is(folder: Path) -> None:
    edits = {"place: anyang": "place: &place anyang", "[henan]\nmentions": "[henan, *place]\nmentions"}
    (folder / "cases" / f"{STEM}.yaml").write_text(edited(good(), edits), encoding="utf-8")
    assert said(folder) == [f'{NAME}:6:17 places[1]: the alias "*place" is not allowed. Write the value out']


def test_a_misspelt_key_that_is_alone_is_no_text_with_a_colon(folder: Path) -> None:
    text = edited(good(), {"    better: lower\n": "    better: lower\n    change: {valu: -40}\n"})
    (folder / "cases" / f"{STEM}.yaml").write_text(text, encoding="utf-8")
    told = ["kind: is missing. Write kind: …", 'valu: unknown key "valu". Did you mean "value"?']
    assert [line.partition("metrics[0].change.")[2] for line in said(folder)] == told


def test_what_is_accepted_is_needless_only_of_a_whole_case(folder: Path) -> None:
    """The warning that is accepted may be about a figure that is left out because its shape is faulty."""
    faulty = FIGURE.format("a").replace("role: output", "role: outptu")
    copied = FIGURE.format("b").replace("phrases:", "accepted: [{rule: number-twice, why: Twice.}], phrases:")
    text = edited(good(), {"conflicts:\n": f"{faulty}{copied}conflicts:\n"})
    (folder / "cases" / f"{STEM}.yaml").write_text(text, encoding="utf-8")
    assert [line.split()[1] for line in said(folder)] == ["metrics[1].role:"]


def test_the_rules_look_at_a_figure_once_its_shape_is_right(folder: Path) -> None:
    """What names a figure of faulty shape is right, and the rules look at the other figures in the same run."""
    other = FIGURE.format("a").replace("after: {value: 1}", "after: {value: 2}")
    edits = {"role: outcome": "role: rsult", "value: 50": "value: 51", "conflicts:\n": f"{other}conflicts:\n"}
    (folder / "cases" / f"{STEM}.yaml").write_text(edited(good(), edits), encoding="utf-8")
    assert [line.split()[1] for line in said(folder)] == ["metrics[0].role:", "metrics[1].after.value:"]


TABLES: dict[str, tuple[str, dict[str, str], str]] = {
    "unknown-key": (
        "units",
        {"- {id: times, name": "- {id: times, ¦nam: x, name"},
        '[times].nam: unknown key "nam". Did you mean "name"?',
    ),
    "missing-key": (
        "units",
        {
            "- {id: times, name: {zh: 倍, en: times}, dimension: ratio, factor: 1}": "- ¦{id: times, name: {zh: 倍, en: times}, dimension: ratio}"
        },
        "[times].factor: is missing. Write factor: …",
    ),
    "unknown-dimension": (
        "units",
        {"en: times}, dimension: ratio": "en: times}, dimension: ¦ration"},
        '[times].dimension: unknown dimension "ration". Did you mean "ratio"?',
    ),
    "place-of-henan-made-outside": (
        "places",
        {
            "- {id: kaifeng, code: '410200', name: {zh: 开封市, en: Kaifeng}, kind: prefecture, prefecture: kaifeng": "- ¦{id: kaifeng, code: '410200', name: {zh: 开封市, en: Kaifeng}, kind: outside"
        },
        "[kaifeng]: a place outside Henan has neither a prefecture nor a code of Henan. Correct its kind",
    ),
    "code-of-another-province": (
        "places",
        {"- {id: kaifeng, code: '410200'": "- ¦{id: kaifeng, code: '510200'"},
        "[kaifeng]: the codes of Henan begin with 41, this one is 510200. Correct it",
    ),
    "kind-that-is-a-group": (
        "places",
        {"kind: prefecture, prefecture: kaifeng": "kind: ¦{a: b}, prefecture: kaifeng"},
        "[kaifeng].kind: unknown kind a group of keys. Write one of: province, prefecture, county, district, township, zone, outside",
    ),
    "code-of-another-place": (
        "places",
        {"code: '410200'": "code: ¦'410100'"},
        '[kaifeng].code: "410100" stands twice. Keep one',
    ),
    "name-of-another-place": (
        "places",
        {"name: {zh: 开封市, en: Kaifeng}": "name: {zh: ¦郑州市, en: Kaifeng}"},
        '[kaifeng].name.zh: "郑州市" stands twice. Keep one',
    ),
    "county-without-a-point": (
        "places",
        {
            "prefecture: luoyang, lon: 111.8976, lat: 34.1233": "prefecture: luoyang",
            "- {id: luoyang": "- ¦{id: luoyang",
        },
        "[luoyang]: a prefecture has a point on the map. Write lon: and lat: in degrees",
    ),
    "rank-form-of-another-unit": (
        "units",
        {
            "- {id: times, name: {zh: 倍, en: times}, dimension: ratio, factor: 1}": "- ¦{id: times, name: {zh: 倍, en: times}, dimension: ratio, factor: 1, form: rank}"
        },
        "[times]: form: rank, but it is a unit of ratio. Leave the form out",
    ),
    "unit-twice": ("units", {"- {id: times,": "- {id: ¦rank,"}, '[times].id: "rank" stands twice. Keep one'),
    "comma-in-a-number": (
        "units",
        {"en: times}, dimension: ratio, factor: 1}": "en: times}, dimension: ratio, factor: 1,¦000}"},
        '[times].000: unknown key "000". Write a number without commas, as in 3000',
    ),
    "unit-id-pattern": (
        "units",
        {"- {id: times,": "- {id: ¦Times,"},
        '[times].id: got "Times". Write lower-case letters, digits and single hyphens, as in water-use-per-mu',
    ),
    "key-unlike-any": (
        "units",
        {"- {id: times, name": "- {id: times, ¦备注: x, name"},
        '[times].备注: unknown key "备注". Write one of: id, name, one, dimension, scale, factor, form, order, per_resident',
    ),
    "factor-as-words": (
        "units",
        {"en: times}, dimension: ratio, factor: 1}": "en: times}, dimension: ratio, factor: ¦约30}"},
        '[times].factor: expected a number, got "约30". Write 30 without quotes, words or unit',
    ),
    "code-as-number": (
        "places",
        {"code: '410425'": "code: ¦410425"},
        "[jiaxian].code: expected text, got 410425. Put it in quotes",
    ),
    "code-too-short": (
        "places",
        {"code: '410425'": "code: ¦'41042'"},
        '[jiaxian].code: got "41042". Write the six digits of the division code in quotes',
    ),
    "unknown-prefecture": (
        "places",
        {
            '{zh: 郏县, en: "Jia County"}, kind: county, prefecture: pingdingshan': '{zh: 郏县, en: "Jia County"}, kind: county, prefecture: ¦pingdinshan'
        },
        '[jiaxian].prefecture: unknown prefecture "pingdinshan". Did you mean "pingdingshan"?',
    ),
    "prefecture-is-a-county": (
        "places",
        {
            '{zh: 郏县, en: "Jia County"}, kind: county, prefecture: pingdingshan': '{zh: 郏县, en: "Jia County"}, kind: county, prefecture: ¦keqiao'
        },
        '[jiaxian].prefecture: unknown prefecture "keqiao". Write one of the places of kind prefecture',
    ),
    "no-prefecture": (
        "places",
        {
            "- {id: jiaxian,": "- ¦{id: jiaxian,",
            '{zh: 郏县, en: "Jia County"}, kind: county, prefecture: pingdingshan': '{zh: 郏县, en: "Jia County"}, kind: county',
        },
        "[jiaxian]: a county lies in a unit of the map. Write prefecture: and its id",
    ),
    "no-code": (
        "places",
        {"- {id: kaifeng, code: '410200', ": "- ¦{id: kaifeng, "},
        "[kaifeng]: a prefecture is known by its code. Write code: and the six digits in quotes",
    ),
    "half-a-point": (
        "places",
        {"- {id: jiaxian,": "- ¦{id: jiaxian,", ", lon: 113.2308": ""},
        "[jiaxian]: a point needs both lon and lat. Write both, or neither",
    ),
    "unknown-kind": (
        "places",
        {'{zh: 郏县, en: "Jia County"}, kind: county': '{zh: 郏县, en: "Jia County"}, kind: ¦country'},
        '[jiaxian].kind: unknown kind "country". Did you mean "county"?',
    ),
    "domain-without-english": (
        "domains",
        {"{zh: 对外开放, en: Trade and opening up}": "¦{zh: 对外开放}"},
        "[trade].name.en: is missing. Write the English text",
    ),
    "source-date": (
        "source",
        {"date: '2021-07-09'": "date: ¦2021/7/9"},
        'date: expected a date, got "2021/7/9". Write 2021-07-09',
    ),
    "coordinates-exchanged": (
        "places",
        {"- {id: jiaxian,": "- ¦{id: jiaxian,", "lon: 113.2308, lat: 34.0098": "lon: 34.0098, lat: 113.2308"},
        "[jiaxian]: lon 34.0098, lat 113.231, but Henan lies between lon 110 and 117, lat 31 and 37. "
        "Write lon: 113.231, lat: 34.0098",
    ),
    "coordinates-elsewhere": (
        "places",
        {"- {id: jiaxian,": "- ¦{id: jiaxian,", "lon: 113.2308": "lon: 131.2308"},
        "[jiaxian]: lon 131.231, lat 34.0098, but Henan lies between lon 110 and 117, lat 31 and 37. "
        "Correct the coordinates",
    ),
    "coordinates-outside-china": (
        "places",
        {"- {id: keqiao,": "- ¦{id: keqiao,", "kind: outside": "kind: outside, lon: 13.4, lat: 52.5"},
        "[keqiao]: lon 13.4, lat 52.5, but China lies between lon 73 and 136, lat 3 and 54. Correct the coordinates",
    ),
    "factor-of-nothing": (
        "units",
        {"en: times}, dimension: ratio, factor: 1}": "en: times}, dimension: ratio, factor: ¦0}"},
        "[times].factor: expected a number above 0, got 0. Check the sign",
    ),
    "scale-below-0": (
        "units",
        {"en: times}, dimension: ratio, factor: 1}": "en: times}, dimension: ratio, scale: ¦-10, factor: 1}"},
        "[times].scale: expected a number above 0, got -10. Check the sign",
    ),
    "multiplier-without-a-scale": (
        "units",
        {
            "- {id: person-10k,": "- ¦{id: person-10k,",
            "en: people}, one: person, dimension: count, scale: 10000,": "en: people}, one: person, dimension: count,",
        },
        '[person-10k].scale: the name "万人" begins with 万, but there is no scale. Write scale: 10000',
    ),
    "another-scale-than-the-multiplier-s": (
        "units",
        {
            "en: gullies}, one: gully, dimension: count, scale: 100000,": "en: gullies}, one: gully, dimension: count, scale: ¦10000,"
        },
        '[gully-100k].scale: the name "十万条" begins with 十万, but the scale is 10000. Write scale: 100000',
    ),
    "scale-without-a-multiplier": (
        "units",
        {"en: times}, dimension: ratio, factor: 1}": "en: times}, dimension: ratio, scale: ¦100, factor: 1}"},
        '[times].scale: the name "倍" begins with no multiplier, but the scale is 100. '
        "Remove scale, or write the name as in 万元",
    ),
    "source-older-than-its-cases": (
        "source",
        {"title: {zh: 关": "¦title: {zh: 关", "date: '2021-07-09'": "date: '2012-07-09'"},
        "the cases are of 2020, but the document is dated 2012-07-09. Correct one of them",
    ),
    "population-of-no-unit": (
        "population",
        {"  '410200'": "  ¦'410201'"},
        'residents.410201: unknown unit of the map "410201". Still without a number: 410200',
    ),
    "nobody-lives-there": (
        "population",
        {"'410200': 4824016": "'410200': ¦0"},
        "residents.410200: expected a number above 0, got 0. Check the sign",
    ),
    "population-in-quotes": (
        "population",
        {"'410200': 4824016": "'410200': ¦'4824016'"},
        'residents.410200: expected a whole number, got "4824016". Write 4824016 without quotes, words or unit',
    ),
    "population-of-a-unit-too-many": (
        "population",
        {"  '410200'": "  ¦'410201': 5\n  '410200'"},
        'residents.410201: unknown unit of the map "410201". Remove it',
    ),
    "population-left-out": (
        "population",
        {"'410100': 12600574": "¦'410100': 12600574", "  '410200': 4824016  # 开封市\n": ""},
        "residents: has no number of 410200. Add the residents of each unit of the map",
    ),
    "counted-after-it-was-published": (
        "population",
        {"title: {zh: 河南省第七次": "¦title: {zh: 河南省第七次", "counted: '2020-11-01'": "counted: '2021-11-01'"},
        "counted on 2021-11-01, but the document is dated 2021-05-14. Correct one of them",
    ),
    "population-without-a-day": (
        "population",
        {"title: {zh: 河南省第七次": "¦title: {zh: 河南省第七次", "counted: '2020-11-01'\n": ""},
        "counted: is missing. Write counted: …",
    ),
    "source-year": (
        "source",
        {"year: 2020": "year: ¦'2020'"},
        'year: expected a whole number, got "2020". Write 2020 without quotes, words or unit',
    ),
}
"""Mistakes in the tables: what is edited, and the message, where an entry stands by its id instead of its number."""


@pytest.mark.parametrize(("table", "edits", "message"), TABLES.values(), ids=TABLES)
def test_a_mistake_in_a_reference_table(table: str, edits: dict[str, str], message: str, folder: Path) -> None:
    path = folder / "reference" / f"{table}.yaml"
    before = path.read_text(encoding="utf-8")
    ids = re.findall(r"^- \{id: ([\w-]+)", before, re.MULTILINE)
    text, place = marked(edited(before, edits))
    path.write_text(text, encoding="utf-8")
    told = re.sub(r"^\[([\w-]+)\]", lambda entry: f"[{ids.index(entry[1])}]", message)
    assert said(folder) == [f"data/reference/{table}.yaml:{place} {told}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "id: day\n",
            "1:1 expected a list of entries, got a group of keys. Write - {id: …} in each line",
            id="no-list",
        ),
        pytest.param(
            "[]\n", "1:1 expected a list of entries, got an empty one. Write - {id: …} in each line", id="empty-list"
        ),
        pytest.param(
            "- day\n",
            '1:3 [0]: expected a group of keys, got "day". Write {id: …, name: …, one: …, …}',
            id="list-of-words",
        ),
        pytest.param(
            "- {id: [\n",
            "2:1 is not valid YAML: a value is missing, or a bracket is not closed. Write it here",
            id="broken",
        ),
    ],
)
def test_a_reference_table_that_is_none(text: str, message: str, folder: Path) -> None:
    (folder / "reference" / "units.yaml").write_text(text, encoding="utf-8")
    assert f"data/reference/units.yaml:{message}" in said(folder)


def test_an_empty_reference_table(folder: Path) -> None:
    (folder / "reference" / "domains.yaml").write_text("")
    assert said(folder) == ["data/reference/domains.yaml:1:1 is empty. Restore the table"]


def test_a_missing_reference_table(folder: Path) -> None:
    (folder / "reference" / "domains.yaml").unlink()
    assert said(folder) == [
        "data/reference/domains.yaml:1:1 cannot be read (No such file or directory). Restore the file or its permissions"
    ]


def test_a_mistake_in_a_table_hides_no_unknown_place(folder: Path) -> None:
    places = folder / "reference" / "places.yaml"
    places.write_text(places.read_text(encoding="utf-8").replace("kind: outside", "kind: outsid"), encoding="utf-8")
    (folder / "cases" / f"{STEM}.yaml").write_text(good().replace("place: anyang", "place: anyan"), encoding="utf-8")
    assert [line.split(": ", 1)[1] for line in said(folder)] == [
        f'unknown place "anyan". Did you mean "anyang"? If not, add a line to reference/places.yaml{A_PLACE}',
        'unknown kind "outsid". Did you mean "outside"?',
    ]


def test_a_folder_named_like_a_file(folder: Path) -> None:
    (folder / "cases" / "x.yaml").mkdir()
    assert said(folder) == ["data/cases/x.yaml:1:1 is a folder or a device. Only files may be named .yaml here"]


def test_an_unreadable_file(folder: Path) -> None:
    (folder / "cases" / "x.yaml").symlink_to("x.yaml")
    assert said(folder) == [
        f"data/cases/x.yaml:1:1 cannot be read ({os.strerror(errno.ELOOP)}). Restore the file or its permissions"
    ]


@pytest.mark.parametrize("name", ["2020-02-other.yml", "2020-02-other.YAML"])
def test_a_file_that_would_never_be_read(name: str, folder: Path) -> None:
    (folder / "cases" / name).write_text(good(), encoding="utf-8")
    assert said(folder) == [f"data/cases/{name}:1:1 is not read. Rename it to end in .yaml"]


def test_no_case_file(folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").unlink()
    assert said(folder) == ["data/cases:1:1 holds no case file. Copy template.yaml there and fill it in"]


def test_one_number_for_two_cases(folder: Path) -> None:
    (folder / "cases" / "2020-01-zz.yaml").write_text(good().replace(STEM, "2020-01-zz"), encoding="utf-8")
    assert said(folder) == [
        f"data/cases/2020-01-zz.yaml:3:9 {REPEATS}",
        f"data/cases/2020-01-zz.yaml:3:9 number: case 1 of 2020 is already {STEM}.yaml. Write the printed number",
    ]


def test_a_case_copied_under_another_number(folder: Path) -> None:
    copied = edited(good(), {STEM: "2020-02-copied", "number: 1\n": "number: 2\n"})
    (folder / "cases" / "2020-02-copied.yaml").write_text(copied, encoding="utf-8")
    assert said(folder) == [f"data/cases/2020-02-copied.yaml:3:9 {REPEATS}"]


@pytest.mark.parametrize(
    ("edits", "what"),
    [
        pytest.param(
            {"个用来": "个只用来", "审批时间长": "审批很慢", "合并了": "合并"}, "result, 1 figure", id="some-texts"
        ),
        pytest.param({"value: 100": "value: 99"}, "summary, problem, actions, result", id="other-figures"),
        pytest.param(
            {"个用来": "个只用来", "    unit: day\n    better: lower\n": "    better: lower\n    unit: day\n"},
            "problem, actions, result, 1 figure",
            id="other-order-of-keys",
        ),
    ],
)
def test_a_case_begun_as_a_copy(edits: dict[str, str], what: str, folder: Path) -> None:
    copied = edited(good(), {STEM: "2020-02-copied", "number: 1\n": "number: 2\n", **OTHER_TITLE, **edits})
    (folder / "cases" / "2020-02-copied.yaml").write_text(copied, encoding="utf-8")
    assert f" repeats {STEM}.yaml: {what}. " in said(folder)[0]


def test_a_name_that_is_not_unicode_is_told_with_its_byte(folder: Path) -> None:
    (folder / "cases" / os.fsdecode(b"\xff.yaml")).write_text(good(), encoding="utf-8")
    assert [line for line in said(folder) if "rename the file" in line] == [
        f'data/cases/\\udcff.yaml:1:5 id: "{STEM}" is not the file\'s name "\\udcff". Write id: \\udcff, or rename the file'
    ]


def test_cases_of_their_own_may_have_texts_in_common(folder: Path) -> None:
    words = {
        "个用来": "个只用来",
        "审批时间长": "审批很慢",
        "合并了": "合并",
        "时限缩短": "缩短",
        "id: approval-time": "id: time",
    }
    own = edited(
        good(), {STEM: "2020-02-own", "number: 1\n": "number: 2\n", **OTHER_TITLE, **words, "value: 100": "value: 99"}
    )
    own = own.replace("由100", "由99").replace("from 100", "from 99").replace("[approval-time]", "[time]")
    (folder / "cases" / "2020-02-own.yaml").write_text(own, encoding="utf-8")
    assert said(folder) == []


def test_a_case_of_a_year_that_the_document_does_not_cover(folder: Path) -> None:
    moved = folder / "cases" / "2021-01-short-name.yaml"
    (folder / "cases" / f"{STEM}.yaml").rename(moved)
    text = good().replace("2020-01-short", "2021-01-short").replace("year: 2020\n", "year: 2021\n")
    moved.write_text(text, encoding="utf-8")
    advice = "Correct the year, or name the document of the case: source: {title: …, issuer: …, date: …}"
    assert said(folder) == [
        f"data/cases/{moved.name}:2:7 year: the document of this dataset covers 2020, not 2021. {advice}"
    ]
    moved.write_text(text.replace("year: 2021\n", f"year: 2021\n{SOURCE}\n"), encoding="utf-8")
    assert said(folder) == []


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(
            {
                "value: 50": "value: 50\n    change: {value: -40, kind: relative}",
                **BY_40,
                "    metrics: []": "    metrics: [approval-time]",
                "text: 在2019年、2020年, en: in 2019 and 2020": "text: 审批时限缩减过半, en: time limit more than halved",
            },
            id="disputed-change",
        ),
        pytest.param(
            {
                "value: 100": "value: 100\n      period: {end: 2020, kind: as_of, words: {zh: 年初, en: at first}}",
                "value: 50": "value: 50\n      period: {end: 2020, kind: as_of, words: {zh: 年底, en: at the end}}",
            },
            id="both-ends-of-one-year-in-words",
        ),
        pytest.param(
            {"year: 2020\n": f"year: 2020\n{SOURCE.replace('2022-05', str(date.today() + timedelta(days=1)))}\n"},
            id="document-of-today-in-henan",
        ),
        pytest.param(
            {"date: 2020-09": "date: 2020-09-15", "2020年9月, en: September 2020": "九月15号, en: 15 September"},
            id="month-in-words",
        ),
        pytest.param(
            {"date: 2020-09": "date: 1921", "2020年9月, en: September 2020": "1921年, en: in 1921"}, id="printed-year"
        ),
        pytest.param(
            {
                "status: observed": "status: target",
                "value: 50": "value: 50\n      period: {end: 2025, kind: as_of}",
                "headlines: [approval-time]": "no_headline: {zh: 没有测量。, en: Nothing was measured.}",
            },
            id="target",
        ),
        pytest.param({PHRASE: "{text: 由100至-50, en: to -50}", "value: 50": "value: -50"}, id="printed-minus"),
        pytest.param(
            {PHRASE: "{text: 由100%至150%, en: to 150 %}", "unit: day": "unit: percent", "value: 50": "value: 150"},
            id="printed-share",
        ),
        pytest.param(
            {
                PHRASE: "{text: 由100至50个月, en: to 50 months}",
                "value: 50": "value: 50\n      unit: month",
                "kind: undated": "kind: mixed_units",
            },
            id="mixed-units",
        ),
    ],
)
def test_what_the_document_prints_is_right(edits: dict[str, str], folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(edited(good(), edits), encoding="utf-8")
    assert [line for line in said(folder) if "without any period" not in line] == []


def test_all_problems_of_all_files_come_at_once(folder: Path) -> None:
    second = edited(
        good(),
        {
            STEM: "2020-02-second",
            "number: 1\n": "number: 2\n",
            "title: {": "titel: {",
            "place: anyang": "place: anyan",
            "value: 50": "value: 50%",
        },
    )
    change = (
        FIGURE.format("rank")
        .replace("unit: day, better: lower", "unit: rank, better: higher")
        .replace("共1天", "第1位")
    )
    (folder / "cases" / "2020-02-second.yaml").write_text(
        second.replace("conflicts:\n", f"{change}conflicts:\n"), encoding="utf-8"
    )
    (folder / "cases" / "2020-03-third.yaml").write_bytes(b"id: [")
    (folder / "reference" / "source.yaml").write_bytes(b"")
    assert [re.sub(r"^data/(?:cases|reference)/(\S+) (\S+).*", r"\1 \2", line) for line in said(folder)] == [
        "2020-02-second.yaml:3:9 repeats",
        "2020-02-second.yaml:4:1 titel:",
        "2020-02-second.yaml:23:12 metrics[0].place:",
        "2020-02-second.yaml:32:14 metrics[0].after.value:",
        "2020-03-third.yaml:2:1 is",
        "source.yaml:1:1 is",
    ]


def test_the_problems_of_one_file_are_limited(folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(
        good() + "".join(f"key{index}: 1\n" for index in range(1000)), encoding="utf-8"
    )
    lines = said(folder)
    assert len(lines) == PROBLEM_LIMIT + 1
    assert lines[-1].endswith(f" more than {PROBLEM_LIMIT} problems. Mend the others first")


def test_gaps_are_counted_before_they_are_told_one_by_one(folder: Path) -> None:
    gaps = {
        "en: Test case": "en: TODO",
        "en: Anyang}": "en: TODO}",
        "role: outcome": "role: TODO",
        "value: 50": "value: TODO",
    }
    last = "".join(f"key{index}: 1\n" for index in range(PROBLEM_LIMIT - 2))
    (folder / "cases" / f"{STEM}.yaml").write_text("not_measured2: 1\n" + edited(good(), gaps) + last, encoding="utf-8")
    lines = [line.removeprefix(f"{NAME}:") for line in said(folder)]
    assert lines[:2] == ["1:1 2 gaps: title.en, submitted_by.en", "22:5 metrics[0]: 2 gaps: role, after.value"]
    assert sum("is a gap" in line for line in lines) == 1, "mistakes are told first, and cut off last"
    assert lines[-1].endswith("more than 100 problems. Mend the others first")


@pytest.mark.parametrize(
    ("edits", "code", "last"),
    [
        pytest.param({}, 0, "1 cases, 1 metrics, no problems", id="sound"),
        pytest.param({"kind: undated": "kind: other"}, 0, "1 cases, 1 metrics, 1 warning", id="warning"),
        pytest.param({"value: 50": "value: 50天"}, 1, "1 problem in 1 file", id="error"),
    ],
)
def test_the_command(
    edits: dict[str, str], code: int, last: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(edited(good(), edits), encoding="utf-8")
    assert main([str(folder)]) == code
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_the_command_says_chinese_where_the_terminal_cannot(folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(edited(good(), {"value: 50": "value: 约50"}), encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(
        [sys.executable, "-m", "data.check", str(folder)],
        cwd=FOLDER.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (1, "")
    assert 'got "\\u7ea650"' in run.stdout


def test_the_report_counts_every_figure_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figure = FIGURE.format("people").replace("after: {value: 1}", "after: {value: 1, period: {end: 2020, kind: as_of}}")
    (folder / "cases" / f"{STEM}.yaml").write_text(
        edited(good(), {"conflicts:\n": f"{figure}conflicts:\n"}), encoding="utf-8"
    )
    assert main(["--report", str(folder)]) == 0
    header, case, total, _ = capsys.readouterr().out.splitlines()
    assert re.split(r" {2,}", header) == [
        "case",
        "figures",
        *GRADES,
        "outcome",
        "output",
        "input",
        "context",
        "rule",
        "conflicts",
        "not measured",
        "dated",
    ]
    counts = [str(int(grade in "AE")) for grade in GRADES]
    assert case.split() == [STEM, "2", *counts, *"1100011", "50%"]
    assert total.split()[1:] == case.split()[1:]
    assert len({len(line) for line in (header, case, total)}) == 1


def test_the_report_of_the_dataset(dataset: Dataset) -> None:
    *cases, total = (line.split() for line in report(dataset).splitlines()[1:])
    assert [line[0] for line in cases] == [case.id for case in dataset.cases]
    roles = 2 + len(GRADES)
    for column in range(1, roles + 5):
        assert int(total[column]) == sum(int(line[column]) for line in cases)
    assert (
        int(total[1]) == len(dataset.table) == sum(map(int, total[2:roles])) == sum(map(int, total[roles : roles + 5]))
    )


def schema_of(folder: Path = FOLDER) -> Any:
    return json.loads(make_files(folder)[0][SCHEMA_FILE])


def test_the_committed_files_are_current() -> None:
    files, problems = make_files()
    assert problems == []
    assert {path: (FOLDER / path).read_bytes() for path in files} == files, "run python -m data.check --schema"


def test_a_folder_gets_files_of_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A README is the curator's own until the fields begin."""
    monkeypatch.setenv("HENAN_DATA", str(folder))
    for state in (": written", " is up to date"):
        assert main(["--schema"]) == 0
        assert capsys.readouterr().out.splitlines() == [f"data/{path}{state}" for path in (SCHEMA_FILE, FIELDS_FILE)]
    assert {path: (folder / path).read_bytes() for path in (SCHEMA_FILE, FIELDS_FILE)} == make_files(FOLDER)[0]
    units, readme = folder / "reference" / "units.yaml", folder / FIELDS_FILE
    units.write_text(units.read_text(encoding="utf-8") + f"{A_UNIT.removeprefix(', as in ')}\n", encoding="utf-8")
    readme.write_bytes("# 我们的\n\n## A case study\n".encode("gb18030"))
    assert main(["--schema", str(folder)]) == 0
    assert schema_of(folder)["$defs"]["units"]["enum"][-1] == "tonne"
    assert readme.read_bytes().startswith("# 我们的\n\n## A case study\n\n## A case\n".encode("gb18030"))
    assert json.loads((folder / SCHEMA_FILE).read_bytes()) == schema_of(folder)
    assert make_files(folder)[0][FIELDS_FILE] == readme.read_bytes()
    assert str(folder) not in (folder / SCHEMA_FILE).read_text(encoding="utf-8")


def test_files_are_not_made_of_a_faulty_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "reference" / "units.yaml").unlink()
    assert main(["--schema", str(folder)]) == 1
    assert capsys.readouterr().out.startswith("data/reference/units.yaml:1:1 cannot be read (No such file")
    assert not (folder / SCHEMA_FILE).exists()


def test_files_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / SCHEMA_FILE).mkdir()
    with pytest.raises(SystemExit, match="2"):
        main(["--schema", str(folder)])
    advice = "Make it and its folder writable"
    assert capsys.readouterr().err == f"data/{SCHEMA_FILE}: cannot be written (Is a directory). {advice}\n"


def named_schema(path: Path, folder: Path | None = None) -> Path:
    """The schema that the first line of a file leads to from its folder or another, by way of the one that refers."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = ((folder or path.parent) / first.removeprefix("# yaml-language-server: $schema=")).resolve()
    reference = json.loads(found.read_text(encoding="utf-8")).get("$ref", "")
    return (found.parent / reference).resolve() if reference else found


def test_the_template_names_the_schema_where_it_is_and_where_it_is_copied_to() -> None:
    template = FOLDER / "template.yaml"
    assert named_schema(template) == named_schema(template, FOLDER / "cases") == FOLDER / SCHEMA_FILE


def test_the_schema_describes_every_field_and_lists_the_ids_of_the_tables(dataset: Dataset) -> None:
    schema = schema_of()
    groups = [schema, *(group for group in schema["$defs"].values() if "properties" in group)]
    fields = [(name, field) for group in groups for name, field in group["properties"].items()]
    assert len(fields) > 80
    assert [name for name, field in fields if not field.get("description")] == []
    assert {name: schema["$defs"][name]["enum"] for name in ("places", "domains", "units")} == {
        "places": [*dataset.places], "domains": [*dataset.domains], "units": [*dataset.units]
    }  # fmt: skip
    assert "table" not in {name for _, field in fields for name in field}


@pytest.mark.parametrize("path", CASE_FILES, ids=[path.stem for path in CASE_FILES])
def test_a_case_file_names_the_schema_and_follows_it(path: Path) -> None:
    assert named_schema(path) == FOLDER / SCHEMA_FILE
    jsonschema.validate(plain(path.read_bytes()), schema_of())


def plain(raw: bytes) -> Any:
    """A case file as an editor shows it."""
    file = File(NAME, raw)
    assert file.problems == []
    return json.loads(json.dumps(file.value))


@pytest.mark.parametrize(
    ("old", "new", "follows"),
    [
        pytest.param(PHRASE, "时限由100天压缩至50天", False, id="phrase-without-translation"),
        pytest.param(
            PHRASE, "{text: 由100天压缩至50天, en: limit, occurrence: 2}", True, id="phrase-that-occurs-twice"
        ),
        pytest.param(PHRASE, "{en: limit}", False, id="phrase-without-text"),
        pytest.param(PHRASE, f"{{text: {'天' * 41}, en: days}}", False, id="phrase-too-long"),
        pytest.param("date: 2020-09", "date: 2020", True, id="date-as-year"),
        pytest.param("date: 2020-09", "date: 2020-9", False, id="date-without-zeros"),
        pytest.param(SPAN, "{during: 2019}", True, id="period-of-a-year"),
        pytest.param(SPAN, "{during: 2019, end: 2020}", False, id="period-of-a-year-with-an-end"),
        pytest.param(NOTE, "", True, id="undated-without-note"),
        pytest.param(f"undated{NOTE}", "other", False, id="caveat-without-note"),
        pytest.param("value: 100", "value: 约30", False, id="number-as-words"),
        pytest.param("value: 100", "valeu: 100", False, id="unknown-key"),
        pytest.param("role: outcome", "role: result", False, id="unknown-role"),
        pytest.param("    role: outcome\n", "", False, id="missing-key"),
        pytest.param("place: anyang", "place: anyan", False, id="misspelt-place"),
        pytest.param("places: [henan]", "places: [henn]", False, id="misspelt-place-of-the-case"),
        pytest.param("domains: [agriculture]", "domains: [argiculture]", False, id="misspelt-domain"),
        pytest.param("unit: day", "unit: days", False, id="misspelt-unit"),
        pytest.param("value: 50", "{value: 50, unit: dayz}", False, id="misspelt-unit-of-an-end"),
        pytest.param("en: Test case", f"en: {'T' * 60}", True, id="title-of-the-longest"),
        pytest.param("en: Test case", f"en: {'T' * 61}", False, id="title-too-long"),
    ],
)
def test_the_schema_tells_right_from_wrong(old: str, new: str, follows: bool) -> None:
    case = plain(edited(good(), {old: new}).encode())
    assert jsonschema.Draft202012Validator(schema_of()).is_valid(case) is follows
