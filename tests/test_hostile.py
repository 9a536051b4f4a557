"""Hostile strings by every route that needs no browser: case files, pages, queries, data links, downloads. They are
shown as text or refused.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from google.protobuf.message import Message
from starlette.routing import Router
from streamlit.testing.v1 import AppTest

from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.downloads.formats import FORMATS
from data.downloads.word import write_case
from data.query.dataset import Dataset
from data.query.filters import SEARCH_LIMIT, parse, select
from data.reading.live import Live
from data.reading.load import read_dataset
from data.wording.findings import GapCell, GapRow
from pages.frame.elements import escape_markdown
from pages.markup.screens import SCREENS
from pages.plots import draw_matrix, frame
from pages.serving.api import mount
from pages.serving.guard import Guard
from pages.serving.index_page import write_page
from pages.serving.settings import Settings, read
from tests.answers import Answer, ask
from tests.app import list_pages, list_requests, open_page, showing
from tests.elements import Page
from tests.hostile import HOSTILE, admitted, case, folder, hostile_folder

SETTINGS, _ = read({})
assert SETTINGS
CASES = 10
SENT = {name: text.encode("utf-8", "surrogatepass") for name, text in HOSTILE.items()}
"""The strings as bytes in a request."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """The dataset of the pages with hostile texts only; CASES cases, one with a metric of each grade."""
    folder = hostile_folder(tmp_path_factory.mktemp("hostile") / "data", admitted(), CASES)
    with showing(Live(folder)) as live:
        yield live.current().dataset


def test_the_corpus_is_large():
    assert len(set(HOSTILE.values())) >= 300
    assert len(admitted()) >= 300


# --- case files


def test_every_string_in_every_text_of_a_case_is_taken_or_refused_where_it_stands(tmp_path):
    given = {
        f"{2000 + number // 99}-{number % 99 + 1:02d}-hostile": text for number, text in enumerate(HOSTILE.values())
    }
    cases = (case(int(stem[5:7]), cycle([text]), int(stem[:4])) for stem, text in given.items())
    dataset, problems = read_dataset(folder(tmp_path / "data", cases))
    faults = [problem for problem in problems if not problem.message.startswith("repeats ")]  # titles are cut short
    refused = {Path(problem.file).stem for problem in faults if problem.severity == "error"}
    assert dataset is None
    assert {text for stem, text in given.items() if stem not in refused} == set(admitted())
    assert [
        str(problem)
        for problem in problems
        if not re.fullmatch(r"data/cases/[0-9a-z-]+\.yaml:[0-9]+:[0-9]+ .+", str(problem))
        or not str(problem).isprintable()
    ] == []


def test_every_string_may_stand_bare_in_a_file(tmp_path):
    """Nothing raises, whatever YAML makes of it; every problem is one printable line."""
    files = folder(tmp_path / "data", ()) / "cases"
    for number, text in enumerate(HOSTILE.values()):
        (files / f"bare-{number}.yaml").write_bytes(
            f"{text}\nid: {text}\ntitle: {{zh: {text}, en: x}}\n{text}: {text}\n".encode("utf-8", "surrogatepass")
        )
    dataset, problems = read_dataset(tmp_path / "data")
    assert dataset is None
    assert {Path(problem.file).name for problem in problems} == {file.name for file in files.iterdir()}
    assert all(str(problem).isprintable() and len(str(problem)) < 600 for problem in problems)


# --- pages


class Words(NamedTuple):
    """A text that Streamlit sends for a page, with its element and field."""

    where: str
    text: str


def words(at: AppTest) -> Iterator[Words]:
    for element in (*at.main, *at.sidebar):
        proto = getattr(element, "proto", None)
        if isinstance(proto, Message):
            yield from _words(proto, type(proto).__name__)


def _words(message: Message, path: str) -> Iterator[Words]:
    for field, value in message.ListFields():
        for part in value if field.is_repeated else [value]:
            if isinstance(part, Message):
                yield from _words(part, f"{path}.{field.name}")
            elif isinstance(part, str):
                yield Words(f"{path}.{field.name}", part)


SHOWN_AS_IT_STANDS = {
    "Selectbox.options",
    "Selectbox.raw_value",
    "MultiSelect.options",
    "MultiSelect.raw_values",
    "TextInput.value",
    "Code.code_text",
    "PlotlyChart.alt",
}
NOT_SHOWN = re.compile(r"(icon|\bid|raw_values)$")
ICON = re.compile(r" :material/\w+:$")
ESCAPE = re.compile(r"\\(.)|\u2060")
TAGS = """
    a article b blockquote br button caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 i img li mark nav
    ol p pre q section small span summary table tbody td th thead time tr ul
"""
ATTRIBUTES = """
    alt aria-current aria-disabled aria-hidden aria-label aria-pressed aria-sort class colspan data-address data-close
    data-barred data-copied data-copy data-failed data-filter data-label data-print data-refused data-save data-saved
    data-share data-shared data-stay data-text data-tip download height href id lang name open rel role rowspan scope src style tabindex target title type value width
"""
DRAWN_IMAGE = "data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%27"
"""How an image begins that a page draws itself."""
SHAPE = re.compile(r"#area-\d{6} i\{clip-path:path\(\"[MLZmlhvz\d .,-]+\"\)\}")
"""The style sheet of a link in the shape of an area."""
DRAWN = re.compile(r"</?b>|<br>|<span style=\"color:[^\"<>]+\">|</span>|&(?:amp|lt|gt);")


def links_of(page: Page) -> list[str]:
    return page.values("href") + page.values("src")


def styles_of(page: Page) -> list[str]:
    return [style.text for style in page.find("style")]


def only_text(found: Words, texts: list[str]) -> bool:
    """Whether the value can be nothing but text in this place."""
    if found.where == "Html.body":
        page = Page(found.text)
        look = {"style", "script"} if found.text.lstrip().startswith("<style>") else set()
        if all(map(SHAPE.fullmatch, styles_of(page))):
            look = look | {"style"}
        return (
            page.tags <= {*TAGS.split()} | look
            and page.attributes <= {*ATTRIBUTES.split()}
            and all(link.startswith(("/", DRAWN_IMAGE)) for link in links_of(page))
        )
    if found.where == "PlotlyChart.spec":
        return not any(re.search("[<>&]", DRAWN.sub("", text)) for text in _strings(json.loads(found.text)))
    markdown = ICON.sub("", found.text)
    plain = ESCAPE.sub(r"\1", markdown)
    return (
        found.where in SHOWN_AS_IT_STANDS
        or bool(NOT_SHOWN.search(found.where))
        or escape_markdown(plain) == markdown
        or not any(text in plain for text in texts)
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def test_every_text_of_every_case_and_view_is_only_text(hostile):
    """The languages of cases alternate: a case has an odd number of views, so that each view is read in both."""
    texts = [text.strip() for text in admitted() if len(text.strip()) > 4]
    alternating, found_by_search = (
        cycle(["zh", "en"]),
        (("overview", {"search": "script"}), ("data", {"search": "script"})),
    )
    for screen, query in (*list_pages(hostile), *found_by_search):
        for lang in [next(alternating)] if screen == "case" else ["zh", "en"]:
            found = [*words(open_page(screen, lang=lang, **query))]
            assert [entry for entry in found if not only_text(entry, texts)] == [], (screen, query, lang)
            shown = "".join(entry.text for entry in found if entry.where == "Html.body")
            assert hostile.source.title[lang] in html.unescape(shown), (screen, query, lang)


def test_a_first_view_of_hostile_texts_has_the_elements_of_any_other(hostile, dataset, lang):
    def read_views(shown: Dataset) -> list[Page]:
        return [Page(write_page(shown, request, "").decode()) for request in list_requests(shown, lang)]

    known, found = read_views(dataset), read_views(hostile)
    for name in ("tags", "attributes"):
        assert set().union(*(getattr(view, name) for view in found)) <= set().union(
            *(getattr(view, name) for view in known)
        )
    links = {link for view in found for link in links_of(view) if not link.startswith(("/", DRAWN_IMAGE))}
    assert links <= {link for view in known for link in links_of(view)}
    assert not any(re.search("evil|pwned", style) for view in found for style in styles_of(view))


def test_a_figure_draws_only_text():
    """A picture with title, subtitle and footer; others make their labels in the same way. Twenty strings stand in each."""
    wrong = []
    texts = admitted()
    for some in (texts[start : start + 20] for start in range(0, len(texts), 20)):
        rows = [GapRow("", text, (GapCell(("A",), text, 1),)) for text in some]
        title = " ".join(some)
        figure = frame(draw_matrix(rows, "en", "wide"), title, [title], some, "wide")
        drawn = [*_strings(figure.to_plotly_json()["layout"])]
        wrong += [part for part in drawn if re.search("[<>&]", DRAWN.sub("", part))]
        shown = re.sub(r"\s", "", html.unescape("".join(re.sub("</?b>", "", part) for part in drawn)))
        wrong += [text for text in some if re.sub(r"\s", "", text)[:60] not in shown]
    assert wrong == []


# --- queries


LISTS, SINGLE = (
    ("city", "domain", "grade", "role", "cases", "figures", "sort", "columns"),
    ("search", "lang", "case", "colour", "view", "chart", "only", "embed", "kinds", "set", "page"),
)
AT_ONCE = 4 * len(LISTS) + len(SINGLE)


@pytest.mark.parametrize("first", range(0, len(HOSTILE), AT_ONCE))
def test_a_hostile_link_opens_a_page_that_says_what_it_passed_over(hostile, first):
    """Each string is the value of one parameter, the next strings those of the others; the pages alternate."""
    strings = iter([text.decode("utf-8", "replace") for text in [*SENT.values(), *SENT.values()][first:]])
    query = {name: ",".join(islice(strings, 4)) for name in LISTS} | {name: next(strings) for name in SINGLE}
    at = open_page([*SCREENS][first // AT_ONCE % len(SCREENS)], **query)
    given = [part.strip() for text in query.values() for part in (text, *text.split(",")) if len(part.strip()) > 4]
    assert [entry for entry in words(at) if not only_text(entry, given)] == []
    _, dropped = parse(query, hostile)
    assert len(at.warning) >= min(len(dropped), 6)
    assert all(len(warning.value) < 400 for warning in at.warning)


def test_a_hostile_search_is_words_to_look_for(hostile):
    for name, text in HOSTILE.items():
        filters, _ = parse({"search": text}, hostile)
        assert len(filters.search) <= SEARCH_LIMIT and filters.search.isprintable(), name
        assert set(select(hostile, filters).positions) <= set(range(len(hostile.table))), name


def test_a_search_finds_the_hostile_text_itself(hostile):
    title = next(case.title.en for case in hostile.cases if len(case.title.en) <= SEARCH_LIMIT)
    assert len(select(hostile, parse({"search": title}, hostile)[0]).positions)


# --- data links


def asked(path: str, query: str = "", settings: Settings = SETTINGS, **headers: bytes) -> Answer:
    """A request to the data links behind the server's guard."""
    return ask(Guard(Router([mount()]), settings), path, query, **headers)


def told(answer: Answer) -> Any:
    """The JSON of a response, whose headers contain no injected line."""
    assert all("\r" not in name + value and "\n" not in name + value for name, value in answer.headers.items())
    assert answer.headers["content-type"] == "application/json"
    return answer.json


LINKED = ("city", "domain", "grade", "role", "only", "fields", "sort", "limit", "offset")


def test_a_hostile_parameter_is_refused_by_name():
    for name, text in SENT.items():
        query = urlencode(dict.fromkeys(LINKED, text) | {text: b"x"})
        answer = asked("/api/metrics.json", query)
        body = told(answer)
        assert answer.status == 422, name
        if answer.status == 422:
            assert {problem["parameter"] for problem in body["problems"]} >= (
                set(LINKED) if text.strip(b",") else {"limit", "offset"}
            ), name
            assert all(len(part) <= 600 for problem in body["problems"] for part in problem.values()), name


def test_a_hostile_address_is_answered_in_json():
    for name, text in SENT.items():
        answer = asked(f"/api/cases/{text.decode('utf-8', 'replace')}.json")
        assert answer.status == 404, name
        assert told(answer)["detail"], name


def test_a_hostile_search_is_answered_in_json(hostile):
    for name, text in SENT.items():
        query = urlencode({"search": text, "limit": 1, "fields": "metric_id"})
        answer = asked("/api/metrics.json", query)
        assert answer.status == (422 if len(HOSTILE[name]) > SEARCH_LIMIT else 200), name
        told(answer)


ADDRESSING = (
    *(
        "forwarded",
        "x_forwarded_host",
        "x_forwarded_proto",
        "x_forwarded_for",
        "x_forwarded_prefix",
        "x_forwarded_port",
    ),
    *("x_original_url", "x_rewrite_url", "origin", "referer"),
)


def test_a_hostile_header_gets_into_no_file(hostile):
    """Malformed hosts are refused by any server, and no other header changes an address in a file."""
    anyone, _ = read({"HENAN_ALLOWED_HOSTS": "*"})
    assert anyone
    path = "/api/cases/2020-01-hostile.json"
    plain = asked(path, settings=anyone)
    assert b"http://localhost:8501/case?case=2020-01-hostile" in plain.body
    for name, text in SENT.items():
        answer = asked(path, settings=anyone, **dict.fromkeys((*ADDRESSING, "if_none_match", "range"), text))
        assert (answer.status, answer.body) == (200, plain.body), name
        if not re.fullmatch(rb"[\w.-]+", text):
            assert told(asked(path, settings=anyone, host=text)) == {
                "detail": "The address of the server is missing or malformed."
            }, name


def test_a_hostile_host_is_not_answered():
    assert {
        name: status
        for name, text in SENT.items()
        if (status := asked("/api/metrics.csv", host=text).status) not in (400, 421)
    } == {}


# --- downloads


def test_no_cell_of_a_table_is_a_formula(hostile):
    cells = [
        cell
        for row in csv.reader(io.StringIO(FORMATS["csv"].write(Extract(hostile)).decode("utf-8-sig")))
        for cell in row
    ]
    assert any(cell.startswith("'=") for cell in cells)
    assert [cell for cell in cells if re.match(r"\s*[=+@＝＋－＠]|\s*-(?![0-9])|[\t\r]", cell)] == []
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"].write(Extract(hostile, address="http://localhost:8501")))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert not [
        name
        for name, text in parts.items()
        if re.search(r"<f[ >]|externalLink|vbaProject|DDE", text)
        and name.endswith((".xml", ".rels"))
        and "sharedStrings" not in name
    ]
    leads_to = {
        target
        for name, text in parts.items()
        if name.endswith(".rels") and "worksheets" in name
        for target in re.findall(r'Target="([^"]*)"', text)
    }
    assert {target.partition("/case?case=")[0] for target in leads_to} == {"http://localhost:8501"}


def test_what_is_taken_away_holds_the_text_and_no_more(hostile):
    extract = Extract(hostile)
    rows = json.loads(FORMATS["json"].write(extract))["metrics"]
    assert [row["metric_en"] for row in rows] == [metric.name.en for found in hostile.cases for metric in found.metrics]
    with zipfile.ZipFile(io.BytesIO(FORMATS["zip"].write(extract))) as package:
        assert all(re.fullmatch(r"[\w.-]+", name) for name in package.namelist())
    for found in hostile.cases:
        with zipfile.ZipFile(io.BytesIO(write_case(hostile, found, "en", annex=True))) as document:
            text = html.unescape(re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode()))
            assert found.title.en in text and found.summary.en in text
            assert b"TargetMode" not in document.read("word/_rels/document.xml.rels")


def test_a_file_is_called_by_letters_and_digits(hostile):
    names = {
        name: name_extract(Extract(hostile, parse({"search": text}, hostile)[0])) for name, text in HOSTILE.items()
    }
    assert {
        name: file for name, file in names.items() if not re.fullmatch(r"henan-reforms_2020[\w-]{,60}\.csv", file)
    } == {}
