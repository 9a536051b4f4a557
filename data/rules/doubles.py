"""Nothing stands twice in a case: no id, no figure under a second id, no number cited for two figures of one meaning.

Whether a whole case is the copy of another is seen where all cases meet, in `data.reading.load`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Any

from data.model.evidence import number
from data.model.numerals import strip_blanks
from data.model.problems import FieldPath, describe
from data.model.schema import Case, Caveat, Lang, Metric, NotMeasured, Phrase, Text
from data.rules.cited import CitedNumeral
from data.rules.rule import Facts, Found, metrics_of, rule, warning

COMPARED = 20
"""Maximum number of earlier citations of one number, unit and section that a citation is compared with."""
LISTS = ("places", "mentions", "domains", "headlines", "actions", "not_measured", "metrics", "phrases", "caveats")
"""The lists in which nothing stands twice, of the case, its metrics, events and conflicts."""
_LANGUAGES: tuple[Lang, ...] = ("zh", "en")


@rule
def id_twice(case: Case, facts: Facts) -> Found:
    """No id of a metric or conflict stands twice."""
    for group in ("metrics", "conflicts"):
        ids = [entry.id for entry in getattr(case, group)]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                yield (group, at, "id"), f"{describe(name)} stands twice in this case. Choose another id"


@rule
def entry_twice(case: Case, facts: Facts) -> Found:
    """No id, phrase, caveat or text stands twice in one list; of two languages, in neither."""
    for path, entries in _lists_in(case):
        seen = set[tuple[str, Hashable]]()
        for at, entry in enumerate(entries):
            keys = list(_keys_of(entry))
            if not seen.isdisjoint(keys):
                cited = isinstance(entry, (Phrase, NotMeasured))
                hint = ", or say with occurrence which one each is" if cited else ""
                yield (*path, at), f"{describe(keys[0][0])} stands twice in this list. Keep one{hint}"
            seen.update(keys)


def _lists_in(case: Case) -> Iterator[tuple[FieldPath, tuple[object, ...]]]:
    groups: list[tuple[FieldPath, object]] = [((), case)]
    for name in ("metrics", "events", "conflicts"):
        groups += [((name, at), entry) for at, entry in enumerate(getattr(case, name))]
    return (((*path, name), getattr(group, name, ())) for path, group in groups for name in LISTS)


def _keys_of(entry: object) -> Iterator[tuple[str, Hashable]]:
    """Yield what another entry of a list may not have too; nothing for a metric and what else has an id."""
    match entry:
        case str():
            yield entry, None
        case Phrase():
            yield strip_blanks(entry.text), entry.occurrence
        case NotMeasured():
            yield from _keys_of(entry.phrase)
        case Caveat():
            yield from _keys_of(entry.note)
        case Text():
            yield from ((entry.zh, "zh"), (entry.en, "en"))


@rule
def figure_twice(case: Case, facts: Facts) -> Found:
    """No two metrics are alike to a reader: of one name, place, subject and status, in either language."""
    for path, earlier, lang in _find_alike(case):
        advice = "Say in the name what differs, or remove one of them"
        yield (*path, "name", lang), f"the same name, place and subject as those of {describe(earlier)}. {advice}"


def _find_alike(case: Case) -> Iterator[tuple[FieldPath, str, Lang]]:
    first: dict[tuple[str, ...], str] = {}
    for path, metric in metrics_of(case):
        ids = [(first.setdefault(_name_key(metric, lang), metric.id), lang) for lang in _LANGUAGES]
        alike = [(earlier, lang) for earlier, lang in ids if earlier != metric.id]
        if alike:
            yield path, *alike[0]


def _name_key(metric: Metric, lang: Lang) -> tuple[str, ...]:
    subject = metric.subject[lang] if metric.subject else ""
    return lang, _fold(metric.name[lang]), _fold(subject), metric.place, metric.status


def _fold(text: str) -> str:
    return "".join(text.casefold().split())


@warning
def number_twice(case: Case, facts: Facts) -> Found:
    """No two metrics state one number in one place of the document, in one unit."""
    known: defaultdict[tuple[Any, ...], list[tuple[Metric, CitedNumeral]]] = defaultdict(list)
    told = {path for path, *_ in _find_alike(case)}
    for each in facts.numbers:
        path, printed = each.path[:2], each.printed
        kind = getattr(printed.quantity, "kind", "")
        meaning = each.metric.section.zh, printed.path, each.path[-1], kind, printed.unit.id, each.value
        for cited in each.cited:
            others = [
                other for other, found in known[meaning][:COMPARED] if other is not each.metric and _is_at(cited, found)
            ]
            known[meaning].append((each.metric, cited))
            if others and path not in told:
                told.add(path)
                advice = "Remove one of them, or cite for each its own words"
                found = f"its phrases state {number(each.value)} in the same place for {describe(others[0].id)} already"
                yield (*path, "phrases"), f"{found}. {advice}"


def _is_at(one: CitedNumeral, other: CitedNumeral) -> bool:
    """Whether both are one place of the document: of the same words, or of words that hold the others."""
    if one.occurrence != other.occurrence or (one.occurrence is not None and one.text != other.text):
        return False
    short, long = sorted((one, other), key=lambda cited: len(cited.text))
    offset = long.text.find(short.text)
    return offset >= 0 and offset + short.numeral.start == long.numeral.start
