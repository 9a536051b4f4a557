"""ZIP files that are byte for byte the same for the same contents, so that their ETag is stable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold, given to every member."""
READABLE = 0o100644
"""The mode of every member: a file that everybody may read."""


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a compressed ZIP file of these files by name, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.external_attr = READABLE << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def reset_times(content: bytes) -> bytes:
    """Return the same ZIP file with ZIP_EPOCH as the time of every member."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return write_zip({name: archive.read(name) for name in archive.namelist()})
