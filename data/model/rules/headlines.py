"""The headlines of a case are results, one of them a change where there is any; a case without headlines says why."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from data.model.evidence import derive
from data.model.grades import CHANGED
from data.model.problems import Fault, describe
from data.model.rules.rule import CaseRule, CaseView
from data.model.schema import Case, Metric

_KEYS = ("headlines", "no_headline")
_NAMED = 4
"""Maximum number of figures that a message names."""


def _presence(view: CaseView) -> Iterator[Fault]:
    """Find cases with neither headlines nor a reason, or with both."""
    headlines, reason = (view.value((key,)) for key in _KEYS)
    if headlines and reason is not None:
        advice = "Remove it, or the headlines"
        yield Fault(("no_headline",), f"says why there is no headline, but there are headlines. {advice}")
    elif headlines in (None, ()) and reason is None and not _misspelt(view):
        advice = "Name one to four metrics, or write no_headline: {zh: …, en: …}"
        yield Fault(("headlines",), f"a case without a headline says why. {advice}")


def _misspelt(view: CaseView) -> bool:
    """Whether the file is no case at all, or one of the keys is misspelt, which is reported already."""
    keys = view.value(())
    if not isinstance(keys, dict):
        return True
    unknown = [key for key in keys if key not in Case.model_fields]
    return any(get_close_matches(key, unknown, 1) for key in _KEYS)


def _kinds(view: CaseView) -> Iterator[Fault]:
    """Find headlines that are no results."""
    metrics = {each.metric.id: each for each in reversed(view.metrics)}
    for path, text in view.texts:
        each = metrics.get(text) if path[:1] == ("headlines",) else None
        if each and (found := _no_result(each.metric)):
            advice = "A headline is what happened or was delivered. Choose another figure"
            yield Fault(path, f"{describe(text)} has {found}. {advice}")


def _no_result(metric: Metric) -> str | None:
    """The field that says that a metric is no result."""
    if metric.role in ("context", "rule"):
        return f"role: {metric.role}"
    return f"status: {metric.status}" if metric.status != "observed" else None


def _without_change(view: CaseView) -> Iterator[Fault]:
    """Find headlines none of which states a change although an outcome or output of the case states one."""
    headlines = {text for path, text in view.texts if path[:1] == ("headlines",)}
    changes = [each.metric.id for each in view.metrics if _states_change(each.metric, view)]
    known = {each.metric.id for each in view.metrics}
    if changes and headlines and headlines <= known and headlines.isdisjoint(changes):
        named = ", ".join(changes[:_NAMED])
        message = f"none of the headlines states a change, which readers look for first. Name one that does: {named}"
        yield Fault(("headlines",), message)


def _states_change(metric: Metric, view: CaseView) -> bool:
    units = view.units_of(metric)
    return metric.role in ("outcome", "output") and units is not None and derive(metric, units).grade in CHANGED


RULES = (
    CaseRule("headline-missing", _presence),
    CaseRule("headline-no-result", _kinds),
    CaseRule("headline-without-change", _without_change),
)
