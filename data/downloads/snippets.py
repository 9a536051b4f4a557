"""Addresses of the data links, and code to paste that reads or embeds them. The routes themselves are in the server."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from urllib.parse import urlencode

from markupsafe import Markup

from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.model.schema import Lang
from data.query.filters import Filters

_TEMPLATES = {
    "Python": Template("""\
import pandas as pd

table = pd.read_csv("$table", dtype={"prefecture_code": "string"})

def printed(row, part, unit):
    value, low, high, text, bound = (row[f"{part}_{name}"] for name in ("value", "low", "high", "text", "bound"))
    if pd.isna(value) and pd.isna(low):
        return "not stated" if pd.isna(text) else text
    own = unit == row["unit_id"]
    factor, unit = (row["unit_factor"], row["base_unit_$lang"]) if own else (1, unit)
    numbers = [value] if pd.isna(low) else [low, high]
    number = " to ".join(f"{number * factor:,.15g}" for number in numbers)
    return f"{number} {unit}" if bound == "exact" else f"{bound.replace('_', ' ')} {number} {unit}"

units = {"relative": "%", "points": "percentage points", "multiple": "times", "places": "places"}
table["before"] = [printed(row, "before", row["before_unit_id"]) for _, row in table.iterrows()]
table["after"] = [printed(row, "after", row["after_unit_id"]) for _, row in table.iterrows()]
table["change"] = [printed(row, "change", units.get(row["change_kind"], row["unit_id"])) for _, row in table.iterrows()]
print(table[["metric_$lang", "before", "after", "change", "grade"]].to_string(index=False))"""),
    "R": Template("""\
table <- read.csv("$table", fileEncoding = "UTF-8-BOM", colClasses = c(prefecture_code = "character"))

printed <- function(part, unit) {
  column <- function(name) table[[paste0(part, "_", name)]]
  text <- as.character(column("text"))
  bound <- as.character(column("bound"))
  own <- unit == table$$unit_id
  unit <- ifelse(own, table$$base_unit_$lang, unit)
  write <- function(name) {
    formatC(as.numeric(column(name)) * ifelse(own, table$$unit_factor, 1), digits = 15, format = "fg", big.mark = ",")
  }
  number <- ifelse(is.na(column("value")), paste0(write("low"), " to ", write("high")), write("value"))
  number <- paste0(ifelse(bound %in% c("exact", "", NA), "", paste0(gsub("_", " ", bound), " ")), number)
  words <- ifelse(text %in% c("", NA), "not stated", text)
  ifelse(is.na(column("value")) & is.na(column("low")), words, paste(number, unit))
}

units <- c(relative = "%", points = "percentage points", multiple = "times", places = "places")
kind <- units[as.character(table$$change_kind)]
table$$before <- printed("before", table$$before_unit_id)
table$$after <- printed("after", table$$after_unit_id)
table$$change <- printed("change", ifelse(is.na(kind), table$$unit_id, kind))
print(table[c("metric_$lang", "before", "after", "change", "grade")], right = FALSE)"""),
    "Excel": Template(
        """\
let
    Source = Csv.Document(Web.Contents("$table"), [Delimiter = ",", Encoding = 65001]),
    Table = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Numbers = List.Select(Table.ColumnNames(Table), each _ = "index" """
        """or List.Contains({"value", "low", "high", "base", "factor"}, List.Last(Text.Split(_, "_")))),
    Typed = Table.TransformColumnTypes(Table, List.Transform(Numbers, each {_, type number}), "en-US"),
    Printed = (row, side) =>
        let cell = (name) => Record.Field(row, side & "_" & name),
            bound = if cell("bound") = "exact" then "" else Text.Replace(cell("bound"), "_", " ") & " ",
            own = cell("unit_id") = row[unit_id],
            factor = if own then row[unit_factor] else 1,
            write = (name) => Number.ToText(cell(name) * factor, "#,##0.############", "en-US"),
            number = if cell("value") <> null then write("value")
                else if cell("low") <> null then write("low") & " to " & write("high")
                else null
        in if number <> null then bound & number & " " & (if own then row[base_unit_$lang] else cell("unit_id"))
            else if cell("text") <> "" then cell("text") else "not stated",
    Before = Table.AddColumn(Typed, "before", each Printed(_, "before"), type text),
    After = Table.AddColumn(Before, "after", each Printed(_, "after"), type text)
in
    After"""
    ),
    "curl": Template('curl --fail --compressed --output "$file" "$table"'),
}
"""Programs by language. Those that print anything print values with their units, which differ from row to row."""
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


def write_snippets(extract: Extract, lang: Lang) -> Mapping[str, str]:
    """Return code that reads the filtered metrics table from its data link, by language; it names figures in `lang`."""
    table = build_link(extract.address, "metrics.csv", extract.filters)
    return {
        language: template.substitute(table=table, file=name_extract(extract), lang=lang)
        for language, template in _TEMPLATES.items()
    }
