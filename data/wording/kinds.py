"""The metrics of a case by what their grade allows, so that no level is read as a change and no plan as a result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from data.model.schema import Lang
from data.query.findings import RESULTS
from data.wording.labels import HEADINGS
from data.wording.rows import MetricRow


class Kinds(NamedTuple):
    """Results that state a change, tell of one in words, state a value or are plans, and all other metrics."""

    changes: Sequence[MetricRow]
    told: Sequence[MetricRow]
    values: Sequence[MetricRow]
    plans: Sequence[MetricRow]
    others: Sequence[MetricRow]

    @property
    def results(self) -> bool:
        """Whether there is any outcome or output."""
        return any(self[:-1])

    def titled(self, lang: Lang) -> Iterator[tuple[str, Sequence[MetricRow]]]:
        """Yield each kind that has any metric under its heading."""
        return ((HEADINGS[name][lang], rows) for name, rows in self._asdict().items() if rows)


def group_kinds(rows: Sequence[MetricRow]) -> Kinds:
    """Return metrics by their kinds, each in the given order."""
    results = [row for row in rows if row.role in RESULTS]
    stated = [row for row in results if row.rule.is_evidence and not row.rule.has_change]
    return Kinds(
        changes=[row for row in results if row.rule.has_change],
        told=[row for row in results if row.tells_change],
        values=[row for row in stated if not row.tells_change],
        plans=[row for row in results if not row.rule.is_evidence],
        others=[row for row in rows if row.role not in RESULTS],
    )
