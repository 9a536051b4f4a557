"""The text of the source document: its division into cases and sections, its numerals, and where a phrase stands.

The document is split at its lines `案例1`, `案例2` …; a part is split at its headings: 推荐词, 正文, 一、, (一). Blanks
are ignored, except between two digits.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from data.model.numerals import LIST_MARKS, Numeral, find_numerals, strip_blanks

Span = tuple[int, int]
"""Start and end of a run of the text."""

DIVISION = """\
The document is UTF-8 text with a line 案例1, 案例2 … before each case; everything up to the next such line is the part
of the case of that number. In a part, each line that begins with 推荐词, 正文, 一、 二、 … or (一) (二) … is a heading
and begins a section. A metric's `section` is the beginning of such a line; its phrases must stand between it and the
next heading. Blanks do not count, except between two digits."""
"""How a document is divided, for the commands' help."""

LINE_LIMIT = 20_000
"""Characters of the longest line that is drafted."""

_PART = re.compile(r"^案例(\d+)$", re.MULTILINE)
_HEADING = re.compile(rf"^(?:推荐词|正文|[{LIST_MARKS}]+、|[(（][{LIST_MARKS}]+[)）])", re.MULTILINE)
_NO_WORD = re.compile(r"\W+")


class SourceText:
    """A document without blanks, its numerals (none inside `names`), and the span of each case's part by its number."""

    def __init__(self, document: str, names: frozenset[str]) -> None:
        self.names = names
        self.text = strip_blanks(document)
        self.numerals = find_numerals(self.text, names)
        headings = list(_PART.finditer(self.text))
        ends = [*(heading.start() for heading in headings), len(self.text)][1:]
        self.parts = {int(heading[1]): (heading.start(), end) for heading, end in zip(headings, ends, strict=True)}

    @cached_property
    def inner(self) -> frozenset[int]:
        """The positions inside numerals: a phrase that starts or ends there contains a part of a number."""
        return frozenset(position for numeral in self.numerals for position in range(numeral.start + 1, numeral.end))

    @cached_property
    def _words(self) -> str:
        return _NO_WORD.sub("", self.text)

    def numerals_in(self, span: Span) -> list[Numeral]:
        """Return the numerals that lie in the span as a whole."""
        first = bisect_left(self.numerals, span[0], key=lambda numeral: numeral.start)
        return list(self.numerals[first : bisect_right(self.numerals, span[1], key=lambda numeral: numeral.end)])

    def find_part(self, number: int) -> Span:
        """Return the span of the part of a case; ValueError, saying what to write, if there is none or no short one."""
        if number not in self.parts:
            raise ValueError(f"--case: found {number}. The document has no line 案例{number}. Write it, or its number")
        start, end = self.parts[number]
        for at, line in enumerate(self.text[start:end].split("\n"), self.find_line(start)):
            if len(line) > LINE_LIMIT:
                found = f"line {at} of the document has {len(line):,} characters, at most {LINE_LIMIT:,} are drafted"
                raise ValueError(f"source: {found}. Divide it at its full stops")
        return start, end

    def find_sections(self, part: Span) -> list[Span]:
        """Return the spans from each heading of the part to the next one, or the part if it has none."""
        starts = [heading.start() for heading in _HEADING.finditer(self.text, *part)] or [part[0]]
        return list(zip(starts, [*starts[1:], part[1]], strict=True))

    def find_section(self, heading: str, part: Span) -> Span:
        """Return the span from the heading to the next one, or the whole part if the heading is not found."""
        found = re.compile(f"^{re.escape(strip_blanks(heading))}", re.MULTILINE).search(self.text, *part)
        if found is None:
            return part
        following = _HEADING.search(self.text, found.end(), part[1])
        return found.start(), following.start() if following else part[1]

    def find_phrase(self, phrase: str, scope: Span) -> list[Span]:
        """Return where the phrase stands in the span without cutting a numeral."""
        found = re.compile(re.escape(strip_blanks(phrase))).finditer(self.text, *scope)
        return [match.span() for match in found if self.inner.isdisjoint(match.span())]

    def find_line(self, position: int) -> int:
        """Return the line of a position, counted from 1."""
        return self.text.count("\n", 0, position) + 1

    def find_copied(self, text: str, length: int) -> str | None:
        """Return the first run of `length` letters and digits that the text has in common with the document."""
        words = _NO_WORD.sub("", text)
        runs = (words[start : start + length] for start in range(len(words) - length + 1))
        return next((run for run in runs if run in self._words), None)
