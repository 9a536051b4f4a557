"""Whether the server can start here: the right Python, and every package that it needs. Older Pythons read this file too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"


@contextmanager
def explained() -> Iterator[None]:
    """Imports that end with one sentence (SystemExit) where the Python is too old or a package is missing."""
    if sys.version_info < OLDEST:
        raise SystemExit(
            "This is Python {}.{}; the dashboard needs {}.{} or newer.".format(*sys.version_info[:2], *OLDEST)
        )
    needed = [line.split("==")[0] for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines() if "==" in line]
    absent = [name for name in needed if not _installed(name)]
    if absent:
        raise SystemExit(_missing(absent))
    try:
        yield
    except ModuleNotFoundError as error:
        raise SystemExit(_missing([str(error.name)])) from error


def _installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _missing(names: list[str]) -> str:
    return f"Not installed here: {', '.join(names)}. Install what the dashboard needs: {sys.executable} -m pip install -r {REQUIREMENTS.name}"
