"""The dataset as a Frictionless data package: a ZIP file of CSV tables with a `datapackage.json` that explains them to programs, and a README to people."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from data.downloads.archive import archive
from data.downloads.csv_json import csv_bytes
from data.downloads.dictionary import KEYS, TABLES, Column
from data.downloads.extract import Extract

_REFERENCES = {
    "metrics": {"case_id": "cases", "place_id": "places", "unit_id": "units"},
    "conflicts": {"case_id": "cases"},
}
_TITLES = {
    "metrics": ("Figures, one a row, with what is missing left empty", "指标，一行一项，缺失处留空"),
    "cases": ("Cases", "案例"),
    "conflicts": ("Where the source contradicts itself", "材料自身的矛盾"),
    "places": ("Places", "地点"),
    "units": ("Units as printed", "原文单位"),
}


@lru_cache(maxsize=2)
def package(extract: Extract) -> bytes:
    """The ZIP file: the tables as filtered, places and units whole. Always the same bytes for the same data."""
    tables = {f"{name}.csv": csv_bytes(extract.whole(name)) for name in TABLES}
    return archive(
        {
            "datapackage.json": orjson.dumps(descriptor(extract), option=orjson.OPT_INDENT_2),
            "README.md": _readme(extract).encode(),
            **tables,
        }
    )


def descriptor(extract: Extract) -> dict[str, Any]:
    """The contents of `datapackage.json` (the profile tabular-data-package; `description_zh`, `unit` and `filter` are additions that it allows)."""
    source, year = extract.dataset.source, extract.dataset.source.year
    return {
        "profile": "tabular-data-package",
        "name": f"henan-reforms-{year}",
        "title": f"Henan Reform Outcomes {year}",
        "title_zh": f"{year}年河南改革成效",
        "description": f"The figures of: {source.title.en}.",
        "description_zh": f"《{source.title.zh}》中的指标。",
        **({"homepage": extract.address} if extract.address.startswith(("http://", "https://")) else {}),
        "licenses": [extract.provenance["licence"]],
        "sources": [
            {
                "title": f"{source.issuer.zh}《{source.title.zh}》，{source.date}",
                "title_en": f"{source.issuer.en}: {source.title.en}, {source.date}",
            }
        ],
        "filter": extract.provenance["filter"],
        "resources": [_resource(name, len(extract.whole(name))) for name in TABLES],
    }


def _resource(name: str, rows: int) -> dict[str, Any]:
    title, title_zh = _TITLES[name]
    keys = [
        {"fields": [field], "reference": {"resource": table, "fields": [field]}}
        for field, table in _REFERENCES.get(name, {}).items()
    ]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": title,
        "title_zh": title_zh,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "rows": rows,
        "schema": {
            "fields": [_field(column, column.name in KEYS[name]) for column in TABLES[name]],
            "missingValues": [""],
            "primaryKey": list(KEYS[name]),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(column: Column, key: bool) -> dict[str, Any]:
    unit = {"unit": column.unit.en, "unit_zh": column.unit.zh} if column.unit else {}
    constraints = {**({"required": True} if key else {}), **({"enum": list(column.values)} if column.values else {})}
    return {
        "name": column.name,
        "type": column.kind,
        "description": column.meaning.en,
        "description_zh": column.meaning.zh,
        **unit,
        **({"constraints": constraints} if constraints else {}),
    }


def _readme(extract: Extract) -> str:
    source, filters = extract.dataset.source, extract.filter
    asked = ", ".join(f"{name}={value}" for name, value in filters.items())
    figures, everything = len(extract.whole("metrics")), extract.dataset.figures
    files = "\n".join(f"- `{name}.csv`: {title_zh} / {title}" for name, (title, title_zh) in _TITLES.items())
    notes = [f"{text}\n" for text in extract.provenance.get("note", {}).values()]
    return f"""# 河南改革成效 / Henan Reform Outcomes {source.year}

{files}
- `datapackage.json`: 每个字段的类型、单位与含义 / type, unit and meaning of every column

筛选 / Filter: {asked or "无 / none"}（{figures} / {everything}）
{"".join(notes)}
数值按原文单位。材料没有写明的不补，留空。以 ' 开头的文字是为防止电子表格当作公式执行。
Values are in the printed unit. What the source does not say is left empty. A text that begins with ' would run as a formula in a spreadsheet.

来源：{source.issuer.zh}《{source.title.zh}》，{source.date}
Source: {source.issuer.en}, “{source.title.en}”, {source.date}

许可 / Licence: {extract.provenance["licence"]["title"]}, {extract.provenance["licence"]["path"]}
"""
