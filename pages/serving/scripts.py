"""The scripts of the pages, which are in pages/browser/: in their HTML what must run first, the others in one file.

They read what they depend on from the attributes of their element, so that neither their digests in the policy nor the
file depend on it.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from markupsafe import Markup

STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
FOLDER = Path(__file__).parents[1] / "browser"


def _read(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


_COMMENT_LINES = re.compile(r"^ *//.*\n", re.MULTILINE)
INLINE = {name: Markup(_COMMENT_LINES.sub("", _read(name))) for name in ("connect", "first_view")}
"""The scripts that stand in the HTML, without comments: what the app reads as it starts, and what shows the app."""
PAGE_SCRIPT = "\n".join(
    map(_read, ("links", "keyboard", "presses", "print", "reconnect", "share", "words", "worker_registration"))
)
"""The others, one after the other."""
