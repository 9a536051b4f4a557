"""Text for Plotly labels, which reads markup and never wraps."""

from __future__ import annotations

import html

from pages.markup.text_width import text_width as text_width
from pages.markup.text_width import wrap as wrap

BOLD = 1.15
"""Width of bold text by that of regular text."""


def escape(text: str) -> str:
    """`text` without markup: &, < and > as entities."""
    return html.escape(text, quote=False)
