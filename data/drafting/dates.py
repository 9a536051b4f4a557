"""The dates of a text, and the period or moment that each stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from data.model.source_text import SourceText, Span

_JOIN = re.compile("[年月日份、至到—-]*")
_END = re.compile("[年月日]?份?[底末初]?")
_BARE_YEAR = re.compile(r"(?:19|20)\d\d(?=[-—)）年全]|\Z)")
_DATE = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:年|(?=[-—~～至到](?:19|20)\d\d年))"
    r"(?:(?P<month>\d{1,2})(?:[-—~～至到](?P<until>\d{1,2}))?月)?(?:(?P<day>\d{1,2})日)?"
)
_MONTHS = {"底": "12", "末": "12", "初": "01"}
"""The month of the end or beginning of a year, as the cases have it."""


class PrintedDate(NamedTuple):
    """A date as printed. `start` is empty for a moment, both are where no year is printed."""

    span: Span
    phrase: str
    start: str
    end: str


def find_dates(source: SourceText, section: Span) -> Iterator[PrintedDate]:
    """Yield the dates of a section, those that stand together (2020年1-10月) as one."""
    spans: list[Span] = []
    for numeral in source.numerals_in(section):
        dated = any(reading[-1] in "年月日" for reading in numeral.readings)
        if dated or _BARE_YEAR.match(source.text, numeral.start):
            joined = spans and _JOIN.fullmatch(source.text, spans[-1][1], numeral.start)
            spans.append((spans.pop()[0] if joined else numeral.start, numeral.end))
    for start, end in spans:
        behind = _END.match(source.text, end)
        span = start, behind.end() if behind else end
        yield PrintedDate(span, source.text[slice(*span)], *_read(source.text[slice(*span)]))


def _read(phrase: str) -> tuple[str, str]:
    found = list(_DATE.finditer(phrase))
    if not found:
        return "", ""
    first, last = found[0], found[-1]
    start = _iso(first["year"], first["month"], first["day"])
    end = _iso(last["year"], last["until"] or last["month"] or _MONTHS.get(phrase[-1]), last["day"])
    return ("" if len(found) == 1 and not last["until"] and "-" in end else start), end


def _iso(*parts: str | None) -> str:
    return "-".join(part.zfill(2) for part in parts if part)
