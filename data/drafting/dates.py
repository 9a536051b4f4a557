"""The dates of a text, and the period or moment that each stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from data.model.source_text import SourceText, Span

_YEAR, _TO = r"(?:19|20)\d\d", "[-–—~～至、]"
_PART = rf"(?:{_YEAR}(?:年|(?=[-—)）全]|{_TO}{{1,3}}{_YEAR}年))|\d{{1,2}}(?:{_TO}{{1,3}}\d{{1,2}}){{0,5}}[月日])"
_PART_OF_YEAR = "[上下]半年|[前一二两三四]+季度"
_DATES = re.compile(rf"(?<![\d.]){_PART}(?:[份、至到—-]*{_PART})*(?:份|年?[底末初]|{_PART_OF_YEAR})?")
_DATE = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:年|(?=[-—~～至到](?:19|20)\d\d年))"
    r"(?:(?P<month>\d{1,2})(?:[-—~～至到](?P<until>\d{1,2}))?月)?(?:(?P<day>\d{1,2})日)?"
)
_MONTHS = {"底": "12", "末": "12", "初": "01"}
"""The month of the end or beginning of a year, as the cases have it."""


class PrintedDate(NamedTuple):
    """A date as printed. `start` is empty for a moment, both are where no year is printed, or a part of one."""

    span: Span
    phrase: str
    start: str
    end: str


def find_dates(source: SourceText, section: Span) -> Iterator[PrintedDate]:
    """Yield the dates of a section, those that stand together (2020年1-10月) as one."""
    for dates in _DATES.finditer(source.text, *section):
        yield PrintedDate(dates.span(), dates[0], *_read(dates[0]))


def _read(phrase: str) -> tuple[str, str]:
    found = list(_DATE.finditer(phrase))
    if not found or re.search(_PART_OF_YEAR, phrase):
        return "", ""
    first, last = found[0], found[-1]
    start = _iso(first["year"], first["month"], first["day"])
    end = _iso(last["year"], last["until"] or last["month"] or _MONTHS.get(phrase[-1]), last["day"])
    return ("" if len(found) == 1 and not last["until"] and "-" in end else start), end


def _iso(*parts: str | None) -> str:
    return "-".join(part.zfill(2) for part in parts if part)
