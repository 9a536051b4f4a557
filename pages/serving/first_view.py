"""The first view: what is sent of a page to be read before the app has started, and without JavaScript at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from data.downloads.snippets import build_link
from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.query.paging import cases_per_page, page_range
from data.wording.citation import credit_documents
from data.wording.filters import word_filter_bar
from data.wording.findings import list_findings
from data.wording.openings import DESCRIPTIONS, TITLES, number_title, open_overview, title_map
from data.wording.rows import Rows
from pages.markup.case import CasePage
from pages.markup.environment import render
from pages.markup.links import Links, NamedLink
from pages.markup.map import ROUGH, view_map
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


@dataclass(frozen=True, slots=True)
class FirstView:
    """The heading of a screen, a description in a sentence or two, and its first words in HTML."""

    title: str
    description: str
    html: Markup


def first_overview(dataset: Dataset, shown: range, lang: Lang, links: Links) -> FirstView:
    """Return title and lede of the overview, and the findings of the cases at these places."""
    selection = select(dataset, links.filters)
    opening, cases = open_overview(selection, lang, links.filters), list_findings(selection, shown, lang)
    return FirstView(opening.title, opening.lede, render("first", "overview", lang, opening, cases, links))


def first_case(dataset: Dataset, case: Case, lang: Lang, links: Links) -> FirstView:
    """Return the line above the title of a case, its title, its key figures, its story and where it happened."""
    rows = sorted(Rows(dataset, lang, dataset.positions[case.id]), key=lambda row: row.rank)
    page = CasePage(dataset, case, rows, lang, links, dataset.cases)
    return FirstView(case.title[lang], case.summary[lang], render("first", "case", lang, page))


def first_map(dataset: Dataset, lang: Lang, links: Links) -> FirstView:
    """Return the title of the map, what stands above it, and the map."""
    page, title = view_map(dataset, links.filters, lang), title_map(dataset, lang)
    return FirstView(
        title, DESCRIPTIONS["map"][lang], render("first", "map", lang, title, page, links, page.draw(ROUGH))
    )


def first_words(screen: str, lang: Lang) -> FirstView:
    """Return title and lede of a screen that has the same for every selection."""
    title, lede = TITLES[screen][lang], DESCRIPTIONS[screen][lang]
    return FirstView(title, lede, render("first", "words", lang, title, lede))


def open_screen(request: PageRequest, dataset: Dataset, base: str) -> FirstView:
    """The first words of the page, whose links keep the language of the address and the filters."""
    links = _keep_view(request, base)
    if request.screen == "overview":
        total = len(select(dataset, request.filters).cases)
        shown = page_range(total, cases_per_page(total), request.page)
        return first_overview(dataset, shown, request.lang, links)
    if request.screen == "case":
        return first_case(dataset, dataset.by_id[request.case_id], request.lang, links)
    if request.screen == "map":
        return first_map(dataset, request.lang, links)
    return first_words(request.screen, request.lang)


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
            NamedLink(build_link(base, form.path, Filters(), **form.parameters(lang)), form.label)
            for form in FORMATS.values()
        ],
        credit=_credit(request, dataset),
    )


def _keep_view(request: PageRequest, base: str) -> Links:
    return Links(base, request.lang if request.names_lang else "", request.filters)


def _list_cases(request: PageRequest, dataset: Dataset, base: str) -> Iterator[NamedLink]:
    for case in dataset.cases[:MAX_LISTED]:
        path = PageRequest("case", request.lang, True, case.id).path(request.lang)
        yield NamedLink(f"{base}{path}", number_title(case, request.lang))


def _credit(request: PageRequest, dataset: Dataset) -> str:
    named = dataset.by_id.get(request.case_id)
    cases = [named] if named else select(dataset, request.filters).cases
    return credit_documents(tuple(dataset.documents_of(cases)), request.lang)
