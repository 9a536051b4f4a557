"""What is answered at addresses where there is no page. No server is started."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router

from pages.markup.screens import LANGUAGE_NAMES, SCREENS, url_path
from pages.serving.index_page import not_found_route
from pages.serving.page_request import LANGUAGE_TAGS
from tests.answers import Answer, ask
from tests.elements import Page

BROWSERS = {"zh": "zh-CN,en;q=0.8", "en": "en-US,zh;q=0.5"}
MISSING = [
    "/foo",
    "/case/foo",
    "/data.html",
    "/index.html",
    "/staticfoo",
    "/favicon.png.txt",
    "/scripts/page.0.js",
    "/a\nb",
    "/<b>x</b>",
]
STREAMLITS = ["/static/x", "/media/x.png", "/component/x/y.js", "/_stcore/x", "/favicon.png", "/manifest.json"]


def get(path: str, query: str = "", base: str = "", **more: str) -> Answer:
    """The response where Streamlit answers what is left to it with 200."""
    others = Route("/{path:path}", lambda request: PlainTextResponse("Streamlit"))
    return ask(Router([not_found_route(base), others]), path, query, **more)


@pytest.mark.parametrize("base", ["", "/city/reform"])
@pytest.mark.parametrize("path", MISSING)
def test_an_unknown_address_is_not_found_and_leads_to_every_screen(base, path, lang):
    answer = get(base + path, base=base, accept_language=BROWSERS[lang])
    told = answer.headers["content-language"], answer.headers["cache-control"]
    assert (answer.status, *told) == (404, LANGUAGE_TAGS[lang], "no-store")
    page = Page(answer.body.decode())
    assert page.find("html")[0]["lang"] == LANGUAGE_TAGS[lang]
    assert page.find("meta", name="robots")[0]["content"] == "noindex"
    assert page.find("script") == [] and "<b>x" not in page.html
    screens = {f"{base}/{url_path(name)}": screen.name[lang] for name, screen in SCREENS.items()}
    languages = {f"?lang={each}": name for each, name in LANGUAGE_NAMES.items()}
    assert {link["href"]: link.text for link in page.find("a")} == screens | languages


def test_the_language_of_the_address_wins_and_stays(lang):
    page = Page(get("/foo", f"lang={lang}", accept_language="fr").body.decode())
    assert page.find("html")[0]["lang"] == LANGUAGE_TAGS[lang]
    assert f"/map?lang={lang}" in page.values("href")


@pytest.mark.parametrize("base", ["", "/city/reform"])
@pytest.mark.parametrize("path", [*STREAMLITS, "/case/", "/foo/", "//example.org"])
def test_what_streamlit_answers_is_left_to_it(base, path):
    assert get(base + path, base=base).status == 200


def test_an_address_outside_the_base_path_is_not_ours():
    assert get("/foo", base="/city/reform").status == 200
    assert get("/cityxreform/foo", base="/city.reform").status == 200


def test_a_head_is_answered_as_a_get():
    assert get("/foo", method="HEAD").status == 404
