"""The base that every chart starts from: the Plotly template and a figure in it.

Grounds are transparent and text has no color: export_figure.py sets both. Colors are in palette.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import plotly.io as pio

from data.wording.colours import LIGHT
from pages.figures.marks import Part
from pages.markup.palette import COLORWAY, TRANSPARENT

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
        "colorway": COLORWAY,
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
