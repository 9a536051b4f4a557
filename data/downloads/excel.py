"""The dataset as an Excel workbook: metrics, cases, conflicts, the dictionary of their columns, and where they come from."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data.downloads.dictionary import column
from data.downloads.extract import Extract
from data.query.table import LIST_SEPARATOR

TABLES = ("metrics", "cases", "conflicts")
LINK_LIMIT = 65_530
"""Excel opens no more links than this in one sheet."""
_TEXT_IS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_WRAPPED = ("summary", "problem", "actions", "result", "note", "meaning", "text")
_WIDEST = {False: 32, True: 60}


@lru_cache(maxsize=2)
def workbook(extract: Extract) -> bytes:
    """An .xlsx file of TABLES, dictionary and provenance: headings stay in view and filter, every text is a text, `case_id` leads to the case's page."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _TEXT_IS_TEXT) as book:
        query = "&".join(f"{name}={value}" for name, value in extract.filter.items())
        source = extract.dataset.source
        book.set_properties(
            {
                "title": source.title.zh,
                "author": source.issuer.zh,
                "comments": f"filter: {query or 'none'}",
                "created": _moment(source.date),
            }
        )
        write = _Writer(book, extract)
        for name in TABLES:
            write.sheet(name, extract.table(name))
        write.sheet("dictionary", pd.DataFrame(_dictionary(extract)))
        write.sheet("provenance", pd.DataFrame(_provenance(extract, query)))
    return out.getvalue()


class _Writer:
    """Writes tables as sheets of one book, in one hand."""

    def __init__(self, book: xlsxwriter.Workbook, extract: Extract) -> None:
        self.book, self.extract = book, extract
        self.heading: Format = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.text: Format = book.add_format({"valign": "top"})
        self.link: Format = book.add_format({"valign": "top", "font_color": "#1f5fa8", "underline": 1})
        self.plain: Format = book.add_format({"valign": "top", "num_format": "0"})
        self.whole: Format = book.add_format({"valign": "top", "num_format": "#,##0"})
        self.broken: Format = book.add_format({"valign": "top", "num_format": "#,##0.0########"})

    def sheet(self, name: str, table: pd.DataFrame) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        for at, heading in enumerate(table.columns):
            values = table[heading].astype(object).where(table[heading].notna(), None).tolist()
            sheet.write_string(0, at, heading, self.heading)
            sheet.set_column(at, at, _width(heading, values))
            self._column(sheet, at, heading, values)

    def _column(self, sheet: Worksheet, at: int, heading: str, values: Sequence[Any]) -> None:
        linked = heading == "case_id" and self.extract.address and len(values) < LINK_LIMIT
        style = self.wrapped if _wraps(heading) else self.text
        for row, value in enumerate(values, start=1):
            if value is None:
                continue
            if linked:
                sheet.write_url(row, at, self.extract.page(value), self.link, value)
            elif isinstance(value, str):
                sheet.write_string(row, at, value, style)
            else:
                sheet.write_number(row, at, value, self._number(value))

    def _number(self, value: float) -> Format:
        if isinstance(value, int):
            return self.plain
        return self.whole if value.is_integer() else self.broken


def _wraps(heading: str) -> bool:
    return heading.startswith(_WRAPPED)


def _width(heading: str, values: Sequence[Any]) -> float:
    """The widest cell in characters; a Chinese one, three bytes long, counts twice."""
    texts = [heading, *(str(value) for value in values if value is not None)]
    return min(max((len(text) + len(text.encode())) / 2 for text in texts) + 3, _WIDEST[_wraps(heading)])


def _dictionary(extract: Extract) -> Iterator[dict[str, str | None]]:
    for table in TABLES:
        for name in extract.table(table).columns:
            entry = column(name)
            unit = entry.unit
            yield {
                "table": table,
                "column": name,
                "kind": entry.kind,
                "unit_zh": unit.zh if unit else None,
                "unit_en": unit.en if unit else None,
                "meaning_zh": entry.meaning.zh,
                "meaning_en": entry.meaning.en,
                "values": LIST_SEPARATOR.join(entry.values) or None,
            }


def _provenance(extract: Extract, query: str) -> Iterator[dict[str, str]]:
    provenance = extract.provenance
    source, licence = extract.dataset.source, provenance["licence"]
    rows, everything = len(extract.table("metrics")), extract.dataset.figures
    pairs = [
        ("文件", source.title.zh, "Document", source.title.en),
        ("发布单位", source.issuer.zh, "Issuer", source.issuer.en),
        ("日期", source.date, "Date", source.date),
        ("筛选", query or "无", "Filter", query or "none"),
        ("指标行数", f"{rows}（共 {everything}）", "Rows of figures", f"{rows} of {everything}"),
        ("许可", licence["title"], "Licence", f"{licence['title']}, {licence['path']}"),
    ]
    if "note" in provenance:
        pairs.append(("说明", provenance["note"]["zh"], "Note", provenance["note"]["en"]))
    if extract.address:
        pairs.append(("来自", extract.address, "From", extract.address))
    for label_zh, text_zh, label_en, text_en in pairs:
        yield {"label_zh": label_zh, "text_zh": text_zh, "label_en": label_en, "text_en": text_en}


def _moment(date: str) -> datetime:
    return datetime.fromisoformat(f"{date}-01-01"[:10])
