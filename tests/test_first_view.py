"""What is served before the app has started: its words, addresses and bounds. No server is started."""

from __future__ import annotations

import asyncio
import gzip
import html
import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
from starlette.routing import Router

from data.downloads.snippets import build_link
from data.model.schema import Lang
from data.query.filters import Filters
from data.reading.live import current
from pages.frame.view import SCOPE_KEY
from pages.markup.map import ROUGH
from pages.markup.report import FORMATS
from pages.markup.screens import SCREENS, url_path
from pages.markup.style_sheet import keep_used_rules
from pages.serving.index_page import SHARED_SECONDS, index_routes
from pages.serving.page_head import shorten
from pages.serving.page_request import prefers_chinese
from pages.serving.preview_image import HEIGHT, WIDTH, preview_path, preview_routes
from pages.serving.scripts import FILE_PATH, scripts_route
from pages.serving.settings import read
from pages.serving.site_map import site_map_routes
from tests.answers import Answer, answer_of, ask, exchange, http_scope
from tests.app import MARKUP, bodies, popover_labels, visit, words
from tests.areas import paints
from tests.elements import Page

DEFAULT, _ = read({})
assert DEFAULT
SETTINGS = replace(DEFAULT, allowed_hosts=("localhost", "*.example.org"))
ROUTER = Router([*index_routes(SETTINGS), *site_map_routes(SETTINGS), *preview_routes()])
DATASET = current().dataset
CASES = [case.id for case in DATASET.cases]
PATHS = {name: f"/{url_path(name)}" for name in SCREENS}
LIMIT = 15_000
"""Maximum number of bytes of a page as it is sent."""


def get(path: str, query: str = "", **headers: str) -> Answer:
    return ask(ROUTER, path, query, **headers)


def read_page(path: str, query: str = "", **headers: str) -> Page:
    answer = get(path, query, **headers)
    assert answer.status == 200
    return Page(answer.body.decode())


def first_words(answer: Answer) -> str:
    """The text of the first view, as a reader sees it."""
    body = answer.body.decode()
    if '<div id="first"' not in body:
        return ""
    shown = body[body.index('<div id="first"') : body.index('<div id="root"')]
    shown = re.sub(r"<noscript>.*?</noscript>", "", shown, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


@pytest.mark.parametrize(
    ("screen", "case"), [*((screen, "") for screen in SCREENS), *(("case", case) for case in CASES)]
)
def test_a_page_is_served_with_its_language_its_title_and_the_words_that_it_begins_with(screen, case, lang):
    query = {"lang": lang} | ({"case": case} if case else {})
    page, at = read_page(PATHS[screen], urlencode(query)), visit(screen, **query)
    assert [heading.text for heading in page.find("h1")] == [at.title[0].value]
    assert page.find("html")[0]["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    (title,), (description,) = page.find("title"), page.find("meta", name="description")
    assert SCREENS[screen].name[lang] in title.text and 10 < len(description["content"]) <= 300
    if case:
        assert DATASET.by_id[case].title[lang] in title.text
        assert description["content"] == shorten(DATASET.by_id[case].summary[lang])
    (first,) = re.findall(r"<main>.*?</h1>(.*?)</main>", page.html, re.DOTALL)
    served = " ".join(html.unescape(MARKUP.sub(" ", first)).split())
    assert served and served in words(at)


@pytest.mark.parametrize("query", ["", "&city=410300", "&domain=finance"], ids=["all", "city", "domain"])
def test_the_map_is_served_as_it_stands_on_the_page(lang, query):
    body = get("/map", f"lang={lang}{query}").body.decode()
    at = visit("map", **dict(parse_qsl(f"lang={lang}{query}")))
    assert paints(body, ROUGH) == paints(bodies(at))
    for part, end in (
        ("map-head", '<div class="st-key-map'),
        ("henan", '</div></div><div class="imprint|</div></div></main>'),
    ):
        shown = re.search(rf'<div class="{part}.*?(?={end})', body)
        assert shown and shown[0] in bodies(at)


NESTED = ".a:is(:hover, :has(> .b, :focus)) .c, .d:not(.a, .b) { color: red; }"
"""A rule whose first selector has commas in parentheses within parentheses."""


@pytest.mark.parametrize(
    ("classes", "kept"),
    [("d", ".d:not(.a, .b){color: red;}"), ("a c", NESTED.split(", .d")[0] + "{color: red;}"), ("a", ""), ("b", "")],
)
def test_a_selector_is_sent_whole_or_not_at_all(classes, kept):
    """A piece of it, such as `:focus)`, would hide the page with what it was to hide."""
    assert keep_used_rules(NESTED, f'<p class="{classes}"></p>') == kept


@pytest.mark.parametrize("query", ["colour=figures", "colour=nothing"])
def test_a_map_in_other_colours_is_drawn_by_the_page_alone(query):
    assert first_words(get("/map", query)) == ""


def test_links_of_the_first_view_lead_to_pages_and_files():
    for lang in ("zh", "en"):
        page = read_page("/case", f"lang={lang}")
        links = [given["href"] for given in page.find("a")]
        assert {f"/case?lang={lang}", f"/?lang={lang}", f"/map?lang={lang}"} <= {*links}
        assert {"/api/metrics.csv", f"/api/metrics.xlsx?lang={lang}", "/api/metrics.json", "/api/dataset.zip"} <= {
            *links
        }
        assert [
            link for link in links if f"case={CASES[0]}" in link and f"lang={'en' if lang == 'zh' else 'zh'}" in link
        ]
        for link in links:
            assert get(*link.partition("?")[::2]).status == 200 or link.startswith("/api/"), link


@pytest.mark.parametrize("screen", SCREENS)
def test_the_modules_that_a_screen_needs_are_fetched_with_the_page(screen):
    """The chart library, a megabyte, is not among them: it is fetched when an image is asked for."""
    links = [each["href"] for each in read_page(PATHS[screen]).find("link", rel="modulepreload")]
    named = {link.rpartition("/")[2].partition(".")[0] for link in links}
    assert len(links) == len(set(links)) > 10
    assert {"Html", "ButtonGroup", "TextInput"} <= named
    assert "PlotlyChart" not in named


@pytest.mark.parametrize("screen", SCREENS)
def test_the_app_waits_for_the_first_view(screen):
    """Its files stand in a template, from where a script takes them; where there is no first view nothing waits."""
    served = get(PATHS[screen]).body.decode()
    waiting = re.search(r'<template id="app">(.*?)</template>', served, re.DOTALL)
    assert waiting and "/static/css/" in waiting[1]
    assert '<script type="module"' in waiting[1]
    assert not re.search(r"/static/(js|css)/", served.replace(waiting[1], ""))
    printed = get(PATHS[screen], "view=print").body.decode()
    assert "<template" not in printed
    assert '<script type="module"' in printed


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_is_small(screen):
    for lang in ("zh", "en"):
        assert len(gzip.compress(get(PATHS[screen], f"lang={lang}").body, 5)) < LIMIT
    for case_id in CASES:
        assert len(gzip.compress(get("/case", f"case={case_id}").body, 5)) < LIMIT


@pytest.mark.parametrize("screen", SCREENS)
def test_what_is_unchanged_is_not_sent_again(screen):
    first = get(PATHS[screen], "lang=en")
    assert first.headers["cache-control"] == "no-cache"
    again = get(PATHS[screen], "lang=en", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert get(PATHS[screen], "lang=zh", if_none_match=first.headers["etag"]).status == 200


def test_nothing_of_one_reader_is_in_a_page():
    one = get("/", "lang=en", cookie="session=1", user_agent="A", referer="http://localhost/case")
    other = get("/", "lang=en&utm_source=x&figure=y&share=findings", accept_language="zh-CN")
    assert (one.status, one.body) == (other.status, other.body)
    assert {**one.headers, "x-accel-expires": None} == {**other.headers, "x-accel-expires": None}
    assert "set-cookie" not in one.headers
    assert "vary" not in one.headers


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *((path, query) for path in PATHS.values() for query in ("", "lang=en", "lang=zh")),
        *(
            (path, "city=410300&lang=zh")
            for name, path in PATHS.items()
            if SCREENS[name].has_filters and name != "case"
        ),
        ("/case", f"case={CASES[3]}"),
        ("/case", f"lang=en&case={CASES[3]}"),
        ("/case", f"case={CASES[0]}&figure={DATASET.by_id[CASES[0]].metrics[0].id}"),
    ],
)
def test_a_proxy_may_keep_a_page_at_an_address_that_readers_share(path, query):
    assert get(path, query).headers["x-accel-expires"] == str(SHARED_SECONDS)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", "utm_source=x"),
        ("/", "lang=en&lang=en"),
        ("/", "lang=e%6e"),
        ("/", "lang=fr"),
        ("/", "&"),
        ("/", "page=1000"),
        ("/", "case=x"),
        ("/", "figure=x"),
        ("/", "city=410300,410100"),
        ("/", "city=410300&grade=A"),
        ("/", "search=a"),
        ("/", "view=print"),
        ("/case", "case=x"),
        ("/case", f"case={CASES[0]}&figure=x"),
        ("/map", "colour=x"),
    ],
)
def test_a_proxy_keeps_no_page_at_an_address_that_somebody_makes_up(path, query):
    answer = get(path, query)
    assert answer.status == 200
    assert "x-accel-expires" not in answer.headers


def test_a_proxy_keeps_no_page_at_another_spelling_of_its_path():
    scope = {**http_scope("/map"), "raw_path": b"/m%61p"}
    answer = answer_of(asyncio.run(exchange(ROUTER, scope)))
    assert answer.status == 200
    assert "x-accel-expires" not in answer.headers


LANGUAGES = {
    "": False,
    "zh": True,
    "zh-CN,zh;q=0.9,en;q=0.8": True,
    "en-US,en;q=0.9,zh-CN;q=0.8": False,
    "en;q=0.5, zh-Hant;q=0.9": True,
    "de-DE, zh;q=0.9": False,
    "zha": False,
    "*": False,
    "zh;q=nan": False,
    ";;;,,,q=1": False,
    "zh;q=0": False,
    "x" * 5000 + ",zh": False,
}


@pytest.mark.parametrize(("header", "chinese"), LANGUAGES.items(), ids=lambda value: repr(value)[:30])
def test_the_language_follows_the_browser(header, chinese):
    assert prefers_chinese(header) is chinese
    answer = get("/", accept_language=header)
    assert answer.headers["vary"] == "accept-language"
    assert answer.headers["content-language"] == ("zh-CN" if chinese else "en")


@pytest.mark.parametrize(
    "query",
    ["view=print", "view=embed&chart=findings", "city=999999", "search=转诊率", "lang=de", "grade=Z", "search=%3Cb%3E"],
)
def test_where_only_the_page_can_answer_nothing_is_served_before_it(query):
    answer = get("/", query)
    assert first_words(answer) == ""
    assert '<div id="root">' in answer.body.decode()
    assert "<h1" not in answer.body.decode()


@pytest.mark.parametrize(
    "query", ["case=nowhere", "case=", f"case={CASES[0]}&city=410300", f"case={CASES[0]}&figure=x"]
)
def test_a_case_with_a_notice_is_left_to_the_page(query):
    assert (first_words(get("/case", query)) == "") is (query != "case=")


def test_filters_of_the_address_are_kept():
    answer = get("/", "city=410300&lang=en")
    shown, at = first_words(answer), visit("overview", city="410300", lang="en")
    assert "Luoyang: " in shown
    assert "city=410300" in answer.body.decode()
    assert re.search(r"Luoyang: \d+ cases? · \d+ figures", words(at))[0] in shown  # type: ignore[index]
    assert get("/", "city=410300,410300&lang=en").body == answer.body


@pytest.mark.parametrize("query", [{}, {"city": "410300"}, {"city": "410100", "scope": "case", "grade": "A,B"}])
def test_the_filter_bar_says_what_that_of_the_page_says(query, lang):
    body = get("/map", urlencode({**query, "lang": lang})).body.decode()
    at = visit("map", **query, lang=lang)

    def served(tag: str, name: str) -> list[str]:
        return [html.unescape(text) for text in re.findall(rf'<{tag} class="{name}"[^>]*>(.*?)</{tag}>', body)]

    chips = [button.label.removesuffix(" :material/close:") for button in at.button if "chip-" in button.key]
    assert served("span", "opener") == popover_labels(at)
    assert served("div", "field") == [field.placeholder for field in at.text_input]
    assert served("p", "status")[0] in words(at)
    assert served("span", "chip") == chips
    assert bool(chips) is bool(query)
    switches = [button.label for button in at.button if button.key == "clear-all"]
    switches += [toggle.label for toggle in at.toggle if toggle.key == SCOPE_KEY]
    assert served("span", "switch") == switches
    assert len(switches) == 2 or "scope" not in query


HOSTILE = [
    "lang=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "case=%3Cimg%20src=x%20onerror=alert(1)%3E",
    "city=%22onload=%22x",
    "page=" + "9" * 400,
    "page=-1",
    "page=%D9%A3",
    "figure=%3C/script%3E",
    "lang=zh&lang=en",
    "&&&===%00",
    "search=%00%3C",
    "view=%3C",
    "domain=" + "x," * 3000,
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("screen", SCREENS)
def test_hostile_parameters_are_neither_shown_nor_fatal(screen, query):
    answer = get(PATHS[screen], query)
    text = answer.body.decode()
    assert answer.status == 200
    assert not re.search(r"alert\(1\)|onerror|onload=|<img src=x", text)
    assert len(answer.body) < 120_000


def test_a_flood_of_addresses_is_not_kept():
    bodies = {get("/", f"page={number}&x={number}").body for number in range(50)}
    assert len(bodies) == 1


HOSTS = {
    "localhost:8501": "http://localhost:8501",
    "reforms.example.org": "http://reforms.example.org",
    "evil.example.com": "",
    'x"><script>': "",
    "": "",
}


@pytest.mark.parametrize(("host", "origin"), HOSTS.items(), ids=HOSTS)
def test_absolute_addresses_are_those_of_named_hosts(host, origin):
    page = read_page("/case", f"case={CASES[1]}&lang=en&utm=x", host=host)
    links = {given["hreflang"]: given["href"] for given in page.find("link", rel="alternate")}
    canonical = [given["href"] for given in page.find("link", rel="canonical")]
    image = [given["content"] for given in page.find("meta", property="og:image")]
    if not origin:
        assert (links, canonical, image) == ({}, [], [])
        assert get("/sitemap.xml", host=host).status == 404
        assert b"Sitemap" not in get("/robots.txt", host=host).body
        return
    address = f"{origin}/case?case={CASES[1]}"
    assert canonical == [f"{address}&lang=en"]
    assert links == {"zh-CN": f"{address}&lang=zh", "en": f"{address}&lang=en", "x-default": address}
    assert image == [f"{origin}{preview_path('en')}"]


@pytest.mark.parametrize("lang", ["", "lang=zh", "lang=en"])
def test_every_address_of_a_page_is_its_own_canonical_one(lang):
    """That of another language would take the page in this one, or in that of the browser, from a search engine."""
    page = read_page("/", lang, accept_language="zh")
    address = f"http://localhost:8501/{'?' if lang else ''}{lang}"
    assert [given["href"] for given in page.find("link", rel="canonical")] == [address]
    assert [given["content"] for given in page.find("meta", property="og:url")] == [address]
    assert address in [given["href"] for given in page.find("link", rel="alternate")]


def test_any_host_names_none():
    router = Router(index_routes(replace(SETTINGS, allowed_hosts=("*",))))
    assert b"evil.example.com" not in ask(router, "/", host="evil.example.com").body


def test_the_dataset_is_described_for_search_engines():
    languages: tuple[Lang, ...] = ("zh", "en")
    for lang in languages:
        body = get("/", f"lang={lang}").body.decode()
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', body)
        assert found
        described = json.loads(found[1])
        assert described["@type"] == "Dataset"
        assert described["version"] == DATASET.version
        assert described["isBasedOn"]["name"] == DATASET.source.title[lang]
        assert {each["contentUrl"] for each in described["distribution"]} == {
            build_link("http://localhost:8501", form.path, Filters(), **form.parameters(lang))
            for form in FORMATS.values()
        }


def test_the_site_map_has_every_page_in_both_languages_and_in_that_of_the_browser():
    answer = get("/sitemap.xml")
    found = [
        each.text
        for each in ElementTree.fromstring(answer.body).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert len(found) == len(set(found)) == 3 * (len(SCREENS) - 1 + len(CASES))
    for address in found:
        path, _, query = (address or "").removeprefix("http://localhost:8501").partition("?")
        assert get(path, query).status == 200
    assert get("/sitemap.xml", if_none_match=answer.headers["etag"]).status == 304


def test_robots_find_the_site_map():
    lines = get("/robots.txt").body.decode().splitlines()
    assert "Sitemap: http://localhost:8501/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_the_preview_is_an_image_of_the_size_that_is_said(lang):
    answer = get(preview_path(lang))
    assert (answer.headers["content-type"], answer.body[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert [int.from_bytes(answer.body[at : at + 4], "big") for at in (16, 20)] == [WIDTH, HEIGHT]
    assert "immutable" in answer.headers["cache-control"]


def test_every_address_is_below_the_base_path():
    router = Router(index_routes(replace(SETTINGS, base="/city/reform")))
    for path in ("/city/reform/", "/city/reform/case"):
        page = Page(ask(router, path, "lang=en").body.decode())
        used = page.values("src") + page.values("href")
        assert len(used) > 60
        outside = [each for each in used if not re.match(r"(http://localhost:8501)?/city/reform/|data:", each)]
        assert outside == []
        assert page.find("script", **{"data-base": "/city/reform/"})


def test_the_file_of_this_release_alone_is_there_and_kept_for_good():
    file = Router([scripts_route("/base")])
    found = ask(file, f"/base{FILE_PATH}")
    assert (found.status, found.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert ask(file, "/base/scripts/page.000000000000.js").status == 404
