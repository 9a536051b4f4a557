"""Which metrics share a scale, and the reason why another shares none; and what a reader chooses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from data.model.schema import Case, Lang, Text, Unit
from data.query.sets import SET_NAMES
from data.wording.labels import REFUSAL_WORDS, pairs, t
from data.wording.rows import MetricRow, format_id
from data.wording.words import Reason

MAX_METRICS = 8
"""Maximum number of metrics that a reader compares at once."""
_MEASURED = ("money", "area", "volume", "mass", "length")
Kind = Literal["index", "level", "difference", "rank"]
Scale = tuple[Kind, str]


@dataclass(frozen=True)
class Group:
    """Metrics on one scale; `key` is the unit or dimension they share."""

    kind: Kind
    key: str
    rows: tuple[MetricRow, ...]

    @property
    def id(self) -> str:
        """The id of its chart in links: `index`, `rank`, `level-money`, `difference-points`."""
        return self.kind if self.kind in ("index", "rank") else f"{self.kind}-{self.key}"


class Refusal(NamedTuple):
    """A metric that shares no scale with the others."""

    row: MetricRow
    reason: Reason


@dataclass(frozen=True)
class Comparison:
    """The result of `compare`: groups, and what is in none; `of_cases` if it is of all results of some cases."""

    groups: tuple[Group, ...]
    refusals: tuple[Refusal, ...]
    of_cases: bool = False

    def charts(self) -> dict[str, Group]:
        """Return the groups by the ids of their charts in links; that of the index of cases is `cases`."""
        if not self.of_cases:
            return {group.id: group for group in self.groups}
        return {"cases" if group.kind == "index" else f"cases-{group.id}": group for group in self.groups}


@dataclass(frozen=True, eq=False)
class Choice:
    """What the address chooses: cases, metrics, and the ids in it that are unknown or too many."""

    cases: tuple[Case, ...]
    rows: tuple[MetricRow, ...]
    dropped: int

    def __bool__(self) -> bool:
        return bool(self.cases or self.rows)

    def query(self, without: str = "") -> dict[str, str]:
        """Return the choice as query parameters, without one id."""
        ids = {"cases": [case.id for case in self.cases], "figures": list(map(format_id, self.rows))}
        kept = {name: [value for value in values if value != without] for name, values in ids.items()}
        return {name: ",".join(values) for name, values in kept.items() if values}


def find_scales(row: MetricRow) -> tuple[Scale, ...]:
    """Return the scales a metric can be drawn on; words and plans have none.

    Ranks are drawn beside one another only as places of rankings of their own.
    """
    drawing = row.rule.drawing
    if drawing in ("plan", "words"):
        return ()
    if row.dimension == "rank":
        return () if row.after_value is None else (("rank", "rank"),)
    found: list[Scale] = [("index", "100")] if row.index is not None else []
    unit = row.dimension if row.dimension in _MEASURED else row.after_unit_id
    if unit and row.after_value is not None and drawing in ("ends", "level"):
        found.append(("level", unit))
    points = row.change_kind == "points" or (row.change_kind == "difference" and row.dimension == "share")
    if row.change_value is not None and (points or (drawing == "difference" and row.change_kind != "places")):
        found.append(("difference", "points" if points else row.unit_id))
    return tuple(found)


def compare(
    chosen: Sequence[MetricRow],
    min_cases: int = 1,
    kinds: Collection[Kind] = get_args(Kind),
    of_one_case: Collection[Kind] = (),
) -> Comparison:
    """Group metrics by shared scale, two or more a group and of `min_cases` cases; every other one gets a refusal.

    `kinds` are the scales that may be used, `of_one_case` those for which one case is enough. The group with an index
    comes first, then the largest.
    """
    on_scale: dict[Scale, list[MetricRow]] = {}
    for row in chosen:
        for scale in (scale for scale in find_scales(row) if scale[0] in kinds):
            on_scale.setdefault(scale, []).append(row)
    groups = [
        Group(*scale, tuple(rows))
        for scale, rows in on_scale.items()
        if len(rows) > 1 and (scale[0] in of_one_case or len({row.case_id for row in rows}) >= min_cases)
    ]
    groups.sort(key=lambda group: (group.kind != "index", -len(group.rows)))
    placed = {format_id(row) for group in groups for row in group.rows}
    refusals = tuple(Refusal(row, _reason(row, chosen)) for row in chosen if format_id(row) not in placed)
    return Comparison(tuple(groups), refusals)


def find_partners(row: MetricRow, pool: Iterable[MetricRow]) -> tuple[MetricRow, ...]:
    """Return up to three results of the pool that share a scale with a metric, those of other cases first."""
    own = set(find_scales(row))
    shared = [
        other
        for other in pool
        if format_id(other) != format_id(row) and other.role in ("outcome", "output") and own & set(find_scales(other))
    ]
    return tuple(sorted(shared, key=lambda other: (other.case_id == row.case_id, other.grade))[:3])


def measure_before(row: MetricRow, units: Mapping[str, Unit]) -> float | None:
    """Return the earlier value in the base unit of its dimension; None without a single number, or if it is in another
    unit of a dimension without fixed conversions.
    """
    unit_id = row.before_unit_id
    if row.before_value is None or unit_id is None:
        return None
    convertible = unit_id == row.after_unit_id or row.dimension in _MEASURED
    return row.before_value * units[unit_id].factor if convertible else None


def measure(group: Group, units: Mapping[str, Unit]) -> list[float]:
    """Return the number that each metric of a group is drawn with, all in one unit; a rank counts from 1."""

    def size(row: MetricRow) -> float | None:
        if group.kind == "level" and row.after_value is not None:
            return row.after_value * units[row.after_unit_id or group.key].factor
        return {"index": row.index, "difference": row.change_value}.get(group.kind, row.after_value)

    return [number for row in group.rows if (number := size(row)) is not None]


def order_group(group: Group) -> list[int]:
    """Return the order in which the metrics of a group are shown: on an axis of values those with both ends first,
    then by their cases and the better grade.
    """

    def sort_key(at: int) -> tuple[bool, str, str]:
        row = group.rows[at]
        return group.kind != "index" and row.rule.drawing != "ends", row.case_id, row.grade

    return sorted(range(len(group.rows)), key=sort_key)


def name_group(group: Group, lang: Lang) -> str:
    """Return the heading of a group: what its scale is."""
    unit = group.rows[0].unit
    if group.kind == "index":
        return t(lang, "相对此前的变化（前 = 100）", "Change from the earlier value (earlier = 100)")
    if group.kind == "rank":
        return t(lang, "名次，各属不同的排名", "Ranks, each in a ranking of its own")
    if group.kind == "difference":
        points = group.key == "points"
        return t(
            lang,
            "变化的百分点" if points else f"同一单位的差值：{unit}",
            "Changes in percentage points" if points else f"Differences in one unit: {unit}",
        )
    name = SET_NAMES.get(group.rows[0].dimension)
    if name is None:
        return t(lang, f"同一单位的数值：{unit}", f"Values in one unit: {unit}")
    counted_in = t(lang, f"，以{unit.removeprefix('个')}计", f", in {unit}")
    return name[lang] + (counted_in if group.rows[0].dimension == "time" else "")


_LIMITS_OF_LEVELS: Mapping[str, Text] = pairs(
    money=(
        "金额的种类和期间可能不同：一年的、累计的，或没有写明。",
        "The amounts may differ in kind and in period: of one year, added up, or not stated.",
    ),
    share=("各个占比的分母可能不同。", "The shares may be of different wholes."),
    time=(
        "每一行是一种手续：许可、全程审批、证照各不相同，时间长短不宜互比。标有“规定的限额”的是时限，不是实际用时。",
        "Each row is a procedure of its own: a permit, a whole approval, a licence; times of unlike procedures are not "
        "to be ranked. Those marked prescribed are limits that were set, not times taken.",
    ),
    count=(
        "单位相同，数的未必是同一类事物，期间也可能不同：一年的、累计的，或没有写明。",
        "The unit is the same; what is counted may differ, and so may the period: one year, added up, or not stated.",
    ),
)
"""Why levels on one axis are no ranking, by dimension."""


def explain_group(group: Group, lang: Lang) -> str:
    """Return what limits the comparison of a group of levels or ranks; empty where its legend says all."""
    if group.kind == "rank":
        return t(
            lang,
            "每一行是一个排名：只看同一行的前后，不同排名的名次不可互比。",
            "Each row is a ranking of its own: compare before and after within a row, not the rows.",
        )
    if group.kind == "difference" or (group.kind == "index" and {row.dimension for row in group.rows} != {"time"}):
        return ""
    limit = _LIMITS_OF_LEVELS.get(group.rows[0].dimension)
    return (limit[lang] if limit else t(lang, "各案例情况不同。", "The cases differ.")) + t(
        lang, "长短不代表成效大小。", " Longer is not better."
    )


def _reason(row: MetricRow, chosen: Sequence[MetricRow]) -> Reason:
    drawing = row.rule.drawing
    if drawing in ("plan", "words"):
        return drawing
    if row.dimension == "rank":
        return "rank" if row.after_value is not None else "places"
    others = [other for other in chosen if format_id(other) != format_id(row)]
    own = set(find_scales(row))
    if not own:
        return "range"
    if row.dimension == "time" and drawing != "difference" and any(other.dimension == "time" for other in others):
        return "time"
    if row.dimension == "share" and row.index is None and any(other.index is not None for other in others):
        return "share"
    if row.before_unit_id and row.after_unit_id and row.before_unit_id != row.after_unit_id:
        return "units"
    if any(own & set(find_scales(other)) for other in others if other.case_id == row.case_id):
        return "same_case"
    return "alone"


def group_refusals(refusals: Iterable[Refusal], lang: Lang) -> dict[str, list[MetricRow]]:
    """Return the metrics that are not on a common scale by the reason in words."""
    found: dict[str, list[MetricRow]] = {}
    for refusal in refusals:
        found.setdefault(REFUSAL_WORDS[refusal.reason][lang], []).append(refusal.row)
    return found


def explain_refusals(refusals: Sequence[Refusal], lang: Lang) -> str:
    """Say in a sentence why metrics share no scale; that nothing has their unit only if there is no other reason."""
    reasons = dict.fromkeys(refusal.reason for refusal in refusals)
    told = [REFUSAL_WORDS[reason][lang] for reason in reasons if reason != "alone" or len(reasons) == 1]
    return t(lang, f"这些指标没有共同的尺度：{'；'.join(told)}。", f"These figures share no scale: {'; '.join(told)}.")
