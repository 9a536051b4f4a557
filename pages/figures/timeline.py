"""The dated events of a case on a line of time. The list below it says what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from data.model.schema import Event, Lang
from data.wording.formatting import format_date
from pages.figures.memoize import memoize
from pages.figures.style import FAINT, NEUTRAL, base_figure, escape, wrap

_HEIGHT = 58


@memoize
def timeline(events: Sequence[Event], lang: Lang) -> go.Figure:
    """A mark an event at its date; a year or a month without a day is a bar as long as it is, because nothing more is stated."""
    traces = [trace for event in events for trace in _marks(event, lang)]
    years = range(
        min(int(event.date[:4]) for event in events), max(int((event.end or event.date)[:4]) for event in events) + 1
    )
    turns = [
        {
            "type": "line",
            "x0": f"{year}-01-01",
            "x1": f"{year}-01-01",
            "y0": -1,
            "y1": 1,
            "layer": "below",
            "line": {"color": FAINT, "width": 1},
        }
        for year in (*years, years[-1] + 1)
    ]
    axis = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 0,
        "layer": "below",
        "line": {"color": FAINT, "width": 1},
    }
    return base_figure(
        _HEIGHT,
        traces,
        margin={"l": 8, "r": 8, "t": 4, "b": 24},
        xaxis={
            "type": "date",
            "range": [f"{years[0]}-01-01", f"{years[-1] + 1}-01-01"],
            "tickvals": [f"{year}-07-02" for year in years],
            "ticktext": [str(year) for year in years],
        },
        yaxis={"range": [-1, 1], "visible": False},
        shapes=[axis, *turns],
    )


def _marks(event: Event, lang: Lang) -> list[dict[str, Any]]:
    first, last = _first_day(event.date), _last_day(event.end or event.date)
    span = format_date(event.date, lang) + (f"–{format_date(event.end, lang)}" if event.end else "")
    hover = "<br>".join([f"<b>{span}</b>", *(escape(line) for line in wrap(event.what[lang], 26))])
    said = {"hovertext": [hover, hover], "hoverinfo": "text"}
    if first == last:
        return [
            {
                "type": "scatter",
                "x": [first],
                "y": [0],
                "mode": "markers",
                "marker": {"size": 11, "color": NEUTRAL},
                **said,
            }
        ]
    return [
        {
            "type": "scatter",
            "x": [first, last],
            "y": [0, 0],
            "mode": "lines",
            "line": {"width": 8, "color": NEUTRAL},
            "opacity": 0.6,
            **said,
        }
    ]


def _first_day(date: str) -> str:
    return date + "-01-01"[3 * (date.count("-")) :] if date.count("-") < 2 else date


def _last_day(date: str) -> str:
    if date.count("-") == 2:
        return date
    if date.count("-") == 0:
        return f"{date}-12-31"
    month = int(date[5:])
    return f"{date}-{28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31}"
