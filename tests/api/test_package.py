"""The data package as frictionless validates it, and the places as shapely reads them."""

from __future__ import annotations

import json
from decimal import Decimal

import frictionless
import pytest
import shapely
from shapely.geometry import shape

from data.downloads.dictionary import TABLES
from data.downloads.extract import Extract
from data.downloads.geojson import write_places
from data.downloads.package import describe_package, write_package
from data.query.filters import Filters
from data.reading.live import current

DATASET = current().dataset
FILTERS = {
    "all": Filters(),
    "filtered": Filters(city=("411200",), domain=("finance",)),
    "nothing": Filters(search="zzz"),
}


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_the_package_is_valid(filters, tmp_path, monkeypatch):
    (tmp_path / "dataset.zip").write_bytes(write_package(Extract(DATASET, filters, "http://localhost:8501")))
    monkeypatch.chdir(tmp_path)
    report = frictionless.validate("dataset.zip", type="package")
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
    assert [task.name for task in report.tasks] == list(TABLES)


def test_a_wrong_table_would_be_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    extract = Extract(DATASET)
    for name in TABLES:
        (tmp_path / f"{name}.csv").write_text(extract.full_table(name).to_csv(index=False))
    metrics = tmp_path / "metrics.csv"
    metrics.write_text(metrics.read_text().replace("2020-01-water-pricing", "2020-99-none", 1))
    (tmp_path / "datapackage.json").write_text(json.dumps(describe_package(extract)))
    assert {kind for kind, _ in frictionless.validate("datapackage.json").flatten(["type", "note"])} == {"foreign-key"}


def test_every_number_is_the_table_s(tmp_path, monkeypatch):
    (tmp_path / "dataset.zip").write_bytes(write_package(Extract(DATASET)))
    monkeypatch.chdir(tmp_path)
    rows = frictionless.Package("dataset.zip").get_resource("metrics").read_rows()
    numbers = [column.name for column in TABLES["metrics"] if column.kind == "number"]
    read = [{name: row[name] for name in numbers} for row in rows]
    written = DATASET.table[numbers].astype(object).to_dict("records")
    assert read == [
        {name: None if value != value else Decimal(repr(value)) for name, value in row.items()} for row in written
    ]


def test_outlines_turn_as_rfc_7946_says():
    features = json.loads(write_places(Extract(DATASET)))["features"]
    outlines = {
        feature["id"]: shape(feature["geometry"])
        for feature in features
        if feature["geometry"] and feature["geometry"]["type"] == "MultiPolygon"
    }
    points = {
        feature["properties"]["prefecture_code"]: shape(feature["geometry"])
        for feature in features
        if feature["geometry"] and feature["geometry"]["type"] == "Point"
    }
    assert len(outlines) == 18
    assert all(
        polygon.is_valid and shapely.is_ccw(polygon.exterior)
        for outline in outlines.values()
        for polygon in outline.geoms
    )
    by_code = {DATASET.places[name].code: outline for name, outline in outlines.items()}
    assert points
    assert [code for code, point in points.items() if not by_code[code].contains(point)] == []
