"""The scripts of the pages, which are in pages/browser/: in their HTML what must run first, the others in one file.

They read what they depend on from the attributes of their element, so that neither their digests in the policy nor the
file depend on it.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import streamlit
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
_FOLDER = Path(__file__).parents[1] / "browser"


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.js").read_text(encoding="utf-8")


_COMMENT_LINES = re.compile(r"^ *//.*\n", re.MULTILINE)
INLINE = {name: Markup(_COMMENT_LINES.sub("", _read(name))) for name in ("connect", "first_view")}
"""The scripts that stand in the HTML, without comments: what the app reads as it starts, and what shows the app."""
_FILE = "\n".join(
    map(_read, ("links", "keyboard", "presses", "print", "reconnect", "share", "words", "worker_registration"))
).encode()
FILE_PATH = f"/scripts/page.{sha256(_FILE).hexdigest()[:12]}.js"
"""The path of the file with the others below the base path, which changes with them."""


def scripts_route(base: str) -> Route:
    """The route of the file, which browsers and caches may keep for good."""

    def scripts(request: Request) -> Response:
        return Response(
            _FILE,
            media_type="text/javascript",
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    return Route(f"{base}{FILE_PATH}", scripts)
