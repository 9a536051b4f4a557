"""Links inside one document, which lead to no server: the same writers then make a file to hand over."""

from __future__ import annotations

from dataclasses import dataclass

from data.markup.links import Links
from data.query.filters import Filters


@dataclass(frozen=True, slots=True)
class DocumentLinks(Links):
    """Where the elements of a document are, by their ids: a case, its metrics, its conflicts.

    `case_id` is the case whose elements get their ids from these links. Other screens, other filters and exports are
    not in the document, so they have no address.
    """

    case_id: str = ""

    def screen(self, path: str, filters: Filters, **more: str) -> str:
        """The place of a case; empty for everything else."""
        return f"#{name_case(more['case'])}" if path == "case" and more.keys() == {"case"} else ""

    def figure(self, filters: Filters, case_id: str, metric_id: str) -> str:
        return f"#{_join(case_id, metric_id)}"

    def figure_id(self, metric_id: str) -> str:
        return _join(self.case_id, metric_id)

    def conflict(self, filters: Filters, case_id: str, conflict_id: str) -> str:
        return f"#{_join(case_id, 'conflict', conflict_id)}"

    def conflict_id(self, conflict_id: str) -> str:
        return _join(self.case_id, "conflict", conflict_id)


def name_case(case_id: str) -> str:
    """The id of the element of a case."""
    return f"case-{case_id}"


def _join(*names: str) -> str:
    """Join ids of the dataset, which have no point, to one that is the only one in the document."""
    return ".".join(names)
