"""Code that reads a data link: ready to paste, in the languages that readers of such data use."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from urllib.parse import urlencode

from markupsafe import Markup

from data.query.filters import Filters

_TEMPLATES = {
    "Python": Template("""\
import pandas as pd

table = pd.read_csv("$table", dtype={"prefecture_code": "string"})
print(table[["metric_id", "before_value", "after_value", "grade"]])"""),
    "R": Template("""\
table <- read.csv("$table", fileEncoding = "UTF-8-BOM", colClasses = c(prefecture_code = "character"))
str(table)"""),
    "Excel": Template("""\
let
    Source = Csv.Document(Web.Contents("$table"), [Delimiter = ",", Encoding = 65001]),
    Table = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Numbers = List.Select(Table.ColumnNames(Table), each _ = "index" or List.Contains({"value", "low", "high"}, List.Last(Text.Split(_, "_")))),
    Typed = Table.TransformColumnTypes(Table, List.Transform(Numbers, each {_, type number}), "en-US")
in
    Typed"""),
    "curl": Template('curl --fail --compressed --output "$file" "$table"'),
}


def link(address: str, path: str, filters: Filters, **more: str) -> str:
    """The address of a data route with these filters and further parameters, safe to paste into a shell, a program or a browser."""
    query = urlencode({**filters.query(), **more}, safe=",")
    return f"{address}/api/{path}{'?' if query else ''}{query}"


def iframe(address: str, title: str, height: int) -> str:
    """The element that shows a chart, `height` px high, in a page elsewhere."""
    return str(
        Markup('<iframe src="{}" title="{}" width="100%" height="{}" style="border:0" loading="lazy"></iframe>').format(
            address, title, height
        )
    )


def snippets(address: str, filters: Filters, file: str) -> Mapping[str, str]:
    """What reads the filtered table, by language; curl keeps it as `file`."""
    table = link(address, "metrics.csv", filters)
    return {language: template.substitute(table=table, file=file) for language, template in _TEMPLATES.items()}
