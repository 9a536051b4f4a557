"""The words of a program that are marked where it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_MARKED = re.compile(r'("[^"\n]*"|\b(?:and|as|def|each|else|for|function|if|import|in|let|or|return|then)\b(?!\.))')
"""Strings and keywords of the languages in which programs are offered (data/downloads/snippets.py)."""


class Piece(NamedTuple):
    """A run of a program: a string, a keyword, or what stands between them."""

    kind: Literal["string", "keyword", "other"]
    text: str


def split_program(program: str) -> Iterator[Piece]:
    """Yield the pieces of a program; joined they are the program."""
    for at, text in enumerate(_MARKED.split(program)):
        yield Piece("other" if at % 2 == 0 else "string" if text.startswith('"') else "keyword", text)
