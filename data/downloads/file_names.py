"""The names of all downloaded files: tables, charts, cases and data links. Other modules write the files."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Literal

from data.downloads.dictionary import PRESETS
from data.downloads.extract import Extract
from data.model.schema import Case, Lang

PROJECT = "henan-reforms"
"""First part of the names, and the name of the data package without its year."""
FIXED_NAMES = ("cases.json", "places.geojson")
"""The names of files that do not say what was asked for."""
MAX_PARTS = 4
"""Maximum number of filter values in a name; more are replaced by their number."""
MAX_CASES = 4
"""Maximum number of cases in the name of a chart."""
MAX_PART_LENGTH = 40
"""Maximum number of characters of a text that are used for a part of a name."""


def name_extract(extract: Extract, ending: str = "csv", *parts: str) -> str:
    """Name a file of the whole extract by its filters, its choice of columns and further parts:
    `henan-reforms_2020_luoyang_health_short.csv`.
    """
    chosen = ["short"] if extract.columns == PRESETS["short"] else []
    return f"{_join(_year(extract), *_filter_parts(extract), *chosen, *parts)}.{ending}"


def name_chart(
    extract: Extract, chart: str, lang: Lang, places: Collection[str], numbers: Sequence[int], about: str = ""
) -> str:
    """Name a chart, without an ending, by its year, place or cases, filters, id, subject and language.

    `places` are the places of its metrics and `numbers` its case numbers. The cases are named if there is not
    exactly one place: `henan-reforms_2020_郸城县_out-of-county-referral-rate_zh`.
    """
    cases = [f"case-{'-'.join(map(str, numbers))}"] if 0 < len(numbers) <= MAX_CASES else []
    scope = [_slugify(place) for place in places] if len(places) == 1 else cases
    subject = [_slugify(part) for part in (chart, about) if part]
    return _join(_year(extract), *scope, *_filter_parts(extract), *subject, lang)


def name_case_document(extract: Extract, case: Case, lang: Lang) -> str:
    """Name the Word document of a case by its id, filters and language."""
    return f"{_join(case.id, *_filter_parts(extract), lang)}.docx"


def name_brief(extract: Extract) -> str:
    """Name the brief of an extract by its filters and language: `henan-reforms_2020_luoyang_brief_zh.docx`."""
    return f"{_join(_year(extract), *_filter_parts(extract), 'brief', extract.lang)}.docx"


def name_case_json(case: Case) -> str:
    """Name the JSON file of a case."""
    return f"{case.id}.json"


def name_table(extract: Extract, table: Literal["missing", "elsewhere"]) -> str:
    """Name another table of the whole extract by its filters: `henan-reforms_2020_luoyang_missing.csv`."""
    return name_extract(extract, "csv", table)


def name_map_table(extract: Extract, table: Literal["areas", "counties"]) -> str:
    """Name a table of the map page. Its filters are not in the name."""
    return f"{_join(_year(extract), table)}.csv"


def _join(*parts: str) -> str:
    return "_".join([PROJECT, *parts])


def _year(extract: Extract) -> str:
    """Return the year of the cases, or the first and the last; that of the dataset's document if there are none."""
    years = [case.year for case in extract.selection.cases] or [extract.dataset.source.year]
    return "-".join(dict.fromkeys((str(min(years)), str(max(years)))))


def _filter_parts(extract: Extract) -> list[str]:
    """Return the values of the filters as at most MAX_PARTS parts of a name."""
    filters = extract.filters
    places = {place.code: place.id for place in extract.dataset.map_units.values()}
    chosen = {name: values for name, values in vars(filters).items() if isinstance(values, tuple)}
    chosen["city"] = tuple(places[code] for code in filters.city)
    parts = [
        *chain.from_iterable(chosen.values()),
        *(["same-cases"] if filters.scope else []),
        *(_slugify(text.rpartition(".")[2]) for text in (filters.search, *extract.only) if text),
    ]
    return parts if len(parts) <= MAX_PARTS else [*parts[: MAX_PARTS - 1], f"and-{len(parts) - MAX_PARTS + 1}-more"]


def _slugify(text: str) -> str:
    """Return the letters and digits of a text, of any script, joined by hyphens; `search` if there are none."""
    return "-".join(re.findall(r"[^\W_]+", text[:MAX_PART_LENGTH])) or "search"
