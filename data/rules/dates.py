"""The dates of a case: none after its document, none before 1949 that no phrase prints, events in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.model.numerals import date_keys, find_numerals, strip_blanks
from data.model.problems import FieldPath, describe
from data.model.schema import Case, Citation, Event, Metric, Source, precedes
from data.rules.rule import Facts, Found, ends_of, metrics_of, rule, warning

FIRST_YEAR = "1949"
"""An older date is a slip of the pen, unless the phrases beside it print its year."""
_YEAR = re.compile(r"(?:19|20)\d\d")


def _story(case: Case) -> Iterator[tuple[FieldPath, str | None]]:
    """Yield the dates of the case and of its events, each with its path."""
    yield from {("period", "start"): case.period.start, ("period", "end"): case.period.end}.items()
    for at, event in enumerate(case.events):
        yield from {("events", at, "date"): event.date, ("events", at, "end"): event.end}.items()


def _figures(case: Case) -> Iterator[tuple[Metric, FieldPath, str | None]]:
    """Yield the dates of the ends and yardsticks of the metrics."""
    for path, metric in metrics_of(case):
        for inner, end in ends_of(metric):
            for key in ("start", "end") if end.period else ():
                yield metric, (*path, *inner, "period", key), getattr(end.period, key)


@rule
def late_date(case: Case, facts: Facts) -> Found:
    """What is told of as done happened before the document was issued."""
    dates = [(path, date, "Correct the date") for path, date in _story(case)]
    advice = "Correct the date, or write status: target or planned for what was still to come"
    dates += [(path, date, advice) for metric, path, date in _figures(case) if metric.status == "observed"]
    printed = facts.document.date
    for path, date, advice in dates:
        if date and precedes(printed, date):
            yield path, f"{date} lies after the date of the document, {printed}. {advice}"


@rule
def early_date(case: Case, facts: Facts) -> Found:
    cited: dict[FieldPath, tuple[Citation, ...]] = {
        ("events", at): event.phrases for at, event in enumerate(case.events)
    }
    dates = [(path, date, cited.get(path[:2], ())) for path, date in _story(case)]
    dates += [(path, date, metric.phrases) for metric, path, date in _figures(case)]
    for path, date, phrases in dates:
        if date and date < FIRST_YEAR and not any(date[:4] in phrase.text for phrase in phrases):
            advice = "Correct the date" if path[0] == "period" else "Correct the date, or cite the words with the year"
            yield path, f"{date} lies before {FIRST_YEAR}. {advice}"


@rule
def event_order(case: Case, facts: Facts) -> Found:
    """No event lies before one above it, to the precision of the less precise date."""
    dates = [event.date for event in case.events]
    for at, date in enumerate(dates):
        if later := next((other for other in dates[:at] if precedes(date, other)), None):
            advice = "Put the events in the order of their dates, or correct the date"
            yield ("events", at, "date"), f"{date} lies before {later}, the date of an event above it. {advice}"


@rule
def date_not_cited(case: Case, facts: Facts) -> Found:
    """The phrases of an event print its month and day or, of a year alone, that year; 年底 tells of one before."""
    for at, event in enumerate(case.events):
        if event.phrases and not _prints_date(event):
            cited = describe(event.phrases[0].text)
            yield ("events", at, "date"), f"{event.date} is not in {cited}. Correct the date, or cite the words with it"


def _prints_date(event: Event) -> bool:
    text = strip_blanks("".join(phrase.text for phrase in event.phrases))
    year, *month_and_day = event.date.split("-")
    if not month_and_day:
        return year in text or ("年" in text and not _YEAR.search(text))
    printed = {reading for numeral in find_numerals(text) for reading in numeral.readings}
    return printed >= date_keys(event.date) - {f"{year}年"}


@rule
def covered_year(case: Case, facts: Facts) -> Found:
    """The year of a case is one that its document covers."""
    document = facts.document
    if isinstance(document, Source) and case.year != document.year:
        advice = "Correct the year, or name the document of the case: source: {title: …, issuer: …, date: …}"
        yield ("year",), f"the document of this dataset covers {document.year}, not {case.year}. {advice}"
    elif not isinstance(document, Source) and case.year > int(document.date[:4]):
        yield ("source", "date"), f"{document.date} lies before the year of the case, {case.year}. Correct one of them"


@rule
def equal_periods(case: Case, facts: Facts) -> Found:
    """The ends of a metric are of two times."""
    for path, metric in metrics_of(case):
        before, after = metric.before and metric.before.period, metric.after and metric.after.period
        if before and after and before.iso() == after.iso():
            advice = "Correct one of them, or move what is no earlier value to compared_with"
            yield (*path, "after", "period"), f"both ends are of {after.iso()}. {advice}"


@warning
def undated_outcome(case: Case, facts: Facts) -> Found:
    """An observed outcome has a period, or the caveat that says it has none."""
    for path, metric in metrics_of(case):
        dated = any(end and end.period for end in (metric.before, metric.after))
        told = metric.has_caveat("undated", "conflicting")
        if metric.role == "outcome" and metric.status == "observed" and not dated and not told:
            advice = "Write the period of an end, or the caveat undated"
            yield path, f"an observed outcome without any period. {advice}"
