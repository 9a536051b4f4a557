"""`robots.txt` and `sitemap.xml`, for search engines."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data.query.dataset import Dataset
from data.reading.live import current
from data.reading.load import DatasetError
from pages.markup.screens import SCREENS
from pages.serving.etag import is_current
from pages.serving.page_head import LANGUAGE_TAGS
from pages.serving.page_request import LANGUAGES, PageRequest, find_origin
from pages.serving.settings import Settings

MAX_CASES = 10_000
"""Maximum number of cases in the site map, whose format allows 50,000 addresses."""


def site_map_routes(settings: Settings) -> list[Route]:
    """The routes of both files. The site map needs absolute addresses: there is none for a host that nobody names."""

    def robots(request: Request) -> Response:
        origin = find_origin(request, settings.allowed_hosts)
        lines = ["User-agent: *", f"Disallow: {settings.base}/_stcore/", "Allow: /"]
        if origin:
            lines += ["", f"Sitemap: {origin}{settings.base}/sitemap.xml"]
        return PlainTextResponse("\n".join([*lines, ""]), headers={"cache-control": "no-cache"})

    def site_map(request: Request) -> Response:
        origin = find_origin(request, settings.allowed_hosts)
        if not origin:
            return PlainTextResponse("There is no site map under this name.", 404)
        try:
            dataset = current().dataset
        except DatasetError:
            return PlainTextResponse("There is no data yet.", 503, {"retry-after": "60", "cache-control": "no-store"})
        headers = {"etag": f'W/"{dataset.version}"', "cache-control": "no-cache"}
        if is_current(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return Response(write_site_map(dataset, f"{origin}{settings.base}"), 200, headers, "application/xml")

    return [Route(f"{settings.base}/robots.txt", robots), Route(f"{settings.base}/sitemap.xml", site_map)]


def write_site_map(dataset: Dataset, site: str) -> str:
    """Every screen and case in each language and in that of the browser, with the others."""
    entry = Markup("<url><loc>{}</loc>{}</url>\n")
    alternate = Markup('<xhtml:link rel="alternate" hreflang="{}" href="{}"/>')
    entries = []
    for page in _list_pages(dataset):
        addresses = {LANGUAGE_TAGS[lang]: f"{site}{page.path(lang)}" for lang in LANGUAGES}
        addresses["x-default"] = f"{site}{page.path()}"
        alternates = Markup("").join(map(alternate.format, addresses, addresses.values()))
        entries += [entry.format(address, alternates) for address in addresses.values()]
    return Markup(
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{}</urlset>\n'
    ).format(Markup("").join(entries))


def _list_pages(dataset: Dataset) -> Iterator[PageRequest]:
    yield from (PageRequest(screen, "en", True) for screen in SCREENS if screen != "case")
    yield from (PageRequest("case", "en", True, case_id) for case_id in list(dataset.by_id)[:MAX_CASES])
