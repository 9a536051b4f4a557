"""`robots.txt` and `sitemap.xml`, for search engines."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data.query.dataset import Dataset
from pages.markup.environment import render
from pages.markup.screens import SCREENS
from pages.serving.index_page import read_data
from pages.serving.page_request import PageRequest, find_origin
from pages.serving.settings import Settings


def site_map_routes(settings: Settings) -> list[Route]:
    """The routes of both files. The site map needs absolute addresses: there is none for a host that nobody names."""

    def robots(request: Request) -> Response:
        lines = ["User-agent: *", f"Disallow: {settings.base}/_stcore/", "Allow: /"]
        if origin := find_origin(request, settings.allowed_hosts):
            lines += ["", f"Sitemap: {origin}{settings.base}/sitemap.xml"]
        return PlainTextResponse("\n".join([*lines, ""]), headers={"cache-control": "no-cache"})

    def site_map(request: Request) -> Response:
        origin = find_origin(request, settings.allowed_hosts)
        if not origin:
            return PlainTextResponse("There is no site map under this name.", 404)
        if not (dataset := read_data()):
            return PlainTextResponse("There is no data yet.", 503, {"retry-after": "60", "cache-control": "no-store"})
        written = write_site_map(dataset, f"{origin}{settings.base}")
        return Response(written, headers={"cache-control": "no-cache"}, media_type="application/xml")

    return [Route(f"{settings.base}/robots.txt", robots), Route(f"{settings.base}/sitemap.xml", site_map)]


def write_site_map(dataset: Dataset, site: str) -> str:
    """Every screen and case in each language and in that of the browser, with the others."""
    pages = [PageRequest(screen, "en", True) for screen in SCREENS if screen != "case"]
    pages += [PageRequest("case", "en", True, case_id) for case_id in dataset.by_id]
    return render("page", "site_map", "en", pages, site)
