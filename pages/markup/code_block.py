"""A program or another text to copy, in a block with a button for that (pages/browser/share.js)."""

from __future__ import annotations

import re

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.labels import say

_MARKED = re.compile(r'("[^"\n]*"|\b(?:and|as|def|each|else|for|function|if|import|in|let|or|return|then)\b(?!\.))')
"""Strings and keywords of the languages in which programs are offered (data/downloads/snippets.py)."""


def format_code(text: str, lang: Lang, program: bool = False) -> Markup:
    """Return a text with the button that copies it; in a program the strings and keywords are marked."""
    refused = say(
        lang,
        "浏览器不允许复制。文字已选中，请按 Ctrl+C。",
        "The browser does not allow copying. The text is selected: press Ctrl+C.",
    )
    return Markup(
        '<div class="code"><p class="said" role="status" data-copied="{}" data-refused="{}"></p>'
        '<pre data-text="code">{}</pre><button type="button" data-copy="code" aria-label="{}">'
        '<span class="icon" aria-hidden="true">{}</span></button></div>'
    ).format(
        say(lang, "已复制", "Copied"),
        refused,
        _mark(text) if program else text,
        say(lang, "复制", "Copy"),
        "content_copy",
    )


def _mark(program: str) -> Markup:
    *pairs, rest = _MARKED.split(program)
    marked = (
        Markup("{}<i>{}</i>" if word.startswith('"') else "{}<b>{}</b>").format(before, word)
        for before, word in zip(pairs[::2], pairs[1::2], strict=True)
    )
    return Markup("").join(marked) + rest
