"""A drafted case as YAML: the figures of one part of the document, and marked gaps for what only a reader can decide.

Block style with quoted texts, so that a colon or comma in a text breaks nothing. Every gap is refused by the check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from data.drafting.dates import PrintedDate
from data.drafting.figures import Figure, FigureReader, Quantity, Remark
from data.drafting.places import PlaceNames, find_submitter
from data.model.problems import GAP, escape_invisible
from data.model.source_text import Span

Plain = dict[str, Any]
"""A part of a case as written: what is empty is left out, and the lines under a key that begins with # are comments."""

HEAD = f"""\
# yaml-language-server: $schema=case.schema.json
# Drafted from the document. {GAP} marks a gap, which the check refuses; a comment is a doubt: answer it and remove it.
# Delete a figure that is none and list its phrase under not_measured. What each field may hold: data/cases/README.md.
"""
EVENTS = "Dates: the period of a figure, or an event. Take the signs # away for an event, also before events."


@dataclass(frozen=True)
class CaseWriter:
    """Writes the skeletons of cases. `translations` are the headings translated already, `year` is the dataset's."""

    reader: FigureReader
    places: PlaceNames
    translations: Mapping[str, str]
    year: int

    def write(self, part: Span, year: int, number: int, name: str | None) -> str:
        """Write the skeleton of a case from its part of the document. `name` is its id, as far as it is known."""
        source = self.reader.source
        sections = source.find_sections(part)
        head = part[0], sections[0][0]
        printed = list(filter(None, source.text[slice(*head)].splitlines()[1:]))
        title, submitter = find_submitter(printed)
        places, mentions = self.places.choose(title, submitter, source.text[slice(*part)])
        entries = [(section, entry) for section in (head, *sections) for entry in self.reader.read(section)]
        figures = [(section, entry) for section, entry in entries if isinstance(entry, Figure) and section != head]
        used = {quantity.date for _, figure in figures for quantity in figure.quantities}
        dates = [entry for _, entry in entries if isinstance(entry, PrintedDate) and entry not in used]
        remarks = [each[1] for each in entries if isinstance(each[1], Remark) and each not in figures]
        events = [
            {"date": date.start or date.end or GAP, "what": _both(), "phrases": [{"text": date.phrase, "en": GAP}]}
            for date in dates
        ]
        case: Plain = {
            "id": name or f"{year}-{number:02d}-{GAP}",
            "year": year,
            "number": number,
            "source": {"title": _both(), "issuer": _both(), "date": GAP} if year != self.year else None,
            "# printed": [f"printed: {line}" for line in printed],
            "title": _both(),
            "submitted_by": _both(submitter or GAP),
            "places": places or [GAP],
            "mentions": mentions,
            "domains": [GAP],
            "period": {"start": GAP, "end": GAP, "kind": "during"},
            "summary": _both(),
            "problem": _both(),
            "actions": [_both()],
            "result": _both(),
            "headlines": [GAP],
            "# events": [EVENTS, *_dump({"events": events})] if events else [],
            "metrics": list(self._metrics(figures, places[0] if len(places) == 1 else GAP)),
            "not_measured": [{"phrase": self._phrase(remark, part), "reason": GAP} for remark in remarks],
        }
        return HEAD + "".join(f"{escape_invisible(line)}\n" for line in _dump(case))

    def _metrics(self, figures: list[tuple[Span, Figure]], place: str) -> Iterator[Plain]:
        drafted: dict[tuple[str | None, tuple[Quantity, ...]], str] = {}
        for position, (section, figure) in enumerate(figures, 1):
            name = f"{GAP}-{position}"
            same = drafted.setdefault((figure.unit, figure.quantities), name)
            repeated = [f"the same as {same}? If so, list its phrase with reason: repetition"] if same != name else []
            heading = re.split("[。:：\n]", self.reader.source.text[slice(*section)], maxsplit=1)[0]
            yield {
                "id": name,
                "# doubts": [*repeated, *figure.doubts],
                "name": _both(),
                "place": (self.places.find(figure.phrase) or [place])[-1],
                "role": GAP,
                "unit": figure.unit or GAP,
                "better": GAP,
                "prescribed": GAP if figure.limit else None,
                **{quantity.slot: _quantity(quantity) for quantity in figure.quantities},
                "phrases": [self._phrase(figure, section, en=GAP)],
                "section": _both(heading, self.translations.get(heading, GAP)),
                "caveats": [{"kind": "mixed_units", "note": _both()} for each in figure.quantities if each.unit],
            }

    def _phrase(self, entry: Remark, scope: Span, **more: str) -> Plain:
        """A phrase with which one of several it is, counted from 1, and the numerals that it excludes."""
        places = self.reader.source.find_phrase(entry.phrase, scope)
        occurrence = sum(place <= entry.span for place in places) if len(places) > 1 else None
        return {"text": entry.phrase, **more, "occurrence": occurrence, "excludes": list(entry.excludes)}


def _both(zh: str = GAP, en: str = GAP) -> Plain:
    return {"zh": zh, "en": en}


def _quantity(quantity: Quantity) -> Plain:
    number, date = quantity.number, quantity.date
    low, high = number if isinstance(number, tuple) else (None, None)
    return {
        "text": _both(number) if isinstance(number, str) else None,
        **({"value": low} if low == high else {"low": low, "high": high}),
        "kind": quantity.kind,
        "bound": quantity.bound if quantity.bound != "exact" else None,
        "unit": quantity.unit,
        "value_basis": "implied" if quantity.implied else None,
        "period": date and {"start": date.start, "end": date.end, "kind": "during" if date.start else "as_of"},
    }


def _dump(value: Any, indent: str = "") -> Iterator[str]:
    """Yield the lines of a value in block style."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key.startswith("#"):
                yield from (f"{indent}# {line}" for line in entry)
            elif isinstance(entry, (dict, list)) and entry:
                yield f"{indent}{key}:"
                yield from _dump(entry, f"{indent}  ")
            elif entry not in (None, "", []):
                yield from _dump(entry, f"{indent}{key}: ")
    elif isinstance(value, list):
        for entry in value:
            first, *others = _dump(entry, f"{indent}  ")
            yield from (f"{indent}- {first.lstrip()}", *others)
    else:
        yield indent + (f"{value:.15g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False))
