"""The style sheets of all HTML: files beside the templates, and rules made from palette, grades and texts."""

from __future__ import annotations

from collections.abc import Mapping

from data.model.grades import GRADE_RULES
from data.model.schema import Text
from pages.markup.environment import TEMPLATES
from pages.markup.palette import CSS_COLORS

SHEETS = ("marks", "tables", "charts", "case", "method", "data", "compare", "map")
"""The style sheets of what the pages show and the report too, in the order of their rules."""
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


def read_sheets(*names: str) -> str:
    """Return style sheets of this folder, one after the other."""
    return "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)


def define_properties(selector: str, values: Mapping[str, str]) -> str:
    """Return the rule that defines these custom properties."""
    return f"{selector} {{ {' '.join(f'--{name}: {value};' for name, value in values.items())} }}\n"


COLORS = define_properties(":root", CSS_COLORS)
"""The colors as custom properties, light or dark as the scheme of their element."""
_GRADES = "".join(f".grade-{grade} {{ border-style: {rule.border}; }}\n" for grade, rule in GRADE_RULES.items())
_PROPERTIES = define_properties(":root", {name: f'"{text.en}"' for name, text in _TEXTS.items()}) + define_properties(
    ":root:lang(zh)", {name: f'"{text.zh}"' for name, text in _TEXTS.items()}
)
MARKUP = COLORS + read_sheets(*SHEETS) + _GRADES
"""The style sheet of what the pages show and the report too."""
PAPER = read_sheets("paper")
"""How it is printed."""
SHEET = _PROPERTIES + read_sheets("site") + MARKUP + read_sheets("share") + PAPER
"""The style sheet of every page, in the order of its rules."""
FIRST_VIEW = SHEET + read_sheets("first_view")
"""The style sheet of what is served before the app has started, which looks like the app's."""
PRINT, EMBED = read_sheets("print"), read_sheets("embed")
"""What a printed page, and a page in a frame, have besides."""
