"""The dataset that a running server shares among all readers.

Changed files are loaded once they have been stable for one scan. The last good dataset is served while they are wrong.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.model.problems import Problem, escape_invisible
from data.query.dataset import Dataset
from data.reading.folder import FOLDER, Files, FolderState, folder_state, read_files
from data.reading.last_good import LastGood
from data.reading.load import DatasetError, Known, build_dataset

RESTLESS = 5.0
"""Seconds after which it is logged that an edit waits because a file is still being changed."""
RETRY = 60.0
"""Seconds from a fault of the program to the next attempt."""

logger = logging.getLogger(__name__)
Prepare = Callable[[Dataset], None]
"""Callback that computes what pages derive from a dataset before it is served; if it fails, the dataset is not."""


@dataclass(frozen=True, eq=False)
class State:
    """The last good dataset, when it was loaded in seconds since 1970, and the problems of a newer edit, if any.

    `edition` counts the changes that readers could see.
    """

    dataset: Dataset
    loaded_at: float
    problems: tuple[Problem, ...] = ()
    edition: int = 1


class Live:
    """Keeps the dataset of one folder, and below `cache` a copy of its last good files.

    `current` opens no file once there is a good dataset; `refresh` does, and a server calls it all the time.
    """

    def __init__(self, folder: Path = FOLDER, cache: Path | None = None, prepare: Prepare | None = None) -> None:
        self.folder, self.prepare = folder, prepare
        self._copy = LastGood(cache, folder) if cache else None
        self._lock = threading.Lock()
        self._state: State | None = None
        moving = Problem(folder.name, 1, 1, "", "is being changed. It is read once it rests")
        self._problems: tuple[Problem, ...] = (moving,)
        self._known: Known = {}
        self._seen: FolderState | None = None
        self._read: FolderState | None = None
        self._scanned = False
        self._moving_since = math.inf
        self._retry_at = math.inf

    def current(self) -> State:
        """Return the state as of the last scan, of which the first is made here.

        Raises DatasetError while there never was a good dataset.
        """
        if not self._scanned:
            self.refresh()
        if self._state is None:
            raise DatasetError(self._problems)
        return self._state

    def refresh(self) -> int:
        """Reload changed files once they have been stable since the last scan: editors may save a file in two steps.

        Returns the number of the edition, 0 if there is no data.
        """
        with self._lock:
            before, self._seen = self._seen, folder_state(self.folder)
            is_due = self._seen != self._read or time.monotonic() >= self._retry_at
            if self._rests(before or self._seen, self._seen) and is_due:
                self._reload(self._seen)
            self._scanned = True
            return self._state.edition if self._state else 0

    def _rests(self, before: FolderState, now: FolderState) -> bool:
        """Whether no file has changed between two scans. Logs once which ones do, when that lasts."""
        if before == now:
            self._moving_since = math.inf
            return True
        self._moving_since = min(self._moving_since, time.monotonic())
        if RESTLESS <= time.monotonic() - self._moving_since < math.inf:
            self._moving_since = -math.inf
            names = escape_invisible(", ".join(sorted({f"{entry[0]}/{entry[1]}" for entry in {*now} ^ {*before}})), 200)
            what = f"{names} has been changing for {RESTLESS:.0f} seconds"
            logger.warning(f"Edits wait: {what}. They are taken over once it rests.")
        return False

    def _reload(self, found: FolderState) -> None:
        """Read the files, and serve what they hold unless one has changed meanwhile."""
        files = read_files(self.folder)
        if folder_state(self.folder) != found:
            return
        self._read, self._retry_at = found, math.inf
        try:
            dataset = self._load(files)
        except DatasetError as error:
            self._refuse(error.problems)
        except Exception:
            self._retry_at = time.monotonic() + RETRY
            fault = "cannot be used because of a fault in the program"
            logger.exception(f"The data {fault}. It is tried again after {RETRY:.0f} s")
            self._refuse((Problem(self.folder.name, 1, 1, "", f"{fault}, which the log describes"),))
        else:
            self._serve(dataset, time.time())
            if self._copy and self._state:
                self._copy.keep(files, dataset.version, self._state.loaded_at)

    def _load(self, files: Files) -> Dataset:
        """Make the dataset and what pages derive from it, so that no request waits for that."""
        dataset, problems = build_dataset(files, self.folder.name, self._known)
        if dataset is None:
            raise DatasetError(problems)
        if self.prepare:
            self.prepare(dataset)
        return dataset

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        """Serve the last good data; at the start, that of the copy: there a bad file is no worse than as an edit."""
        self._problems = problems
        for problem in problems:
            logger.error(str(problem))
        if self._state:
            self._serve(self._state.dataset, self._state.loaded_at, problems)
        elif self._copy and (restored := self._copy.restore(self._load)):
            self._serve(*restored, problems)
        logger.error("update refused" if self._state else "no data", extra={"fields": {"problems": len(problems)}})

    def _serve(self, dataset: Dataset, loaded_at: float, problems: tuple[Problem, ...] = ()) -> None:
        """Let readers see this unless they see it already. A dataset with the same content stays the one it is."""
        state, message = self._state, "data loaded"
        if state and (dataset.version, dataset.boundaries) == (state.dataset.version, state.dataset.boundaries):
            dataset, loaded_at, message = state.dataset, state.loaded_at, "data as before"
            if state.problems == problems:
                return
        self._state = State(dataset, loaded_at, problems, state.edition + 1 if state else 1)
        if not problems:
            fields = {"version": dataset.version, "cases": len(dataset.cases), "figures": len(dataset.metrics)}
            logger.info(message, extra={"fields": fields})


_LIVE = Live()


def configure(folder: Path, cache: Path | None = None, prepare: Prepare | None = None) -> None:
    """Serve the dataset of this folder and keep a copy of its last good files in `cache`."""
    global _LIVE
    _LIVE = Live(folder, cache, prepare)


def current() -> State:
    """Return the state of the dataset that is served. Raises DatasetError while there is none."""
    return _LIVE.current()


def refresh() -> int:
    """Reload changed files of the dataset that is served. Returns its edition, 0 while there is no data."""
    return _LIVE.refresh()
