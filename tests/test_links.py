"""The data links under /api: responses, errors, and what a program may rely on. No server is started."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

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
from pages.serving import api, query_params
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


def ask(path: str, query: dict[str, Any] | str = "", method: str = "GET", base: str = "", **headers: str) -> Answer:
    """A request to the links mounted under `base`."""
    text = quote(query, safe="%&=+") if isinstance(query, str) else urlencode(query)
    return answers.ask(Router([mount(base)]), path, text, method, **headers)


@pytest.mark.parametrize(("path", "media_type"), PATHS.items(), ids=PATHS)
def test_a_link_gives_its_file_and_not_again_to_who_has_it(path, media_type):
    found = ask(path)
    assert (found.status, found.headers["content-type"]) == (200, media_type)
    kind, _, name = found.headers["content-disposition"].partition("; filename=")
    assert kind == ("inline" if "json" in media_type else "attachment")
    assert name.strip('"').rpartition(".")[2] == path.rpartition(".")[2]
    assert ask(path, method="HEAD").headers == found.headers
    tag = found.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = ask(path, if_none_match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask(path, if_none_match='W/"other"') == found


RATE = f"{HEALTH}.out-of-county-referral-rate"
QUERIES = {
    "": {},
    "city=411200,410300&domain=finance": {"filters": Filters(city=("410300", "411200"), domain=("finance",))},
    "city=410300&scope=case": {"filters": Filters(city=("410300",), scope="case")},
    "scope=case": {},
    "grade=A&grade=C,A": {"filters": Filters(grade=("A", "C"))},
    "search=+转诊率+": {"filters": Filters(search="转诊率")},
    "search=zzz": {"filters": Filters(search="zzz")},
    "city=&search=&fields=,&sort=": {},
    "fields=metric_id,index&offset=1": {"columns": ("metric_id", "index"), "offset": 1},
    "sort=-index,metric_id&limit=3": {"sort": ("-index", "metric_id"), "limit": 3},
    "columns=short&sort=-index&limit=3": {"columns": PRESETS["short"], "sort": ("-index",), "limit": 3},
    "columns=short&city=410300": {"filters": Filters(city=("410300",)), "columns": PRESETS["short"]},
    "columns=all": {},
    f"only={RATE},{WATER}&role=outcome": {"filters": Filters(role=("outcome",)), "only": (RATE, WATER)},
    "role=outcome&lang=zh&" + "&".join(f"{name}=x" for name in sorted(PAGE_PARAMETERS - {"lang", "sort", "columns"})): {
        "filters": Filters(role=("outcome",))
    },
}


@pytest.mark.parametrize(("query", "given"), QUERIES.items(), ids=map(ascii, QUERIES))
def test_every_form_of_the_table_takes_the_same_query(query, given):
    extract = Extract(DATASET, address=HOST, **given)
    assert ask("/api/metrics.csv", query).body == write_csv(extract.table("metrics"))
    assert ask("/api/metrics.json", query).body == write_json(extract)
    assert ask("/api/metrics.xlsx", query).body == FORMATS["xlsx"].write(extract)


def test_a_name_beyond_ascii_is_given_to_old_and_new_browsers():
    found = ask("/api/metrics.csv", {"search": "转诊率"}).headers["content-disposition"]
    plain, encoded = "henan-reforms_2020_-.csv", f"henan-reforms_2020_{quote('转诊率')}.csv"
    assert found == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def test_only_is_what_is_left_of_cases_and_figures():
    found = ask("/api/metrics.json", {"only": f"{RATE},{WATER}", "city": "411600"}).json
    assert {f"{row['case_id']}.{row['metric_id']}" for row in found["metrics"]} == {RATE}
    assert found["filter"] == {"city": "411600", "only": f"{RATE},{WATER}"}
    cases = ask("/api/cases.json", {"only": f"{RATE},{WATER}"}).json["cases"]
    assert {row["case_id"] for row in cases} == {HEALTH, WATER}


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


def test_the_boundaries_of_the_map_are_as_they_are_drawn():
    assert ask("/api/boundaries.geojson").json == current().dataset.boundaries


REFUSED = {
    "metrics.csv?city=410300,999999": {"city": '"999999" is no value of city.'},
    "metrics.csv?city=luoyang": {"city": 'Did you mean "410300"?'},
    "metrics.csv?city=洛阳": {"city": 'Did you mean "410300"?'},
    "metrics.csv?ctiy=410300": {"ctiy": 'There is no such parameter here. Did you mean "city"?'},
    "metrics.csv?x=1&x=2": {"x": "Write one of: city, domain, grade, role,"},
    "metrics.csv?fields=indx&sort=-indx": {"fields": 'Did you mean "index"?', "sort": 'Did you mean "-index"?'},
    "cases.json?fields=figures,metric_id&sort=-figurs": {"fields": '"metric_id" is no value', "sort": '"-figures"'},
    "metrics.csv?columns=shrt": {"columns": 'Did you mean "short"?'},
    "metrics.csv?columns=figure,values": {"columns": "Write one of: all, short"},
    "metrics.csv?columns=all&fields=grade": {"columns": "Leave out columns to have the columns that fields names"},
    "metrics.csv?limit=ten": {"limit": "should be a valid integer"},
    "metrics.csv?limit=0&offset=-1": {"limit": "greater than or equal to 1", "offset": "greater than or equal to 0"},
    "metrics.csv?limit=1000001": {"limit": "less than or equal to 1000000"},
    f"metrics.csv?search={'a' * 101}": {"search": "at most 100 characters"},
    f"metrics.csv?only={RATE.replace('rr', 'r')}": {"only": f'Did you mean "{RATE}"?'},
    "metrics.csv?scope=case,city": {"scope": '"city" is no value of scope. Write one of: case'},
    "metrics.csv?domain=<b>": {"domain": '"<b>" is no value of domain. Write one of: agriculture,'},
    "metrics.csv?limit=1&limit=2&search=a&search=a&grade=A&grade=B": {"limit": "only once", "search": "only once"},
    "metrics.csv?grade=Z,Y&limit=-&name=1": {"grade": '"Z" is no', "limit": "integer", "name": "no such parameter"},
    "metrics.xlsx?lang=fr": {"lang": "'zh' or 'en'"},
    "report.html?lang=zh&lang=en": {"lang": "only once"},
    "report.html?lang=zh&fields=index": {"fields": "no such parameter"},
    "areas.csv?colour=case": {"colour": 'Did you mean "cases"?'},
    "dataset.zip?limit=1": {"limit": "no such parameter"},
    "places.geojson?fields=grade": {"fields": "no such parameter"},
    f"cases/{WATER}.json?city=410300": {"city": "no such parameter"},
    "openapi.json?grade=A": {"grade": "no such parameter"},
}


@pytest.mark.parametrize(("address", "hints"), REFUSED.items(), ids=map(ascii, REFUSED))
def test_every_problem_of_a_query_is_named_with_what_was_found_and_what_to_write(address, hints):
    path, _, query = address.partition("?")
    found, given = ask(f"/api/{path}", query), parse_qs(query)
    assert (found.status, found.headers["content-type"]) == (422, "application/json")
    problems = {problem["parameter"]: problem for problem in found.json["problems"]}
    assert {name: problems[name]["value"] for name in problems} == {name: ",".join(given[name])[:100] for name in hints}
    assert [name for name, hint in hints.items() if hint not in problems[name]["message"]] == []


@pytest.mark.parametrize("filters", [Filters(), Filters(domain=("agriculture",)), Filters(city=("410300",))])
def test_the_tables_of_the_map_have_what_the_filters_select(filters):
    selection = select(DATASET, filters)
    areas = tabulate_areas(DATASET, summarize_areas(selection))
    assert ask("/api/areas.csv", filters.query()).body == write_csv(areas)
    assert ask("/api/counties.csv", filters.query()).body == write_csv(tabulate_local_places(selection))


def test_the_cities_have_the_values_of_the_measure_that_colours_the_map(monkeypatch):
    dataset = measured_in(9)
    (measure,) = find_measures(dataset, dataset.cases).values()
    table = write_csv(tabulate_areas(dataset, summarize_areas(select(dataset, Filters())), measure))
    rows = [*csv.DictReader(io.StringIO(table.decode("utf-8-sig")))]
    found = {row["code"]: float(row["value"]) for row in rows if row["value"]}
    assert len(found) == 9 and found == {code: metric.after.value for code, metric in measure.values.items()}
    monkeypatch.setattr(query_params, "current", lambda: SimpleNamespace(dataset=dataset))
    assert ask("/api/areas.csv", {"colour": measure.key}).body == table
    assert "value" not in ask("/api/areas.csv", {"colour": "cases"}).body.decode("utf-8-sig").splitlines()[0].split(",")


NOWHERE = {
    "/api/cases/2020-01-water.json": [WATER],
    "/api/cases/2020-09-dancheng.json": ["2020-09-dancheng-health"],
    "/api/cases/dancheng-health.json": ["2020-09-dancheng-health"],
    "/api/cases/x.json": [],
    "/api/cases/\n.json": [],
    "/api/cases/a/b.json": ["/api/cases.json"],
    "/api/": [],
    "/api/docs": ["/api/counties.csv"],
    "/api/metric.csv": ["/api/metrics.csv"],
    "/api/metrics.csv/": ["/api/metrics.csv"],
    "/api/x\ny": [],
}


@pytest.mark.parametrize(("path", "near"), NOWHERE.items(), ids=map(ascii, NOWHERE))
def test_an_unknown_case_or_address_is_answered_in_json_with_what_is_like_it(path, near):
    found = ask(path)
    assert (found.status, found.headers["content-type"]) == (404, "application/json")
    assert (found.json["near"][:1], set(found.json)) == (near, {"detail", "near"})


def test_the_tag_follows_the_content():
    tags = {
        ask("/api/metrics.csv", query).headers["etag"]
        for query in ({}, {"grade": "A"}, {"limit": "1"}, {"sort": "-metric_id"})
    }
    assert len(tags) == 4
    assert ask("/api/metrics.csv", {"lang": "zh"}).headers["etag"] in tags


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
    assert found.headers["access-control-expose-headers"] == "ETag, Content-Disposition"
    assert "access-control-allow-credentials" not in found.headers


@pytest.mark.parametrize(
    ("method", "header", "status"),
    [("GET", "if-none-match", 200), ("HEAD", "", 200), ("GET", "x-other", 400), ("POST", "", 400), ("DELETE", "", 400)],
)
def test_any_site_may_ask_to_read_and_whether_its_file_is_current_and_none_to_write(method, header, status):
    asked = {"access_control_request_method": method, "access_control_request_headers": header}
    assert ask("/api/metrics.json", method="OPTIONS", origin="https://example.org", **asked).status == status


@pytest.mark.parametrize("base", ["", "/reforms"])
def test_links_lead_back_to_the_server_under_its_base(base):
    with zipfile.ZipFile(io.BytesIO(ask(f"{base}/api/metrics.xlsx", {"limit": "1"}, base=base).body)) as book:
        linked = book.read("xl/worksheets/_rels/sheet2.xml.rels")
        assert f'Target="{HOST}{base}/case?case={WATER}"'.encode() in linked
    assert ask(f"{base}/api/openapi.json", base=base).json["servers"] == [{"url": f"{base}/api"}]


def parameters(path: str = "/metrics.csv") -> dict[str, Any]:
    """What the description says of the parameters of a link, by their names."""
    described = ask("/api/openapi.json").json["paths"][path]["get"]["parameters"]
    return {parameter["name"]: parameter for parameter in described}


def test_the_description_lists_every_link_with_the_values_it_takes():
    paths = ask("/api/openapi.json").json["paths"]
    assert {f"/api{path}".replace("{case_id}", WATER) for path in paths} == PATHS.keys() - {"/api/openapi.json"}
    taken = parameters()
    assert list(taken) == [*FILTERS, "only", "fields", "sort", "limit", "offset", "columns"]
    assert taken["columns"]["schema"]["enum"] == ["all", "short"]
    for name, known in {**list_options(DATASET), "scope": ("case",), "fields": list_columns("metrics")}.items():
        assert (taken[name]["schema"]["items"]["enum"], taken[name]["explode"]) == (list(known), False)
    assert parameters("/cases.json")["fields"]["schema"]["items"]["enum"] == list(list_columns("cases"))


def test_what_a_large_dataset_has_too_many_of_is_listed_elsewhere(monkeypatch):
    assert "enum" in parameters()["only"]["schema"]["items"]
    for module in (api, query_params):
        monkeypatch.setattr(module, "MAX_WORDS", 100)
    taken = parameters()
    assert ["enum" in taken[name]["schema"]["items"] for name in ("only", "city")] == [False, True]
    (problem,) = ask("/api/metrics.csv", f"only={WATER}x").json["problems"]
    assert problem["message"] == f'"{WATER}x" is no value of only. Write one of those that cases.json lists'
