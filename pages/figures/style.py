"""The base that every chart starts from: the Plotly template and a figure that is serialized once.

Grounds are transparent and text has no color, because the page's style sheet sets both for the theme in use.
Colors are in palette.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from data.wording.colours import LIGHT
from pages.figures.marks import Part
from pages.markup.palette import COLORWAY, TRANSPARENT

FONT_FAMILY = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, system-ui, sans-serif"
FONT_SIZE = 13
"""Font size of labels in px."""

_AXIS = {"zeroline": False, "showgrid": False, "fixedrange": True, "ticks": "", "automargin": False}
_TEMPLATE = go.layout.Template(
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
pio.templates["henan"] = _TEMPLATE


class CachedFigure(go.Figure):
    """A figure whose dictionary is made once, without the template and with a `datarevision`.

    Streamlit has Plotly draw every chart twice. The second drawing takes a fifth of the time if Plotly can tell that
    nothing changed: by a revision that stands for the data, and by the absence of a template, which it compares by
    identity. The template's values are merged into the layout instead.
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure as Plotly's JSON structure. The dictionary is shared: copy it before changing it."""
        if "_cached" not in self.__dict__:
            figure = super().to_dict()
            layout = {name: value for name, value in figure["layout"].items() if name != "template"}
            for name, value in _TEMPLATE.layout.to_plotly_json().items():
                layout[name] = {**value, **layout.get(name, {})} if isinstance(value, dict) else layout.get(name, value)
            content = pio.to_json({**figure, "layout": layout}, validate=False)
            figure["layout"] = {**layout, "datarevision": md5(content.encode()).hexdigest()}
            self._cached = figure
        return self._cached


def base_figure(height: int, traces: Sequence[Part] = (), **layout: object) -> CachedFigure:
    """A figure of these traces in the project's template, `height` px high."""
    return CachedFigure(data=list(traces), layout={"template": "henan", "height": height, **layout})
