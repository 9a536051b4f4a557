"""The files of the pages that browsers and caches may keep for good: each path changes with its content."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.model.schema import Lang
from pages.markup.style_sheet import SHEET
from pages.serving.page_request import LANGUAGES
from pages.serving.scripts import FOLDER, PAGE_SCRIPT


class ImmutableFile:
    """A file and its path below the base path."""

    def __init__(self, path: str, content: bytes, media_type: str) -> None:
        self.path = path.format(sha256(content).hexdigest()[:12])
        self.content, self.media_type = content, media_type

    def answer(self, request: Request) -> Response:
        """The file, to be kept for good."""
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(self.content, media_type=self.media_type, headers=headers)


SCRIPT = ImmutableFile("/scripts/page.{}.js", PAGE_SCRIPT.encode(), "text/javascript")
"""The scripts that do not stand in the HTML of a page."""
STYLE_SHEET = ImmutableFile("/styles/site.{}.css", SHEET.encode(), "text/css")
"""The style sheet of every page."""
PREVIEWS: Mapping[Lang, ImmutableFile] = {
    lang: ImmutableFile(f"/preview/{lang}.{{}}.png", (FOLDER / f"preview_{lang}.png").read_bytes(), "image/png")
    for lang in LANGUAGES
}
"""The image in previews of links, the findings as they stand on the overview: `tests.browser.shots` draws it."""


def immutable_routes(base: str) -> list[Route]:
    """A route for each file."""
    return [Route(f"{base}{file.path}", file.answer) for file in (SCRIPT, STYLE_SHEET, *PREVIEWS.values())]
