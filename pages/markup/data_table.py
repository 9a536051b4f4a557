"""What a reader chooses of the table of the Data screen: its columns, order and kinds of metrics, and rows a page.

The choice stands in the address as a `TableChoice`; the cells are written in templates/data.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from data.model.schema import Lang, Text
from data.query.table import COLUMNS as METRICS_COLUMNS
from data.wording.labels import COLUMN_WORDS

Order = Literal["", "ascending", "descending"]

ALL_KINDS = "all"
"""Value of the query parameter `kinds` that adds inputs, background and rules to outcomes and outputs."""
ROWS = (25, 100)
"""The numbers of rows that a page may have, the usual one first."""
MAX_SORT_KEYS = 4
"""Maximum number of columns that the table is sorted by."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column on screen: its heading, and the columns of the metrics table that it is sorted by.

    `{lang}` in a sort key is the language of the page. Only the last key is reversed. A range, words and an end in
    another unit have no `after_base` and come last among their unit. `shown` says whether it is there
    when the address names no columns.
    """

    heading: Text
    sort: tuple[str, ...]
    shown: bool = True

    def keys(self, lang: Lang, descending: bool = False) -> tuple[str, ...]:
        *first, last = (key.format(lang=lang) for key in self.sort)
        return (*first, f"-{last}" if descending else last)


FIGURE = "figure"
"""The column that is always there: the name of the metric, which links to its figure."""
COLUMNS: Mapping[str, TableColumn] = {
    FIGURE: TableColumn(COLUMN_WORDS[FIGURE], ("metric_{lang}",)),
    "values": TableColumn(COLUMN_WORDS["values"], ("base_unit_{lang}", "after_base")),
    "change": TableColumn(COLUMN_WORDS["change"], ("index",)),
    "state": TableColumn(COLUMN_WORDS["state"], ("grade",)),
    "place": TableColumn(COLUMN_WORDS["place"], ("prefecture_code",)),
    "periods": TableColumn(COLUMN_WORDS["periods"], ("after_period",)),
    "case": TableColumn(COLUMN_WORDS["case"], ("case_id",)),
    "kind": TableColumn(COLUMN_WORDS["kind"], ("role",)),
    "direction": TableColumn(COLUMN_WORDS["direction"], ("direction",), shown=False),
    "index": TableColumn(COLUMN_WORDS["index"], ("index",), shown=False),
    "needed": TableColumn(COLUMN_WORDS["needed"], ("missing",), shown=False),
    "caveats": TableColumn(COLUMN_WORDS["caveats"], ("caveats",), shown=False),
    "formula": TableColumn(COLUMN_WORDS["formula"], ("formula",), shown=False),
    "words": TableColumn(COLUMN_WORDS["words"], ("phrases",), shown=False),
}
"""The columns by the names that the address has, in the order of the table."""
SHOWN = tuple(name for name, column in COLUMNS.items() if column.shown)


def parse_sort(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of `sort_rows` in a text separated by commas, and its parts that are none.

    A column counts once, and at most MAX_SORT_KEYS of them do.
    """
    parts = list(dict.fromkeys(part for part in text.split(",") if part))
    known = {part.removeprefix("-"): part for part in reversed(parts) if part.removeprefix("-") in METRICS_COLUMNS}
    kept = tuple(part for part in parts if part in known.values())[:MAX_SORT_KEYS]
    return kept, tuple(part for part in parts if part not in kept)


@dataclass(frozen=True, slots=True)
class TableChoice:
    """What a reader chooses of the table: columns in the order of COLUMNS, keys of `sort_rows`, all kinds or results,
    rows a page.

    `dropped` are the parts of the address that name nothing.
    """

    columns: tuple[str, ...] = SHOWN
    sort: tuple[str, ...] = ()
    every_kind: bool = False
    rows: int = ROWS[0]
    dropped: tuple[str, ...] = ()

    def query(self) -> dict[str, str]:
        """Return the choice as query parameters; nothing for what is so anyway."""
        values = {
            "sort": ",".join(self.sort),
            "columns": "" if self.columns == SHOWN else ",".join(self.columns),
            "kinds": ALL_KINDS if self.every_kind else "",
            "rows": "" if self.rows == ROWS[0] else str(self.rows),
        }
        return {name: value for name, value in values.items() if value}


def read_choice(query: Mapping[str, str]) -> TableChoice:
    """Return what the address chooses of the table."""
    sort, dropped = parse_sort(query.get("sort", ""))
    asked = {part for part in query.get("columns", "").split(",") if part}
    columns = tuple(name for name in COLUMNS if name in asked or name == FIGURE) if asked & {*COLUMNS} else SHOWN
    kinds, rows = query.get("kinds", ""), query.get("rows", "")
    sizes = {str(size): size for size in ROWS}
    unknown = (*dropped, *sorted(asked - {*COLUMNS}), *({kinds} - {"", ALL_KINDS}), *({rows} - {"", *sizes}))
    return TableChoice(columns, sort, kinds == ALL_KINDS, sizes.get(rows, ROWS[0]), unknown)


class Heading(NamedTuple):
    """The heading of a column: how the table is sorted by it, and the query parameters of its link, which sort by it,
    or in the other direction if it is sorted by already.
    """

    column: str
    text: str
    order: Order
    query: Mapping[str, str]


def list_headings(choice: TableChoice, lang: Lang) -> list[Heading]:
    """Return the headings of the columns chosen."""
    return [_write_heading(name, choice, lang) for name in choice.columns]


def _write_heading(name: str, choice: TableChoice, lang: Lang) -> Heading:
    rising, falling = COLUMNS[name].keys(lang), COLUMNS[name].keys(lang, descending=True)
    turned = replace(choice, sort=falling if choice.sort == rising else rising)
    order: Order = "ascending" if choice.sort == rising else "descending" if choice.sort == falling else ""
    return Heading(name, COLUMNS[name].heading[lang], order, turned.query())
