"""The table of the Data page: its order and columns as an address has them, and cells that say why they are empty."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

import numpy as np
import pytest

from data.model.schema import Lang
from data.query.filters import Filters
from data.query.table import COLUMNS as METRICS_COLUMNS
from data.query.table import sort_rows
from data.wording.rows import MetricRow, Rows
from pages.markup.data_table import (
    COLUMNS,
    MAX_SORT_KEYS,
    SHOWN,
    TableChoice,
    list_headings,
    parse_sort,
    read_choice,
)
from pages.markup.environment import render
from pages.markup.links import Links

SORTS = {
    "nothing": ("", (), ()),
    "one column": ("-index", ("-index",), ()),
    "two columns": ("grade,-index", ("grade", "-index"), ()),
    "a column twice": ("index,-index", ("index",), ("-index",)),
    "no column": ("nothing,--index,- index,-", (), ("nothing", "--index", "- index", "-")),
    "a program": ("index;DROP TABLE x,__class__", (), ("index;DROP TABLE x", "__class__")),
    "every column": (",".join(METRICS_COLUMNS), METRICS_COLUMNS[:MAX_SORT_KEYS], METRICS_COLUMNS[MAX_SORT_KEYS:]),
}


@pytest.mark.parametrize(("text", "kept", "dropped"), SORTS.values(), ids=SORTS)
def test_only_columns_order_the_table_and_only_a_few(text, kept, dropped):
    assert parse_sort(text) == (tuple(kept), tuple(dropped))


@pytest.mark.parametrize("column", METRICS_COLUMNS)
def test_every_column_sorts_both_ways_with_what_is_missing_last(column, dataset):
    rising, falling = (sort_rows(dataset.table, [key])[column] for key in (column, f"-{column}"))
    count = int(dataset.table[column].notna().sum())
    for values in (rising, falling):
        assert values.iloc[count:].isna().all() and values.iloc[:count].notna().all()
    assert rising.iloc[:count].tolist() == sorted(dataset.table[column].dropna())
    assert falling.iloc[:count].tolist() == sorted(dataset.table[column].dropna(), reverse=True)


def test_rows_that_are_equal_keep_their_order(dataset):
    found = sort_rows(dataset.table, ["grade"]).index.to_numpy()
    for grade in "AE":
        positions = found[dataset.table["grade"].iloc[found] == grade]
        assert len(positions) > 5 and (np.diff(positions) > 0).all()


CHOICES = {
    "nothing": ({}, TableChoice(), {}),
    "all": (
        {"sort": "-index", "columns": "words,figure,values", "kinds": "all", "rows": "100"},
        TableChoice(("figure", "values", "words"), ("-index",), True, 100),
        {"sort": "-index", "columns": "figure,values,words", "kinds": "all", "rows": "100"},
    ),
    "the usual columns": ({"columns": ",".join(reversed(SHOWN))}, TableChoice(), {}),
    "unknown columns alone": ({"columns": "x,y"}, TableChoice(dropped=("x", "y")), {}),
    "an unknown column": ({"columns": "x,case"}, TableChoice(("figure", "case"), dropped=("x",)), None),
    "unknown kinds": ({"kinds": "every"}, TableChoice(dropped=("every",)), {}),
    "the usual rows": ({"rows": "25"}, TableChoice(), {}),
    "too many rows": ({"rows": "1000"}, TableChoice(dropped=("1000",)), {}),
}


@pytest.mark.parametrize(("query", "choice", "written"), CHOICES.values(), ids=CHOICES)
def test_a_choice_is_read_from_the_address_and_written_back(query, choice, written):
    assert read_choice(query) == choice
    if written is not None:
        assert choice.query() == written
    assert read_choice(choice.query()) == TableChoice(choice.columns, choice.sort, choice.every_kind, choice.rows)


def format_table(rows: Iterable[MetricRow], choice: TableChoice, lang: Lang, links: Links) -> str:
    return render("data", "table", lang, rows, list_headings(choice, lang), links)


def test_no_cell_of_any_figure_is_empty(dataset, lang):
    table = format_table(Rows(dataset, lang), TableChoice(tuple(COLUMNS)), lang, Links())
    cells = re.findall(r'<(?:td|th scope="row")[^>]*class="(\w+)"[^>]*>(.*?)</t[dh]>', table, re.DOTALL)
    assert len(cells) == len(dataset.metrics) * len(COLUMNS)
    assert {name for name, cell in cells if not re.sub(r"<[^>]+>", "", cell).strip()} == set()


PRINTED = {
    "two units": ("licence-time", "zh", "2个月 → 3个工作日", "单位不同，未换算"),
    "two units in English": ("licence-time", "en", "2 months → 3 working days", "two units, not converted"),
    "a derived end": ("new-debt-limit", "en", "CNY 145.2 bn calculated → CNY 233.3 bn", "+60.7%"),
    "a single value": ("counties-charging", "en", "89 counties", "not stated"),
    "a change alone": ("out-of-county-referral-rate", "zh", "前后数值均未写明", "−15.79% 改善"),
}


@pytest.mark.parametrize(("metric", "lang", "values", "change"), PRINTED.values(), ids=PRINTED)
def test_values_stand_as_printed_with_their_units(dataset, metric, lang, values, change):
    (row,) = (row for row in Rows(dataset, lang) if row.metric_id == metric)
    table = format_table([row], TableChoice(), lang, Links())
    cells = dict(re.findall(r'<td[^>]*class="(\w+)"[^>]*>(.*?)</td>', table, re.DOTALL))
    read = {name: " ".join(html.unescape(re.sub(r"<[^>]+>", "", cell)).split()) for name, cell in cells.items()}
    assert (read["values"], read["change"].replace("改善", " 改善").replace("  ", " ")) == (values, change)


def test_a_heading_sorts_first_up_then_down_keeps_the_view_and_begins_with_the_first_page(dataset):
    def links(choice: TableChoice) -> dict[str, tuple[str, str]]:
        table = format_table([], choice, "en", Links("/base", "en", Filters(grade=("A",))))
        found = re.findall(r'class="(\w+)"([^>]*)><a [^>]*href="([^"]*)"', table)
        return {name: (html.unescape(href), sorting.strip()) for name, sorting, href in found}

    base = "/base/data?grade=A&lang=en&sort="
    assert links(TableChoice())["change"] == (f"{base}index", 'aria-sort="none"')
    assert links(TableChoice(sort=("index",)))["change"] == (f"{base}-index", 'aria-sort="ascending"')
    assert links(TableChoice(sort=("-index",)))["change"] == (f"{base}index", 'aria-sort="descending"')
    assert links(TableChoice(sort=("-index",), every_kind=True))["figure"] == (
        f"{base}metric_en&kinds=all",
        'aria-sort="none"',
    )
    rising = TableChoice(sort=("base_unit_en", "after_base"))
    assert links(rising)["values"] == (f"{base}base_unit_en,-after_base", 'aria-sort="ascending"')


@pytest.mark.parametrize("columns", [SHOWN, ("figure", "state")], ids=["dated", "undated"])
def test_the_doubts_say_undated_only_where_no_column_of_periods_does(dataset, columns):
    rows = [row for row in Rows(dataset, "en") if "undated" in row.flag_ids]
    table = format_table(rows, TableChoice(columns), "en", Links())
    cells = re.findall(r'<td role="cell" class="state"[^>]*>(.*?)</td>', table)
    told = ["undated" in re.sub("<[^>]+>", "", cell) for cell in cells]
    said_beside = ["stated" in row.periods for row in rows] if columns == SHOWN else [False] * len(rows)
    assert told == [not beside for beside in said_beside]
    assert len(rows) > 100


@pytest.mark.parametrize("way", [1, -1], ids=["rising", "falling"])
def test_the_values_of_every_unit_stand_together_and_follow_in_size(dataset, lang, way):
    rows = sort_rows(dataset.table, COLUMNS["values"].keys(lang, way < 0))
    units = rows[f"base_unit_{lang}"]
    assert units[units != units.shift()].is_unique
    values = rows["after_base"].groupby(units, sort=False)
    assert sum(len(own.dropna().unique()) > 1 for _, own in values) > 25
    for unit, own in values:
        assert (own.dropna() * way).is_monotonic_increasing, unit
        assert own.isna().is_monotonic_increasing, f"{unit}: what has no value comes last"


def test_values_are_sorted_by_what_they_are_worth_and_not_by_the_number_before_the_unit(dataset):
    rows = sort_rows(dataset.table, COLUMNS["values"].keys("zh"))
    money = rows[rows["base_unit_zh"] == "元"]
    assert {"万元", "亿元"} <= set(money["unit_zh"])
    assert not money["after_value"].dropna().is_monotonic_increasing
