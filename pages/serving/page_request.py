"""What a request for a page asks for: screen, language and view, in the bounds in which the page reads them.

Equal views are equal requests, so that what is written for one reader is there for the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import get_args
from urllib.parse import urlencode

from starlette.requests import Request

from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, parse, select
from data.query.paging import cases_per_page, page_range
from data.wording.shading import CASES
from pages.markup.screens import SCREENS, url_path
from pages.serving import hosts

LANGUAGES: tuple[Lang, ...] = get_args(Lang)
MAX_HEADER = 200
"""Maximum number of characters of Accept-Language that are read."""
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


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
    filters: Filters = field(default_factory=Filters)
    is_readable: bool = True
    origin: str = ""

    def path(self, lang: Lang | None = None, *, keeps_view: bool = False) -> str:
        """The path and query of this page below the base path, in a language or without one; with its filters and page
        of a list if it keeps the view.
        """
        query = {
            **(self.filters.query() if keeps_view else {}),
            **({"case": self.case_id} if self.case_id else {}),
            **({"page": str(self.page)} if keeps_view and self.page > 1 else {}),
            **({"lang": lang} if lang else {}),
        }
        return f"/{url_path(self.screen)}" + (f"?{urlencode(query, safe=',')}" if query else "")


def read_request(request: Request, screen: str, dataset: Dataset, allowed_hosts: tuple[str, ...]) -> PageRequest:
    """What a request asks for on a screen. Unknown parameters are passed over, as by the page."""
    query = request.query_params
    lang, names_lang = read_language(request)
    filters, unknown = parse(query, dataset)
    named = query.get("case", "") if screen == "case" else ""
    case_id = named if named in dataset.by_id else next(iter(dataset.by_id), "")
    is_known = not unknown and query.get("lang", "zh") in LANGUAGES and named in ("", case_id)
    if screen == "case" and (filters or not _has_metric(dataset, case_id, query.get("figure", ""))):
        is_known = False  # the page has a notice of what the filters omit, or that there is no such metric
    if screen == "map" and query.get("colour", CASES) != CASES:
        is_known = False  # other colors are drawn by the page alone
    found = PageRequest(
        screen,
        lang,
        names_lang,
        case_id if screen == "case" else "",
        _read_page(query.get("page", "1"), dataset, filters) if screen == "overview" else 1,
        filters if SCREENS[screen].has_filters else Filters(),
        is_known and query.get("view") not in ("print", "embed") and not filters.search,
        find_origin(request, allowed_hosts),
    )
    return found if found.is_readable else replace(found, page=1, filters=Filters())


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
    known = {*asked.path(asked.lang if asked.names_lang else None, keeps_view=True).partition("?")[2].split("&")}
    if asked.screen == "case":
        known.add(f"figure={request.query_params.get('figure')}")
    given = request.scope["query_string"].decode("latin-1")
    parameters = given.split("&") if given else []
    return (
        asked.is_readable
        and sum(text.count(",") + 1 for text in asked.filters.query().values()) <= 1
        and request.scope.get("raw_path") == request.scope["path"].encode()
        and len({*parameters} & known) == len(parameters)
    )


def _has_metric(dataset: Dataset, case_id: str, metric_id: str) -> bool:
    return not metric_id or any(metric.id == metric_id for metric in dataset.by_id[case_id].metrics)


def _read_page(text: str, dataset: Dataset, filters: Filters) -> int:
    """The page of the findings, or the nearest that exists."""
    total = len(select(dataset, filters).cases)
    size = cases_per_page(total)
    number = int(text) if text.isdecimal() and len(text) < 10 else 1
    return page_range(total, size, number).start // size + 1


def find_origin(request: Request, allowed_hosts: tuple[str, ...]) -> str:
    """Scheme, host and port of the server as the request names them; empty unless the operator names that host."""
    host = request.headers.get("host", "").lower()
    name = hosts.read_name(host)
    return f"{request.url.scheme}://{host}" if name and hosts.is_named(name, allowed_hosts) else ""


def prefers_chinese(header: str) -> bool:
    """Whether Accept-Language prefers Chinese to all others, which is when the app speaks Chinese."""
    best, chinese = 0.0, False
    for found in map(_RANGE.fullmatch, header[:MAX_HEADER].split(",")):
        if found and (weight := float(found[2] or 1)) > best:
            best, chinese = weight, found[1].lower() == "zh"
    return chinese
