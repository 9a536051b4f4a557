"""The formats in which the metrics table and the whole dataset are downloaded.

A format is one entry of FORMATS: the Data page, the data links and `python -m data.export` offer all of them, and the
report, which `pages.markup.report` adds because it is made of the pages' templates. How many a
client may ask for is in `.deploy/nginx.conf`.
Downloads of other things (a chart, a case, the tables of the map, places) are not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from data.downloads.csv_json import write_csv, write_json
from data.downloads.dictionary import PRESETS
from data.downloads.excel import write_workbook
from data.downloads.extract import Extract
from data.downloads.package import write_package
from data.model.schema import Lang, Text


@dataclass(frozen=True)
class Format:
    """One format: the ending of its files, what readers call it, its media type and what writes it.

    `summary` describes its data link. `contents` says whether it is the metrics table, with the columns, order and
    rows asked for, the whole dataset, or a report on it. `link_label` names the data link if `label` does not.
    `in_language` says that a file, or what people read of it, has one language, which its data link asks for.
    """

    ending: str
    label: str
    media_type: str
    write: Callable[[Extract], bytes]
    summary: str
    contents: Literal["metrics", "dataset", "report"] = "metrics"
    link_label: Text | None = None
    in_language: bool = False

    @property
    def path(self) -> str:
        """The path of its data link under `/api/`."""
        return f"{self.contents}.{self.ending}"

    def name(self, lang: Lang) -> str:
        """What its link is called."""
        return self.link_label[lang] if self.link_label else self.label

    def parameters(self, lang: Lang) -> Mapping[str, str]:
        """The parameters that its data link needs besides the filters."""
        return {"lang": lang} if self.in_language else {}


FORMATS: Mapping[str, Format] = {
    entry.ending: entry
    for entry in (
        Format(
            "csv",
            "CSV",
            "text/csv",
            lambda extract: write_csv(extract.table("metrics")),
            "The figures as CSV, one a row",
        ),
        Format(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write_workbook,
            "The figures as Excel, one a row: a sheet to read in one language, then the tables",
            in_language=True,
        ),
        Format("json", "JSON", "application/json", write_json, "The figures as JSON, one a row"),
        Format(
            "zip",
            "ZIP",
            "application/zip",
            write_package,
            "The whole dataset, or as filtered, as a Frictionless data package",
            contents="dataset",
            link_label=Text(zh="数据包", en="Data package"),
        ),
    )
}
"""The formats by the ending of their files, in the order in which they are offered."""
SHORT_CSV = Text(zh=f"CSV（{len(PRESETS['short'])}列）", en=f"CSV, {len(PRESETS['short'])} columns")
"""What the CSV with the short choice of columns is called, which stands beside that with all."""
