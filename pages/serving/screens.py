"""The screens of the dashboard: their scripts and their paths."""

from __future__ import annotations

from collections.abc import Mapping

SCRIPTS: Mapping[str, str] = {
    "overview": "overview.py",
    "case": "case.py",
    "map": "map.py",
    "compare": "compare.py",
    "data": "download.py",
    "method": "method.py",
}
"""The script of each screen by the screen's name, in the order of the navigation."""


def url_path(name: str) -> str:
    """The path of a screen below the base path; empty for the overview."""
    return "" if name == "overview" else name
