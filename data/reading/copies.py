"""Whether a case has the texts or metrics of another one, as a file has that was copied under another number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256

import numpy as np
import orjson

from data.reading.yaml_file import File

TEXTS = ("summary", "problem", "actions", "result")
"""The texts that no two cases have in common; nor have they a metric."""
_SIZE = 8
"""Number of bytes of the hash of a text or metric: a 64-bit number."""


def hash_parts(file: File) -> bytes:
    """Hash the texts of a case, and each of its metrics without its id; zeros for what is missing."""
    metrics = file.at(("metrics",))
    own = [{**each, "id": ""} for each in metrics if isinstance(each, dict)] if isinstance(metrics, tuple) else []
    return b"".join(
        sha256(orjson.dumps(part, option=orjson.OPT_SORT_KEYS)).digest()[:_SIZE] if part else bytes(_SIZE)
        for part in (*(file.at((name,)) for name in TEXTS), *own)
    )


def find_copies(parts: Sequence[bytes]) -> Iterator[tuple[int, int, str]]:
    """Yield the position of each case with parts of an earlier one, the position of that one, and what they are.

    `parts` are what `hash_parts` gave for each case.
    """
    hashes, sizes = np.frombuffer(b"".join(parts), np.uint64), [len(each) // _SIZE for each in parts]
    owners, starts = np.repeat(np.arange(len(parts)), sizes), np.cumsum([0, *sizes])
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    earlier = owners[first[which]]
    copied: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for at in np.flatnonzero((earlier != owners) & (hashes != 0)):
        copied[int(owners[at]), int(earlier[at])].append(int(at - starts[owners[at]]))
    for (copy, original), positions in copied.items():
        yield copy, original, _list_parts(positions)


def _list_parts(positions: Sequence[int]) -> str:
    """Name the texts, and count the metrics."""
    texts = [TEXTS[position] for position in positions if position < len(TEXTS)]
    metrics = len(positions) - len(texts)
    return ", ".join([*texts, *([f"{metrics} figure{'s' * (metrics != 1)}"] if metrics else [])])
