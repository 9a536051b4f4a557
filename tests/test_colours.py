"""Colors that can be told apart and read on both grounds, also with red-green color blindness."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from data.wording.colours import NEUTRAL, PAGE_COLORS
from pages.markup.palette import CSS_COLORS, MAP_CLASSES

ROOT = Path(__file__).parent.parent
SOURCES = [path for room in ("data", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
STYLES = sorted((ROOT / "pages" / "markup" / "templates").glob("*.css"))
TEXTS = ("connection-lost", "press-enter", "take", "paper-title", "paper-date", "paper-address")
SCHEMES = ("light", "dark")
GROUNDS = PAGE_COLORS["ground"]
MARKS = {"neutral": NEUTRAL}

MARK_CONTRAST, TEXT_CONTRAST = 3.0, 4.5
"""WCAG 2.2, success criteria 1.4.11 (graphics and controls) and 1.4.3 (text)."""
TOLD_APART = 40.0
"""Minimum CIE76 distance in L*a*b*. 2.3 is just noticeable; these are seen apart, small, and briefly."""

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# sRGB to CIE XYZ, and the D65 white point.
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)

Triple = tuple[float, float, float]


def linear(colour: str) -> Triple:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return red, green, blue


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def contrast(one: str, other: str) -> float:
    low, high = sorted(times(TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, blindness: str) -> Triple:
    seen = times(BLINDNESS[blindness], linear(colour))
    x, y, z = (value / white for value, white in zip(times(TO_XYZ, seen), WHITE, strict=True))
    x, y, z = (value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116 for value in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, blindness: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one, blindness), lab(other, blindness), strict=True)) ** 0.5


def styled(name: str) -> dict[str, str]:
    """The two colors of a custom property, (light, dark)."""
    return dict(zip(SCHEMES, PAGE_COLORS[name], strict=True))


def test_the_formulas_against_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert lab("#ff0000", "none") == pytest.approx((53.24, 80.09, 67.20), abs=0.02)
    assert distance("#ff0000", "#00ff00", "none") > 2 * distance("#ff0000", "#00ff00", "deuteranopia")


@pytest.mark.parametrize(
    ("written", "where"),
    [
        (r'#[0-9a-fA-F]{6}\b|"(?=\d*[A-F])[0-9A-F]{6}"', "data/wording/colours.py"),
        (r"\b(?:rgb|hsl)a?\(", "pages/markup/palette.py"),
    ],
    ids=["in-digits", "translucent"],
)
def test_a_colour_is_written_in_one_file(written, where):
    found = [
        path.relative_to(ROOT).as_posix() for path in SOURCES if re.search(written, path.read_text(encoding="utf-8"))
    ]
    assert found == [where]


ELEMENTS = ("width", "x", "y", "from", "to", "was", "grid", "count", "share")
"""Custom properties that come with an element."""


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_sheets_take_their_colours_from_the_palette(path):
    assert re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_uses_colours_that_the_palette_has(path):
    text = path.read_text(encoding="utf-8")
    given = {*CSS_COLORS, *TEXTS, *ELEMENTS, *re.findall(r"--([\w-]+):", text)}
    assert set(re.findall(r"var\(--([\w-]+)\)", text)) <= given


def test_the_figures_know_the_grounds_of_the_theme():
    assert tuple(THEME[scheme]["backgroundColor"] for scheme in SCHEMES) == GROUNDS


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_stands_out_from_either_ground(mark, ground):
    assert contrast(MARKS[mark], ground) >= MARK_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("name", ["textColor", "linkColor", "primaryColor"])
def test_text_and_links_of_the_theme_are_readable(name, ground, scheme):
    assert contrast(THEME[scheme][name], THEME[scheme][ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("name", ["ink", "quiet", "improved-text", "worsened-text"])
def test_text_of_the_style_sheet_is_readable(name, ground, scheme):
    assert contrast(styled(name)[scheme], THEME[scheme][ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_style_sheet_and_the_theme_write_in_one_ink(scheme):
    assert styled("ink")[scheme] == THEME[scheme]["textColor"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_improved_and_worsened_are_told_apart_in_words_too(blindness, scheme):
    assert distance(styled("improved-text")[scheme], styled("worsened-text")[scheme], blindness) >= TOLD_APART


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_each_class_of_the_map_is_another_blue(blindness, ground):
    def blended(colour: str) -> str:
        *channels, alpha = map(float, re.findall(r"[\d.]+", colour))
        under = [int(ground[at : at + 2], 16) for at in (1, 3, 5)]
        return "#" + "".join(
            f"{round(alpha * top + (1 - alpha) * bottom):02x}" for top, bottom in zip(channels, under, strict=True)
        )

    shades = [blended(colour) for colour in MAP_CLASSES]
    assert min(distance(one, other, blindness) for one, other in combinations(shades, 2)) >= 10
    lightness = [lab(shade, blindness)[0] for shade in shades]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
