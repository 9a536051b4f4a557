"""How metrics are shown: a metric with its chart and evidence, and a compact list of metrics."""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.markup.figure_card import format_evidence
from data.markup.marks import tone
from data.model.schema import Lang
from data.wording.labels import DIFFERS
from data.wording.rows import MetricRow
from pages.frame.chart_export import ChartExport, ExportRenderer, show_export
from pages.frame.elements import format_list, show_chart
from pages.frame.view import View


def format_finding(row: MetricRow) -> Markup:
    """Return the metric as a sentence in the color of its direction."""
    return Markup('<p class="finding {}">{}</p>').format(tone(row), row.finding)


def show_metric(
    row: MetricRow, figure: go.Figure | None, view: View, key: str, render: ExportRenderer | None = None
) -> None:
    """Show a metric: its finding, its chart if there is one, its evidence, and with `render` the chart's export."""
    with st.container(key=key, gap="small"):
        if figure is None:
            st.html(format_finding(row) + format_evidence(row, view.lang))
            return
        st.html(format_finding(row))
        show_chart(figure, f"chart-{key}", row.finding)
        st.html(format_evidence(row, view.lang))
        if render is not None:
            subtitle = f"{row.place} · {row.periods}"
            show_export(view, ChartExport(row.metric_id, row.finding, subtitle, figure, render, [row]))


def format_compact(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return metrics in small print, each in a line with its grade and flags."""
    item = Markup("<b>{}</b> {} <small>{}{}</small>")
    return format_list(
        (
            item.format(
                _main_value(row),
                row.name,
                " · ".join((row.grade if row.rule.is_evidence else row.grade_word, *row.flag_words)),
                f" ≠ {DIFFERS[lang]}" if row.differing else "",
            )
            for row in rows
        ),
        "compact",
    )


def _main_value(row: MetricRow) -> str:
    return row.change_label or row.after_label or row.before_label
