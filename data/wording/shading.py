"""What colors the areas of the map: whether a case is there, numbers of cases or metrics, or a measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from data.model.schema import Lang, Text
from data.query.dataset import Dataset
from data.query.filters import PROVINCE
from data.query.geography import AreaSummary, Measure, calculate_rate, find_rate_base, name_area
from data.wording.formatting import add_bound, format_date, format_number, format_value
from data.wording.labels import t
from data.wording.rows import Rows

MAX_CLASSES = 4
"""Maximum number of classes besides zero."""
OUTCOME = "outcome"
SHADINGS: Mapping[str, Text] = {
    OUTCOME: Text(zh="改革成效", en="Outcome"),
    "cases": Text(zh="案例数", en="Number of cases"),
    "figures": Text(zh="指标数", en="Number of figures"),
}
"""What the map can be colored by besides measures, by the value of `colour=` in the address."""
_USUAL: Mapping[str, tuple[int, ...]] = {"cases": (1, 2, 3, 4), "figures": (1, 10, 25, 40)}
"""The lower limits of the usual classes of counts."""
_MAX_RATIO = 4
"""Ratio of the largest count to the last usual limit from which the classes follow the counts instead."""


@dataclass(frozen=True)
class Shading:
    """The value of each area by code (None without data), in classes with these lower limits and labels.

    The first label is that of no class: zero, or no data. `texts` are the values in words, by the codes of areas that
    have any.
    """

    title: str
    note: str
    values: Mapping[str, float | None]
    breaks: tuple[float, ...]
    labels: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    def class_of(self, code: str) -> int | None:
        """The class of an area: how many limits its value reaches; None without data."""
        value = self.values[code]
        return None if value is None else classify(value, self.breaks)

    @property
    def classes(self) -> list[tuple[int | None, str]]:
        """The classes that occur, each with its label."""
        found = {self.class_of(code) for code in self.values}
        return [
            *([(None, self.labels[0])] if None in found else []),
            *((number, label) for number, label in enumerate(self.labels) if number in found),
        ]


def describe_shading(dataset: Dataset, shading: Shading, lang: Lang) -> str:
    """Return the alternative text of a map with this shading: the areas that it tells from the others."""
    covered = t(lang, "、", ", ").join(
        name_area(dataset, code)[lang] for code, value in shading.values.items() if value
    )
    if shading.title == SHADINGS[OUTCOME][lang]:
        return t(lang, f"河南地图。有案例的地市：{covered}。", f"Map of Henan. Cities with a case: {covered}.")
    return t(
        lang,
        f"河南18个地市的{shading.title}。有数值的：{covered}。",
        f"{shading.title} in Henan's 18 units. Areas with a value: {covered}.",
    )


def name_shadings(dataset: Dataset, measures: Mapping[str, Measure], lang: Lang) -> dict[str, str]:
    """Return what can color the map, in words, by the value of `colour=` in the address."""
    counts = {key: name[lang] for key, name in SHADINGS.items()}
    return counts | {key: _name_measure(dataset, measure, lang) for key, measure in measures.items()}


def compute_breaks(values: Iterable[float]) -> tuple[float, ...]:
    """Return the lower limits of at most MAX_CLASSES classes with about equally many distinct values."""
    known = sorted(set(values))
    count = min(len(known), MAX_CLASSES)
    return tuple(known[part * len(known) // count] for part in range(count))


def classify(value: float, breaks: Sequence[float]) -> int:
    """Return the class of a value: the number of ascending limits that it reaches."""
    return sum(value >= edge for edge in breaks)


def shade_by_outcome(areas: Mapping[str, AreaSummary], lang: Lang) -> Shading:
    """Return the shading that tells areas with a case from the others."""
    values = {code: float(bool(area.cases)) for code, area in areas.items() if code != PROVINCE}
    labels = t(lang, "没有案例", "no case"), t(lang, "有案例", "with a case")
    return Shading(SHADINGS[OUTCOME][lang], "", values, (1,), labels)


def shade_by_count(key: str, areas: Mapping[str, AreaSummary], lang: Lang) -> Shading:
    """Return the shading by `cases` or `figures`, in the usual classes or, far above these, in equally large ones."""
    units = {code: area for code, area in areas.items() if code != PROVINCE}
    counts = {code: len(area.cases) if key == "cases" else area.metric_count for code, area in units.items()}
    none = t(lang, "没有案例", "no case") if key == "cases" else t(lang, "没有指标", "no figure")
    breaks: tuple[float, ...] = _USUAL[key]
    if max(counts.values()) > _MAX_RATIO * breaks[-1]:
        breaks = compute_breaks(count for count in counts.values() if count)
    labels = none, *_name_ranges(breaks, max(counts.values()), lang)
    note = t(lang, "颜色表示总数，不是比率。", "Colours show totals, not rates.")
    texts = {code: f"{count:,}" for code, count in counts.items() if count}
    return Shading(SHADINGS[key][lang], note, counts, breaks, labels, texts)


def _name_ranges(breaks: Sequence[float], highest: int, lang: Lang) -> list[str]:
    """Return the labels of classes of counts: "1–9", and of the last one how far it reaches."""
    names = []
    for low, above in zip(breaks, [*breaks[1:], highest + 1], strict=True):
        last = int(above) - 1
        names.append(f"{int(low):,}" if last <= low else f"{int(low):,}–{last:,}")
    return names


def shade_by_measure(dataset: Dataset, measure: Measure, areas: Mapping[str, AreaSummary], lang: Lang) -> Shading:
    """Return the shading by a measure, in classes with about equally many of its values.

    A number that grows with the population is shown per resident, which is calculated.
    """
    unit = dataset.units[measure.unit_id]
    rates = calculate_rates(dataset, measure)
    as_rate = bool(rates)
    ends = {code: metric.after for code, metric in measure.values.items() if metric.after}
    stated = {code: end.value for code, end in ends.items() if end.value is not None}
    values = rates or stated
    breaks = compute_breaks(values.values())

    def word(value: float) -> str:
        if as_rate:
            rounded = format_number(float(f"{value:.3g}"))
            return t(lang, f"{rounded}元", f"CNY {rounded}") if unit.dimension == "money" else rounded
        return format_value(value, unit, lang)

    labels = [word(limit) for limit in breaks]
    if len(breaks) < len({*values.values()}):
        labels = [t(lang, f"{label}起", f"from {label}") for label in labels]
    case_id = measure.key.partition(".")[0]
    printed = {row.metric_id: row.after_label for row in Rows(dataset, lang, dataset.positions[case_id])}
    texts = {code: printed[metric.id] for code, metric in measure.values.items()}
    if as_rate:
        exact = {code: add_bound(word(rate), ends[code].bound, lang) for code, rate in rates.items()}
        texts = {code: t(lang, f"{rate}（{texts[code]}）", f"{rate} ({texts[code]})") for code, rate in exact.items()}
    return Shading(
        _name_measure(dataset, measure, lang),
        _explain_measure(dataset, case_id, as_rate, lang),
        {code: values.get(code) for code in areas if code != PROVINCE},
        breaks,
        (t(lang, "材料没有数据", "no data in the source"), *labels),
        texts,
    )


def calculate_rates(dataset: Dataset, measure: Measure) -> dict[str, float]:
    """Return a measure of each area per residents; empty where population does not make all that is stated rates."""
    stated = {
        code: metric for code, metric in measure.values.items() if metric.after and metric.after.value is not None
    }
    rates = {code: calculate_rate(dataset, metric) for code, metric in stated.items()}
    known = {code: rate for code, rate in rates.items() if rate is not None}
    return known if len(known) == len(stated) else {}


def _name_measure(dataset: Dataset, measure: Measure, lang: Lang) -> str:
    """Return the name of a measure, with the residents that it is shown for where it is a rate."""
    name, base = measure.name[lang], find_rate_base(dataset.units[measure.unit_id])
    if not calculate_rates(dataset, measure):
        return name
    if base == 1:
        return t(lang, f"人均{name}", f"{name} per resident")
    return t(lang, f"每万常住人口{name}", f"{name} per {base:,} residents")


def _explain_measure(dataset: Dataset, case_id: str, as_rate: bool, lang: Lang) -> str:
    """Say which case the measure is from, and of a rate what it is calculated with."""
    case, population = dataset.by_id[case_id], dataset.population
    text = t(
        lang,
        f"案例{case.number}（{case.title.zh}）的指标，各地自己的数值。",
        f"A measure of case {case.number}, {case.title.en}: each place's own value.",
    )
    if not as_rate:
        return text
    counted, dated = format_date(population.counted, lang), format_date(population.date, lang)
    return text + t(
        lang,
        f"比率由本站计算：材料的数值除以{counted}的常住人口（《{population.title.zh}》，{dated}）。",
        f" The rate is calculated here: the source's number divided by the residents on {counted} "
        f"(“{population.title.en}”, {dated}).",
    )
