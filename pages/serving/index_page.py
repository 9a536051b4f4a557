"""The HTML page of every screen: its head, what is to be read before the app has started, and the app's own modules;
and the page at every address without one, 404 with the way to the screens, which has nothing of the app.

Each page is written once for equal requests and kept as long as the data is the same; nothing in it is one reader's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.downloads.extract import LICENCE
from data.model.schema import Lang
from data.query.dataset import Dataset, cache_by_dataset
from data.query.filters import Filters
from data.reading.live import current
from data.reading.load import DatasetError
from pages.markup.environment import render
from pages.markup.links import Links
from pages.markup.report import FORMATS
from pages.markup.screens import LANGUAGE_NAMES, SCREENS, link_screens, url_path
from pages.markup.style_sheet import FIRST_VIEW, keep_used_rules
from pages.serving.etag import is_current
from pages.serving.first_view import FirstView, write_first_view
from pages.serving.immutable_files import PREVIEWS, SCRIPT, STYLE_SHEET
from pages.serving.page_request import LANGUAGE_TAGS, PageRequest, is_shared, read_language, read_request
from pages.serving.scripts import INLINE, STREAMLIT_PAGE
from pages.serving.service_worker import PATH as WORKER
from pages.serving.settings import Settings
from pages.serving.workarounds.english_words import encode_words
from pages.serving.workarounds.preload import ELEMENTS, list_modules

CACHE_SIZE = 128
"""Maximum number of pages kept in memory, of about 60 kB each."""
SHARED_SECONDS = 10
"""For how many seconds a reverse proxy gives a page to other readers; nginx is told and tells nobody (.deploy)."""
_FONT = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*>')
_ELEMENT = re.compile(r'<script\b.*?</script>|<link rel="(?:modulepreload|stylesheet)"[^>]*>', re.DOTALL)
_STREAMLITS = r"/|(_stcore|media|component|static)/|(favicon\.png|manifest\.json)\Z"
"""How the addresses begin that Streamlit answers; it also removes a slash at the end."""


def index_routes(settings: Settings) -> list[Route]:
    """A route for every screen below the base path."""
    worker = f"{settings.base}/{WORKER}" if settings.browser_cache else ""

    def route(screen: str) -> Route:
        def index(request: Request) -> Response:
            if dataset := read_data():
                asked = read_request(request, screen, dataset, settings.allowed_hosts)
                page = keep_page(dataset, asked, settings.base, worker)
            else:
                asked = PageRequest(screen, *read_language(request), is_readable=False)
                page = write_page(None, asked, settings.base, worker)
            tag = f'W/"{sha256(page).hexdigest()[:32]}"'  # weak, because the body may be compressed later
            headers = {"etag": tag, "cache-control": "no-cache"}
            if not asked.names_lang:
                headers["vary"] = "accept-language"
            if is_shared(request, asked):
                headers["x-accel-expires"] = str(SHARED_SECONDS)
            if is_current(request, tag):
                return Response(status_code=304, headers=headers)
            return HTMLResponse(page, headers={**headers, "content-language": LANGUAGE_TAGS[asked.lang]})

        return Route(f"{settings.base}/{url_path(screen)}", index)

    return [route(screen) for screen in SCREENS]


def read_data() -> Dataset | None:
    """The data, or none while there is nothing to be read."""
    try:
        dataset = current().dataset
    except DatasetError:
        return None
    return dataset if dataset.cases else None


def write_page(dataset: Dataset | None, request: PageRequest, base: str, worker: str = "") -> bytes:
    """Write the page that a request asks for; `worker` is the address of the service worker."""
    first = write_first_view(request, dataset, base) if dataset else FirstView("", "", Markup(""))
    written = render(
        "page",
        "page",
        request.lang,
        replace(request, page=1, filters=Filters()),
        first,
        base=base,
        screen=SCREENS[request.screen],
        dataset=dataset,
        formats=FORMATS.values(),
        licence=LICENCE["path"],
        preview=PREVIEWS[request.lang].path,
        style=Markup(keep_used_rules(FIRST_VIEW, first.html) if first.html else ""),
        sheet=STYLE_SHEET.path,
        script=SCRIPT.path,
        inline=INLINE,
        screens=[f"{base}/{url_path(name)}" for name in SCREENS],
        words=encode_words(),
        worker=worker,
        app=app_parts(base),
    )
    return written.encode()


keep_page = cache_by_dataset(CACHE_SIZE)(write_page)
"""`write_page`, whose pages are kept as long as the data is the same."""


@lru_cache
def app_parts(base: str) -> Mapping[str, object]:
    """The parts of Streamlit's page with addresses below the base path: `elements`, which are its scripts, what they
    import and its style sheets, its `font`, and `preloads`, the addresses of further modules that every screen needs.
    """
    page = STREAMLIT_PAGE.read_text(encoding="utf-8").replace('"./', f'"{base}/')
    (font,) = _FONT.findall(page)
    return {
        "elements": Markup("\n    ".join(_ELEMENT.findall(page))),
        "font": Markup(" ".join(font.split())),
        "preloads": [f"{base}/static/js/{name}" for name in list_modules(ELEMENTS) if f"/{name}" not in page],
    }


def not_found_route(base: str) -> Route:
    """The route of all addresses below the base path that are not Streamlit's; it has to be the last of ours."""

    def not_found(request: Request) -> Response:
        lang, is_named = read_language(request)
        headers = {"cache-control": "no-store", "content-language": LANGUAGE_TAGS[lang]}
        return HTMLResponse(write_not_found(base, lang, is_named), 404, headers)

    route = Route(f"{base}/{{path:path}}", not_found)
    route.path_regex = re.compile(rf"{re.escape(base)}/(?!{_STREAMLITS}).*[^/]\Z", re.DOTALL)
    return route


@lru_cache
def write_not_found(base: str, lang: Lang, names_lang: bool) -> str:
    """Write the page of an address without one, whose links keep the language of the address."""
    links = Links(base, lang if names_lang else "")
    screens = link_screens(lambda name: links.screen(url_path(name)), "", lang)
    languages = [(f"?lang={each}", each, name) for each, name in LANGUAGE_NAMES.items()]
    words = render("not_found", "words", lang, screens, languages)
    return render("not_found", "page", lang, base, Markup(keep_used_rules(FIRST_VIEW, words)), words)
