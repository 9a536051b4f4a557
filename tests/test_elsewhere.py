"""What other public documents say of a figure: shown beside it wherever it goes, and never part of it."""

from __future__ import annotations

import csv
import html
import io
import json
import zipfile
from dataclasses import replace
from functools import cache

import docx
import pytest

from data.downloads.csv_json import write_case_json
from data.downloads.extract import Extract
from data.downloads.package import write_package
from data.downloads.word import write_case
from data.model.evidence import derive
from data.model.gaps import flags_of, missing_ends
from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.reading.live import current
from data.wording.citation import quote_metric
from data.wording.rows import MetricRow, Rows
from pages.markup.environment import render

DATASET = current().dataset
ROWS = {lang: Rows(DATASET, lang) for lang in ("zh", "en")}
READINGS = [(case, metric, each) for case in DATASET.cases for metric in case.metrics for each in metric.elsewhere]
DIFFERING = [(case.id, metric.id) for case, metric, reading in READINGS if reading.relation == "differs"]
LABELS: dict[Lang, str] = {"zh": "其他材料数字不同", "en": "Another document differs"}
LANGS: tuple[Lang, ...] = ("zh", "en")


def show_evidence(row: MetricRow, lang: str) -> str:
    return render("card", "evidence", lang, row, None, False)


def row_of(case_id: str, metric_id: str, lang: Lang) -> MetricRow:
    return next(row for row in ROWS[lang] if (row.case_id, row.metric_id) == (case_id, metric_id))


def strip(case: Case) -> Case:
    """The case without what other documents say."""
    metrics = tuple(metric.model_copy(update={"elsewhere": ()}) for metric in case.metrics)
    return case.model_copy(update={"metrics": metrics})


@cache
def stripped() -> Dataset:
    return replace(DATASET, cases=tuple(map(strip, DATASET.cases)), version="")


def test_a_reading_says_what_differs_and_changes_nothing_of_the_figure():
    assert ("2020-04-digital-zhengzhou", "car-park-spaces") in DIFFERING
    assert ("2020-04-digital-zhengzhou", "supervised-vehicles") not in DIFFERING, "it is of another scope"
    for case, metric, reading in READINGS:
        assert reading.note is not None
        alone = strip(case)
        bare = next(each for each in alone.metrics if each.id == metric.id)
        evidence = derive(metric, DATASET.units)
        assert derive(bare, DATASET.units) == evidence
        assert flags_of(alone, bare) == flags_of(case, metric)
        assert missing_ends(bare, evidence) == missing_ends(metric, evidence)
        assert reading.phrase.text not in [phrase.text for phrase in metric.phrases]


def test_the_metrics_table_is_the_same_without_them_but_for_their_column():
    table = DATASET.table.drop(columns="elsewhere_relations")
    assert table.equals(stripped().table.drop(columns="elsewhere_relations"))
    assert stripped().table["elsewhere_relations"].isna().all()
    assert not Extract(stripped()).full_table("elsewhere").size


def test_the_finding_is_the_same_without_them(lang):
    pairs = zip(ROWS[lang], Rows(stripped(), lang), strict=True)
    assert [(one.finding, one.direction, one.headline) for one, _ in pairs] == [
        (other.finding, other.direction, other.headline) for other in Rows(stripped(), lang)
    ]


@pytest.mark.parametrize("name", DIFFERING, ids=".".join)
def test_a_figure_that_differs_says_so_in_words_wherever_it_is_shown(name, lang):
    row = row_of(*name, lang)
    card, line = render("card", "card", lang, row), render("card", "table", lang, [row], "")
    quotation = quote_metric(row, DATASET.source, lang, "")
    for shown in (card, line, quotation):
        assert row.elsewhere[0].phrase in shown
        assert row.elsewhere[0].publisher in shown
        assert row.elsewhere[0].note in html.unescape(shown)
    assert f"≠ {LABELS[lang]}" in card and f"≠ {LABELS[lang]}" in line and LABELS[lang] in quotation


def test_a_figure_without_another_number_has_no_such_mark(lang):
    for row in ROWS[lang]:
        said = show_evidence(row, lang) + quote_metric(row, DATASET.source, lang, "")
        assert (LABELS[lang] in said) == ((row.case_id, row.metric_id) in DIFFERING)


def test_the_brief_says_all_of_them_and_marks_those_that_differ(lang):
    for case_id in {case.id for case, _, _ in READINGS}:
        document = docx.Document(io.BytesIO(write_case(DATASET, DATASET.by_id[case_id], lang, annex=True)))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        for case, _, reading in READINGS:
            if case.id == case_id:
                told = [cell for cell in cells if reading.phrase.text in cell and reading.note[lang] in cell]
                assert len(told) == 1
                assert (LABELS[lang] in told[0]) == (reading.relation == "differs")


def test_the_package_has_them_beside_the_figure_and_in_a_table():
    with zipfile.ZipFile(io.BytesIO(write_package(Extract(DATASET)))) as package:
        metrics, elsewhere = (
            list(csv.DictReader(io.StringIO(package.read(f"{name}.csv").decode("utf-8-sig"))))
            for name in ("metrics", "elsewhere")
        )
    told = {(row["case_id"], row["metric_id"]) for row in metrics if "differs" in row["elsewhere_relations"]}
    assert told == set(DIFFERING)
    assert [row["phrase"] for row in elsewhere] == [reading.phrase.text for _, _, reading in READINGS]


def test_the_case_as_json_has_them():
    for case_id, metric_id in DIFFERING:
        found = json.loads(write_case_json(Extract(DATASET), DATASET.by_id[case_id]))["case"]["metrics"]
        told = next(metric["elsewhere"] for metric in found if metric["id"] == metric_id)
        assert "differs" in [reading["relation"] for reading in told]


def test_an_address_is_a_link_only_if_it_is_one():
    row = row_of("2020-04-digital-zhengzhou", "supervised-vehicles", "en")
    shown = show_evidence(row, "en")
    assert 'href="http://zzdsj.zhengzhou.gov.cn/gzdt/4626533.jhtml" target="_blank" rel="noopener"' in shown
    assert "<a " not in show_evidence(row_of("2020-04-digital-zhengzhou", "resident-population", "en"), "en")


@pytest.mark.parametrize("address", ["javascript://x%0Aalert(1)", "ftp://example.org/a", "《河南日报》第3版"])
def test_another_address_is_text(address):
    reading = replace(row_of("2020-04-digital-zhengzhou", "supervised-vehicles", "en").elsewhere[0], address=address)
    shown = render("card", "elsewhere", "en", reading)
    assert "<a " not in shown and address in html.unescape(shown)
