"""The dataset that a running server shares among all readers. What changes on the disk is taken over once it rests and is whole; until then the last good one stays."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from data.model.problems import Problem, escape_invisible
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.reading.boundaries import BOUNDARIES
from data.reading.folder import FOLDER
from data.reading.load import REFERENCE, DatasetError, read_dataset
from data.reading.shelf import Shelf
from data.reading.store import Sources, own_folder
from data.reading.yaml_file import content
from data.wording.rows import worded_rows

JUMP = 5.0
"""So many seconds must the clock differ from the machine's own count before somebody has set it."""
RESTLESS = 5.0
"""Seconds after which it is logged that an edit waits because a file is still being changed."""
RETRY, RETRY_MOST = 1.0, 600.0
"""Seconds from a fault of the program to the next attempt to read the same files; the pause doubles up to the second."""

logger = logging.getLogger(__name__)
_ENDINGS = (".yaml", ".yml", ".geojson")
Fingerprint = tuple[tuple[str | int | None, ...], ...]


@dataclass(frozen=True, eq=False)
class State:
    """The last good dataset and the boundaries (GeoJSON; the id of a feature is its unit's six-digit code), when they were loaded in seconds since 1970,
    and the problems of a newer edit that could not be used. `edition` counts the changes that a reader could see.
    """

    dataset: Dataset
    boundaries: Mapping[str, Any]
    loaded_at: float
    problems: tuple[Problem, ...] = ()
    edition: int = 1


class Left(Exception):
    """The server stops while it reads."""


class Live:
    """Keeps the dataset of one folder. `current` opens no file once there is a good dataset; `look` does, and a server calls it several times a second."""

    def __init__(self, folder: Path = FOLDER, cache: Path | None = None) -> None:
        self.folder, self.cache = folder, cache
        self.progress: tuple[int, int] | None = None
        self.effort = 0.0
        self._kept: Dataset | None = None
        self._left = False
        self._lock = threading.Lock()
        self._state: State | None = None
        self._problems = [Problem(folder.name, 1, 1, "", "is being changed. It is read once it rests")]
        self._read: Fingerprint | None = None
        self._last: Fingerprint | None = None
        self._good: Fingerprint | None = None
        self._moving_since: float | None = None
        self._pause, self._retry_at = 0.0, math.inf
        self._clock = _clock()

    def current(self) -> State:
        """The state as of the last look. Raises DatasetError while there never was a good dataset; nobody waits for many cases, whose reading `progress` tells."""
        if self._state is None and self.progress is None:
            self.look()
        if self._state is None:
            raise DatasetError(self._problems)
        return self._state

    def look(self) -> int:
        """Takes over what has changed, and rests since the last look: a file may be saved in two steps, or several one after the other. The edition after it; 0 is none."""
        with self._lock:
            self._follow_clock()
            self._look()
            return self._state.edition if self._state else 0

    def _look(self) -> None:
        begun = time.perf_counter()
        found, before = _fingerprint(self.folder), self._last
        again = found == self._read and time.monotonic() >= self._retry_at
        self.effort = time.perf_counter() - begun if found == self._read else 0.0
        self._last = found
        self._notice_restlessness(found, before)
        if not again and (found == self._read or before not in (None, found)):
            if found == self._read:
                self._keep()
            return
        self._read, self._retry_at = found, math.inf
        loaded, problems = self._load(self.folder, self._state and self._state.dataset)
        self.progress = None
        if self._left:
            return
        if self._retry_at == math.inf:
            self._pause = 0.0
        if _fingerprint(self.folder) != found:
            self._read = None
        elif loaded is None:
            if self._state is None:
                self._restore()
            self._refuse(problems)
        else:
            self._good = found
            self._adopt(*loaded)

    def _notice_restlessness(self, found: Fingerprint, before: Fingerprint | None) -> None:
        """Says once in the log which files keep everybody from seeing what was edited, when that takes long."""
        if before in (None, found):
            self._moving_since = None
            return
        since = time.monotonic() if self._moving_since is None else self._moving_since
        waited = time.monotonic() - since >= RESTLESS
        self._moving_since = math.inf if waited else since
        if waited:
            names = ", ".join(sorted({f"{entry[0]}/{entry[1]}" for entry in {*found} ^ {*before}}))
            logger.warning(
                f"Edits wait: {escape_invisible(names, 200)} has been changing for {RESTLESS:.0f} seconds. They are taken over once it rests."
            )

    def _load(
        self, folder: Path, before: Dataset | None
    ) -> tuple[tuple[Dataset, Mapping[str, Any]] | None, list[Problem]]:
        """What the folder holds, with everything made that pages derive from it: no reader waits for that, and none meets what cannot be made."""
        try:
            dataset, problems = read_dataset(folder, self.cache, before, self._told)
            problems = [problem for problem in problems if problem.severity == "error"]
            if dataset is None:
                return None, problems
            dataset.index.prepare()
            for lang in get_args(Lang):
                rows = worded_rows(dataset, lang)
                list(rows if isinstance(dataset.cases, tuple) else rows[:1])
        except Left:
            return None, self._problems
        except Exception:
            self._pause = min(2 * self._pause, RETRY_MOST) or RETRY
            self._retry_at = time.monotonic() + self._pause
            logger.exception(
                f"The data cannot be used because of a fault in the program. It is tried again after {self._pause:.0f} s"
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
        """Shows the last good source files that are kept on the disk, where there are any: a start with a bad file is no worse than an edit."""
        if not self.cache:
            return
        try:
            with TemporaryDirectory(dir=own_folder(self.cache)) as scratch:
                folder = Path(scratch) / self.folder.name
                loaded_at = Sources(self.cache, self.folder).restore(folder)
                loaded, problems = (None, []) if loaded_at is None else self._load(folder, None)
        except OSError as error:
            logger.warning(f"The source files that are kept cannot be read ({error.strerror}).")
            return
        self.progress = None
        for problem in problems:
            logger.warning(f"The source files that are kept cannot be used: {problem}")
        if loaded and loaded_at is not None and not self._left:
            self._adopt(*loaded, loaded_at)
            self._kept = loaded[0]

    def leave(self) -> None:
        """Nobody needs the data any longer: reading ends with the files that are just being read."""
        self._left = True

    def _told(self, done: int, total: int) -> None:
        """Notes how far reading is, and tells it at every tenth."""
        if self._left:
            raise Left
        before, self.progress = self.progress or (0, total), (done, total)
        if done * 10 // total > before[0] * 10 // total:
            logger.info("reading", extra={"fields": {"read": done, "of": total}})

    def _keep(self) -> None:
        """Brings what is kept on the disk up to date, once readers have what is new."""
        state = self._state
        if state is None or state.dataset is self._kept or self._good != self._read or not self.cache:
            return
        self._kept = state.dataset
        if isinstance(state.dataset.cases, Shelf):
            state.dataset.cases.keep(state.dataset.tables, state.dataset.source)
        Sources(self.cache, self.folder).keep(
            dict(_source_states(self._read)),
            lambda name: content(self.folder / name),
            state.loaded_at,
            lambda: _fingerprint(self.folder) == self._good,
        )

    def _adopt(self, dataset: Dataset, boundaries: Mapping[str, Any], kept_at: float | None = None) -> None:
        """Shows what was read just now, or was kept on the disk at a start since it was loaded."""
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
                        "figures": dataset.figures,
                        **loaded,
                    }
                },
            )
        elif state.problems:
            self._state = replace(state, problems=(), edition=state.edition + 1)
            logger.info("data as before", extra={"fields": {"version": dataset.version}})

    def _refuse(self, problems: list[Problem]) -> None:
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
        """Tells the time of loading by the clock as it goes now, when somebody has set it since."""
        before, self._clock = self._clock, _clock()
        jump = self._clock - before
        if abs(jump) > JUMP:
            logger.warning(f"The clock was set {'forward' if jump > 0 else 'back'} by {abs(jump):.0f} seconds.")
            if self._state:
                self._state = replace(
                    self._state, loaded_at=self._state.loaded_at + jump, edition=self._state.edition + 1
                )


def _clock() -> float:
    """What the clock shows beyond a count that nobody can set; it runs on while the machine sleeps where the system has such a one."""
    return time.time() - (
        time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
    )


def _fingerprint(folder: Path) -> Fingerprint:
    """What tells one state of the files from another without reading them. What cannot be looked at counts by the reason why."""
    return tuple(entry for part in ("cases", "reference") for entry in _entries(folder / part))


def _entries(part: Path) -> Iterator[tuple[str | int | None, ...]]:
    try:
        names = sorted(os.listdir(part))
    except OSError as error:
        names = []
        yield part.name, error.errno
    for name in names:
        if name.lower().endswith(_ENDINGS) and not name.startswith("."):
            try:
                found = os.stat(f"{part}/{name}")
                yield part.name, name, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
            except OSError as error:
                yield part.name, name, error.errno


def _source_states(found: Fingerprint) -> Iterator[tuple[str, str]]:
    """The files that a dataset is read from, with their states."""
    reference = {BOUNDARIES, *(f"{name}.yaml" for name in REFERENCE)}
    for part, name, *state in found:
        if part == "cases" or name in reference:
            yield f"{part}/{name}", repr(state)


_LIVE = Live()


def use(folder: Path, cache: Path | None = None) -> None:
    """Takes the dataset from another folder than this project's own, and keeps what was read of many cases in `cache`."""
    global _LIVE
    _LIVE = Live(folder, cache)


def current() -> State:
    """The state of the dataset that is served."""
    return _LIVE.current()


def look() -> int:
    """Takes over what has changed in the dataset that is served, and gives its edition; 0 while there is none."""
    return _LIVE.look()


def effort() -> float:
    """The seconds that the last look at the files took; 0 where it noticed a change, which wants a second look soon."""
    return _LIVE.effort


def leave() -> None:
    """Ends the reading of the dataset that is served."""
    _LIVE.leave()


def progress() -> tuple[int, int] | None:
    """How many case files of how many are read, while the first of many are."""
    return _LIVE.progress


def boundaries() -> Mapping[str, Any]:
    """The outlines of the 18 units as GeoJSON; the id of a feature is the unit's six-digit code."""
    return current().boundaries
