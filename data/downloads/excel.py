"""The dataset as an Excel workbook: a sheet for people, one a table, the dictionary of the columns, the source."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data.downloads.dictionary import PRESETS, describe_column
from data.downloads.excel_figures import measure_text, write_figures
from data.downloads.extract import Extract, parse_date
from data.model.schema import Document
from data.query.table import Row, join_values, split_languages
from data.wording.colours import LIGHT
from data.wording.labels import RIGHTS

SHEETS = ("metrics", "cases", "conflicts", "missing", "elsewhere")
"""The tables that get a sheet, after that for people and before the dictionary and the provenance."""
MAX_LINKS = 65_530
"""Maximum number of links in a sheet that Excel opens."""
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_WRAPPED = ("summary", "problem", "actions", "result", "note", "meaning", "text")
"""Prefixes of the columns whose text is wrapped."""
_MAX_WIDTH, _MAX_WRAPPED_WIDTH = 32, 60
"""Maximum width of a column in characters."""
Cell = str | int | float | None


@lru_cache(maxsize=2)
def write_workbook(extract: Extract) -> bytes:
    """Return an .xlsx file: the figures in the words of the extract's language, SHEETS, `dictionary` and `provenance`.

    The sheets after the first are for programs, with the same contents in every language. Headings are frozen and have
    filters, text is never a formula, and `case_id` links to the page of the case.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        query = "&".join(f"{name}={value}" for name, value in extract.query.items())
        source = extract.documents[0]
        book.set_properties(
            {
                "title": source.title[extract.lang],
                "author": source.issuer[extract.lang],
                "comments": f"filter: {query or 'none'}",
                "created": parse_date(source),
            }
        )
        write_figures(book, extract)
        writer = _Writer(book, extract)
        for name in SHEETS:
            writer.write_sheet(name, extract.table(name))
        writer.write_sheet("dictionary", pd.DataFrame(_dictionary_rows(extract)))
        writer.write_sheet("provenance", pd.DataFrame(_provenance_rows(extract, query)))
    return out.getvalue()


class _Writer:
    """Writes tables as sheets of one workbook, with the same formats."""

    def __init__(self, book: xlsxwriter.Workbook, extract: Extract) -> None:
        self.book, self.extract = book, extract
        self.heading: Format = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.text: Format = book.add_format({"valign": "top"})
        self.link: Format = book.add_format({"valign": "top", "font_color": LIGHT["focus"], "underline": 1})
        self.integer: Format = book.add_format({"valign": "top", "num_format": "0"})
        self.whole: Format = book.add_format({"valign": "top", "num_format": "#,##0"})
        self.decimal: Format = book.add_format({"valign": "top", "num_format": "#,##0.0########"})

    def write_sheet(self, name: str, table: pd.DataFrame) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        for at, heading in enumerate(table.columns):
            values = table[heading].astype(object).where(table[heading].notna(), None).tolist()
            sheet.write_string(0, at, heading, self.heading)
            sheet.set_column(at, at, _measure_width(heading, values))
            self._write_column(sheet, at, heading, values)

    def _write_column(self, sheet: Worksheet, at: int, heading: str, values: Sequence[Cell]) -> None:
        linked = heading == "case_id" and self.extract.address and len(values) < MAX_LINKS
        style = self.wrapped if heading.startswith(_WRAPPED) else self.text
        for row, value in enumerate(values, start=1):
            if isinstance(value, str) and linked:
                sheet.write_url(row, at, self.extract.link_case(value), self.link, value)
            elif isinstance(value, str):
                sheet.write_string(row, at, value, style)
            elif value is not None:
                number = self.integer if isinstance(value, int) else self.whole if value.is_integer() else self.decimal
                sheet.write_number(row, at, value, number)


def _measure_width(heading: str, values: Sequence[Cell]) -> float:
    """Return the width of a column in characters: that of its widest cell, a Chinese character counted twice."""
    texts = [heading, *(str(value) for value in values if value is not None)]
    widest = max(measure_text(text) for text in texts) + 3
    return min(widest, _MAX_WRAPPED_WIDTH if heading.startswith(_WRAPPED) else _MAX_WIDTH)


def _dictionary_rows(extract: Extract) -> Iterator[Row]:
    for table in SHEETS:
        for name in extract.table(table).columns:
            column = describe_column(name)
            yield {
                "table": table,
                "column": name,
                "kind": column.kind,
                **split_languages("unit", column.unit),
                **split_languages("meaning", column.meaning),
                "values": join_values(column.values),
                "columns": "short" if table == "metrics" and name in PRESETS["short"] else None,
            }


def _provenance_rows(extract: Extract, query: str) -> list[dict[str, str]]:
    note = extract.note
    rows, total = len(extract.table("metrics")), len(extract.dataset.metrics)
    cells = [
        *chain.from_iterable(map(_document_cells, extract.documents)),
        ("筛选", query or "无", "Filter", query or "none"),
        ("指标行数", f"{rows}（共 {total}）", "Rows of figures", f"{rows} of {total}"),
        ("许可", RIGHTS.zh, "Licence", RIGHTS.en),
        *([("说明", note.zh, "Note", note.en)] if note else []),
        *([("来自", extract.address, "From", extract.address)] if extract.address else []),
    ]
    return [dict(zip(("label_zh", "text_zh", "label_en", "text_en"), row, strict=True)) for row in cells]


def _document_cells(source: Document) -> Iterator[tuple[str, str, str, str]]:
    yield "文件", source.title.zh, "Document", source.title.en
    yield "发布单位", source.issuer.zh, "Issuer", source.issuer.en
    yield "日期", source.date, "Date", source.date
    if source.published_in:
        yield "发布栏目", source.published_in.zh, "Published under", source.published_in.en
