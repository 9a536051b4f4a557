"""The tables of a download: filtered, sorted and cut as asked for, with their source.

Every download and data link starts from an Extract; the modules beside this one write it as files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import get_args

import pandas as pd

from data.downloads.dictionary import TABLES, list_columns
from data.model.gaps import MissingEnd
from data.model.schema import Document, Lang, Period, Text
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select
from data.query.table import LIST_SEPARATOR, Row, join_values, sort_rows, split_languages
from data.wording.conflicts import find_conflicts
from data.wording.filters import describe_filters
from data.wording.labels import RIGHTS, t
from data.wording.sentences import write_missing

LICENCE: Mapping[str, str] = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
"""The licence of the project's own texts and translations, as data packages name one."""
EMPTY_NOTE = Text(zh="没有符合筛选条件的指标。", en="No figure meets the filters.")
"""Note in a download whose filters no metric meets."""
_TYPES = {"string": "string", "integer": "Int64", "number": "float64"}


@dataclass(frozen=True)
class Extract:
    """The tables of a dataset that the filters select.

    `only` are the ids of cases and of metrics (`case id.metric id`) to keep; empty means all. `columns`, `sort`
    (`-year` is descending), `offset` and `limit` apply to the table `table_name` alone. `address` is that of
    the server, for links to the pages of the cases; empty if there is none. `lang` is the language of a file or
    sheet that has one alone; tables have both.
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
    lang: Lang = "zh"

    @cached_property
    def selection(self) -> Selection:
        return select(self.dataset, self.filters, self.only)

    @property
    def query(self) -> dict[str, str]:
        """The filters as the parameters of a data link."""
        return {**self.filters.query(), **({"only": ",".join(self.only)} if self.only else {})}

    def describe_query(self) -> list[str]:
        """Return the filters in words, and how many cases and metrics were chosen; nothing for everything."""
        count = len(self.only)
        chosen = f"{count:,} chosen case{'s' * (count > 1)} or figures"
        parts = (
            describe_filters(self.dataset, self.filters, self.lang),
            count and t(self.lang, f"选定的{count:,}个案例或指标", chosen),
        )
        return [part for part in parts if part]

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the dictionary's TABLES, sorted and cut if it is `table_name`. Copy it to change it."""
        return self._cut(self.full_table(name)) if name == self.table_name else self.full_table(name)

    def full_table(self, name: str) -> pd.DataFrame:
        """Return the same table with all its columns and rows, in the order of the dataset."""
        return self.selection.rows if name == "metrics" else _build_table(name, _ROWS[name](self))

    def _cut(self, table: pd.DataFrame) -> pd.DataFrame:
        rows = sort_rows(table, self.sort).iloc[self.offset : None if self.limit is None else self.offset + self.limit]
        return rows[list(dict.fromkeys(self.columns))] if self.columns else rows

    @property
    def note(self) -> Text | None:
        """EMPTY_NOTE if no metric is left."""
        return None if len(self.selection.positions) else EMPTY_NOTE

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents that its cases come from; without a case, that of the dataset."""
        return tuple(self.dataset.documents_of(self.selection.cases))

    @property
    def provenance(self) -> dict[str, object]:
        """The source, the licence, whose the parts are, the filters and the note, as they are in JSON.

        Of several documents, `source` is the first and `sources` are all.
        """
        note = {"note": self.note.model_dump()} if self.note else {}
        return {
            "source": self.documents[0].model_dump(),
            **({"sources": [document.model_dump() for document in self.documents]} if self.documents[1:] else {}),
            "licence": dict(LICENCE),
            "rights": RIGHTS.model_dump(),
            "filter": self.query,
            **note,
        }

    def link_case(self, case_id: str) -> str:
        """Return the address of a case's page; empty if that of the server is not known."""
        return f"{self.address}/case?case={case_id}" if self.address else ""


def parse_date(source: Document) -> datetime:
    """Return the date of the document, with the first month and day if they are not stated."""
    return datetime.fromisoformat(f"{source.date}-01-01"[:10])


def _build_table(name: str, rows: Iterable[Row]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(list_columns(name)))
    return table.astype({column.name: _TYPES[column.kind] for column in TABLES[name]})


def _case_rows(extract: Extract) -> Iterator[Row]:
    for case in extract.selection.cases:
        source = extract.dataset.source_of(case)
        yield {
            "case_id": case.id,
            "case_number": case.number,
            "year": case.year,
            "places": join_values(case.places),
            "domains": join_values(case.domains),
            "period": case.period.iso(),
            "period_kind": case.period.kind,
            "headlines": join_values(case.headlines),
            "figures": len(case.metrics),
            **split_languages("case_title", case.title),
            **split_languages("submitted_by", case.submitted_by),
            **split_languages("summary", case.summary),
            **split_languages("problem", case.problem),
            **{f"actions_{lang}": join_values(action[lang] for action in case.actions) for lang in get_args(Lang)},
            **split_languages("result", case.result),
            **split_languages("source_title", source.title),
            **split_languages("source_issuer", source.issuer),
            "source_date": source.date,
        }


def _conflict_rows(extract: Extract) -> Iterator[Row]:
    selection, metrics = extract.selection, extract.dataset.metrics
    for case in selection.cases:
        kept = {metrics[position][1].id for part in selection.split_case(case.id) for position in part}
        for conflict in find_conflicts(case, kept):
            yield {
                "case_id": case.id,
                "conflict_id": conflict.id,
                "metric_ids": join_values(conflict.metrics),
                "phrases": join_values(phrase.text for phrase in conflict.phrases),
                "phrases_en": join_values(phrase.en for phrase in conflict.phrases),
                **split_languages("note", conflict.note),
                "conflict_kind": conflict.kind,
            }


def _missing_rows(extract: Extract) -> Iterator[Row]:
    """One row a missing end, made from the metrics table alone: no case is read for it."""
    rows = extract.selection.rows
    rows = rows[rows["missing"].notna()]
    names = [name for name in list_columns("missing") if name in rows.columns]
    cells = rows[[*names, "missing", "before_period_kind", "after_period_kind"]]
    for *named, missing, before, after in cells.itertuples(index=False):
        for end in missing.split(LIST_SEPARATOR):
            side, _, period = end.partition(" ")
            kind = before if side == "before" else after
            needed = MissingEnd(side, Period.from_iso(period, kind) if period else None)
            yield {
                **dict(zip(names, named, strict=True)),
                "end": side,
                "period": period or None,
                **{f"needed_{lang}": write_missing([needed], lang) for lang in get_args(Lang)},
            }


def _elsewhere_rows(extract: Extract) -> Iterator[Row]:
    for position in extract.selection.positions:
        case, metric, _ = extract.dataset.metrics[position]
        for number, reading in enumerate(metric.elsewhere, start=1):
            yield {
                "case_id": case.id,
                "metric_id": metric.id,
                "reading": number,
                **split_languages("publisher", reading.publisher),
                "date": reading.date,
                "address": reading.address,
                "phrase": reading.phrase.text,
                "phrase_en": reading.phrase.en,
                "relation": reading.relation,
                **(split_languages("note", reading.note) if reading.note else {}),
            }


def _place_rows(extract: Extract) -> Iterator[Row]:
    for place in extract.dataset.places.values():
        yield {
            "place_id": place.id,
            "prefecture_code": extract.dataset.prefecture_code(place.id),
            **split_languages("name", place.name),
            **place.model_dump(include={"code", "kind", "lon", "lat"}),
            "population": extract.dataset.residents.get(place.code or ""),
        }


def _unit_rows(extract: Extract) -> Iterator[Row]:
    for unit in extract.dataset.units.values():
        yield {
            "unit_id": unit.id,
            **split_languages("name", unit.printed_name),
            **unit.model_dump(include={"dimension", "scale", "factor"}),
            **split_languages("base_unit", unit.base_name),
        }


_ROWS: Mapping[str, Callable[[Extract], Iterator[Row]]] = {
    "cases": _case_rows,
    "conflicts": _conflict_rows,
    "missing": _missing_rows,
    "elsewhere": _elsewhere_rows,
    "places": _place_rows,
    "units": _unit_rows,
}
