"""The one to four figures that tell most of a case, and the doubts that hold for all of them, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.model.schema import Lang, Text
from data.query.findings import RESULTS
from data.wording.labels import t, upper_first
from data.wording.remarks import say_missing, say_remark
from data.wording.rows import MetricRow

MAX_KEY_FIGURES = 4
_COUNTED: Mapping[int, Text] = {
    1: Text(zh="以上数字", en="This figure"),
    2: Text(zh="以上两项", en="These two figures"),
    3: Text(zh="以上三项", en="These three figures"),
    4: Text(zh="以上四项", en="These four figures"),
}
_NUMBER_IN_LABEL = re.compile(r"(\D*)([\d.,–]+)(.*)")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A metric as a large number: its ends or its one value, the change beside it, and what is not stated of it."""

    row: MetricRow
    value: str
    change: str
    remark: str


def choose_key_figures(rows: Sequence[MetricRow], lang: Lang) -> list[KeyFigure]:
    """Return the headlines among these metrics, changes first; after a single one a result that states a change.

    Without any headline there is none: such a case has no measured outcome.
    """
    headlines = sorted((row for row in rows if row.headline), key=lambda row: row.rank)
    others = (row for row in rows if not row.headline and row.role in RESULTS and row.rule.has_change)
    changes = [row for row in others if row.change_label and not row.has_caveat("broad_aggregate")]
    chosen = headlines[:MAX_KEY_FIGURES] if len(headlines) != 1 else [*headlines, *changes[:1]]
    return [describe_key_figure(row, lang) for row in chosen]


def describe_key_figure(row: MetricRow, lang: Lang) -> KeyFigure:
    """Return a metric as a large number."""
    if row.before_label and row.after_label:
        return KeyFigure(row, join_ends(row), row.change_label, say_remark(row, lang))
    if row.rule.has_change:
        return KeyFigure(row, row.change_label, "", _describe_change(row, lang))
    return KeyFigure(row, row.after_label or row.change_label or row.before_label, "", say_missing(row, lang))


def _describe_change(row: MetricRow, lang: Lang) -> str:
    """Return what a change is measured against, and what is missing."""
    missing = say_missing(row, lang)
    if row.change_kind == "multiple":
        return t(lang, f"以{row.since}为1；{missing}", f"{row.since} = 1; {missing}") if row.since else missing
    since = row.since or (t(lang, "此前", "an earlier time") if row.change_kind == "relative" else "")
    return t(lang, f"较{since}；{missing}", f"compared with {since}; {missing}") if since else missing


def join_ends(row: MetricRow) -> str:
    """Join both ends of a metric, what they share written once: 100 → 50 days, CNY 39.8 → 47.6 bn."""
    before, after = row.before_label, row.after_label
    first, second = (_NUMBER_IN_LABEL.fullmatch(label) for label in (before, after))
    exact = row.before_bound == row.after_bound == "exact"
    if first and second and exact and row.dimension not in ("rank", "share"):
        same_start, unit, last_unit = first[1] == second[1], first[3], second[3]
        if same_start and unit and unit.removesuffix("s") == last_unit.removesuffix("s"):
            return f"{first[1]}{first[2]} → {second[2]}{last_unit}"
    return f"{before} → {after}"


def describe_doubts(figures: Sequence[KeyFigure], lang: Lang) -> list[str]:
    """Return what holds for these figures together, a sentence each: limits that were set, what none of them states.

    The first says whom it is about.
    """
    rows = [figure.row for figure in figures]
    first, *others = [*_describe_limits(rows, lang), *_describe_common(rows, lang)]
    return [_COUNTED[len(rows)][lang] + t(lang, "：", ": ") + first, *map(upper_first, others)]


def _describe_limits(rows: Sequence[MetricRow], lang: Lang) -> Iterable[str]:
    """Say that limits are prescribed if some of the figures are."""
    dimensions = [row.dimension for row in rows if "prescribed" in row.flag_ids]
    among = len(dimensions) < len(rows)
    if dimensions:
        zh, measured = ("时限", "实际用时") if set(dimensions) == {"time"} else ("限额", "实测的")
        en = "time limit" if zh == "时限" else "limit"
        limits = f"the {en}s{' among them' * among} are" if dimensions[1:] else f"the {en}{' among them' * among} is"
        yield t(lang, f"{'其中的' * among}{zh}是规定的，不是{measured}。", f"{limits} prescribed, not measured.")


def _describe_common(rows: Sequence[MetricRow], lang: Lang) -> Iterable[str]:
    several = len(rows) > 1
    if not any(row.before_span or row.rule.has_change for row in rows):
        yield t(lang, "此前的数值都未写明。", "no earlier value is stated.")
    common = set.intersection(*(set(row.flag_ids) for row in rows))
    if "undated" in common and not any(row.since for row in rows):
        yield t(lang, f"{'都' * several}没有写明时间。", "none is dated." if several else "not dated.")
    if "partial" in common:
        yield t(
            lang,
            f"说的{'都' * several}只是当地的一部分，如一家企业、一个项目。",
            f"{'each is ' * several}about a part of its place only, such as one firm or project.",
        )
    if all(row.has_caveat("unequal_periods") for row in rows):
        yield t(lang, "前后两期长短可能不同。", "the periods before and after may differ in length.")
    yield t(lang, "没有对照组。", "no comparison group.")
