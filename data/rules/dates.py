"""The dates of a case: none after its document, none before 1949 that no phrase prints, events in order."""

from __future__ import annotations

import re

from data.model.numerals import date_keys, find_numerals, strip_blanks
from data.model.problems import describe
from data.model.schema import Case, Event, Metric, Source, precedes
from data.rules.rule import Facts, Found, rule, warning

FIRST_YEAR = "1949"
"""An older date is a slip of the pen, unless the phrases beside it print its year."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MOMENT = re.compile("年[底末初]|元旦|春节|国庆")


@rule
def date_outside(case: Case, facts: Facts) -> Found:
    """No date lies after the document, unless it is of a plan, or before 1949, unless a phrase prints it."""
    printed = facts.document.date
    for path, date in facts.texts.items():
        first = path[-1] == "start" and date != facts.texts[*path[:-1], "end"]
        if not first and path[-1] != "end" and (path[0], path[-1]) != ("events", "date"):
            continue
        owner: Event | Metric | None = getattr(case, str(path[0]))[path[1]] if len(path) > 2 else None
        if precedes(printed, date) and getattr(owner, "status", "observed") == "observed":
            other = ", or write status: target or planned for what was still to come" if path[0] == "metrics" else ""
            yield path, f"{date} lies after the date of the document, {printed}. Correct the date{other}"
        elif date < FIRST_YEAR and not any(date[:4] in phrase.text for phrase in (owner.phrases if owner else ())):
            other = ", or cite the words with the year" if owner else ""
            yield path, f"{date} lies before {FIRST_YEAR}. Correct the date{other}"


@rule
def event_date(case: Case, facts: Facts) -> Found:
    """An event is of the month and day that its phrases print or, of a year alone, that year, and in its order."""
    for at, event in enumerate(case.events):
        path, date = ("events", at, "date"), event.date
        if later := next((other.date for other in case.events[:at] if precedes(date, other.date)), None):
            advice = "Put the events in the order of their dates, or correct the date"
            yield path, f"{date} lies before {later}, the date of an event above it. {advice}"
        if event.phrases and not _prints_date(event):
            cited = describe(event.phrases[0].text)
            yield path, f"{date} is not in {cited}. Correct the date, or cite the words with it"


def _prints_date(event: Event) -> bool:
    """Whether the phrases of an event print its date, or 年底 or 元旦 of its year, which they need not print."""
    text = strip_blanks("\n".join(phrase.text for phrase in event.phrases)).replace("号", "日")
    year, *month_and_day = event.date.split("-")
    years = _YEAR.findall(text)
    if years and year not in years:
        return False
    if not month_and_day:
        return bool(years) or "年" in text
    found = [(key, text[each.end : each.end + 1]) for each in find_numerals(text) for key in each.readings]
    printed = {key for key, _ in found} | {key + unit for key, unit in found}
    return printed >= date_keys(event.date) - {f"{year}年"} or bool(_MOMENT.search(text))


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
    """The ends of a metric are of two times, by their dates or, as 年初 and 年底, by their words."""
    for path, metric in facts.metrics.items():
        before, after = (end and end.period for end in (metric.before, metric.after))
        if before and after and (before.iso(), before.words) == (after.iso(), after.words):
            advice = "Correct one of them, or move what is no earlier value to compared_with"
            yield (*path, "after", "period"), f"both ends are of this period. {advice}"


@warning
def undated_outcome(case: Case, facts: Facts) -> Found:
    """An observed outcome has a period, or the caveat that says it has none."""
    for path, metric in facts.metrics.items():
        dated = any(end and end.period for end in (metric.before, metric.after))
        told = dated or metric.has_caveat("undated", "conflicting")
        if metric.role == "outcome" and metric.status == "observed" and not told:
            yield path, "an observed outcome without any period. Write the period of an end, or the caveat undated"
