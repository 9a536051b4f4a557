"""Take this chart: the export edition as it will look, as PNG or SVG, and the figures it draws as CSV. Nothing is drawn before it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.export import csv_bytes
from data.wording import date_text
from pages.frame.view import View

FORMATS = ("png", "svg")


def footer(view: View, rows: Sequence[Any]) -> list[str]:
    """What stands under an image that leaves the page: document, case, grade, caveats, filters."""
    source = view.dataset.source
    colon = view.say("：", ": ")
    numbers = view.say("、", ", ").join(dict.fromkeys(str(row.case_number) for row in rows))
    grades = view.say("、", ", ").join(dict.fromkeys(f"{row.grade} {row.grade_word}" for row in rows))
    lines = [
        view.say(
            f"来源：{source.issuer.zh}《{source.title.zh}》，{date_text(source.date, 'zh')}，案例{numbers}。证据等级：{grades}。",
            f"Source: {source.issuer.en}, “{source.title.en}”, {date_text(source.date, 'en')}, case {numbers}. Grade of evidence: {grades}.",
        )
    ]
    if len(rows) == 1:
        lines += [f"{word}{colon}{note}" for word, note in zip(rows[0].caveat_words, rows[0].caveat_notes, strict=True)]
    if view.filters:
        lines.append(view.say("筛选", "Filtered by") + colon + " · ".join(view.filters.query().values()))
    return lines


def take(view: View, key: str, rows: Sequence[Any], export: Callable[[list[str]], go.Figure], name: str) -> None:
    """The control beside a chart. `export` draws the export edition with the footer it is given; it is called only while the control is open."""
    box = st.expander(view.say("取用此图", "Take this chart"), key=f"take-{key}", on_change="rerun", icon=":material/download:", type="compact")
    if not box.open:
        return
    with box:
        kind = st.segmented_control(view.say("图片格式", "Image format"), FORMATS, default=FORMATS[0], required=True, format_func=str.upper, key=f"format-{key}")
        figure = export(footer(view, rows))
        file_name = f"henan-reforms_{view.dataset.source.year}_{name}_{view.lang}"
        image = {"format": kind, "filename": file_name, "width": figure.layout.width, "height": figure.layout.height, "scale": 2 if kind == "png" else 1}
        config = {
            "displayModeBar": True,
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": image,
            "locale": "zh-CN",
            "locales": {"zh-CN": {"dictionary": {"Download plot as a PNG": view.say("下载 PNG 图片", "Download PNG"), "Download plot": view.say("下载图片", "Download image")}}},
        }
        with st.container(key=f"export-{key}"):
            st.plotly_chart(figure, key=f"export-chart-{key}", width=figure.layout.width, theme=None, config=config)
        st.html(
            Markup('<p class="quiet">{}</p>').format(view.say("左上角的相机按钮保存图片，宽1200像素。", "The camera button at the upper left saves the image, 1200 pixels wide."))
        )
        table = view.dataset.table
        wanted = {(row.case_id, row.metric_id) for row in rows}
        drawn = table[[pair in wanted for pair in zip(table["case_id"], table["metric_id"], strict=True)]]
        st.download_button(
            view.say(f"下载所画数据（CSV，{len(drawn)} 行）", f"Download what is drawn (CSV, {len(drawn)} rows)"),
            data=partial(csv_bytes, drawn),
            file_name=f"{file_name}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"csv-{key}",
            icon=":material/table:",
        )
