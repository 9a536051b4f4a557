"""The dialog of a chart or of a metric: its picture to explore and to take away, its files, and texts to copy.

It is open while the address names a chart of the page (`share=<chart id>`) or a metric of any page
(`share=<case id>.<metric id>`); nothing of it is computed before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.downloads.csv_json import write_csv
from data.downloads.dictionary import PRESETS
from data.downloads.formats import SHORT_CSV
from data.model.schema import Document, Lang
from data.wording.citation import Access, cite_access, quote_metric, write_bibtex, write_ris
from pages.frame.chart_export import (
    ChartExport,
    PageChart,
    build_data_link,
    build_embed_code,
    build_file_name,
    build_table,
    find_metric,
    list_documents,
    name_access,
    render_image,
    show_missing,
)
from pages.frame.elements import escape_markdown, show_download
from pages.frame.view import View, base_path
from pages.markup.environment import render
from pages.plots import Shape
from pages.serving.settings import allows_frames
from pages.serving.workarounds.world_map import FOLDER as WORLD_FOLDER

SHARE = "share"
"""Query parameter with the id of the chart whose dialog is open."""
REFERENCES = (
    ("BibTeX", "bib", "application/x-bibtex", write_bibtex),
    ("RIS", "ris", "application/x-research-info-systems", write_ris),
)
"""The files for programs that keep references, as (name, ending, media type, what writes a record)."""
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
    """Show the dialog of the chart of this page, or of the metric of any, that the address names, or a notice if there
    is none with this id.

    Call it once, at the end of the page, with the same charts as `show_embedded`.
    """
    chart_id = view.params.get(SHARE, "")
    if not chart_id or view.embedded or view.printing:
        return
    chart = charts.get(chart_id) or find_metric(view, chart_id)
    export = chart.export() if chart else None
    title = export.title if export and export.of_metric else view.t("放大、下载与分享", "Explore, download or share")
    st.dialog(escape_markdown(title), width="large", on_dismiss=_close)(_show_content)(view, export)


def _close() -> None:
    """Remove the chart from the address."""
    st.query_params.pop(SHARE, None)


def _show_content(view: View, export: ChartExport | None) -> None:
    """Show the texts and files of a chart, and its picture: of a metric after them, of all others before."""
    if export is None:
        show_missing(view)
        return
    parts = (_show_texts, _show_picture)
    with st.container(key="share"):
        st.html(render("share", "status", view.lang))
        for show_part in parts if export.of_metric else reversed(parts):
            show_part(view, export)


def _show_texts(view: View, export: ChartExport) -> None:
    """Show the texts to copy, and the files with the same."""
    st.html(render("share", "texts", view.lang, _list_texts(view, export)))
    table, name = partial(build_table, view, export), build_file_name(view, export)
    count = len(table())
    label = view.t(f"CSV 数据（{count:,} 行）", f"CSV data ({count:,} row{'s' if count != 1 else ''})")

    def write_references(write: Callable[[Document, Lang, Access], str]) -> bytes:
        access = name_access(view, export)
        return "\n".join(write(source, view.lang, access) for source in list_documents(view, export)).encode()

    with st.container(horizontal=True, key="share-files", gap="small"):
        show_download(label, lambda: write_csv(table()), f"{name}.csv", "text/csv", f"csv-{export.id}", "table")
        if export.table is None:
            short, file_name = lambda: write_csv(table()[[*PRESETS["short"]]]), f"{name}_short.csv"
            show_download(SHORT_CSV[view.lang], short, file_name, "text/csv", f"short-{export.id}", "table")
        for kind, ending, media_type, write in REFERENCES:
            file_name = f"{name}.{ending}"
            show_download(kind, partial(write_references, write), file_name, media_type, ending, "format_quote")


def _show_picture(view: View, export: ChartExport) -> None:
    """Show the picture, in the shape that is chosen, with the buttons that save, copy and share it."""
    shape = _choose_shape(view)
    image = render_image(view, export, shape)
    width, height = int(image.layout.width), int(image.layout.height)
    st.html(render("share", "picture", view.lang, export.title, width, height, PNG_SCALE))
    with st.container(key="share-preview"):
        _show_preview(view, export, image, build_file_name(view, export, shape))


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
    embed = {"embed": (view.t("嵌入代码", "Embed code"), build_embed_code(view, export))} if allows_frames() else {}
    address, documents = export.url(view), list_documents(view, export)
    words = {}
    if len(export.rows) == 1:
        quoted = quote_metric(export.rows[0], documents[0], view.lang, address)
        words = {"words": (view.t("数值与出处", "Value with source"), quoted)}
    return {
        "link": (view.t("链接", "Link"), address),
        "citation": (view.t("引用", "Citation"), cite_access(documents, name_access(view, export), view.lang)),
        **words,
        "data": (view.t("数据链接", "Data link"), build_data_link(view, export)),
        **embed,
    }
