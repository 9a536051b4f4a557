"""Data: the table on screen, its downloads, data links and code that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from markupsafe import Markup

from data.downloads.dictionary import PRESETS, SHORT_MEANING, TABLES
from data.downloads.extract import Extract
from data.downloads.formats import SHORT_CSV
from data.downloads.snippets import build_link, write_snippets
from data.model.problems import escape_invisible
from data.model.schema import Text
from data.query.filters import Filters
from data.query.findings import keep_results
from data.query.table import sort_rows
from data.wording.filters import describe_filters
from data.wording.labels import RIGHTS
from data.wording.openings import TITLES
from pages.frame.elements import current_range, escape_markdown, show_opening, show_pager, show_print_bar, show_warning
from pages.frame.layout import show_nothing_found
from pages.frame.share_dialog import show_share_dialog
from pages.frame.view import View, base_path, current_view, set_control
from pages.markup.data_table import COLUMNS, FIGURE, ROWS, TableChoice, list_headings, read_choice
from pages.markup.environment import render
from pages.markup.links import NamedLink
from pages.markup.report import FORMATS

MAX_PRINTED = 1000
"""Maximum number of rows on paper; more of them are printed by pages."""
MAX_NAMED, MAX_NAMED_LENGTH = 4, 40
"""Maximum number of unknown parts of the address that the notice names, and of characters of each."""
COLUMNS_KEY = "table columns"
"""Widget key of the control for the columns."""
OTHER_FILES = {
    "missing.csv": Text(zh="没有写明的数值", en="What is not stated"),
    "elsewhere.csv": Text(zh="其他材料", en="Other documents"),
    "cases.json": Text(zh="案例", en="Cases"),
    "places.geojson": Text(zh="地点", en="Places"),
}
"""The names of the files beside the table, by their paths."""


def list_files(view: View, address: str, filters: Filters, others: Iterable[str]) -> list[NamedLink]:
    """Return the table that filters keep in each format, after the first with few columns, and these other files."""
    files = [(form.path, form.name(view.lang), form.parameters(view.lang)) for form in FORMATS.values()]
    files.insert(1, ("metrics.csv", SHORT_CSV[view.lang], {"columns": "short"}))
    files += [(path, OTHER_FILES[path][view.lang], {}) for path in others]
    return [NamedLink(build_link(address, path, filters, **parameters), name) for path, name, parameters in files]


def show_downloads(view: View) -> None:
    """Show the links to the files: of what the filters keep, and folded of all; the server writes a file when asked."""
    every = list_files(view, base_path(), Filters(), ["missing.csv"])
    chosen = list_files(view, base_path(), view.filters, ["missing.csv"]) if view.filters else []
    counts = len(view.selection.positions), len(view.dataset.metrics)
    st.html(view.remember("downloads", lambda: render("data", "downloads", view.lang, chosen, every, *counts)))


def list_positions(view: View, choice: TableChoice) -> np.ndarray:
    """Return the metrics of the table in its order: results that the filters keep, or all kinds if wanted."""
    positions = view.selection.positions
    if not (choice.every_kind or view.filters.role):
        positions = keep_results(view.dataset, positions)
    if not choice.sort:
        return positions
    return sort_rows(view.dataset.table.iloc[positions], choice.sort).index.to_numpy()


def show_metrics(view: View, choice: TableChoice) -> None:
    """Show the table by pages, on paper whole."""
    positions = list_positions(view, choice)
    if view.printing:
        chosen = describe_filters(view.dataset, view.filters, view.lang)
        every_kind = choice.every_kind or bool(view.filters.role)
        st.html(render("data", "printed", view.lang, len(positions), every_kind, chosen))
    else:
        show_choice(view, choice, len(positions))
    size = MAX_PRINTED if view.printing else choice.rows
    shown = current_range(len(positions), size)
    rows = view.rows(positions[shown.start : shown.stop])
    write = partial(render, "data", "table", view.lang, rows, list_headings(choice, view.lang), view.links)
    st.html(write() if view.printing else view.remember("table", write))  # a whole table is too large to be kept
    show_pager(view, shown, len(positions), size, **choice.query(), **({"view": "print"} if view.printing else {}))


def show_choice(view: View, choice: TableChoice, total: int) -> None:
    """Show what chooses the columns, kinds and number of rows of the table, and the way to its edition for paper."""
    if choice.dropped:
        named = view.join(escape_invisible(part, MAX_NAMED_LENGTH) for part in choice.dropped[:MAX_NAMED])
        show_warning(
            view,
            escape_markdown(f"链接中对表格的要求有不存在的，已忽略：{named}。"),
            escape_markdown(f"The link asks of the table what it does not have; ignored: {named}."),
        )
    with st.container(key="table-choice", horizontal=True, vertical_alignment="center", gap="small"):
        show_column_picker(view, choice)
        kinds, sizes = list_kinds(view, choice), {size: size for size in ROWS if total > ROWS[0]}
        links = [link_choices(view, choice, name, values) for name, values in (("every_kind", kinds), ("rows", sizes))]
        paper = view.href("data", **choice.query(), view="print")
        st.html(render("data", "choices", view.lang, *links, total, paper))


def list_kinds(view: View, choice: TableChoice) -> dict[bool, int]:
    """Return the number of results alone and of all kinds of figures; nothing under a filter by kind."""
    positions = view.selection.positions
    results = len(keep_results(view.dataset, positions))
    return {} if view.filters.role or results == len(positions) else {False: results, True: len(positions)}


def link_choices(view: View, choice: TableChoice, name: str, values: Mapping[Any, int]) -> list[NamedLink]:
    """Return the links to the table with these values of a part of the choice, each named by its number."""
    return [
        NamedLink(
            view.href("data", **replace(choice, **{name: value}).query()), f"{number:,}", getattr(choice, name) == value
        )
        for value, number in values.items()
    ]


def show_column_picker(view: View, choice: TableChoice) -> None:
    """Show the button that opens the choice of columns; the names of the figures are always there."""
    key = set_control(COLUMNS_KEY, [name for name in choice.columns if name != FIGURE], view.lang)
    names = [name for name in COLUMNS if name != FIGURE]
    count = len(choice.columns) - 1
    label = view.t(f"列（{count}/{len(names)}）", f"Columns ({count} of {len(names)})")
    with st.popover(label, key="choose-columns"):
        st.pills(
            view.t("列", "Columns"),
            names,
            selection_mode="multi",
            format_func=lambda name: escape_markdown(COLUMNS[name].heading[view.lang]),
            key=key,
            on_change=apply_columns,
            args=(key,),
            label_visibility="collapsed",
            wrap=True,
        )
        st.html(render("data", "close", view.lang))


def apply_columns(key: str) -> None:
    """Write the columns chosen in the control with this key into the URL."""
    chosen = st.session_state[key]
    columns = tuple(name for name in COLUMNS if name in chosen or name == FIGURE)
    written = TableChoice(columns).query().get("columns", "")
    others = {name: value for name, value in st.query_params.items() if name != "columns"}
    st.query_params.from_dict({**others, **({"columns": written} if written else {})})


def format_below(view: View) -> Markup:
    """Return what stands below the table: the data links, the code that reads it, and what its columns hold."""
    description = NamedLink(build_link(view.address, "openapi.json", Filters()), view.t("接口说明", "Description"))
    return render(
        "data",
        "below",
        view.lang,
        [*list_files(view, view.address, view.filters, OTHER_FILES), description],
        write_snippets(Extract(view.dataset, view.filters, view.address), view.lang),
        0 if view.filters.scope else view.elsewhere,
        TABLES["metrics"],
        PRESETS["short"],
        SHORT_MEANING,
        RIGHTS,
    )


view = current_view()
choice = read_choice(view.params)
if view.printing:
    show_print_bar(view, view.href("data", **choice.query()), view.t("返回数据", "Back to the data"))
    st.title(TITLES["data"][view.lang], anchor=False)
else:
    show_opening(view, "data")
    show_downloads(view)
if len(view.selection.positions):
    show_metrics(view, choice)
else:
    show_nothing_found(view)
if not view.printing:
    st.html(view.remember("below", partial(format_below, view)))
    show_share_dialog(view, {})
