"""How many figures each grade of evidence holds, as one strip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from data.evidence import GRADES
from data.schema import Lang
from data.wording import GRADE_MEANINGS, GRADE_WORDS, say
from pages.figures.kept import drawn_once
from pages.figures.style import SIZE, blank, safe

_HEIGHT = 46
_SHADES = {"A": 1.0, "B": 0.82, "C": 0.66, "D": 0.52, "E": 0.26, "F": 0.14, "P": 0.14}
_ROOM = 0.03
"""The share of the strip that a letter needs on a small screen; the counts of narrower parts are on the page below."""


@drawn_once
def grade_strip(counts: Mapping[str, int], lang: Lang) -> go.Figure:
    """One bar from the best evidence to plans, a part a grade in proportion to its count; plans are hatched.

    Letter and count stand in the part, the letter alone above it where it is narrow, nothing where it is narrower still.
    """
    total = sum(counts.get(grade, 0) for grade in GRADES)
    traces, annotations, start = [], [], 0
    for grade in GRADES:
        count = counts.get(grade, 0)
        if not count:
            continue
        traces.append(_part(grade, count, lang))
        wide = count / total > 2 * _ROOM
        if count / total > _ROOM:
            label = {"text": f"{grade} {count}", "yshift": 0, "font": {"size": SIZE}} if wide else {"text": grade, "yshift": 21, "font": {"size": 11}}
            annotations.append({"x": start + count / 2, "y": 0.5, "showarrow": False, **label})
        start += count
    return blank(
        _HEIGHT,
        traces,
        annotations=annotations,
        barmode="stack",
        margin={"l": 0, "r": 0, "t": 18, "b": 0},
        xaxis={"range": [0, max(total, 1)], "visible": False},
        yaxis={"range": [0, 1], "visible": False},
    )


def _part(grade: str, count: int, lang: Lang) -> dict[str, Any]:
    word, meaning = GRADE_WORDS[grade][lang], GRADE_MEANINGS[grade][lang]
    marker: dict[str, Any] = {"color": f"rgba(47,127,209,{_SHADES[grade]})", "line": {"width": 1, "color": "rgba(128,136,146,0.9)"}}
    if grade == "P":
        marker["pattern"] = {"shape": "/", "size": 5, "fgcolor": "rgba(128,136,146,0.9)"}
    hover = f"<b>{grade} {safe(word)}</b>{say(lang, '：', ': ')}{count}<br>{safe(meaning)}"
    return {"type": "bar", "orientation": "h", "x": [count], "y": [0.5], "width": 1, "marker": marker, "hovertext": [hover], "hoverinfo": "text"}
