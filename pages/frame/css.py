"""The style sheets of the pages: files in pages/browser/, and the rules made from the palette and the grades."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from data.model.grades import GRADE_RULES
from data.model.schema import Lang
from data.wording.labels import say
from pages.serving.policy import LANGUAGE_SCRIPTS
from pages.site.palette import CSS_COLORS, POINT, POINT_HALO, css_rgb

_FOLDER = Path(__file__).parents[1] / "browser"
SITE, TABLES, DATA, PRINT, EMBED = (
    (_FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in ("site", "tables", "data", "print", "embed")
)


def insert_styles(lang: Lang, printing: bool, embedded: bool) -> None:
    """Insert the style sheets into the page, with the one for paper or a frame, and set the document's language."""
    texts = {
        "connection-lost": say(
            lang,
            "与服务器的连接断开了。恢复后本页会自动继续，您的选择不变。",
            "The connection to the server is lost. This page goes on by itself when it is back, with what you chose.",
        ),
        "no-page-here": say(
            lang,
            "这个地址没有页面，已改为显示概览。",
            "There is no page at this address; the overview is shown instead.",
        ),
    }
    properties = _define_properties({**CSS_COLORS, **{name: f'"{text}"' for name, text in texts.items()}})
    sheets = [properties, SITE, TABLES, DATA, _GENERATED, *([PRINT] if printing else [EMBED] if embedded else [])]
    st.html(
        f"<style>\n{''.join(sheets)}</style><script>{LANGUAGE_SCRIPTS[lang]}</script>", unsafe_allow_javascript=True
    )


def _define_properties(values: Mapping[str, str]) -> str:
    """Return the rule that defines these custom properties."""
    return f":root {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


def _style_points(fill: str, new_fill: str, new_stroke: str) -> str:
    """Return the rule that replaces the color of a map's points, which do not know the color scheme."""
    points = f':is(.st-key-map, .st-key-where) .point[style*="fill: {css_rgb(fill)}"]'
    return f"{points} {{ fill: var(--{new_fill}) !important; stroke: var(--{new_stroke}) !important; }}\n"


_GENERATED = (
    _style_points(POINT, "ink", "ground")
    + _style_points(POINT_HALO, "ground", "ink")
    + "".join(f".grade-{grade} {{ border-style: {rule.border}; }}\n" for grade, rule in GRADE_RULES.items())
)
