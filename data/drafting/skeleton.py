"""A drafted case as YAML: the figures of one part of the document, and marked gaps for what only a reader can decide.

Block style with quoted texts, so that a colon or comma in a text breaks nothing. Every gap is refused by the check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count

from data.drafting.figures import Figure, FigureReader, Quantity, Remark
from data.model.problems import GAP
from data.model.source_text import SourceText, Span

HEAD = """\
# yaml-language-server: $schema=case.schema.json
# Drafted from the document: number, unit, bound, phrase and section of what looks like a figure. {gap} marks a gap; the
# check refuses it. What each field may hold: data/cases/README.md. A comment is a doubt: answer it, then remove it.
# Delete a figure that is none and list its phrase under not_measured; join two that are before and after of one thing.
id: "{year}-{number:02d}-{gap}"
year: {year}
number: {number}
{printed}
title:
  zh: "{gap}"
  en: "{gap}"
submitted_by:
  zh: "{gap}"
  en: "{gap}"
places:
  - "{gap}"
domains:
  - "{gap}"
period:
  end: "{gap}"
  kind: during
summary:
  zh: "{gap}"
  en: "{gap}"
problem:
  zh: "{gap}"
  en: "{gap}"
actions:
  - zh: "{gap}"
    en: "{gap}"
result:
  zh: "{gap}"
  en: "{gap}"
headlines:
  - "{gap}"
"""


def write_case(reader: FigureReader, part: Span, year: int, number: int, translations: Mapping[str, str]) -> str:
    """Write the skeleton of a case. `translations` are the headings that are translated already."""
    source = reader.source
    sections = source.find_sections(part)
    head = part[0], sections[0][0]
    printed = source.text[slice(*head)].strip().splitlines()
    title = "\n".join(f"# printed: {line}" for line in printed[1:])
    entries = [(section, reader.read(section)) for section in sections]
    read = [*reader.read(head), *(entry for _, found in entries for entry in found)]
    remarks = [entry for entry in read if isinstance(entry, Remark)]
    cited = [entry.span for _, found in entries for entry in found if isinstance(entry, Figure)]
    dates = [remark for remark in remarks if remark.is_date and not any(_lies_in(remark, span) for span in cited)]
    return "\n".join(
        [
            HEAD.format(gap=GAP, year=year, number=number, printed=title or "# no title is printed"),
            *_events(dates),
            *_metrics(source, entries, translations),
            *_not_measured(source, part, [remark for remark in remarks if not remark.is_date]),
            "",
        ]
    )


def _lies_in(remark: Remark, span: Span) -> bool:
    return span[0] <= remark.span[0] and remark.span[1] <= span[1]


def _occurrence(source: SourceText, phrase: str, start: int, scope: Span) -> int | None:
    """Return which one of several a phrase is, counted from 1; None if it stands once."""
    starts = [place[0] for place in source.find_phrase(phrase, scope)]
    return starts.index(start) + 1 if len(starts) > 1 else None


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _events(dates: list[Remark]) -> Iterator[str]:
    """Every date as a comment, because only a reader knows whether it is an event or the period of a figure."""
    if dates:
        yield "# Dates: the period of a figure, or an event. Take the signs # away for an event, also before events."
        yield "# events:"
    for remark in dates:
        yield f"#   - date: {_quote(remark.date or GAP)}"
        yield f'#     what:\n#       zh: "{GAP}"\n#       en: "{GAP}"'
        yield f'#     phrases:\n#       - text: {_quote(remark.phrase)}\n#         en: "{GAP}"'


def _metrics(
    source: SourceText, entries: list[tuple[Span, list[Figure | Remark]]], translations: Mapping[str, str]
) -> Iterator[str]:
    yield "metrics:" if any(isinstance(entry, Figure) for _, found in entries for entry in found) else "metrics: []"
    drafted: dict[tuple[str | None, tuple[Quantity, ...]], str] = {}
    positions = count(1)
    for section, found in entries:
        heading = _heading(source, section)
        figures = [entry for entry in found if isinstance(entry, Figure)]
        if figures:
            yield f"  # {heading}"
        for figure in figures:
            name = f"{GAP}-{next(positions)}"
            same = drafted.setdefault((figure.unit, figure.quantities), name)
            dates = [entry.phrase for entry in found if isinstance(entry, Remark) and _is_period(source, entry, figure)]
            doubts = [
                *([] if same == name else [f"the same as {same}? If so, list its phrase with reason: repetition"]),
                *([f"period: {', '.join(dates)}?"] if dates else []),
                *figure.doubts,
            ]
            yield from _metric(source, figure, section, name, doubts)
            yield f"    section:\n      zh: {_quote(heading)}\n      en: {_quote(translations.get(heading, GAP))}"
            if any(quantity.unit for quantity in figure.quantities):
                yield f'    caveats:\n      - kind: mixed_units\n        note:\n          zh: "{GAP}"'
                yield f'          en: "{GAP}"'


def _is_period(source: SourceText, remark: Remark, figure: Figure) -> bool:
    """Whether a date stands before the end of a figure in the same sentence."""
    start, end = remark.span[0], figure.span[1]
    return remark.is_date and start < end and not set("。\n") & set(source.text[start:end])


def _metric(source: SourceText, figure: Figure, section: Span, name: str, doubts: list[str]) -> Iterator[str]:
    """Yield the lines of a metric up to its section."""
    yield f'  - id: "{name}"'
    yield from (f"    # {doubt}" for doubt in doubts)
    yield f'    name:\n      zh: "{GAP}"\n      en: "{GAP}"'
    yield f'    place: "{GAP}"\n    role: "{GAP}"'
    if figure.unit:
        yield f"    unit: {figure.unit}"
    else:
        yield f'    unit: "{GAP}"  # none of reference/units.yaml stands beside the number; add one if none fits'
    yield f'    better: "{GAP}"'
    if figure.limit:
        yield f'    prescribed: "{GAP}"  # true for a limit that was set, false for a time or count that was measured'
    for quantity in figure.quantities:
        yield f"    {quantity.slot}:"
        yield from (f"      {line}" for line in _quantity(quantity))
    yield f"    phrases:\n      - text: {_quote(figure.phrase)}\n" + f'        en: "{GAP}"'
    if occurrence := _occurrence(source, figure.phrase, figure.span[0], section):
        yield f"        occurrence: {occurrence}"


def _quantity(quantity: Quantity) -> Iterator[str]:
    if isinstance(quantity.number, str):
        yield f'text:\n        zh: {_quote(quantity.number)}\n        en: "{GAP}"'
    elif quantity.number[0] == quantity.number[1]:
        yield f"value: {quantity.number[0]:.15g}"
    else:
        yield f"low: {quantity.number[0]:.15g}"
        yield f"high: {quantity.number[1]:.15g}"
    if quantity.kind:
        yield f"kind: {quantity.kind}"
    if quantity.bound != "exact":
        yield f"bound: {quantity.bound}"
    if quantity.unit:
        yield f"unit: {quantity.unit}"
    if quantity.implied:
        yield "value_basis: implied"


def _heading(source: SourceText, section: Span) -> str:
    """The printed heading that a section begins with: up to the first full stop or colon of its line."""
    line = source.text[slice(*section)].split("\n")[0]
    return line.split("。")[0].split(":")[0].split("：")[0]


def _not_measured(source: SourceText, part: Span, remarks: list[Remark]) -> Iterator[str]:
    """Numerals that look like names or manners of speaking, with the reason as a gap."""
    if remarks:
        yield "not_measured:"
    for remark in remarks:
        occurrence = _occurrence(source, remark.phrase, remark.span[0], part)
        if occurrence:
            yield f"  - phrase:\n      text: {_quote(remark.phrase)}\n      occurrence: {occurrence}"
        else:
            yield f"  - phrase: {_quote(remark.phrase)}"
        yield f'    reason: "{GAP}"'
