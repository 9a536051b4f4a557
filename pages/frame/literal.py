"""Text that Streamlit would read as Markdown, so that it is shown as it stands: in titles, links, buttons, choices and notices."""

from __future__ import annotations

import re

_MARK = re.compile(r"[\\`*_\[\]<>&$~|:]|^[#+=-]|(?<=[0-9])[.)](?=\s|$)")
"""What CommonMark, its tables and strikings, formulas and directives are made of."""
_READ_LATER = re.compile(r":(?=material[_/]\w+:|streamlit:)|https?:(?=//)|www(?=\.)|@(?=[\w-])|(?<!\S)(?:<-(?=>)|[<>~](?==)|-(?=[->])|<(?=-))(?=\S\S?(?!\S))", re.IGNORECASE)
"""What Streamlit seeks in the finished text, where no backslash is left: icons, addresses, arrows. An invisible joiner keeps it apart."""
_JOINER = "\u2060"


def literal(text: str) -> str:
    """Markdown that shows exactly this text."""
    return _MARK.sub(r"\\\g<0>", _READ_LATER.sub(rf"\g<0>{_JOINER}", text.strip()))
