"""How much filters keep, in words."""

from __future__ import annotations

from dataclasses import replace

from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select
from data.query.geography import name_area
from data.wording.labels import t


def name_metrics(count: int, lang: Lang) -> str:
    """Return a number of metrics in words."""
    return t(lang, f"{count:,}项指标", f"{count:,} figure{'s' if count != 1 else ''}")


def name_cases(count: int, lang: Lang) -> str:
    """Return a number of cases in words."""
    return t(lang, f"{count:,}个案例", f"{count:,} case{'s' if count != 1 else ''}")


def count_selection(selection: Selection, city: tuple[str, ...], scope: str, lang: Lang) -> str:
    """Return how many cases and metrics filters keep; with a city, whose they are."""
    counts = f"{name_cases(len(selection.cases), lang)} · {name_metrics(len(selection.positions), lang)}"
    if not city:
        return counts
    places = t(lang, "、", ", ").join(name_area(selection.dataset, code)[lang] for code in city)
    if not scope:
        return t(lang, f"{places}：{counts}", f"{places}: {counts}")
    own = selection.own_count
    return counts + t(lang, f"，其中{own:,}项属于{places}", f", {own:,} of them {places}'s own")


def name_elsewhere(count: int, cases: int, lang: Lang) -> str:
    """Return what the switch of `scope=case` adds: this many metrics of this many cases in other places."""
    return t(
        lang,
        f"同案例的其他{count:,}项",
        f"The {count:,} figure{'s' if count != 1 else ''} of the same case{'s' if cases != 1 else ''} elsewhere",
    )


def count_elsewhere(dataset: Dataset, filters: Filters) -> int:
    """Return the number of metrics that `scope=case` adds to those of the chosen cities."""
    if not filters.city:
        return 0
    both = select(dataset, replace(filters, scope="case"))
    return len(both.positions) - both.own_count
