"""The measurements as rows: ours beside the peer and the floor, or beside a baseline; printed and written as JSON. The
targets are ratios within one run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

READERS = 50
"""Number of readers who change a filter in the same instant."""


@dataclass(frozen=True)
class Row:
    """One measurement of all three; None where one does not apply."""

    name: str
    unit: str
    ours: float
    peer: float | None = None
    floor: float | None = None

    @property
    def of_peer(self) -> float | None:
        return self.ours / self.peer if self.peer else None

    @property
    def of_floor(self) -> float | None:
        return self.ours / self.floor if self.floor else None


@dataclass(frozen=True)
class Cost:
    """One part's cost beside its baseline."""

    name: str
    value: float
    baseline: str
    base: float


@dataclass(frozen=True)
class Target:
    """Limit of the rows whose name begins so: a ratio to the peer, or a value in the row's own unit."""

    begins: str
    limit: float
    of_peer: bool = True


TARGETS = (
    Target("findings readable warm", 1.0),
    Target("findings readable cold", 1.0),
    Target("first paint, beside the first chart warm /,", 0.4),
    Target("first figures warm /case", 1.5),
    Target("first figures warm /map", 1.5),
    Target("findings readable, slow line", 1500.0, of_peer=False),
    Target("filter → redrawn, median", 1.0),
    Target("page change", 1.2),
    Target("map click → redrawn, median", 1.2),
    Target(f"{READERS} at once, p95, beside one alone", 5.0),
    Target("data link, repeated", 0.2),
    Target("data link, first", 1.0),
    Target("first load, compressed", 2.5, of_peer=False),
    Target("filter: server script", 15.0, of_peer=False),
)


def middle(values: Sequence[float]) -> float:
    return median(values) if values else float("nan")


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else middle(values)


HEADING = f"{'':46}{'ours':>10}{'Dash':>10}{'plotly.js':>11}{'of Dash':>10}{'of floor':>10}"


def line(row: Row) -> str:
    """The row under HEADING."""
    numbers = [_number(value) for value in (row.ours, row.peer, row.floor)]
    ratios = [f"{value:.2f}" if value else "" for value in (row.of_peer, row.of_floor)]
    return f"{', '.join(filter(None, (row.name, row.unit))):46}{numbers[0]:>10}{numbers[1]:>10}{numbers[2]:>11}{ratios[0]:>10}{ratios[1]:>10}"


def cost_table(costs: Sequence[Cost]) -> str:
    lines = [f"{'':46}{'value':>10}  {'baseline':22}{'value':>9}{'ratio':>10}"]
    lines += [
        f"{cost.name:46}{cost.value:>10.1f}  {cost.baseline:22}{cost.base:>9.1f}{cost.value / cost.base:>10.2f}"
        for cost in costs
    ]
    return "\n".join(lines)


def verdicts(rows: Sequence[Row]) -> list[tuple[str, float, float]]:
    """(row, its ratio or value, the limit) for every row with a target."""
    return [
        (row.name, found, target.limit)
        for target in TARGETS
        for row in rows
        if f"{row.name},".startswith(target.begins)
        and (found := row.of_peer if target.of_peer else row.ours) is not None
    ]


def as_json(rows: Sequence[Row], costs: Sequence[Cost], versions: Mapping[str, str]) -> dict[str, Any]:
    return {
        "versions": dict(versions),
        "rows": [{**asdict(row), "of_peer": row.of_peer, "of_floor": row.of_floor} for row in rows],
        "costs": [asdict(cost) for cost in costs],
        "targets": [
            {"row": name, "found": found, "limit": limit, "met": found <= limit}
            for name, found, limit in verdicts(rows)
        ],
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"
