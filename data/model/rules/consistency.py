"""What the parts of one metric say of each other: its change and its ends, its unit and its direction, its dates."""

from __future__ import annotations

from collections.abc import Iterator

from data.model.evidence import find_contradictions
from data.model.problems import Fault
from data.model.rules.rule import CaseView, MetricRule, MetricView


def _contradictions(view: MetricView, case: CaseView) -> Iterator[Fault]:
    if units := case.units_of(view.metric):
        yield from find_contradictions(view.metric, units, _is_disputed(view.metric.id, case))


def _is_disputed(metric_id: str, case: CaseView) -> bool:
    """Whether a contradiction of the case, as far as it can be read, names the metric."""
    conflicts = case.value(("conflicts",))
    for position in range(len(conflicts) if isinstance(conflicts, tuple) else 0):
        kind, names = (case.value(("conflicts", position, key)) for key in ("kind", "metrics"))
        if kind == "contradiction" and isinstance(names, tuple) and metric_id in names:
            return True
    return False


def _undated(view: MetricView, case: CaseView) -> Iterator[Fault]:
    """Warn of an outcome without any period and without a caveat that says so."""
    metric = view.metric
    dated = any(end and end.period for end in (metric.before, metric.after))
    told = metric.has_caveat("undated", "conflicting")
    if metric.role == "outcome" and metric.status == "observed" and not dated and not told:
        advice = "Write the period of an end, or the caveat undated"
        yield Fault((), f"an observed outcome without any period. {advice}", "warning")


RULES = (MetricRule("contradiction", _contradictions), MetricRule("undated-outcome", _undated))
