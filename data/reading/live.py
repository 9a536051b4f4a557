"""The dataset that a running server shares among all readers.

Changed files are loaded once they have been stable for one scan and are valid; until then the last good dataset is
served.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.model.problems import Problem, escape_invisible
from data.query.dataset import Dataset
from data.reading.cache import Cache
from data.reading.folder import FOLDER, FolderState, content, folder_state, source_states
from data.reading.load import DatasetError, read_dataset

JUMP = 5.0
"""Minimum difference in seconds, between the clock and the monotonic count, that counts as the clock being set."""
RESTLESS = 5.0
"""Seconds after which it is logged that an edit waits because a file is still being changed."""
RETRY, RETRY_MOST = 1.0, 600.0
"""Seconds between a fault of the program and the next attempt on the same files: the first pause, which doubles, and
the longest."""

logger = logging.getLogger(__name__)
Prepare = Callable[[Dataset], None]
"""Callback that computes what pages derive from a dataset before it is published; if it fails, the dataset is not."""


@dataclass(frozen=True, eq=False)
class State:
    """The last good dataset and its boundaries (GeoJSON; a feature's id is the unit's six-digit code).

    `loaded_at` is in seconds since 1970, `problems` are those of a newer edit that could not be used, and `edition`
    counts the changes that readers could see.
    """

    dataset: Dataset
    boundaries: Mapping[str, Any]
    loaded_at: float
    problems: tuple[Problem, ...] = ()
    edition: int = 1


def nothing(dataset: Dataset) -> None:
    """Compute nothing in advance."""


class Cancelled(Exception):
    """Raised while files are read when the server stops."""


class Live:
    """Keeps the dataset of one folder.

    `current` opens no file once there is a good dataset; `refresh` does, and a server calls it several times a second.
    """

    def __init__(self, folder: Path = FOLDER, cache: Path | None = None, prepare: Prepare = nothing) -> None:
        self.folder, self.cache, self.prepare = folder, Cache(cache, folder) if cache else None, prepare
        self.progress: tuple[int, int] | None = None
        self.last_scan_seconds = 0.0
        self._kept: Dataset | None = None
        self._cancelled = False
        self._lock = threading.Lock()
        self._state: State | None = None
        self._problems = [Problem(folder.name, 1, 1, "", "is being changed. It is read once it rests")]
        self._read: FolderState | None = None
        self._last: FolderState | None = None
        self._good: FolderState | None = None
        self._moving_since: float | None = None
        self._pause, self._retry_at = 0.0, math.inf
        self._clock = _clock()

    def current(self) -> State:
        """Return the state as of the last scan.

        Raises DatasetError while there never was a good dataset. With many cases it does not wait for the first load,
        whose progress is in `progress`.
        """
        if self._state is None and self.progress is None:
            self.refresh()
        if self._state is None:
            raise DatasetError(self._problems)
        return self._state

    def refresh(self) -> int:
        """Reload changed files once they have been stable since the last scan: editors may save a file in two steps.

        Returns the number of the edition, 0 if there is no data.
        """
        with self._lock:
            self._follow_clock()
            self._refresh()
            return self._state.edition if self._state else 0

    def _refresh(self) -> None:
        begun = time.perf_counter()
        found, before = folder_state(self.folder), self._last
        again = found == self._read and time.monotonic() >= self._retry_at
        self.last_scan_seconds = time.perf_counter() - begun if found == self._read else 0.0
        self._last = found
        self._notice_restlessness(found, before)
        if not again and (found == self._read or before not in (None, found)):
            if found == self._read:
                self._keep()
            return
        self._read, self._retry_at = found, math.inf
        loaded, problems = self._load(self.folder, self._state.dataset if self._state else None)
        self.progress = None
        if self._cancelled:
            return
        if self._retry_at == math.inf:
            self._pause = 0.0
        if folder_state(self.folder) != found:
            self._read = None
        elif loaded is None:
            if self._state is None:
                self._restore()
            self._reject(problems)
        else:
            self._good = found
            self._publish(*loaded)

    def _notice_restlessness(self, found: FolderState, before: FolderState | None) -> None:
        """Log once which files keep changing, when edits have waited longer than RESTLESS."""
        if before in (None, found):
            self._moving_since = None
            return
        since = time.monotonic() if self._moving_since is None else self._moving_since
        waited = time.monotonic() - since >= RESTLESS
        self._moving_since = math.inf if waited else since
        if waited:
            names = ", ".join(sorted({f"{entry[0]}/{entry[1]}" for entry in {*found} ^ {*before}}))
            logger.warning(
                f"Edits wait: {escape_invisible(names, 200)} has been changing for {RESTLESS:.0f} seconds. "
                "They are taken over once it rests."
            )

    def _load(
        self, folder: Path, before: Dataset | None
    ) -> tuple[tuple[Dataset, Mapping[str, Any]] | None, list[Problem]]:
        """Read the folder and prepare what pages derive from it, so that no request waits for that."""
        try:
            dataset, problems = read_dataset(folder, self.cache, before, self._note_progress)
            problems = [problem for problem in problems if problem.severity == "error"]
            if dataset is None:
                return None, problems
            _ = dataset.index
            self.prepare(dataset)
        except Cancelled:
            return None, self._problems
        except Exception:
            self._pause = min(2 * self._pause, RETRY_MOST) or RETRY
            self._retry_at = time.monotonic() + self._pause
            logger.exception(
                "The data cannot be used because of a fault in the program. "
                f"It is tried again after {self._pause:.0f} s"
            )
            return None, [
                Problem(
                    self.folder.name,
                    1,
                    1,
                    "",
                    "cannot be used because of a fault in the program, which the log describes",
                )
            ]
        return (dataset, dataset.boundaries), []

    def _restore(self) -> None:
        """Publish the last good source files of the cache, if any: a start with a bad file is no worse than an edit."""
        if not self.cache:
            return
        try:
            with TemporaryDirectory(dir=self.cache.own_folder()) as scratch:
                folder = Path(scratch) / self.folder.name
                loaded_at = self.cache.restore_sources(folder)
                loaded, problems = (None, []) if loaded_at is None else self._load(folder, None)
        except OSError as error:
            logger.warning(f"The source files that are kept cannot be read ({error.strerror}).")
            return
        self.progress = None
        for problem in problems:
            logger.warning(f"The source files that are kept cannot be used: {problem}")
        if loaded and loaded_at is not None and not self._cancelled:
            self._publish(*loaded, loaded_at)
            self._kept = loaded[0]

    def cancel(self) -> None:
        """Stop loading after the files that are being read; for the end of the server."""
        self._cancelled = True

    def _note_progress(self, done: int, total: int) -> None:
        """Record the progress of loading and log every tenth of it."""
        if self._cancelled:
            raise Cancelled
        before, self.progress = self.progress or (0, total), (done, total)
        if done * 10 // total > before[0] * 10 // total:
            logger.info("reading", extra={"fields": {"read": done, "of": total}})

    def _keep(self) -> None:
        """Write the source files of the published dataset to the cache."""
        state = self._state
        if (
            state is None
            or state.dataset is self._kept
            or self._read is None
            or self._good != self._read
            or not self.cache
        ):
            return
        self._kept = state.dataset
        self.cache.keep_sources(
            {name: repr(state_of_file) for name, state_of_file in source_states(self._read)},
            lambda name: content(self.folder / name),
            state.loaded_at,
            lambda: folder_state(self.folder) == self._good,
        )

    def _publish(self, dataset: Dataset, boundaries: Mapping[str, Any], kept_at: float | None = None) -> None:
        """Publish a dataset that was just read, or one restored from the cache with the time it was loaded at."""
        state = self._state
        if state is None or (dataset.version, boundaries) != (state.dataset.version, state.boundaries):
            loaded_at = time.time() if kept_at is None else kept_at
            self._state = State(dataset, boundaries, loaded_at, edition=state.edition + 1 if state else 1)
            loaded = {"loaded": datetime.fromtimestamp(loaded_at, UTC).isoformat(timespec="seconds")} if kept_at else {}
            logger.info(
                "kept data loaded" if kept_at else "data loaded",
                extra={
                    "fields": {
                        "version": dataset.version,
                        "cases": len(dataset.cases),
                        "figures": dataset.metric_count,
                        **loaded,
                    }
                },
            )
        elif state.problems:
            self._state = replace(state, problems=(), edition=state.edition + 1)
            logger.info("data as before", extra={"fields": {"version": dataset.version}})

    def _reject(self, problems: list[Problem]) -> None:
        self._problems = problems
        for problem in problems:
            logger.error(str(problem))
        if self._state and self._state.problems != tuple(problems):
            self._state = replace(self._state, problems=tuple(problems), edition=self._state.edition + 1)
        kept = {"version": self._state.dataset.version} if self._state else {}
        logger.error(
            "update refused" if self._state else "no data", extra={"fields": {"problems": len(problems), **kept}}
        )

    def _follow_clock(self) -> None:
        """Correct the time of loading when the clock has been set since."""
        before, self._clock = self._clock, _clock()
        jump = self._clock - before
        if abs(jump) > JUMP:
            logger.warning(f"The clock was set {'forward' if jump > 0 else 'back'} by {abs(jump):.0f} seconds.")
            if self._state:
                self._state = replace(
                    self._state, loaded_at=self._state.loaded_at + jump, edition=self._state.edition + 1
                )


def _clock() -> float:
    """Return the clock minus the monotonic count, which includes sleep where the system offers such a count."""
    return time.time() - (
        time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
    )


_LIVE = Live()


def configure(folder: Path, cache: Path | None = None, prepare: Prepare = nothing) -> None:
    """Serve the dataset of this folder and keep what was read in `cache`."""
    global _LIVE
    _LIVE = Live(folder, cache, prepare)


def current() -> State:
    """Return the state of the dataset that is served. Raises DatasetError while there is none."""
    return _LIVE.current()


def refresh() -> int:
    """Reload changed files of the dataset that is served. Returns its edition, 0 while there is no data."""
    return _LIVE.refresh()


def last_scan_seconds() -> float:
    """Return the seconds that the last scan took; 0 if it found a change, so that the next scan is soon."""
    return _LIVE.last_scan_seconds


def cancel() -> None:
    """Stop loading the dataset that is served."""
    _LIVE.cancel()


def progress() -> tuple[int, int] | None:
    """Return how many case files of how many have been read during the first load; None otherwise."""
    return _LIVE.progress


def boundaries() -> Mapping[str, Any]:
    """The outlines of the 18 units as GeoJSON; the id of a feature is the unit's six-digit code."""
    return current().boundaries
