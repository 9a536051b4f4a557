"""The copy of the last good files that a start with a faulty one uses: a ZIP file in a subfolder of HENAN_CACHE."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, ZipInfo

from data import __version__
from data.query.dataset import Dataset
from data.reading.folder import SIZE_LIMIT, Files

NAME = "henan-reform-outcomes"
"""The subfolder; nothing beside it is read, written or removed."""
MARKER = "CACHEDIR.TAG"
TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# Kept by Henan Reform Outcomes between two starts. It may be removed at any time; see https://bford.info/cachedir/
"""
"""What the marker holds. It tells backup programs as well that this is a cache."""
ORIGIN = "origin"
"""The entry of a copy that holds the release that wrote it, the version of the data and when it was loaded."""
logger = logging.getLogger(__name__)


class LastGood:
    """The copy of `folder` below `root`. Where it cannot be written or used, the log says so and there is none."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.path = root / NAME / f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.zip"

    def keep(self, files: Files, version: str, loaded_at: float) -> None:
        """Copy the files of this version of the data, which were loaded at this time."""
        folder = self.path.parent
        try:
            folder.mkdir(0o700, parents=True, exist_ok=True)
            if not folder.is_symlink() and not os.listdir(folder):
                folder.chmod(0o700)
                (folder / MARKER).write_bytes(TAG)
            self._check_folder()
            with TemporaryDirectory(dir=folder) as scratch:
                written = Path(scratch, self.path.name)
                with ZipFile(written, "w") as archive:
                    archive.writestr(ZipInfo(ORIGIN), f"{__version__} {version} {loaded_at!r}")
                    for name, content in files.items():
                        archive.writestr(ZipInfo(name), content)
                written.replace(self.path)
        except OSError as error:
            logger.warning(f"The last good files are not kept: {error}")

    def restore(self, load: Callable[[Files], Dataset]) -> tuple[Dataset, float] | None:
        """What `load` makes of the copy, and when it was first loaded; None unless it is whole and of this release."""
        try:
            if not self.path.is_file():
                return None
            self._check_folder()
            with ZipFile(self.path) as archive:
                if any(entry.file_size > SIZE_LIMIT for entry in archive.infolist()):
                    raise BadZipFile("it holds a file that is too large")
                files = {name: archive.read(name) for name in archive.namelist()}
            release, version, loaded_at = files.pop(ORIGIN).decode().split()
            if release != __version__:
                raise BadZipFile(f"release {release} has written it")
            loaded, dataset = datetime.fromtimestamp(float(loaded_at), UTC), load(files)
            if dataset.version != version:
                raise BadZipFile("a file is missing")
        except Exception as error:  # noqa: BLE001 zipfile raises a dozen for a changed bit
            logger.warning(f"The last good files cannot be used: {self.path}: {error}")
            return None
        fields = {"version": version, "loaded": loaded.isoformat(timespec="seconds")}
        logger.info("the copy of the last good files is used", extra={"fields": fields})
        return dataset, float(loaded_at)

    def _check_folder(self) -> None:
        """Raise OSError where something else than this program has made the subfolder."""
        marker = self.path.with_name(MARKER)
        if self.path.parent.is_symlink() or not marker.is_file() or marker.read_bytes() != TAG:
            reason = f"it is there already without the {MARKER} of this program"
            raise FileExistsError(errno.EEXIST, reason, str(self.path.parent))
