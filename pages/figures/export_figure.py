"""The figure of an exported image, always light, with title, subtitle, legend and footer drawn inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from pages.figures.marks import Part, label
from pages.figures.text import escape, text_width, wrap
from pages.site.palette import LIGHT, NEUTRAL

WIDTH = 1200
"""Width of an exported image in px."""
_PADDING = 40
_FONTS = {"title": (24, 32), "subtitle": (15, 22), "footer": (13, 19)}
"""Font size and line height of each part, in px."""
_GAP = 24
"""Distance between the plot and the text above or below it, in px."""
_LEGEND_HEIGHT = 30


def export_figure(
    figure: go.Figure, title: str, subtitle: str, footer: Sequence[str], legend: Sequence[tuple[str, str, str]] = ()
) -> go.Figure:
    """A copy of a screen figure, `WIDTH` px wide and as high as its wrapped texts need.

    `figure` needs a height and margins. `legend` is (sign, color, words); an empty sign is a square of that color.
    """
    head = [*_lines("title", title), *_lines("subtitle", subtitle)]
    foot = [line for text in footer for line in _lines("footer", text)]
    above, below = (sum(_FONTS[part][1] for part, _ in lines) + _GAP for lines in (head, foot))
    above += _LEGEND_HEIGHT if legend else 0
    copy = go.Figure(figure)
    left, right, top, bottom = (copy.layout.margin[side] for side in "lrtb")
    copy.update_layout(
        width=WIDTH,
        height=copy.layout.height + above + below + 2 * _PADDING,
        margin={
            "l": left + _PADDING,
            "r": right + _PADDING,
            "t": top + above + _PADDING,
            "b": bottom + below + _PADDING,
        },
        paper_bgcolor=LIGHT["ground"],
        font={"color": LIGHT["ink"]},
    )
    copy.layout.annotations = [
        *copy.layout.annotations,
        *_stack(head, 1.0, top + above),
        *_legend(legend, top + _GAP),
        *_stack(foot, 0.0, -bottom - _GAP),
    ]
    return copy


def _lines(part: str, text: str) -> list[tuple[str, str]]:
    """The wrapped lines of a text, each with the name of its part."""
    return [(part, line) for line in wrap(text, (WIDTH - 2 * _PADDING) / _FONTS[part][0])]


def _label(edge: float, px: float, text: str, **annotation: Any) -> Part:
    """A label `px` above the lower (0) or upper (1) edge of the plot."""
    return label(0, edge, text, xref="paper", xanchor="left", yref="paper", yshift=px, **annotation)


def _legend(entries: Sequence[tuple[str, str, str]], px: float) -> list[Part]:
    """Signs with their words on one line, `px` above the plot."""
    labels, x = [], 0.0
    square: Part = {"text": " ", "width": 13, "height": 13, "bordercolor": NEUTRAL, "borderwidth": 1}
    for sign, color, words in entries:
        mark = {"text": sign, "font": {"size": 18, "color": color}} if sign else {**square, "bgcolor": color}
        text: Part = {"text": escape(words), "align": "left", "font": {"size": 14, "color": LIGHT["ink"]}}
        labels += [
            _label(1, px, yanchor="middle", xshift=x, **mark),
            _label(1, px, yanchor="middle", xshift=x + 22, **text),
        ]
        x += 14 * text_width(words) + 48
    return labels


def _stack(lines: list[tuple[str, str]], edge: float, px: float) -> list[Part]:
    """Lines below one another, the first `px` above an edge of the plot."""
    labels = []
    for part, line in lines:
        size, height = _FONTS[part]
        text, color = (f"<b>{escape(line)}</b>", LIGHT["ink"]) if part == "title" else (escape(line), LIGHT["quiet"])
        font = {"size": size, "color": color}
        labels.append(_label(edge, px, text, yanchor="top", align="left", font=font))
        px -= height
    return labels
