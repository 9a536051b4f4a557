"""The export edition of a figure: 1200 px wide, always light, with its title, subtitle and footer drawn inside, because it leaves the page."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from pages.figures.style import GROUNDS, safe, width_of, wrapped

WIDTH = 1200
_EDGE = 40
_INK, _QUIET = "#171717", "#5b626a"
_LINES = {"title": (24, 32), "subtitle": (15, 22), "footer": (13, 19)}
"""Font size and line height of each part, in px."""


def exported(figure: go.Figure, title: str, subtitle: str, footer: Sequence[str], classes: Sequence[tuple[str, str]] = ()) -> go.Figure:
    """A copy of a screen figure as it is taken away. All text is wrapped here, since Plotly never wraps; nothing is cut. `classes` is a legend: (colour, words)."""
    head = [*_wrapped("title", title), *_wrapped("subtitle", subtitle)]
    foot = [line for text in footer for line in _wrapped("footer", text)]
    above, below = (sum(_LINES[part][1] for part, _ in lines) + 24 for lines in (head, foot))
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
    drawn += _legend(classes, top + 16)
    drawn += _stack(foot, 0.0, -bottom - 24)
    copy.layout.annotations = drawn
    return copy


def _wrapped(part: str, text: str) -> list[tuple[str, str]]:
    return [(part, line) for line in wrapped(text, (WIDTH - 2 * _EDGE) / _LINES[part][0])]


def _legend(classes: Sequence[tuple[str, str]], height: float) -> list[go.layout.Annotation]:
    """Squares with their words on one line, `height` px above the plot."""
    found, right = [], 0.0
    for paint, words in classes:
        for text, size in ((f'<span style="color:{paint}">■</span>', 22), (safe(words), 14)):
            place = {"x": 0, "xref": "paper", "xanchor": "left", "xshift": right, "y": 1, "yref": "paper", "yanchor": "middle", "yshift": height}
            found.append(go.layout.Annotation(**place, text=text, showarrow=False, font={"size": size, "color": _INK}))
            right += 24 if size == 22 else 14 * width_of(words) + 26
    return found


def _stack(lines: list[tuple[str, str]], edge: float, start: float) -> list[go.layout.Annotation]:
    """Lines below one another from `start` px above the plot's edge."""
    found, depth = [], start
    for part, line in lines:
        size, height = _LINES[part]
        text = f"<b>{safe(line)}</b>" if part == "title" else safe(line)
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
