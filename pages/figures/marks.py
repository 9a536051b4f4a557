"""Traces, shapes and annotations that several charts share, as the dictionaries that Plotly takes.

What they mean is in data/wording/words.yaml; besides, a lighter bar has an open or an approximate bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS, Origin
from data.model.schema import Bound
from data.wording.colours import NEUTRAL
from data.wording.rows import MetricRow

Part = dict[str, Any]
"""A trace, axis, shape or annotation."""
Coordinates = Sequence[float | str | None]
"""Numbers, dates or text; None separates lines."""


def paired_values(row: MetricRow) -> tuple[float, float] | None:
    """Both ends of a metric; None unless both are single numbers in one unit."""
    if row.before_value is None or row.after_value is None or row.before_unit_id != row.after_unit_id:
        return None
    return row.before_value, row.after_value


def require_pair(row: MetricRow) -> tuple[float, float]:
    """Both ends of a metric; raises ValueError where `paired_values` is None."""
    if (values := paired_values(row)) is None:
        raise ValueError(f"{row.metric_id} has no two ends in one unit")
    return values


def dash(*bounds: Bound | None) -> str:
    """The `dash` of a line whose ends have these bounds."""
    return "dot" if any(bound in APPROXIMATE_BOUNDS for bound in bounds) else "solid"


def circle_symbol(origin: Origin) -> str:
    """The symbol of a value that is no arrow head."""
    return "circle-open" if origin == "derived" else "circle"


def arrow_symbol(before: float, after: float, origin: Origin, bound: Bound | None) -> str:
    """The symbol of an arrow head, whose value has this origin and bound: a triangle, or a diamond without a change."""
    shape = "diamond" if before == after else "triangle-right" if after > before else "triangle-left"
    return f"{shape}-open" if origin == "derived" or bound in OPEN_BOUNDS else shape


def lines(x: Coordinates, y: Coordinates, color: str, width: float, **line: str) -> Part:
    """A line trace without hover."""
    style = {"color": color, "width": width, **line}
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": style, "hoverinfo": "skip"}


def points(x: Coordinates, y: Coordinates, marker: Part, hover: Sequence[str] | None = None, **trace: object) -> Part:
    """A trace of markers; `hover` has one text per point, None for no hover."""
    texts = {"hovertext": hover, "hoverinfo": "text"} if hover is not None else {"hoverinfo": "skip"}
    return {"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": marker, **texts, **trace}


def marker(size: int, color: str | Sequence[str], symbol: str | Sequence[str]) -> Part:
    """A marker with a border of its own color, so that hollow symbols have a visible one."""
    return {"size": size, "color": color, "symbol": symbol, "line": {"width": 2, "color": color}}


def bar(
    length: float, y: float, width: float, color: str, border: float, bound: Bound | None, hover: str, **trace: object
) -> Part:
    """A horizontal bar from zero, lighter unless its value is exact."""
    opacity = 0.55 if bound in (*OPEN_BOUNDS, *APPROXIMATE_BOUNDS) else 1.0
    style = {"color": color, "opacity": opacity, "line": {"color": color, "width": border}}
    place = {"orientation": "h", "x": [length], "y": [y], "width": width}
    return {"type": "bar", **place, "marker": style, "hovertext": [hover], "hoverinfo": "text", **trace}


def segment(x: Coordinates, y: Coordinates, color: str = NEUTRAL, **shape: object) -> Part:
    """A line shape from (x[0], y[0]) to (x[1], y[1]) in data coordinates."""
    ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    return {"type": "line", **ends, "line": {"color": color, "width": 1}, **shape}


def label(x: float, y: float, text: str, **annotation: object) -> Part:
    """Text at a place, without an arrow. `text` is markup."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **annotation}
