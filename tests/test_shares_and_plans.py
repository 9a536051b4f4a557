"""On every screen and in every download: a share changes in percentage points, without an index of our making, and a plan lies ahead."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from streamlit.testing.v1 import AppTest

import data.reading.live
from data.downloads.csv_json import write_case_json, write_csv
from data.downloads.extract import Extract
from data.downloads.word import write_case
from data.query.dataset import Dataset
from data.reading.load import FOLDER
from data.wording.rows import worded_rows

SHELL = Path(__file__).parent.parent / "pages" / "shell.py"
HEALTH, SHARE, LITERACY = "2020-09-dancheng-health", "in-county-inpatient-rate", "health-literacy"
STATED = "    after: {value: 81.22, period: {start: 2020-01, end: 2020-10, kind: during}, period_basis: implied}\n"
EARLIER = "    before: {value: 78.82, period: {start: 2018, end: 2018, kind: during}}\n"
LANGS = ("zh", "en")
CALCULATED = {
    "zh": ("由78.82%升至81.22%（+2.4个百分点，由前后值算出）", "推算：变化 = 81.22 − 78.82 = 2.4"),
    "en": ("rose from 78.82% to 81.22% (+2.4 pp, calculated)", "Derived: change = 81.22 − 78.82 = 2.4"),
}
POINTS = {"zh": ("+2.4个百分点", "+7.5个百分点"), "en": ("+2.4 pp", "+7.5 pp")}
AHEAD = {"zh": re.compile("计划"), "en": re.compile(r" to (be|reach|rise|fall) ")}
HAPPENED = re.compile(r"\b(rose|fell|went|reached|moved|stayed)\b")
FINDING = re.compile(r'<p class="finding ([^"]*)">(.*?)</p>')
MARKUP = re.compile(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", re.DOTALL)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """The dataset of the pages, with an earlier value for a share of the source."""
    folder = tmp_path_factory.mktemp("share") / "data"
    for part in ("cases", "reference"):
        shutil.copytree(FOLDER / part, folder / part)
    file = folder / "cases" / f"{HEALTH}.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(STATED) == 1
    file.write_text(text.replace(STATED, EARLIER + STATED), encoding="utf-8")
    data.reading.live.use(folder)
    yield data.reading.live.current().dataset
    data.reading.live.use(FOLDER)
    data.reading.live.current()


def visit(page: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(SHELL), default_timeout=30)
    at.query_params.update(query)
    at.run()
    if page:
        at.switch_page(f"{page}.py").run()
    assert not at.exception, at.exception
    return at


def bodies(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def words(at: AppTest) -> str:
    return html.unescape(MARKUP.sub(" ", bodies(at)))


def charts(at: AppTest) -> dict[str, Any]:
    return {chart.key: chart.proto for chart in at.get("plotly_chart")}


def rows_of(dataset: Dataset, lang: str = "en") -> dict[str, Any]:
    return {row.metric_id: row for row in worded_rows(dataset, lang)}


def table_of(dataset: Dataset) -> dict[str, dict[str, str]]:
    text = write_csv(Extract(dataset).table("metrics")).decode("utf-8-sig")
    return {row["metric_id"]: row for row in csv.DictReader(io.StringIO(text))}


# --- shares


def test_the_table_has_the_points_of_a_share_as_calculated_and_no_index(dataset):
    row = table_of(dataset)[SHARE]
    columns = ("change_value", "change_kind", "change_bound", "change_origin", "index", "index_bound", "formula")
    assert {name: row[name] for name in columns} == {
        "change_value": "2.4",
        "change_kind": "points",
        "change_bound": "exact",
        "change_origin": "derived",
        "index": "",
        "index_bound": "",
        "formula": "change = 81.22 − 78.82 = 2.4",
    }
    assert (row["grade"], row["direction"]) == ("A", "improved")


def test_the_json_of_a_case_keeps_what_is_stated_apart_from_what_is_calculated(dataset):
    case = json.loads(write_case_json(Extract(dataset), dataset.by_id[HEALTH]))["case"]
    (metric,) = (metric for metric in case["metrics"] if metric["id"] == SHARE)
    assert "change" not in metric
    assert metric["evidence"]["derived_change"] == {"value": 2.4, "bound": "exact", "kind": "points"}
    assert metric["evidence"]["index"] is None


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_a_case_heads_a_share_in_points_and_says_that_they_are_calculated(dataset, lang):
    at = visit("case", lang=lang, case=HEALTH)
    sentence, formula = CALCULATED[lang]
    drawn = charts(at)[f"chart-figure-{SHARE}"]
    assert sentence in words(at)
    assert formula in words(at)
    assert sentence in drawn.alt
    assert "customdata" not in drawn.spec, "drawn from its earlier to its later value, not as an index"
    assert not re.search(r"\+3(\.\d+)?%", words(at))


@pytest.mark.parametrize("lang", LANGS)
def test_a_chart_of_indices_leaves_a_share_out_and_says_so(dataset, lang):
    at = visit("", lang=lang)
    found = {name for trace in json.loads(charts(at)["index"].spec)["data"] for _, name in trace.get("customdata", ())}
    assert SHARE not in found
    assert {"out-of-county-referral-rate", "primary-care-visit-rate"} <= found, (
        "their relative change is the source's own"
    )
    note = {
        "zh": "占比（以百分点计，材料自己写明百分比变化的除外）",
        "en": "shares (they change in percentage points, ",
    }
    assert note[lang] in words(at)


@pytest.mark.parametrize("lang", LANGS)
def test_compare_puts_the_points_of_shares_side_by_side(dataset, lang):
    both = [f"{HEALTH}.{SHARE}", f"{HEALTH}.{LITERACY}"]
    at = visit("compare", lang=lang, figures=",".join(both))
    assert [f"chart-compare-difference-{figure}" in charts(at) for figure in both] == [True, True]
    for figure, label in zip(both, POINTS[lang], strict=True):
        drawn = json.loads(charts(at)[f"chart-compare-difference-{figure}"].spec)
        assert [note["text"] for note in drawn["layout"]["annotations"]] == [f"<b>{label}</b>"]


@pytest.mark.parametrize(
    ("lang", "reason"),
    [("zh", "占比的变化以百分点计"), ("en", "A share changes in percentage points; it has no index")],
)
def test_compare_refuses_a_share_beside_an_index_and_says_why(dataset, lang, reason):
    at = visit("compare", lang=lang, figures=f"{HEALTH}.{SHARE},{HEALTH}.inpatient-cost-per-stay")
    assert "compare-index" not in charts(at)
    assert reason in words(at)


@pytest.mark.parametrize(("lang", "change"), [("zh", "+2.4个百分点 *"), ("en", "+2.4 pp *")])
def test_a_brief_marks_the_points_of_a_share_as_calculated(dataset, lang, change):
    document = docx.Document(io.BytesIO(write_case(dataset, dataset.by_id[HEALTH], lang)))
    name = rows_of(dataset, lang)[SHARE].name
    (row,) = (row for row in document.tables[0].rows if row.cells[0].text == name)
    assert [cell.text for cell in row.cells[2:5]] == ["78.82%", "81.22%", change]
    assert any(paragraph.text.startswith("* ") for paragraph in document.paragraphs)


# --- plans


@pytest.fixture(scope="module")
def plans(dataset) -> list[Any]:
    found = [row for row in worded_rows(dataset, "en") if row.status != "observed"]
    assert {row.status for row in found} == {"target", "planned"}
    assert any(row.better != "neutral" and row.before_value is not None for row in found)
    return found


def test_no_column_says_that_a_plan_improved(dataset, plans):
    table = table_of(dataset)
    assert {row.metric_id: table[row.metric_id]["direction"] for row in plans} == {row.metric_id: "" for row in plans}


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_is_told_as_one_in_sentences_and_where_its_value_stands_alone(dataset, plans, lang):
    said, status = rows_of(dataset, lang), {"zh": ("（目标）", "（规划）"), "en": (" (target)", " (plan)")}[lang]
    for plan in plans:
        row = said[plan.metric_id]
        assert AHEAD[lang].search(row.finding), row.finding
        assert not HAPPENED.search(row.finding), row.finding
        assert row.after_label.endswith(status[row.status == "planned"]), row.after_label
        assert row.direction_word == ""


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_shows_a_plan_in_the_colour_of_what_improved(dataset, plans, lang):
    said = rows_of(dataset, lang)
    for case_id in dict.fromkeys(plan.case_id for plan in plans):
        at = visit("case", lang=lang, case=case_id)
        own = [said[plan.metric_id] for plan in plans if plan.case_id == case_id]
        coloured = {html.unescape(text): name for name, text in FINDING.findall(bodies(at))}
        results = [row.finding for row in own if row.role in ("outcome", "output")]
        assert {sentence: coloured[sentence] for sentence in results} == dict.fromkeys(results, "plan")
        assert [row.metric_id for row in own if row.after_label not in words(at)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_on_paper_the_value_of_a_plan_is_told_as_one(dataset, plans, lang):
    said = rows_of(dataset, lang)
    for plan in plans:
        if plan.role in ("outcome", "output"):
            row = said[plan.metric_id]
            at = visit("case", lang=lang, case=plan.case_id, view="print")
            assert f"{row.change_label or row.after_label} {row.name} {row.grade_word}" in " ".join(words(at).split())


@pytest.mark.parametrize("lang", LANGS)
def test_a_brief_tells_the_value_of_a_plan_as_one(dataset, plans, lang):
    said = rows_of(dataset, lang)
    for plan in plans:
        document = docx.Document(io.BytesIO(write_case(dataset, dataset.by_id[plan.case_id], lang)))
        row = said[plan.metric_id]
        cells = [[cell.text for cell in line.cells] for table in document.tables for line in table.rows]
        assert [line[2] for line in cells if line[0] == row.name and len(line) == 5] == [row.after_label]
