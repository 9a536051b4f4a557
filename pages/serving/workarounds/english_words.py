"""Chinese for the words that Streamlit shows by itself.

Streamlit 1.67.0 has names of buttons, hints and a link to the content in English only. pages/browser/words.js replaces
those listed here on a Chinese page.

Remove when Streamlit takes its words from the app or follows the language of the page.
"""

from __future__ import annotations

import json

WORDS = (
    ("跳到正文", "Skip to main content"),
    ("打开", "Open"),
    ("关闭", "Close"),
    ("关闭", "Dismiss"),
    ("没有符合的选项", "No results"),
    ("有 # 个选项", "# options available."),
    ("有 # 个选项可选", "# option available."),
)
"""The words in both languages; # is a number."""


def encode_words() -> str:
    """Return the Chinese by the English as JSON, for the attribute of the script."""
    return json.dumps({english: chinese for chinese, english in WORDS}, ensure_ascii=False)
