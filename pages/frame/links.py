"""Links to the screens: ordinary `<a href>` in HTML, followed without loading the page again (pages/browser/links.js)."""

from __future__ import annotations

from markupsafe import Markup


def link(href: str, label: str, before: str = "", after: str = "") -> Markup:
    """A link with the names of Material symbols before or after its label."""
    return Markup('<a class="link" href="{}">{}<span>{}</span>{}</a>').format(href, _icon(before), label, _icon(after))


def _icon(name: str) -> Markup:
    return Markup('<span class="icon" aria-hidden="true">{}</span>').format(name) if name else Markup("")
