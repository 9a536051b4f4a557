"""Data: the table on screen, its downloads, data links and code that reads them."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.downloads.dictionary import TABLES
from data.downloads.extract import RIGHTS, Extract
from data.downloads.file_names import name_extract, name_table
from data.downloads.formats import FORMATS
from data.downloads.snippets import build_link, write_snippets
from data.query.filters import Filters
from data.wording.openings import TITLES
from pages.frame.elements import format_table, show_csv_download, show_download, show_note, show_paragraph
from pages.frame.layout import show_nothing_found
from pages.frame.pager import current_range, show_pager
from pages.frame.view import RESULTS, View, current_view

COLUMNS = {
    "name": ("指标", "Figure"),
    "place": ("地点", "Place"),
    "before_label": ("前", "Before"),
    "after_label": ("后", "After"),
    "change_label": ("变化", "Change"),
    "grade": ("等级", "Grade"),
    "periods": ("时间", "Periods"),
    "direction_word": ("方向", "Direction"),
    "role_word": ("类别", "Kind"),
    "case_title": ("案例", "Case"),
    "phrases": ("原文", "Source words"),
}
"""The columns on screen with their headings (zh, en)."""
ROWS_PER_PAGE = 300
"""Number of rows on screen at once; the ten cases of 2020 have fewer."""


def show_downloads(view: View) -> None:
    """Show a button for each file format, of what the filters keep and of everything; a click writes the file."""
    selected, total = len(view.selection.positions), view.dataset.metric_count
    if view.filters:
        _show_buttons(view, view.filters, "chosen", view.say(f"筛选结果 {selected} 行", f"{selected} rows as filtered"))
    _show_buttons(view, Filters(), "everything", view.say(f"全部 {total} 行", f"all {total} rows"))


def _show_buttons(view: View, filters: Filters, key: str, label: str) -> None:
    extract = Extract(view.dataset, filters, view.address)
    with st.container(horizontal=True, gap="small", key=f"downloads-{key}"):
        for ending, form in FORMATS.items():
            name, write = name_extract(extract, ending), partial(form.write, extract)
            show_download(f"{form.label} · {label}", write, name, form.media_type, f"download-{key}-{ending}")
        scope = view.say("筛选结果", "as filtered") if filters else view.say("全部", "all")
        label = view.say(f"没有写明的数值 · {scope}", f"What is not stated · {scope}")
        show_csv_download(
            label, lambda: extract.full_table("missing"), name_table(extract, "missing"), f"{key}-missing"
        )


def show_metrics(view: View) -> None:
    """Show the table of outcomes and outputs; with the other roles if a reader asks for them or filters by role."""
    positions = view.selection.positions
    results = view.dataset.index.isin("role", RESULTS)[positions]
    others = int((~results).sum())
    if others and not view.filters.role:
        label = view.say(
            f"也显示投入、背景与制度参数（{others} 行）", f"Show inputs, background and rules as well ({others} rows)"
        )
        if not st.toggle(label, key="every-role"):
            positions = positions[results]
    headings = {name: view.say(*words) for name, words in COLUMNS.items()}
    shown = current_range(len(positions), ROWS_PER_PAGE)
    table = pd.DataFrame(
        [[getattr(row, name) for name in COLUMNS] for row in view.rows(positions[shown.start : shown.stop])],
        columns=list(headings.values()),
    )
    st.dataframe(
        table,
        hide_index=True,
        height=520,
        key="table",
        lazy=False,
        column_config={headings["name"]: st.column_config.Column(width=260)},
        alt=view.say("筛选后的指标表", "The table of figures as filtered"),
    )
    show_pager(view, shown, len(positions), ROWS_PER_PAGE)


def show_data_links(view: View) -> None:
    """Show the address of the filtered table to copy, and links to the other data routes."""
    st.header(view.say("数据链接", "Data links"), anchor=False)
    show_note(
        view,
        "同样的筛选条件，供程序读取，地址长期不变。另可用 fields、sort、limit、offset 选取字段、排序和分页。"
        "地市筛选只留该地自己的指标，scope=case 加上同案例的其他指标。",
        "The same filters for a program to read, at permanent addresses. fields, sort, limit and offset choose "
        "columns, order and page. A city leaves its own figures alone; scope=case adds the other figures of the "
        "same cases.",
    )
    first, *others = FORMATS.values()
    st.code(build_link(view.address, first.path, view.filters), language=None)
    routes = {
        **{form.path: form.link_label[view.lang] if form.link_label else form.label for form in others},
        "missing.csv": view.say("没有写明的数值", "What is not stated"),
        "elsewhere.csv": view.say("其他材料", "Other documents"),
        "cases.json": view.say("案例", "Cases"),
        "places.geojson": view.say("地点", "Places"),
    }
    links = [(build_link(view.address, path, view.filters), name) for path, name in routes.items()]
    links.append((build_link(view.address, "openapi.json", Filters()), view.say("接口说明", "Description")))
    show_paragraph(Markup(" · ").join(Markup('<a href="{}">{}</a>').format(*pair) for pair in links))


def show_code(view: View) -> None:
    """Show the code that reads the table, in the languages that readers use."""
    st.header(view.say("读取数据的代码", "Code to read it"), anchor=False)
    programs = write_snippets(Extract(view.dataset, view.filters, view.address))
    if view.elsewhere and not view.filters.scope:
        show_note(
            view,
            f"地址中加上 &scope=case，同案例的其他 {view.elsewhere:,} 项也一并读取。",
            f"With &scope=case added to the address it reads {view.elsewhere:,} more: the figures of the same cases "
            "elsewhere.",
        )
    for tab, (language, text) in zip(st.tabs(list(programs)), programs.items(), strict=True):
        with tab:
            if language == "Excel":
                show_note(
                    view,
                    "“数据”→“获取数据”→“自网站”，粘贴上面的链接；或在高级编辑器中粘贴：",
                    "Data → Get Data → From Web, and paste the link above; or paste this into the Advanced Editor:",
                )
            st.code(text, language={"Python": "python", "R": "r", "curl": "bash"}.get(language))


def show_dictionary(view: View) -> None:
    """Show the meaning of every column of the table, folded."""
    rows = [(column.name, column.meaning[view.lang]) for column in TABLES["metrics"]]
    with st.expander(view.say(f"字段说明（{len(rows)} 个）", f"What the {len(rows)} columns hold")):
        show_paragraph(RIGHTS[view.lang])
        headings = (view.say("字段", "Column"), view.say("含义", "Meaning"))
        st.html(format_table(headings, rows, view.say(f"{len(rows)} 个字段", f"{len(rows)} columns")))


view = current_view()
st.title(TITLES["data"][view.lang], anchor=False)
show_downloads(view)
if len(view.selection.positions):
    show_metrics(view)
else:
    show_nothing_found(view)
show_data_links(view)
show_code(view)
show_dictionary(view)
