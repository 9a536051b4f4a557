"""The HTML page of every screen: Streamlit's page with the script of the links.

Other addresses get Streamlit's page, in which links are ordinary links.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import streamlit
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pages.serving.etag import is_current
from pages.site.screens import SCREENS, url_path

STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
LINKS_SCRIPT = (Path(__file__).parents[1] / "browser" / "links.js").read_text(encoding="utf-8")
"""The script reads the paths of the screens from its attribute, so that its digest does not depend on them."""


def index_routes(base: str = "") -> list[Route]:
    """A route for every screen below `base`."""
    paths = [f"{base}/{url_path(name)}" for name in SCREENS]
    opening = Markup('<script data-pages="{}">').format(" ".join(paths))
    head, end, rest = STREAMLIT_PAGE.read_text(encoding="utf-8").partition("</head>")
    body = f"{head}{opening}{LINKS_SCRIPT}</script>\n  {end}{rest}".encode()
    headers = {"etag": f'"{sha256(body).hexdigest()[:32]}"', "cache-control": "no-cache"}

    def index(request: Request) -> Response:
        if is_current(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)

    return [Route(path, index) for path in paths]
