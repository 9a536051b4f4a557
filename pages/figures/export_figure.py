"""The export edition of a figure: 1200 px wide, always light, with its title, subtitle and footer drawn inside, because it leaves the page."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from pages.figures.style import GROUNDS, NEUTRAL, escape, text_width, wrap

WIDTH = 1200
_EDGE = 40
_INK, _QUIET = "#171717", "#5b626a"
_LINES = {"title": (24, 32), "subtitle": (15, 22), "footer": (13, 19)}
"""Font size and line height of each part, in px."""
_LEGEND = 30
"""px of the legend's line."""


def export_figure(
    figure: go.Figure, title: str, subtitle: str, footer: Sequence[str], legend: Sequence[tuple[str, str, str]] = ()
) -> go.Figure:
    """A copy of a screen figure as it is taken away. All text is wrapped here, since Plotly never wraps; nothing is cut.

    `legend` is (sign, colour, words); without a sign it is a square of that colour.
    """
    head = [*_wrapped("title", title), *_wrapped("subtitle", subtitle)]
    foot = [line for text in footer for line in _wrapped("footer", text)]
    above, below = (sum(_LINES[part][1] for part, _ in lines) + 24 for lines in (head, foot))
    above += _LEGEND if legend else 0
    copy = go.Figure(figure)
    left, right, top, bottom = (copy.layout.margin[side] for side in "lrtb")
    copy.update_layout(
        width=WIDTH,
        height=copy.layout.height + above + below + 2 * _EDGE,
        margin={"l": left + _EDGE, "r": right + _EDGE, "t": top + above + _EDGE, "b": bottom + below + _EDGE},
        paper_bgcolor=GROUNDS[0],
        font={"color": _INK},
    )
    drawn = list(copy.layout.annotations)
    drawn += _stack(head, 1.0, top + above)
    drawn += _legend(legend, top + 24)
    drawn += _stack(foot, 0.0, -bottom - 24)
    copy.layout.annotations = drawn
    return copy


def _wrapped(part: str, text: str) -> list[tuple[str, str]]:
    return [(part, line) for line in wrap(text, (WIDTH - 2 * _EDGE) / _LINES[part][0])]


def _legend(entries: Sequence[tuple[str, str, str]], height: float) -> list[go.layout.Annotation]:
    """Signs with their words on one line, `height` px above the plot."""
    found, right = [], 0.0
    for sign, paint, words in entries:
        place = {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "middle",
            "yshift": height,
            "showarrow": False,
        }
        swatch = (
            {"text": sign, "font": {"size": 18, "color": paint}}
            if sign
            else {"text": " ", "width": 13, "height": 13, "bgcolor": paint, "bordercolor": NEUTRAL, "borderwidth": 1}
        )
        found.append(go.layout.Annotation(**place, **swatch, xshift=right))
        found.append(
            go.layout.Annotation(
                **place, xshift=right + 22, text=escape(words), align="left", font={"size": 14, "color": _INK}
            )
        )
        right += 14 * text_width(words) + 48
    return found


def _stack(lines: list[tuple[str, str]], edge: float, start: float) -> list[go.layout.Annotation]:
    """Lines below one another from `start` px above the plot's edge."""
    found, depth = [], start
    for part, line in lines:
        size, height = _LINES[part]
        text = f"<b>{escape(line)}</b>" if part == "title" else escape(line)
        found.append(
            go.layout.Annotation(
                x=0,
                xref="paper",
                xanchor="left",
                y=edge,
                yref="paper",
                yanchor="top",
                yshift=depth,
                text=text,
                align="left",
                showarrow=False,
                font={"size": size, "color": _INK if part == "title" else _QUIET},
            )
        )
        depth -= height
    return found
