"""A place in a ranking, before and after, with the first place on top."""

from __future__ import annotations

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.colours import NEUTRAL, direction_color
from data.wording.rows import MetricRow
from pages.figures.hover import hover_text
from pages.figures.marks import circle_symbol, label, lines, marker, points, require_pair, segment
from pages.figures.style import FONT_SIZE, base_figure
from pages.figures.text import escape
from pages.markup.palette import GUIDE

_HEIGHT = 150


def rank_slope(row: MetricRow, lang: Lang) -> go.Figure:
    """A slope from the earlier place to the later one; a derived place is hollow.

    Raises ValueError if the row has no two places.
    """
    before, after = require_pair(row)
    lowest = max(before, after)
    color, hover = direction_color(row.direction), hover_text(row, lang)
    start = marker(13, NEUTRAL, circle_symbol(row.before_origin))
    end = marker(13, color, circle_symbol(row.after_origin))
    labelled = {"mode": "markers+text", "textfont": {"size": FONT_SIZE}, "cliponaxis": False}
    left = {"text": [f"{escape(row.before_label)}  "], "textposition": "middle left", **labelled}
    right = {"text": [f"  <b>{escape(row.after_label)}</b>"], "textposition": "middle right", **labelled}
    guides = [segment([x, x], [1, lowest], GUIDE, layer="below") for x in (0, 1)]
    first_place = segment([-0.8, 1.9], [1, 1], layer="below", line={"color": GUIDE, "width": 1, "dash": "dot"})
    return base_figure(
        _HEIGHT,
        [
            lines([0, 1], [before, after], color, 3),
            points([0], [before], start, [hover], **left),
            points([1], [after], end, [hover], **right),
        ],
        margin={"l": 4, "r": 4, "t": 10, "b": 10},
        xaxis={"range": [-0.9, 1.9], "visible": False},
        yaxis={"range": [lowest * 1.12 + 0.5, 0.4], "visible": False},
        shapes=[*guides, first_place],
        annotations=[label(-0.9, 1, "1", xanchor="left", font={"size": 11})],
    )
