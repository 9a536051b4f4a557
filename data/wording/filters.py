"""The filters in words: their order, names and values, which control chooses them, and what openapi.json says of them.

The filter bar, its chips and status line and the parameters of the data links follow `FILTERS`. What a filter keeps is
in data/query/filters.py: a new filter is an entry here, and there its field, its values, its mask and its count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from data.model.grades import grades_drawn_as
from data.model.schema import Lang, Text
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.query.geography import name_area
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
        "words, source words. cases.json also has the cases whose own title, summary, place or domain holds them all. "
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
    return Filters(**{**vars(filters), name: kept}) if kept else filters.without(name)


def describe_filters(dataset: Dataset, filters: Filters, lang: Lang) -> str:
    """Return the filters in one line, each with its name: `City: Luoyang, Jiyuan · Search: “water”`."""
    colon, comma = t(lang, "：", ": "), t(lang, "、", ", ")
    return " · ".join(
        ("" if FILTERS[name].control == "switch" else FILTERS[name].name[lang] + colon)
        + comma.join(FILTERS[name].describe(dataset, value, lang) for value in list_values(filters, name))
        for name in filters.query()
    )
