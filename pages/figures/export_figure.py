"""The figure of an exported image, always light, with title, subtitle, legend and footer drawn inside."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from data.wording.colours import LIGHT, NEUTRAL
from pages.figures.style import BOLD, Part, label, plain
from pages.markup.text_width import text_width, wrap

WIDTH = 1200
"""Width of an exported image in px."""
_PADDING = 40
PLOT_WIDTH = WIDTH - 2 * _PADDING
"""Width in px of a plot without margins in an exported image."""
_QUIET = LIGHT["quiet"]
_STYLES = {"title": (24, 34, LIGHT["ink"]), "subtitle": (15, 22, _QUIET), "footer": (13, 19, _QUIET)}
"""Font size and line height in px, and color, of each part."""
_GAP = 24
"""Distance between the plot and the text above or below it, in px."""
_LEGEND_HEIGHT = 30


def export_figure(
    figure: go.Figure, title: str, subtitle: str, footer: Sequence[str], legend: Sequence[tuple[str, str, str]] = ()
) -> go.Figure:
    """A figure made into an image, `WIDTH` px wide and as high as its wrapped texts need.

    `figure` needs a height, and is changed. `legend` is (sign, color, words); an empty sign is a square of that color.
    """
    head = [*_lines("title", title), *_lines("subtitle", subtitle)]
    foot = [line for text in footer for line in _lines("footer", text)]
    above, below = (sum(_STYLES[part][1] for part, _ in lines) + _GAP for lines in (head, foot))
    above += _LEGEND_HEIGHT if legend else 0
    labels = figure.layout.to_plotly_json().get("annotations", [])
    top, bottom = figure.layout.margin.t or 0, figure.layout.margin.b or 0
    added = {"l": 0, "r": 0, "t": above, "b": below}
    figure.update_layout(
        width=WIDTH,
        height=figure.layout.height + above + below + 2 * _PADDING,
        margin={side: (figure.layout.margin[side] or 0) + px + _PADDING for side, px in added.items()},
        paper_bgcolor=LIGHT["ground"],
        font={"color": LIGHT["ink"]},
    )
    figure.layout.annotations = [
        *labels,
        *_stack(head, 1.0, top + above),
        *_legend(legend, top + _GAP),
        *_stack(foot, 0.0, -bottom - _GAP),
    ]
    return figure


def _lines(part: str, text: str) -> list[tuple[str, str]]:
    """The wrapped lines of a text, each with the name of its part."""
    size = _STYLES[part][0] * (BOLD if part == "title" else 1)
    return [(part, line) for line in wrap(text, PLOT_WIDTH / size)]


def _label(edge: float, px: float, text: str, **annotation: object) -> Part:
    """A label `px` above the lower (0) or upper (1) edge of the plot."""
    return label(0, edge, text, xref="paper", xanchor="left", yref="paper", yshift=px, **annotation)


def _legend(entries: Sequence[tuple[str, str, str]], px: float) -> list[Part]:
    """Signs with their words on one line, `px` above the plot."""
    labels, x = [], 0.0
    square: Part = {"text": " ", "width": 13, "height": 13, "bordercolor": NEUTRAL, "borderwidth": 1}
    for sign, color, words in entries:
        mark = {"text": sign, "font": {"size": 18, "color": color}} if sign else {**square, "bgcolor": color}
        font = {"size": 14, "color": LIGHT["ink"]}
        labels += [
            _label(1, px, yanchor="middle", xshift=x, **mark),
            _label(1, px, plain(words), yanchor="middle", xshift=x + 22, align="left", font=font),
        ]
        x += 14 * text_width(words) + 48
    return labels


def _stack(lines: list[tuple[str, str]], edge: float, px: float) -> list[Part]:
    """Lines below one another, the first `px` above an edge of the plot."""
    labels = []
    for part, line in lines:
        size, height, color = _STYLES[part]
        text = f"<b>{plain(line)}</b>" if part == "title" else plain(line)
        labels.append(_label(edge, px, text, yanchor="top", align="left", font={"size": size, "color": color}))
        px -= height
    return labels
