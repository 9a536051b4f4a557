"""The table as a file that is safe in spreadsheets, and the two commands that need no server."""

from __future__ import annotations

import codecs
import csv
import io
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data.downloads.csv_json import write_csv
from data.downloads.dictionary import PRESETS
from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.export import main
from data.query.filters import Filters, list_options
from data.query.table import COLUMNS
from data.reading.live import current
from pages.markup.report import FORMATS

ROOT = Path(__file__).parent.parent
DATASET = current().dataset
TABLE = DATASET.table
FILE = write_csv(TABLE)
NUMBERS = [name for name in COLUMNS if TABLE[name].dtype == "float64"]


def cells(table: pd.DataFrame) -> list[list[str]]:
    """The cells as a spreadsheet reads them, heading first."""
    return list(csv.reader(io.StringIO(write_csv(table).decode("utf-8-sig"), newline="")))


def cell(value: object, kind: str = "string") -> str:
    return cells(pd.DataFrame({"x": pd.Series([value], dtype=kind)}))[1][0]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_the_byte_order_mark_stands_once():
    assert FILE.startswith(codecs.BOM_UTF8)
    assert FILE.count(codecs.BOM_UTF8) == 1


def test_every_line_ends_as_rfc_4180_says():
    assert FILE.endswith(b"\r\n")
    assert FILE.count(b"\n") == FILE.count(b"\r\n") == len(TABLE) + 1


def test_one_line_a_figure_and_a_heading():
    heading, *rows = cells(TABLE)
    assert heading == list(COLUMNS)
    assert len(rows) == len(TABLE)
    assert {len(row) for row in rows} == {len(COLUMNS)}


def test_an_empty_selection_is_a_heading():
    assert cells(TABLE.iloc[:0]) == [list(COLUMNS)]


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t1",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    " \t=1",
    "\u00a0=1",
    "\u3000-1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_text_that_a_spreadsheet_would_run_is_written_as_text(text):
    assert cell(text) == f"'{text}"


PLAIN = ["县外转诊率", "a=b", "2020-01/2020-10", "−15.79%", "a, b", 'a "b"', "a\nb", "'", ".. | ..", "0.7–0.8"]


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_other_text_is_written_as_it_is(text):
    assert cell(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-15.79, "-15.79"),
        (-40.0, "-40"),
        (0.0, "0"),
        (2333.0, "2333"),
        (0.1, "0.1"),
        (8626.68, "8626.68"),
        (1e-7, "1e-07"),
        (float("nan"), ""),
        (160.674931129, "160.674931129"),
    ],
)
def test_a_number_stays_a_number(value, written):
    assert cell(value, "float64") == written


def test_an_integer_stays_an_integer_and_a_missing_one_is_empty():
    assert (cell(9, "Int64"), cell(pd.NA, "Int64"), cell(pd.NA)) == ("9", "", "")


def test_numbers_are_never_quoted():
    lines = FILE.decode("utf-8-sig").split("\r\n")
    referral = next(line for line in lines if ",out-of-county-referral-rate," in line)
    assert ",-15.79," in referral
    assert '"-15.79"' not in referral
    assert "'-15.79" not in referral


def test_pandas_reads_the_same_table_back():
    types = {name: str(TABLE[name].dtype) for name in COLUMNS}
    read = pd.read_csv(io.BytesIO(FILE), dtype=types)
    pd.testing.assert_frame_equal(read, TABLE, check_exact=True)


def test_pandas_reads_numbers_as_numbers_without_being_told():
    read = pd.read_csv(io.BytesIO(FILE))
    assert [name for name in NUMBERS if read[name].dtype.kind not in "fi"] == []
    assert read.loc[read["metric_id"] == "out-of-county-referral-rate", "change_value"].tolist() == [-15.79]


SHORT = list(PRESETS["short"])


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        *(Filters(**{name: (values[0],)}) for name, values in list_options(DATASET).items()),
        Filters(search="转诊率"),
        Filters(search="zzz"),
    ],
    ids=lambda filters: filters.query(),
)
def test_few_columns_hold_the_same_as_all(filters):
    rows = Extract(DATASET, filters).table("metrics")
    short = write_csv(Extract(DATASET, filters, columns=PRESETS["short"]).table("metrics"))
    types = {name: str(TABLE[name].dtype) for name in COLUMNS}
    read, full = pd.read_csv(io.BytesIO(short), dtype=types), pd.read_csv(io.BytesIO(write_csv(rows)), dtype=types)
    assert len(read.columns) <= 15
    pd.testing.assert_frame_equal(read, full[SHORT], check_exact=True)


def test_few_columns_leave_out_no_bound_and_no_row_without_its_words():
    for value, bound in (("before_base", "before_bound"), ("after_base", "after_bound"), ("index", "index_bound")):
        rough = TABLE[TABLE[value].notna() & (TABLE[bound] != "exact")]
        assert bound in SHORT or rough.empty, f"{value} would be taken for exact: add {bound}"
    numbers = TABLE[[name for name in SHORT if name in NUMBERS]]
    assert TABLE.loc[numbers.isna().all(axis=1), "phrases"].notna().all()
    assert not {"change_value", "before_value", "after_value"} & {*SHORT}, "its multiplier would be hidden"
    assert TABLE["grade"].eq("P").equals(TABLE["status"].ne("observed")), "grade tells a plan"


NAMES = {
    "all": (Filters(), "henan-reforms_2020.csv"),
    "filtered": (Filters(city=("410300",), domain=("finance",)), "henan-reforms_2020_luoyang_finance.csv"),
    "searched": (Filters(grade=("A",), search="../转诊 率"), "henan-reforms_2020_A_转诊-率.csv"),
    "signs": (Filters(search="../.."), "henan-reforms_2020_search.csv"),
    "many": (
        Filters(city=("410100", "410200", "410300"), grade=("A", "B")),
        "henan-reforms_2020_zhengzhou_kaifeng_luoyang_and-2-more.csv",
    ),
}


@pytest.mark.parametrize(("filters", "name"), NAMES.values(), ids=NAMES)
def test_the_filter_is_in_the_file_name(filters, name):
    assert name_extract(Extract(DATASET, filters)) == name


def test_few_columns_are_in_the_file_name():
    extract = Extract(DATASET, Filters(domain=("finance",)), columns=PRESETS["short"])
    assert name_extract(extract) == "henan-reforms_2020_finance_short.csv"


def test_the_chosen_figure_is_in_the_file_name():
    assert (
        name_extract(Extract(DATASET, only=("2020-09-dancheng-health.out-of-county-referral-rate",)), "xlsx")
        == "henan-reforms_2020_out-of-county-referral-rate.xlsx"
    )


def test_export_by_command_writes_the_same_file(tmp_path):
    done = run("data.export", str(tmp_path / "metrics.csv"))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "metrics.csv").read_bytes() == FILE
    assert f"{len(TABLE)} rows, {len(COLUMNS)} columns" in done.stdout


@pytest.mark.parametrize("ending", [form.ending for form in FORMATS.values() if form.contents == "metrics"])
def test_export_by_command_writes_few_columns(ending, tmp_path, capsys):
    target = tmp_path / f"metrics.{ending}"
    assert main([str(target), "--columns", "short"]) == 0
    assert target.read_bytes() == FORMATS[ending].write(Extract(DATASET, columns=PRESETS["short"]))
    assert f"{len(TABLE)} rows, {len(SHORT)} columns" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "columns", "message"),
    [
        ("dataset.zip", "short", "A file of the form .zip has no choice of columns. Leave it out"),
        ("report_zh.html", "short", "A file of the form .html has no choice of columns. Leave it out"),
        ("metrics.csv", "shrt", "invalid choice: 'shrt'"),
    ],
)
def test_export_by_command_refuses_columns_that_it_has_not(name, columns, message, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / name), "--columns", columns])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_export_by_command_says_why_it_cannot_write(tmp_path, capsys):
    folder = tmp_path / "nowhere"
    with pytest.raises(SystemExit) as stopped:
        main([str(folder / "metrics.csv")])
    assert (stopped.value.code, capsys.readouterr().err) == (
        2,
        f'file: found "{folder / "metrics.csv"}". There is no folder "{folder}". Make it first\n',
    )


def test_check_by_command_says_how_much_is_sound():
    done = run("data.check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith(f"10 cases, {len(TABLE)} metrics, ")
