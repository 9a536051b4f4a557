"""The dataset that a running server shares among all readers: reread when a file changes, the last good one kept when an edit is broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from data.load import FOLDER, Dataset, DatasetError, read_dataset
from data.problems import Problem

Fingerprint = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, eq=False)
class State:
    """The last good dataset, when it was loaded, and the problems of a newer edit that could not be used."""

    dataset: Dataset
    loaded_at: float
    problems: tuple[Problem, ...] = ()


class Live:
    """Keeps the dataset of one folder. `current` is cheap: it compares names, times and sizes, and parses only when they differ."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._seen: Fingerprint | None = None
        self._state: State | None = None

    def current(self) -> State:
        """The state by now. Raises DatasetError only when there never was a good dataset."""
        seen = self._fingerprint()
        if self._state is not None and seen == self._seen:
            return self._state
        with self._lock:
            if self._state is None or seen != self._seen:
                self._state = self._reread()
                self._seen = seen
            return self._state

    def _reread(self) -> State:
        dataset, problems = read_dataset(self.folder)
        if dataset is not None:
            return State(dataset, time.time())
        if self._state is None:
            raise DatasetError(problems)
        for problem in problems:
            print(problem, flush=True)
        return State(self._state.dataset, self._state.loaded_at, tuple(problems))

    def _fingerprint(self) -> Fingerprint:
        found = []
        for part in ("cases", "reference"):
            for path in sorted((self.folder / part).glob("*.*")):
                try:
                    status = path.stat()
                except OSError:
                    continue
                found.append((path.name, status.st_mtime_ns, status.st_size))
        return tuple(found)


_LIVE = Live()


def current() -> State:
    """The state of this project's own dataset."""
    return _LIVE.current()


@lru_cache(maxsize=1)
def boundaries() -> Mapping[str, Any]:
    """The outlines of the 18 units as GeoJSON; the id of a feature is the unit's six-digit code."""
    found: Mapping[str, Any] = orjson.loads((FOLDER / "reference" / "henan.geojson").read_bytes())
    return found
