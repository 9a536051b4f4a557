"""Search: its words, the parts of them that are sought if nothing has every word, and the texts that have them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from data.model.schema import Case, Metric, Text
from data.query.dataset import CACHE_SIZE, Dataset, Mask, cache_by_dataset
from data.query.sets import SET_NAMES, SYNONYMS, mark_set

_ENGLISH = "a an and at by do does for from how in into is it many much of on or the to what which with"
FUNCTION_WORDS = frozenset((*_ENGLISH.split(), "的", "和", "与", "及"))
"""Words that say nothing of what is sought; they are left out beside others."""
MAX_PARTS = 16
"""Maximum number of parts that are sought; each is compared with every text."""
MIN_SHARE = 1 / 3
"""A text has enough of a search with this share of its parts, and no other text with more."""
_CHINESE = r"[\u3400-\u9fff]"
_PLURAL = re.compile(r"(?:ies|(?<=ss|ch|sh)es|(?<=x)es|(?<!s)s)$")
"""The ending that is left out of a plural. A text has a word if it contains it."""
ENDING = r"(?:(?:y|ies|e?s)\b)?"
"""What may stand in a text behind a word without its ending."""


def normalize_text(text: str) -> str:
    """Text as it is searched: width, case and presentation forms do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def split_words(search: str) -> tuple[str, ...]:
    """Return the normalized words of a search, plurals as singulars, without function words if there are others.

    Words lose the punctuation around them; one that is nothing else stays.
    """
    words = [re.sub(r"^[\W_]+|[\W_]+$", "", word) or word for word in normalize_text(search).split()]
    telling = [word for word in words if word not in FUNCTION_WORDS]
    return tuple(dict.fromkeys(map(_to_singular, telling or words)))


def list_set_words(name: str) -> tuple[str, ...]:
    """Return the words for a set: those of its name, and its synonyms."""
    return split_words(f"{SET_NAMES[name].zh} {SET_NAMES[name].en} {SYNONYMS.get(name, '')}")


def find_sets(terms: Sequence[str]) -> list[str]:
    """Return the sets that one of these terms is a word for."""
    return [name for name in SET_NAMES if not {*list_set_words(name)}.isdisjoint(terms)]


def split_parts(words: Sequence[str]) -> tuple[str, ...]:
    """Return what is sought of words by itself: two neighbouring Chinese characters, other words whole."""
    parts = chain.from_iterable(map(_split_chinese, words))
    return tuple(dict.fromkeys(parts))[:MAX_PARTS]


def _to_singular(word: str) -> str:
    """Return the singular of an English word of four letters and more."""
    return _PLURAL.sub("", word) if len(word) >= 4 and word.isascii() and word.isalpha() else word


def _split_chinese(word: str) -> Iterator[str]:
    for piece in re.findall(rf"{_CHINESE}+|[^{_CHINESE[1:-1]}]+", word):
        is_chinese = re.match(_CHINESE, piece)
        yield from (piece[at : at + 2] for at in range(max(1, len(piece) - 1))) if is_chinese else [piece]


def find_terms(dataset: Dataset, search: str) -> tuple[tuple[str, ...], bool]:
    """Return what is sought in the texts, and whether all of it must be found: the words of the search, or parts of
    them if no text of the dataset has all the words.
    """
    words = split_words(search)
    if _find_each(dataset, words).all(axis=0).any():
        return words, True
    return split_parts(words), False


def search_texts(dataset: Dataset, search: str) -> tuple[Mask, Mask]:
    """Return the cases and the metrics whose own text contains all words of a search, or if none does the most parts.

    These must be MIN_SHARE of all parts at least. A metric also has the words for the sets that it is in, and the parts
    of its case, unless it is without any that its case has not.
    """
    terms, all_of_them = find_terms(dataset, search)
    in_case, in_metric = np.split(_find_each(dataset, terms), [len(dataset.cases)], axis=1)
    if all_of_them:
        return np.logical_and.reduce(in_case), np.logical_and.reduce(in_metric)
    in_its_case = in_case[:, dataset.case_numbers]
    of_case, of_metric, of_its_case = (found.sum(axis=0) for found in (in_case, in_metric, in_its_case))
    of_both = (in_metric | in_its_case).sum(axis=0)
    of_metric = np.where(of_both > of_its_case, of_both, of_metric)
    enough = max(len(terms) * MIN_SHARE, of_case.max(initial=0), of_metric.max(initial=0))
    return of_case >= enough, of_metric >= enough


def _find_each(dataset: Dataset, terms: Sequence[str]) -> Mask:
    """Return which of the terms (rows) the text of each case, then of each metric, contains."""
    return np.array([_find(dataset, term) for term in terms])


@cache_by_dataset(CACHE_SIZE)
def _find(dataset: Dataset, term: str) -> Mask:
    found = np.array([term in text for text in _read_texts(dataset)], bool)
    for name in find_sets([term]):
        found[len(dataset.cases) :] |= mark_set(dataset, name)
    return found


@cache_by_dataset(1)
def _read_texts(dataset: Dataset) -> list[str]:
    """Return the normalized text of each case, then of each metric."""
    of_metrics = [_read_metric(dataset, metric) for _, metric, _ in dataset.metrics]
    return [*(_read_case(dataset, case) for case in dataset.cases), *of_metrics]


def _read_case(dataset: Dataset, case: Case) -> str:
    places = [dataset.places[name].name for name in case.places]
    domains = [dataset.domains[name].name for name in case.domains]
    return _join(case.title, case.short, case.submitted_by, case.summary, *places, *domains)


def _read_metric(dataset: Dataset, metric: Metric) -> str:
    """Return its texts, source words and values in words, with the names of its unit, its place and the unit of the map
    that this lies in.
    """
    yardstick, place = metric.compared_with, dataset.places[metric.place]
    texts = [metric.name, metric.short, metric.subject, place.name, dataset.units[metric.unit].name]
    texts += [quantity.text for quantity in (metric.before, metric.after, metric.change) if quantity]
    texts += [yardstick.label, yardstick.end.text] if yardstick else []
    texts += [dataset.places[place.prefecture].name] if place.prefecture else []
    return _join(*texts, *(part for phrase in metric.phrases for part in (phrase.text, phrase.en)))


def _join(*texts: Text | str | None) -> str:
    parts = (text if isinstance(text, str) else f"{text.zh} {text.en}" for text in texts if text)
    return normalize_text(" ".join(parts))
