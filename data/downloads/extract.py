"""What is taken away: the tables that a filter leaves, cut and sorted as asked for, with where they come from. Every download and data link starts here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from data.downloads.dictionary import TABLES, names
from data.model.schema import Case, Conflict, Text
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select
from data.query.table import LIST_SEPARATOR

LICENCE: Mapping[str, str] = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}
NOTHING = Text(zh="没有符合筛选条件的指标。", en="No figure meets the filters.")
_TYPES = {"string": "string", "integer": "Int64", "number": "float64"}


@dataclass(frozen=True)
class Extract:
    """Everything, as filtered. Of the table `of`, only these `columns`, sorted by `order` ("-year" is descending), at most `limit` rows after `offset`.

    `address` is the server's, for links back to the case pages; empty where there is none. `only` names cases and figures (`case id.metric id`); empty means all.
    """

    dataset: Dataset
    filters: Filters = Filters()
    address: str = ""
    of: str = "metrics"
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    offset: int = 0
    limit: int | None = None
    only: tuple[str, ...] = ()

    @cached_property
    def selection(self) -> Selection:
        found = select(self.dataset, self.filters)
        return found.only(self.only) if self.only else found

    @property
    def filter(self) -> dict[str, str]:
        """What was asked for, as the parameters of a data link."""
        return {**self.filters.query(), **({"only": ",".join(self.only)} if self.only else {})}

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables of `data.dictionary.TABLES`, as asked for. Shared: copy before changing."""
        return self._arranged(self.whole(name)) if name == self.of else self.whole(name)

    def whole(self, name: str) -> pd.DataFrame:
        """The same with all its columns and rows, in its own order."""
        return self.selection.rows if name == "metrics" else _built(name, _ROWS[name](self))

    def _arranged(self, table: pd.DataFrame) -> pd.DataFrame:
        if self.order:
            keys, rising = (
                [key.removeprefix("-") for key in self.order],
                [not key.startswith("-") for key in self.order],
            )
            table = table.sort_values(keys, ascending=rising, kind="stable", na_position="last")
        rows = table.iloc[self.offset : None if self.limit is None else self.offset + self.limit]
        return rows[list(dict.fromkeys(self.columns))] if self.columns else rows

    @property
    def provenance(self) -> dict[str, Any]:
        """The document, the licence, the filter that was applied, and a note where it leaves nothing."""
        note = {} if len(self.selection.positions) else {"note": NOTHING.model_dump()}
        return {"source": self.dataset.source.model_dump(), "licence": dict(LICENCE), "filter": self.filter, **note}

    def page(self, case_id: str) -> str:
        """The address of a case's page; empty where the server's is not known."""
        return f"{self.address}/case?case={case_id}" if self.address else ""


def _built(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(names(name)))
    return table.astype({column.name: _TYPES[column.kind] for column in TABLES[name]})


def _both(name: str, text: Text) -> dict[str, str]:
    return {f"{name}_zh": text.zh, f"{name}_en": text.en}


def _joined(parts: Iterable[str]) -> str | None:
    return LIST_SEPARATOR.join(parts) or None


def _cases(extract: Extract) -> Iterable[dict[str, Any]]:
    for case in extract.selection.cases:
        actions = Text(
            zh=LIST_SEPARATOR.join(action.zh for action in case.actions),
            en=LIST_SEPARATOR.join(action.en for action in case.actions),
        )
        yield {
            "case_id": case.id,
            "case_number": case.number,
            "year": case.year,
            "places": _joined(case.places),
            "domains": _joined(case.domains),
            "period": case.period.iso(),
            "period_kind": case.period.kind,
            "headlines": _joined(case.headlines),
            "figures": len(case.metrics),
            **_both("case_title", case.title),
            **_both("submitted_by", case.submitted_by),
            **_both("summary", case.summary),
            **_both("problem", case.problem),
            **_both("actions", actions),
            **_both("result", case.result),
        }


def conflicts_of(case: Case, metrics: Collection[str]) -> list[Conflict]:
    """The contradictions of a case that concern one of these figures (ids), or the case and no figure."""
    return [found for found in case.conflicts if not found.metrics or not set(found.metrics).isdisjoint(metrics)]


def _conflicts(extract: Extract) -> Iterable[dict[str, Any]]:
    selection, starts = extract.selection, extract.dataset.index.starts
    for number, case in zip(selection.cases.numbers, selection.cases, strict=True):
        left = {case.metrics[position - starts[number]].id for part in selection.of(number) for position in part}
        for conflict in conflicts_of(case, left):
            phrases = _joined(phrase.text for phrase in conflict.phrases)
            yield {
                "case_id": case.id,
                "conflict_id": conflict.id,
                "metric_ids": _joined(conflict.metrics),
                "phrases": phrases,
                **_both("note", conflict.note),
            }


def _places(extract: Extract) -> Iterable[dict[str, Any]]:
    dataset = extract.dataset
    for place in dataset.places.values():
        code = dataset.prefecture_code(place.id)
        yield {
            "place_id": place.id,
            "code": place.code,
            **_both("name", place.name),
            "kind": place.kind,
            "prefecture_code": code,
            "lon": place.lon,
            "lat": place.lat,
        }


def _units(extract: Extract) -> Iterable[dict[str, Any]]:
    for unit in extract.dataset.units.values():
        yield {
            "unit_id": unit.id,
            **_both("name", unit.name),
            "dimension": unit.dimension,
            "scale": unit.scale,
            "factor": unit.factor,
        }


_ROWS: Mapping[str, Callable[[Extract], Iterable[dict[str, Any]]]] = {
    "cases": _cases,
    "conflicts": _conflicts,
    "places": _places,
    "units": _units,
}
