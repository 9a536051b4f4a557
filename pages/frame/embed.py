"""One chart without the frame, for another site's page: `view=embed&chart=…`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from pages.frame.chart_export import PageChart
from pages.frame.view import View


def show_embedded(view: View, charts: Mapping[str, PageChart | Callable[[], None]]) -> None:
    """Show the chart of this page that the URL names, or a notice if there is none with this id."""
    chart = charts.get(view.params.get("chart", ""))
    if chart is None:
        missing = view.say(
            "链接所指的图表在此页不存在，或被筛选排除。",
            "The link names a chart that this page does not have, or that the filters exclude.",
        )
        st.info(missing, icon=":material/link_off:")
    elif isinstance(chart, PageChart):
        chart.show()
    else:
        chart()
