"""The first words of every screen as HTML: what the server sends before the app has started.

They are those of the page, by the same functions, in the same order and with the same classes.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from data.markup.findings import findings_table
from data.markup.links import Links
from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, select
from data.wording.findings import describe_marks
from data.wording.labels import say
from data.wording.openings import DESCRIPTIONS, TITLES, join_domains, join_places, open_overview


@dataclass(frozen=True, slots=True)
class FirstView:
    """The heading of a screen, a description in a sentence or two, and its first words in HTML."""

    title: str
    description: str
    html: Markup


def format_heading(title: str) -> Markup:
    """Return the heading of a screen."""
    return Markup("<h1>{}</h1>").format(title)


def first_overview(dataset: Dataset, filters: Filters, shown: range, lang: Lang, links: Links) -> FirstView:
    """Return title and lede of the overview, and the findings of the cases at these places with their marks."""
    opening = open_overview(select(dataset, filters), lang)
    table = findings_table(dataset, filters, shown, lang, links)
    marks = describe_marks((finding for case in table.cases for finding in (*case.first, *case.more)), lang)
    legend = Markup("").join(Markup("<li>{}</li>").format(mark) for mark in marks)
    html = format_heading(opening.title) + Markup('<p class="lede wide">{}</p>{}<ul class="legend">{}</ul>').format(
        opening.lede, table.html, legend
    )
    return FirstView(opening.title, opening.lede, html)


def first_case(dataset: Dataset, case: Case, lang: Lang) -> FirstView:
    """Return title, places and domains, and summary of a case."""
    title, summary = case.title[lang], case.summary[lang]
    kicker = describe_case(dataset, case, lang)
    html = format_heading(title) + Markup('<p class="kicker">{}</p><p class="lede">{}</p>').format(kicker, summary)
    return FirstView(title, summary, html)


def describe_case(dataset: Dataset, case: Case, lang: Lang) -> str:
    """Return the line above the summary of a case: its number, places and domains, and who submitted it."""
    number = say(lang, f"案例 {case.number}", f"Case {case.number}")
    submitted = say(lang, f"{case.submitted_by.zh}报送", f"submitted by {case.submitted_by.en}")
    return " · ".join([number, join_places(dataset, case, lang), join_domains(dataset, case, lang), submitted])


def first_words(screen: str, lang: Lang) -> FirstView:
    """Return the title of a screen that has the same for every selection."""
    title = TITLES[screen][lang]
    return FirstView(title, DESCRIPTIONS[screen][lang], format_heading(title))
