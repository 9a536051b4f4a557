"""The dataset that a running server shares among all readers.

Changed files are loaded once they have been stable for one scan. The last good dataset is served while they are wrong.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from data.model.problems import Problem, escape_invisible
from data.query.dataset import Dataset, GeoJson
from data.reading.cache import Cache
from data.reading.folder import FOLDER, FolderState, content, folder_state, source_states
from data.reading.load import DatasetError, read_dataset

JUMP = 5.0
"""Seconds that the clock must move against the monotonic count to be regarded as set."""
RESTLESS = 5.0
"""Seconds after which it is logged that an edit waits because a file is still being changed."""
RETRY, RETRY_MOST = 1.0, 600.0
"""Seconds from a fault of the program to the next attempt on the same files: the first pause, which doubles, and the
longest."""

logger = logging.getLogger(__name__)
Prepare = Callable[[Dataset], None]
"""Callback that computes what pages derive from a dataset before it is published; if it fails, the dataset is not."""


@dataclass(frozen=True, eq=False)
class State:
    """The last good dataset, when it was loaded in seconds since 1970, and the problems of a newer edit, if any.

    `edition` counts the changes that readers could see.
    """

    dataset: Dataset
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
        unchanged = found == self._read
        self.last_scan_seconds = time.perf_counter() - begun if unchanged else 0.0
        self._last = found
        self._notice_restlessness(found, before)
        if unchanged and time.monotonic() < self._retry_at:
            self._keep()
            return
        if not unchanged and before not in (None, found):
            return
        self._read, self._retry_at = found, math.inf
        dataset, problems = self._load(self.folder, self._state.dataset if self._state else None)
        self.progress = None
        if self._cancelled:
            return
        if self._retry_at == math.inf:
            self._pause = 0.0
        if folder_state(self.folder) != found:
            self._read = None
        elif dataset:
            self._good = found
            self._publish(dataset)
        else:
            if self._state is None:
                self._restore()
            self._reject(problems)

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

    def _load(self, folder: Path, before: Dataset | None) -> tuple[Dataset | None, list[Problem]]:
        """Read the folder and prepare what pages derive from it, so that no request waits for that."""
        try:
            dataset, problems = read_dataset(folder, self.cache, before, self._note_progress)
            if dataset:
                _ = dataset.table
                self.prepare(dataset)
            return dataset, [problem for problem in problems if problem.severity == "error"]
        except Cancelled:
            return None, self._problems
        except Exception:
            self._pause = min(2 * self._pause, RETRY_MOST) or RETRY
            self._retry_at = time.monotonic() + self._pause
            logger.exception(
                "The data cannot be used because of a fault in the program. "
                f"It is tried again after {self._pause:.0f} s"
            )
            message = "cannot be used because of a fault in the program, which the log describes"
            return None, [Problem(self.folder.name, 1, 1, "", message)]

    def _restore(self) -> None:
        """Publish the last good source files of the cache, if any: a start with a bad file is no worse than an edit."""
        if not self.cache:
            return
        try:
            with TemporaryDirectory(dir=self.cache.own_folder()) as scratch:
                folder = Path(scratch) / self.folder.name
                loaded_at = self.cache.restore_sources(folder)
                dataset, problems = (None, []) if loaded_at is None else self._load(folder, None)
        except OSError as error:
            logger.warning(f"The source files that are kept cannot be read ({error.strerror}).")
            return
        self.progress = None
        for problem in problems:
            logger.warning(f"The source files that are kept cannot be used: {problem}")
        if dataset and not self._cancelled:
            self._publish(dataset, loaded_at)
            self._kept = dataset

    def cancel(self) -> None:
        """Stop loading after the files that are being read; for the end of the server."""
        self._cancelled = True

    def _note_progress(self, done: int, total: int) -> None:
        """Record the progress of loading and log every tenth of it."""
        if self._cancelled:
            raise Cancelled
        before, self.progress = self.progress or (0, total), (done, total)
        if done * 10 // total > before[0] * 10 // total:
            _log_info("reading", read=done, of=total)

    def _keep(self) -> None:
        """Write the source files of the published dataset to the cache."""
        state, read = self._state, self._read
        if not (self.cache and state and read and self._good == read) or state.dataset is self._kept:
            return
        self._kept = state.dataset
        self.cache.keep_sources(
            {name: repr(file_state) for name, file_state in source_states(read)},
            lambda name: content(self.folder / name),
            state.loaded_at,
            lambda: folder_state(self.folder) == read,
        )

    def _publish(self, dataset: Dataset, kept_at: float | None = None) -> None:
        """Publish a dataset that was just read, or one restored from the cache with the time it was loaded at."""
        state, version = self._state, dataset.version
        if state is None or (version, dataset.boundaries) != (state.dataset.version, state.dataset.boundaries):
            loaded_at = time.time() if kept_at is None else kept_at
            self._state = State(dataset, loaded_at, edition=state.edition + 1 if state else 1)
            loaded = {"loaded": datetime.fromtimestamp(loaded_at, UTC).isoformat(timespec="seconds")} if kept_at else {}
            message = "kept data loaded" if kept_at else "data loaded"
            _log_info(message, version=version, cases=len(dataset.cases), figures=len(dataset.metrics), **loaded)
        elif state.problems:
            self._state = replace(state, problems=(), edition=state.edition + 1)
            _log_info("data as before", version=version)

    def _reject(self, problems: list[Problem]) -> None:
        self._problems, state = problems, self._state
        for problem in problems:
            logger.error(str(problem))
        if state and state.problems != tuple(problems):
            self._state = replace(state, problems=tuple(problems), edition=state.edition + 1)
        fields = {"problems": len(problems), **({"version": state.dataset.version} if state else {})}
        logger.error("update refused" if state else "no data", extra={"fields": fields})

    def _follow_clock(self) -> None:
        """Correct the time of loading when the clock has been set since."""
        before, self._clock = self._clock, _clock()
        jump = self._clock - before
        if abs(jump) > JUMP:
            logger.warning(f"The clock was set {'forward' if jump > 0 else 'back'} by {abs(jump):.0f} seconds.")
            if state := self._state:
                self._state = replace(state, loaded_at=state.loaded_at + jump, edition=state.edition + 1)


def _log_info(message: str, **fields: object) -> None:
    logger.info(message, extra={"fields": fields})


def _clock() -> float:
    """Return the clock minus the monotonic count, which includes sleep where the system offers such a count."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() - (time.monotonic() if boottime is None else time.clock_gettime(boottime))


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


def boundaries() -> GeoJson:
    """Return the outlines of the 18 units; the id of a feature is the unit's six-digit code."""
    return current().dataset.boundaries
