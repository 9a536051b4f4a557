"""Data: the table on screen, its downloads, data links and code that reads them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from markupsafe import Markup

from data.downloads.dictionary import TABLES
from data.downloads.extract import RIGHTS, Extract
from data.downloads.snippets import build_link, write_snippets
from data.model.problems import escape_invisible
from data.query.filters import Filters
from data.query.table import sort_rows
from pages.frame.elements import format_table, show_opening, show_warning
from pages.frame.escape_markdown import escape_markdown
from pages.frame.layout import show_nothing_found
from pages.frame.links import build_links
from pages.frame.pager import current_range, show_pager
from pages.frame.view import RESULTS, View, base_path, current_view, set_control
from pages.markup.code_block import format_code
from pages.markup.data_table import COLUMNS, FIGURE, TableChoice, data_table, read_choice
from pages.markup.environment import render
from pages.markup.report import FORMATS

ROWS_PER_PAGE = 25
MAX_NAMED, MAX_NAMED_LENGTH = 4, 40
"""Maximum number of unknown parts of the address that the notice names, and of characters of each."""
COLUMNS_KEY = "table columns"
"""Widget key of the control for the columns."""


def show_downloads(view: View) -> None:
    """Show the links to the files: of what the filters keep, and of everything; the server writes a file when asked."""
    st.html(view.remember("downloads", partial(format_downloads, view)))


def format_downloads(view: View) -> Markup:
    selected, total = len(view.selection.positions), view.dataset.metric_count
    every = view.say(f"全部{total:,}项指标", f"All {total:,} figures")
    groups = [(every, Filters())]
    if view.filters:
        one = selected == 1
        chosen = view.say(f"筛选出的{selected:,}项指标", f"The {selected:,} figure{'' if one else 's'} chosen")
        groups.insert(0, (chosen, view.filters))
    lines = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(label, _format_files(view, label, filters)) for label, filters in groups
    )
    return Markup('<dl class="downloads" aria-label="{}">{}</dl>').format(view.say("下载", "Downloads"), lines)


def _format_files(view: View, scope: str, filters: Filters) -> Markup:
    """Return a link for each file of these figures; their names for screen readers say which figures they have."""
    files = {form.path: (form.name(view.lang), form.parameters(view.lang)) for form in FORMATS.values()}
    files["missing.csv"] = view.say("没有写明的数值", "What is not stated"), {}
    link = Markup('<a href="{}" download class="{}" aria-label="{}">{}</a>')
    return Markup("").join(
        link.format(
            build_link(base_path(), path, filters, **parameters),
            "apart" if path == "missing.csv" else "",
            view.say(f"{name}，{scope}", f"{name}: {scope}"),
            name,
        )
        for path, (name, parameters) in files.items()
    )


def list_positions(view: View, choice: TableChoice) -> np.ndarray:
    """Return the metrics of the table in its order: results that the filters keep, or all kinds if wanted."""
    positions = view.selection.positions
    if not (choice.every_kind or view.filters.role):
        positions = positions[view.dataset.index.isin("role", RESULTS)[positions]]
    if not choice.sort:
        return positions
    return sort_rows(view.dataset.rows(positions), choice.sort).index.to_numpy()


def show_metrics(view: View, choice: TableChoice) -> None:
    """Show the table with what chooses its rows and columns, by pages."""
    if choice.dropped:
        named = view.join(escape_invisible(part, MAX_NAMED_LENGTH) for part in choice.dropped[:MAX_NAMED])
        show_warning(
            view,
            escape_markdown(f"链接中对表格的要求有不存在的，已忽略：{named}。"),
            escape_markdown(f"The link asks of the table what it does not have; ignored: {named}."),
        )
    with st.container(key="table-choice", horizontal=True, vertical_alignment="center", gap="small"):
        show_column_picker(view, choice)
        st.html(format_kinds(view, choice), width="content")
    positions = list_positions(view, choice)
    shown = current_range(len(positions), ROWS_PER_PAGE)
    there = positions[shown.start : shown.stop]
    st.html(data_table(view.dataset, there, choice, view.lang, build_links(view)))
    show_pager(view, shown, len(positions), ROWS_PER_PAGE, **choice.query())


def format_kinds(view: View, choice: TableChoice) -> Markup:
    """Return the links to outcomes and outputs alone, and to all kinds of figures; nothing under a filter by kind."""
    positions = view.selection.positions
    results = int(view.dataset.index.isin("role", RESULTS)[positions].sum())
    if view.filters.role or results == len(positions):
        return Markup('<p class="choices"></p>')
    others = view.say("含投入、背景与制度参数", "with inputs, background and rules")
    options = (
        (False, view.say("成效与产出", "Outcomes and outputs"), results, ""),
        (True, view.say("全部类别", "All kinds"), len(positions), others),
    )
    link = Markup('<a id="kinds-{0}" data-stay href="{1}" aria-current="{2}">{3} <small>{4:,}{5}</small></a>')
    return Markup('<p class="choices" role="group" aria-label="{}">{}</p>').format(
        view.say("表中的指标", "Figures in the table"),
        Markup("").join(
            link.format(
                "all" if every else "results",
                view.href("data", **replace(choice, every_kind=every).query()),
                "true" if every == choice.every_kind else "false",
                name,
                count,
                f" · {more}" if more else "",
            )
            for every, name, count, more in options
        ),
    )


def show_column_picker(view: View, choice: TableChoice) -> None:
    """Show the button that opens the choice of columns; the names of the figures are always there."""
    key = set_control(COLUMNS_KEY, [name for name in choice.columns if name != FIGURE], view.lang)
    names = [name for name in COLUMNS if name != FIGURE]
    count = len(choice.columns) - 1
    label = view.say(f"列（{count}/{len(names)}）", f"Columns ({count} of {len(names)})")
    with st.popover(label, key="choose-columns"):
        st.pills(
            view.say("列", "Columns"),
            names,
            selection_mode="multi",
            format_func=lambda name: escape_markdown(COLUMNS[name].heading[view.lang]),
            key=key,
            on_change=apply_columns,
            args=(key,),
            label_visibility="collapsed",
            wrap=True,
        )
        closing = view.say("显示表格", "Show the table")
        st.html(Markup('<button type="button" class="close" data-close>{}</button>').format(closing))


def apply_columns(key: str) -> None:
    """Write the columns chosen in the control with this key into the URL."""
    chosen = st.session_state[key]
    columns = tuple(name for name in COLUMNS if name in chosen or name == FIGURE)
    written = TableChoice(columns).query().get("columns", "")
    others = {name: value for name, value in st.query_params.items() if name != "columns"}
    st.query_params.from_dict({**others, **({"columns": written} if written else {})})


def format_below(view: View) -> Markup:
    """Return what stands below the table: the data links, the code that reads it, and what its columns hold."""
    parts = format_data_links(view), format_programs(view), format_dictionary(view)
    return Markup('<div class="flow">{}</div>').format(Markup("").join(parts))


def format_data_links(view: View) -> Markup:
    """Return the address of the filtered table to copy, and links to the other data routes."""
    note = view.say(
        "同样的筛选条件，供程序读取，链接固定不变。另可用 fields、sort、limit、offset 选取字段、排序和分页。"
        "地市筛选只留该地自己的指标，scope=case 加上同案例的其他指标。",
        "The same filters for a program to read, as permanent links. fields, sort, limit and offset choose "
        "columns, order and page. A city leaves its own figures alone; scope=case adds the other figures of the "
        "same cases.",
    )
    first, *others = FORMATS.values()
    routes = {
        **{form.path: form.name(view.lang) for form in others},
        "missing.csv": view.say("没有写明的数值", "What is not stated"),
        "elsewhere.csv": view.say("其他材料", "Other documents"),
        "cases.json": view.say("案例", "Cases"),
        "places.geojson": view.say("地点", "Places"),
    }
    parameters = {form.path: form.parameters(view.lang) for form in others}
    links = [
        (build_link(view.address, path, view.filters, **parameters.get(path, {})), name)
        for path, name in routes.items()
    ]
    links.append((build_link(view.address, "openapi.json", Filters()), view.say("接口说明", "Description")))
    return Markup('<section><h2>{}</h2><p class="quiet">{}</p>{}<p class="quiet">{}</p></section>').format(
        view.say("数据链接", "Data links"),
        note,
        format_code(build_link(view.address, first.path, view.filters), view.lang),
        Markup(" · ").join(Markup('<a href="{}">{}</a>').format(*pair) for pair in links),
    )


def format_programs(view: View) -> Markup:
    """Return the code that reads the table, in the languages that readers use, one of them unfolded."""
    programs = write_snippets(Extract(view.dataset, view.filters, view.address), view.lang)
    note = Markup("")
    if view.elsewhere and not view.filters.scope:
        note = Markup('<p class="quiet">{}</p>').format(
            view.say(
                f"地址中加上 &scope=case，同案例的其他{view.elsewhere:,}项也一并读取。",
                f"With &scope=case added to the address it reads {view.elsewhere:,} more: the figures of the same "
                "cases elsewhere.",
            )
        )
    block = Markup('<details name="program"{}><summary>{}</summary>{}{}</details>')
    blocks = (
        block.format(
            Markup("" if number else " open"),
            language,
            format_hint(view, language),
            render("code", "code", view.lang, text, program=True),
        )
        for number, (language, text) in enumerate(programs.items())
    )
    return Markup('<section class="no-paper"><h2>{}</h2>{}<div>{}</div></section>').format(
        view.say("读取数据的代码", "Code to read it"), note, Markup("").join(blocks)
    )


def format_hint(view: View, language: str) -> Markup:
    """Return how the code of a language is used, where that needs words."""
    if language != "Excel":
        return Markup("")
    return Markup('<p class="quiet">{}</p>').format(
        view.say(
            "“数据”→“获取数据”→“自网站”，粘贴上面的链接；或在高级编辑器中粘贴：",
            "Data → Get Data → From Web, and paste the link above; or paste this into the Advanced Editor:",
        )
    )


def format_dictionary(view: View) -> Markup:
    """Return the meaning of every column of the table, folded."""
    rows = [(column.name, column.meaning[view.lang]) for column in TABLES["metrics"]]
    headings = (view.say("字段", "Column"), view.say("含义", "Meaning"))
    return Markup('<details class="dictionary"><summary>{}</summary><p class="quiet">{}</p>{}</details>').format(
        view.say(f"字段说明（{len(rows)}个）", f"What the {len(rows)} columns hold"),
        RIGHTS[view.lang],
        format_table(headings, rows, view.say(f"{len(rows)}个字段", f"{len(rows)} columns")),
    )


view = current_view()
show_opening(view, "data")
show_downloads(view)
if len(view.selection.positions):
    show_metrics(view, read_choice(view.params))
else:
    show_nothing_found(view)
st.html(view.remember("below", partial(format_below, view)))
