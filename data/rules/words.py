"""The words beside a number agree with the fields: 超 with a bound, 降 with a sign, 由…至 with the ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Literal

from data.model.bounds import AFTER, BEFORE, bound_before
from data.model.evidence import number
from data.model.problems import FieldPath
from data.model.schema import Bound, Case, Change
from data.rules.cited import CitedNumeral, StatedNumber
from data.rules.rule import Facts, Found, metrics_of, rule, warning

_MORE = re.compile(r"[百千]?万?亿?(?:[余多]|[倍成半][余多]|个[余多](?=月|小时)|[年天][余多](?=$|[,，。;；、的来时]))")
_SOME = re.compile("[百千]?万?来[个家项名人天年户次]")
_AFTER = re.compile(rf"(?P<unit>[^\d,，。;；、(（]{{0,5}}?)(?P<word>{'|'.join(AFTER)})")
_BREAK = re.compile("[,，。;；]")

Move = Literal["rise", "fall"]
NEAR = 5
"""Maximum number of characters between a verb and its number: 提高至近50."""
_RISE = "(?<!新)增|[升涨扩翻]|提高|上浮|前移|前进|上移|进位|高(?:了|出)?$"
_FALL = "[降减缩跌]|压(?!力)|节[约水电能省]|下滑|回落|下调|后移|后退|退后|下移|低了?$"
_MOVE = re.compile(f"(?P<rise>{_RISE})|(?P<fall>{_FALL})")
_NOT = re.compile("[没未不]")
_EARLIER = re.compile("(?P<fall>提前|早)")


@rule
def bound_contradicted(case: Case, facts: Facts) -> Found:
    """The words beside a number say no other bound than its field."""
    for path, bound, cited, said in _bounded_otherwise(facts):
        if said:
            meant = " or ".join(sorted(said))
            yield path, f"{bound}, but {cited[0].quote()} says {meant}. Write bound: {meant}"


@warning
def bound_and_words(case: Case, facts: Facts) -> Found:
    """A bound is said by a word beside the number or farther in front in its clause."""
    for path, bound, cited, said in _bounded_otherwise(facts):
        if not said and not any(_bound_within(each, bound) for each in cited):
            advice = "Leave the bound out, or cite the word that says it"
            yield path, f"no word beside {cited[0].quote()} says {bound}. {advice}"


def _bounded_otherwise(facts: Facts) -> Iterator[tuple[FieldPath, Bound, list[CitedNumeral], set[Bound]]]:
    """Yield the numbers whose bound no word beside them says: where that is, the bound, the numerals that state the
    number, and the bounds that the words beside the first of them mean.
    """
    for each in facts.numbers:
        bound, ranged = each.printed.quantity.bound, each.path[-1] != "value"
        said = [(cited, _bounds_beside(cited, ranged)) for cited in each.cited]
        if said and not any(bound in (bounds or {"exact"}) for _, bounds in said):
            said.sort(key=lambda found: not found[1])
            yield (*each.path[:-1], "bound"), bound, [cited for cited, _ in said], said[0][1]


def _bounds_beside(cited: CitedNumeral, ranged: bool) -> set[Bound]:
    """Return the bounds that the words beside a numeral mean. 以上 and 以下 behind the numbers of a range mean none."""
    found: set[Bound] = set()
    before, after = bound_before(cited.before), _AFTER.match(cited.after)
    if before:
        found.add(before)
    if _MORE.match(cited.after):
        found.add("over")
    if _SOME.match(cited.after):
        found.add("about")
    if after and not ranged and "规模" not in after["unit"]:
        found |= AFTER[after["word"]]
    return found


def _bound_within(cited: CitedNumeral, bound: Bound) -> bool:
    """Whether the clause of a numeral has a word of the bound farther in front."""
    clause = _BREAK.split(cited.before)[-1]
    return any(word in clause for word, meant in BEFORE.items() if meant == bound)


@rule
def sign_and_words(case: Case, facts: Facts) -> Found:
    """The sign of a change is that of the verb beside its number."""
    for each in facts.numbers:
        change = each.printed.quantity
        move = _move_of(change) if isinstance(change, Change) else None
        said = _move_beside(each)
        if move and said and said != move:
            advice = f"Write {number(-each.value)}"
            if getattr(change, "kind", None) == "multiple":
                advice = "A multiple is after ÷ before: above 1 for a rise, below 1 for a fall"
            yield each.path, f"{number(each.value)}, but {each.cited[0].quote()} is a {said}. {advice}"


def _move_of(change: Change) -> Move | None:
    """Return what the sign of a change says; None for words and for no change at all."""
    still = 1 if change.kind == "multiple" else 0
    if change.span is None or still in change.span:
        return None
    return "rise" if change.span[0] > still else "fall"


def _move_beside(stated: StatedNumber) -> Move | None:
    """Return what the verbs beside the numerals of a number say; None where they say nothing or differ."""
    moves = {_find_move(cited, stated.printed.unit.dimension == "time") for cited in stated.cited}
    return moves.pop() if len(moves) == 1 else None


def _find_move(cited: CitedNumeral, time: bool) -> Move | None:
    """Return what the last verb close in front of a numeral says or, without one, the first close behind it."""
    clause = _BREAK.split(cited.before)[-1]
    found = [*_MOVE.finditer(clause), *(_EARLIER.finditer(clause) if time else ())]
    near = [match for match in found if match.end() >= len(clause) - NEAR]
    last = max(near, key=lambda match: match.start(), default=None) or _MOVE.search(cited.after[:6])
    return None if last is None else "rise" if last.groupdict().get("rise") else "fall"


@rule
def ends_exchanged(case: Case, facts: Facts) -> Found:
    """The words tell of the ends in their order: 由100天压缩至50天 is before 100, after 50."""
    cited = {each.path: each.cited for each in facts.numbers}
    for path, _ in metrics_of(case):
        pairs = list(product(cited.get((*path, "before", "value"), ()), cited.get((*path, "after", "value"), ())))
        if pairs and all(_leads(after, before) for before, after in pairs):
            before, after = pairs[0]
            yield (*path, "before"), f'the words say from "{after}" to "{before}". Exchange before and after'


def _leads(first: CitedNumeral, second: CitedNumeral) -> bool:
    """Whether a clause says from the first numeral to the second."""
    if first.text != second.text or first.numeral.end > second.numeral.start:
        return False
    between = first.text[first.numeral.end : second.numeral.start]
    return bool(re.search("[至到为成]", between)) and not _BREAK.search(between)


@warning
def better_and_words(case: Case, facts: Facts) -> Found:
    """No change is for the worse by `better`: sources praise what fell as well as what rose."""
    for path, metric in metrics_of(case):
        text = metric.change.text.zh if metric.change and metric.change.text else ""
        told = _MOVE.search(text) if not _NOT.search(text) else None
        moves = {f'"{text}"': told and told.lastgroup}
        for each in facts.numbers:
            changed = each.side == "change" or (each.side == "after" and metric.before)
            if each.metric is metric and changed and each.cited and each.printed.unit.dimension != "rank":
                moves[each.cited[0].quote()] = _move_beside(each)
        worse = {"higher": "fall", "lower": "rise"}.get(metric.better)
        if found := next((quote for quote, move in moves.items() if worse and move == worse), None):
            yield (*path, "better"), f"{metric.better}, but {found} is a {worse}. Check what is better"
