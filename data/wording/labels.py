"""The fixed words of the site in both languages, by the ids of the model; they stand in words.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from data.model.schema import Lang, Text
from data.wording.words import pick


def t(lang: Lang, zh: str, en: str) -> str:
    """Return the text in the reader's language; both are always written side by side."""
    return zh if lang == "zh" else en


def pairs(**words: tuple[str, str]) -> Mapping[str, Text]:
    """Return a text by name for each pair (zh, en)."""
    return {name: Text(zh=zh, en=en) for name, (zh, en) in words.items()}


def upper_first(text: str) -> str:
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


SITE_NAME, LANGUAGE = pick("site").values()
"""The name of the site, and that of the switch between the languages."""
ROLE_WORDS = pick("roles")
DIRECTION_WORDS = pick("directions")
PLAN_WORDS = pick("plans")
"""The words for a metric that has not happened yet, by its status."""
BOUND_WORDS = pick("bounds")
"""The words of a bound around a number, which stands at {}."""
MISSING_WORDS = pick("missing")
DERIVED_WORDS = pick("derived")
MARK_WORDS, MARK_MEANINGS = pick("marks", "word"), pick("marks", "meaning")
FLAG_WORDS, FLAG_MEANINGS = pick("flags", "word"), pick("flags", "meaning")
GRADE_WORDS, GRADE_MEANINGS = pick("grades", "word"), pick("grades", "meaning")
GRADE_DRAWINGS = pick("grades", "drawing")
"""How a figure of a grade is drawn."""
STATE_WORDS = pick("states")
"""The words for grades where no letter stands."""
GRADES_NOTE, LENGTHS_NOTE, STATES_NOTE = pick("notes").values()
"""Stand wherever the grades, arrows, and the words without letters are explained."""
PERCENT_OR_POINTS = pick("percent_or_points")["word"]
"""The words of the flag `unclear` where that is the doubt."""
CAVEAT_WORDS = pick("caveats")
RELATION_WORDS = pick("relations")
"""What another document says of a figure, compared with the source."""
ELSEWHERE, DIFFERS = pick("elsewhere").values()
"""Labels of what another document says, and of a figure for which it prints another number."""
TICK_WORDS = pick("ticks")
REFUSAL_WORDS = pick("refusals")
"""Why a metric is not on a common scale."""
RIGHTS, MAP_CREDIT, AUTHORS, NO_GUESSES = pick("rights").values()
"""Whose the parts of a download and the boundaries are, who wrote what, and that nothing missing is added."""
HEADINGS, COLUMN_WORDS = pick("headings"), pick("columns")
"""Headings of what a case has, and of the columns of tables of figures."""
