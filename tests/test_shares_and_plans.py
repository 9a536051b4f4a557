"""On every screen and in every download, a change that is calculated says so, and a plan is in the future."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import docx
import pytest

from data.downloads.csv_json import write_case_json, write_csv
from data.downloads.extract import Extract
from data.downloads.word import write_case
from data.reading.live import current
from data.wording.rows import Rows
from tests.app import bodies, visit, words

DATASET = current().dataset
LANGS = ("zh", "en")
CALCULATED = "2020-01-water-pricing", "jiaxian-water-efficiency"
PLANS = {lang: [row for row in Rows(DATASET, lang) if row.grade == "P"] for lang in LANGS}
RESULTS = {lang: [row for row in rows if row.role in ("outcome", "output")] for lang, rows in PLANS.items()}
CASES = {row.case_id for row in PLANS["en"]}
AHEAD = {"zh": re.compile("计划"), "en": re.compile(r" to (be|number|reach|rise|fall) ")}
HAPPENED = re.compile(r"\b(rose|fell|went|reached|moved|stayed)\b")
FINDING = re.compile(r'<h3 class="([^"]*)">(.*?)</h3>')


@pytest.fixture(scope="module")
def table() -> dict[tuple[str, str], dict[str, str]]:
    """The rows of the downloaded table by case and metric."""
    text = write_csv(Extract(DATASET).table("metrics")).decode("utf-8-sig")
    return {(row["case_id"], row["metric_id"]): row for row in csv.DictReader(io.StringIO(text))}


def test_the_table_marks_a_change_that_is_calculated(table):
    row = table[CALCULATED]
    columns = ("change_value", "change_kind", "change_bound", "change_origin")
    assert [row[name] for name in columns] == ["0.1", "difference", "exact", "derived"]
    assert row["formula"].startswith("change = 0.7 − 0.6 = 0.1")


def test_the_json_of_a_case_keeps_what_is_stated_apart_from_what_is_calculated():
    case_id, metric_id = CALCULATED
    case = json.loads(write_case_json(Extract(DATASET), DATASET.by_id[case_id]))["case"]
    (metric,) = (metric for metric in case["metrics"] if metric["id"] == metric_id)
    assert "change" not in metric
    assert metric["evidence"]["derived_change"] == {"value": 0.1, "bound": "exact", "kind": "difference"}


def test_no_column_says_that_a_plan_improved(table):
    assert {row.role for row in PLANS["en"]} == {"outcome", "output", "input"}
    assert {row.status for row in PLANS["en"]} == {"target", "planned"}
    for row in PLANS["en"]:
        found = table[row.case_id, row.metric_id]
        assert (found["grade"], found["direction"]) == ("P", ""), row.metric_id


def test_a_plan_is_told_as_one_in_sentences_and_where_its_value_stands_alone(lang):
    status = {"zh": ("（目标）", "（规划）"), "en": (" (target)", " (plan)")}[lang]
    for row in PLANS[lang]:
        assert AHEAD[lang].search(row.finding), row.finding
        assert not HAPPENED.search(row.finding), row.finding
        assert row.after_label.endswith(status[row.status == "planned"]), row.after_label
        assert row.direction_word == ""


def test_no_page_shows_a_plan_in_the_colour_of_what_improved(lang):
    shown = {case: visit("case", lang=lang, case=case) for case in CASES}
    coloured = {html.unescape(text): name for at in shown.values() for name, text in FINDING.findall(bodies(at))}
    assert {row.finding: coloured[row.finding] for row in RESULTS[lang]} == {
        row.finding: "plan" for row in RESULTS[lang]
    }
    assert [row.metric_id for row in PLANS[lang] if row.after_label not in words(shown[row.case_id])] == []


def test_on_paper_the_value_of_a_plan_is_told_as_one(lang):
    for row in RESULTS[lang]:
        read = bodies(visit("case", lang=lang, case=row.case_id, view="print", annex="all"))
        assert row.finding in html.unescape(read)


def test_a_brief_tells_the_value_of_a_plan_as_one(lang):
    cells: dict[str, list[list[str]]] = {}
    for case in CASES:
        document = docx.Document(io.BytesIO(write_case(DATASET, DATASET.by_id[case], lang, annex=True)))
        cells[case] = [[cell.text for cell in line.cells] for found in document.tables for line in found.rows]
    for row in PLANS[lang]:
        told = [line[1].split("\n")[0] for line in cells[row.case_id] if line[0] == row.name]
        assert told == [" → ".join(filter(None, (row.before_label, row.after_label)))]
