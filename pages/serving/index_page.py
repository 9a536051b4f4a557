"""The HTML page of every screen: Streamlit's page with the scripts of pages/browser/.

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
from pages.serving.workarounds.english_words import encode_words
from pages.site.screens import SCREENS, url_path

STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
SCRIPTS = {
    name: (Path(__file__).parents[1] / "browser" / f"{name}.js").read_text(encoding="utf-8")
    for name in ("links", "popovers", "print", "share", "words")
}
"""The scripts read what they depend on from their attributes, so that their digests do not depend on it."""


def index_routes(base: str = "") -> list[Route]:
    """A route for every screen below `base`."""
    paths = [f"{base}/{url_path(name)}" for name in SCREENS]
    attributes = {"links": ("pages", " ".join(paths)), "words": ("words", encode_words())}
    opening = Markup('<script data-{}="{}">')
    scripts = (
        f"{opening.format(*attributes[name]) if name in attributes else '<script>'}{script}</script>"
        for name, script in SCRIPTS.items()
    )
    head, end, rest = STREAMLIT_PAGE.read_text(encoding="utf-8").partition("</head>")
    body = f"{head}{''.join(scripts)}\n  {end}{rest}".encode()
    headers = {"etag": f'"{sha256(body).hexdigest()[:32]}"', "cache-control": "no-cache"}

    def index(request: Request) -> Response:
        if is_current(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)

    return [Route(path, index) for path in paths]
