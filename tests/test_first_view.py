"""What is served before the app has started: its words, addresses and bounds. No server is started."""

from __future__ import annotations

import asyncio
import gzip
import html
import json
import re
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
from starlette.routing import Router

from data.downloads.snippets import build_link
from data.query.filters import Filters
from data.reading.live import current
from pages.frame.view import SCOPE_KEY
from pages.markup.map import ROUGH
from pages.markup.report import FORMATS
from pages.markup.screens import SCREENS, url_path
from pages.markup.style_sheet import keep_used_rules
from pages.serving.immutable_files import PREVIEWS, SCRIPT, STYLE_SHEET, immutable_routes
from pages.serving.index_page import SHARED_SECONDS, index_routes
from pages.serving.page_request import prefers_chinese
from pages.serving.settings import read
from pages.serving.site_map import site_map_routes
from tests.answers import Answer, answer_of, ask, exchange, http_scope
from tests.app import MARKUP, bodies, popover_labels, visit, words
from tests.areas import paints
from tests.elements import Page

DEFAULT, _ = read({})
assert DEFAULT
SETTINGS = DEFAULT.model_copy(update={"allowed_hosts": ("localhost", "*.example.org")})
ROUTER = Router([*index_routes(SETTINGS), *site_map_routes(SETTINGS), *immutable_routes("")])
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
        assert DATASET.by_id[case].summary[lang].startswith(description["content"].rstrip("…").rstrip())
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


def test_links_of_the_first_view_lead_to_pages_and_files(lang):
    links = [link["href"] for link in read_page("/case", f"lang={lang}").find("a")]
    files = "/api/metrics.csv", f"/api/metrics.xlsx?lang={lang}", "/api/metrics.json", "/api/dataset.zip"
    other = f"/case?case={CASES[0]}&lang={'en' if lang == 'zh' else 'zh'}"
    assert {f"/case?lang={lang}", f"/?lang={lang}", f"/map?lang={lang}", other, *files} <= {*links}
    for link in links:
        assert link.startswith("/api/") or get(*link.partition("?")[::2]).status == 200, link


@pytest.mark.parametrize("screen", SCREENS)
def test_the_app_waits_for_the_first_view(screen):
    """Its files stand in a template, from where a script takes them; where there is no first view nothing waits. The
    modules that every screen needs are among them, but not the chart library, a megabyte.
    """
    served = get(PATHS[screen]).body.decode()
    (waiting,) = re.findall(r'<template id="app">(.*?)</template>', served, re.DOTALL)
    assert "/static/css/" in waiting and '<script type="module"' in waiting
    assert not re.search(r"/static/(js|css)/", served.replace(waiting, ""))
    links = re.findall(r'<link rel="modulepreload" crossorigin href="([^"]*)"', waiting)
    named = {link.rpartition("/")[2].partition(".")[0] for link in links}
    assert len(links) == len({*links}) > 10
    assert {"Html", "ButtonGroup", "TextInput"} <= named and "PlotlyChart" not in named
    printed = get(PATHS[screen], "view=print").body.decode()
    assert "<template" not in printed and '<script type="module"' in printed


def test_a_page_is_small(lang):
    for path, query in [*((path, "") for path in PATHS.values()), *(("/case", f"case={case}&") for case in CASES)]:
        assert len(gzip.compress(get(path, f"{query}lang={lang}").body, 5)) < LIMIT, (path, query)


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


FIGURE = DATASET.by_id[CASES[0]].metrics[0].id
SHARED = [
    *((path, query) for path in PATHS.values() for query in ("", "lang=en", "lang=zh")),
    *((path, "city=410300&lang=zh") for name, path in PATHS.items() if name not in ("case", "method")),
    *(
        ("/case", query)
        for query in (f"case={CASES[3]}", f"lang=en&case={CASES[3]}", f"case={CASES[0]}&figure={FIGURE}")
    ),
]
MADE_UP = [
    *(
        ("/", query)
        for query in ("utm_source=x", "lang=en&lang=en", "lang=e%6e", "lang=fr", "&", "page=1000", "case=x")
    ),
    *(("/", query) for query in ("figure=x", "city=410300,410100", "city=410300&grade=A", "search=a", "view=print")),
    *[("/case", "case=x"), ("/case", f"case={CASES[0]}&figure=x"), ("/map", "colour=x")],
]


@pytest.mark.parametrize(("path", "query"), SHARED + MADE_UP)
def test_a_proxy_may_keep_a_page_at_an_address_that_readers_share_and_at_none_that_somebody_makes_up(path, query):
    answer = get(path, query)
    assert answer.status == 200
    assert answer.headers.get("x-accel-expires") == (str(SHARED_SECONDS) if (path, query) in SHARED else None)


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
    "x" * 5000 + ",zh": True,
    "zh" + " " * 5000 + "x": False,
}


@pytest.mark.parametrize(("header", "chinese"), LANGUAGES.items(), ids=lambda value: repr(value)[:30])
def test_the_language_follows_the_browser(header, chinese):
    assert prefers_chinese(header) is chinese
    answer = get("/", accept_language=header)
    assert answer.headers["vary"] == "accept-language"
    assert answer.headers["content-language"] == ("zh-CN" if chinese else "en")


LEFT_TO_THE_PAGE = [
    *(("/", query) for query in ("view=print", "view=embed&chart=findings", "city=999999", "grade=Z", "lang=de")),
    *(("/", query) for query in ("search=转诊率", "search=%3Cb%3E")),
    *(("/map", query) for query in ("colour=figures", "colour=nothing")),
    *(("/case", query) for query in ("case=nowhere", f"case={CASES[0]}&city=410300", f"case={CASES[0]}&figure=x")),
]


@pytest.mark.parametrize(("path", "query"), LEFT_TO_THE_PAGE)
def test_where_only_the_page_can_answer_nothing_is_served_before_it(path, query):
    answer = get(path, query)
    assert first_words(answer) == ""
    assert '<div id="root">' in answer.body.decode()
    assert "<h1" not in answer.body.decode()


def test_a_case_without_a_name_is_the_first_one():
    assert first_words(get("/case", "case=")) == first_words(get("/case", f"case={CASES[0]}")) != ""


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


@pytest.mark.parametrize("named", ["", "zh", "en"])
@pytest.mark.parametrize(("host", "origin"), HOSTS.items(), ids=HOSTS)
def test_absolute_addresses_are_those_of_named_hosts_and_every_address_is_its_own_canonical_one(host, origin, named):
    """That of another language would take the page in this one, or in that of the browser, from a search engine."""
    page = read_page("/case", urlencode({"case": CASES[1], "utm": "x"} | ({"lang": named} if named else {})), host=host)
    site_map, robots = get("/sitemap.xml", host=host), get("/robots.txt", host=host).body.decode()
    told = [given["content"] for name in ("url", "image") for given in page.find("meta", property=f"og:{name}")]
    links = {link["hreflang"]: link["href"] for link in page.find("link", rel="alternate")}
    canonical = [link["href"] for link in page.find("link", rel="canonical")]
    assert "Disallow: /\n" not in robots
    if not origin:
        assert (links, canonical, told, site_map.status) == ({}, [], [], 404)
        assert "http" not in robots
        return
    address = f"{origin}/case?case={CASES[1]}"
    assert links == {"zh-CN": f"{address}&lang=zh", "en": f"{address}&lang=en", "x-default": address}
    assert canonical == [f"{address}&lang={named}" if named else address]
    assert told == [*canonical, f"{origin}{PREVIEWS['zh' if named == 'zh' else 'en'].path}"]
    assert f"\nSitemap: {origin}/sitemap.xml\n" in robots


def test_any_host_names_none():
    router = Router(index_routes(SETTINGS.model_copy(update={"allowed_hosts": ("*",)})))
    assert b"evil.example.com" not in ask(router, "/", host="evil.example.com").body


def test_the_dataset_is_described_for_search_engines(lang):
    (found,) = read_page("/", f"lang={lang}").find("script", type="application/ld+json")
    described = json.loads(found.text)
    assert (described["@type"], described["version"]) == ("Dataset", DATASET.version)
    assert described["isBasedOn"]["name"] == DATASET.source.title[lang]
    assert {each["contentUrl"] for each in described["distribution"]} == {
        build_link("http://localhost:8501", form.path, Filters(), **form.parameters(lang)) for form in FORMATS.values()
    }


def test_the_site_map_has_every_page_in_both_languages_and_in_that_of_the_browser():
    site_map = ElementTree.fromstring(get("/sitemap.xml").body)
    found = [each.text or "" for each in site_map.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(found) == len(set(found)) == 3 * (len(SCREENS) - 1 + len(CASES))
    for address in found:
        path, _, query = address.removeprefix("http://localhost:8501").partition("?")
        assert get(path, query).status == 200


def test_the_preview_is_an_image_of_the_size_that_is_said(lang):
    page = read_page("/", f"lang={lang}")
    said = [page.find("meta", property=f"og:image:{side}")[0]["content"] for side in ("width", "height")]
    image = get(page.find("meta", property="og:image")[0]["content"].removeprefix("http://localhost:8501")).body
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert [str(int.from_bytes(image[at : at + 4], "big")) for at in (16, 20)] == said


def test_every_address_is_below_the_base_path():
    router = Router(index_routes(SETTINGS.model_copy(update={"base": "/city/reform"})))
    for path in ("/city/reform/", "/city/reform/case"):
        page = Page(ask(router, path, "lang=en").body.decode())
        used = page.values("src") + page.values("href")
        assert len(used) > 60
        outside = [each for each in used if not re.match(r"(http://localhost:8501)?/city/reform/|data:", each)]
        assert outside == []
        assert page.find("script", **{"data-base": "/city/reform/"})


@pytest.mark.parametrize("file", [SCRIPT, STYLE_SHEET, *PREVIEWS.values()], ids=lambda file: file.media_type)
def test_a_file_of_this_release_alone_is_there_and_kept_for_good(file):
    router = Router(immutable_routes("/base"))
    found = ask(router, f"/base{file.path}")
    assert (found.status, found.body) == (200, file.content)
    assert found.headers["content-type"].startswith(file.media_type)
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(router, re.sub(r"\.[0-9a-f]{12}\.", ".000000000000.", f"/base{file.path}")).status == 404
