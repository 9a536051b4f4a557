"""Preloads of the modules that every page needs.

Streamlit 1.67.0 loads the module of an element only when the first element of its kind has arrived, then the modules
that this one imports. Uses the names of the files in Streamlit's static files and their import statements.

Remove when Streamlit preloads the modules of the elements of a page, or lets an app name them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path

import streamlit

from pages.serving.workarounds import LEFT_OUT

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
ELEMENTS = ("Html", "ButtonGroup", "TextInput")
"""The modules of the elements that stand on every page: HTML, the language switch, the search."""
logger = logging.getLogger(__name__)
_IMPORT = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')


def list_modules(names: Iterable[str]) -> list[str]:
    """The files of these modules and of all that they import, in the folder SCRIPTS; without those that are gone."""
    found: list[str] = []
    files = {name: next((path.name for path in SCRIPTS.glob(f"{name}.*.js")), "") for name in names}
    if missing := [name for name, file in files.items() if not file]:
        logger.warning(LEFT_OUT, extra={"fields": {"workaround": "preload", "missing": missing}})
    waiting = [*filter(None, files.values())]
    while waiting:
        if (file := waiting.pop(0)) not in found:
            found.append(file)
            waiting += _IMPORT.findall((SCRIPTS / file).read_text(encoding="utf-8"))
    return found
