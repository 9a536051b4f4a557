"""ZIP files whose bytes depend on their contents alone, so that the same data keeps the same ETag."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_DAWN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold."""


def archive(files: Mapping[str, bytes]) -> bytes:
    """A compressed ZIP file of these files, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, _DAWN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sealed(packed: bytes) -> bytes:
    """The same ZIP file without the time at which it was made."""
    with zipfile.ZipFile(io.BytesIO(packed)) as given:
        return archive({name: given.read(name) for name in given.namelist()})
