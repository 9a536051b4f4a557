"""A metric that no axis may show, as a large number or words: for the image of a difference, a level or two units."""

from __future__ import annotations

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.key_figures import describe_key_figure
from data.wording.rows import MetricRow
from pages.figures.marks import label
from pages.figures.style import base_figure
from pages.figures.text import escape, text_width

_HEIGHT = 110
_MAX_SIZE = 44
"""Font size of a short value in px."""
_WIDTH = 1000
"""Width in px that a long value is made to fit."""


def number_chart(row: MetricRow, lang: Lang) -> go.Figure:
    """The value of a metric as text, with what is not stated of it below."""
    figure = describe_key_figure(row, lang)
    value = f"<b>{escape(figure.value)}</b>{f'  {escape(figure.change)}' if figure.change else ''}"
    size = min(_MAX_SIZE, _WIDTH / max(1.0, text_width(f"{figure.value}  {figure.change}")))
    texts = [
        label(0, 1, value, xanchor="left", yanchor="top", font={"size": size}),
        label(0, 0, escape(figure.remark), xanchor="left", yanchor="bottom", font={"size": 16}),
    ]
    return base_figure(
        _HEIGHT,
        [],
        annotations=[text for text in texts if text["text"]],
        xaxis={"range": [0, 1], "visible": False},
        yaxis={"range": [0, 1], "visible": False},
    )
