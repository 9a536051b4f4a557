"""Which chart the grade of a metric allows."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from data.model.schema import Lang
from data.wording.rows import MetricRow
from pages.figures.dumbbell import dumbbell
from pages.figures.index_arrows import index_arrows
from pages.figures.marks import paired_values
from pages.figures.rank_slope import rank_slope


def chart_for(row: MetricRow, lang: Lang, indices: Sequence[float] = ()) -> go.Figure | None:
    """The chart of one metric; None for differences, levels, words, plans, and ends that are ranges or in two units.

    `indices` are those of the metrics shown beside it, which share its index axis.
    """
    drawing = row.rule.drawing
    if drawing == "ends" and paired_values(row):
        return rank_slope(row, lang) if row.dimension == "rank" else dumbbell(row, lang)
    if drawing == "index" and row.index is not None:
        return index_arrows([row], lang, {row.case_id: ""}, indices)
    return None
