"""The colors of charts and pages, from which screens, images, Word and Excel take theirs: the one file in which a color
is written. `.streamlit/config.toml` repeats those of the theme; only the icon, pages/browser/icon.svg, has its own.
"""

from __future__ import annotations

from collections.abc import Mapping

BLUE, GREY = "#2f7fd1", "#808892"
IMPROVED, WORSENED, NEUTRAL = BLUE, "#cf6a1a", "#7b838c"
"""Directions of a metric, which legends name in words.yaml (marks). Color never speaks alone: an arrow and a sign
say the same.
"""
SELECTED_OUTLINE = "#cf6a1a"
"""Outline of a selected area of the map."""
OTHERS = ("#5b8c5a", "#8a6fc0", "#b0568a", "#4f9aa3", "#9a7b3f", "#6e7f99", "#a65d57")
"""Plotly's default colors after those of the directions, for traces without one."""
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
"""Colors of a page by name, each as (light, dark)."""
LIGHT: Mapping[str, str] = {name: light for name, (light, _) in PAGE_COLORS.items()}
"""Colors of what is light in either scheme: exported images, hover labels, documents, paper."""


def direction_color(direction: str | None) -> str:
    """The color of a direction; grey where a metric has none or it is unclear."""
    return {"improved": IMPROVED, "worsened": WORSENED}.get(direction or "", NEUTRAL)


def text_color(direction: str | None) -> str:
    """The color of words in a picture that have a direction; grey where a metric has none or it is unclear."""
    return LIGHT.get(f"{direction}-text", LIGHT["quiet"])
