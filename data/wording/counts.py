"""How much filters keep, in words."""

from __future__ import annotations

from data.model.schema import Lang
from data.query.filters import Selection
from data.query.geography import name_area
from data.wording.labels import say


def name_metrics(count: int, lang: Lang) -> str:
    """Return a number of metrics in words."""
    return say(lang, f"{count:,} 项指标", f"{count:,} figure{'s' if count != 1 else ''}")


def name_cases(count: int, lang: Lang) -> str:
    """Return a number of cases in words."""
    return say(lang, f"{count:,} 个案例", f"{count:,} case{'s' if count != 1 else ''}")


def count_selection(selection: Selection, city: tuple[str, ...], scope: str, lang: Lang) -> str:
    """Return how many cases and metrics filters keep; with a city, whose they are."""
    counts = f"{name_cases(len(selection.cases), lang)} · {name_metrics(len(selection.positions), lang)}"
    if not city:
        return counts
    places = say(lang, "、", ", ").join(name_area(selection.dataset, code)[lang] for code in city)
    if not scope:
        return say(lang, f"{places}：{counts}", f"{places}: {counts}")
    own = selection.own_count
    return counts + say(lang, f"，其中 {own:,} 项属于{places}", f", {own:,} of them {places}'s own")
