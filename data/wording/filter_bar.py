"""What the filter bar says, for what is sent before the app has started and for the app: both draw it from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, count_options, list_options, select
from data.wording.counts import count_elsewhere, count_selection, name_elsewhere
from data.wording.filters import CLEAR, FILTERS, MORE, POPOVERS, describe_filters, list_values
from data.wording.labels import t


class Popover(NamedTuple):
    """The filters that open together, and their button, which says how many of their values are chosen."""

    names: tuple[str, ...]
    label: str


class Chip(NamedTuple):
    """A chosen value of a filter."""

    name: str
    value: str
    words: str


class FilterBar(NamedTuple):
    """The texts of the bar. `chosen` has all filters in one line; `scope` is empty where its switch adds nothing.

    On the screen of a case that switch is not part of the bar: it stands below the title.
    """

    popovers: tuple[Popover, ...]
    search: str
    placeholder: str
    status: str
    chosen: str
    chips: tuple[Chip, ...]
    clear: str
    scope: str


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


def word_filter_bar(dataset: Dataset, filters: Filters, lang: Lang, screen: str) -> FilterBar:
    """Return the bar of a screen under these filters."""
    selection, search = select(dataset, filters), FILTERS["search"]
    elsewhere = 0 if screen == "case" else count_elsewhere(dataset, filters)
    return FilterBar(
        popovers=tuple(Popover(names, _label_popover(names, filters, lang)) for names in POPOVERS),
        search=search.name[lang],
        placeholder=search.placeholder[lang] if search.placeholder else "",
        status=count_selection(selection, filters.city, filters.scope, lang),
        chosen=describe_filters(dataset, filters, lang),
        chips=tuple(
            Chip(name, value, entry.describe(dataset, value, lang))
            for name, entry in FILTERS.items()
            if entry.control != "switch"
            for value in list_values(filters, name)
        ),
        clear=CLEAR[lang],
        scope=name_elsewhere(elsewhere, len(selection.cases), lang) if elsewhere else "",
    )


def _label_popover(names: tuple[str, ...], filters: Filters, lang: Lang) -> str:
    label = (MORE if len(names) > 1 else FILTERS[names[0]].name)[lang]
    chosen = sum(len(list_values(filters, name)) for name in names)
    return t(lang, f"{label}（{chosen}）", f"{label} ({chosen})") if chosen else label


def list_choices(dataset: Dataset, names: Iterable[str], filters: Filters, lang: Lang) -> list[Choice]:
    """Return these filters with their values, each with the number of metrics it has under the other filters."""
    return [_list_values(dataset, name, filters, lang) for name in names]


def _list_values(dataset: Dataset, name: str, filters: Filters, lang: Lang) -> Choice:
    counts, chosen, entry = count_options(dataset, filters)[name], list_values(filters, name), FILTERS[name]
    options = [
        Option(value, entry.describe(dataset, value, lang), counts[value], value in chosen)
        for value in list_options(dataset)[name]
    ]
    return Choice(name, entry.name[lang], options)
