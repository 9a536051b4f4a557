"""The addresses that links in HTML lead to, which hold the whole view: filters, language, case and figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from data.query.filters import Filters


class NamedLink(NamedTuple):
    """An address with its name, and whether it is that of what is shown."""

    href: str
    name: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Where the screens are: `root` is what their paths begin with, without a slash at its end, `lang` the language of
    the address, empty where it names none; every link keeps `filters`. `leave_frame` opens links beside the page that
    shows a table in a frame.
    """

    root: str = ""
    lang: str = ""
    filters: Filters = Filters()
    leave_frame: bool = False

    def under(self, filters: Filters) -> Links:
        """The same links under other filters."""
        return replace(self, filters=filters)

    def narrow(self, **values: Sequence[str]) -> Links:
        """The same links with these values of filters instead."""
        return self.under(Filters(**{**vars(self.filters), **{name: tuple(each) for name, each in values.items()}}))

    def in_city(self, code: str) -> Links:
        """The same links with this city alone."""
        return self.under(replace(self.filters, city=(code,), scope=""))

    def screen(self, path: str, **more: str) -> str:
        """The path and query of a screen; `path` is empty for the first screen."""
        language = {"lang": self.lang} if self.lang else {}
        query = urlencode({**self.filters.query(), **language, **more}, safe=",")
        return f"{self.root}/{path}{f'?{query}' if query else ''}"

    def figure(self, case_id: str, metric_id: str) -> str:
        """The place of a metric on the page of its case."""
        return self.screen("case", case=case_id, figure=metric_id)

    def figure_id(self, metric_id: str) -> str:
        """The id of the element of a metric, to which `figure` leads."""
        return f"figure-{metric_id}"

    def conflict(self, case_id: str, conflict_id: str) -> str:
        """The place of a conflict on the page of its case."""
        return self.screen("case", case=case_id, conflict=conflict_id)

    def conflict_id(self, conflict_id: str) -> str:
        """The id of the element of a conflict, to which `conflict` leads."""
        return f"conflict-{conflict_id}"

    def share(self, case_id: str, metric_id: str) -> str:
        """The address on which a metric can be linked, cited and taken; empty where there is none."""
        return self.screen("case", case=case_id, share=f"{case_id}.{metric_id}")

    def toggle_city(self, code: str, **more: str) -> str:
        """The map with an area chosen, or let go if it is; `more` are the other parts of the address."""
        city = tuple(sorted({code} ^ set(self.filters.city)))
        return self.under(replace(self.filters, city=city)).screen("map", **more)


@dataclass(frozen=True, slots=True)
class DocumentLinks(Links):
    """Where the elements of a document are, by their ids: a case, its metrics, its conflicts.

    `case_id` is the case whose elements get their ids from these links. Other screens, other filters and exports are
    not in the document, so they have no address.
    """

    case_id: str = ""

    def screen(self, path: str, **more: str) -> str:
        """The place of a case; empty for everything else."""
        return f"#{name_case(more['case'])}" if path == "case" and more.keys() == {"case"} else ""

    def figure(self, case_id: str, metric_id: str) -> str:
        return f"#{_join(case_id, metric_id)}"

    def figure_id(self, metric_id: str) -> str:
        return _join(self.case_id, metric_id)

    def conflict(self, case_id: str, conflict_id: str) -> str:
        return f"#{_join(case_id, 'conflict', conflict_id)}"

    def conflict_id(self, conflict_id: str) -> str:
        return _join(self.case_id, "conflict", conflict_id)


def name_case(case_id: str) -> str:
    """The id of the element of a case."""
    return f"case-{case_id}"


def _join(*names: str) -> str:
    """Join ids of the dataset, which have no point, to one that is the only one in the document."""
    return ".".join(names)
