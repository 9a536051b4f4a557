"""The filters in words: their order, names and values, which control chooses them, what openapi.json says of them, and
what the bar says, for what is sent before the app has started and for the app.

The filter bar, its chips and status line and the parameters of the data links follow `FILTERS`. What a filter keeps is
in data/query/filters.py: a new filter is an entry here, and there its field, its values, its mask and its count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from data.model.grades import grades_drawn_as
from data.model.schema import Lang, Text
from data.query.dataset import Dataset
from data.query.filters import Filters, count_options, list_options, select
from data.query.geography import name_area
from data.wording.counts import count_elsewhere, count_selection, name_elsewhere
from data.wording.labels import FLAG_WORDS, GRADE_WORDS, ROLE_WORDS, t


@dataclass(frozen=True)
class Filter:
    """A filter as readers see it. `describe` returns a value in words; `documentation` stands in openapi.json."""

    name: Text
    control: Literal["pills", "text", "switch"]
    describe: Callable[[Dataset, str, Lang], str]
    documentation: str
    placeholder: Text | None = None


FILTERS: Mapping[str, Filter] = {
    "city": Filter(
        Text(zh="地市", en="City"),
        "pills",
        lambda dataset, code, lang: name_area(dataset, code)[lang],
        "Six-digit codes; 410000 is province-wide.",
    ),
    "domain": Filter(
        Text(zh="领域", en="Domain"),
        "pills",
        lambda dataset, domain, lang: dataset.domains[domain].name[lang],
        "Policy fields.",
    ),
    "grade": Filter(
        Text(zh="完整度", en="Completeness"),
        "pills",
        lambda dataset, grade, lang: f"{grade} · {GRADE_WORDS[grade][lang]}",
        "Completeness: how completely a number is stated; P is a target or plan.",
    ),
    "role": Filter(
        Text(zh="指标类别", en="Kind of figure"),
        "pills",
        lambda dataset, role, lang: ROLE_WORDS[role][lang],
        "Kinds of figure.",
    ),
    "flag": Filter(
        Text(zh="疑点", en="Doubts"),
        "pills",
        lambda dataset, flag, lang: FLAG_WORDS[flag][lang],
        "Doubts about a figure; one of them is enough.",
    ),
    "search": Filter(
        Text(zh="搜索", en="Search"),
        "text",
        lambda dataset, words, lang: f"“{words}”",
        "Words that a figure must all hold by itself, in either language: its name, subject, place, unit, values in "
        "words, source words. The figures of a set that Compare makes hold the words for it: waiting finds its waiting "
        "times. cases.json also has the cases whose own title, summary, place or domain holds them all. "
        "Plurals count as singulars. If nothing holds all words, what holds the most of them is found.",
        Text(zh="搜索，如：转诊率", en="Search, e.g. referral"),
    ),
    "scope": Filter(
        Text(zh="范围", en="Scope"),
        "switch",
        lambda dataset, scope, lang: t(lang, "含同案例的其他指标", "with the other figures of the same cases"),
        "A city leaves its own figures; case adds the other figures of the cases that are, or have a figure, in the "
        "city. Without a city it means nothing.",
    ),
}
"""The filters by their names in queries, in the order of the fields of `Filters`."""
POPOVERS = (("city",), ("domain",), ("grade",), ("role", "flag"))
"""The filters of the bar in their order there; those in one group open together, as MORE if they are several."""
MORE = Text(zh="更多", en="More")
CLEAR = Text(zh="清除全部筛选", en="Clear all filters")
PAIRED = grades_drawn_as("ends")
"""The grades of the metrics with an earlier and a later value, for which the bar has a switch."""


def list_values(filters: Filters, name: str) -> tuple[str, ...]:
    """Return the chosen values of a filter; the words of a search are one value."""
    value = getattr(filters, name)
    return value if isinstance(value, tuple) else (value,) if value else ()


def remove_value(filters: Filters, name: str, value: str) -> Filters:
    """Return the filters without one of their values."""
    kept = tuple(other for other in list_values(filters, name) if other != value)
    return Filters(**{**vars(filters), name: kept or getattr(Filters(), name)})


def describe_filters(dataset: Dataset, filters: Filters, lang: Lang) -> str:
    """Return the filters in one line, each with its name: `City: Luoyang, Jiyuan · Search: “water”`."""
    colon, comma = t(lang, "：", ": "), t(lang, "、", ", ")
    return " · ".join(
        ("" if FILTERS[name].control == "switch" else FILTERS[name].name[lang] + colon)
        + comma.join(FILTERS[name].describe(dataset, value, lang) for value in list_values(filters, name))
        for name in filters.query()
    )


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
