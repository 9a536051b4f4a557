"""The page at every address without one: 404 with the way to the screens. It needs nothing of the app."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.model.schema import Lang
from pages.markup.environment import render
from pages.markup.links import Links
from pages.markup.screens import LANGUAGE_NAMES, link_screens, url_path
from pages.markup.style_sheet import FIRST_VIEW, keep_used_rules
from pages.serving.first_view import LanguageLink
from pages.serving.page_head import LANGUAGE_TAGS
from pages.serving.page_request import LANGUAGES, read_language

_STREAMLITS = r"/|(_stcore|media|component|static)/|(favicon\.png|manifest\.json)\Z"
"""How the addresses begin that Streamlit answers; it also removes a slash at the end."""


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
    """Write the page, whose links keep the language of the address."""
    links = Links(base, lang if names_lang else "")
    screens = link_screens(lambda name: links.screen(url_path(name)), "", lang)
    languages = [LanguageLink(f"?lang={each}", each, LANGUAGE_NAMES[each]) for each in LANGUAGES]
    words = render("not_found", "words", lang, screens, languages)
    style = Markup(keep_used_rules(FIRST_VIEW, words))
    return render("not_found", "page", lang, LANGUAGE_TAGS[lang], base, style, words)
