"""Data: the table on screen, and to take away, all of it or as filtered."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.downloads.dictionary import TABLES
from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.downloads.formats import FORMATS
from data.downloads.snippets import build_link, write_snippets
from data.query.filters import Filters
from pages.frame import pager
from pages.frame.bars import nothing_found
from pages.frame.blocks import plain_table
from pages.frame.view import View, the_view

SHOWN = {
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
"""The columns on screen, with their headings."""
ROWS = 300
"""So many rows are on screen at once; the ten cases of 2020 have fewer."""


def downloads(view: View) -> None:
    """A button a form: what is filtered, and everything. Nothing is written before it is pressed."""
    chosen, everything = len(view.selection.positions), view.dataset.figures
    if view.filters:
        _buttons(view, view.filters, "chosen", view.say(f"筛选结果 {chosen} 行", f"{chosen} rows as filtered"))
    _buttons(view, Filters(), "everything", view.say(f"全部 {everything} 行", f"all {everything} rows"))


def _buttons(view: View, filters: Filters, key: str, what: str) -> None:
    extract = Extract(view.dataset, filters, view.address)
    with st.container(horizontal=True, gap="small", key=f"downloads-{key}"):
        for ending, form in FORMATS.items():
            st.download_button(
                f"{form.label} · {what}",
                data=partial(form.write, extract),
                file_name=name_extract(extract, ending),
                mime=form.media_type,
                on_click="ignore",
                key=f"download-{key}-{ending}",
                icon=":material/download:",
            )


def table(view: View) -> None:
    """Outcomes and outputs; inputs, background and rules where a reader asks for them."""
    positions = view.selection.positions
    results = view.dataset.index.within("role", ("outcome", "output"))[positions]
    further = int((~results).sum())
    if further and not view.filters.role:
        label = view.say(
            f"也显示投入、背景与制度参数（{further} 行）", f"Show inputs, background and rules as well ({further} rows)"
        )
        if not st.toggle(label, key="every-role"):
            positions = positions[results]
    headings = {name: view.say(*words) for name, words in SHOWN.items()}
    widths = {headings["name"]: st.column_config.Column(width=260)}
    part = pager.part(len(positions), ROWS)
    shown = pd.DataFrame(
        [[getattr(row, name) for name in SHOWN] for row in view.words(positions[part.start : part.stop])],
        columns=list(headings.values()),
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=520,
        key="table",
        lazy=False,
        column_config=widths,
        alt=view.say("筛选后的指标表", "The table of figures as filtered"),
    )
    pager.turn(view, part, len(positions), ROWS)


def data_links(view: View) -> None:
    """The same by address: the table to copy, the others to follow."""
    st.header(view.say("数据链接", "Data links"), anchor=False)
    _quiet(
        view.say(
            "同样的筛选条件，供程序读取，地址长期不变。另可用 fields、sort、limit、offset 选取字段、排序和分页。"
            "地市筛选只留该地自己的指标，scope=case 加上同案例的其他指标。",
            "The same filters for a program to read, at addresses that stay. fields, sort, limit and offset choose columns, order and page. "
            "A city leaves its own figures alone; scope=case adds the other figures of the same cases.",
        )
    )
    first, *others = FORMATS.values()
    st.code(build_link(view.address, first.path, view.filters), language=None)
    paths = {
        **{form.path: form.link_label[view.lang] if form.link_label else form.label for form in others},
        "cases.json": view.say("案例", "Cases"),
        "places.geojson": view.say("地点", "Places"),
    }
    addresses = [(build_link(view.address, path, view.filters), name) for path, name in paths.items()]
    addresses.append((build_link(view.address, "openapi.json", Filters()), view.say("接口说明", "Description")))
    st.html(
        Markup('<p class="quiet">{}</p>').format(
            Markup(" · ").join(Markup('<a href="{}">{}</a>').format(*pair) for pair in addresses)
        )
    )


def code(view: View) -> None:
    """The code that reads the table, in the languages readers use."""
    st.header(view.say("读取数据的代码", "Code to read it"), anchor=False)
    written = write_snippets(Extract(view.dataset, view.filters, view.address))
    if view.elsewhere and not view.filters.scope:
        _quiet(
            view.say(
                f"地址中加上 &scope=case，同案例的其他 {view.elsewhere:,} 项也一并读取。",
                f"With &scope=case added to the address it reads {view.elsewhere:,} more: the figures of the same cases "
                "elsewhere.",
            )
        )
    for tab, (language, text) in zip(st.tabs(list(written)), written.items(), strict=True):
        with tab:
            if language == "Excel":
                _quiet(
                    view.say(
                        "“数据”→“获取数据”→“自网站”，粘贴上面的链接；或在高级编辑器中粘贴：",
                        "Data → Get Data → From Web, and paste the link above; or paste this into the Advanced Editor:",
                    )
                )
            st.code(text, language={"Python": "python", "R": "r", "curl": "bash"}.get(language))


def _quiet(text: str) -> None:
    st.html(Markup('<p class="quiet">{}</p>').format(text))


def dictionary(view: View) -> None:
    columns = TABLES["metrics"]
    rows = [(column.name, column.meaning[view.lang]) for column in columns]
    with st.expander(view.say(f"字段说明（{len(columns)} 个）", f"What the {len(columns)} columns hold")):
        st.html(
            plain_table(
                (view.say("字段", "Column"), view.say("含义", "Meaning")),
                rows,
                view.say(f"{len(columns)} 个字段", f"{len(columns)} columns"),
            )
        )


view = the_view()
st.title(view.say("数据", "The data"), anchor=False)
downloads(view)
if not len(view.selection.positions):
    nothing_found(view)
else:
    table(view)
data_links(view)
code(view)
dictionary(view)
