"""A program or another text to copy, in a block with a button for that (pages/browser/share.js)."""

from __future__ import annotations

from markupsafe import Markup

from data.model.schema import Lang
from pages.markup.environment import render


def format_code(text: str, lang: Lang) -> Markup:
    """Return a text with the button that copies it."""
    return render("code", "code", lang, text)
