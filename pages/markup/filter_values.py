"""The values of the filters to choose from, each a button with the number of metrics it has under the other filters.

pages/browser/links.js adds the value of a pressed one to the address or removes it.
"""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, count_options, list_options
from data.wording.filters import FILTERS, list_values
from pages.markup.environment import render


class Option(NamedTuple):
    """A value of a filter, the number of its metrics, and whether it is chosen."""

    value: str
    words: str
    kept: int
    chosen: bool


class Choice(NamedTuple):
    """A filter with its values."""

    name: str
    title: str
    options: list[Option]


def format_values(dataset: Dataset, names: tuple[str, ...], filters: Filters, lang: Lang) -> Markup:
    """Return the values of these filters, under their names if they are several."""
    return render("bar", "values", lang, [_list_values(dataset, name, filters, lang) for name in names])


def _list_values(dataset: Dataset, name: str, filters: Filters, lang: Lang) -> Choice:
    counts, chosen, entry = count_options(dataset, filters)[name], list_values(filters, name), FILTERS[name]
    options = [
        Option(value, entry.describe(dataset, value, lang), counts[value], value in chosen)
        for value in list_options(dataset)[name]
    ]
    return Choice(name, entry.name[lang], options)
