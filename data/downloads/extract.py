"""The tables of a download: filtered, sorted and cut as asked for, with their source.

Every download and data link starts from an Extract; the modules beside this one write it as files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd

from data.downloads.dictionary import TABLES, list_columns
from data.model.schema import Case, Conflict, Source, Text
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select
from data.query.geography import Row, split_languages
from data.query.table import LIST_SEPARATOR

LICENCE: Mapping[str, str] = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}
EMPTY_NOTE = Text(zh="没有符合筛选条件的指标。", en="No figure meets the filters.")
"""Note in a download whose filters no metric meets."""
_TYPES = {"string": "string", "integer": "Int64", "number": "float64"}


@dataclass(frozen=True)
class Extract:
    """The tables of a dataset that the filters select.

    `only` are the ids of cases and of metrics (`case id.metric id`) to keep; empty means all. `columns`, `sort`
    (`-year` is descending), `offset` and `limit` apply to the table `table_name` alone. `address` is that of
    the server, for links to the pages of the cases; empty if there is none.
    """

    dataset: Dataset
    filters: Filters = Filters()
    address: str = ""
    table_name: str = "metrics"
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    offset: int = 0
    limit: int | None = None
    only: tuple[str, ...] = ()

    @cached_property
    def selection(self) -> Selection:
        selection = select(self.dataset, self.filters)
        return selection.restrict(self.only) if self.only else selection

    @property
    def query(self) -> dict[str, str]:
        """The filters as the parameters of a data link."""
        return {**self.filters.query(), **({"only": ",".join(self.only)} if self.only else {})}

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the dictionary's TABLES, sorted and cut if it is `table_name`. Copy it to change it."""
        return self._cut(self.full_table(name)) if name == self.table_name else self.full_table(name)

    def full_table(self, name: str) -> pd.DataFrame:
        """Return the same table with all its columns and rows, in the order of the dataset."""
        return self.selection.rows if name == "metrics" else _build_table(name, _ROWS[name](self))

    def _cut(self, table: pd.DataFrame) -> pd.DataFrame:
        if self.sort:
            keys = [key.removeprefix("-") for key in self.sort]
            ascending = [not key.startswith("-") for key in self.sort]
            table = table.sort_values(keys, ascending=ascending, kind="stable", na_position="last")
        rows = table.iloc[self.offset : None if self.limit is None else self.offset + self.limit]
        return rows[list(dict.fromkeys(self.columns))] if self.columns else rows

    @property
    def note(self) -> Text | None:
        """EMPTY_NOTE if no metric is left."""
        return None if len(self.selection.positions) else EMPTY_NOTE

    @property
    def provenance(self) -> dict[str, object]:
        """The source, the licence, the filters and the note, as they are in JSON."""
        note = {"note": self.note.model_dump()} if self.note else {}
        return {"source": self.dataset.source.model_dump(), "licence": dict(LICENCE), "filter": self.query, **note}

    def link_case(self, case_id: str) -> str:
        """Return the address of a case's page; empty if that of the server is not known."""
        return f"{self.address}/case?case={case_id}" if self.address else ""


def parse_date(source: Source) -> datetime:
    """Return the date of the document, with the first month and day if they are not stated."""
    return datetime.fromisoformat(f"{source.date}-01-01"[:10])


def find_conflicts(case: Case, metric_ids: Collection[str]) -> list[Conflict]:
    """Return the contradictions of a case that concern one of these metrics, or no metric in particular."""
    return [each for each in case.conflicts if not each.metrics or not set(each.metrics).isdisjoint(metric_ids)]


def _build_table(name: str, rows: Iterable[Row]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(list_columns(name)))
    return table.astype({column.name: _TYPES[column.kind] for column in TABLES[name]})


def _join(parts: Iterable[str]) -> str | None:
    return LIST_SEPARATOR.join(parts) or None


def _case_rows(extract: Extract) -> Iterator[Row]:
    for case in extract.selection.cases:
        actions = Text(
            zh=LIST_SEPARATOR.join(action.zh for action in case.actions),
            en=LIST_SEPARATOR.join(action.en for action in case.actions),
        )
        yield {
            "case_id": case.id,
            "case_number": case.number,
            "year": case.year,
            "places": _join(case.places),
            "domains": _join(case.domains),
            "period": case.period.iso(),
            "period_kind": case.period.kind,
            "headlines": _join(case.headlines),
            "figures": len(case.metrics),
            **split_languages("case_title", case.title),
            **split_languages("submitted_by", case.submitted_by),
            **split_languages("summary", case.summary),
            **split_languages("problem", case.problem),
            **split_languages("actions", actions),
            **split_languages("result", case.result),
        }


def _conflict_rows(extract: Extract) -> Iterator[Row]:
    selection, starts = extract.selection, extract.dataset.index.starts
    for number, case in zip(selection.cases.positions, selection.cases, strict=True):
        kept = {
            case.metrics[position - starts[number]].id for part in selection.split_case(number) for position in part
        }
        for conflict in find_conflicts(case, kept):
            yield {
                "case_id": case.id,
                "conflict_id": conflict.id,
                "metric_ids": _join(conflict.metrics),
                "phrases": _join(phrase.text for phrase in conflict.phrases),
                **split_languages("note", conflict.note),
            }


def _place_rows(extract: Extract) -> Iterator[Row]:
    for place in extract.dataset.places.values():
        yield {
            "place_id": place.id,
            "prefecture_code": extract.dataset.prefecture_code(place.id),
            **split_languages("name", place.name),
            **place.model_dump(include={"code", "kind", "lon", "lat"}),
        }


def _unit_rows(extract: Extract) -> Iterator[Row]:
    for unit in extract.dataset.units.values():
        yield {
            "unit_id": unit.id,
            **split_languages("name", unit.name),
            **unit.model_dump(include={"dimension", "scale", "factor"}),
        }


_ROWS: Mapping[str, Callable[[Extract], Iterator[Row]]] = {
    "cases": _case_rows,
    "conflicts": _conflict_rows,
    "places": _place_rows,
    "units": _unit_rows,
}
