"""A view of the peer, read from its URL with the dashboard's own filters, rows and words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from data.model.schema import Case, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, parse, select, select_in_case
from data.reading.live import current
from data.wording.labels import t
from data.wording.rows import Rows


@dataclass(frozen=True)
class View:
    """One view: language, filters and their selection; `case` is the one that the URL names."""

    dataset: Dataset
    lang: Lang
    selection: Selection
    filters: Filters
    case: Case

    @classmethod
    def of(cls, search: str | None) -> View:
        """The view of an address's query, `?city=410300&lang=en`."""
        query = {name: values[0] for name, values in parse_qs((search or "").lstrip("?")).items()}
        dataset = current().dataset
        filters, _ = parse(query, dataset)
        selection = select(dataset, filters)
        shown = selection.cases or dataset.cases
        return cls(
            dataset,
            "zh" if query.get("lang") == "zh" else "en",
            selection,
            filters,
            dataset.by_id.get(query.get("case", ""), shown[0]),
        )

    @property
    def rows(self) -> tuple[Any, ...]:
        """The selected metrics in words, the chosen cities' first."""
        return tuple(Rows(self.dataset, self.lang, self.selection.positions))

    def rows_of(self, case: Case) -> list[Any]:
        """The metrics of one case that a city filter leaves: the chosen cities' first, headlines before the rest."""
        own = Rows(self.dataset, self.lang, select_in_case(self.dataset, self.filters, case))
        return sorted(own, key=lambda row: (row.prefecture_code not in self.filters.city, row.headline or 99))

    def without_city(self) -> Selection:
        return select(self.dataset, replace(self.filters, city=()))

    def t(self, zh: str, en: str) -> str:
        return t(self.lang, zh, en)

    def link(self, path: str, **more: str) -> str:
        return f"{path}?{urlencode({**self.filters.query(), 'lang': self.lang, **more})}"
