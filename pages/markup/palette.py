"""The colors of data/wording/colours.py as pages and charts need them: translucent, as CSS, by class of the map.

Charts do not know the theme, so their marks have a contrast of at least 3:1 on both grounds. Text and rules of a page
have a light and a dark color; `.streamlit/config.toml` repeats those of the theme, and tests/test_colours.py holds that
they agree. Style sheets take colors as custom properties.
"""

from __future__ import annotations

from data.wording.colours import BLUE, GREY, LIGHT, NEUTRAL, PAGE_COLORS


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue of a color in hexadecimal digits, each from 0 to 255."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def rgba(color: str, opacity: str) -> str:
    """A translucent color; `opacity` is a decimal from 0 to 1, as written into the figure."""
    return "rgba({},{},{},{})".format(*channels(color), opacity)


TRANSPARENT = "rgba(0,0,0,0)"
MAP_CLASSES = (rgba(GREY, "0.10"), *(rgba(BLUE, opacity) for opacity in ("0.30", "0.52", "0.76", "1")))
"""Fills of the map: a known zero, then four classes of one blue, which reads on both grounds."""
NO_DATA = TRANSPARENT
"""Fill of an area without data, unlike the grey of a known zero."""
MAP_PAINTS = (NO_DATA, *MAP_CLASSES)
"""Fills of no data, of a known zero and of each class."""
AREA_BORDER = NEUTRAL

CSS_COLORS = {
    **{name: f"light-dark({light}, {dark})" for name, (light, dark) in PAGE_COLORS.items()},
    **{f"light-{name}": light for name, light in LIGHT.items()},
}
"""CSS custom properties without their dashes: {"ink": "light-dark(…, …)", …}."""

OUTLINE_COLORS = {
    "area": MAP_CLASSES[0],
    "tint": MAP_CLASSES[1],
    "border": NEUTRAL,
    **{name: PAGE_COLORS[name] for name in ("ink", "ground")},
}
"""Colors of the small map of a case, which no style sheet reaches; of its points as (light, dark)."""
