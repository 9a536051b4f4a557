"""The dialog "Explore, download or share" of a chart: its image to explore and to take away, its files and texts. It is
open while the address names the chart (`share=<chart id>`), and nothing of it is computed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from pages.frame.chart_export import (
    ChartExport,
    PageChart,
    build_data_link,
    build_embed_code,
    build_file_name,
    build_table,
    cite_chart,
    render_image,
    show_missing,
)
from pages.frame.elements import show_csv_download
from pages.frame.view import View, base_path
from pages.markup.environment import render
from pages.plots import Shape
from pages.serving.settings import allows_frames
from pages.serving.workarounds.world_map import FOLDER as WORLD_FOLDER

SHARE = "share"
"""Query parameter with the id of the chart whose dialog is open."""
PNG_SCALE = 2
"""Pixels of a saved PNG for each pixel of the figure."""
_TOOLS = {
    "zoom2d": ("框选放大", "Zoom"),
    "pan2d": ("平移", "Pan"),
    "zoomIn2d": ("放大", "Zoom in"),
    "zoomOut2d": ("缩小", "Zoom out"),
    "resetScale2d": ("还原", "Reset axes"),
}
_MAP_TOOLS = {"zoomInGeo": ("放大", "Zoom in"), "zoomOutGeo": ("缩小", "Zoom out"), "resetGeo": ("还原", "Reset")}
"""Plotly's tools to explore a chart, and a map, with its words for them as (zh, en)."""


def format_share_link(view: View, chart_id: str, title: str = "") -> Markup:
    """Return the link that opens the dialog of a chart of this page; empty on paper and in a frame.

    `title` names the chart for screen readers where a page has several such links.
    """
    if view.embedded or view.printing:
        return Markup("")
    return render("share", "opener", view.lang, view.here(**{SHARE: chart_id}), title)


def show_share_dialog(view: View, charts: Mapping[str, PageChart]) -> None:
    """Show the dialog of the chart of this page that the address names, or a notice if there is none with this id.

    Call it once, at the end of the page, with the same charts as `show_embedded`.
    """
    chart_id = view.params.get(SHARE, "")
    if not chart_id or view.embedded or view.printing:
        return
    title = view.t("放大、下载与分享", "Explore, download or share")
    st.dialog(title, width="large", on_dismiss=_close)(_show_content)(view, charts.get(chart_id))


def _close() -> None:
    """Remove the chart from the address."""
    st.query_params.pop(SHARE, None)


def _show_content(view: View, chart: PageChart | None) -> None:
    if chart is None:
        show_missing(view)
        return
    export = chart.export()
    with st.container(key="share"):
        shape = _choose_shape(view)
        image = render_image(view, export, shape)
        _show_buttons(view, export, image)
        with st.container(key="share-preview"):
            _show_preview(view, export, image, build_file_name(view, export, shape))
        st.html(render("share", "texts", view.lang, _list_texts(view, export)))


def _choose_shape(view: View) -> Shape:
    """Show the control for the shape of the image; on a phone the square one is chosen first."""
    words = {"wide": view.t("宽图", "Wide"), "square": view.t("方图", "Square")}
    chosen: Shape = st.segmented_control(
        view.t("形状", "Shape"),
        get_args(Shape),
        default="square" if "Mobi" in st.context.headers.get("User-Agent", "") else "wide",
        required=True,
        format_func=words.__getitem__,
        key="share-shape",
        label_visibility="collapsed",
    )
    return chosen


def _show_buttons(view: View, export: ChartExport, image: go.Figure) -> None:
    """Show the buttons that save, copy and share, and the line that says what was done."""
    width, height = int(image.layout.width), int(image.layout.height)
    with st.container(horizontal=True, key="share-buttons", gap="small"):
        st.html(render("share", "saving", view.lang, width * PNG_SCALE, height * PNG_SCALE), width="content")
        table = partial(build_table, view, export)
        count = len(table())
        label = view.t(f"CSV 数据（{count:,} 行）", f"CSV data ({count:,} row{'s' if count != 1 else ''})")
        show_csv_download(label, table, f"{build_file_name(view, export)}.csv", export.id)
        st.html(render("share", "copying", view.lang, export.title), width="content")
    st.html(render("share", "status", view.lang, width, height))


def _show_preview(view: View, export: ChartExport, image: go.Figure, file_name: str) -> None:
    """Show the image, scaled to the column, with tools if it has an axis to explore; a hidden one makes the files."""
    size = {"width": image.layout.width, "height": image.layout.height}
    is_map = bool(image.layout.geo.domain.x)
    explored = any(axis.fixedrange is False for axis in (*image.select_xaxes(), *image.select_yaxes()))
    tools = _MAP_TOOLS if is_map else _TOOLS if explored else {}
    config: dict[str, Any] = {
        "displayModeBar": True,
        "displaylogo": False,
        "modeBarButtons": [["toImage"], *([[*tools]] if tools else [])],
        "topojsonURL": f"{base_path()}{WORLD_FOLDER}",
        "toImageButtonOptions": {"format": "svg", "filename": file_name, "scale": PNG_SCALE, **size},
    }
    if view.lang == "zh":
        config |= {"locale": "zh-CN", "locales": {"zh-CN": {"dictionary": {en: zh for zh, en in tools.values()}}}}
    alt = view.t(f"预览：{export.title}", f"Preview: {export.title}")
    image.update_layout(dragmode="pan" if is_map else False)  # a finger scrolls the page until a tool is chosen
    st.plotly_chart(
        image, key=f"export-chart-{export.id}", alt=alt, width=int(image.layout.width), theme=None, config=config
    )


def _list_texts(view: View, export: ChartExport) -> dict[str, tuple[str, str]]:
    """Return the texts to copy by their names, each with its label."""
    cited = view.t("数值与出处", "Value with source") if len(export.rows) == 1 else view.t("引用", "Citation")
    embed = {"embed": (view.t("嵌入代码", "Embed code"), build_embed_code(view, export))} if allows_frames() else {}
    return {
        "link": (view.t("链接", "Link"), export.url(view)),
        "words": (cited, cite_chart(view, export)),
        "data": (view.t("数据链接", "Data link"), build_data_link(view, export)),
        **embed,
    }
