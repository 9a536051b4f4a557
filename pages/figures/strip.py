"""How many figures each grade of evidence holds, as one strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import plotly.graph_objects as go

from data.evidence import GRADES
from data.schema import Lang
from data.wording import GRADE_MEANINGS, GRADE_WORDS, say
from pages.figures.kept import drawn_once
from pages.figures.style import SIZE, blank, safe

_HEIGHT = 46
_SHADES = {"A": 1.0, "B": 0.82, "C": 0.66, "D": 0.52, "E": 0.26, "F": 0.14}
_PLAN = "rgba(123,131,140,0.14)"
"""Grey: a plan is no evidence, and nothing of it is blue."""
_ROOM = 0.03
"""The share of the strip that a letter needs on a small screen; the counts of narrower parts are on the page below."""


@drawn_once
def grade_strip(counts: Mapping[str, int], lang: Lang) -> go.Figure:
    """One bar from the best evidence to plans, a part a grade in proportion to its count; plans are hatched.

    Letter and count stand in the part, the letter alone above it where it is narrow, nothing where it is narrower still.
    """
    shown = [grade for grade in GRADES if counts.get(grade, 0)]
    total = sum(counts[grade] for grade in shown)
    starts = list(accumulate((counts[grade] for grade in shown), initial=0))
    annotations = []
    for grade, start in zip(shown, starts, strict=False):
        share = counts[grade] / total
        if share > _ROOM:
            wide = share > 2 * _ROOM
            label = (
                {"text": f"{grade} {counts[grade]}", "yshift": 0, "font": {"size": SIZE}}
                if wide
                else {"text": grade, "yshift": 21, "font": {"size": 11}}
            )
            annotations.append({"x": start + counts[grade] / 2, "y": 0.5, "showarrow": False, **label})
    return blank(
        _HEIGHT,
        [_parts(shown, counts, starts[:-1], lang)] if shown else [],
        annotations=annotations,
        margin={"l": 0, "r": 0, "t": 18, "b": 0},
        xaxis={"range": [0, max(total, 1)], "visible": False},
        yaxis={"range": [0, 1], "visible": False},
    )


def _parts(grades: Sequence[str], counts: Mapping[str, int], starts: Sequence[int], lang: Lang) -> dict[str, Any]:
    marker = {
        "color": [_PLAN if grade == "P" else f"rgba(47,127,209,{_SHADES[grade]})" for grade in grades],
        "line": {"width": 1, "color": "rgba(128,136,146,0.9)"},
        "pattern": {
            "shape": ["/" if grade == "P" else "" for grade in grades],
            "size": 5,
            "fgcolor": "rgba(128,136,146,0.9)",
        },
    }
    hover = [
        f"<b>{grade} {safe(GRADE_WORDS[grade][lang])}</b>{say(lang, '：', ': ')}{counts[grade]}<br>{safe(GRADE_MEANINGS[grade][lang])}"
        for grade in grades
    ]
    lengths = [counts[grade] for grade in grades]
    return {
        "type": "bar",
        "orientation": "h",
        "x": lengths,
        "base": starts,
        "y": [0.5] * len(grades),
        "width": 1,
        "marker": marker,
        "hovertext": hover,
        "hoverinfo": "text",
    }
