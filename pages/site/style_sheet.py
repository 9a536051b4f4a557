"""The style sheets of the pages: those of pages/markup, files in pages/browser/, and rules made from texts."""

from __future__ import annotations

from pathlib import Path

from data.model.schema import Text
from pages.markup.style_sheet import MARKUP, PAPER, define_properties

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


_PROPERTIES = define_properties(":root", {name: f'"{text.en}"' for name, text in _TEXTS.items()}) + define_properties(
    ":root:lang(zh)", {name: f'"{text.zh}"' for name, text in _TEXTS.items()}
)
SHEET = _PROPERTIES + _read("site") + MARKUP + _read("share") + PAPER
"""The style sheet of every page, in the order of its rules."""
FIRST_VIEW = SHEET + _read("first_view")
"""The style sheet of what is served before the app has started, which looks like the app's."""
