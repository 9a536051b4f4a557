"""What colors the areas of the map: whether a case is there, the number of metrics, or a measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from data.model.schema import Lang, Text
from data.query.dataset import Dataset
from data.query.filters import PROVINCE
from data.query.geography import AreaSummary, Measure, name_area
from data.wording.formatting import format_value
from data.wording.labels import t
from data.wording.rows import Rows

MAX_CLASSES = 4
"""Maximum number of classes besides zero."""
CASES = "cases"
SHADINGS: Mapping[str, Text] = {
    CASES: Text(zh="案例", en="Cases"),
    "figures": Text(zh="指标数", en="Number of figures"),
}
"""What the map can be colored by besides measures, by the value of `colour=` in the address."""
_USUAL = (1, 10, 25, 40)
"""The lower limits of the usual classes of numbers of metrics."""
_MAX_RATIO = 4
"""Ratio of the largest number to the last usual limit from which the classes follow the numbers instead."""


@dataclass(frozen=True)
class Shading:
    """The value of each area by code (None without data), in classes with these lower limits and labels.

    The first label is that of no class: zero, or no data. `texts` are the values in words, by the codes of areas that
    show theirs.
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
    names = [name_area(dataset, code)[lang] for code, value in shading.values.items() if value]
    covered = t(lang, "、", ", ").join(names) or t(lang, "无", "none")
    return t(
        lang,
        f"河南地图，按{shading.title}着色。有数值的地市：{covered}。",
        f"Map of Henan, coloured by {shading.title.lower()}. Cities that have any: {covered}.",
    )


def name_shadings(measures: Mapping[str, Measure], lang: Lang) -> dict[str, str]:
    """Return what can color the map, in words, by the value of `colour=` in the address."""
    names = {**SHADINGS, **{key: measure.name for key, measure in measures.items()}}
    return {key: name[lang] for key, name in names.items()}


def compute_breaks(values: Iterable[float]) -> tuple[float, ...]:
    """Return the lower limits of at most MAX_CLASSES classes with about equally many distinct values."""
    known = sorted(set(values))
    count = min(len(known), MAX_CLASSES)
    return tuple(known[part * len(known) // count] for part in range(count))


def classify(value: float, breaks: Sequence[float]) -> int:
    """Return the class of a value: the number of ascending limits that it reaches."""
    return sum(value >= edge for edge in breaks)


def shade_by_cases(areas: Mapping[str, AreaSummary], lang: Lang, counted: bool) -> Shading:
    """Return the shading that tells areas with a case from the others; `counted` writes how many into them."""
    counts = {code: len(area.cases) for code, area in areas.items() if code != PROVINCE}
    labels = t(lang, "没有案例", "no case"), t(lang, "有案例", "with a case")
    texts = {code: f"{count:,}" for code, count in counts.items() if count and counted}
    return Shading(SHADINGS[CASES][lang], "", counts, (1,), labels, texts)


def shade_by_figures(areas: Mapping[str, AreaSummary], lang: Lang) -> Shading:
    """Return the shading by number of metrics, in the usual classes or, far above these, in equally large ones."""
    counts = {code: area.metric_count for code, area in areas.items() if code != PROVINCE}
    breaks: tuple[float, ...] = _USUAL
    if max(counts.values()) > _MAX_RATIO * breaks[-1]:
        breaks = compute_breaks(count for count in counts.values() if count)
    labels = t(lang, "没有指标", "no figure"), *_name_ranges(breaks, max(counts.values()))
    note = t(lang, "颜色表示总数，不是比率。", "Colours show totals, not rates.")
    texts = {code: f"{count:,}" for code, count in counts.items() if count}
    return Shading(SHADINGS["figures"][lang], note, counts, breaks, labels, texts)


def _name_ranges(breaks: Sequence[float], highest: int) -> list[str]:
    """Return the labels of classes of counts: "1–9", and of the last one how far it reaches."""
    names = []
    for low, above in zip(breaks, [*breaks[1:], highest + 1], strict=True):
        last = int(above) - 1
        names.append(f"{int(low):,}" if last <= low else f"{int(low):,}–{last:,}")
    return names


def shade_by_measure(dataset: Dataset, measure: Measure, areas: Mapping[str, AreaSummary], lang: Lang) -> Shading:
    """Return the shading by a measure, in classes with about equally many of its values."""
    unit, case = dataset.units[measure.unit_id], dataset.by_id[measure.key.partition(".")[0]]
    stated = {code: metric.after.value for code, metric in measure.values.items() if metric.after}
    breaks = compute_breaks(value for value in stated.values() if value is not None)
    labels = [format_value(limit, unit, lang) for limit in breaks]
    if len(breaks) < len({*stated.values()}):
        labels = [t(lang, f"{label}起", f"from {label}") for label in labels]
    printed = {row.metric_id: row.after_label for row in Rows(dataset, lang, dataset.positions[case.id])}
    return Shading(
        measure.name[lang],
        t(
            lang,
            f"案例{case.number}（{case.title.zh}）的指标，各地自己的数值。",
            f"A measure of case {case.number}, {case.title.en}: each place's own value.",
        ),
        {code: stated.get(code) for code in areas if code != PROVINCE},
        breaks,
        (t(lang, "材料没有数据", "no data in the source"), *labels),
        {code: printed[metric.id] for code, metric in measure.values.items()},
    )
