"""What a request for a page asks for: screen, language and view, in the bounds in which the page reads them.

Equal views are equal requests, so that what is written for one reader is there for the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, parse, select
from data.query.paging import cases_per_page, page_range
from data.wording.shading import CASES
from pages.markup.links import Links
from pages.markup.screens import SCREENS, url_path
from pages.serving import hosts

LANGUAGES: tuple[Lang, ...] = get_args(Lang)
LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
_RANGE = re.compile(r"([a-z]{1,8})(?:-[a-z0-9-]+)?(?:;q=([01](?:\.\d{0,3})?))?")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page as it is asked for.

    `names_lang` tells whether the address names the language, `case_id` is that of the case screen. `origin` is scheme,
    host and port of the server, empty unless the operator names the host. `is_readable` tells whether the first words
    of the page can be sent before the app: not for a printed edition, a chart in a frame, a search, or an address with
    values that do not exist, which only the page itself can answer.
    """

    screen: str
    lang: Lang
    names_lang: bool
    case_id: str = ""
    page: int = 1
    filters: Filters = Filters()
    is_readable: bool = True
    origin: str = ""

    @property
    def own_lang(self) -> str:
        """The language that the address names, or none."""
        return self.lang if self.names_lang else ""

    def path(self, lang: str = "") -> str:
        """The path and query of this view below the base path, in a language or without one."""
        page = str(self.page) if self.page > 1 else ""
        values = {**self.filters.query(), "case": self.case_id, "page": page, "lang": lang}
        query = urlencode({name: value for name, value in values.items() if value}, safe=",")
        return f"/{url_path(self.screen)}" + (f"?{query}" if query else "")

    def links(self, base: str) -> Links:
        """Links that keep the language of the address and the filters."""
        return Links(base, self.own_lang, self.filters)


def read_request(request: Request, screen: str, dataset: Dataset, allowed_hosts: tuple[str, ...]) -> PageRequest:
    """What a request asks for on a screen. Unknown parameters are passed over, as by the page."""
    query = request.query_params
    filters, unknown = parse(query, dataset)
    case_id, origin = "", find_origin(request, allowed_hosts)
    if screen == "case":
        case_id = query["case"] if query.get("case") in dataset.by_id else next(iter(dataset.by_id))
    asked = PageRequest(screen, *read_language(request), case_id, origin=origin)
    if unknown or _needs_the_app(query, dataset, asked, filters):
        return replace(asked, is_readable=False)
    page = _read_page(query.get("page", "1"), dataset, filters) if screen == "overview" else 1
    return replace(asked, page=page, filters=filters if SCREENS[screen].has_filters else Filters())


def _needs_the_app(query: QueryParams, dataset: Dataset, asked: PageRequest, filters: Filters) -> bool:
    if filters.search or query.get("lang", asked.lang) != asked.lang or query.get("view") in ("print", "embed"):
        return True
    if asked.screen == "map":  # other colors are drawn by the page alone
        return query.get("colour", CASES) != CASES
    if asked.screen != "case":
        return False
    # The page has a notice of what the filters omit, or that there is no such case or metric.
    metrics = {"", *(metric.id for metric in dataset.by_id[asked.case_id].metrics)}
    is_known = query.get("case", "") in ("", asked.case_id) and query.get("figure", "") in metrics
    return bool(filters) or not is_known


def _read_page(text: str, dataset: Dataset, filters: Filters) -> int:
    """The page of the findings, or the nearest that exists."""
    total = len(select(dataset, filters).cases)
    size = cases_per_page(total)
    number = int(text) if text.isdecimal() and len(text) < 10 else 1
    return page_range(total, size, number).start // size + 1


def read_language(request: Request) -> tuple[Lang, bool]:
    """The language of a page, and whether the address names it; else it is that of the browser."""
    for lang in LANGUAGES:
        if lang == request.query_params.get("lang"):
            return lang, True
    return "zh" if prefers_chinese(request.headers.get("accept-language", "")) else "en", False


def is_shared(request: Request, asked: PageRequest) -> bool:
    """Whether many readers ask at this very address, so that a cache of a reverse proxy may keep the page.

    There are few such addresses, however many somebody makes up: each is spelled as the links to the page are, has no
    parameter that the page passes over, and chooses at most one value of the filters.
    """
    known = {"", *asked.path(asked.own_lang).partition("?")[2].split("&")}
    if asked.screen == "case":
        known.add(f"figure={request.query_params.get('figure')}")
    given = request.scope["query_string"].decode("latin-1").split("&")
    return (
        asked.is_readable
        and sum(text.count(",") + 1 for text in asked.filters.query().values()) <= 1
        and request.scope.get("raw_path") == request.scope["path"].encode()
        and len({*given} & known) == len(given)
    )


def find_origin(request: Request, allowed_hosts: tuple[str, ...]) -> str:
    """Scheme, host and port of the server as the request names them; empty unless the operator names that host."""
    host = request.headers.get("host", "").lower()
    name = hosts.read_name(host)
    return f"{request.url.scheme}://{host}" if name and hosts.is_named(name, allowed_hosts) else ""


def prefers_chinese(header: str) -> bool:
    """Whether Accept-Language prefers Chinese to all others, which is when the app speaks Chinese."""
    best, chinese = 0.0, False
    for found in map(_RANGE.fullmatch, "".join(header.lower().split()).split(",")):
        if found and (weight := float(found[2] or 1)) > best:
            best, chinese = weight, found[1] == "zh"
    return chinese
