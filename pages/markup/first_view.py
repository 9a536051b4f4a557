"""The first words of every screen as HTML: what the server sends before the app has started.

They are those of the page, by the same functions, in the same order and with the same classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.wording.findings import describe_marks
from data.wording.openings import DESCRIPTIONS, TITLES, open_overview, title_map
from data.wording.rows import Rows
from data.wording.shading import OUTCOME, name_shadings
from pages.markup.case_head import format_head
from pages.markup.case_page import format_case_line
from pages.markup.findings import findings_table
from pages.markup.links import Links
from pages.markup.map_areas import ROUGH, format_areas
from pages.markup.map_head import format_colours, format_map_head
from pages.markup.map_scene import format_scene
from pages.markup.map_view import view_map

_DOCUMENT = Markup('<span class="document" aria-hidden="true">Word</span>')
"""What stands in for the button of the case as a document, which needs the app."""


@dataclass(frozen=True, slots=True)
class FirstView:
    """The heading of a screen, a description in a sentence or two, and its first words in HTML."""

    title: str
    description: str
    html: Markup


def format_heading(title: str) -> Markup:
    """Return the heading of a screen."""
    return Markup("<h1>{}</h1>").format(title)


def format_lede(lede: str) -> Markup:
    """Return the paragraph below the heading of a screen."""
    return Markup('<p class="lede wide">{}</p>').format(lede)


def first_overview(dataset: Dataset, filters: Filters, shown: range, lang: Lang, links: Links) -> FirstView:
    """Return title and lede of the overview, and the findings of the cases at these places with their marks."""
    opening = open_overview(select(dataset, filters), lang, filters)
    table = findings_table(dataset, filters, shown, lang, links)
    marks = describe_marks((finding for case in table.cases for finding in (*case.first, *case.more)), lang)
    items = Markup("").join(Markup("<li>{}</li>").format(mark) for mark in marks)
    legend = Markup('<ul class="legend">{}</ul>').format(items) if marks else Markup("")
    html = format_heading(opening.title) + format_lede(opening.lede) + table.html + legend
    return FirstView(opening.title, opening.lede, html)


def first_case(dataset: Dataset, case: Case, lang: Lang, links: Links) -> FirstView:
    """Return the line above the title of a case, its title, its key figures, its story and where it happened."""
    rows = sorted(Rows(dataset, lang, dataset.positions(case.id)), key=lambda row: row.headline or 99)
    line = format_case_line(dataset, case, dataset.all_cases, lang, links)
    html = (
        Markup('<div class="st-key-case-line"><div>{}</div>{}</div>').format(line, _DOCUMENT)
        + format_heading(case.title[lang])
        + Markup('<div class="case">{}</div>').format(format_head(dataset, case, rows, lang, links))
    )
    return FirstView(case.title[lang], case.summary[lang], html)


def first_map(dataset: Dataset, filters: Filters, lang: Lang, links: Links, paints: Sequence[str]) -> FirstView:
    """Return the title of the map, what stands above it, and the map; `paints` are the fills of its classes."""
    shown, title = view_map(dataset, filters.without("city"), lang), title_map(dataset, lang)
    choice = format_colours(name_shadings(dataset, shown.measures, lang), OUTCOME, lang, links)
    image = format_areas(dataset, shown.scene, shown.shading, paints, ROUGH)
    html = format_heading(title) + format_map_head(shown.scene, shown.shading, paints, links, choice)
    html += Markup('<div class="st-key-map-frame"><div class="st-key-map">{}{}</div></div>').format(
        image, format_scene(shown.scene, links)
    )
    return FirstView(title, DESCRIPTIONS["map"][lang], html)


def first_words(screen: str, lang: Lang) -> FirstView:
    """Return title and lede of a screen that has the same for every selection."""
    title, lede = TITLES[screen][lang], DESCRIPTIONS[screen][lang]
    return FirstView(title, lede, format_heading(title) + format_lede(lede))
