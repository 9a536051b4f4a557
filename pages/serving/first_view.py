"""The first view: what is sent of a page to be read before the app has started, and without JavaScript at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

from data.downloads.snippets import build_link
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.query.paging import cases_per_page, page_range
from data.wording.citation import credit_documents
from data.wording.filter_bar import word_filter_bar
from pages.markup import first_view as words
from pages.markup.environment import render
from pages.markup.first_view import FirstView
from pages.markup.links import Links
from pages.markup.palette import MAP_PAINTS
from pages.markup.report import FORMATS
from pages.markup.screens import LANGUAGE_NAMES, SCREENS, link_screens, url_path
from pages.serving.page_request import LANGUAGES, PageRequest

MAX_LISTED = 30
"""Maximum number of cases that are listed for readers without JavaScript; the overview has all by pages."""


class LanguageLink(NamedTuple):
    """The page in a language, and what the language calls itself."""

    href: str
    lang: Lang
    name: str


class Listed(NamedTuple):
    """A case or a file for readers without JavaScript."""

    href: str
    label: str


def open_screen(request: PageRequest, dataset: Dataset, base: str) -> FirstView:
    """The first words of the page, whose links keep the language of the address and the filters."""
    links = _keep_view(request, base)
    if request.screen == "overview":
        total = len(select(dataset, request.filters).cases)
        shown = page_range(total, cases_per_page(total), request.page)
        return words.first_overview(dataset, shown, request.lang, links)
    if request.screen == "case":
        return words.first_case(dataset, dataset.by_id[request.case_id], request.lang, links)
    if request.screen == "map":
        return words.first_map(dataset, request.lang, links, MAP_PAINTS)
    return words.first_words(request.screen, request.lang)


def format_first_view(request: PageRequest, dataset: Dataset, base: str, opened: FirstView) -> Markup:
    """The first view of a page as an element that stands before the app's."""
    lang, links = request.lang, _keep_view(request, base)
    has_filters = SCREENS[request.screen].has_filters
    return render(
        "first",
        "first_view",
        lang,
        screens=link_screens(lambda name: links.screen(url_path(name)), request.screen, lang),
        languages=[
            LanguageLink(f"{base}{request.path(each, keeps_view=True)}", each, LANGUAGE_NAMES[each])
            for each in LANGUAGES
        ],
        bar=word_filter_bar(dataset, request.filters, lang, request.screen) if has_filters else None,
        opening=opened.html,
        cases=_list_cases(request, dataset, base),
        files=[
            Listed(build_link(base, form.path, Filters(), **form.parameters(lang)), form.label)
            for form in FORMATS.values()
        ],
        credit=_credit(request, dataset),
    )


def _keep_view(request: PageRequest, base: str) -> Links:
    return Links(base, request.lang if request.names_lang else "", request.filters)


def _list_cases(request: PageRequest, dataset: Dataset, base: str) -> Iterator[Listed]:
    listed = dataset.all_cases[:MAX_LISTED]
    for case_id, title in zip(listed.ids, listed.numbered_titles(request.lang, " · "), strict=True):
        yield Listed(f"{base}{PageRequest('case', request.lang, True, case_id).path(request.lang)}", title)


def _credit(request: PageRequest, dataset: Dataset) -> str:
    position = dataset.index.case_positions.get(request.case_id)
    kept = select(dataset, request.filters).cases.positions
    return credit_documents(dataset.documents_of(kept if position is None else [position]), request.lang)
