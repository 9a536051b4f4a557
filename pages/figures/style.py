"""The template and the colours all figures share. They hold on a light and on a dark ground, because a figure never knows the theme.

Grounds are transparent and text takes the page's colour; marks have a contrast of at least 3:1 on both grounds (held by a test).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from hashlib import md5
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from plotly.io import to_json

IMPROVED = "#2f7fd1"
WORSENED = "#cf6a1a"
NEUTRAL = "#7b838c"
FAINT = "rgba(128,136,146,0.35)"
GROUNDS = ("#ffffff", "#111418")
DIRECTION_COLORS = {"improved": IMPROVED, "worsened": WORSENED}
FONT_FAMILY = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, system-ui, sans-serif"
FONT_SIZE = 13

_TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT_FAMILY, "size": FONT_SIZE},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "colorway": [
            IMPROVED,
            WORSENED,
            NEUTRAL,
            "#5b8c5a",
            "#8a6fc0",
            "#b0568a",
            "#4f9aa3",
            "#9a7b3f",
            "#6e7f99",
            "#a65d57",
        ],
        "hoverlabel": {
            "bgcolor": "#ffffff",
            "bordercolor": "#d9dcdf",
            "font": {"family": FONT_FAMILY, "color": "#171717", "size": 12},
        },
        "xaxis": {"zeroline": False, "showgrid": False, "fixedrange": True, "ticks": "", "automargin": False},
        "yaxis": {"zeroline": False, "showgrid": False, "fixedrange": True, "ticks": "", "automargin": False},
    }
)
pio.templates["henan"] = _TEMPLATE


class CachedFigure(go.Figure):
    """A figure as it goes to the browser: its dictionary is made once, when it is first asked for.

    Streamlit has Plotly draw every chart twice. The second time takes a fifth when Plotly can see that nothing is new: by a revision that stands for the data,
    and without a template, which Plotly compares by identity; its values stand in the layout itself.
    """

    def to_dict(self) -> dict[str, Any]:
        """Shared: copy before changing."""
        if "_sent" not in self.__dict__:
            sent = super().to_dict()
            drawn = {name: value for name, value in sent["layout"].items() if name != "template"}
            for name, value in _TEMPLATE.layout.to_plotly_json().items():
                drawn[name] = {**value, **drawn.get(name, {})} if isinstance(value, dict) else drawn.get(name, value)
            sent["layout"] = {
                **drawn,
                "datarevision": md5(to_json({**sent, "layout": drawn}, validate=False).encode()).hexdigest(),
            }
            self._sent = sent
        return self._sent


def base_figure(height: int, traces: Sequence[Any] = (), **layout: object) -> CachedFigure:
    """A figure of a fixed height in px, in the project's template."""
    return CachedFigure(data=list(traces), layout={"template": "henan", "height": height, **layout})


def direction_color(direction: object) -> str:
    """The colour of a direction; grey where there is none. Colour never speaks alone: an arrow and a sign say the same."""
    return DIRECTION_COLORS.get(str(direction), NEUTRAL)


def text_width(text: str) -> float:
    """The width of a line in ems: a full-width character is 1, others about half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.5 for char in text)


def wrap(text: str, ems: float) -> list[str]:
    """Lines of at most `ems`, because Plotly never wraps: between words, or between full-width characters."""
    lines: list[str] = []
    line, width = "", 0.0
    for piece in _pieces(text):
        wide = text_width(piece)
        if line and width + wide > ems and piece.strip() and piece[0] not in ",.;:)）」”》,。、;:!?%":
            lines.append(line.rstrip())
            line, width = piece, wide
        else:
            line, width = line + piece, width + wide
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    word = ""
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" or char == " ":
            pieces += [word] if word else []
            pieces.append(char)
            word = ""
        else:
            word += char
    return [*pieces, word] if word else pieces


def keep_together(text: str) -> str:
    """Text that `wrapped` keeps on one line: a number stays with its unit."""
    return text.replace(" ", "\u00a0")


def escape(text: str) -> str:
    """Text for a Plotly label, which would read <, > and & as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
