"""The population of the units of the map: the table, where readers get it."""

from __future__ import annotations

import json

import orjson

from data.downloads.extract import Extract
from data.downloads.geojson import write_places
from data.downloads.package import describe_package
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
