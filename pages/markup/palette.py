"""The colors of charts and pages: the one file in which a color is written.

Charts do not know the theme, so their marks have a contrast of at least 3:1 on both grounds. Text and rules of a page
have a light and a dark color; `.streamlit/config.toml` repeats those of the theme, and tests/test_colours.py holds that
they agree. Style sheets take colors as custom properties. Only the icon, pages/browser/icon.svg, has its own.
"""

from __future__ import annotations


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue of a color such as "#2f7fd1", each from 0 to 255."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def rgba(color: str, opacity: str) -> str:
    """A translucent color; `opacity` is a decimal from 0 to 1, as written into the figure."""
    return "rgba({},{},{},{})".format(*channels(color), opacity)


BLUE, GREY, TRANSPARENT = "#2f7fd1", "#808892", "rgba(0,0,0,0)"

IMPROVED, WORSENED, NEUTRAL = BLUE, "#cf6a1a", "#7b838c"
"""Directions of a metric. Color never speaks alone: an arrow and a sign say the same."""
GUIDE = rgba(GREY, "0.35")
"""Grid lines and axes."""
COLORWAY = (IMPROVED, WORSENED, NEUTRAL, "#5b8c5a", "#8a6fc0", "#b0568a", "#4f9aa3", "#9a7b3f", "#6e7f99", "#a65d57")
"""Plotly's default colors for traces without one."""

MAP_CLASSES = (rgba(GREY, "0.10"), *(rgba(BLUE, opacity) for opacity in ("0.30", "0.52", "0.76", "1")))
"""Fills of the map: a known zero, then four classes of one blue, which reads on both grounds."""
NO_DATA = TRANSPARENT
"""Fill of an area without data, unlike the grey of a known zero."""
MAP_PAINTS = (NO_DATA, *MAP_CLASSES)
"""Fills of no data, of a known zero and of each class."""
AREA_BORDER, SELECTED_OUTLINE = NEUTRAL, "#cf6a1a"

PAGE_COLORS = {
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
LIGHT = {name: light for name, (light, _) in PAGE_COLORS.items()}
"""Colors of what is light in either scheme: exported images, hover labels, paper."""
CSS_COLORS = {
    **{name: f"light-dark({light}, {dark})" for name, (light, dark) in PAGE_COLORS.items()},
    **{f"light-{name}": light for name, light in LIGHT.items()},
    "improved": IMPROVED,
    "worsened": WORSENED,
}
"""CSS custom properties without their dashes: {"ink": "light-dark(#171717, #e8eaed)", …}."""

OUTLINE_COLORS = {
    "area": MAP_CLASSES[0],
    "tint": MAP_CLASSES[1],
    "border": NEUTRAL,
    **{name: PAGE_COLORS[name] for name in ("ink", "ground")},
}
"""Colors of the small map of a case, which no style sheet reaches; of its points as (light, dark)."""


def direction_color(direction: str | None) -> str:
    """The color of a direction; grey where a metric has none or it is unclear."""
    return {"improved": IMPROVED, "worsened": WORSENED}.get(direction or "", NEUTRAL)
