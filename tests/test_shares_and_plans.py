"""On every screen and in every download, a share changes in percentage points without a derived index, and a plan is in
the future.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import docx
import pytest

from data.downloads.csv_json import write_case_json, write_csv
from data.downloads.extract import Extract
from data.downloads.word import write_case
from data.query.dataset import Dataset
from data.reading.live import Live
from data.wording.rows import Rows
from tests.app import bodies, open_page, showing, words
from tests.folders import copy_data

CASE = "2020-11-made-up"
SHARE, POINTS, RELATIVE, COST = "share-of-two-ends", "share-in-points", "share-by-percent", "cost"
LANGS = ("zh", "en")
CALCULATED = {
    "zh": ("由78.82%升至81.22%（+2.4个百分点，推算）", "推算：变化 = 81.22 − 78.82 = 2.4"),
    "en": ("rose from 78.82% to 81.22% (+2.4 pp, calculated)", "Calculated: change = 81.22 − 78.82 = 2.4"),
}
IN_POINTS = {"zh": ("+2.4个百分点", "+7.5个百分点"), "en": ("+2.4 pp", "+7.5 pp")}
AHEAD = {"zh": re.compile("计划"), "en": re.compile(r" to (be|number|reach|rise|fall) ")}
HAPPENED = re.compile(r"\b(rose|fell|went|reached|moved|stayed)\b")
FINDING = re.compile(r'<h3 class="([^"]*)">(.*?)</h3>')
CARD = re.compile(r'<article class="figure-card" id="figure-share-of-two-ends">.*?</article>', re.DOTALL)
OBSERVED: Mapping[str, dict[str, Any]] = {
    SHARE: {"before": {"value": 78.82}, "after": {"value": 81.22}},
    POINTS: {"change": {"value": 7.5, "kind": "points"}},
    RELATIVE: {"change": {"value": -15.79, "kind": "relative"}},
    COST: {"unit": "cny", "better": "lower", "before": {"value": 100}, "after": {"value": 92.9}},
}
PLANNED: Mapping[str, dict[str, Any]] = {
    "target-of-a-share": {"status": "target", "before": {"value": 60}, "after": {"value": 95}},
    "target-output": {
        "status": "target",
        "role": "output",
        "unit": "item",
        "better": "neutral",
        "before": {"value": 26},
        "after": {"value": 138},
    },
    "planned-days": {
        "status": "planned",
        "role": "output",
        "unit": "day",
        "better": "lower",
        "before": {"value": 30},
        "after": {"value": 12},
    },
    "planned-rank": {"status": "planned", "unit": "rank", "better": "lower", "after": {"value": 1}},
    "planned-investment": {
        "status": "planned",
        "role": "input",
        "unit": "cny-100m",
        "better": "neutral",
        "after": {"value": 16},
    },
}
SECTION = {"zh": "推荐词", "en": "Citation"}
SHARED = {"place": "dancheng", "role": "outcome", "unit": "percent", "better": "higher", "section": SECTION}


def both(text: str) -> dict[str, str]:
    return {"zh": f"编{text}", "en": text}


def stated(metric: Mapping[str, Any]) -> str:
    """The numbers of a metric as a document prints them."""
    unit = "亿元" if metric.get("unit") == "cny-100m" else ""
    parts = (metric[name] for name in ("before", "after", "change") if name in metric)
    return "；".join(f"{abs(part['value'])}{unit}" for part in parts)


def made_up_case() -> dict[str, Any]:
    """A case with shares of every form, and plans of every status, role and direction."""
    metrics = [
        {
            "id": name,
            "name": both(name.replace("-", " ").capitalize()),
            **SHARED,
            "phrases": [{"text": f"{name}:{stated(more)}", "en": name}],
            **more,
        }
        for name, more in {**OBSERVED, **PLANNED}.items()
    ]
    return {
        "id": CASE,
        "year": 2020,
        "number": 11,
        "places": ["dancheng"],
        "domains": ["finance"],
        "period": {"end": 2020, "kind": "as_of"},
        **{name: both(name) for name in ("title", "submitted_by", "summary", "problem", "result")},
        "actions": [both("action")],
        "headlines": [SHARE],
        "metrics": metrics,
    }


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """The dataset of the pages with one more case."""
    folder = copy_data(tmp_path_factory.mktemp("share") / "data")
    (folder / "cases" / f"{CASE}.yaml").write_text(json.dumps(made_up_case(), ensure_ascii=False), encoding="utf-8")
    with showing(Live(folder)) as live:
        yield live.current().dataset


def rows_of(dataset: Dataset, lang: str) -> dict[str, Any]:
    """The rows of the case by metric."""
    return {row.metric_id: row for row in Rows(dataset, lang) if row.case_id == CASE}


def plans_of(dataset: Dataset, lang: str) -> list[Any]:
    return [row for name, row in rows_of(dataset, lang).items() if name in PLANNED]


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
    case = json.loads(write_case_json(Extract(dataset), dataset.by_id[CASE]))["case"]
    (metric,) = (metric for metric in case["metrics"] if metric["id"] == SHARE)
    assert "change" not in metric
    assert metric["evidence"]["derived_change"] == {"value": 2.4, "bound": "exact", "kind": "points"}
    assert metric["evidence"]["index"] is None


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_a_case_heads_a_share_in_points_and_says_that_they_are_calculated(dataset, lang):
    at = open_page("case", lang=lang, case=CASE)
    (card,) = CARD.findall(bodies(at))
    read = html.unescape(re.sub(r"<[^>]+>", " ", card))
    for text in CALCULATED[lang]:
        assert text in read
    assert "100" not in read, "drawn from its earlier to its later value, not as an index"
    assert not re.search(r"\+3(\.\d+)?%", words(at))


@pytest.mark.parametrize("lang", LANGS)
def test_the_findings_draw_no_arrow_of_a_share_but_where_the_source_says_a_relative_change(dataset, lang):
    at = open_page("overview", lang=lang, search=dataset.by_id[CASE].title[lang], role="outcome,output")
    at = open_page("overview", lang=lang)
    rows = {
        name: row
        for row in re.findall(r"<tr.*?</tr>", bodies(at), re.DOTALL)
        for name in re.findall(rf"case={CASE}&amp;figure=([\w-]+)", row)
    }
    assert 'class="arrow' not in rows[SHARE]
    assert {"zh": "变化为推算值", "en": "change calculated"}[lang] in rows[SHARE]
    assert 'class="arrow' in rows[RELATIVE], "its relative change is the source's own"


@pytest.mark.parametrize("lang", LANGS)
def test_compare_puts_the_points_of_shares_side_by_side(dataset, lang):
    pair = [f"{CASE}.{SHARE}", f"{CASE}.{POINTS}"]
    at = open_page("compare", lang=lang, figures=",".join(pair))
    (table,) = (part for part in bodies(at).split('<div class="findings compared">')[1:] if f"figure={POINTS}" in part)
    drawn = dict(re.findall(r'figure=([\w-]+)".*?<b class="size"[^>]*>([^<]*)', table, re.DOTALL))
    assert drawn == dict(zip((SHARE, POINTS), IN_POINTS[lang], strict=True))


@pytest.mark.parametrize(
    ("lang", "reason"),
    [("zh", "占比的变化以百分点计"), ("en", "A share changes in percentage points; it has no index")],
)
def test_compare_refuses_a_share_beside_an_index_and_says_why(dataset, lang, reason):
    at = open_page("compare", lang=lang, figures=f"{CASE}.{SHARE},{CASE}.{COST}")
    assert "compared" not in re.sub(r"<style>.*?</style>", "", bodies(at), flags=re.DOTALL)
    assert reason in words(at)


@pytest.mark.parametrize(("lang", "change"), [("zh", "+2.4个百分点 *"), ("en", "+2.4 pp *")])
def test_a_brief_marks_the_points_of_a_share_as_calculated(dataset, lang, change):
    document = docx.Document(io.BytesIO(write_case(dataset, dataset.by_id[CASE], lang)))
    name = rows_of(dataset, lang)[SHARE].name
    found = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    (row,) = (cells for cells in found if cells[0] == name and len(cells) == 7)
    assert row[2:5] == ["78.82%", "81.22%", change]
    assert any(paragraph.text.startswith("* ") for paragraph in document.paragraphs)


# --- plans


def test_no_column_says_that_a_plan_improved(dataset):
    table = table_of(dataset)
    assert {name: (table[name]["grade"], table[name]["direction"]) for name in PLANNED} == dict.fromkeys(
        PLANNED, ("P", "")
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_is_told_as_one_in_sentences_and_where_its_value_stands_alone(dataset, lang):
    status = {"zh": ("（目标）", "（规划）"), "en": (" (target)", " (plan)")}[lang]
    for row in plans_of(dataset, lang):
        assert AHEAD[lang].search(row.finding), row.finding
        assert not HAPPENED.search(row.finding), row.finding
        assert row.after_label.endswith(status[row.status == "planned"]), row.after_label
        assert row.direction_word == ""


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_shows_a_plan_in_the_colour_of_what_improved(dataset, lang):
    at, plans = open_page("case", lang=lang, case=CASE), plans_of(dataset, lang)
    coloured = {html.unescape(text): name for name, text in FINDING.findall(bodies(at))}
    results = [row.finding for row in plans if row.role in ("outcome", "output")]
    assert {sentence: coloured[sentence] for sentence in results} == dict.fromkeys(results, "plan")
    assert [row.metric_id for row in plans if row.after_label not in words(at)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_on_paper_the_value_of_a_plan_is_told_as_one(dataset, lang):
    read = words(open_page("case", lang=lang, case=CASE, view="print"))
    for row in plans_of(dataset, lang):
        if row.role in ("outcome", "output"):
            assert f"{row.change_label or row.after_label} {row.name} {row.grade_word}" in read


@pytest.mark.parametrize("lang", LANGS)
def test_a_brief_tells_the_value_of_a_plan_as_one(dataset, lang):
    document = docx.Document(io.BytesIO(write_case(dataset, dataset.by_id[CASE], lang)))
    cells = [[cell.text for cell in line.cells] for table in document.tables for line in table.rows]
    for row in plans_of(dataset, lang):
        assert [line[2] for line in cells if line[0] == row.name and len(line) == 5] == [row.after_label]
