"""The number of metrics of each grade of completeness, as one strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

import plotly.graph_objects as go

from data.model.grades import GRADE_RULES, GRADES, Grade
from data.model.schema import Lang
from data.wording.labels import say
from pages.figures.marks import Part, label
from pages.figures.memoize import memoize
from pages.figures.style import FONT_SIZE, base_figure
from pages.figures.text import escape
from pages.site.palette import GRADE_BORDER, GRADE_FILLS

_HEIGHT = 46
_MIN_SHARE = 0.03
"""Share of the strip that a letter needs on a small screen; the page lists the counts of all parts below."""


@memoize
def grade_strip(counts: Mapping[str, int], lang: Lang) -> go.Figure:
    """One bar, divided in proportion to the counts, from the most complete to plans, which are hatched.

    A part is labelled with letter and count; a narrow one with its letter above it, a narrower one not at all.
    """
    shown = [grade for grade in GRADES if counts.get(grade, 0)]
    starts = list(accumulate((counts[grade] for grade in shown), initial=0))
    total = starts.pop()
    return base_figure(
        _HEIGHT,
        [_parts(shown, counts, starts, lang)] if shown else [],
        annotations=[
            _part_label(grade, counts[grade], start, total)
            for grade, start in zip(shown, starts, strict=True)
            if counts[grade] / total > _MIN_SHARE
        ],
        margin={"l": 0, "r": 0, "t": 18, "b": 0},
        xaxis={"range": [0, max(total, 1)], "visible": False},
        yaxis={"range": [0, 1], "visible": False},
    )


def _part_label(grade: str, count: int, start: int, total: int) -> Part:
    middle = start + count / 2
    if count / total > 2 * _MIN_SHARE:
        return label(middle, 0.5, f"{grade} {count}", yshift=0, font={"size": FONT_SIZE})
    return label(middle, 0.5, grade, yshift=21, font={"size": 11})


def _parts(grades: Sequence[Grade], counts: Mapping[str, int], starts: Sequence[int], lang: Lang) -> Part:
    rules, colon = [GRADE_RULES[grade] for grade in grades], say(lang, "：", ": ")
    hatching = {"shape": ["" if rule.is_evidence else "/" for rule in rules], "size": 5, "fgcolor": GRADE_BORDER}
    line = {"width": 1, "color": GRADE_BORDER}
    return {
        "type": "bar",
        "orientation": "h",
        "x": [counts[grade] for grade in grades],
        "base": starts,
        "y": [0.5] * len(grades),
        "width": 1,
        "marker": {"color": [GRADE_FILLS[grade] for grade in grades], "line": line, "pattern": hatching},
        "hovertext": [
            f"<b>{grade} {escape(rule.word[lang])}</b>{colon}{counts[grade]}<br>{escape(rule.meaning[lang])}"
            for grade, rule in zip(grades, rules, strict=True)
        ],
        "hoverinfo": "text",
    }
