"""How a search is understood: its words, and the parts of them that are sought if nothing has every word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain

_ENGLISH = "a an and at by do does for from how in into is it many much of on or the to what which with"
FUNCTION_WORDS = frozenset((*_ENGLISH.split(), "的", "和", "与", "及"))
"""Words that say nothing of what is sought; they are left out beside others."""
MAX_PARTS = 16
"""Maximum number of parts that are sought; each is compared with every text."""
MIN_SHARE = 1 / 3
"""A text has enough of a search with this share of its parts, and no other text with more."""
_SYMBOLS = r"\W_"
_CHINESE = r"[\u3400-\u9fff]"
_PLURALS = (("ies", ""), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ss", "ss"), ("s", ""))
"""Endings of English nouns and what is sought instead: the first that fits. A text has a word if it contains it."""
_SHORTEST = 4
"""Number of letters from which an English word may be a plural."""


def normalize_text(text: str) -> str:
    """Text as it is searched: width, case and presentation forms do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def split_words(search: str) -> tuple[str, ...]:
    """Return the normalized words of a search, plurals as singulars, without function words if there are others."""
    words = [word for each in normalize_text(search).split() if (word := _trim(each))]
    telling = [word for word in words if word not in FUNCTION_WORDS]
    return tuple(dict.fromkeys(map(_to_singular, telling or words)))


def split_parts(words: Sequence[str]) -> tuple[str, ...]:
    """Return what is sought of words by itself: two neighbouring Chinese characters, other words whole."""
    parts = chain.from_iterable(_split_chinese(word) for word in words)
    return tuple(dict.fromkeys(parts))[:MAX_PARTS]


def _trim(word: str) -> str:
    """Return a word without the punctuation around it; one that is nothing else stays."""
    return re.sub(rf"^[{_SYMBOLS}]+|[{_SYMBOLS}]+$", "", word) or word


def _to_singular(word: str) -> str:
    if len(word) >= _SHORTEST and word.isascii() and word.isalpha():
        for ending, singular in _PLURALS:
            if word.endswith(ending):
                return word.removesuffix(ending) + singular
    return word


def _split_chinese(word: str) -> Iterator[str]:
    for piece in re.findall(rf"{_CHINESE}+|[^{_CHINESE[1:-1]}]+", word):
        is_chinese = re.match(_CHINESE, piece)
        yield from (piece[at : at + 2] for at in range(max(1, len(piece) - 1))) if is_chinese else [piece]
