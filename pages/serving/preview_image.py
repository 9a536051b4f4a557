"""The image in previews of links: the findings as they stand on the overview, in each language.

`python -m tests.browser.shots --readme` draws it from the page, like the pictures in README.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.model.schema import Lang
from pages.serving.page_request import LANGUAGES

WIDTH, HEIGHT = 1200, 630
"""Size of the images in px."""
FOLDER = Path(__file__).parents[1] / "browser"
_IMAGES = {lang: (FOLDER / f"preview_{lang}.png").read_bytes() for lang in LANGUAGES}


def preview_path(lang: Lang) -> str:
    """The path of the image below the base path, which changes with the image."""
    return f"/preview/{lang}.{sha256(_IMAGES[lang]).hexdigest()[:12]}.png"


def preview_routes(base: str = "") -> list[Route]:
    """A route for each image, which browsers and caches may keep for good; other sites may show it."""

    def route(lang: Lang) -> Route:
        def image(request: Request) -> Response:
            return Response(
                _IMAGES[lang],
                media_type="image/png",
                headers={"cache-control": "public, max-age=31536000, immutable"},
            )

        return Route(f"{base}{preview_path(lang)}", image)

    return [route(lang) for lang in LANGUAGES]
