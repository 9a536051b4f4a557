"""The dashboard's charts as the peer shows them, where they are drawn again and again: a chart is kept for the same
arguments, its dictionary is made once, and a revision tells Plotly when nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from hashlib import md5
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from pages.figures import chart_for as one
from pages.figures import gap_chart as gaps
from pages.figures import henan_map as areas
from pages.figures import index_arrows as arrows

CACHE_SIZE = 128
"""Maximum number of figures kept in memory for each chart."""


class KeptFigure(go.Figure):
    """A figure whose dictionary is made once, with the values of its template and a `datarevision` instead of it."""

    def to_dict(self) -> dict[str, Any]:
        """The figure as Plotly's JSON structure. The dictionary is shared: copy it before changing it."""
        if "_kept" not in self.__dict__:
            figure = super().to_dict()
            layout = {name: value for name, value in figure["layout"].items() if name != "template"}
            for name, value in pio.templates["henan"].layout.to_plotly_json().items():
                layout[name] = {**value, **layout.get(name, {})} if isinstance(value, dict) else layout.get(name, value)
            content = pio.to_json({**figure, "layout": layout}, validate=False)
            figure["layout"] = {**layout, "datarevision": md5(content.encode()).hexdigest()}
            self._kept = figure
        return self._kept


@dataclass(frozen=True, slots=True)
class Call:
    """A call, compared by `key` alone."""

    key: Hashable
    draw: Callable[[], go.Figure | None] = field(compare=False)


def keep(draw: Callable[..., go.Figure | None]) -> Callable[..., Any]:
    """Keeps the figures of `draw` by the values of its arguments, which may hold lists and mappings."""

    @lru_cache(maxsize=CACHE_SIZE)
    def kept(call: Call) -> KeptFigure | None:
        figure = call.draw()
        return None if figure is None else KeptFigure(figure)

    return lambda *args: kept(Call(freeze(args), partial(draw, *args)))


def freeze(value: object) -> Hashable:
    """`value` with its lists and mappings, at any depth, as tuples."""
    if isinstance(value, Mapping):
        return tuple((name, freeze(part)) for name, part in value.items())
    return tuple(map(freeze, value)) if isinstance(value, list | tuple) else value


chart_for, gap_chart = keep(one.chart_for), keep(gaps.gap_chart)
draw_areas, index_arrows = keep(areas.draw_areas), keep(arrows.index_arrows)
