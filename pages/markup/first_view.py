"""The first words of every screen as HTML: what the server sends before the app has started.

They are those of the page, from the same templates, in the same order and with the same classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import select
from data.wording.findings import describe_marks, list_findings
from data.wording.openings import DESCRIPTIONS, TITLES, open_overview, title_map
from data.wording.rows import Rows
from data.wording.shading import OUTCOME, name_shadings
from pages.markup.case import CasePage
from pages.markup.environment import render
from pages.markup.links import Links
from pages.markup.map_areas import ROUGH, format_areas
from pages.markup.map_head import format_colours, format_map_head
from pages.markup.map_scene import format_scene
from pages.markup.map_view import view_map


@dataclass(frozen=True, slots=True)
class FirstView:
    """The heading of a screen, a description in a sentence or two, and its first words in HTML."""

    title: str
    description: str
    html: Markup


def first_overview(dataset: Dataset, shown: range, lang: Lang, links: Links) -> FirstView:
    """Return title and lede of the overview, and the findings of the cases at these places with their marks."""
    selection = select(dataset, links.filters)
    opening, cases = open_overview(selection, lang, links.filters), list_findings(selection, shown, lang)
    marks = describe_marks((finding for case in cases for finding in (*case.first, *case.more)), lang)
    return FirstView(opening.title, opening.lede, render("first", "overview", lang, opening, cases, marks, links))


def first_case(dataset: Dataset, case: Case, lang: Lang, links: Links) -> FirstView:
    """Return the line above the title of a case, its title, its key figures, its story and where it happened."""
    rows = sorted(Rows(dataset, lang, dataset.positions(case.id)), key=lambda row: row.headline or 99)
    page = CasePage(dataset, case, rows, lang, links, dataset.all_cases)
    return FirstView(case.title[lang], case.summary[lang], render("first", "case", lang, page))


def first_map(dataset: Dataset, lang: Lang, links: Links, paints: Sequence[str]) -> FirstView:
    """Return the title of the map, what stands above it, and the map; `paints` are the fills of its classes."""
    shown, title = view_map(dataset, links.filters.without("city"), lang), title_map(dataset, lang)
    choice = format_colours(name_shadings(dataset, shown.measures, lang), OUTCOME, lang, links)
    head = format_map_head(shown.scene, shown.shading, paints, links, choice)
    image = format_areas(dataset, shown.scene, shown.shading, paints, ROUGH)
    html = render("first", "map", lang, title, head, image, format_scene(shown.scene, links))
    return FirstView(title, DESCRIPTIONS["map"][lang], html)


def first_words(screen: str, lang: Lang) -> FirstView:
    """Return title and lede of a screen that has the same for every selection."""
    title, lede = TITLES[screen][lang], DESCRIPTIONS[screen][lang]
    return FirstView(title, lede, render("first", "words", lang, title, lede))
