"""The dataset as a Frictionless data package: a ZIP file of CSV tables, `datapackage.json` and a README."""

from __future__ import annotations

from functools import lru_cache

import orjson

from data.downloads.archive import write_zip
from data.downloads.csv_json import write_csv
from data.downloads.dictionary import KEYS, PRESETS, TABLES, Column
from data.downloads.extract import LICENCE, Extract
from data.downloads.file_names import PROJECT
from data.model.schema import Text
from data.wording.citation import cite_document
from data.wording.labels import RIGHTS

_REFERENCES = {
    "metrics": {"case_id": "cases", "place_id": "places", "unit_id": "units"},
    "conflicts": {"case_id": "cases"},
    "missing": {"case_id": "cases"},
    "elsewhere": {"case_id": "cases"},
}
"""The foreign keys of each table: the table that a column refers to by its column of the same name."""
_TITLES = {
    "metrics": ("Figures, one a row, with what is missing left empty", "指标，一行一项，缺失处留空"),
    "cases": ("Cases", "案例"),
    "conflicts": ("Where passages of the source do not agree", "材料自身的矛盾、名称或口径不一之处"),
    "missing": ("What is not stated: one row a missing end", "材料没有写明的：一行一个缺失的数值"),
    "elsewhere": ("What other public documents say of a figure", "其他公开材料对指标的说法"),
    "places": ("Places", "地点"),
    "units": ("Units as printed", "原文单位"),
}
"""The title of each table in English and Chinese."""


@lru_cache(maxsize=2)
def write_package(extract: Extract) -> bytes:
    """Return the ZIP file with the filtered tables, and all places and units. The same data gives the same bytes."""
    tables = {f"{name}.csv": write_csv(extract.full_table(name)) for name in TABLES}
    return write_zip(
        {
            "datapackage.json": orjson.dumps(describe_package(extract), option=orjson.OPT_INDENT_2),
            "README.md": _write_readme(extract).encode(),
            **tables,
        }
    )


def describe_package(extract: Extract) -> dict[str, object]:
    """Return the contents of `datapackage.json`, of the profile tabular-data-package.

    The profile allows the additions `title_zh`, `title_en`, `description_zh`, `unit`, `unit_zh`, `rows`, `filter` and
    `columns_short`, the columns of the short choice.
    """
    year, documents = extract.dataset.source.year, extract.documents
    titles = Text(
        zh="".join(f"《{each.title.zh}》" for each in documents), en="; ".join(each.title.en for each in documents)
    )
    return {
        "profile": "tabular-data-package",
        "name": f"{PROJECT}-{year}",
        "title": f"Henan Reform Outcomes {year}",
        "title_zh": f"{year}年河南改革成效",
        "description": f"The figures of: {titles.en}. {RIGHTS.en}",
        "description_zh": f"{titles.zh}中的指标。{RIGHTS.zh}",
        **({"homepage": extract.address} if extract.address.startswith(("http://", "https://")) else {}),
        "licenses": [dict(LICENCE)],
        "sources": [
            {
                "title": f"{each.issuer.zh}《{each.title.zh}》，{each.date}",
                "title_en": f"{each.issuer.en}: {each.title.en}, {each.date}",
            }
            for each in (*documents, extract.dataset.population)
        ],
        "filter": extract.query,
        "resources": [_describe_table(name, len(extract.full_table(name))) for name in TABLES],
    }


def _describe_table(name: str, rows: int) -> dict[str, object]:
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
        **({"columns_short": PRESETS["short"]} if name == "metrics" else {}),
        "schema": {
            "fields": [_describe_column(column, column.name in KEYS[name]) for column in TABLES[name]],
            "missingValues": [""],
            "primaryKey": list(KEYS[name]),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _describe_column(column: Column, key: bool) -> dict[str, object]:
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


def _write_readme(extract: Extract) -> str:
    note, population = extract.note, extract.dataset.population
    asked = ", ".join(f"{name}={value}" for name, value in extract.query.items())
    rows, total = len(extract.full_table("metrics")), len(extract.dataset.metrics)
    files = "\n".join(f"- `{name}.csv`: {title_zh} / {title}" for name, (title, title_zh) in _TITLES.items())
    sources = "\n".join(
        f"来源：{cite_document(source)}\nSource: {cite_document(source, 'en')}" for source in extract.documents
    )
    notes = f"{note.zh}\n{note.en}\n" if note else ""
    return f"""# 河南改革成效 / Henan Reform Outcomes {extract.dataset.source.year}

{files}
- `datapackage.json`: 每个字段的类型、单位与含义 / type, unit and meaning of every column

筛选 / Filter: {asked or "无 / none"}（{rows} / {total}）
{notes}
数值按原文单位（如亿元），以 _base 结尾的字段已乘上单位所含的倍数。\
材料没有写明的不补，留空。以 ' 开头的文字是为防止电子表格当作公式执行。
Values are in the printed unit (as in CNY 100 million); the columns that end in _base hold them times its multiplier. \
What the source does not say is left empty. A text that begins with ' would run as a \
formula in a spreadsheet.

{sources}

人口（`places.csv`）：{population.issuer.zh}《{population.title.zh}》，{population.date}，\
{population.counted} 的常住人口
Population (`places.csv`): {population.issuer.en}, “{population.title.en}”, {population.date}, residents on \
{population.counted}

{RIGHTS.zh}
{RIGHTS.en}
CC BY 4.0: {LICENCE["path"]}
"""
