"""Addresses of the data links, and code to paste that reads or embeds them. The routes themselves are in the server."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from urllib.parse import urlencode

from markupsafe import Markup

from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.query.filters import Filters

_TEMPLATES = {
    "Python": Template("""\
import pandas as pd

table = pd.read_csv("$table", dtype={"prefecture_code": "string"})
print(table[["metric_id", "before_value", "after_value", "grade"]])"""),
    "R": Template("""\
table <- read.csv("$table", fileEncoding = "UTF-8-BOM", colClasses = c(prefecture_code = "character"))
str(table)"""),
    "Excel": Template(
        """\
let
    Source = Csv.Document(Web.Contents("$table"), [Delimiter = ",", Encoding = 65001]),
    Table = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Numbers = List.Select(Table.ColumnNames(Table), each _ = "index" """
        """or List.Contains({"value", "low", "high"}, List.Last(Text.Split(_, "_")))),
    Typed = Table.TransformColumnTypes(Table, List.Transform(Numbers, each {_, type number}), "en-US")
in
    Typed"""
    ),
    "curl": Template('curl --fail --compressed --output "$file" "$table"'),
}
_IFRAME = Markup('<iframe src="{}" title="{}" width="100%" height="{}" style="border:0" loading="lazy"></iframe>')


def build_link(address: str, path: str, filters: Filters, **parameters: str) -> str:
    """Return the address of a data link with these filters and further parameters.

    All characters that a shell, a program or a browser could act on are percent-encoded.
    """
    query = urlencode({**filters.query(), **parameters}, safe=",")
    return f"{address}/api/{path}{'?' if query else ''}{query}"


def build_iframe(address: str, title: str, height: int) -> str:
    """Return the HTML element that embeds a chart, `height` px high, in another site."""
    return str(_IFRAME.format(address, title, height))


def write_snippets(extract: Extract) -> Mapping[str, str]:
    """Return code that reads the filtered metrics table from its data link, by language."""
    table = build_link(extract.address, "metrics.csv", extract.filters)
    return {
        language: template.substitute(table=table, file=name_extract(extract))
        for language, template in _TEMPLATES.items()
    }
