"""The data links under /api: responses, errors, and what a program may rely on. No server is started."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from starlette.routing import Router

from data.downloads.areas import tabulate_areas, tabulate_local_places
from data.downloads.csv_json import write_case_json, write_csv, write_json
from data.downloads.dictionary import PRESETS, list_columns
from data.downloads.extract import Extract
from data.downloads.geojson import write_places
from data.query.filters import Filters, list_options, select
from data.query.geography import find_measures, summarize_areas
from data.reading.live import current
from data.wording.filters import FILTERS
from pages.markup.report import FORMATS
from pages.markup.screens import PAGE_PARAMETERS
from pages.serving.api import mount
from tests import answers
from tests.answers import Answer
from tests.areas import measured_in

DATASET = current().dataset
HOST = "http://localhost:8501"
WATER, HEALTH = "2020-01-water-pricing", "2020-09-dancheng-health"
XLSX = FORMATS["xlsx"].media_type
PATHS = {
    "/api/metrics.csv": "text/csv; charset=utf-8",
    "/api/metrics.xlsx": XLSX,
    "/api/metrics.json": "application/json",
    "/api/cases.json": "application/json",
    f"/api/cases/{WATER}.json": "application/json",
    "/api/dataset.zip": "application/zip",
    "/api/report.html": "text/html; charset=utf-8",
    "/api/missing.csv": "text/csv; charset=utf-8",
    "/api/elsewhere.csv": "text/csv; charset=utf-8",
    "/api/areas.csv": "text/csv; charset=utf-8",
    "/api/counties.csv": "text/csv; charset=utf-8",
    "/api/places.geojson": "application/geo+json",
    "/api/openapi.json": "application/json",
}


def ask(
    path: str,
    query: dict[str, Any] | list[tuple[str, str]] | str = "",
    method: str = "GET",
    base: str = "",
    **headers: str,
) -> Answer:
    """A request to the links mounted under `base`."""
    text = query if isinstance(query, str) else urlencode(query)
    return answers.ask(Router([mount(base)]), path, text, method, **headers)


@pytest.mark.parametrize(("path", "media_type"), PATHS.items(), ids=PATHS)
def test_a_link_gives_its_file(path, media_type):
    found = ask(path)
    assert (found.status, found.headers["content-type"]) == (200, media_type)
    kind, _, name = found.headers["content-disposition"].partition("; filename=")
    assert kind == ("inline" if "json" in media_type else "attachment")
    assert name.strip('"').rpartition(".")[2] == path.rpartition(".")[2]
    assert ask(path).body == found.body


QUERIES = {
    "all": ({}, Extract(DATASET, address=HOST)),
    "filtered": (
        {"city": "411200,410300", "domain": "finance"},
        Extract(DATASET, Filters(city=("410300", "411200"), domain=("finance",)), HOST),
    ),
    "a city with its cases": (
        {"city": "410300", "scope": "case"},
        Extract(DATASET, Filters(city=("410300",), scope="case"), HOST),
    ),
    "scope without a city": ({"scope": "case"}, Extract(DATASET, address=HOST)),
    "repeated": ([("grade", "A"), ("grade", "C,A")], Extract(DATASET, Filters(grade=("A", "C")), HOST)),
    "searched": ({"search": " 转诊率 "}, Extract(DATASET, Filters(search="转诊率"), HOST)),
    "nothing left": ({"search": "zzz"}, Extract(DATASET, Filters(search="zzz"), HOST)),
    "empty values": ({"city": "", "search": "", "fields": ",", "sort": ""}, Extract(DATASET, address=HOST)),
    "cut and sorted": (
        {"fields": "metric_id,index", "sort": "-index,metric_id", "limit": "3", "offset": "1"},
        Extract(DATASET, address=HOST, columns=("metric_id", "index"), sort=("-index", "metric_id"), limit=3, offset=1),
    ),
    "few columns": (
        {"columns": "short", "sort": "-index", "limit": "3"},
        Extract(DATASET, address=HOST, columns=PRESETS["short"], sort=("-index",), limit=3),
    ),
    "few columns of a city": (
        {"columns": "short", "city": "410300"},
        Extract(DATASET, Filters(city=("410300",)), HOST, columns=PRESETS["short"]),
    ),
    "all columns": ({"columns": "all"}, Extract(DATASET, address=HOST)),
    "one case and a figure of another": (
        {"only": f"{HEALTH}.out-of-county-referral-rate,{WATER}", "role": "outcome"},
        Extract(DATASET, Filters(role=("outcome",)), HOST, only=(f"{HEALTH}.out-of-county-referral-rate", WATER)),
    ),
    "a page's query": (
        dict.fromkeys(PAGE_PARAMETERS - {"sort", "columns"}, "x") | {"role": "outcome", "lang": "zh"},
        Extract(DATASET, Filters(role=("outcome",)), HOST),
    ),
}


@pytest.mark.parametrize(("query", "extract"), QUERIES.values(), ids=QUERIES)
def test_every_form_of_the_table_takes_the_same_query(query, extract):
    text = urlencode(query)
    assert ask("/api/metrics.csv", text).body == write_csv(extract.table("metrics"))
    assert ask("/api/metrics.json", text).body == write_json(extract)
    assert ask("/api/metrics.xlsx", text).body == FORMATS["xlsx"].write(extract)


def test_a_name_beyond_ascii_is_given_to_old_and_new_browsers():
    found = ask("/api/metrics.csv", {"search": "转诊率"}).headers["content-disposition"]
    assert (
        found
        == f"attachment; filename=\"henan-reforms_2020_-.csv\"; filename*=UTF-8''henan-reforms_2020_{quote('转诊率')}.csv"
    )


def test_only_is_what_is_left_of_cases_and_figures():
    rate = f"{HEALTH}.out-of-county-referral-rate"
    found = ask("/api/metrics.json", {"only": f"{rate},{WATER}", "city": "411600"}).json
    assert {f"{row['case_id']}.{row['metric_id']}" for row in found["metrics"]} == {rate}
    assert found["filter"] == {"city": "411600", "only": f"{rate},{WATER}"}
    assert {row["case_id"] for row in ask("/api/cases.json", {"only": f"{rate},{WATER}"}).json["cases"]} == {
        HEALTH,
        WATER,
    }


def test_other_files_take_the_filters():
    filters = Filters(city=("411200",))
    extract = Extract(DATASET, filters, HOST)
    assert ask("/api/dataset.zip", filters.query()).body == FORMATS["zip"].write(extract)
    assert ask("/api/report.html", {**filters.query(), "lang": "en"}).body == FORMATS["html"].write(
        replace(extract, lang="en")
    )
    assert ask("/api/places.geojson", filters.query()).body == write_places(extract)
    assert ask(f"/api/cases/{WATER}.json").body == write_case_json(extract, DATASET.by_id[WATER])
    found = ask("/api/cases.json", {**filters.query(), "fields": "case_id", "sort": "-case_id"}).json
    assert found["cases"] == [
        {"case_id": case} for case in sorted((case.id for case in extract.selection.cases), reverse=True)
    ]


def zipped(query: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """The rows of each table of a data package."""
    with zipfile.ZipFile(io.BytesIO(ask("/api/dataset.zip", query).body)) as packed:
        return {
            name.removesuffix(".csv"): [*csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"), newline=""))]
            for name in packed.namelist()
            if name.endswith(".csv")
        }


def test_a_city_is_in_every_file_with_its_own_figures_alone():
    query, own_count = {"city": "410300"}, int((DATASET.table["prefecture_code"] == "410300").sum())
    metrics, packed = ask("/api/metrics.json", query).json["metrics"], zipped(query)
    for rows in (metrics, packed["metrics"]):
        assert ({row["prefecture_code"] for row in rows}, len(rows)) == ({"410300"}, own_count)
    own = {(row["case_id"], row["metric_id"]) for row in metrics}
    for conflict in packed["conflicts"]:
        concerned = {(conflict["case_id"], metric) for metric in conflict["metric_ids"].split(" | ") if metric}
        assert not concerned or concerned & own, "a contradiction between figures of other places"
    places = {
        feature["properties"]["code"]: feature["properties"]["figures"]
        for feature in ask("/api/places.geojson", query).json["features"]
        if feature["properties"]["kind"] in ("province", "prefecture")
    }
    assert {code: figures for code, figures in places.items() if figures} == {"410300": own_count}


def test_the_scope_adds_the_other_figures_of_the_same_cases():
    query = {"city": "410300", "scope": "case"}
    found, packed = ask("/api/metrics.json", query), zipped(query)
    assert found.json["filter"] == query
    own = DATASET.table["prefecture_code"] == "410300"
    of_cases = DATASET.table["case_id"].isin(DATASET.table["case_id"][own])
    assert [row["prefecture_code"] == "410300" for row in found.json["metrics"]] == (
        [True] * int(own.sum()) + [False] * int((of_cases & ~own).sum())
    )
    assert len(packed["metrics"]) == of_cases.sum()
    assert "luoyang_same-cases" in ask("/api/metrics.csv", query).headers["content-disposition"]
    cases = {row["case_id"] for row in ask("/api/cases.json", {"city": "410300"}).json["cases"]}
    assert cases == {row["case_id"] for row in found.json["metrics"]}


def test_a_title_finds_the_case_and_brings_no_figure():
    title = DATASET.by_id[WATER].title.zh
    assert [row["case_id"] for row in ask("/api/cases.json", {"search": title}).json["cases"]] == [WATER]
    for name in ("metrics", "conflicts"):
        assert [row for row in zipped({"search": title})[name] if row.get("metric_id") or row.get("metric_ids")] == []
    places = ask("/api/places.geojson", {"search": title}).json["features"]
    assert {feature["properties"]["figures"] for feature in places} == {0}
    assert [WATER] in [feature["properties"]["cases"] for feature in places]


def test_the_boundaries_of_the_map_are_as_they_are_drawn_and_not_sent_again_while_they_stay():
    found = ask("/api/boundaries.geojson")
    assert found.json == current().dataset.boundaries
    assert ask("/api/boundaries.geojson", if_none_match=found.headers["etag"]).status == 304


REFUSED = {
    "an unknown value": ({"city": "410300,999999"}, [("city", "999999", "There is no such city.")]),
    "a name for an id": ({"city": "luoyang"}, [("city", "luoyang", '"410300"')]),
    "a chinese name for an id": ({"city": "洛阳"}, [("city", "洛阳", '"410300"')]),
    "an unknown name": ({"ctiy": "410300"}, [("ctiy", "410300", '"city"')]),
    "an unknown column": (
        {"fields": "indx", "sort": "-indx"},
        [("fields", "indx", '"index"'), ("sort", "-indx", '"-index"')],
    ),
    "an unknown choice of columns": ({"columns": "shrt"}, [("columns", "shrt", 'Did you mean "short"?')]),
    "columns of the page": ({"columns": "figure,values"}, [("columns", "figure,values", "Write one of: all, short")]),
    "columns and fields": (
        {"columns": "short", "fields": "grade"},
        [("columns", "short", "Leave out columns to have the columns that fields names, or leave out fields.")],
    ),
    "all columns and fields": ({"fields": "grade", "columns": "all"}, [("columns", "all", "or leave out fields.")]),
    "no number": ({"limit": "ten"}, [("limit", "ten", "integer")]),
    "too small": ({"limit": "0", "offset": "-1"}, [("limit", "0", "1"), ("offset", "-1", "0")]),
    "too large": ({"limit": "1000001"}, [("limit", "1000001", "1000000")]),
    "too long": ({"search": "a" * 101}, [("search", "a" * 100, "100")]),
    "an unknown figure": (
        {"only": f"{WATER},{HEALTH}.out-of-county-referal-rate"},
        [("only", f"{HEALTH}.out-of-county-referal-rate", f"{HEALTH}.out-of-county-referral-rate")],
    ),
    "an unknown scope": (
        {"city": "410300", "scope": "case,city"},
        [("scope", "city", "Write one of: case")],
    ),
    "markup": ({"domain": "<b>"}, [("domain", "<b>", "agriculture")]),
    "given twice": (
        [("limit", "1"), ("limit", "2"), ("search", "a"), ("search", "a"), ("grade", "A"), ("grade", "B")],
        [("limit", "1, 2", "only once"), ("search", "a, a", "only once")],
    ),
    "all at once": (
        [("grade", "Z,Y"), ("role", "x"), ("limit", "-"), ("name", "1"), ("offset", "1"), ("offset", "2")],
        [
            ("offset", "1, 2", "only once"),
            ("grade", "Z", "A, B, C, D, E, F, P"),
            ("grade", "Y", "A, B"),
            ("role", "x", "outcome"),
            ("limit", "-", "integer"),
            ("name", "1", "no such parameter"),
        ],
    ),
}


@pytest.mark.parametrize("filters", [Filters(), Filters(domain=("agriculture",)), Filters(city=("410300",))])
def test_the_tables_of_the_map_have_what_the_filters_select(filters):
    selection = select(DATASET, filters)
    areas = tabulate_areas(DATASET, summarize_areas(selection))
    assert ask("/api/areas.csv", filters.query()).body == write_csv(areas)
    assert ask("/api/counties.csv", filters.query()).body == write_csv(tabulate_local_places(selection))


def test_the_cities_have_the_values_of_the_measure_that_colours_the_map():
    dataset = measured_in(9)
    (measure,) = find_measures(dataset, dataset.cases).values()
    table = write_csv(tabulate_areas(dataset, summarize_areas(select(dataset, Filters())), measure))
    rows = [*csv.DictReader(io.StringIO(table.decode("utf-8-sig")))]
    found = {row["code"]: float(row["value"]) for row in rows if row["value"]}
    assert len(found) == 9 and found == {code: metric.after.value for code, metric in measure.values.items()}
    assert "value" not in ask("/api/areas.csv", {"colour": "cases"}).body.decode("utf-8-sig").splitlines()[0].split(",")


@pytest.mark.parametrize(("colour", "hint"), [("case", 'Did you mean "cases"?'), ("outcome", "cases, figures")])
def test_an_unknown_colour_is_named(colour, hint):
    found = ask("/api/areas.csv", {"colour": colour})
    assert (found.status, [problem["parameter"] for problem in found.json["problems"]]) == (422, ["colour"])
    assert hint in found.json["problems"][0]["message"]


@pytest.mark.parametrize(("query", "expected"), REFUSED.values(), ids=REFUSED)
def test_every_problem_of_a_query_is_named(query, expected):
    found = ask("/api/metrics.csv", query)
    assert (found.status, found.headers["content-type"]) == (422, "application/json")
    problems = {(problem["parameter"], problem["value"]): problem["message"] for problem in found.json["problems"]}
    assert set(problems) == {(name, value) for name, value, _ in expected}
    assert [problems[name, value] for name, value, hint in expected if hint not in problems[name, value]] == []


def test_the_cases_have_columns_of_their_own():
    found = ask("/api/cases.json", {"fields": "figures,metric_id", "sort": "-figurs"})
    assert found.status == 422
    assert [problem["value"] for problem in found.json["problems"]] == ["metric_id", "-figurs"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/dataset.zip", "limit"),
        ("/api/places.geojson", "fields"),
        (f"/api/cases/{WATER}.json", "city"),
        ("/api/openapi.json", "grade"),
    ],
)
def test_a_file_refuses_what_it_does_not_take(path, name):
    found = ask(path, {name: "1"})
    assert found.status == 422
    assert [problem["parameter"] for problem in found.json["problems"]] == [name]


NEAR = {
    "2020-01-water": [WATER],
    "2020-09-dancheng": ["2020-09-dancheng-health"],
    "dancheng-health": ["2020-09-dancheng-health"],
    "x": [],
}


@pytest.mark.parametrize(("case_id", "near"), NEAR.items(), ids=NEAR)
def test_an_unknown_case_names_those_like_it(case_id, near):
    found = ask(f"/api/cases/{case_id}.json")
    assert (found.status, found.headers["content-type"]) == (404, "application/json")
    assert case_id in found.json["detail"]
    assert found.json["near"][:1] == near


NOWHERE = [
    "/api/",
    "/api/metric.csv",
    "/api/metrics.csv/",
    "/api/metrics",
    "/api/docs",
    "/api/cases/a/b.json",
    "/api/x\ny",
    "/api/cases/\n.json",
]


@pytest.mark.parametrize("path", NOWHERE, ids=ascii)
def test_an_unknown_address_is_answered_in_json(path):
    found = ask(path)
    assert (found.status, found.headers["content-type"]) == (404, "application/json")
    assert set(found.json) == {"detail", "near"}


def test_an_address_like_a_known_one_is_told():
    assert ask("/api/metric.csv").json["near"][0] == "/api/metrics.csv"


@pytest.mark.parametrize("path", PATHS)
def test_who_has_the_file_is_not_sent_it_again(path):
    tag = ask(path).headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        found = ask(path, if_none_match=known)
        assert (found.status, found.body, found.headers["etag"]) == (304, b"", tag)
    assert ask(path, if_none_match='W/"other"').status == 200


def test_the_tag_follows_the_content():
    tags = {
        ask("/api/metrics.csv", query).headers["etag"]
        for query in ({}, {"grade": "A"}, {"limit": "1"}, {"sort": "-metric_id"})
    }
    assert len(tags) == 4
    assert ask("/api/metrics.csv", {"lang": "zh"}).headers["etag"] in tags


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_answered_like_a_get(path):
    assert ask(path, method="HEAD").headers == ask(path).headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(method):
    assert ask("/api/metrics.csv", method=method).status == 405


@pytest.mark.parametrize(
    ("path", "status"), [("/api/metrics.json", 200), ("/api/metrics.json?x", 422), ("/api/nothing", 404)]
)
def test_any_site_may_read(path, status):
    path, _, query = path.partition("?")
    found = ask(path, f"{query}=1" if query else "", origin="https://example.org")
    assert (found.status, found.headers["access-control-allow-origin"]) == (status, "*")
    assert "access-control-allow-credentials" not in found.headers


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 400), ("DELETE", 400)])
def test_any_site_may_ask_to_read_and_none_to_write(method, status):
    assert (
        ask(
            "/api/metrics.json", method="OPTIONS", origin="https://example.org", access_control_request_method=method
        ).status
        == status
    )


def test_any_site_may_ask_whether_what_it_has_still_holds():
    preflight = {"origin": "https://example.org", "access_control_request_method": "GET"}
    for header, status in (("if-none-match", 200), ("x-other", 400)):
        found = ask("/api/metrics.json", method="OPTIONS", access_control_request_headers=header, **preflight)
        assert found.status == status


@pytest.mark.parametrize("base", ["", "/reforms"])
def test_links_lead_back_to_the_server_under_its_base(base):
    with zipfile.ZipFile(io.BytesIO(ask(f"{base}/api/metrics.xlsx", {"limit": "1"}, base=base).body)) as book:
        linked = book.read("xl/worksheets/_rels/sheet2.xml.rels")
        assert f'Target="{HOST}{base}/case?case={WATER}"'.encode() in linked
    assert ask(f"{base}/api/openapi.json", base=base).json["servers"] == [{"url": f"{base}/api"}]


def test_the_description_lists_every_link_with_the_values_it_takes():
    described = ask("/api/openapi.json").json
    assert {f"/api{path}" for path in described["paths"]} == {path.replace(WATER, "{case_id}") for path in PATHS} - {
        "/api/openapi.json"
    }
    taken = {parameter["name"]: parameter for parameter in described["paths"]["/metrics.csv"]["get"]["parameters"]}
    assert list(taken) == [
        *FILTERS,
        "only",
        "fields",
        "sort",
        "limit",
        "offset",
        "columns",
    ]
    assert taken["columns"]["schema"]["enum"] == ["all", "short"]
    for name, known in {**list_options(DATASET), "scope": ("case",), "fields": list_columns("metrics")}.items():
        assert (taken[name]["schema"]["items"]["enum"], taken[name]["explode"]) == (list(known), False)
    assert "cdn" not in ask("/api/openapi.json").body.decode()
