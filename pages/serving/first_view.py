"""The first view: what is sent of a page to be read before the app has started, and without JavaScript at all."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from data.query.dataset import Dataset
from data.query.filters import select
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
from pages.serving.page_request import PageRequest

MAX_LISTED = 30
"""Maximum number of cases that are listed for readers without JavaScript; the overview has all by pages."""


class FirstView(NamedTuple):
    """The heading of a screen, a description in a sentence or two, and HTML: none where only the page can answer."""

    title: str
    description: str
    html: Markup


def write_first_view(request: PageRequest, dataset: Dataset, base: str) -> FirstView:
    """The first view of a page, an element that stands before the app's."""
    opened, links = open_screen(request, dataset, base), request.links(base)
    if not request.is_readable:
        return opened._replace(html=Markup(""))
    lang, filters, has_filters = request.lang, request.filters, SCREENS[request.screen].has_filters
    cases = [dataset.by_id[request.case_id]] if request.case_id else select(dataset, filters).cases
    html = render(
        "first",
        "first_view",
        lang,
        screens=link_screens(lambda name: links.screen(url_path(name)), request.screen, lang),
        languages=[(f"{base}{request.path(each)}", each, name) for each, name in LANGUAGE_NAMES.items()],
        bar=word_filter_bar(dataset, filters, lang, request.screen) if has_filters else None,
        opening=opened.html,
        cases=[
            NamedLink(Links(base, lang).screen("case", case=case.id), number_title(case, lang))
            for case in dataset.cases[:MAX_LISTED]
        ],
        api=f"{base}/api",
        formats=FORMATS.values(),
        credit=credit_documents(tuple(dataset.documents_of(cases)), lang),
    )
    return opened._replace(html=html)


def open_screen(request: PageRequest, dataset: Dataset, base: str) -> FirstView:
    """The first words of a screen, as they stand on it."""
    lang, filters, links = request.lang, request.filters, request.links(base)
    if request.screen == "overview":
        selection = select(dataset, filters)
        total = len(selection.cases)
        opening = open_overview(selection, lang, filters)
        cases = list_findings(selection, page_range(total, cases_per_page(total), request.page), lang)
        return FirstView(opening.title, opening.lede, render("first", "overview", lang, opening, cases, links))
    if request.screen == "case":
        case = dataset.by_id[request.case_id]
        rows = sorted(Rows(dataset, lang, dataset.positions[case.id]), key=lambda row: row.rank)
        page = CasePage(dataset, case, rows, lang, links, dataset.cases)
        return FirstView(case.title[lang], case.summary[lang], render("first", "case", lang, page))
    lede = DESCRIPTIONS[request.screen][lang]
    if request.screen == "map":
        areas, title = view_map(dataset, filters, lang), title_map(dataset, lang)
        return FirstView(title, lede, render("first", "map", lang, title, areas, links, areas.draw(ROUGH)))
    title = TITLES[request.screen][lang]
    return FirstView(title, lede, render("first", "words", lang, title, lede))
