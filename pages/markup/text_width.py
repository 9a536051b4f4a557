"""How wide text will be, and where it breaks: for Plotly, which does not wrap it, and for what is placed by it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

_NEVER_FIRST = ",.;:)）」”》,。、;:!?%"
"""Characters that do not begin a line."""


def text_width(text: str) -> float:
    """Width in ems, estimated: 1 for a full-width character, for any other that of a wide Latin font."""
    return sum(1.0 if _is_wide(char) else 0.55 for char in text)


def wrap(text: str, ems: float) -> list[str]:
    """Lines of at most `ems`, broken between words or full-width characters; a word that is longer is cut."""
    lines: list[str] = []
    line, width = "", 0.0
    for piece in (part for whole in _pieces(text) for part in _cut(whole, int(2 * ems))):
        wide = text_width(piece)
        if line and width + wide > ems and piece.strip() and piece[0] not in _NEVER_FIRST:
            lines.append(line.rstrip())
            line, width = piece, wide
        else:
            line, width = line + piece, width + wide
    return [*lines, line.rstrip()] if line.strip() else lines


def _cut(word: str, length: int) -> list[str]:
    """Parts of a word of at most `length` characters."""
    return [word[start : start + length] for start in range(0, len(word), length)]


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _pieces(text: str) -> Iterator[str]:
    """Words, spaces and full-width characters in order."""
    for separate, run in groupby(text, lambda char: char == " " or _is_wide(char)):
        word = "".join(run)
        yield from word if separate else [word]
