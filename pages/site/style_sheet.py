"""The style sheets: files in pages/browser/, and the rules made from the palette, the grades and texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.model.grades import GRADE_RULES
from data.model.schema import Text
from pages.site.palette import CSS_COLORS

_FOLDER = Path(__file__).parents[1] / "browser"
SHEETS = ("site", "tables", "charts", "case", "share", "method", "data", "compare", "map", "paper")
"""The style sheets of every page, in the order of their rules."""


def _read(*names: str) -> str:
    return "".join((_FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in names)


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


def _define_properties(selector: str, values: Mapping[str, str]) -> str:
    """Return the rule that defines these custom properties."""
    return f"{selector} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


_PROPERTIES = (
    _define_properties(":root", CSS_COLORS)
    + _define_properties(":root", {name: f'"{text.en}"' for name, text in _TEXTS.items()})
    + _define_properties(":root:lang(zh)", {name: f'"{text.zh}"' for name, text in _TEXTS.items()})
)
_GENERATED = "".join(f".grade-{grade} {{ border-style: {rule.border}; }}\n" for grade, rule in GRADE_RULES.items())
SHEET = _PROPERTIES + _read(*SHEETS) + _GENERATED
"""The style sheet of every page."""
FIRST_VIEW = SHEET + _read("first_view")
"""The style sheet of what is served before the app has started, which looks like the app's."""
