"""The grades of completeness: what may be shown of a metric that has one. data/wording/words.yaml has their words.

Which grade a metric has is decided in `data.model.evidence`. A new grade takes its letter, an entry in `_RULES` and its
words, a condition there, and a chart of its own where it is drawn in a new way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Grade = Literal["A", "B", "C", "D", "E", "F", "P"]
Drawing = Literal["ends", "index", "difference", "level", "words", "plan"]
Border = Literal["solid", "dashed", "dotted", "double"]


@dataclass(frozen=True, slots=True)
class GradeRule:
    """One grade of completeness.

    `drawing` is the only form a metric of this grade may be shown in.
    `has_index` allows an index with before = 100, `is_evidence` is false for what has not happened yet, and `border`
    is the CSS border style of the grade's mark.
    """

    letter: Grade
    drawing: Drawing
    border: Border
    has_index: bool = False
    is_evidence: bool = True

    @property
    def has_change(self) -> bool:
        return self.drawing in ("ends", "index", "difference")


_RULES = (
    GradeRule("A", "ends", "solid", has_index=True),
    GradeRule("B", "ends", "solid", has_index=True),
    GradeRule("C", "index", "dashed", has_index=True),
    GradeRule("D", "difference", "dashed"),
    GradeRule("E", "level", "dotted"),
    GradeRule("F", "words", "dotted"),
    GradeRule("P", "plan", "double", is_evidence=False),
)
GRADE_RULES: Mapping[str, GradeRule] = {rule.letter: rule for rule in _RULES}
"""The grades by letter, the most complete first."""
GRADES: tuple[Grade, ...] = tuple(rule.letter for rule in _RULES)
CHANGED: tuple[Grade, ...] = tuple(rule.letter for rule in _RULES if rule.has_change)
"""Grades that state or imply a change."""


def grades_drawn_as(*drawings: Drawing) -> tuple[Grade, ...]:
    """Return the grades that may be shown in one of these forms."""
    return tuple(rule.letter for rule in _RULES if rule.drawing in drawings)


STATES: tuple[tuple[Grade, ...], ...] = (("A", "B"), ("C", "D"), ("E",), ("F",), ("P",))
"""The grades that have one word where words stand for letters: both ends, a change, a level, words, a plan."""
