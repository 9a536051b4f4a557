"""The name of the site and the links to its screens, above every page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.labels import say


class ScreenLink(NamedTuple):
    """A link to a screen: its address, its name, and whether it is the one being shown."""

    href: str
    name: str
    is_current: bool


def format_site_name(name: str) -> Markup:
    """Return the name of the site."""
    return Markup('<div class="site">{}</div>').format(name)


def format_navigation(links: Iterable[ScreenLink], lang: Lang) -> Markup:
    """Return the links to the screens."""
    item = Markup('<a href="{}" aria-current="{}">{}</a>')
    items = Markup("").join(item.format(href, "page" if current else "false", name) for href, name, current in links)
    return Markup('<nav class="pages" aria-label="{}">{}</nav>').format(say(lang, "页面", "Pages"), items)
