"""The finding of a metric as a sentence, and its parts: name, periods, ends, change; in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.model.evidence import Evidence, is_share
from data.model.gaps import MissingEnd
from data.model.schema import Change, Dimension, End, Lang, Metric, Text, Unit
from data.wording.formatting import (
    add_bound,
    format_change,
    format_date,
    format_end,
    format_index_change,
    format_period,
    format_size,
    shown_kind,
)
from data.wording.labels import DERIVED_WORDS, MISSING_WORDS, PLAN_WORDS, t

_INFINITIVES = {
    "rose": "to rise", "fell": "to fall", "went": "to go", "changed": "to change", "stayed": "to stay",
    "reached": "to reach", "moved": "to move",
}  # fmt: skip
"""The form of each verb for a target or a plan."""
_RISE_AND_FALL: Mapping[str, tuple[str, str]] = {
    "time": ("延长至", "缩短至"),
    **dict.fromkeys(("count", "money", "area", "volume", "mass", "length"), ("增至", "减至")),
}
"""The Chinese verbs of a rise and a fall by dimension; 升至 and 降至 for the others."""


def format_periods(metric: Metric, lang: Lang) -> str:
    """Format the periods of both ends, or say which date is not stated."""
    before, after = (format_period(end.period if end else None, lang) for end in (metric.before, metric.after))
    unstated = MISSING_WORDS["value"][lang]
    if metric.before is None and metric.change is None:
        return after or MISSING_WORDS["date"][lang]
    if not before and not after:
        return MISSING_WORDS["dates"][lang]
    if metric.after is None and metric.change is None:
        return before
    return f"{before or unstated} → {after or unstated}"


def write_finding(
    metric: Metric, evidence: Evidence, units: Mapping[str, Unit], lang: Lang, where: Text | None = None
) -> str:
    """Write a metric as one sentence without a full stop: what changed, from what to what, by how much.

    `where` is the place to name, as in `full_name`.
    """
    sentence = _sentence(metric, full_name(metric, lang, where), evidence, units, lang)
    if metric.status == "observed":
        return sentence
    label = PLAN_WORDS[metric.status][lang]
    return t(lang, f"{label}：{sentence}", f"{label}: {sentence}")


def _planned(metric: Metric) -> str:
    """Return the Chinese word before the verb of a target or plan: 计划增至."""
    return "" if metric.status == "observed" else "计划"


def _verb_form(metric: Metric, verb: str) -> str:
    """Return an English verb in the form for an observed metric, or for a target or plan: rose from, to rise from."""
    first, gap, rest = verb.partition(" ")
    return verb if metric.status == "observed" else _INFINITIVES[first] + gap + rest


def full_name(metric: Metric, lang: Lang, where: Text | None = None) -> str:
    """Return the name with its subject, or with the place `where`: 济源市亩均用水量 / Jiyuan: water use per mu."""
    owner, colon = (metric.subject, "：") if metric.subject else (where, "")
    if owner is None:
        return metric.name[lang]
    return t(lang, f"{owner.zh}{colon}{metric.name.zh}", f"{owner.en}: {_inside(metric.name.en)}")


def _inside(text: str) -> str:
    """Lower the first letter of English text for use inside a sentence, except in an acronym."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _sentence(metric: Metric, name: str, evidence: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    before, after = format_ends(metric, evidence, units, lang)
    if before and before == after:
        return t(lang, f"{name}{_planned(metric)}保持在{after}", f"{name} {_verb_form(metric, 'stayed at')} {after}")
    if before and after:
        verb = _change_verb(metric, evidence, units, lang)
        size = _size_in_brackets(metric, evidence, units, lang)
        if lang == "zh":
            return f"{name}{_planned(metric)}由{before}{verb}{after}{size}"
        return f"{name} {_verb_form(metric, verb)} {_without_unit(before, after, units[metric.unit])} to {after}{size}"
    if metric.change is None:
        return _level_only(metric, name, before, after, units[metric.unit].dimension, lang)
    change, unit = metric.change, units[metric.unit]
    if change.span is None:
        planned = "" if metric.status == "observed" else t(lang, "的计划变化", ", planned change")
        return f"{name}{planned}{t(lang, '：', ': ')}{format_change(change, unit, lang)}"
    since = format_since(metric.before, lang)
    level = t(lang, f"，达到{after}", f", to {after}") if after else ""
    return _change_only(metric, name, change, unit, since, lang) + level


def _level_only(metric: Metric, name: str, before: str, after: str, dimension: Dimension, lang: Lang) -> str:
    """Write a level without a change.

    A plan is `to reach` what is better the higher it is, `to number` what its name counts, `to be` anything else.
    """
    if metric.status == "observed" or not after:
        return f"{name}{t(lang, '：', ': ')}{after or before}"
    if metric.better == "higher" and metric.after and metric.after.numeric:
        return t(lang, f"{name}计划达到{after}", f"{name} to reach {after}")
    number, _, counted = after.partition(" ")
    if lang == "en" and dimension == "count" and counted and counted in name.lower():
        return f"{name} to number {number}"
    return t(lang, f"{name}计划为{after}", f"{name} to be {after}")


def format_since(before: End | None, lang: Lang) -> str:
    """Format the earlier time that a change is measured against; a moment without its "as of"."""
    period = before.period if before else None
    if period and period.kind == "as_of" and period.words is None:
        return format_date(period.end, lang)
    since = format_period(period, lang)
    return f"the {since}" if since.startswith("end of ") else since


def _without_unit(before: str, after: str, unit: Unit) -> str:
    """Remove the unit that both ends share from the first, in English: from 32 to 9 items."""
    ending = f" {unit.name.en}"
    return before.removesuffix(ending) if after.endswith(ending) else before


def _change_only(metric: Metric, name: str, change: Change, unit: Unit, since: str, lang: Lang) -> str:
    assert change.span is not None
    than_zh, than_en = (f"较{since}", f" from {since}") if since else ("", "")
    size = add_bound(format_size(change, unit, lang), change.bound, lang)
    if metric.has_caveat("percent_or_points"):
        size += t(lang, "（或百分点）", " (or points)")
    ahead = _planned(metric)
    if unit.form == "moment":
        moved = format_change(change, unit, lang)
        return t(lang, f"{name}{ahead}{than_zh}{moved}", f"{name} {_verb_form(metric, 'moved')} {moved}{than_en}")
    if change.kind == "multiple":
        verb = _verb_form(metric, "reached")
        if not since:
            unstated = MISSING_WORDS["compared"][lang]
            multiple = format_change(change, unit, lang)
            return t(lang, f"{name}{ahead}达到{size}，{unstated}", f"{name} {verb} {multiple}; {unstated}")
        reached = f"{ahead}达到" if ahead else "为"
        return t(lang, f"{name}{reached}{since}的{size}", f"{name} {verb} {size} that of {since}")
    if change.kind == "places":
        moved = format_change(change, unit, lang)
        return t(lang, f"{name}{ahead}{than_zh}{moved}", f"{name} {_verb_form(metric, 'moved')} {moved}{than_en}")
    falls = change.span[1] <= 0
    verb = t(lang, "下降" if falls else "上升", _verb_form(metric, "fell by" if falls else "rose by"))
    if shown_kind(change, unit) == "difference":
        verb = t(lang, "减少" if falls else "增加", verb)
    return t(lang, f"{name}{ahead}{than_zh}{verb}{size}", f"{name} {verb} {size}{than_en}")


def write_missing(ends: Sequence[MissingEnd], lang: Lang) -> str:
    """Write which values would have to be stated for the metric to be grade A; empty where none is missing."""
    return t(lang, "、", " and ").join(_missing_value(end, lang) for end in ends)


def _missing_value(end: MissingEnd, lang: Lang) -> str:
    before = end.side == "before"
    value = t(lang, f"{'此前' if before else '此后'}的数值", f"the {'earlier' if before else 'later'} value")
    period = format_period(end.period, lang)
    return value + (t(lang, f"（{period}）", f" ({period})") if period else "")


def translate_formula(formula: str, lang: Lang) -> str:
    """Translate a formula of derived numbers into the reader's language."""
    if lang == "en":
        return formula
    for word, zh in (("before", "前值"), ("after", "后值"), ("change", "变化"), ("index", "指数"), ("; ", "；")):
        formula = formula.replace(word, zh)
    return formula


def format_ends(metric: Metric, evidence: Evidence, units: Mapping[str, Unit], lang: Lang) -> tuple[str, str]:
    pairs = (metric.before, evidence.before), (metric.after, evidence.after)
    before, after = (format_end(end, derived, units[metric.unit_of(end)], lang) for end, derived in pairs)
    return before, after


def _change_verb(metric: Metric, evidence: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """Return the verb between both ends. A rank rises when its number falls."""
    upward, dimension = _upward(metric, evidence, units), units[metric.unit].dimension
    if upward is None:
        directed = evidence.direction in ("improved", "worsened") or (evidence.before.span and evidence.after.span)
        return t(lang, "变为", "went from" if directed else "changed from")
    rises = upward != (dimension == "rank")
    rise, fall = _RISE_AND_FALL.get(dimension, ("升至", "降至"))
    return t(lang, rise if rises else fall, "rose from" if rises else "fell from")


def _upward(metric: Metric, evidence: Evidence, units: Mapping[str, Unit]) -> bool | None:
    if not (evidence.before.span and evidence.after.span):
        return None
    start = evidence.before.span[1] * units[metric.unit_of(metric.before)].factor
    end = evidence.after.span[1] * units[metric.unit_of(metric.after)].factor
    return None if start == end else end > start


def _size_in_brackets(metric: Metric, evidence: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """Return the change in brackets, for after both ends; calculated points are marked as such."""
    if evidence.index is None and units[metric.unit].dimension != "rank" and not is_share(metric, units):
        return ""
    text = format_short_change(metric, evidence, units, lang)
    if evidence.derived_change is not None:
        text += t(lang, "，", ", ") + DERIVED_WORDS["word"][lang]
    return t(lang, f"（{text}）", f" ({text})") if text else ""


def format_short_change(metric: Metric, evidence: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """Format the change as a label: the stated one, that of the index, or the difference of a share or ratio."""
    change = metric.change or evidence.derived_change
    if change is not None and (evidence.derived_change or is_share(metric, units) or not _has_index(evidence)):
        return format_change(change, units[metric.unit], lang)
    if evidence.index is None or evidence.index_bound is None:
        return ""
    return format_index_change(evidence.index, evidence.index_bound, lang)


def _has_index(evidence: Evidence) -> bool:
    """Whether both ends are known and have an index."""
    return evidence.before.span is not None and evidence.after.span is not None and evidence.index is not None
