"""The marks of marks.html for the map and the comparisons, whose HTML is still written in Python."""

from __future__ import annotations

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.markup.environment import render
from pages.markup.links import Links


def spoken(text: str) -> Markup:
    """Return text for screen readers only."""
    return render("marks", "spoken", "en", text)


def format_badge(grade: str, lang: Lang) -> Markup:
    """Return the letter of a grade in its frame."""
    return render("marks", "badge", lang, grade)


def format_flag_words(row: MetricRow, lang: Lang, decisive: bool = False) -> Markup:
    """Return the doubts about a metric in words behind one sign; `decisive` as in `MetricRow.word_doubts`."""
    return render("marks", "flags", lang, row, decisive)


def anchor(
    links: Links, href: str, content: Markup | str, label: str = "", current: bool = False, stay: str = ""
) -> Markup:
    """Return a link; `label` is its name for screen readers, `stay` an id with which it leaves the reader in place."""
    return render("marks", "anchor", "en", links, href, content, label, current, stay)
