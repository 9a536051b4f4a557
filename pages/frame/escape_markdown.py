"""Escaping for titles, links, buttons, choices and notices, which Streamlit reads as Markdown."""

from __future__ import annotations

import re

_SYNTAX = re.compile(r"[\\`*_\[\]<>&$~|:]|^[#+=-]|(?<=[0-9])[.)](?=\s|$)")
"""Characters of CommonMark, its tables and strikethrough, formulas and directives; a backslash escapes them."""
_REPLACED_LATER = re.compile(
    r"^(?=[\xa9\xae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]|[0-9#*]\ufe0f)"
    r"|:(?=material/|material_\w+:|streamlit:)|https?:(?=//)|www(?=\.)|@(?=[\w-])"
    r"|(?<!\S)(?:<-(?=>)|[<>~](?==)|-(?=[->])|<(?=-))(?=\S\S?(?!\S))",
    re.IGNORECASE,
)
"""What Streamlit replaces despite a backslash: a symbol at the beginning, which becomes the icon, and in the rendered
text icon names, addresses and arrows. An invisible joiner splits it.
"""
_JOINER = "\u2060"


def escape_markdown(text: str) -> str:
    """Return Markdown that shows exactly this text."""
    return _SYNTAX.sub(r"\\\g<0>", _REPLACED_LATER.sub(rf"\g<0>{_JOINER}", text.strip()))
