"""The base that every chart starts from: the Plotly template and a figure in it.

Grounds are transparent and text has no color: export_figure.py sets both. Colors are in palette.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from data.wording.colours import LIGHT
from pages.markup.palette import TRANSPARENT

Part = dict[str, Any]
"""A trace, axis, shape or annotation."""
BOLD = 1.15
"""Width of bold text by that of regular text."""
FONT_FAMILY = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, system-ui, sans-serif"
FONT_SIZE = 13
"""Font size of labels in px."""

_AXIS = {"zeroline": False, "showgrid": False, "fixedrange": True, "ticks": "", "automargin": False}
pio.templates["henan"] = go.layout.Template(
    layout={
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "font": {"family": FONT_FAMILY, "size": FONT_SIZE},
        "margin": dict.fromkeys("lrtb", 0),
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": LIGHT["ground"],
            "bordercolor": LIGHT["rule"],
            "font": {"family": FONT_FAMILY, "color": LIGHT["ink"], "size": 12},
        },
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
)


def base_figure(height: int, traces: Sequence[Part] = (), **layout: object) -> go.Figure:
    """A figure of these traces in the project's template, `height` px high."""
    return go.Figure(data=list(traces), layout={"template": "henan", "height": height, **layout})


def label(x: float, y: float, text: str, **annotation: object) -> Part:
    """Text at a place, without an arrow. `text` is markup."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **annotation}


def plain(text: str) -> str:
    """Text without markup, for a label."""
    return escape(text, quote=False)
