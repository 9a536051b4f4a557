"""Text that Streamlit would read as Markdown, so that it is shown as it stands: in titles, links, buttons, choices and notices."""

from __future__ import annotations

import re

_MARK = re.compile(r"[\\`*_\[\]<>&$~|:]|^[#+=-]|(?<=[0-9])[.)](?=\s|$)")
"""What CommonMark, its tables and strikings, formulas and directives are made of."""
_READ_LATER = re.compile(
    r"^(?=[\xa9\xae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]|[0-9#*]\ufe0f)"
    r"|:(?=material/|material_\w+:|streamlit:)|https?:(?=//)|www(?=\.)|@(?=[\w-])"
    r"|(?<!\S)(?:<-(?=>)|[<>~](?==)|-(?=[->])|<(?=-))(?=\S\S?(?!\S))",
    re.IGNORECASE,
)
"""What Streamlit seeks where no backslash helps: a symbol at the beginning, which it takes for an icon, and in the finished text icons, addresses and arrows.

An invisible joiner keeps it apart.
"""
_JOINER = "\u2060"


def literal(text: str) -> str:
    """Markdown that shows exactly this text."""
    return _MARK.sub(r"\\\g<0>", _READ_LATER.sub(rf"\g<0>{_JOINER}", text.strip()))
