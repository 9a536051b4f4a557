"""Nothing stands twice in a case: no id, no figure under a second id, no number cited for two figures of one meaning.

Whether a whole case is the copy of another is seen where all cases meet, in `data.reading.load`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from data.model.evidence import number
from data.model.numerals import strip_blanks
from data.model.problems import Fault, FieldPath, describe
from data.model.rules.cited import find_stated
from data.model.rules.rule import CaseRule, CaseView
from data.model.schema import Lang, Metric

COMPARED = 20
"""Maximum number of earlier citations of one number, unit and section that a citation is compared with."""
_LANGUAGES: tuple[Lang, ...] = ("zh", "en")


class _Citation(NamedTuple):
    """A numeral that a metric cites: its phrase without blanks, which occurrence of it, and where it begins there."""

    metric: str
    text: str
    occurrence: int | str | None
    start: int

    def is_at(self, other: _Citation) -> bool:
        """Whether both are one place of the document: of the same words, or of words that hold the others."""
        short, long = sorted((self, other), key=lambda citation: len(citation.text))
        if self.occurrence != other.occurrence or (self.occurrence is not None and short.text != long.text):
            return False
        offset = long.text.find(short.text)
        return offset >= 0 and offset + short.start == long.start


def _ids(view: CaseView) -> Iterator[Fault]:
    """Find ids that two metrics or two conflicts have, and ids that stand twice in one list."""
    seen: set[tuple[FieldPath, str]] = set()
    for path, text in view.texts:
        match path:
            case ("metrics" | "conflicts", _, "id"):
                group, told = path[:1], "case. Choose another id"
            case (*_, "places" | "mentions" | "domains" | "headlines", int()) | ("conflicts", _, "metrics", int()):
                group, told = path[:-1], "list. Keep one"
            case _:
                continue
        if (group, text) in seen:
            yield Fault(path, f"{describe(text)} stands twice in this {told}")
        seen.add((group, text))


def _figures(view: CaseView) -> Iterator[Fault]:
    """Find metrics that a reader cannot tell apart: one name, place, subject and status, in either language."""
    for path, earlier, lang in _find_alike(view):
        advice = "Say in the name what differs, or remove one of them"
        message = f"the same name, place and subject as those of {describe(earlier)}. {advice}"
        yield Fault((*path, "name", lang), message)


def _find_alike(view: CaseView) -> Iterator[tuple[FieldPath, str, Lang]]:
    first: dict[tuple[str, ...], str] = {}
    for each in view.metrics:
        ids = [(first.setdefault(_name_key(each.metric, lang), each.metric.id), lang) for lang in _LANGUAGES]
        alike = [(earlier, lang) for earlier, lang in ids if earlier != each.metric.id]
        if alike:
            yield each.path, *alike[0]


def _name_key(metric: Metric, lang: Lang) -> tuple[str, ...]:
    subject = metric.subject[lang] if metric.subject else ""
    return lang, _fold(metric.name[lang]), _fold(subject), metric.place, metric.status


def _fold(text: str) -> str:
    return "".join(text.casefold().split())


def _numbers(view: CaseView) -> Iterator[Fault]:
    """Warn of a number that two metrics state in the same place of the document, in the same unit."""
    known: defaultdict[tuple[Any, ...], list[_Citation]] = defaultdict(list)
    alike = {path for path, *_ in _find_alike(view)}
    for each in view.metrics:
        earlier: list[tuple[float, str]] = []
        for key, citation in _cite(each.metric, view):
            others = [other for other in known[key][:COMPARED] if other.metric != citation.metric]
            earlier += [(key[-1], other.metric) for other in others if citation.is_at(other)]
            known[key].append(citation)
        if earlier and each.path not in alike:
            value, other = earlier[0]
            advice = "Remove one of them, or cite for each its own words"
            message = f"its phrases state {number(value)} in the same place for {describe(other)} already. {advice}"
            yield Fault((*each.path, "phrases"), message, "warning")


def _cite(metric: Metric, view: CaseView) -> Iterator[tuple[tuple[Any, ...], _Citation]]:
    """Yield the numerals that a metric cites, each with what it states: two of one meaning have it in common."""
    occurrences = {strip_blanks(phrase.text): phrase.occurrence for phrase in metric.phrases}
    for stated in find_stated(metric, view):
        kind = getattr(stated.printed.quantity, "kind", "")
        key = metric.section.zh, stated.path, kind, stated.printed.unit.id, stated.value
        for cited in stated.cited:
            yield key, _Citation(metric.id, cited.text, occurrences[cited.text], cited.numeral.start)


RULES = (CaseRule("id-twice", _ids), CaseRule("figure-twice", _figures), CaseRule("number-twice", _numbers))
