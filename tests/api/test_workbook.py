"""The workbook as openpyxl reads it: every cell equals the table's, none is a formula, and the sheet is ready for use."""

from __future__ import annotations

import io
from functools import cache

import openpyxl
import pandas as pd
import pytest

from data.downloads.dictionary import describe_column, list_columns
from data.downloads.excel import SHEETS, write_workbook
from data.downloads.extract import EMPTY_NOTE, Extract
from data.query.filters import Filters
from data.reading.live import current

DATASET = current().dataset
ADDRESS = "http://localhost:8501"
EXTRACTS = {
    "all": Extract(DATASET, address=ADDRESS),
    "filtered": Extract(DATASET, Filters(city=("411200",), domain=("finance",)), ADDRESS),
    "some columns": Extract(DATASET, columns=("metric_id", "index"), sort=("-index",), limit=5),
    "nothing": Extract(DATASET, Filters(search="zzz")),
    "no address": Extract(DATASET),
}


@cache
def written(name: str) -> bytes:
    return write_workbook(EXTRACTS[name])


@cache
def opened(name: str) -> openpyxl.Workbook:
    """The workbook of an extract, only to be read."""
    return openpyxl.load_workbook(io.BytesIO(written(name)))


@pytest.mark.parametrize("table", SHEETS)
@pytest.mark.parametrize("name", EXTRACTS)
def test_every_cell_is_the_table_s(name, table):
    heading, *rows = opened(name)[table].iter_rows()
    expected = EXTRACTS[name].table(table).astype(object)
    assert [cell.value for cell in heading] == list(expected.columns)
    assert [[cell.value for cell in row] for row in rows] == expected.where(expected.notna(), None).to_numpy().tolist()
    kinds = {"string": {"s"}, "integer": {"n"}, "number": {"n"}}
    for at, column in enumerate(expected.columns):
        assert {row[at].data_type for row in rows if row[at].value is not None} <= kinds[describe_column(column).kind]


def test_a_figure_says_that_another_document_differs():
    sheet = opened("all")["metrics"]
    heading, *rows = sheet.iter_rows(values_only=True)
    at = [heading.index(name) for name in ("case_id", "metric_id", "elsewhere_relations")]
    expected = {
        (case.id, metric.id)
        for case in DATASET.cases
        for metric in case.metrics
        if any(reading.relation == "differs" for reading in metric.elsewhere)
    }
    told = {(row[at[0]], row[at[1]]) for row in rows if "differs" in str(row[at[2]]).split(" | ")}
    assert told == expected != set()


def test_headings_stay_in_view_and_filter():
    book = opened("all")
    assert book.sheetnames[1:] == [*SHEETS, "dictionary", "provenance"]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        widths = {
            cell.value: sheet.column_dimensions[cell.column_letter].width
            for cell in sheet[1]
            if cell.column_letter in sheet.column_dimensions
        }
        assert [name for name, width in widths.items() if not min(len(name), 30) + 2 < width < 62] == []


def test_numbers_are_written_as_they_are_read():
    sheet = opened("all")["metrics"]
    formats = {
        cell.number_format: cell.value
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.data_type == "n" and cell.value is not None
    }
    assert set(formats) == {"0", "#,##0", "#,##0.0########"}
    assert isinstance(formats["#,##0.0########"], float)


def test_a_case_leads_to_its_page():
    book = opened("all")
    for table in SHEETS:
        (cells,) = (row for row in book[table].iter_cols(min_row=2) if row[0].value in DATASET.by_id)
        assert [cell.hyperlink.target for cell in cells] == [f"{ADDRESS}/case?case={cell.value}" for cell in cells]


def test_without_an_address_there_are_no_links():
    assert not any(cell.hyperlink for row in opened("no address")["metrics"].iter_rows() for cell in row)


def test_the_dictionary_explains_the_columns_that_are_there():
    explained = [row[:2] for row in opened("some columns")["dictionary"].iter_rows(min_row=2, values_only=True)]
    whole = [(table, name) for table in SHEETS[1:] for name in list_columns(table)]
    assert explained == [("metrics", "metric_id"), ("metrics", "index"), *whole]


@pytest.mark.parametrize(
    ("name", "filtered"), [("all", "none"), ("filtered", "city=411200&domain=finance"), ("nothing", "search=zzz")]
)
def test_the_provenance_names_source_filter_and_rows(name, filtered):
    extract, book = EXTRACTS[name], opened(name)
    said = {row[2]: row[3] for row in book["provenance"].iter_rows(min_row=2, values_only=True)}
    assert (said["Document"], said["Filter"]) == (DATASET.source.title.en, filtered)
    assert said["Rows of figures"] == f"{len(extract.table('metrics'))} of {len(DATASET.table)}"
    assert said.get("Note") == (EMPTY_NOTE.en if name == "nothing" else None)
    assert book.properties.description == f"filter: {filtered}"


def test_pandas_reads_the_same_numbers():
    read = pd.read_excel(io.BytesIO(written("all")), sheet_name="metrics")
    numbers = [name for name in list_columns("metrics") if describe_column(name).kind == "number"]
    pd.testing.assert_frame_equal(read[numbers].astype("float64"), DATASET.table[numbers], check_exact=True)
