"""The colors of charts and pages, from which screens, images, Word and Excel take theirs: the one file in which a color
is written. `.streamlit/config.toml` repeats those of the theme; only the icon, pages/browser/icon.svg, has its own.
"""

from __future__ import annotations

from collections.abc import Mapping

BLUE, GREY = "#2f7fd1", "#808892"
NEUTRAL = "#7b838c"
"""Borders of the map."""
SELECTED_OUTLINE = "#cf6a1a"
"""Outline of a selected area of the map."""
PAPER_RULE = "#c4c9ce"
"""Rules of tables in a document."""
PAGE_COLORS: Mapping[str, tuple[str, str]] = {
    "ink": ("#171717", "#e8eaed"),
    "ground": ("#ffffff", "#111418"),
    "quiet": ("#5b626a", "#a3abb5"),
    "rule": ("#d9dcdf", "#343a42"),
    "focus": ("#1f5fa8", "#7db4ee"),
    "hover": ("#eceef0", "#262b32"),
    "field": ("#f4f5f6", "#1b1f25"),
    "mark": ("#fbe8a6", "#57480f"),
    "improved-text": ("#1d62a8", "#7db4ee"),
    "worsened-text": ("#a94f0b", "#f0a868"),
}
"""Colors of a page by name, each as (light, dark). Those of a metric's direction never speak alone: an arrow and a sign
say the same.
"""
LIGHT: Mapping[str, str] = {name: light for name, (light, _) in PAGE_COLORS.items()}
"""Colors of what is light in either scheme: exported images, hover labels, documents, paper."""
