"""The copy of the last good files that a start with a faulty one uses: a ZIP file in a subfolder of HENAN_CACHE."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from data import __version__
from data.query.dataset import Dataset
from data.reading.folder import Files

NAME = "henan-reform-outcomes"
"""The subfolder; nothing beside it is read, written or removed."""
MARKER = "CACHEDIR.TAG"
TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# Kept by Henan Reform Outcomes between two starts. It may be removed at any time; see https://bford.info/cachedir/
"""
"""What the marker holds. It tells backup programs as well that this is a cache."""
ORIGIN = "origin"
"""The entry of a copy that holds the release that wrote it and when the files were loaded."""
logger = logging.getLogger(__name__)


class LastGood:
    """The copy of `folder` below `root`. Where it cannot be written or used, the log says so and there is none."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.path = root / NAME / f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.zip"

    def keep(self, files: Files, loaded_at: float) -> None:
        """Copy files that are good and were loaded at this time."""
        written = self.path.with_suffix(".new")
        try:
            self._claim_folder()
            with ZipFile(written, "w") as archive:
                archive.writestr(ZipInfo(ORIGIN), f"{__version__} {loaded_at!r}")
                for name, content in files.items():
                    archive.writestr(ZipInfo(name), content)
            written.replace(self.path)
        except OSError as error:
            logger.warning(f"The last good files are not kept: {error}")

    def restore(self, load: Callable[[Files], Dataset]) -> tuple[Dataset, float] | None:
        """What `load` makes of the copy, and when it was first loaded; None unless it is whole and of this release."""
        if not self.path.exists():
            return None
        try:
            with ZipFile(self.path) as archive:
                files = {name: archive.read(name) for name in archive.namelist()}
            release, loaded_at = files.pop(ORIGIN).decode().split()
            if release != __version__:
                raise BadZipFile(f"release {release} has written it")
            return load(files), float(loaded_at)
        except Exception as error:  # noqa: BLE001 zipfile raises a dozen for a changed bit
            logger.warning(f"The last good files cannot be used: {self.path}: {error}")
            return None

    def _claim_folder(self) -> None:
        """Make the subfolder. Raises OSError if that fails, or something else has its name."""
        folder, marker = self.path.parent, self.path.with_name(MARKER)
        folder.mkdir(0o700, parents=True, exist_ok=True)
        if not folder.is_symlink() and not os.listdir(folder):
            folder.chmod(0o700)
            marker.write_bytes(TAG)
        if folder.is_symlink() or not marker.is_file() or marker.read_bytes() != TAG:
            raise FileExistsError(f"{folder} is there already without the {MARKER} of this program")
