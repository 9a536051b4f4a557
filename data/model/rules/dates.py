"""The dates of a case: none after its document, none before 1949 that the document does not print, events in order.

Also whether the document covers the year of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.model.problems import Fault, FieldPath
from data.model.rules.rule import CaseRule, CaseView, MetricRule, MetricView
from data.model.schema import Document, Source, is_date, precedes

FIRST_YEAR = "1949"
"""An older date is a slip of the pen, unless the phrases beside it print its year."""
Dates = Iterable[tuple[FieldPath, str]]


def _late_ends(view: MetricView, case: CaseView) -> Iterator[Fault]:
    if case.source and view.metric.status == "observed":
        advice = "Correct the date, or write status: target or planned for what was still to come"
        yield from _late(_dates_of(view), case.source, advice)


def _early_ends(view: MetricView, case: CaseView) -> Iterator[Fault]:
    yield from _early(_dates_of(view), "".join(phrase.text for phrase in view.metric.phrases))


def _dates_of(view: MetricView) -> Iterator[tuple[FieldPath, str]]:
    """The dates of the ends of a metric and of its yardstick."""
    for path, end in view.ends:
        if end.period:
            dates = {"start": end.period.start, "end": end.period.end}
            yield from (((*path, "period", key), date) for key, date in dates.items() if date)


def _story(case: CaseView) -> Iterator[Fault]:
    """Check the dates of the case and of its events, as far as they can be read."""
    own = list(_written(case, ("period",), "start", "end"))
    yield from _early(own, "")
    for position in range(_count_events(case)):
        dates = list(_written(case, ("events", position), "date", "end"))
        phrases = ("events", position, "phrases")
        yield from _early(dates, "".join(text for path, text in case.texts if path[:3] == phrases))
        own += dates
    if case.source:
        yield from _late(own, case.source, "Correct the date")


def _order(case: CaseView) -> Iterator[Fault]:
    """Refuse an event that lies before one above it, to the precision of the less precise date."""
    above: list[str] = []
    for position in range(_count_events(case)):
        for path, date in _written(case, ("events", position), "date"):
            if later := next((other for other in above if precedes(date, other)), None):
                advice = "Put the events in the order of their dates, or correct the date"
                yield Fault(path, f"{date} lies before {later}, the date of an event above it. {advice}")
            above.append(date)


def _count_events(case: CaseView) -> int:
    events = case.value(("events",))
    return len(events) if isinstance(events, tuple) else 0


def _written(case: CaseView, group: FieldPath, *keys: str) -> Iterator[tuple[FieldPath, str]]:
    """The dates under these keys of a group, without those that are none."""
    dates = {(*group, key): str(case.value((*group, key))) for key in keys}
    return ((path, date) for path, date in dates.items() if is_date(date))


def _late(dates: Dates, document: Document, advice: str) -> Iterator[Fault]:
    for path, date in dates:
        if precedes(document.date, date):
            yield Fault(path, f"{date} lies after the date of the document, {document.date}. {advice}")


def _early(dates: Dates, cited: str) -> Iterator[Fault]:
    for path, date in dates:
        if date < FIRST_YEAR and date[:4] not in cited:
            advice = "Correct the date" if path[0] == "period" else "Correct the date, or cite the words with the year"
            yield Fault(path, f"{date} lies before {FIRST_YEAR}. {advice}")


def _coverage(case: CaseView) -> Iterator[Fault]:
    """Refuse a case of a year that the dataset's document does not cover, or that is later than its own document."""
    year = case.value(("year",))
    if case.source is None or type(year) is not int:
        return
    if isinstance(case.source, Source) and year != case.source.year:
        advice = "Correct the year, or name the document of the case: source: {title: …, issuer: …, date: …}"
        yield Fault(("year",), f"the document of this dataset covers {case.source.year}, not {year}. {advice}")
    elif year > int(case.source.date[:4]):
        advice = "Correct one of them"
        yield Fault(("source", "date"), f"{case.source.date} lies before the year of the case, {year}. {advice}")


RULES = (MetricRule("late-date", _late_ends), MetricRule("early-date", _early_ends))
CASE_RULES = (CaseRule("story-dates", _story), CaseRule("event-order", _order), CaseRule("covered-year", _coverage))
