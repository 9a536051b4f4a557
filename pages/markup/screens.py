"""The screens in the order of the navigation.

A new screen is a script in pages/, its entry here, and its title and a sentence on it in data/wording/openings.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.model.schema import Lang, Text
from data.wording.labels import SITE_NAME as SITE_NAME
from pages.markup.links import NamedLink

LANGUAGE_NAMES: Mapping[Lang, str] = {"zh": "中文", "en": "English"}
"""The languages by what they call themselves."""


@dataclass(frozen=True)
class Screen:
    """A screen: its script in pages/, its name in the navigation, and the query parameters of its own.

    `has_filters` says whether the filter bar stands above it.
    """

    script: str
    name: Text
    parameters: tuple[str, ...] = ()
    has_filters: bool = True


SCREENS: Mapping[str, Screen] = {
    "overview": Screen("overview.py", Text(zh="概览", en="Overview"), ("page",)),
    "case": Screen("case.py", Text(zh="案例", en="Cases"), ("case", "figure")),
    "map": Screen("map.py", Text(zh="地图", en="Map"), ("colour",)),
    "compare": Screen("compare.py", Text(zh="比较", en="Compare"), ("cases", "figures", "set")),
    "data": Screen("data_screen.py", Text(zh="数据", en="Data"), ("page", "sort", "columns", "kinds", "rows")),
    "method": Screen("method.py", Text(zh="方法", en="Method"), ("page",), has_filters=False),
}
"""The screens by their ids, which are also their paths; the first one is at the top of the site."""

PAGE_PARAMETERS = frozenset(
    {"lang", "view", "annex", "chart", "share", *(name for screen in SCREENS.values() for name in screen.parameters)}
)
"""The query parameters that choose how a page looks: the data links pass over those that are not their own as well."""


def url_path(name: str) -> str:
    """The path of a screen below the base path; empty for the one at the top."""
    return "" if name == next(iter(SCREENS)) else name


def link_screens(href: Callable[[str], str], shown: str, lang: Lang) -> list[NamedLink]:
    """The navigation; `href` is the address of a screen by its id."""
    return [NamedLink(href(name), screen.name[lang], name == shown) for name, screen in SCREENS.items()]
