"""The HTML page of every screen: its head, what is to be read before the app has started, and the app's own modules.

Each page is written once for equal requests and kept as long as the data is the same; nothing in it is one reader's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from hashlib import sha256
from typing import NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.query.dataset import Dataset
from data.reading.live import current
from data.reading.load import DatasetError
from pages.markup.environment import render
from pages.markup.screens import SCREENS, SITE_NAME, url_path
from pages.markup.style_sheet import FIRST_VIEW, keep_used_rules
from pages.serving import first_view
from pages.serving.etag import is_current
from pages.serving.page_head import LANGUAGE_TAGS, PageHead, describe_page
from pages.serving.page_request import PageRequest, is_shared, read_language, read_request
from pages.serving.scripts import FILE_PATH, INLINE, STREAMLIT_PAGE
from pages.serving.service_worker import PATH as WORKER
from pages.serving.settings import Settings
from pages.serving.sheet import SHEET_PATH
from pages.serving.workarounds.english_words import encode_words
from pages.serving.workarounds.preload import ELEMENTS, list_modules

CACHE_SIZE = 128
"""Maximum number of pages kept in memory, of about 60 kB each."""
SHARED_SECONDS = 10
"""For how many seconds a reverse proxy gives a page to other readers; nginx is told and tells nobody (.deploy)."""
_TAG = re.compile(r"<script\b[^>]*>.*?</script>|<link\b[^>]*>", re.DOTALL)
_RELATION = re.compile(r'rel="([^"]*)"')
_ADDRESS = re.compile(r'href="([^"]*)"')


class WrittenPage(NamedTuple):
    """A page and its entity tag, which is weak because the body may be compressed later."""

    body: bytes
    tag: str


class AppParts(NamedTuple):
    """The parts of Streamlit's page: its style sheets and its scripts with what they import, and its font.

    `preloads` are the addresses of further modules that every screen needs.
    """

    elements: Markup
    font: Markup
    preloads: list[str]


class Page(NamedTuple):
    """What the template of the document gets; `script` and `sheet` are paths below `base`."""

    language_tag: str
    base: str
    head: PageHead
    style: Markup
    first_view: Markup
    app: AppParts
    screens: list[str]
    words: str
    worker: str
    inline: Mapping[str, Markup] = INLINE
    script: str = FILE_PATH
    sheet: str = SHEET_PATH


def index_routes(settings: Settings) -> list[Route]:
    """A route for every screen below the base path."""
    write = _keep_pages(settings)

    def route(screen: str) -> Route:
        def index(request: Request) -> Response:
            dataset, asked = _read(request, screen, settings)
            page = write(dataset)(asked)
            headers = {"etag": page.tag, "cache-control": "no-cache"}
            if not asked.names_lang:
                headers["vary"] = "accept-language"
            if is_shared(request, asked):
                headers["x-accel-expires"] = str(SHARED_SECONDS)
            if is_current(request, page.tag):
                return Response(status_code=304, headers=headers)
            return HTMLResponse(page.body, headers={**headers, "content-language": LANGUAGE_TAGS[asked.lang]})

        return Route(f"{settings.base}/{url_path(screen)}", index)

    return [route(screen) for screen in SCREENS]


def _read(request: Request, screen: str, settings: Settings) -> tuple[Dataset | None, PageRequest]:
    """The data and what the request asks for; while there is no data nothing is there to be read."""
    try:
        dataset = current().dataset
    except DatasetError:
        return None, PageRequest(screen, *read_language(request), is_readable=False)
    return dataset, read_request(request, screen, dataset, settings.allowed_hosts)


def _keep_pages(settings: Settings) -> Callable[[Dataset | None], Callable[[PageRequest], WrittenPage]]:
    """Return `write_page` for each dataset with a cache; that of an outdated dataset is dropped."""

    @lru_cache(maxsize=2)
    def write(dataset: Dataset | None) -> Callable[[PageRequest], WrittenPage]:
        return lru_cache(maxsize=CACHE_SIZE)(partial(write_page, settings, dataset))

    return write


def write_page(settings: Settings, dataset: Dataset | None, request: PageRequest) -> WrittenPage:
    """Write the page that a request asks for."""
    base, first, head = settings.base, Markup(""), PageHead(SITE_NAME[request.lang])
    if dataset and dataset.cases:
        opened = first_view.open_screen(request, dataset, base)
        head = describe_page(request, dataset, base, opened)
        if request.is_readable:
            first = first_view.format_first_view(request, dataset, base, opened)
    page = Page(
        LANGUAGE_TAGS[request.lang],
        base,
        head,
        style=Markup(keep_used_rules(FIRST_VIEW, first) if first else ""),
        first_view=first,
        app=app_parts(base),
        screens=[f"{base}/{url_path(name)}" for name in SCREENS],
        words=encode_words(),
        worker=f"{base}/{WORKER}" if settings.browser_cache else "",
    )
    body = render("page", "page", request.lang, page).encode()
    return WrittenPage(body, f'W/"{sha256(body).hexdigest()[:32]}"')


@lru_cache
def app_parts(base: str) -> AppParts:
    """The parts of Streamlit's page with addresses below the base path, and preloads of what every screen needs."""
    tags = [tag.replace('"./', f'"{base}/') for tag in _TAG.findall(STREAMLIT_PAGE.read_text(encoding="utf-8"))]
    related = [(found[1] if (found := _RELATION.search(tag)) else "", tag) for tag in tags]
    modules = [tag for relation, tag in related if relation in ("", "modulepreload")]
    known = {found[1] for tag in modules if (found := _ADDRESS.search(tag))}
    preloads = [href for name in list_modules(ELEMENTS) if (href := f"{base}/static/js/{name}") not in known]
    sheets = [tag for relation, tag in related if relation == "stylesheet"]
    font = next(" ".join(tag.split()) for relation, tag in related if relation == "preload" and 'as="font"' in tag)
    return AppParts(Markup("\n    ".join(sheets + modules)), Markup(font), preloads)
