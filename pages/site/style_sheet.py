"""The style sheets of the pages: those of data/markup, files in pages/browser/, and rules made from texts."""

from __future__ import annotations

from pathlib import Path

from data.markup.palette import POINT, POINT_HALO, css_rgb
from data.markup.style_sheet import MARKUP, PAPER, define_properties
from data.model.schema import Text

_FOLDER = Path(__file__).parents[1] / "browser"


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.css").read_text(encoding="utf-8")


PRINT, EMBED = _read("print"), _read("embed")
_TEXTS = {
    "connection-lost": Text(
        zh="与服务器的连接断开了。恢复后本页会自动继续，您的选择不变。",
        en="The connection to the server is lost. This page goes on by itself when it is back, with what you chose.",
    ),
    "no-page-here": Text(
        zh="这个地址没有页面，已改为显示概览。",
        en="There is no page at this address; the overview is shown instead.",
    ),
}
"""The texts in the style sheets by the names of their custom properties."""


def _style_points(fill: str, new_fill: str, new_stroke: str) -> str:
    """Return the rule that replaces the color of a map's points, which do not know the color scheme."""
    points = f'.st-key-map .point[style*="fill: {css_rgb(fill)}"]'
    return f"{points} {{ fill: var(--{new_fill}) !important; stroke: var(--{new_stroke}) !important; }}\n"


_PROPERTIES = define_properties(":root", {name: f'"{text.en}"' for name, text in _TEXTS.items()}) + define_properties(
    ":root:lang(zh)", {name: f'"{text.zh}"' for name, text in _TEXTS.items()}
)
_POINTS = _style_points(POINT, "ink", "ground") + _style_points(POINT_HALO, "ground", "ink")
SHEET = _PROPERTIES + _read("site") + MARKUP + _read("share") + PAPER + _POINTS
"""The style sheet of every page, in the order of its rules."""
FIRST_VIEW = SHEET + _read("first_view")
"""The style sheet of what is served before the app has started, which looks like the app's."""
