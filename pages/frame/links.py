"""Links to the screens: `<a href>` in HTML, followed without loading the page again by pages/browser/links.js."""

from __future__ import annotations

from markupsafe import Markup

from pages.frame.view import View, base_path
from pages.markup.environment import render
from pages.markup.links import Links


def build_links(view: View) -> Links:
    """Return where the HTML of pages/markup links to: this site, in a frame beside the page that shows it."""
    if view.embedded:
        return Links(view.address, view.lang, view.filters, leave_frame=True)
    return Links(base_path(), view.query().get("lang", ""), view.filters)


def format_link(href: str, label: str, before: str = "", after: str = "") -> Markup:
    """Return a link with the names of Material symbols before or after its label."""
    return render("frame", "link", "en", href, label, before, after)  # it has no words of its own, in any language


def format_icon(name: str) -> Markup:
    """Return a Material symbol, which screen readers pass over; empty without a name."""
    return render("marks", "icon", "en", name)
