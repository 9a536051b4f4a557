"""The style sheet of the pages as a file, which the browser keeps: the run of a page need not send it again."""

from __future__ import annotations

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.markup.style_sheet import SHEET

_FILE = SHEET.encode()
SHEET_PATH = f"/styles/site.{sha256(_FILE).hexdigest()[:12]}.css"
"""The path of the file below the base path, which changes with it."""


def sheet_route(base: str) -> Route:
    """The route of the file, which browsers and caches may keep for good."""

    def sheet(request: Request) -> Response:
        return Response(_FILE, media_type="text/css", headers={"cache-control": "public, max-age=31536000, immutable"})

    return Route(f"{base}{SHEET_PATH}", sheet)
