"""The finding of a metric as a sentence, its name, periods and verbs, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from data.model.evidence import Evidence, is_share
from data.model.schema import Change, End, Lang, Metric, Text, Unit
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
from data.wording.labels import PLAN_WORDS, say

_INFINITIVES = {
    "rose": "to rise",
    "fell": "to fall",
    "went": "to go",
    "changed": "to change",
    "stayed": "to stay",
    "reached": "to reach",
    "moved": "to move",
}
"""How each verb of a finding is said of a target or a plan."""
_COUNTED = ("count", "money", "area", "volume", "mass", "length")


def format_periods(metric: Metric, lang: Lang) -> str:
    before, after = (format_period(end.period if end else None, lang) for end in (metric.before, metric.after))
    unstated = say(lang, "未注明", "not stated")
    if metric.before is None and metric.change is None:
        return after or say(lang, "未注明时间", "no date stated")
    if not before and not after:
        return say(lang, "前后时间均未注明", "neither date stated")
    if metric.after is None and metric.change is None:
        return before
    return f"{before or unstated} → {after or unstated}"


def write_finding(
    metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang, where: Text | None = None
) -> str:
    """The figure as one sentence without a full stop: what changed, from what to what, by how much. `where` is named as in `name_of`."""
    sentence = _plain_finding(metric, full_name(metric, lang, where), found, units, lang)
    if metric.status == "observed":
        return sentence
    label = PLAN_WORDS[metric.status][lang]
    return say(lang, f"{label}：{sentence}", f"{label}: {sentence}")


def _ahead(metric: Metric) -> str:
    """What Chinese puts before the verb of a target or plan, which lies ahead: 计划增至."""
    return "" if metric.status == "observed" else "计划"


def _told(metric: Metric, verb: str) -> str:
    """An English verb as it is said of what happened, or of a target or plan: rose from, to rise from."""
    first, gap, rest = verb.partition(" ")
    return verb if metric.status == "observed" else _INFINITIVES[first] + gap + rest


def full_name(metric: Metric, lang: Lang, where: Text | None = None) -> str:
    """The figure's name, with whom it is about, and with its place where that is not the case's own: 济源市亩均用水量 / Jiyuan: water use per mu."""
    if metric.subject is not None:
        return say(lang, f"{metric.subject.zh}：{metric.name.zh}", f"{metric.subject.en}: {_inside(metric.name.en)}")
    if where is not None:
        return say(lang, f"{where.zh}{metric.name.zh}", f"{where.en}: {_inside(metric.name.en)}")
    return metric.name[lang]


def _inside(text: str) -> str:
    """English text as it stands inside a sentence: a capital stays only in a name or an acronym of several capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _plain_finding(metric: Metric, name: str, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    before, after = format_ends(metric, found, units, lang)
    if before and before == after:
        return say(lang, f"{name}{_ahead(metric)}保持在{after}", f"{name} {_told(metric, 'stayed at')} {after}")
    if before and after:
        verb = _verb(metric, found, units, lang)
        size = _by_how_much(metric, found, units, lang)
        if lang == "zh":
            return f"{name}{_ahead(metric)}由{before}{verb}{after}{size}"
        return f"{name} {_told(metric, verb)} {_without_unit(before, after, units[metric.unit])} to {after}{size}"
    if metric.change is None:
        return _level_sentence(metric, name, before, after, lang)
    change, unit = metric.change, units[metric.unit]
    if change.span is None:
        planned = "" if metric.status == "observed" else say(lang, "的计划变化", ", planned change")
        return f"{name}{planned}{say(lang, '：', ': ')}{format_change(change, unit, lang)}"
    since = _since(metric.before, lang)
    level = say(lang, f"，达到{after}", f", to {after}") if after else ""
    return _change_sentence(metric, name, change, unit, since, lang) + level


def _level_sentence(metric: Metric, name: str, before: str, after: str, lang: Lang) -> str:
    """A level without a change; a plan is to reach what is better the higher it is, and to be anything else."""
    if metric.status == "observed" or not after:
        return f"{name}{say(lang, '：', ': ')}{after or before}"
    if metric.better == "higher" and metric.after and metric.after.numeric:
        return say(lang, f"{name}计划达到{after}", f"{name} to reach {after}")
    return say(lang, f"{name}计划为{after}", f"{name} to be {after}")


def _since(before: End | None, lang: Lang) -> str:
    """The earlier time a change is measured against: a moment without its "as of"."""
    period = before.period if before else None
    return format_date(period.end, lang) if period and period.kind == "as_of" else format_period(period, lang)


def _without_unit(before: str, after: str, unit: Unit) -> str:
    """English names a shared unit once: from 32 to 9 items."""
    ending = f" {unit.name.en}"
    return before.removesuffix(ending) if after.endswith(ending) else before


def _change_sentence(metric: Metric, name: str, change: Change, unit: Unit, since: str, lang: Lang) -> str:
    assert change.span is not None
    than_zh, than_en = (f"较{since}", f" from {since}") if since else ("", "")
    size = add_bound(format_size(change, unit, lang), change.bound, lang)
    ahead = _ahead(metric)
    if change.kind == "multiple":
        earlier_zh, earlier_en = (since, f"that of {since}") if since else ("原来", "its earlier level")
        reached = f"{ahead}达到" if ahead else "为"
        return say(
            lang,
            f"{name}{reached}{earlier_zh}的{size}",
            f"{name} {_told(metric, 'reached')} {size} {earlier_en}",
        )
    if change.kind == "places":
        moved = format_change(change, unit, lang)
        return say(lang, f"{name}{ahead}{than_zh}{moved}", f"{name} {_told(metric, 'moved')} {moved}{than_en}")
    falls = change.span[1] <= 0
    verb = say(lang, "下降" if falls else "上升", _told(metric, "fell by" if falls else "rose by"))
    if shown_kind(change, unit) == "difference":
        verb = say(lang, "减少" if falls else "增加", verb)
    return say(lang, f"{name}{ahead}{than_zh}{verb}{size}", f"{name} {verb} {size}{than_en}")


def translate_formula(formula: str, lang: Lang) -> str:
    """How derived numbers were computed, in the reader's words."""
    if lang == "en":
        return formula
    for word, zh in (("before", "前值"), ("after", "后值"), ("change", "变化"), ("index", "指数"), ("; ", "；")):
        formula = formula.replace(word, zh)
    return formula


def format_ends(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> tuple[str, str]:
    """Both ends as read."""
    own = [units[metric.unit_of(end)] for end in (metric.before, metric.after)]
    return format_end(metric.before, found.before, own[0], lang), format_end(metric.after, found.after, own[1], lang)


def _verb(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    if found.direction in (None, "unclear", "unchanged") and not (found.before.span and found.after.span):
        return say(lang, "变为", "changed from")
    unit = units[metric.unit]
    upward = _upward(metric, found, units)
    if upward is None:
        return say(lang, "变为", "went from")
    if unit.dimension == "rank":
        return say(lang, "升至" if not upward else "降至", "rose from" if not upward else "fell from")
    if unit.dimension == "time":
        return say(lang, "延长至" if upward else "缩短至", "rose from" if upward else "fell from")
    if unit.dimension in _COUNTED:
        return say(lang, "增至" if upward else "减至", "rose from" if upward else "fell from")
    return say(lang, "升至" if upward else "降至", "rose from" if upward else "fell from")


def _upward(metric: Metric, found: Evidence, units: Mapping[str, Unit]) -> bool | None:
    if not (found.before.span and found.after.span):
        return None
    factors = [units[metric.unit_of(end)].factor for end in (metric.before, metric.after)]
    start, end = found.before.span[1] * factors[0], found.after.span[1] * factors[1]
    return None if start == end else end > start


def _by_how_much(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """The change after both ends, in brackets; points that were calculated say so."""
    if found.index is None and units[metric.unit].dimension != "rank" and not is_share(metric, units):
        return ""
    text = format_short_change(metric, found, units, lang)
    if found.derived_change is not None:
        text += say(lang, "，由前后值算出", ", calculated")
    return say(lang, f"（{text}）", f" ({text})") if text else ""


def format_short_change(metric: Metric, found: Evidence, units: Mapping[str, Unit], lang: Lang) -> str:
    """The change as a label on a mark: the printed one, the one the index says, or the points of a share."""
    change = metric.change or found.derived_change
    ends_known = found.before.span is not None and found.after.span is not None
    if change is not None and (is_share(metric, units) or not (ends_known and found.index is not None)):
        return format_change(change, units[metric.unit], lang)
    if found.index is None or found.index_bound is None:
        return ""
    return format_index_change(found.index, found.index_bound, lang)
