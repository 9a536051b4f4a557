"""The population of the units of the map: the table, where readers get it, and the rate of a count."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from data.downloads.extract import Extract
from data.downloads.geojson import write_places
from data.downloads.package import describe_package
from data.model.schema import Metric
from data.query.geography import calculate_rate
from data.reading.live import current

DATASET = current().dataset
CODES = {place.code for place in DATASET.places.values() if place.kind == "prefecture"}
RESIDENTS = DATASET.residents
WORDS = {"zh": "文字", "en": "words"}


def test_every_unit_of_the_map_has_its_residents_and_the_province_their_sum():
    units = DATASET.population.residents
    assert len(CODES) == 18
    assert units.keys() == CODES
    assert min(units.values()) > 0
    assert {**units, "410000": 99_365_519} == RESIDENTS


def test_the_census_is_named():
    population = DATASET.population
    assert (population.date, population.counted) == ("2021-05-14", "2020-11-01")
    assert population.title.zh == "河南省第七次全国人口普查公报"


def test_the_table_of_places_has_the_population_of_the_units_and_no_other_place():
    table = Extract(DATASET).full_table("places")
    assert table.columns[-1] == "population"
    given = table[table["population"].notna()]
    assert dict(zip(given["code"], given["population"], strict=True)) == RESIDENTS
    assert str(table["population"].dtype) == "Int64"


def test_the_geojson_of_places_has_the_population_and_its_source():
    found = json.loads(write_places(Extract(DATASET)))
    told = {each["properties"]["code"]: each["properties"]["population"] for each in found["features"]}
    assert {code: number for code, number in told.items() if number} == RESIDENTS
    assert found["population_source"]["title"] == DATASET.population.title.model_dump()
    assert found["population_source"]["counted"] == "2020-11-01"


def test_the_package_names_the_source_of_the_population():
    titles = [source["title"] for source in orjson.loads(orjson.dumps(describe_package(Extract(DATASET))))["sources"]]
    assert len(titles) == 2
    assert "《河南省第七次全国人口普查公报》，2021-05-14" in titles[1]


def metric(**fields: Any) -> Metric:
    given = {
        "id": "count",
        "name": WORDS,
        "place": "kaifeng",
        "role": "output",
        "unit": "vehicle",
        "better": "neutral",
        "after": {"value": 4824.016},
        "phrases": ({"text": "数", "en": "number"},),
        "section": WORDS,
    }
    return Metric.model_validate(given | fields)


@pytest.mark.parametrize(
    ("fields", "rate"),
    [
        pytest.param({}, 10, id="count"),
        pytest.param({"unit": "person-10k", "after": {"value": 48.24016}}, 1000, id="printed-in-10,000"),
        pytest.param({"unit": "enterprise", "after": {"value": 482.4016, "unit": "person-10k"}}, 10_000, id="own-unit"),
        pytest.param({"place": "jiyuan", "after": {"value": 727.265, "bound": "over"}}, 10, id="with-a-bound"),
        pytest.param({"unit": "percent", "after": {"value": 40}}, None, id="share"),
        pytest.param({"unit": "cny-100m", "after": {"value": 0.4824016}}, 10, id="money-per-resident"),
        pytest.param({"unit": "document"}, None, id="documents-do-not-grow-with-the-population"),
        pytest.param({"place": "jiaxian"}, None, id="county"),
        pytest.param({"place": "keqiao"}, None, id="outside"),
        pytest.param({"subject": WORDS}, None, id="one-subject"),
        pytest.param({"role": "context"}, None, id="no-result"),
        pytest.param({"status": "planned"}, None, id="plan"),
        pytest.param({"after": {"low": 1, "high": 2}}, None, id="range"),
        pytest.param({"after": None, "change": {"value": 3, "kind": "difference"}}, None, id="only-a-change"),
    ],
)
def test_the_rate_of_a_number_per_10000_residents_or_of_money_per_resident(fields: dict[str, Any], rate: float | None):
    assert calculate_rate(DATASET, metric(**fields)) == (None if rate is None else pytest.approx(rate))


def test_a_real_count_as_a_rate():
    _, vehicles, _ = DATASET.metrics[DATASET.positions["2020-04-digital-zhengzhou.supervised-vehicles"][0]]
    assert calculate_rate(DATASET, vehicles) == pytest.approx(6981 / 12_600_574 * 10_000)
