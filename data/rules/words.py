"""The words beside a number agree with the fields: 超 with a bound, 降 with a sign, 由…至 with the ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from data.model.bounds import AFTER, BEFORE, bound_before
from data.model.evidence import number
from data.model.problems import FieldPath
from data.model.schema import Bound, Case
from data.rules.cited import CitedNumeral, StatedNumber
from data.rules.rule import Facts, Found, rule, warning

_MORE = re.compile(r"[百千]?万?亿?(?:[余多]|[倍成半][余多]|个[余多](?=月|小时)|[年天][余多](?=$|[,，。;；、的来时]))")
_SOME = re.compile("[百千]?万?来[个家项名人天年户次]")
_BEHIND: Mapping[Bound, re.Pattern[str]] = {"over": _MORE, "about": _SOME}
_AFTER = re.compile(rf"(?:(?!规模)[^\d,，。;；、(（]){{0,5}}?({'|'.join(AFTER)})")
"""A word behind a number and its unit, but not as in 规模以上."""
NEAR = 5
"""Maximum number of characters between a verb and its number: 提高至近50."""
_RISE = "(?<!新)增|[升涨扩翻]|提高|上浮|前移|前进|上移|进位|高(?:了|出)?$"
_FALL = "[降减缩跌]|压(?!力)|节[约水电能省]|下滑|回落|下调|后移|后退|退后|下移|低了?$"
_MOVE = re.compile(f"(?P<rise>{_RISE})|(?P<fall>{_FALL})")
_NOT = re.compile("[没未不]")
_EARLIER = re.compile("(?P<fall>提前|早)")
_TO = re.compile("[^,，。;；]*[至到为成][^,，。;；]*")


@rule
def bound_contradicted(case: Case, facts: Facts) -> Found:
    """The words beside a number say no other bound than its field."""
    for path, each, cited, said in _bounded_otherwise(facts):
        if said:
            meant = " or ".join(sorted(said))
            yield path, f"{each.printed.quantity.bound}, but {cited.quote()} says {meant}. Write bound: {meant}"


@warning
def bound_and_words(case: Case, facts: Facts) -> Found:
    """A bound is said by a word beside the number or farther in front in its clause."""
    for path, each, cited, said in _bounded_otherwise(facts):
        bound = each.printed.quantity.bound
        words = [word for word, meant in BEFORE.items() if meant == bound]
        if not said and not any(word in other.clause for other in each.cited for word in words):
            advice = "Leave the bound out, or cite the word that says it"
            yield path, f"no word beside {cited.quote()} says {bound}. {advice}"


def _bounded_otherwise(facts: Facts) -> Iterator[tuple[FieldPath, StatedNumber, CitedNumeral, set[Bound]]]:
    """Yield the numbers whose bound no word beside them says, and its path: each with a numeral that states it, one
    beside which words say another bound where there is one, and the bounds that they mean.
    """
    for each in facts.numbers:
        said = [(_bounds_beside(cited, each.path[-1] != "value"), cited) for cited in each.cited]
        if said and not any(each.printed.quantity.bound in (bounds or {"exact"}) for bounds, _ in said):
            bounds, cited = next((pair for pair in said if pair[0]), said[0])
            yield (*each.path[:-1], "bound"), each, cited, bounds


def _bounds_beside(cited: CitedNumeral, ranged: bool) -> set[Bound]:
    """Return the bounds that the words beside a numeral mean. 以上 and 以下 behind the numbers of a range mean none."""
    found = {bound for bound, words in _BEHIND.items() if words.match(cited.after)}
    if before := bound_before(cited.before):
        found.add(before)
    if not ranged and (after := _AFTER.match(cited.after)):
        found |= AFTER[after[1]]
    return found


@rule
def sign_and_words(case: Case, facts: Facts) -> Found:
    """The sign of a change is that of the verb beside its number."""
    for each in facts.numbers:
        still = 1 if each.printed.kind == "multiple" else 0
        said = _move_beside(each) if each.side == "change" and each.value != still else None
        if said and said != ("rise" if each.value > still else "fall"):
            advice = f"Write {number(-each.value)}"
            if still:
                advice = "A multiple is after ÷ before: above 1 for a rise, below 1 for a fall"
            yield each.path, f"{number(each.value)}, but {each.cited[0].quote()} is a {said}. {advice}"


def _move_beside(stated: StatedNumber) -> str | None:
    """Return what the verbs beside the numerals of a number say, rise or fall; None where they say nothing or differ.

    The last one close in front of a numeral counts or, without one, the first close behind it.
    """
    moves = set[str | None]()
    for cited in stated.cited:
        earlier = _EARLIER.finditer(cited.clause) if stated.printed.unit.dimension == "time" else ()
        found = [*_MOVE.finditer(cited.clause), *earlier]
        near = [match for match in found if match.end() >= len(cited.clause) - NEAR]
        last = max(near, key=lambda match: match.start(), default=None) or _MOVE.search(cited.after[:6])
        moves.add(last and last.lastgroup)
    return moves.pop() if len(moves) == 1 else None


@rule
def ends_exchanged(case: Case, facts: Facts) -> Found:
    """The words tell of the ends in their order: 由100天压缩至50天 is before 100, after 50."""
    cited = {each.path: each.cited for each in facts.numbers}
    for path in facts.metrics:
        pairs = list(product(cited.get((*path, "before", "value"), ()), cited.get((*path, "after", "value"), ())))
        if pairs and all(_leads(after, before) for before, after in pairs):
            before, after = pairs[0]
            yield (*path, "before"), f'the words say from "{after}" to "{before}". Exchange before and after'


def _leads(first: CitedNumeral, second: CitedNumeral) -> bool:
    """Whether a clause says from the first numeral to the second."""
    between = first.text[first.numeral.end : second.numeral.start]
    return first.text == second.text and bool(_TO.fullmatch(between))


@warning
def better_and_words(case: Case, facts: Facts) -> Found:
    """No change is for the worse by `better`: sources praise what fell as well as what rose."""
    for path, metric in facts.metrics.items():
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
