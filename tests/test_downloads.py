"""The downloads besides CSV: every format has the same rows, names its source and runs nothing. Other programs read
them in tests/api.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import data
from data.downloads.archive import reset_times, write_zip
from data.downloads.csv_json import CHUNK_ROWS, to_records, write_case_json, write_csv, write_json
from data.downloads.dictionary import KEYS, PRESETS, TABLES, list_columns
from data.downloads.excel import SHEETS, write_workbook
from data.downloads.extract import EMPTY_NOTE, LICENCE, RIGHTS, Extract
from data.downloads.file_names import name_extract
from data.downloads.geojson import write_places
from data.downloads.package import describe_package, write_package
from data.downloads.snippets import build_link, write_snippets
from data.export import main
from data.model.schema import Text
from data.query.filters import Filters, list_options
from data.query.table import COLUMNS
from data.reading.live import current
from pages.markup.report import FORMATS

DATASET = current().dataset
TABLE = DATASET.table
EVERYTHING = Extract(DATASET)
FILTERED = Extract(DATASET, Filters(city=("411200",), domain=("finance",)), "http://localhost:8501")
EMPTY = Extract(DATASET, Filters(search="zzz"))
EXTRACTS = {"all": EVERYTHING, "filtered": FILTERED, "nothing": EMPTY}
CJK = re.compile(r"[\u3400-\u9fff]")
HEALTH = DATASET.by_id["2020-09-dancheng-health"]


def files(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def hostile(text: str) -> Extract:
    """The dataset with a case and a metric that have these names."""
    case, *others = DATASET.cases
    metric, *rest = case.metrics
    name = Text.model_construct(zh=text, en=text)
    return Extract(
        replace(
            DATASET,
            cases=(
                case.model_copy(update={"title": name, "metrics": (metric.model_copy(update={"name": name}), *rest)}),
                *others,
            ),
        )
    )


# --- the dictionary


@pytest.mark.parametrize("table", TABLES)
def test_the_dictionary_has_every_column_in_its_order(table):
    assert list(EVERYTHING.full_table(table).columns) == list(list_columns(table))
    assert set(KEYS[table]) <= set(list_columns(table))
    assert not EVERYTHING.full_table(table).duplicated(list(KEYS[table])).any()


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table, columns in TABLES.items() for column in columns],
    ids=lambda part: getattr(part, "name", part),
)
def test_the_dictionary_is_true(table, column):
    values = EVERYTHING.full_table(table)[column.name]
    assert {"string": "string", "integer": "Int64", "number": "float64"}[column.kind] == values.dtype
    assert CJK.search(column.meaning.zh)
    assert set(values.dropna()) <= set(column.values or values.dropna())


def test_a_value_says_where_its_unit_stands():
    told = [column.name for column in TABLES["metrics"] if column.unit]
    assert told == [name for name in COLUMNS if name.endswith(("_value", "_low", "_high", "_base")) or name == "index"]
    assert all(
        part in COLUMNS
        for column in TABLES["metrics"]
        if column.unit and column.name != "index"
        for part in column.unit.en.removeprefix("as in ").split(", ")
    )


@pytest.mark.parametrize("table", TABLES)
def test_a_column_that_the_dictionary_calls_empty_is(table):
    told = {column.name for column in TABLES[table] if "empty in every row" in column.meaning.en}
    assert told == ({"before_low", "before_high"} if table == "metrics" else set())
    assert EVERYTHING.full_table(table)[sorted(told)].isna().all(axis=None)


# --- what is taken


ARRANGED: dict[str, tuple[dict[str, Any], Any]] = {
    "columns in the order asked for": ({"columns": ("index", "metric_id")}, TABLE[["index", "metric_id"]]),
    "a column once": ({"columns": ("grade", "grade")}, TABLE[["grade"]]),
    "a page": ({"offset": 5, "limit": 3}, TABLE.iloc[5:8]),
    "past the end": ({"offset": 10_000}, TABLE.iloc[:0]),
    "sorted": ({"sort": ("grade",)}, TABLE.sort_values("grade", kind="stable")),
    "falling, what is missing last": (
        {"sort": ("-index", "metric_id")},
        TABLE.sort_values(["index", "metric_id"], ascending=[False, True]),
    ),
    "sorted by what is not shown": (
        {"sort": ("-case_number",), "columns": ("metric_id",), "limit": 2},
        TABLE[TABLE["case_number"] == 10][["metric_id"]].head(2),
    ),
}


@pytest.mark.parametrize(("asked", "expected"), ARRANGED.values(), ids=ARRANGED)
def test_a_table_is_cut_and_sorted_as_asked(asked, expected):
    pd.testing.assert_frame_equal(Extract(DATASET, **asked).table("metrics"), expected)


def test_only_the_table_that_is_asked_for_is_cut():
    extract = Extract(DATASET, table_name="cases", columns=("case_id",), limit=2)
    assert extract.table("cases").shape == (2, 1)
    assert extract.table("metrics").shape == TABLE.shape


@pytest.mark.parametrize("extract", EXTRACTS.values(), ids=EXTRACTS)
def test_other_tables_follow_the_filter_and_places_and_units_are_whole(extract):
    chosen = {case.id for case in extract.selection.cases}
    assert set(extract.full_table("cases")["case_id"]) == chosen
    assert len(extract.full_table("conflicts")) == sum(len(case.conflicts) for case in extract.selection.cases)
    assert set(extract.full_table("metrics")["case_id"]) <= chosen
    assert (len(extract.full_table("places")), len(extract.full_table("units"))) == (
        len(DATASET.places),
        len(DATASET.units),
    )


def test_missing_baselines_stay_as_rows():
    baselines = TABLE["before_value"].notna()
    assert 0 < baselines.sum() < len(TABLE)
    for rows in (
        json.loads(write_json(EVERYTHING))["metrics"],
        list(csv.DictReader(io.StringIO(files(write_package(EVERYTHING))["metrics.csv"].decode("utf-8-sig")))),
    ):
        assert [row["before_value"] not in (None, "") for row in rows] == baselines.tolist()


# --- JSON


@pytest.mark.parametrize("extract", EXTRACTS.values(), ids=EXTRACTS)
def test_json_is_the_table_with_its_source_and_filter(extract):
    found = json.loads(write_json(extract))
    rows = found.pop("metrics")
    assert rows == [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in extract.selection.rows.astype(object).to_dict("records")
    ]
    assert found.pop("columns") == list(COLUMNS)
    assert found.pop("note", None) == (None if rows else {"zh": EMPTY_NOTE.zh, "en": EMPTY_NOTE.en})
    assert found == {
        "source": DATASET.source.model_dump(),
        "licence": dict(LICENCE),
        "rights": RIGHTS.model_dump(),
        "filter": extract.filters.query(),
        "matching": len(rows),
        "rows": len(rows),
    }


def test_a_page_of_json_says_how_many_rows_there_are():
    found = json.loads(write_json(Extract(DATASET, limit=3)))
    assert (found["matching"], found["rows"], len(found["metrics"])) == (len(TABLE), 3, 3)


@pytest.mark.parametrize("case", DATASET.cases, ids=lambda case: case.id)
def test_a_case_as_json_is_its_file_with_the_evidence(case):
    found = json.loads(write_case_json(FILTERED, case))["case"]
    evidence = [metric.pop("evidence") for metric in found["metrics"]]
    assert found == json.loads(case.model_dump_json(exclude_none=True))
    rows = TABLE[TABLE["case_id"] == case.id]
    assert [entry["grade"] for entry in evidence] == rows["grade"].tolist()
    assert [entry["index"] for entry in evidence] == [None if pd.isna(value) else value for value in rows["index"]]


# --- the ZIP file


@pytest.mark.parametrize("extract", EXTRACTS.values(), ids=EXTRACTS)
def test_the_package_holds_the_tables_and_describes_them(extract):
    packed = files(write_package(extract))
    described = json.loads(packed.pop("datapackage.json"))
    read_me = packed.pop("README.md").decode()
    assert packed == {f"{name}.csv": write_csv(extract.full_table(name)) for name in TABLES}
    assert {resource["path"]: resource["rows"] for resource in described["resources"]} == {
        f"{name}.csv": len(extract.full_table(name)) for name in TABLES
    }
    assert described["filter"] == extract.filters.query()
    assert described["licenses"] == [LICENCE]
    assert f"（{len(extract.full_table('metrics'))} / {len(TABLE)}）" in read_me
    assert all(name in read_me for name in packed)
    assert (EMPTY_NOTE.zh in read_me) == (EMPTY_NOTE.en in read_me) == (extract is EMPTY)


def test_workbook_and_package_mark_the_few_columns():
    described = {resource["name"]: resource for resource in describe_package(EVERYTHING)["resources"]}
    assert {name: each.get("columns_short") for name, each in described.items() if name == "metrics"} == {
        "metrics": PRESETS["short"]
    }
    sheet = pd.read_excel(io.BytesIO(write_workbook(EVERYTHING)), "dictionary")
    marked = sheet[sheet["columns"] == "short"]
    assert [*zip(marked["table"], marked["column"], strict=True)] == [
        ("metrics", name) for name in COLUMNS if name in PRESETS["short"]
    ]


def test_the_package_explains_every_column_in_both_languages():
    for resource in describe_package(EVERYTHING)["resources"]:
        assert [(field["name"], field["type"]) for field in resource["schema"]["fields"]] == [
            (column.name, column.kind) for column in TABLES[resource["name"]]
        ]
        assert all(
            CJK.search(field["description_zh"]) and not CJK.search(field["description"])
            for field in resource["schema"]["fields"]
        )


# --- the same data, the same bytes


@pytest.mark.parametrize(
    ("ending", "cached"), [("csv", None), ("json", None), ("xlsx", write_workbook), ("zip", write_package)]
)
def test_a_file_is_the_same_whenever_it_is_written(ending, cached):
    one = FORMATS[ending].write(FILTERED)
    if cached:
        cached.cache_clear()
    assert FORMATS[ending].write(FILTERED) == one


def test_an_archive_tells_no_time():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(zipfile.ZipInfo("a.txt", (2026, 5, 1, 12, 0, 0)), "a")
    with zipfile.ZipFile(io.BytesIO(reset_times(out.getvalue()))) as opened:
        assert [(entry.filename, datetime(*entry.date_time)) for entry in opened.infolist()] == [
            ("a.txt", datetime(1980, 1, 1))
        ]
    assert reset_times(out.getvalue()) == write_zip({"a.txt": b"a"})


def test_files_taken_out_of_the_package_may_be_read_by_all():
    with zipfile.ZipFile(io.BytesIO(write_package(FILTERED))) as opened:
        assert {oct(entry.external_attr >> 16) for entry in opened.infolist()} == {"0o100644"}


def test_a_large_table_is_written_as_a_small_one():
    times = 2 * CHUNK_ROWS // len(TABLE) + 1
    heading, *rows = write_csv(TABLE).splitlines(keepends=True)
    assert write_csv(pd.concat([TABLE] * times, ignore_index=True)) == heading + b"".join(rows) * times


# --- text is never run


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_csv_of_the_package_holds_a_formula(text):
    packed = files(write_package(hostile(text)))
    for name, column in (
        ("metrics.csv", "metric_zh"),
        ("metrics.csv", "case_title_zh"),
        ("cases.csv", "case_title_en"),
    ):
        first = next(csv.DictReader(io.StringIO(packed[name].decode("utf-8-sig"), newline="")))
        assert first[column] == f"'{text}"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_sheet_of_the_workbook_holds_a_formula(text):
    parts = files(write_workbook(hostile(text)))
    sheets = {name: content.decode() for name, content in parts.items() if name.startswith("xl/worksheets/sheet")}
    assert len(sheets) == len(SHEETS) + 3
    assert not any("<f>" in content for content in sheets.values())
    assert f">{text}<" in parts["xl/sharedStrings.xml"].decode()


def test_json_keeps_text_as_it_is():
    assert to_records(hostile("=1").table("metrics"))[0]["metric_zh"] == "=1"


# --- places


@pytest.mark.parametrize("extract", EXTRACTS.values(), ids=EXTRACTS)
def test_places_say_what_is_there(extract):
    found = json.loads(write_places(extract))
    places = {feature["id"]: feature for feature in found["features"]}
    assert list(places) == list(DATASET.places)
    assert {feature["geometry"]["type"] if feature["geometry"] else None for feature in places.values()} == {
        "MultiPolygon",
        "Point",
        None,
    }
    rows = extract.selection.rows
    for place in DATASET.places.values():
        own = rows["prefecture_code"] == place.code if place.kind == "prefecture" else rows["place_id"] == place.id
        assert places[place.id]["properties"]["figures"] == int(own.sum())
    assert {case for feature in places.values() for case in feature["properties"]["cases"]} == {
        case.id for case in extract.selection.cases
    }


# --- links and commands


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        (Filters(), ""),
        (Filters(city=("410300", "410900"), domain=("finance",)), "?city=410300,410900&domain=finance"),
        (Filters(search="转诊 a&b"), "?search=%E8%BD%AC%E8%AF%8A+a%26b"),
        (Filters(search="\"'`$(x);\\"), "?search=%22%27%60%24%28x%29%3B%5C"),
    ],
    ids=["all", "several", "words", "what a shell would run"],
)
def test_a_link_can_be_pasted_anywhere(filters, query):
    assert build_link("http://a.b", "metrics.csv", filters) == f"http://a.b/api/metrics.csv{query}"
    written = write_snippets(Extract(DATASET, filters, "http://a.b"), "en")
    assert all(f'"http://a.b/api/metrics.csv{query}"' in code for code in written.values())


@pytest.mark.parametrize("ending", FORMATS)
def test_the_command_writes_the_form_that_the_ending_names(ending, tmp_path, capsys):
    target = tmp_path / f"dataset{'_zh' if FORMATS[ending].in_language else ''}.{ending.upper()}"
    assert main([str(target)]) == 0
    assert target.read_bytes() == FORMATS[ending].write(EVERYTHING)
    assert f"{len(TABLE)} rows" in capsys.readouterr().out


def test_the_command_names_the_forms_it_knows(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / "dataset.pdf")])
    assert stopped.value.code == 2
    assert f"Write a file whose name ends in one of: .{', .'.join(FORMATS)}\n" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


NEW_FORMAT = """
import sys
from data.downloads.formats import Format
from pages.markup.report import FORMATS

FORMATS["tsv"] = Format("tsv", "TSV", "text/tab-separated-values", lambda extract: b"a\\tb", "The figures as TSV")

from data.export import main
from streamlit.testing.v1 import AppTest
from tests.test_links import ask

assert main([sys.argv[1]]) == 0
link = ask("/api/metrics.tsv", {"city": "410300", "limit": "1"})
assert (link.status, link.body) == (200, b"a\\tb"), link
assert 'filename="henan-reforms_2020_luoyang.tsv"' in link.headers["content-disposition"], link
assert "/metrics.tsv" in ask("/api/openapi.json").json["paths"]
page = AppTest.from_file("pages/shell.py", default_timeout=60).run().switch_page("data_screen.py").run()
assert not page.exception, page.exception
assert "/api/metrics.tsv" in "".join(element.proto.body for element in page.get("html"))
"""


@pytest.mark.parametrize("name", list_options(DATASET))
def test_a_file_is_named_by_every_filter(name):
    names = {name_extract(Extract(DATASET, Filters(**{name: (value,)}))) for value in list_options(DATASET)[name]}
    assert len(names) == len(list_options(DATASET)[name])
    assert name_extract(EVERYTHING) not in names


def test_a_new_format_is_one_entry(tmp_path):
    root = Path(data.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", NEW_FORMAT, str(tmp_path / "metrics.tsv")],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "metrics.tsv").read_bytes() == b"a\tb"
