"""Nothing stands twice in a case: no entry of a list, no figure under a second id, no number cited for two figures.

Whether a whole case is the copy of another is seen where all cases meet, in `data.reading.load`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any, get_args

from data.model.evidence import number
from data.model.numerals import strip_blanks
from data.model.problems import describe
from data.model.schema import Accepted, Case, Caveat, Conflict, Lang, Metric, NotMeasured, Phrase, Text
from data.rules.cited import CitedNumeral
from data.rules.rule import Facts, Found, rule, warning

COMPARED = 20
"""Maximum number of earlier citations of one number, unit and section that a citation is compared with."""


@rule
def entry_twice(case: Case, facts: Facts) -> Found:
    """No id, phrase, caveat or text stands twice in one list; of two languages, in neither."""
    for path, entries in facts.lists.items():
        seen = set[Hashable]()
        for at, entry in enumerate(entries):
            advice, found, keys = _known_by(entry)
            if not seen.isdisjoint(keys):
                yield (*path, at), f"{describe(found)} stands twice in this list. {advice}"
            seen.update(keys)


def _known_by(entry: object) -> tuple[str, str, tuple[Hashable, ...]]:
    """Return what to do about a second entry like this one, its words, and what no other has; nothing of events."""
    match entry:
        case Metric(id=name) | Conflict(id=name):
            return "Choose another id", name, (name,)
        case Phrase(text=text, occurrence=which):
            return "Keep one, or say with occurrence which one each is", text, ((strip_blanks(text), which),)
        case NotMeasured(phrase=inner) | Accepted(rule=inner):
            return _known_by(inner)
        case Caveat(kind=kind, note=note):
            return "Keep one", f"{kind}: {note.zh}", (note.zh, note.en)
        case Text(zh=zh, en=en):
            return "Keep one", zh, (zh, en)
        case str():
            return "Keep one", entry, (entry,)
    return "", "", ()


@rule
def figure_twice(case: Case, facts: Facts) -> Found:
    """No two metrics are alike to a reader: of one name, place, subject and status, in either language."""
    first: dict[tuple[str, ...], str] = {}
    for path, metric in facts.metrics.items():
        earlier = {lang: first.setdefault(_name_key(metric, lang), metric.id) for lang in get_args(Lang)}
        if lang := next((lang for lang, name in earlier.items() if name != metric.id), None):
            found = f"the same name, place and subject as those of {describe(earlier[lang])}"
            yield (*path, "name", lang), f"{found}. Say in the name what differs, or remove one of them"


def _name_key(metric: Metric, lang: Lang) -> tuple[str, ...]:
    texts = metric.name[lang], metric.subject[lang] if metric.subject else ""
    return lang, metric.place, metric.status, *("".join(text.casefold().split()) for text in texts)


@warning
def number_twice(case: Case, facts: Facts) -> Found:
    """No two metrics state one number in one place of the document, in one unit."""
    known: defaultdict[tuple[Any, ...], list[tuple[Metric, CitedNumeral]]] = defaultdict(list)
    told = {path[:2] for path, _ in figure_twice(case, facts)}
    for each in facts.numbers:
        path, printed = each.path[:2], each.printed
        for cited in each.cited:
            which = cited.occurrence and (cited.occurrence, cited.text)
            earlier = known[each.metric.section.zh, each.path[2:], printed.kind, printed.unit.id, each.value, which]
            others = (other for other, found in earlier[:COMPARED] if other is not each.metric and _is_at(cited, found))
            other = next(others, None)
            earlier.append((each.metric, cited))
            if other and path not in told:
                told.add(path)
                found = f"its phrases state {number(each.value)} in the same place for {describe(other.id)} already"
                yield (*path, "phrases"), f"{found}. Remove one of them, or cite for each its own words"


def _is_at(one: CitedNumeral, other: CitedNumeral) -> bool:
    """Whether both are one place of the document: the words around one hold those around the other."""
    pairs = (one, other), (other, one)
    return any(long.before.endswith(short.before) and long.after.startswith(short.after) for long, short in pairs)
