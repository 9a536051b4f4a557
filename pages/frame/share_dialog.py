"""The dialog "Download or share" of a chart: its image, files and texts. It is open while the address names the chart
(`share=<chart id>`), and nothing of it is computed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

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
)
from pages.frame.elements import format_icon, show_csv_download
from pages.frame.view import View, base_path
from pages.serving.settings import allows_frames
from pages.serving.workarounds.world_map import FOLDER as WORLD_FOLDER

SHARE = "share"
"""Query parameter with the id of the chart whose dialog is open."""
PNG_SCALE = 2
"""Pixels of a saved PNG for each pixel of the figure."""
_PREVIEW = "share-preview"
_MESSAGES = {
    "data-saved": ("已保存", "Saved"),
    "data-copied": ("已复制", "Copied"),
    "data-refused": (
        "浏览器不允许复制。请改为保存，或选中文字后按 Ctrl+C。",
        "The browser does not allow copying. Save the file instead, or select the text and press Ctrl+C.",
    ),
    "data-failed": ("没有生成图片，请再试一次。", "The image was not made. Try again."),
}
"""What share.js says after a button was pressed, by the attributes that hold it; each as (zh, en)."""


def format_share_link(view: View, chart_id: str, title: str = "") -> Markup:
    """Return the link that opens the dialog of a chart of this page; empty on paper and in a frame.

    `title` names the chart for screen readers where a page has several such links.
    """
    if view.embedded or view.printing:
        return Markup("")
    words = view.t("下载与分享", "Download or share")
    label = f"{words}{view.t('：', ': ')}{title}" if title else words
    return Markup('<a class="link share" href="{}" aria-label="{}">{}<span>{}</span></a>').format(
        view.here(**{SHARE: chart_id}), label, format_icon("download"), words
    )


def show_share_dialog(view: View, charts: Mapping[str, PageChart]) -> None:
    """Show the dialog of the chart of this page that the address names, or a notice if there is none with this id.

    Call it once, at the end of the page, with the same charts as `show_embedded`.
    """
    chart_id = view.params.get(SHARE, "")
    if not chart_id or view.embedded or view.printing:
        return
    title = view.t("下载与分享", "Download or share")
    st.dialog(title, width="large", on_dismiss=_close)(_show_content)(view, charts.get(chart_id))


def _close() -> None:
    """Remove the chart from the address."""
    st.query_params.pop(SHARE, None)


def _show_content(view: View, chart: PageChart | None) -> None:
    if chart is None:
        text = view.t(
            "链接所指的图表在此页不存在，或被筛选排除。",
            "The link names a chart that this page does not have, or that the filters exclude.",
        )
        st.info(text, icon=":material/link_off:")
        return
    export = chart.export()
    figure = render_image(view, export)
    with st.container(key="share"):
        _show_buttons(view, export, figure)
        with st.container(key=_PREVIEW):
            _show_preview(view, export, figure)
        st.html(_format_texts(view, export))


def _show_buttons(view: View, export: ChartExport, figure: go.Figure) -> None:
    """Show the buttons that save and copy, and the line that says what was done."""
    width, height = int(figure.layout.width), int(figure.layout.height)
    pixels = view.t("{} × {} 像素", "{} × {} pixels").format(width * PNG_SCALE, height * PNG_SCALE)
    saving = [
        _format_button("save", "png", view.t("PNG 图片", "PNG image"), "image", pixels),
        _format_button(
            "save",
            "svg",
            view.t("SVG 图片", "SVG image"),
            "polyline",
            view.t("可放大、可编辑", "scalable, editable"),
        ),
    ]
    copying = [
        _format_button("copy", "image", view.t("复制图片", "Copy image"), "content_copy", pixels),
        _format_button("copy", "link", view.t("复制链接", "Copy link"), "link"),
    ]
    with st.container(horizontal=True, key="share-buttons", gap="small"):
        st.html(Markup("").join(saving), width="content")
        table = partial(build_table, view, export)
        count = len(table())
        label = view.t(f"CSV 数据（{count:,} 行）", f"CSV data ({count:,} row{'s' if count != 1 else ''})")
        show_csv_download(label, table, f"{build_file_name(view, export)}.csv", export.key)
        st.html(Markup("").join(copying), width="content")
    words = Markup("").join(Markup(' {}="{}"').format(name, view.t(*pair)) for name, pair in _MESSAGES.items())
    status = Markup('<p class="said" role="status"{}></p>').format(words)
    ratio = Markup("<style>.st-key-{} {{ aspect-ratio: {} / {}; }}</style>").format(_PREVIEW, width, height)
    st.html(Markup("<div>{}{}</div>").format(status, ratio))


def _format_button(kind: str, what: str, label: str, icon: str, remark: str = "") -> Markup:
    """Return a button that share.js handles: `kind` is "save" or "copy"."""
    small = Markup(" <small>{}</small>").format(remark) if remark else Markup("")
    return Markup('<button type="button" class="take" data-{}="{}">{}<span>{}{}</span></button>').format(
        kind, what, format_icon(icon), label, small
    )


def _show_preview(view: View, export: ChartExport, figure: go.Figure) -> None:
    """Show the exported image, scaled to the column. Its toolbar, which is hidden, makes the files."""
    config = {
        "displayModeBar": True,
        "displaylogo": False,
        "staticPlot": False,
        "modeBarButtons": [["toImage"]],
        "topojsonURL": f"{base_path()}{WORLD_FOLDER}",
        "toImageButtonOptions": {
            "format": "png",
            "filename": build_file_name(view, export),
            "width": figure.layout.width,
            "height": figure.layout.height,
            "scale": PNG_SCALE,
        },
    }
    key, alt = f"export-chart-{export.key}", view.t(f"预览：{export.title}", f"Preview: {export.title}")
    st.plotly_chart(figure, key=key, alt=alt, width=int(figure.layout.width), theme=None, config=config)


def _format_texts(view: View, export: ChartExport) -> Markup:
    """Return the texts to copy, each with its button: link, citation, data link, embed code."""
    cited = view.t("数值与出处", "Value with source") if len(export.rows) == 1 else view.t("引用", "Citation")
    texts = {
        "link": (view.t("链接", "Link"), export.url(view)),
        "words": (cited, cite_chart(view, export)),
        "data": (view.t("数据链接", "Data link"), build_data_link(view, export)),
    }
    note = view.t(
        "本站运营者未开放嵌入，因此不提供嵌入代码。",
        "The operator of this server allows no embedding, so there is no embed code.",
    )
    if allows_frames():
        texts["embed"] = (view.t("嵌入代码", "Embed code"), build_embed_code(view, export))
        note = view.t(
            "只有本站运营者许可的网站才能嵌入。",
            "Only sites that the operator of this server allows can embed it.",
        )
    entry = Markup('<dt>{}</dt><dd><pre data-text="{}">{}</pre>{}</dd>')
    entries = (
        entry.format(label, name, text, _format_button("copy", name, view.t("复制", "Copy"), "content_copy"))
        for name, (label, text) in texts.items()
    )
    return Markup('<dl class="texts">{}</dl><p class="quiet">{}</p>').format(Markup("").join(entries), note)
