"""Whether a case has the texts or metrics of another one, as a file has that was copied under another number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from data.reading.yaml_file import File

TEXTS = ("summary", "problem", "actions", "result")
"""The texts that no two cases have in common; nor have they a metric."""


def hash_parts(file: File) -> dict[str, str]:
    """The hashes of the texts of a case, and of each of its metrics without its id, with what each is the hash of."""
    metrics = file.values.get(("metrics",))
    own = [{**each, "id": ""} for each in metrics if isinstance(each, dict)] if isinstance(metrics, tuple) else []
    parts = [*((name, file.values.get((name,))) for name in TEXTS), *(("figure", each) for each in own)]
    return {sha256(repr(part).encode()).hexdigest()[:16]: what for what, part in parts if part}


def find_copies(parts: Iterable[Mapping[str, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield the position of each case with parts of an earlier one, the position of that one, and what they are.

    `parts` are what `hash_parts` gave for each case.
    """
    first: dict[str, int] = {}
    for copy, hashes in enumerate(parts):
        repeated: defaultdict[int, list[str]] = defaultdict(list)
        for found, what in hashes.items():
            if (original := first.setdefault(found, copy)) != copy:
                repeated[original].append(what)
        for original, told in repeated.items():
            figures = told.count("figure")
            counted = [f"{figures} figure{'s' * (figures != 1)}"] if figures else []
            yield copy, original, ", ".join([*(what for what in told if what in TEXTS), *counted])
