"""The dated events of a case on a time axis."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from data.model.schema import Event, Lang
from data.wording.formatting import format_date
from pages.figures.marks import Part, lines, points, segment
from pages.figures.memoize import memoize
from pages.figures.style import base_figure
from pages.figures.text import escape, wrap
from pages.site.palette import GUIDE, NEUTRAL

_HEIGHT = 58


@memoize
def timeline(events: Sequence[Event], lang: Lang) -> go.Figure:
    """A point for each event at its day, or a bar over the year, month or span that is stated instead of a day."""
    first = min(int(event.date[:4]) for event in events)
    last = max(int((event.end or event.date)[:4]) for event in events)
    years = range(first, last + 1)
    turns = [f"{year}-01-01" for year in (*years, last + 1)]
    return base_figure(
        _HEIGHT,
        [_mark(event, lang) for event in events],
        margin={"l": 8, "r": 8, "t": 4, "b": 24},
        xaxis={
            "type": "date",
            "range": [turns[0], turns[-1]],
            "tickvals": [f"{year}-07-02" for year in years],
            "ticktext": [str(year) for year in years],
        },
        yaxis={"range": [-1, 1], "visible": False},
        shapes=[
            segment([0, 1], [0, 0], GUIDE, layer="below", xref="paper"),
            *(segment([turn, turn], [-1, 1], GUIDE, layer="below") for turn in turns),
        ],
    )


def _mark(event: Event, lang: Lang) -> Part:
    first = str(pd.Period(event.date).start_time.date())
    last = str(pd.Period(event.end or event.date).end_time.date())
    span = format_date(event.date, lang) + (f"–{format_date(event.end, lang)}" if event.end else "")
    text = "<br>".join([f"<b>{span}</b>", *map(escape, wrap(event.what[lang], 26))])
    if first != last:
        bar = lines([first, last], [0, 0], NEUTRAL, 8)
        return {**bar, "opacity": 0.6, "hovertext": [text, text], "hoverinfo": "text"}
    return points([first], [0], {"size": 11, "color": NEUTRAL}, [text, text])
